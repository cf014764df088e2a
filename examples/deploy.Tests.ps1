#Requires -Version 7.4
<#
How to test a deploy script of your own against the sandbox: no AWS account, no mocks of cmdlets. Run it with
    Invoke-Pester examples/deploy.Tests.ps1
#>
BeforeAll {
    Import-Module (Join-Path $PSScriptRoot '../out/JwtPizza.Ecr')
    function Invoke-Deploy([string] $Version) { & (Join-Path $PSScriptRoot 'deploy.ps1') -Layout (Join-Path $PSScriptRoot 'oci-layout') -Version $Version }
}

Describe 'deploy.ps1' {
    BeforeEach { $null = Start-PizzaSandbox }     # a new one for each test: no calls, no faults, no repositories
    AfterEach { Stop-PizzaSandbox }

    It 'deploys the version and calls it latest' {
        (Invoke-Deploy v1).ImageTags | Sort-Object | Should -Be 'latest', 'v1'
        (Get-PizzaSandboxCall PutImage).Parameters.imageTag | Should -Contain 'v1'
    }

    It 'pushes nothing when the version is there already' {
        $null = Invoke-Deploy v1
        $before = @(Get-PizzaSandboxCall PutImage, UploadBlob).Count
        $null = Invoke-Deploy v1
        @(Get-PizzaSandboxCall PutImage, UploadBlob).Count | Should -Be $before
        @(Get-PizzaSandboxCall CreateRepository | Where-Object Status -EQ 200).Count | Should -Be 1
    }

    It 'bears being throttled' {
        Set-PizzaSandboxFault CreateRepository -Error ThrottlingException -Count 2
        (Invoke-Deploy v1).ImageTags | Should -Contain 'v1'
        (Get-PizzaSandboxCall CreateRepository).ErrorCode | Should -Be 'ThrottlingException', 'ThrottlingException', $null
    }

    It 'pushes no image when the lifecycle policy cannot be set' {
        Set-PizzaSandboxFault PutLifecyclePolicy -Error AccessDeniedException
        { Invoke-Deploy v1 } | Should -Throw
        Get-PizzaSandboxCall PutImage, UploadBlob | Should -BeNullOrEmpty
    }

    It 'fails, and does not call v2 latest, when the registry fails for good' {
        $null = Invoke-Deploy v1
        Set-PizzaSandboxFault PutImage -Error LimitExceededException
        { Invoke-Deploy v2 } | Should -Throw
        Remove-PizzaSandboxFault
        (Get-PizzaImage jwt-pizza-service | Where-Object ImageTags -Contains latest).ImageTags | Should -Contain v1
    }

    It 'deletes nothing, and leaves IAM alone' {
        $null = Invoke-Deploy v1
        Get-PizzaSandboxCall *Delete*, iam:*, sts:* | Should -BeNullOrEmpty
    }
}
