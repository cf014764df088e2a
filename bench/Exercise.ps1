#Requires -Version 7.4
# The whole exercise in fresh processes: the module, AWS CLI + jq + docker in bash, boto3 + docker in Python.
# On the sandbox with a real build and push; everything but the push with -WithoutPush, and on moto, which has no registry.
# Targets: with push not more than boto3 + docker, without at most 1.2 times.
param([int] $Count = 7, [ValidateSet('Sandbox', 'Moto')] [string] $On = 'Sandbox', [switch] $WithoutPush)
Import-Module (Join-Path $PSScriptRoot 'Measure.psm1') -Force
$folder = New-BenchFolder
$env:TMPDIR = [IO.Directory]::CreateTempSubdirectory('pizza-bench-').FullName
$push = [int]($On -eq 'Sandbox' -and -not $WithoutPush)
$server = $On -eq 'Sandbox' ? (Start-BenchSandbox) : (& (Join-Path $PSScriptRoot 'Start-Moto.ps1'))
$script:turn = 0
function New-Name { $script:turn++; Update-BenchFolder $folder; "bench-$PID-$script:turn" }
try {
    $times = Measure-Interleaved -Count $Count -Script ([ordered] @{
            'JwtPizza.Ecr'          = { pwsh -NoProfile -File "$PSScriptRoot/steps/module.ps1" (New-Name) $folder $push }
            'AWS CLI + jq + docker' = { bash "$PSScriptRoot/steps/awscli.sh" (New-Name) $folder $push }
            'boto3 + docker'        = { python3 "$PSScriptRoot/steps/boto3_docker.py" (New-Name) $folder $push }
        })
    ConvertTo-Comparison "Exercise on $On, $($push ? 'with' : 'without') push" $times
}
finally {
    $server.Kill($true)
    Remove-Item $folder, $env:TMPDIR -Recurse -Force
    Remove-Item Env:TMPDIR
}
