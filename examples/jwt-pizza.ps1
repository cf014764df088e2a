#Requires -Version 7.4
<#
.SYNOPSIS
The exercise of the course, from nothing to an image that cleans up after itself, on the built-in sandbox.
.DESCRIPTION
Creates the repository with a lifecycle policy, lets GitHub Actions assume the CI role, grants the role what CI needs, publishes an image
for linux/arm64, publishes a second one and shows that the first is left without a tag. Needs no AWS account. Without a docker daemon it
pushes the small OCI layout in examples/oci-layout instead of building, and says so.
#>
[CmdletBinding()]
param([string] $Repository = 'jwt-pizza-service')
$ErrorActionPreference = 'Stop'
Import-Module (Join-Path $PSScriptRoot '../out/JwtPizza.Ecr')
. (Join-Path $PSScriptRoot 'Show-Step.ps1')

$hasDocker = Test-Docker
$service = Join-Path ([IO.Directory]::CreateTempSubdirectory('jwt-pizza-').FullName) 'service'
Copy-Item (Join-Path $PSScriptRoot 'service') $service -Recurse
$layout = Join-Path $PSScriptRoot 'oci-layout'
try {
    Show-Step 'A local ECR, IAM and STS' { Start-PizzaSandbox }
    Show-Step 'A repository that cleans itself' { New-PizzaRepository $Repository -Force | Set-PizzaLifecycle -UntaggedDays 1 -KeepLast 10 }
    Show-Step 'GitHub Actions may assume the role' { "my-account/$Repository" | Add-PizzaTrustSubject -RoleName github-ci }
    Show-Step '... and push there, deploy there, nothing else' { Get-PizzaRepository $Repository | Grant-PizzaCiPolicy }
    if ($hasDocker) {
        Show-Step 'docker buildx, linux/arm64, pushed, digest verified' { Get-PizzaRepository $Repository | Publish-PizzaImage $service }
        Add-Content (Join-Path $service 'src/menu.json') ' '
        Show-Step 'The same again after a change' { Get-PizzaRepository $Repository | Publish-PizzaImage $service }
    }
    else {
        Write-Host "`nNo docker daemon answers: the OCI layout in examples/oci-layout is pushed instead of a build." -ForegroundColor Yellow
        Show-Step 'An OCI layout, pushed without docker' { Get-PizzaRepository $Repository | Push-PizzaImage $layout -LayoutTag v1 -Tag latest }
        Show-Step 'Another image under the same tag' { Get-PizzaRepository $Repository | Push-PizzaImage $layout -LayoutTag v2 -Tag latest }
    }
    Show-Step 'What is there now: the first image has lost its tag' { Get-PizzaImage $Repository }
}
finally {
    Stop-PizzaSandbox
    Remove-Item (Split-Path $service) -Recurse -Force
}
