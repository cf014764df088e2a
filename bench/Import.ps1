#Requires -Version 7.4
# What Import-Module adds to a bare pwsh. Target: 150 ms.
param([int] $Count = 21)
Import-Module (Join-Path $PSScriptRoot 'Measure.psm1') -Force
$module = (Resolve-Path (Join-Path $PSScriptRoot '../out/JwtPizza.Ecr')).Path
$times = Measure-Interleaved -Count $Count -Script ([ordered] @{
        'pwsh, Import-Module JwtPizza.Ecr' = { pwsh -NoProfile -Command "Import-Module '$module'" }
        'pwsh alone'                       = { pwsh -NoProfile -Command '1' | Out-Null }
    })
ConvertTo-Comparison 'Import' $times
