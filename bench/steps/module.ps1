# The exercise with the module.
param([string] $Repository, [string] $Folder, [int] $Push, [string] $Module = (Join-Path $PSScriptRoot '../../out/JwtPizza.Ecr'))
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
Import-Module $Module
$made = New-PizzaRepository $Repository | Set-PizzaLifecycle -UntaggedDays 1
$null = "my-account/$Repository" | Add-PizzaTrustSubject -RoleName github-ci -Form Name
$null = $made | Grant-PizzaCiPolicy
if ($Push) { $null = $made | Publish-PizzaImage $Folder }
$null = Get-PizzaImage $Repository
