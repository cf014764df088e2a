#Requires -Version 7.4
# What Import-Module adds to a bare pwsh, and a first call of AWS in fresh processes, on the sandbox: the module against boto3.
# Targets: 80 ms, and not more than boto3. Needs boto3.
param([int] $Count = 21)
Import-Module (Join-Path $PSScriptRoot 'Measure.psm1') -Force
$module = (Resolve-Path (Join-Path $PSScriptRoot '../out/JwtPizza.Ecr')).Path
$times = Measure-Interleaved -Count $Count -Script ([ordered] @{
        'pwsh, Import-Module JwtPizza.Ecr' = { pwsh -NoProfile -Command "Import-Module '$module'" }
        'pwsh alone'                       = { pwsh -NoProfile -Command '1' | Out-Null }
    })
ConvertTo-Comparison 'Import' $times
$server = Start-BenchSandbox
try {
    $times = Measure-Interleaved -Count $Count -Script ([ordered] @{
            'pwsh, Import-Module, Get-PizzaRepository'  = { pwsh -NoProfile -Command "Import-Module '$module'; Get-PizzaRepository" }
            'python3, boto3.client, describe_repositories' = { python3 -c "import boto3; boto3.client('ecr').describe_repositories()" }
        })
    ConvertTo-Comparison 'The first call' $times
}
finally { $server.Kill($true) }
