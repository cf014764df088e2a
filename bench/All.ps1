#Requires -Version 7.4
<#
.SYNOPSIS
Measures everything that docs/speed.md tells, in one go, and prints it as one table with the machine and the date.
.DESCRIPTION
The module is built and gets native code for this platform first, as a package has it. Each program runs in a process of its own. Needs docker, skopeo,
docker-registry, the AWS CLI, jq and boto3; what cannot be measured is told at the end, and the rest is measured all the same. Takes about half an hour.
PowerShell as a .NET tool has no native code of its own and starts a second later than Microsoft's packages; the first lines say which one it was.
.EXAMPLE
./bench/All.ps1
Measures everything.
.EXAMPLE
./bench/All.ps1 -Only Import, Exercise
Measures these two.
#>
param(
    # The programs that are run.
    [ValidateSet('Import', 'Exercise', 'ExerciseWithoutPush', 'Images', 'Lifecycle', 'Fleet', 'Publish', 'Push', 'SandboxStart', 'Jit', 'Enforcement', 'SandboxBlobs')]
    [string[]] $Only = ('Import', 'Exercise', 'ExerciseWithoutPush', 'Images', 'Lifecycle', 'Fleet', 'Publish', 'Push', 'SandboxStart', 'Jit', 'Enforcement', 'SandboxBlobs'),

    # Measures out/JwtPizza.Ecr as it is.
    [switch] $AsBuilt
)
$ErrorActionPreference = 'Stop'
if (-not $AsBuilt) { $null = & (Join-Path $PSScriptRoot '../build.ps1') -ReadyToRun }

function Test-NativeCode([string] $Assembly) {
    $file = [IO.File]::OpenRead($Assembly)
    try { [Reflection.PortableExecutable.PEReader]::new($file).PEHeaders.CorHeader.ManagedNativeHeaderDirectory.Size -gt 0 }
    finally { $file.Dispose() }
}

function Get-Machine {
    $shell = pwsh -NoProfile -Command '"$PSHOME`t$($PSVersionTable.PSVersion)`t$([Environment]::Version)"'
    $place, $version, $runtime = $shell -split "`t"
    $module = (Resolve-Path (Join-Path $PSScriptRoot '../out/JwtPizza.Ecr')).Path
    [pscustomobject] @{
        Date = [DateTimeOffset]::Now.ToString('yyyy-MM-dd HH:mm zzz', [cultureinfo]::InvariantCulture)
        Machine = "$([Environment]::ProcessorCount) processors, $([Math]::Round([GC]::GetGCMemoryInfo().TotalAvailableMemoryBytes / 1GB)) GB, " +
            [Runtime.InteropServices.RuntimeInformation]::OSDescription
        PowerShell = "$version on .NET $runtime, $((Test-NativeCode (Join-Path $place System.Management.Automation.dll)) ? 'with' : 'without') native code"
        Module = (Test-Path "$module/bin/net10.0-*/*.dll") ? 'with native code' : 'IL'
    }
}

# What a program puts out, as objects; nothing that it writes beside them disturbs.
function Invoke-Bench([string] $Script, [string] $Argument = '') {
    $file = [IO.Path]::GetTempFileName()
    try {
        $said = pwsh -NoProfile -Command "`$ErrorActionPreference = 'Stop'; & '$PSScriptRoot/$Script' $Argument | Export-Clixml '$file'" 2>&1
        if ($LASTEXITCODE) { throw "$Script failed: $said" }
        Import-Clixml $file
    }
    finally { Remove-Item $file }
}

function Invoke-Program([string] $Name) {
    switch ($Name) {
        ExerciseWithoutPush { Invoke-Bench Exercise.ps1 '-WithoutPush' }
        { $_ -in 'Enforcement', 'SandboxBlobs' } {
            dotnet run (Join-Path $PSScriptRoot "$_.cs")
            if ($LASTEXITCODE) { throw "$_.cs failed with exit code $LASTEXITCODE." }
        }
        default { Invoke-Bench "$_.ps1" }
    }
}

Get-Machine | Format-List
$rest = [ordered] @{}
$rows = foreach ($name in $Only) {
    Write-Progress 'Measuring all' $name
    try {
        $out = @(Invoke-Program $name)
        $out | Where-Object { $_.PSObject.Properties['MedianMs'] }
        $others = $out | Where-Object { -not $_.PSObject.Properties['MedianMs'] }
        if ($others) { $rest[$name] = $others }
    }
    catch { $rest[$name] = "Not measured: $_" }
}
$rows | Format-Table What, Name, N, MedianMs, MinMs, MaxMs, OursToThis -AutoSize | Out-String -Width 200
foreach ($name in $rest.Keys) { "${name}:"; $rest[$name] | Out-String -Width 200 }
