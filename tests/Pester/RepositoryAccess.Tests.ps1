#Requires -Version 7.4
BeforeAll {
    $script:module = (Resolve-Path (Join-Path $PSScriptRoot '../../out/JwtPizza.Ecr')).Path
    $script:layout = (Resolve-Path (Join-Path $PSScriptRoot '../../examples/oci-layout')).Path
    Import-Module $module -Force
    $script:sandbox = Start-PizzaSandbox
    $script:account = $sandbox.RegistryId
    $script:other = '210987654321'
    $script:otherRoot = "arn:aws:iam::${other}:root"
    $script:count = 0
    function New-Repository { New-PizzaRepository "access-$((++$script:count))" }

    # ECR's own API, for what others would have written.
    function Invoke-Ecr([string] $Operation, [hashtable] $Body) {
        $headers = @{ 'X-Amz-Target' = "AmazonEC2ContainerRegistry_V20150921.$Operation"; Authorization = "AWS4-HMAC-SHA256 Credential=$($sandbox.AccessKey)/20261121/us-east-1/ecr/aws4_request, SignedHeaders=host, Signature=0" }
        Invoke-RestMethod $sandbox.EndpointUrl -Method Post -Headers $headers -ContentType 'application/x-amz-json-1.1' -Body ($Body | ConvertTo-Json -Depth 9) -SkipHeaderValidation
    }
    $script:theirs = '{"Version":"2012-10-17", "Statement":[ {"Sid":"Theirs","Effect":"Allow","Principal":{"AWS":"999999999999"},"Action":"ecr:*"}]}'
}
AfterAll { Stop-PizzaSandbox }

Describe 'Grant-PizzaRepositoryAccess' {
    It 'lets an account pull and push, with one record for each' {
        $repository = New-Repository
        $access = $repository | Grant-PizzaRepositoryAccess -Account $other -Pull -Push
        $access | Should -HaveCount 2
        $access[0] | Should -BeOfType [JwtPizza.Ecr.RepositoryAccess]
        $access.Principal | Select-Object -Unique | Should -Be $otherRoot
        $access.Status | Should -Be @('Created', 'Created')
        $access.Sid | Should -Be @('PullFromECR', 'PushToECR')
        $access[0].RepositoryName, $access[0].RegistryId, $access[0].Region | Should -Be @($repository.RepositoryName, $account, 'us-east-1')
        $policy = (Get-PizzaRepository $repository -IncludePolicy).PolicyText | ConvertFrom-Json
        ($policy.Statement | Where-Object Sid -eq PullFromECR).Action | Should -Be @('ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer')
        ($policy.Statement | Where-Object Sid -eq PushToECR).Action | Should -HaveCount 6
    }

    It 'changes nothing the second time' {
        $repository = New-Repository
        $null = $repository | Grant-PizzaRepositoryAccess -Account $other -Pull
        $calls = (Get-PizzaSandboxCall).Count
        $verbose = $repository | Grant-PizzaRepositoryAccess -Account $other -Pull -Verbose 4>&1
        "$($verbose | Where-Object { $_ -is [Management.Automation.VerboseRecord] })" | Should -BeLike '*needs no change*'
        ($verbose | Where-Object { $_ -is [JwtPizza.Ecr.RepositoryAccess] }).Status | Should -Be 'Unchanged'
        (Get-PizzaSandboxCall | Select-Object -Skip $calls).Operation | Should -Not -Contain 'SetRepositoryPolicy'
    }

    It 'names roles in the account of the repository, in -Account, or by ARN' {
        $repository = New-Repository
        (Grant-PizzaRepositoryAccess $repository -Role github-ci -Pull).Principal | Should -Be "arn:aws:iam::${account}:role/github-ci"
        (Grant-PizzaRepositoryAccess $repository -Role ci -Account $other -Pull).Principal | Should -Be "arn:aws:iam::${other}:role/ci"
        (Grant-PizzaRepositoryAccess $repository -Role "arn:aws:iam::${other}:user/joe" -Pull).Principal | Should -Be "arn:aws:iam::${other}:user/joe"
        (Get-PizzaRepository $repository -IncludePolicy).Access.Principal | Should -Not -Contain $otherRoot
    }

    It 'lets an organization pull, by a condition' {
        $repository = New-Repository
        (Grant-PizzaRepositoryAccess $repository -Organization o-a1b2c3d4e5 -Pull).Sid | Should -Be 'PullFromECRByOrganization'
        $statement = ((Get-PizzaRepository $repository -IncludePolicy).PolicyText | ConvertFrom-Json).Statement
        $statement.Principal | Should -Be '*'
        $statement.Condition.StringEquals.'aws:PrincipalOrgID' | Should -Be 'o-a1b2c3d4e5'
    }

    It 'leaves what others wrote as it is, and what it added goes without a trace' {
        $repository = New-Repository
        $null = Invoke-Ecr SetRepositoryPolicy @{ repositoryName = "$repository"; policyText = $theirs }
        $kept = (Get-PizzaRepository $repository -IncludePolicy).PolicyText   # as ECR gives it back
        $null = $repository | Grant-PizzaRepositoryAccess -Account $other -Role one, two -Pull -Push
        (Get-PizzaRepository $repository -IncludePolicy).PolicyText.StartsWith($kept.Substring(0, $kept.LastIndexOf(' ]'))) | Should -BeTrue
        $null = $repository | Revoke-PizzaRepositoryAccess -Account $other -Role one, two
        (Get-PizzaRepository $repository -IncludePolicy).PolicyText | Should -BeExactly $kept
    }

    It 'shows the JSON difference under -WhatIf, and changes nothing' {
        $name = (New-Repository).RepositoryName
        $shown = (pwsh -NoProfile -Command {
            param($module, $url, $name)
            $env:AWS_ACCESS_KEY_ID = $env:AWS_SECRET_ACCESS_KEY = 'test'
            Import-Module $module
            Grant-PizzaRepositoryAccess $name -Account 210987654321 -Pull -WhatIf -EndpointUrl $url | ForEach-Object { 'PASSED ON' }
        } -args $module, $sandbox.EndpointUrl, $name) -join "`n"
        $shown | Should -Match '\+\s+"Sid": "PullFromECR"'
        $shown | Should -Match "the policy of the repository '$name'"
        $shown | Should -Not -Match 'PASSED ON'
        (Get-PizzaRepository $name -IncludePolicy).PolicyText | Should -BeNullOrEmpty
    }

    It 'takes accounts and rights from the columns of a file' {
        $a = (New-Repository).RepositoryName; $b = (New-Repository).RepositoryName
        $access = "RepositoryName,Account,Role`n$a,$other,`n$b,$other,deployer" | ConvertFrom-Csv | ForEach-Object { if (-not $_.Role) { $_.PSObject.Properties.Remove('Role') }; $_ } | Grant-PizzaRepositoryAccess -Pull
        $access.Principal | Should -Be @($otherRoot, "arn:aws:iam::${other}:role/deployer")
    }

    It 'leaves the grants of all runspaces that call it at once' {
        $name = (New-Repository).RepositoryName
        $with = @{ EndpointUrl = $sandbox.EndpointUrl; AccessKey = $sandbox.AccessKey; SecretKey = $sandbox.SecretKey; Region = 'us-east-1' }
        $null = 1..6 | ForEach-Object -Parallel {
            Import-Module $using:module
            $to = $using:with
            Grant-PizzaRepositoryAccess $using:name -Account "00000000000$_" -Pull @to
        } -ThrottleLimit 6
        (Get-PizzaRepository $name -IncludePolicy).Access | Should -HaveCount 6
    }

    It 'refuses <what> with <id> and the next step' -ForEach @(
        @{ what = 'no principal'; id = 'NoPrincipal'; text = '*-Account*-Role*'; with = @{ Pull = $true } }
        @{ what = 'no right'; id = 'NoAccess'; text = '*-Pull*-Push*'; with = @{ Account = '210987654321' } }
        @{ what = 'an account that lost its zero'; id = 'InvalidRegistryId'; text = '*in quotes*'; with = @{ Account = 12345678901; Pull = $true } }
        @{ what = 'a session'; id = 'InvalidPrincipal'; text = '*the role itself*'; with = @{ Role = 'arn:aws:sts::123456789012:assumed-role/a/b'; Pull = $true } }
        @{ what = 'an ARN of another account than it says'; id = 'InvalidPrincipal'; text = '*not in account*'; with = @{ Role = 'arn:aws:iam::123456789012:role/a'; Account = '210987654321'; Pull = $true } }
        @{ what = 'what is no organization'; id = 'InvalidOrganization'; text = '*describe-organization*'; with = @{ Organization = 'acme'; Pull = $true } }
    ) {
        $name = (New-Repository).RepositoryName
        { Grant-PizzaRepositoryAccess $name @with -ErrorAction Stop } | Should -Throw $text -ErrorId "$id,*"
        (Get-PizzaRepository $name -IncludePolicy).PolicyText | Should -BeNullOrEmpty
    }

    It 'leaves out a repository that is missing and goes on' {
        $name = (New-Repository).RepositoryName
        $access = 'missing', $name | Grant-PizzaRepositoryAccess -Account $other -Pull -ErrorAction SilentlyContinue -ErrorVariable failed
        $access.RepositoryName | Should -Be $name
        $failed | Should -HaveCount 1
        $failed[0].FullyQualifiedErrorId | Should -BeLike 'RepositoryNotFoundException,*'
        $failed[0].TargetObject | Should -Be 'missing'
    }

    It 'refuses what would be over 10,240 characters' {
        $repository = New-Repository
        { $repository | Grant-PizzaRepositoryAccess -Account (1..330 | ForEach-Object { '{0:d12}' -f $_ }) -Pull -ErrorAction Stop } | Should -Throw '*10,240*' -ErrorId 'PolicyTooLong,*'
        (Get-PizzaRepository $repository -IncludePolicy).PolicyText | Should -BeNullOrEmpty
    }

    It 'says so when nobody answers, and leaves the policy as it was' {
        $name = (New-Repository).RepositoryName
        $null = Grant-PizzaRepositoryAccess $name -Account $other -Pull
        $before = (Get-PizzaRepository $name -IncludePolicy).PolicyText
        Set-PizzaSandboxFault SetRepositoryPolicy -DropConnection
        try { { Grant-PizzaRepositoryAccess $name -Account 111111111111 -Pull -ErrorAction Stop } | Should -Throw -ErrorId 'ServiceUnreachable,*' }
        finally { $null = Remove-PizzaSandboxFault SetRepositoryPolicy }
        (Get-PizzaRepository $name -IncludePolicy).PolicyText | Should -BeExactly $before
    }
}

Describe 'Revoke-PizzaRepositoryAccess' {
    It 'takes out both rights, or the one that is named, and deletes a policy that is empty' {
        $repository = New-Repository
        $null = $repository | Grant-PizzaRepositoryAccess -Account $other, 111111111111 -Pull -Push
        ($repository | Revoke-PizzaRepositoryAccess -Account $other -Push).Status | Should -Be 'Removed'
        $access = (Get-PizzaRepository $repository -IncludePolicy).Access
        ($access | Where-Object Principal -eq $otherRoot).Push | Should -BeFalse
        $null = $repository | Revoke-PizzaRepositoryAccess -Account $other, 111111111111
        (Get-PizzaRepository $repository -IncludePolicy).PolicyText | Should -BeNullOrEmpty
        (Get-PizzaSandboxCall | Where-Object Operation -eq DeleteRepositoryPolicy) | Should -Not -BeNullOrEmpty
    }

    It 'takes what Get-PizzaRepository shows' {
        $repository = New-Repository
        $null = $repository | Grant-PizzaRepositoryAccess -Account $other -Pull -Push
        $null = $repository | Grant-PizzaRepositoryAccess -Organization o-a1b2c3d4e5 -Pull
        $revoked = (Get-PizzaRepository $repository -IncludePolicy).Access | Revoke-PizzaRepositoryAccess
        $revoked.Status | Should -Be @('Removed', 'Removed', 'Removed')
        (Get-PizzaRepository $repository -IncludePolicy).PolicyText | Should -BeNullOrEmpty
    }

    It 'leaves a statement of others, and warns that it still allows the same' {
        $repository = New-Repository
        $null = Invoke-Ecr SetRepositoryPolicy @{ repositoryName = "$repository"; policyText = $theirs }
        $kept = (Get-PizzaRepository $repository -IncludePolicy).PolicyText
        $revoked = Revoke-PizzaRepositoryAccess $repository -Account 999999999999 -Pull -WarningVariable warned -WarningAction SilentlyContinue
        $revoked.Status | Should -Be 'Unchanged'
        "$warned" | Should -BeLike "*'Theirs'*still allows*"
        (Get-PizzaRepository $repository -IncludePolicy).PolicyText | Should -BeExactly $kept
    }
}

Describe 'Get-PizzaRepository -IncludePolicy' {
    It 'tells who may what, and asks nothing without it' {
        $repository = New-Repository
        $null = Invoke-Ecr SetRepositoryPolicy @{ repositoryName = "$repository"; policyText = $theirs }
        $access = (Get-PizzaRepository $repository -IncludePolicy).Access
        $access.Principal, $access.Effect, $access.Sid, $access.Pull, $access.Push | Should -Be @('arn:aws:iam::999999999999:root', 'Allow', 'Theirs', $true, $true)
        (Get-PizzaRepository $repository).PolicyText | Should -BeNullOrEmpty
        ($access | Format-Table | Out-String -Width 100) | Should -Match 'Pull, Push'
    }

    It 'shows a policy that has the same key twice as text, with a warning' {
        $repository = New-Repository
        $twice = '{"Version":"2012-10-17","Statement":[{"Sid":"A","Sid":"B","Effect":"Allow","Principal":"*","Action":"ecr:*"}]}'
        $null = Invoke-Ecr SetRepositoryPolicy @{ repositoryName = "$repository"; policyText = $twice }
        $shown = Get-PizzaRepository $repository -IncludePolicy -WarningVariable warned -WarningAction SilentlyContinue
        $shown.PolicyText -replace '\s' | Should -BeExactly $twice
        "$warned" | Should -BeLike '*Sid twice*'
        { Grant-PizzaRepositoryAccess $repository -Account $other -Pull -ErrorAction Stop } | Should -Throw -ErrorId 'DuplicateJsonKey,*'
    }
}

Describe 'Policies that count' {
    BeforeAll {
        Stop-PizzaSandbox
        $script:sandbox = Start-PizzaSandbox -Enforce
        $null = New-PizzaRepository own, shared
        $null = 'my-account/jwt-pizza-service' | Add-PizzaTrustSubject
        $null = Grant-PizzaCiPolicy own -IncludeVerify
        $body = @{
            Action = 'AssumeRoleWithWebIdentity'; Version = '2011-06-15'; RoleArn = "arn:aws:iam::${account}:role/github-ci"; RoleSessionName = 'session'
            WebIdentityToken = New-PizzaSandboxToken my-account/jwt-pizza-service
        }
        $credentials = (Invoke-RestMethod $sandbox.EndpointUrl -Method Post -Body $body).AssumeRoleWithWebIdentityResponse.AssumeRoleWithWebIdentityResult.Credentials
        $script:ci = @{ AccessKey = $credentials.AccessKeyId; SecretKey = $credentials.SecretAccessKey; SessionToken = $credentials.SessionToken }
    }

    It 'lets the role push to a repository by the policy of the repository alone, until it is revoked' {
        Push-PizzaImage shared -Path $layout -LayoutTag v1 @ci -ErrorAction SilentlyContinue -ErrorVariable failed | Should -BeNullOrEmpty
        $null = Grant-PizzaRepositoryAccess shared -Role github-ci -Push -Pull
        (Push-PizzaImage shared -Path $layout -LayoutTag v1 @ci -ErrorAction Stop -WarningAction SilentlyContinue).Status | Should -Be 'Created'
        $null = Revoke-PizzaRepositoryAccess shared -Role github-ci
        Push-PizzaImage shared -Path $layout -LayoutTag v1 -Tag again @ci -ErrorAction SilentlyContinue -ErrorVariable failed | Should -BeNullOrEmpty
        $failed | Should -Not -BeNullOrEmpty
    }

    It 'names the action that the caller of <command> lacks' -ForEach @(
        @{ command = 'Grant-PizzaRepositoryAccess'; action = 'ecr:GetRepositoryPolicy'; with = @{ Account = '210987654321'; Pull = $true } }
        @{ command = 'Revoke-PizzaRepositoryAccess'; action = 'ecr:GetRepositoryPolicy'; with = @{ Account = '210987654321' } }
        @{ command = 'Remove-PizzaRepository'; action = 'ecr:DeleteRepository'; with = @{ Force = $true } }
        @{ command = 'Set-PizzaRepository'; action = 'ecr:PutImageScanningConfiguration'; with = @{ ScanOnPush = $false } }
    ) {
        { & $command own @with @ci -ErrorAction Stop } | Should -Throw "*needs $action*" -ErrorId 'AccessDeniedException,*'
        (Get-PizzaRepository own -IncludePolicy).PolicyText | Should -BeNullOrEmpty
    }
}
