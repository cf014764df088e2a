#Requires -Version 7.4
<#
.SYNOPSIS
A team's own deploy script: brings an image that CI has built to ECR, tells what is there, and does nothing when it is there already.
.DESCRIPTION
Plain use of the module; the script knows nothing of the sandbox. deploy.Tests.ps1 shows how to test it.
.PARAMETER Layout
The folder of the OCI layout that the build left.
.PARAMETER Version
The version to deploy; also the tag in the layout.
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory)] [string] $Layout,
    [Parameter(Mandatory)] [ValidatePattern('^v\d+$')] [string] $Version,
    [string] $Repository = 'jwt-pizza-service'
)
$ErrorActionPreference = 'Stop'
Import-Module (Join-Path $PSScriptRoot '../out/JwtPizza.Ecr')

$target = New-PizzaRepository $Repository -Force
$null = $target | Set-PizzaLifecycle -UntaggedDays 1 -KeepLast 10
$deployed = $target | Get-PizzaImage | Where-Object ImageTags -Contains $Version
if ($deployed) { Write-Verbose "$Version is in $Repository already." }
else { $null = $target | Push-PizzaImage $Layout -LayoutTag $Version -Tag $Version, latest }
$target | Get-PizzaImage | Where-Object ImageTags -Contains $Version
