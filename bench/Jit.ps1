#Requires -Version 7.4
<#
.SYNOPSIS
Counts the methods that .NET compiles while a fresh pwsh does the exercise: what a cold start costs, in a number that no noise changes.
.DESCRIPTION
Prints one row for the module in out/JwtPizza.Ecr, and fails when it is above the bound. What pwsh compiles without the module is taken off.
With -ReadyToRun the module is given native code for this platform first, as a package has it.
#>
param([switch] $ReadyToRun, [int] $Bound = $ReadyToRun ? 2800 : 6000)
$ErrorActionPreference = 'Stop'
Import-Module (Join-Path $PSScriptRoot 'Measure.psm1') -Force
if ($ReadyToRun) { & (Join-Path $PSScriptRoot '../build.ps1') -ReadyToRun }
$count = '[Runtime.JitInfo]::GetCompiledMethodCount()'
$env:DOTNET_TC_CallCounting = 0   # each method once: none is compiled again because it is called often
$server = Start-BenchSandbox
try {
    $bare = [int] (pwsh -NoProfile -Command $count)
    $all = [int] (pwsh -NoProfile -Command "& '$PSScriptRoot/steps/module.ps1' jit-$PID x 0; $count")
}
finally {
    $server.Kill($true)
    $env:DOTNET_TC_CallCounting = $null
}
[pscustomobject] @{ What = 'Methods compiled in the exercise without push'; ReadyToRun = [bool] $ReadyToRun; Pwsh = $bare; Module = $all - $bare; Bound = $Bound }
if ($all - $bare -gt $Bound) { throw "The module had $($all - $bare) methods compiled, and the bound is $Bound." }
