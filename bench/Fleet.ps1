#Requires -Version 7.4
# Many repositories at once, each call delayed as over a network: created and given a lifecycle, and their images listed; one after
# another, eight at a time, and by boto3 with ten threads (with the start of its process). Target: eight at a time six times as fast
# as one after another. Needs boto3.
param([int] $Count = 1, [int] $Repositories = 200, [int] $Latency = 50)
Import-Module (Join-Path $PSScriptRoot 'Measure.psm1') -Force
$module = (Resolve-Path (Join-Path $PSScriptRoot '../out/JwtPizza.Ecr')).Path
$boto3 = (Resolve-Path (Join-Path $PSScriptRoot 'steps/fleet.py')).Path
$layout = Join-Path $PSScriptRoot '../examples/oci-layout'
$script:round = 0

function New-Fleet([string] $Prefix, [int] $ThrottleLimit) {
    $script:round++
    $made = 0..($Repositories - 1) | ForEach-Object { "$Prefix$script:round/$_" } | New-PizzaRepository -ThrottleLimit $ThrottleLimit |
        Set-PizzaLifecycle -UntaggedDays 7 -KeepLast 10 -ThrottleLimit $ThrottleLimit
    if (@($made).Count -ne $Repositories) { throw "$(@($made).Count) repositories instead of $Repositories." }
}

function Get-Fleet([int] $ThrottleLimit) {
    $found = @(Get-PizzaImage 'listed/*' -ThrottleLimit $ThrottleLimit).Count
    if ($found -ne $Repositories) { throw "$found images instead of $Repositories." }
}

$server = Start-BenchSandbox -Latency $Latency
try {
    Import-Module $module -Force
    0..($Repositories - 1) | ForEach-Object { "listed/$_" } | New-PizzaRepository | Push-PizzaImage $layout -LayoutTag v1 -Tag v1 | Out-Null
    ConvertTo-Comparison "Create $Repositories repositories with a lifecycle, $Latency ms a call" (Measure-Interleaved -Count $Count -Script ([ordered] @{
                'eight at a time'        = { New-Fleet eight 8 }
                'one after another'      = { New-Fleet one 1 }
                'boto3, 10 threads'      = { $script:round++; python3 $boto3 create "boto$script:round" $Repositories 10 }
            }))
    ConvertTo-Comparison "List the images of $Repositories repositories, $Latency ms a call" (Measure-Interleaved -Count $Count -Script ([ordered] @{
                'eight at a time'        = { Get-Fleet 8 }
                'one after another'      = { Get-Fleet 1 }
                'boto3, 10 threads'      = { $null = python3 $boto3 list listed 10 }
            }))
}
finally { $server.Kill($true) }
