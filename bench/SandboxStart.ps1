#Requires -Version 7.4
# From Start-PizzaSandbox to its first answer, in fresh processes and once more in each: the registry's /v2/ and ECR's DescribeRepositories.
# The client is a plain socket that has been used before, so that nothing of a client's own start is measured. Target: 100 ms.
param([int] $Count = 10)
Import-Module (Join-Path $PSScriptRoot 'Measure.psm1') -Force
$times = [ordered] @{ 'first in a process' = @(); 'first answer of the API' = @(); 'again in the same process' = @() }
foreach ($run in 1..$Count) {
    $line = pwsh -NoProfile -File (Join-Path $PSScriptRoot 'steps/sandbox_start.ps1')
    $first, $api, $again = [double[]] (-split $line)
    $times['first in a process'] += $first
    $times['first answer of the API'] += $api
    $times['again in the same process'] += $again
}
foreach ($name in $times.Keys) {
    $range = $times[$name] | Measure-Object -Minimum -Maximum
    [pscustomobject] @{ What = 'Start to answer'; Name = $name; N = $Count; MedianMs = [int] (Get-Median $times[$name]); MinMs = [int] $range.Minimum; MaxMs = [int] $range.Maximum }
}
