#Requires -Version 7.4
# The bad days that each cmdlet meets alike: the caller lacks a right, the network goes in the middle, the region is not enabled, the repository is missing.
BeforeDiscovery {
    # run: one call · lacks: the first right that it needs, or those that it asks for at the same time · middle: the call to AWS at which the network goes
    $script:table = @(
        @{ cmdlet = 'Add-PizzaTrustSubject'; run = { 'o/r' | Add-PizzaTrustSubject -Form Name @args }; lacks = 'iam:GetRole'; middle = 'iam:UpdateAssumeRolePolicy' }
        @{ cmdlet = 'Clear-PizzaImage'; run = { Clear-PizzaImage one -Force @args }; lacks = 'ecr:DescribeRepositories'; middle = 'BatchGetImage'; missing = $true }
        @{ cmdlet = 'Compare-PizzaState'; run = { Compare-PizzaState $state @args }; lacks = 'ecr:DescribeRepositories'; middle = 'DescribeRepositories' }
        @{ cmdlet = 'Connect-PizzaRegistry'; run = { Connect-PizzaRegistry @args }; lacks = 'ecr:GetAuthorizationToken'; middle = 'GetAuthorizationToken'; docker = $true }
        @{ cmdlet = 'Copy-PizzaImage'; run = { Copy-PizzaImage one -ImageTag latest -Tag other @args }; lacks = 'ecr:BatchGetImage', 'ecr:GetAuthorizationToken'; middle = 'PutImage'; missing = $true }
        @{ cmdlet = 'Disconnect-PizzaRegistry'; run = { Disconnect-PizzaRegistry @args }; lacks = 'ecr:GetAuthorizationToken'; middle = 'GetAuthorizationToken'; docker = $true }
        @{ cmdlet = 'Export-PizzaState'; run = { Export-PizzaState -AsText @args }; lacks = 'ecr:DescribeRepositories'; middle = 'GetLifecyclePolicy' }
        @{ cmdlet = 'Find-PizzaRisk'; run = { Find-PizzaRisk ScanningOff @args }; lacks = 'ecr:DescribeRepositories'; middle = 'GetRegistryScanningConfiguration' }
        @{ cmdlet = 'Get-PizzaCiPolicy'; run = { Get-PizzaCiPolicy @args }; lacks = 'iam:ListRoles'; middle = 'iam:ListAttachedRolePolicies' }
        @{ cmdlet = 'Get-PizzaCiRole'; run = { Get-PizzaCiRole @args }; lacks = 'iam:ListRoles'; middle = 'iam:GetRole' }
        @{ cmdlet = 'Get-PizzaImage'; run = { Get-PizzaImage one @args }; lacks = 'ecr:DescribeRepositories'; middle = 'DescribeImages'; missing = $true }
        @{ cmdlet = 'Get-PizzaLifecycle'; run = { Get-PizzaLifecycle one @args }; lacks = 'ecr:GetLifecyclePolicy'; middle = 'GetLifecyclePolicy'; missing = $true }
        @{ cmdlet = 'Get-PizzaOidcProvider'; run = { Get-PizzaOidcProvider @args }; lacks = 'iam:ListOpenIDConnectProviders'; middle = 'iam:GetOpenIDConnectProvider' }
        @{ cmdlet = 'Get-PizzaReplicationAccess'; run = { Get-PizzaReplicationAccess @args }; lacks = 'ecr:GetRegistryPolicy'; middle = 'GetRegistryPolicy' }
        @{ cmdlet = 'Get-PizzaRolePolicy'; run = { Get-PizzaRolePolicy github-ci @args }; lacks = 'iam:ListAttachedRolePolicies'; middle = 'iam:ListAttachedRolePolicies' }
        @{ cmdlet = 'Get-PizzaService'; run = { Get-PizzaService @args }; lacks = 'ecs:ListClusters'; middle = 'ecs:DescribeServices' }
        @{ cmdlet = 'Get-PizzaReplication'; run = { Get-PizzaReplication @args }; lacks = 'ecr:DescribeRegistry'; middle = 'DescribeRegistry' }
        @{ cmdlet = 'Get-PizzaRepository'; run = { Get-PizzaRepository one @args }; lacks = 'ecr:DescribeRepositories'; middle = 'DescribeRepositories'; missing = $true }
        @{ cmdlet = 'Get-PizzaScanFinding'; run = { Get-PizzaScanFinding one @args }; lacks = 'ecr:DescribeImageScanFindings'; middle = 'DescribeImageScanFindings'; missing = $true }
        @{ cmdlet = 'Get-PizzaScanning'; run = { Get-PizzaScanning @args }; lacks = 'ecr:GetRegistryScanningConfiguration'; middle = 'GetRegistryScanningConfiguration' }
        @{ cmdlet = 'Get-PizzaTrustSubject'; run = { Get-PizzaTrustSubject @args }; lacks = 'iam:GetRole'; middle = 'iam:GetRole' }
        @{ cmdlet = 'Grant-PizzaCiPolicy'; run = { Grant-PizzaCiPolicy one @args }; lacks = 'iam:GetRole', 'iam:ListAttachedRolePolicies'; middle = 'iam:CreatePolicy,iam:CreatePolicyVersion' }
        @{ cmdlet = 'Grant-PizzaReplication'; run = { Grant-PizzaReplication 210987654321 @args }; lacks = 'ecr:GetRegistryPolicy'; middle = 'PutRegistryPolicy' }
        @{ cmdlet = 'Grant-PizzaRepositoryAccess'; run = { Grant-PizzaRepositoryAccess one -Account 210987654321 -Pull @args }; lacks = 'ecr:GetRepositoryPolicy'; middle = 'SetRepositoryPolicy'; missing = $true }
        @{ cmdlet = 'Grant-PizzaRolePolicy'; run = { Grant-PizzaRolePolicy github-ci AmazonDynamoDBFullAccess @args }; lacks = 'iam:GetRole'; middle = 'iam:AttachRolePolicy' }
        @{ cmdlet = 'Measure-PizzaStorage'; run = { Measure-PizzaStorage one @args }; lacks = 'ecr:DescribeRepositories'; middle = 'BatchGetImage'; missing = $true }
        @{ cmdlet = 'New-PizzaCiRole'; run = { New-PizzaCiRole o/new -Form Name @args }; lacks = 'iam:GetRole'; middle = 'iam:UpdateAssumeRolePolicy' }
        @{ cmdlet = 'New-PizzaRepository'; run = { New-PizzaRepository new @args }; lacks = 'ecr:CreateRepository'; middle = 'CreateRepository' }
        @{ cmdlet = 'Push-PizzaImage'; run = { Push-PizzaImage one -Path $layout -LayoutTag v2 @args }; lacks = 'ecr:GetAuthorizationToken'; middle = 'GetAuthorizationToken'; missing = $true }
        @{ cmdlet = 'Publish-PizzaImage'; run = { Publish-PizzaImage $service one @args }; lacks = 'ecr:GetAuthorizationToken'; middle = 'GetAuthorizationToken'; docker = $true; missing = $true }
        @{ cmdlet = 'Register-PizzaOidcProvider'; run = { Register-PizzaOidcProvider -Audience other @args }; lacks = 'iam:GetOpenIDConnectProvider'; middle = 'iam:AddClientIDToOpenIDConnectProvider' }
        @{ cmdlet = 'Remove-PizzaImage'; run = { Remove-PizzaImage one -ImageTag latest -Force @args }; lacks = 'ecr:BatchDeleteImage'; middle = 'BatchDeleteImage'; missing = $true }
        @{ cmdlet = 'Remove-PizzaLifecycle'; run = { Remove-PizzaLifecycle one -Force @args }; lacks = 'ecr:GetLifecyclePolicy'; middle = 'DeleteLifecyclePolicy'; missing = $true }
        @{ cmdlet = 'Remove-PizzaReplication'; run = { Remove-PizzaReplication eu-west-1 -Force @args }; lacks = 'ecr:DescribeRegistry'; middle = 'PutReplicationConfiguration' }
        @{ cmdlet = 'Remove-PizzaRepository'; run = { Remove-PizzaRepository one -IncludeImages -Force @args }; lacks = 'ecr:DeleteRepository'; middle = 'DeleteRepository'; missing = $true }
        @{ cmdlet = 'Remove-PizzaTrustSubject'; run = { Remove-PizzaTrustSubject my-account/jwt-pizza-service -Force @args }; lacks = 'iam:GetRole'; middle = 'iam:UpdateAssumeRolePolicy' }
        @{ cmdlet = 'Revoke-PizzaCiPolicy'; run = { Revoke-PizzaCiPolicy one @args }; lacks = 'iam:GetRole', 'iam:ListAttachedRolePolicies'; middle = 'iam:ListAttachedRolePolicies' }
        @{ cmdlet = 'Revoke-PizzaReplication'; run = { Revoke-PizzaReplication 210987654321 @args }; lacks = 'ecr:GetRegistryPolicy'; middle = 'GetRegistryPolicy' }
        @{ cmdlet = 'Revoke-PizzaRepositoryAccess'; run = { Revoke-PizzaRepositoryAccess one -Account 210987654321 @args }; lacks = 'ecr:GetRepositoryPolicy'; middle = 'GetRepositoryPolicy'; missing = $true }
        @{ cmdlet = 'Revoke-PizzaRolePolicy'; run = { Revoke-PizzaRolePolicy github-ci AmazonDynamoDBFullAccess @args }; lacks = 'iam:GetRole'; middle = 'iam:ListAttachedRolePolicies' }
        @{ cmdlet = 'Save-PizzaImage'; run = { Save-PizzaImage one (Join-Path ([IO.Path]::GetTempPath()) "pizza-$(New-Guid).tar") @args }; lacks = 'ecr:BatchGetImage', 'ecr:GetAuthorizationToken'; middle = 'BatchGetImage'; missing = $true }
        @{ cmdlet = 'Set-PizzaLifecycle'; run = { Set-PizzaLifecycle one -KeepLast 7 @args }; lacks = 'ecr:GetLifecyclePolicy'; middle = 'PutLifecyclePolicy'; missing = $true }
        @{ cmdlet = 'Set-PizzaReplication'; run = { Set-PizzaReplication us-west-2 -Force @args }; lacks = 'ecr:DescribeRegistry'; middle = 'PutReplicationConfiguration' }
        @{ cmdlet = 'Set-PizzaRepository'; run = { Set-PizzaRepository one -ImageTagMutability IMMUTABLE @args }; lacks = 'ecr:DescribeRepositories'; middle = 'PutImageTagMutability'; missing = $true }
        @{ cmdlet = 'Set-PizzaScanning'; run = { Set-PizzaScanning -ScanOnPush 'x*' @args }; lacks = 'ecr:GetRegistryScanningConfiguration'; middle = 'PutRegistryScanningConfiguration' }
        @{ cmdlet = 'Sync-PizzaState'; run = { Sync-PizzaState $state @args }; lacks = 'ecr:DescribeRepositories'; middle = 'PutImageTagMutability' }
        @{ cmdlet = 'Test-PizzaLifecycle'; run = { Test-PizzaLifecycle one -KeepLast 1 @args }; lacks = 'ecr:GetLifecyclePolicy'; middle = 'StartLifecyclePolicyPreview'; missing = $true }
        @{ cmdlet = 'Test-PizzaTrustSubject'; run = { Test-PizzaTrustSubject o/r -Form Name @args }; lacks = 'iam:GetRole'; middle = 'iam:GetRole' }
        @{ cmdlet = 'Unregister-PizzaOidcProvider'; run = { Unregister-PizzaOidcProvider -IgnoreTrust -Force @args }; lacks = 'iam:GetOpenIDConnectProvider'; middle = 'iam:DeleteOpenIDConnectProvider' }
        @{ cmdlet = 'Update-PizzaService'; run = { Update-PizzaService jwt-pizza-service @args }; lacks = 'ecs:UpdateService'; middle = 'ecs:UpdateService' }
        @{ cmdlet = 'Wait-PizzaReplication'; run = { Wait-PizzaReplication one -ImageTag latest @args }; lacks = 'ecr:DescribeImageReplicationStatus'; middle = 'DescribeImageReplicationStatus'; missing = $true }
        @{ cmdlet = 'Remove-PizzaCiRole'; run = { Remove-PizzaCiRole github-ci -Force @args }; lacks = 'iam:GetRole'; middle = 'iam:DeleteRole' }
    )
}
BeforeAll {
    $script:noDocker = -not (Get-Command docker -CommandType Application -ErrorAction Ignore)
    Import-Module (Join-Path $PSScriptRoot '../../out/JwtPizza.Ecr/JwtPizza.Ecr.psd1') -Force
    $script:layout, $script:service = 'oci-layout', 'service' | ForEach-Object { (Resolve-Path (Join-Path $PSScriptRoot '../../examples' $_)).Path }

    $script:state = Join-Path $TestDrive state.yml
    Set-Content $state 'repositories: { one: { imageTagMutability: IMMUTABLE, lifecycle: [{ keepLast: 3 }] } }'

    # A sandbox in which every row of the table has something to do.
    function Start-Furnished {
        Stop-PizzaSandbox
        $script:sandbox = Start-PizzaSandbox -Enforce
        $null = New-PizzaRepository one
        $null = 'my-account/jwt-pizza-service' | Add-PizzaTrustSubject
        $null = Push-PizzaImage one -Path $layout -LayoutTag v1 -Tag latest
        $null = Set-PizzaReplication eu-west-1 -Force
        $null = Set-PizzaLifecycle one -KeepLast 3
    }

    # The only error of a call, also when it ends the pipeline. The answer goes nowhere: what is asked here is what goes wrong.
    function Get-Failure([scriptblock] $Run, [hashtable] $With = @{}) {
        $script:ErrorActionPreference = 'Continue'
        $failed = try { & $Run @With 2>&1 3>$null | Where-Object { $_ -is [Management.Automation.ErrorRecord] } } catch { $_ }
        $failed | Should -HaveCount 1 -Because 'one call has one error'
        $failed
    }
}
AfterAll { Stop-PizzaSandbox }

Describe 'The table of bad days' {
    It 'has a row for each cmdlet that calls AWS' -TestCases @{ rows = $table.cmdlet } {
        # Connect-PizzaAws and Test-PizzaSetup have bad days of their own; Resolve-PizzaTrustSubject asks GitHub, and the sandbox only in its place.
        $elsewhere = 'Connect-PizzaAws', 'Connect-PizzaSandbox', 'Test-PizzaSetup', 'Resolve-PizzaTrustSubject'
        $calling = (Get-Command -Module JwtPizza.Ecr | Where-Object { $_.Parameters.ContainsKey('EndpointUrl') }).Name
        Compare-Object ($rows + $elsewhere) $calling | Should -BeNullOrEmpty
    }
}

Describe 'A caller without rights' {
    BeforeAll {
        Start-Furnished
        $body = @{ Action = 'AssumeRoleWithWebIdentity'; Version = '2011-06-15'; RoleArn = 'arn:aws:iam::123456789012:role/github-ci'; RoleSessionName = 'session'; WebIdentityToken = New-PizzaSandboxToken my-account/jwt-pizza-service }
        $keys = (Invoke-RestMethod $sandbox.EndpointUrl -Method Post -Body $body).AssumeRoleWithWebIdentityResponse.AssumeRoleWithWebIdentityResult.Credentials
        $script:ci = @{ AccessKey = $keys.AccessKeyId; SecretKey = $keys.SecretAccessKey; SessionToken = $keys.SessionToken }
    }

    It '<cmdlet> names <lacks>' -ForEach $table {
        if ($docker -and $noDocker) { Set-ItResult -Skipped -Because 'needs docker'; return }
        $failed = Get-Failure $run $ci
        $lacks.Where({ "$failed" -like "*The caller needs $_*" }) | Should -HaveCount 1 -Because "$failed"
        $failed.FullyQualifiedErrorId | Should -BeLike 'AccessDenied*,*'
        $failed.CategoryInfo.Category | Should -Be 'PermissionDenied'
    }
}

Describe 'A region that is not enabled' {
    BeforeAll {
        Start-Furnished
        Set-PizzaSandboxFault '*' -Error UnrecognizedClientException
    }

    It 'is what <cmdlet> tells of when AWS knows no key there' -ForEach $table {
        if ($docker -and $noDocker) { Set-ItResult -Skipped -Because 'needs docker'; return }
        $failed = Get-Failure $run @{ Region = 'me-south-1' }
        "$failed" | Should -BeLike '*me-south-1 is not enabled*aws account enable-region --region-name me-south-1*'
        $failed.CategoryInfo.Category | Should -Be 'AuthenticationError'
    }
}

Describe 'A repository that is missing' {
    BeforeAll { Start-Furnished }

    It 'is named by <cmdlet>, with the next step' -ForEach $table.Where({ $_.missing }) {
        if ($docker -and $noDocker) { Set-ItResult -Skipped -Because 'needs docker'; return }
        $failed = Get-Failure $run @{ Region = 'eu-west-3' }
        "$failed" | Should -BeLike "*'one'*"
        "$failed" | Should -Match 'New-PizzaRepository|Get-PizzaRepository'
        $failed.FullyQualifiedErrorId | Should -BeLike 'RepositoryNotFoundException,*'
        $failed.CategoryInfo.Category | Should -Be 'ObjectNotFound'
    }
}

Describe 'A network that goes in the middle' {
    BeforeAll {
        Start-Furnished
        $env:AWS_MAX_ATTEMPTS = 2   # one repetition shows what five would, without their waits
    }
    AfterAll { Remove-Item Env:AWS_MAX_ATTEMPTS }

    It 'at <middle> is told by <cmdlet>' -ForEach $table {
        if ($docker -and $noDocker) { Set-ItResult -Skipped -Because 'needs docker'; return }
        Set-PizzaSandboxFault ($middle -split ',') -DropConnection
        try {
            $failed = Get-Failure $run
            "$failed" | Should -BeLike "*$($sandbox.EndpointUrl)*"
            $failed.FullyQualifiedErrorId | Should -BeLike 'ServiceUnreachable,*'
        }
        finally { Remove-PizzaSandboxFault }
    }
}
