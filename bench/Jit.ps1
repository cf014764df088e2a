#Requires -Version 7.4
<#
.SYNOPSIS
Counts the methods that .NET compiles while a fresh pwsh imports the module, and while it does the exercise: what a cold start costs, in numbers that other
work on the machine does not change.
.DESCRIPTION
Prints a row for each. Methods is what pwsh does not compile without the module, a few dozen more or less from run to run; methods of PowerShell itself do
not count. OfTheModule are those among them that name a type of the module or of the AWS SDK: native code should have them. Fails when a number is above its
bound.
The bounds are for a module with native code for this platform, as a package has it; -ReadyToRun gives it that first. -Group lists what was compiled in the
exercise, by type.
#>
param([string] $Module = (Join-Path $PSScriptRoot '../out/JwtPizza.Ecr'), [switch] $ReadyToRun, [switch] $Group)
$ErrorActionPreference = 'Stop'
Import-Module (Join-Path $PSScriptRoot 'Measure.psm1') -Force
if ($ReadyToRun) { & (Join-Path $PSScriptRoot '../build.ps1') -ReadyToRun }
$Module = (Resolve-Path $Module).Path
$folder = [IO.Directory]::CreateTempSubdirectory('pizza-jit-').FullName

# The names of the methods that a fresh pwsh compiles for a script.
function Get-Compiled([string] $Script) {
    $list = Join-Path $folder "$([guid]::NewGuid()).txt"
    $settings = @{
        DOTNET_JitStdOutFile = $list; DOTNET_JitDisasmSummary = '1'
        DOTNET_TC_CallCounting = '0'   # each method once: none is compiled again because it is called often
    }
    foreach ($name in $settings.Keys) { [Environment]::SetEnvironmentVariable($name, $settings[$name]) }
    try { $said = pwsh -NoProfile -Command "`$ErrorActionPreference = 'Stop'; $Script; 'done'" }
    finally { foreach ($name in $settings.Keys) { [Environment]::SetEnvironmentVariable($name, $null) } }
    # Not the exit code: with a list, .NET may end badly when all is done, because a thread still compiles.
    if (@($said)[-1] -ne 'done') { throw "pwsh did not come to the end of '$Script': $said" }
    [IO.File]::ReadLines($list) -replace '^ *\d+: JIT compiled ' -replace ' \[[^\[]*IL size=.*$'
}

# Those that it compiles for the module.
function Get-OfModule([string] $Script) {
    @(Get-Compiled $Script | Where-Object { -not $bare.Contains($_) } |
        Where-Object { $_ -notmatch 'System\.Management\.Automation|Microsoft\.PowerShell|\(dynamicClass\)|IL_STUB' })
}

function Get-Row([string] $What, [string[]] $Method, [int] $Bound, [int] $OwnBound) {
    [pscustomobject] @{
        What = $What; Methods = $Method.Count; Bound = $Bound
        OfTheModule = @($Method -match '\b(JwtPizza|Amazon)\.').Count; ModuleBound = $OwnBound
    }
}

$server = Start-BenchSandbox $Module
try {
    $bare = [Collections.Generic.HashSet[string]]::new([string[]] (Get-Compiled '1'))
    $import = Get-OfModule "Import-Module '$Module'"
    $exercise = Get-OfModule "& '$PSScriptRoot/steps/module.ps1' jit-$PID x 0 '$Module'"
}
finally {
    $server.Kill($true)
    Remove-Item $folder -Recurse -Force
}
if ($Group) { $exercise -replace '[\[:(].*$' | Group-Object -NoElement | Sort-Object Count -Descending | Format-Table Count, Name -AutoSize | Out-String -Width 200 }
$rows = @(
    Get-Row 'Import-Module' $import 140 20
    Get-Row 'The exercise without push' $exercise 1350 230
)
$rows
foreach ($row in $rows) {
    if ($row.Methods -gt $row.Bound) { throw "$($row.What): $($row.Methods) methods were compiled. The bound is $($row.Bound)." }
    if ($row.OfTheModule -gt $row.ModuleBound) { throw "$($row.What): $($row.OfTheModule) of the module. The bound is $($row.ModuleBound)." }
}
