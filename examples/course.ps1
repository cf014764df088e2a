#Requires -Version 7.4
<#
.SYNOPSIS
Both tutorials of the course on the built-in sandbox: from nothing to images that run, and everything undone again.
.DESCRIPTION
The first tutorial takes the JWT Pizza Service from its sources to a service in ECS that a workflow of GitHub Actions deploys. The second
takes an image that exists, employee-api, to other accounts, another region and the public gallery. Needs no AWS account. Without a docker
daemon it pushes the small OCI layout in examples/oci-layout instead of building, and says so.
#>
[CmdletBinding()]
param()
$ErrorActionPreference = 'Stop'
Import-Module (Join-Path $PSScriptRoot '../out/JwtPizza.Ecr')
. (Join-Path $PSScriptRoot 'Show-Step.ps1')

$hasDocker = Test-Docker
if (-not $hasDocker) { Write-Host 'No docker daemon answers: the OCI layout in examples/oci-layout is pushed instead of a build.' -ForegroundColor Yellow }
$service, $layout = (Join-Path $PSScriptRoot 'service'), (Join-Path $PSScriptRoot 'oci-layout')
$work = [IO.Directory]::CreateTempSubdirectory('jwt-pizza-').FullName
$account, $partner = '123456789012', '210987654321'
Push-Location $work
try {
    # It holds what the course clicks together in the console before the exercises: roles, and a cluster with a service.
    Show-Step 'A local ECR, IAM, STS and ECS, which hold every call against the policies of who makes it' { Start-PizzaSandbox -Enforce }

    Write-Host "`n=== The first tutorial: the JWT Pizza Service ===" -ForegroundColor Green
    Show-Step 'A repository that cleans itself' { New-PizzaRepository jwt-pizza-service | Set-PizzaLifecycle -UntaggedDays 1 -KeepLast 10 }
    Show-Step "GitHub's identity provider; no thumbprint is needed" { Register-PizzaOidcProvider }
    Show-Step 'The role for CI: trusted for main, allowed to push, to look at what it pushed, and to deploy' { New-PizzaCiRole my-account/jwt-pizza-service -RepositoryName jwt-pizza-service -IncludeVerify -IncludeDeploy }
    Show-Step 'Would a run on another branch be let in?' { Test-PizzaTrustSubject my-account/jwt-pizza-service -Branch experiment }
    Show-Step 'The workflow' { Export-PizzaWorkflow jwt-pizza-service -Service jwt-pizza-service }
    Show-Step 'Its secrets, by way of gh; shown only' { Set-PizzaWorkflowSecret -Repository my-account/jwt-pizza-service -Secret @{ AWS_ACCOUNT = $account; CI_IAM_ROLE = 'github-ci' } -WhatIf }

    Write-Host "`n--- What a run of the workflow does, with -Style Module ---" -ForegroundColor Green
    $variables = New-PizzaSandboxToken my-account/jwt-pizza-service -AsVariable
    foreach ($name in $variables.Keys) { Set-Item "Env:$name" $variables[$name] }
    $env:DB_USERNAME, $env:DB_PASSWORD, $env:DB_HOSTNAME = 'admin', [guid]::NewGuid(), 'db.example.com'
    Show-Step "The job signs in with GitHub's token; no key is stored anywhere" { Connect-PizzaAws github-ci }
    Show-Step 'The distribution, with production in the place of the test database' {
        New-PizzaDist $service dist -Replace @{ 'src/config.js' = @{ root = 'env:DB_USERNAME'; tempdbpassword = 'env:DB_PASSWORD'; '127.0.0.1' = 'env:DB_HOSTNAME' } }
    }
    if ($hasDocker) { Show-Step 'Built for arm64, pushed, and running' { Publish-PizzaImage dist jwt-pizza-service -Tag latest, v1 | Update-PizzaService } }
    else { Show-Step 'Pushed, and running' { Push-PizzaImage $layout jwt-pizza-service -LayoutTag v1 -Tag latest, v1 | Update-PizzaService } }
    Show-Step 'The role may do no more than that' { try { New-PizzaRepository mine } catch { Write-Host $_ } }
    Show-Step 'The job ends' { Disconnect-PizzaAws }

    Write-Host "`n--- Afterwards ---" -ForegroundColor Green
    Show-Step 'Is all there?' { Test-PizzaSetup my-account/jwt-pizza-service }
    Show-Step 'A second version under the same tag' { Push-PizzaImage $layout jwt-pizza-service -LayoutTag v2 -Tag latest, v2 }
    Show-Step 'Version 1 is what production runs' { Copy-PizzaImage jwt-pizza-service:v1 -Tag prod }
    Show-Step 'What would be lost if only the last image stayed?' { Test-PizzaLifecycle jwt-pizza-service -KeepLast 1 }
    Show-Step 'How much of the free tier is used?' { Measure-PizzaStorage -Total }
    Show-Step 'Scanned on push, by the setting of the registry' { Set-PizzaScanning -ScanOnPush '*' }

    Write-Host "`n=== The second tutorial: an image for many ===" -ForegroundColor Green
    Show-Step 'A repository whose tags stay what they are' { New-PizzaRepository employee-api -ImageTagMutability IMMUTABLE -MutabilityExclusion latest }
    Show-Step 'The partner account may pull' { Get-PizzaRepository employee-api | Grant-PizzaRepositoryAccess -Account $partner -Pull }
    Show-Step 'The partner lets us replicate into its registry (with its own credentials)' { Grant-PizzaReplication $account -Prefix employee- -AccessKey $partner -SecretKey any }
    Show-Step 'Copies in Ireland, and in the account of the partner' {
        Set-PizzaReplication -DestinationRegion eu-west-1 -Prefix employee-
        Set-PizzaReplication -DestinationRegion us-east-1 -DestinationRegistryId $partner -Prefix employee-
    }
    Show-Step 'An image that exists is pushed, and its copies waited for' { Push-PizzaImage $layout employee-api -LayoutTag v1 -Tag v1, latest | Wait-PizzaReplication }
    Show-Step 'The same image in Ireland' { Get-PizzaImage employee-api -Region eu-west-1 }
    Show-Step 'A public repository, with its page in the gallery, and the image in it' {
        New-PizzaRepository employee-api -Public -Description 'Employees by JWT' -OperatingSystem Linux -Architecture arm64 | Push-PizzaImage $layout -LayoutTag v1 -Tag v1
    }
    if ($hasDocker) {
        Show-Step 'Can this machine build for arm64?' { Initialize-PizzaBuilder }
        Show-Step 'Logins for docker itself, in a folder of their own' { Connect-PizzaRegistry -DockerConfig ./docker; Disconnect-PizzaRegistry -DockerConfig ./docker }
    }
    Show-Step "Elastic Beanstalk's role may use DynamoDB" { Grant-PizzaRolePolicy aws-elasticbeanstalk-ec2-role AmazonDynamoDBFullAccess }

    Write-Host "`n=== All of it undone ===" -ForegroundColor Green
    Show-Step 'Beanstalk, replication, public repository' {
        Revoke-PizzaRolePolicy aws-elasticbeanstalk-ec2-role AmazonDynamoDBFullAccess
        Get-PizzaReplication | Remove-PizzaReplication -Force
        Revoke-PizzaReplication $account -AccessKey $partner -SecretKey any
        Get-PizzaRepository employee-api -Public | Remove-PizzaRepository -IncludeImages -Force
    }
    Show-Step 'Images, access, repositories, in every region and account' {
        Get-PizzaImage jwt-pizza-service | Where-Object ImageTags -notcontains prod | Remove-PizzaImage -Force
        Clear-PizzaImage jwt-pizza-service -Force
        Revoke-PizzaRepositoryAccess employee-api -Account $partner
        Remove-PizzaLifecycle jwt-pizza-service -Force
        Set-PizzaScanning -RemoveFilter '*'
        Get-PizzaRepository | Remove-PizzaRepository -IncludeImages -Force
        Remove-PizzaRepository employee-api -IncludeImages -Force -Region eu-west-1
        Remove-PizzaRepository employee-api -IncludeImages -Force -AccessKey $partner -SecretKey any
    }
    Show-Step 'The role with its policy, and the provider' { Remove-PizzaCiRole github-ci -IncludePolicy -Force; Unregister-PizzaOidcProvider -Force }
    Show-Step 'Nothing is left' { Get-PizzaRepository; Get-PizzaReplication; Test-PizzaSetup my-account/jwt-pizza-service }
}
finally {
    Pop-Location
    Stop-PizzaSandbox
    Remove-Item $work -Recurse -Force
    foreach ($name in @($variables.Keys).Where({ $_ }) + 'DB_USERNAME', 'DB_PASSWORD', 'DB_HOSTNAME') { Remove-Item "Env:$name" -ErrorAction Ignore }
}
