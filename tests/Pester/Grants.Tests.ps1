#Requires -Version 7.4
BeforeAll {
    $module = Join-Path $PSScriptRoot '../../out/JwtPizza.Ecr'
    Import-Module $module -Force
    $sandbox = Start-PizzaSandbox
    $account = $sandbox.RegistryId
    function New-Repository { New-PizzaRepository "r-$([guid]::NewGuid().ToString('n').Substring(0, 8))" }
    function New-Policy { "p-$([guid]::NewGuid().ToString('n').Substring(0, 8))" }

    # Asks the sandbox's IAM itself.
    function Invoke-Iam([string] $Action, [hashtable] $With) {
        $signed = @{ Authorization = "AWS4-HMAC-SHA256 Credential=$($sandbox.AccessKey)/20261121/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=0" }
        Invoke-RestMethod $sandbox.EndpointUrl -Method Post -Headers $signed -SkipHeaderValidation -Body (@{ Action = $Action; Version = '2010-05-08' } + $With)
    }
    function Get-Document([string] $Arn, [string] $VersionId) {
        [uri]::UnescapeDataString((Invoke-Iam GetPolicyVersion @{ PolicyArn = $Arn; VersionId = $VersionId }).GetPolicyVersionResponse.GetPolicyVersionResult.PolicyVersion.Document)
    }
    function Get-Statement($Grant) { (Get-Document $Grant.PolicyArn $Grant.VersionId | ConvertFrom-Json).Statement }
}
AfterAll { Stop-PizzaSandbox }

Describe 'Grant-PizzaCiPolicy' {
    It 'extends the policy of the course by the four statements of the tutorial' {
        $null = New-PizzaRepository jwt-pizza-service -Force
        $before = Get-Document "arn:aws:iam::${account}:policy/jwt-pizza-ci-deployment" v1
        $grant = Get-PizzaRepository jwt-pizza-service | Grant-PizzaCiPolicy
        $grant.RoleName | Should -Be 'github-ci'
        $grant.PolicyArn | Should -Be "arn:aws:iam::${account}:policy/jwt-pizza-ci-deployment"
        $grant.RepositoryName | Should -Be 'jwt-pizza-service'
        $grant.Status | Should -Be 'Created'
        $grant.Sids | Should -Be @('AuthenticateWithECR', 'PushToECR', 'DeployContainer', 'PassRolesInTaskDefinition')
        $statement = Get-Statement $grant
        ($statement | Where-Object Sid -eq PushToECR).Resource | Should -Be "arn:aws:ecr:us-east-1:${account}:repository/jwt-pizza-service"
        ($statement | Where-Object Sid -eq PushToECR).Action | Should -HaveCount 6
        ($statement | Where-Object Sid -eq AuthenticateWithECR).Resource | Should -Be '*'
        ($statement | Where-Object Sid -eq DeployContainer).Resource | Should -Be "arn:aws:ecs:us-east-1:${account}:service/jwt-pizza-service/jwt-pizza-service"
        ($statement | Where-Object Sid -eq PassRolesInTaskDefinition).Resource | Should -Be "arn:aws:iam::${account}:role/jwt-pizza-ecs"
        $untouched = $before.Substring(0, $before.LastIndexOf('}', $before.LastIndexOf(']')))
        (Get-Document $grant.PolicyArn $grant.VersionId).StartsWith($untouched) | Should -BeTrue
    }

    It 'changes nothing the second time' {
        $null = New-PizzaRepository again -Force
        $first = Grant-PizzaCiPolicy again
        $second = Grant-PizzaCiPolicy again
        $second.Status | Should -Be 'Unchanged'
        $second.VersionId | Should -Be $first.VersionId
    }

    It 'makes one version of a whole pipeline, and one record of each repository' {
        $policy = New-Policy
        $first = New-Repository | Grant-PizzaCiPolicy -PolicyName $policy
        $first.VersionId | Should -Be 'v1'
        $grants = 1..5 | ForEach-Object { New-Repository } | Grant-PizzaCiPolicy -PolicyName $policy
        $grants | Should -HaveCount 5
        $grants.VersionId | Select-Object -Unique | Should -Be 'v2'
        (Get-Statement $grants[0] | Where-Object Sid -eq PushToECR).Resource | Should -HaveCount 6
    }

    It 'keeps five versions' {
        $policy = New-Policy
        $grants = 1..7 | ForEach-Object { New-Repository | Grant-PizzaCiPolicy -PolicyName $policy }
        $grants[-1].VersionId | Should -Be 'v7'
        (Invoke-Iam ListPolicyVersions @{ PolicyArn = $grants[0].PolicyArn }).ListPolicyVersionsResponse.ListPolicyVersionsResult.Versions.member.VersionId | Sort-Object | Should -Be @('v3', 'v4', 'v5', 'v6', 'v7')
    }

    It 'leaves the grants of all runspaces that call it at once' {
        $policy = New-Policy
        $names = 1..6 | ForEach-Object { (New-Repository).RepositoryName }
        $with = @{ PolicyName = $policy; EndpointUrl = $sandbox.EndpointUrl; AccessKey = $sandbox.AccessKey; SecretKey = $sandbox.SecretKey; Region = 'us-east-1' }
        $null = $names | ForEach-Object -Parallel {
            Import-Module $using:module
            $to = $using:with
            Grant-PizzaCiPolicy $_ @to
        } -ThrottleLimit 6
        $last = Grant-PizzaCiPolicy $names[0] -PolicyName $policy
        $last.Status | Should -Be 'Unchanged'
        (Get-Statement $last | Where-Object Sid -eq PushToECR).Resource | Should -HaveCount 6
    }

    It 'takes cluster, service, task roles and policy of each row' {
        $a = (New-Repository).RepositoryName; $b = (New-Repository).RepositoryName; $one = New-Policy; $two = New-Policy
        $grants = @(
            [pscustomobject]@{ RepositoryName = $a; PolicyName = $one; Cluster = 'c1'; Service = 's1'; TaskRole = 'role-1' }
            [pscustomobject]@{ RepositoryName = $b; PolicyName = $two; Cluster = 'c2'; Service = 's2'; TaskRole = 'role-2', 'path/role-3' }
        ) | Grant-PizzaCiPolicy -IncludePull -IncludeVerify
        $grants.PolicyName | Should -Be @($one, $two)
        (Get-Statement $grants[1] | Where-Object Sid -eq DeployContainer).Resource | Should -Be "arn:aws:ecs:us-east-1:${account}:service/c2/s2"
        (Get-Statement $grants[1] | Where-Object Sid -eq PassRolesInTaskDefinition).Resource | Should -Be @("arn:aws:iam::${account}:role/role-2", "arn:aws:iam::${account}:role/path/role-3")
        (Get-Statement $grants[0] | Where-Object Sid -eq VerifyInECR).Action | Should -Contain 'ecr:DescribeImages'
        (Get-Statement $grants[0] | Where-Object Sid -eq PullFromECR).Action | Should -Be 'ecr:GetDownloadUrlForLayer'
    }

    It 'shows the JSON difference under -WhatIf, and makes nothing' {
        $name = (New-Repository).RepositoryName; $policy = New-Policy
        $shown = (pwsh -NoProfile -Command {
            param($module, $url, $name, $policy)
            $env:AWS_ACCESS_KEY_ID = $env:AWS_SECRET_ACCESS_KEY = 'test'
            Import-Module $module
            Grant-PizzaCiPolicy $name -PolicyName $policy -WhatIf -EndpointUrl $url | ForEach-Object { 'PASSED ON' }
        } -args $module, $sandbox.EndpointUrl, $name, $policy) -join "`n"
        $shown | Should -Match "Create the policy $policy"
        $shown | Should -Match '\+\s+"Sid": "PushToECR"'
        $shown | Should -Match "Attach the policy $policy to the role github-ci"
        $shown | Should -Not -Match 'PASSED ON'
        { Invoke-Iam GetPolicy @{ PolicyArn = "arn:aws:iam::${account}:policy/$policy" } } | Should -Throw
    }

    It 'refuses <what> with <id> and the next step' -ForEach @(
        @{ what = 'a role that is missing'; id = 'NoSuchEntity'; text = '*-RoleName*'; with = @{ RoleName = 'nobody' } }
        @{ what = 'a policy of AWS'; id = 'AwsManagedPolicy'; text = '*managed by AWS*'; with = @{ PolicyArn = 'arn:aws:iam::aws:policy/ReadOnlyAccess' } }
        @{ what = 'a policy of another account'; id = 'ForeignPolicy'; text = '*not a managed policy of the account*'; with = @{ PolicyArn = 'arn:aws:iam::999999999999:policy/x' } }
        @{ what = 'a name that is not a valid policy name'; id = 'InvalidPolicyName'; text = '*-PolicyName*'; with = @{ PolicyName = 'a b' } }
        @{ what = 'a cluster that ECS does not know'; id = 'InvalidEcsName'; text = '*-Cluster*'; with = @{ Cluster = 'a b' } }
    ) {
        $name = (New-Repository).RepositoryName
        { Grant-PizzaCiPolicy $name @with -ErrorAction Stop } | Should -Throw $text -ErrorId "$id,*"
    }

    It 'leaves out a repository that is missing and grants the others' {
        $name = (New-Repository).RepositoryName
        $grants = Grant-PizzaCiPolicy missing, $name -PolicyName (New-Policy) -ErrorAction SilentlyContinue -ErrorVariable failed
        $grants.RepositoryName | Should -Be $name
        $failed[0].FullyQualifiedErrorId | Should -BeLike 'RepositoryNotFoundException,*'
        $failed[0].TargetObject | Should -Be 'missing'
    }

    It 'refuses a policy that would be too long, and says how much is allowed' {
        $policy = New-Policy
        $long = 1..60 | ForEach-Object { [pscustomobject]@{ RepositoryName = "a-rather-long-name-of-a-repository-$_"; RegistryId = $account } }
        { $long | Grant-PizzaCiPolicy -PolicyName $policy -ErrorAction Stop } | Should -Throw '*6,144*' -ErrorId 'PolicyTooLong,*'
        { Invoke-Iam GetPolicy @{ PolicyArn = "arn:aws:iam::${account}:policy/$policy" } } | Should -Throw
    }

    It 'leaves a statement that has our Sid and other content, and warns' {
        $policy = New-Policy
        $document = '{"Version":"2012-10-17","Statement":[{"Sid":"PushToECR","Effect":"Allow","Action":"s3:*","Resource":"*"}]}'
        $null = Invoke-Iam CreatePolicy @{ PolicyName = $policy; PolicyDocument = $document }
        $grant = New-Repository | Grant-PizzaCiPolicy -PolicyName $policy -WarningAction SilentlyContinue -WarningVariable warned
        $grant.Sids | Should -Contain 'PushToECR2'
        "$warned" | Should -BeLike "*'PushToECR2'*"
        (Get-Document $grant.PolicyArn $grant.VersionId).StartsWith($document.Substring(0, $document.Length - 2)) | Should -BeTrue
    }
}

Describe 'Revoke-PizzaCiPolicy' {
    It 'takes out just what was put in' {
        $policy = New-Policy
        $document = '{"Version":"2012-10-17","Statement":[{"Sid":"Other","Effect":"Allow","Action":"s3:*","Resource":"*"}]}'
        $null = Invoke-Iam CreatePolicy @{ PolicyName = $policy; PolicyDocument = $document }
        $a, $b = 1..2 | ForEach-Object { New-Repository }
        $null = $a, $b | Grant-PizzaCiPolicy -PolicyName $policy -IncludePull
        $one = $a | Revoke-PizzaCiPolicy -PolicyName $policy
        $one.Status | Should -Be 'Removed'
        (Get-Statement $one | Where-Object Sid -eq PushToECR).Resource | Should -Be $b.RepositoryArn
        $last = Revoke-PizzaCiPolicy $b.RepositoryName -PolicyName $policy
        Get-Document $last.PolicyArn $last.VersionId | Should -BeExactly $document
    }

    It 'changes nothing where nothing was granted' {
        $null = New-Repository | Grant-PizzaCiPolicy -PolicyName ($policy = New-Policy)
        (Revoke-PizzaCiPolicy never-granted -PolicyName $policy).Status | Should -Be 'Unchanged'
    }

    It 'says which policy is missing' {
        { Revoke-PizzaCiPolicy whatever -PolicyName none -ErrorAction Stop } | Should -Throw '*policy/none*' -ErrorId 'NoSuchEntity,*'
    }
}
