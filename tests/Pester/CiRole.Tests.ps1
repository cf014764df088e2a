#Requires -Version 7.4
# Register-/Unregister-PizzaOidcProvider, New-/Remove-PizzaCiRole, Grant-/Revoke-PizzaRolePolicy.
BeforeAll {
    Import-Module (Join-Path $PSScriptRoot '../../out/JwtPizza.Ecr') -Force
    $script:provider = 'arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com'
    class IamRoleObject { [string] $RoleName; [string] $Arn }      # as AWS.Tools has it

    # Asks the sandbox's IAM itself.
    function Invoke-Iam([string] $Action, [hashtable] $With) {
        $it = Get-PizzaSandbox
        $signed = @{ Authorization = "AWS4-HMAC-SHA256 Credential=$($it.AccessKey)/20261121/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=0" }
        Invoke-RestMethod $it.EndpointUrl -Method Post -Headers $signed -SkipHeaderValidation -Body (@{ Action = $Action; Version = '2010-05-08' } + $With)
    }

    # Credentials of a role that may do just this.
    function Get-LimitedCredential([string] $Action) {
        $null = Invoke-Iam CreateRole @{ RoleName = 'limited'; AssumeRolePolicyDocument = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"123456789012"},"Action":"sts:AssumeRole"}]}' }
        $null = Invoke-Iam PutRolePolicy @{ RoleName = 'limited'; PolicyName = 'p'; PolicyDocument = "{`"Version`":`"2012-10-17`",`"Statement`":[{`"Effect`":`"Allow`",`"Action`":[$Action],`"Resource`":`"*`"}]}" }
        $it = Get-PizzaSandbox
        $signed = @{ Authorization = "AWS4-HMAC-SHA256 Credential=$($it.AccessKey)/20261121/us-east-1/sts/aws4_request, SignedHeaders=host, Signature=0" }
        $answer = Invoke-RestMethod $it.EndpointUrl -Method Post -Headers $signed -SkipHeaderValidation -Body @{ Action = 'AssumeRole'; Version = '2011-06-15'; RoleArn = 'arn:aws:iam::123456789012:role/limited'; RoleSessionName = 'me' }
        $keys = $answer.AssumeRoleResponse.AssumeRoleResult.Credentials
        @{ AccessKey = $keys.AccessKeyId; SecretKey = $keys.SecretAccessKey; SessionToken = $keys.SessionToken }
    }
}
AfterAll { Stop-PizzaSandbox }

Describe 'Register-PizzaOidcProvider' {
    BeforeEach { $null = Start-PizzaSandbox -Empty }
    AfterEach { Stop-PizzaSandbox }

    It 'registers GitHub, once' {
        $made = Register-PizzaOidcProvider
        $made.ProviderArn, $made.Url, $made.Status, $made.RegistryId | Should -Be @($provider, 'https://token.actions.githubusercontent.com', 'Created', '123456789012')
        $made.Audiences | Should -Be 'sts.amazonaws.com'
        (Register-PizzaOidcProvider).Status | Should -Be 'Unchanged'
    }

    It 'adds an audience and leaves the others' {
        $null = Register-PizzaOidcProvider -Audience other.example
        $made = Register-PizzaOidcProvider
        $made.Status | Should -Be 'Changed'
        $made.Audiences | Should -Be @('other.example', 'sts.amazonaws.com')
        $made.Audiences[1] | Should -Be 'sts.amazonaws.com'
    }

    It 'knows enterprises' {
        (Register-PizzaOidcProvider token.actions.githubusercontent.com/acme/).ProviderArn | Should -Be "$provider/acme"
        (Register-PizzaOidcProvider https://token.actions.acme.ghe.com).Url | Should -Be 'https://token.actions.acme.ghe.com'
    }

    It 'changes nothing with -WhatIf' {
        Register-PizzaOidcProvider -WhatIf | Should -BeNullOrEmpty
        (Register-PizzaOidcProvider).Status | Should -Be 'Created'
    }

    It 'refuses <name>' -ForEach @(
        @{ name = 'another issuer'; arguments = @{ Url = 'https://accounts.google.com' }; id = 'NotAGitHubProvider' }
        @{ name = 'http'; arguments = @{ Url = 'http://token.actions.githubusercontent.com' }; id = 'NotAGitHubProvider' }
        @{ name = 'an audience that is too long'; arguments = @{ Audience = 'a' * 256 }; id = 'InvalidAudience' }
    ) {
        { Register-PizzaOidcProvider @arguments -ErrorAction Stop } | Should -Throw -ErrorId "$id,*"
    }

    It 'tells which action the caller lacks' {
        Stop-PizzaSandbox
        $null = Start-PizzaSandbox -Empty -Enforce
        $limited = Get-LimitedCredential '"iam:GetOpenIDConnectProvider"'
        { Register-PizzaOidcProvider @limited -ErrorAction Stop } | Should -Throw -ErrorId 'AccessDenied,*' -ExpectedMessage '*iam:CreateOpenIDConnectProvider*'
    }
}

Describe 'Unregister-PizzaOidcProvider' {
    BeforeEach { $null = Start-PizzaSandbox }
    AfterEach { Stop-PizzaSandbox }

    It 'refuses while a role trusts it, unless told' {
        { Unregister-PizzaOidcProvider -Force -ErrorAction Stop } | Should -Throw -ErrorId 'ProviderInUse,*' -ExpectedMessage '*github-ci*-IgnoreTrust*'
        Unregister-PizzaOidcProvider -Force -IgnoreTrust -WhatIf | Should -BeNullOrEmpty
        (Unregister-PizzaOidcProvider -Force -IgnoreTrust).Status | Should -Be 'Removed'
        Unregister-PizzaOidcProvider -Force -WarningVariable warned -WarningAction SilentlyContinue | Should -BeNullOrEmpty
        "$warned" | Should -BeLike '*nothing was changed*'
    }

    It 'takes what Register- puts out' {
        $null = Remove-PizzaCiRole github-ci -Force
        (Register-PizzaOidcProvider | Unregister-PizzaOidcProvider -Force).ProviderArn | Should -Be $provider
    }

    It 'takes the object of AWS.Tools' {
        $null = Remove-PizzaCiRole github-ci -Force
        ([pscustomobject] @{ Arn = $provider } | Unregister-PizzaOidcProvider -Force).Status | Should -Be 'Removed'
    }
}

Describe 'New-PizzaCiRole' {
    BeforeEach { $null = Start-PizzaSandbox -Empty }
    AfterEach { Stop-PizzaSandbox }

    It 'makes provider, role and policy in one line, and nothing the second time' {
        $null = New-PizzaRepository jwt-pizza-service
        $role = New-PizzaCiRole my-account/jwt-pizza-service -RepositoryName jwt-pizza-service
        $role | Should -BeOfType [JwtPizza.Ecr.CiRole]
        $role.RoleName, $role.Status, $role.PolicyName, $role.ProviderArn, $role.RegistryId | Should -Be @('github-ci', 'Created', 'jwt-pizza-ci-deployment', $provider, '123456789012')
        $role.Subjects[0].Subject | Should -Be 'repo:my-account/jwt-pizza-service:ref:refs/heads/main'
        $role.Grants[0].Status | Should -Be 'Created'
        (New-PizzaSandboxToken my-account/jwt-pizza-service -Explain).Allowed | Should -BeTrue
        $again = New-PizzaCiRole my-account/jwt-pizza-service -RepositoryName jwt-pizza-service
        $again.Status, $again.Subjects[0].Status, $again.Grants[0].Status, $again.Grants[0].VersionId | Should -Be @('Unchanged', 'Unchanged', 'Unchanged', 'v1')
    }

    It 'brings a role into line, and touches nothing else of it' {
        Stop-PizzaSandbox
        $null = Start-PizzaSandbox
        $null = New-PizzaRepository aa, bb
        $role = New-PizzaCiRole o/r -RepositoryName aa -Environment production
        $role.Status | Should -Be 'Changed'
        (Get-PizzaTrustSubject).Subject | Should -Be @('repo:my-account/jwt-pizza:ref:refs/heads/main', 'repo:o/r:environment:production')
        (New-PizzaCiRole o/r -RepositoryName bb -Environment production).Grants[0].VersionId | Should -Be 'v3'
    }

    It 'chains' {
        $null = New-PizzaRepository team/a, team/b
        $role = Get-PizzaRepository team/* | New-PizzaCiRole o/one, o/two -RoleName team
        $role | Should -HaveCount 1
        $role.RepositoryName | Should -Be @('team/a', 'team/b')
        $role.Subjects.Subject | Should -Be @('repo:o/one:ref:refs/heads/main', 'repo:o/two:ref:refs/heads/main')
        ($role | Get-PizzaTrustSubject).Count | Should -Be 2
        ($role | Grant-PizzaRolePolicy -PolicyArn arn:aws:iam::aws:policy/AmazonDynamoDBFullAccess).Status | Should -Be 'Created'
        ('o/three', 'o/four' | New-PizzaCiRole -RoleName team).Subjects.Status | Should -Be @('Created', 'Created')
    }

    It 'gives each role a policy of its own, and every cmdlet means the same one' {
        $null = New-PizzaRepository team-a/api, team-b/api, team-b/web
        $null = New-PizzaCiRole team-a/api -RepositoryName team-a/api
        $role = New-PizzaCiRole other-team/api -RoleName team-b-ci -RepositoryName team-b/api -IncludeVerify
        $role.PolicyName | Should -Be 'team-b-ci-deployment'
        $role.Grants.Status | Should -Be 'Created'
        (Grant-PizzaCiPolicy team-b/web -RoleName team-b-ci).PolicyName | Should -Be 'team-b-ci-deployment'
        (Revoke-PizzaCiPolicy team-b/web -RoleName team-b-ci).Status | Should -Be 'Removed'
        $grant = Test-PizzaSetup other-team/api -RepositoryName team-b/api -RoleName team-b-ci -Form Name | Where-Object Check -eq Grant
        $grant.Status | Should -Be 'Ok'
        $documents = (Invoke-Iam GetAccountAuthorizationDetails @{ 'Filter.member.1' = 'LocalManagedPolicy' }).OuterXml
        [uri]::UnescapeDataString(($documents -replace '.*<PolicyName>team-b-ci-deployment</PolicyName>(.*?)</PolicyVersionList>.*', '$1')) | Should -Not -Match 'team-a'
        (Remove-PizzaCiRole team-b-ci -IncludePolicy -Force).PolicyName | Should -Be 'team-b-ci-deployment'
    }

    It 'names who else has a policy before it is changed or given to another role' {
        $null = New-PizzaRepository aa, bb
        $null = New-PizzaCiRole o/a -RepositoryName aa
        $null = New-PizzaCiRole o/b -RoleName second -RepositoryName bb -PolicyName jwt-pizza-ci-deployment -WhatIf -WarningVariable warned -WarningAction SilentlyContinue
        $warned | Should -HaveCount 2
        $warned[0] | Should -BeLike "*attached to the role 'github-ci' too*Without -PolicyName*'second-deployment'*"
        $warned[1] | Should -BeLike "*'second' gets all that*the role 'github-ci'*"
        $null = New-PizzaCiRole o/b -RoleName second -RepositoryName bb -PolicyName jwt-pizza-ci-deployment -WarningAction SilentlyContinue
        $null = Grant-PizzaCiPolicy bb -IncludePull -WarningVariable warned -WarningAction SilentlyContinue
        "$warned" | Should -BeLike "*attached to the role 'second' too: the change applies*"
        "$warned" | Should -Not -BeLike '*Without -PolicyName*'
        $null = Grant-PizzaCiPolicy bb -IncludePull -WarningVariable warned -WarningAction SilentlyContinue
        $warned | Should -BeNullOrEmpty -Because 'nothing changes'
    }

    It 'says so when the caller may not see who else has the policy' {
        $null = New-PizzaRepository aa
        $null = New-PizzaCiRole o/a -RepositoryName aa
        Set-PizzaSandboxFault iam:ListEntitiesForPolicy -ErrorCode AccessDenied
        $grant = Grant-PizzaCiPolicy aa -IncludePull -WarningVariable warned -WarningAction SilentlyContinue
        "$warned" | Should -BeLike "*Without iam:ListEntitiesForPolicy, it is not known whether others than the role '*' have the policy '*-deployment'.*"
        $grant.Status | Should -Be 'Changed'
    }

    It 'makes several roles from a table' {
        $null = New-PizzaRepository aa, bb
        $roles = @([pscustomobject] @{ Repository = 'o/a'; RepositoryName = 'aa'; RoleName = 'ci-a'; PolicyName = 'push-a' }; [pscustomobject] @{ Repository = 'o/b'; RepositoryName = 'bb'; RoleName = 'ci-b'; PolicyName = 'push-b' }) | New-PizzaCiRole
        $roles.RoleName | Should -Be @('ci-a', 'ci-b')
        $roles.Subjects.Repository | Should -Be @('o/a', 'o/b')
        $roles.RepositoryName | Should -Be @('aa', 'bb')
    }

    It 'shows every document with -WhatIf, and makes nothing' {
        $null = New-PizzaRepository aa
        $shown = pwsh -NoProfile -Command {
            param($module, $url, $key, $secret)
            Import-Module $module
            New-PizzaCiRole o/r -Form Name -RepositoryName aa -Path /ci/ -Tag @{ team = 'pizza' } -WhatIf -EndpointUrl $url -AccessKey $key -SecretKey $secret -Region us-east-1
        } -args (Join-Path $PSScriptRoot '../../out/JwtPizza.Ecr'), (Get-PizzaSandbox).EndpointUrl, (Get-PizzaSandbox).AccessKey, (Get-PizzaSandbox).SecretKey | Out-String
        foreach ($part in 'Register the identity provider', 'Create the role github-ci (path /ci/, the tags team=pizza)', 'repo:o/r:ref:refs/heads/main', 'Create the policy jwt-pizza-ci-deployment', 'PushToECR', 'Attach the policy') { $shown | Should -BeLike "*$part*" }
        { Get-PizzaTrustSubject -ErrorAction Stop } | Should -Throw -ErrorId 'NoSuchEntity,*'
        (Register-PizzaOidcProvider).Status | Should -Be 'Created'
    }

    It 'gives a new role what was asked for, and says what an old one has otherwise' {
        $with = @{ Path = '/ci/'; MaxSessionDuration = 7200; PermissionsBoundary = 'arn:aws:iam::aws:policy/AmazonS3FullAccess'; Description = 'Ours'; Tag = @{ team = 'pizza' } }
        (New-PizzaCiRole o/r @with).RoleArn | Should -Be 'arn:aws:iam::123456789012:role/ci/github-ci'
        $made = (Invoke-Iam GetRole @{ RoleName = 'github-ci' }).GetRoleResponse.GetRoleResult.Role
        $made.MaxSessionDuration, $made.Description, $made.PermissionsBoundary.PermissionsBoundaryArn, $made.Tags.member.Value | Should -Be @('7200', 'Ours', 'arn:aws:iam::aws:policy/AmazonS3FullAccess', 'pizza')
        $null = New-PizzaCiRole o/r -MaxSessionDuration 3600 -PermissionsBoundary arn:aws:iam::aws:policy/PowerUserAccess -Path / -WarningVariable warned -WarningAction SilentlyContinue
        $warned | Should -HaveCount 3
        $null = New-PizzaCiRole o/r @with -WarningVariable warned
        $warned | Should -BeNullOrEmpty
    }

    It 'makes nothing for a role when something that was named for it is wrong' {
        $null = New-PizzaRepository aa
        New-PizzaCiRole o/r, nonsense -RepositoryName aa, nope -ErrorAction SilentlyContinue -ErrorVariable failed -WarningVariable warned -WarningAction SilentlyContinue | Should -BeNullOrEmpty
        $failed.FullyQualifiedErrorId -replace ',.*' | Should -Be @('InvalidGitHubRepository', 'RepositoryNotFoundException')
        "$warned" | Should -BeLike "*Nothing was created for the role 'github-ci'*"
        (Register-PizzaOidcProvider).Status | Should -Be 'Created'
    }

    It 'refuses <name> with <id>' -ForEach @(
        @{ name = 'no repository'; arguments = @{}; id = 'NoTrustSubject' }
        @{ name = 'a bad role name'; arguments = @{ Repository = 'o/r'; RoleName = 'a b' }; id = 'InvalidRoleName' }
        @{ name = 'an ARN for a name'; arguments = @{ Repository = 'o/r'; RoleName = 'arn:aws:iam::1:role/x' }; id = 'InvalidRoleName' }
        @{ name = 'a boundary that is missing'; arguments = @{ Repository = 'o/r'; PermissionsBoundary = 'arn:aws:iam::aws:policy/Nope' }; id = 'NoSuchEntity' }
        @{ name = 'a path without its slashes'; arguments = @{ Repository = 'o/r'; Path = 'ci' }; id = 'ParameterArgumentValidationError' }
        @{ name = 'a session of a minute'; arguments = @{ Repository = 'o/r'; MaxSessionDuration = 60 }; id = 'ParameterArgumentValidationError' }
        @{ name = 'a stranger for a provider'; arguments = @{ Repository = 'o/r'; ProviderArn = 'arn:aws:iam::123456789012:oidc-provider/example.com' }; id = 'NotAGitHubProvider' }
        @{ name = 'too many subjects'; arguments = @{ Repository = 1..40 | ForEach-Object { "octo-org/quite-a-long-name-$_" } }; id = 'TrustPolicyTooLong' }
    ) {
        { New-PizzaCiRole @arguments -ErrorAction Stop -WarningAction SilentlyContinue } | Should -Throw -ErrorId "$id,*"
    }

    It 'says what is done when the caller lacks the next step, and goes on from there' {
        Stop-PizzaSandbox
        $null = Start-PizzaSandbox -Empty -Enforce
        $null = New-PizzaRepository aa
        $limited = Get-LimitedCredential '"iam:Get*","iam:List*","iam:CreateOpenIDConnectProvider","iam:CreateRole","ecr:DescribeRepositories"'
        { New-PizzaCiRole o/r -RepositoryName aa @limited -ErrorAction Stop } | Should -Throw -ErrorId 'AccessDenied,*' -ExpectedMessage '*iam:CreatePolicy*Done before that: Register the identity provider*; Create the role github-ci. Run the command again*'
        (New-PizzaCiRole o/r -RepositoryName aa).Status | Should -Be 'Changed'
    }

    It 'is bounded by its boundary, in the sandbox as at AWS' {
        Stop-PizzaSandbox
        $null = Start-PizzaSandbox -Empty -Enforce
        $null = New-PizzaRepository aa
        $null = New-PizzaCiRole o/r -RepositoryName aa -IncludeVerify -PermissionsBoundary arn:aws:iam::aws:policy/AmazonS3FullAccess
        $body = @{ Action = 'AssumeRoleWithWebIdentity'; Version = '2011-06-15'; RoleArn = 'arn:aws:iam::123456789012:role/github-ci'; RoleSessionName = 'session'; WebIdentityToken = New-PizzaSandboxToken o/r }
        $keys = (Invoke-RestMethod (Get-PizzaSandbox).EndpointUrl -Method Post -Body $body).AssumeRoleWithWebIdentityResponse.AssumeRoleWithWebIdentityResult.Credentials
        { Get-PizzaRepository aa -AccessKey $keys.AccessKeyId -SecretKey $keys.SecretAccessKey -SessionToken $keys.SessionToken -ErrorAction Stop } |
            Should -Throw -ExpectedMessage '*because no permissions boundary allows the ecr:DescribeRepositories action*'
    }

    It 'tells of a network that is gone' {
        { New-PizzaCiRole o/r -Form Name -EndpointUrl http://127.0.0.1:9 -AccessKey a -SecretKey b -ErrorAction Stop } | Should -Throw -ErrorId 'ServiceUnreachable,*'
    }
}

Describe 'Remove-PizzaCiRole' {
    BeforeEach { $null = Start-PizzaSandbox }
    AfterEach { Stop-PizzaSandbox }

    It 'deletes the role, and keeps the policies' {
        $null = Grant-PizzaRolePolicy github-ci AmazonDynamoDBFullAccess
        $null = Invoke-Iam PutRolePolicy @{ RoleName = 'github-ci'; PolicyName = 'own'; PolicyDocument = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}' }
        $gone = Remove-PizzaCiRole github-ci -Force
        $gone.Status, $gone.Subjects[0].Subject | Should -Be @('Removed', 'repo:my-account/jwt-pizza:ref:refs/heads/main')
        { Get-PizzaTrustSubject -ErrorAction Stop } | Should -Throw -ErrorId 'NoSuchEntity,*'
        (Invoke-Iam GetPolicy @{ PolicyArn = 'arn:aws:iam::123456789012:policy/jwt-pizza-ci-deployment' }).GetPolicyResponse.GetPolicyResult.Policy.AttachmentCount | Should -Be '0'
    }

    It 'takes what New-PizzaCiRole puts out, and its policy with all versions' {
        $null = New-PizzaRepository aa, bb
        $null = New-PizzaCiRole o/r -RoleName other -PolicyName others -RepositoryName aa
        $role = New-PizzaCiRole o/r -RoleName other -PolicyName others -RepositoryName bb
        ($role | Remove-PizzaCiRole -IncludePolicy -Force).PolicyName | Should -Be 'others'
        { Invoke-Iam GetPolicy @{ PolicyArn = $role.PolicyArn } } | Should -Throw
    }

    It 'keeps a policy that others have' {
        $null = New-PizzaCiRole o/r -RoleName other
        $null = Grant-PizzaRolePolicy other jwt-pizza-ci-deployment
        (Remove-PizzaCiRole github-ci -IncludePolicy -Force -WarningVariable warned -WarningAction SilentlyContinue).PolicyName | Should -BeNullOrEmpty
        "$warned" | Should -BeLike '*attached to others too*'
    }

    It 'does nothing with -WhatIf, even with -Force' {
        Remove-PizzaCiRole github-ci -Force -WhatIf | Should -BeNullOrEmpty
        Get-PizzaTrustSubject | Should -HaveCount 1
    }

    It 'goes on after a role that is missing, and does not touch one that serves others' {
        $null = Invoke-Iam CreateRole @{ RoleName = 'tasks'; AssumeRolePolicyDocument = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ecs-tasks.amazonaws.com"},"Action":"sts:AssumeRole"}]}' }
        $gone = Remove-PizzaCiRole nobody, tasks, github-ci -Force -ErrorAction SilentlyContinue -ErrorVariable failed
        $gone.RoleName | Should -Be 'github-ci'
        $failed.FullyQualifiedErrorId -replace ',.*' | Should -Be @('NoSuchEntity', 'NotACiRole')
        $failed.TargetObject | Should -Be @('nobody', 'tasks')
    }
}

Describe 'Grant-PizzaRolePolicy and Revoke-PizzaRolePolicy' {
    BeforeEach {
        $null = Start-PizzaSandbox
        $null = Invoke-Iam CreateRole @{ RoleName = 'without-policies'; AssumeRolePolicyDocument = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}' }
    }
    AfterEach { Stop-PizzaSandbox }

    It 'does what the tutorial does in the console, once' {
        $granted = Grant-PizzaRolePolicy -RoleName aws-elasticbeanstalk-ec2-role -PolicyName AmazonDynamoDBFullAccess
        $granted.Status, $granted.PolicyArn, $granted.IsAwsManaged | Should -Be @('Created', 'arn:aws:iam::aws:policy/AmazonDynamoDBFullAccess', $true)
        ($granted | Grant-PizzaRolePolicy).Status | Should -Be 'Unchanged'
        ($granted | Revoke-PizzaRolePolicy).Status | Should -Be 'Removed'
        ($granted | Revoke-PizzaRolePolicy).Status | Should -Be 'Unchanged'
    }

    It 'finds a policy of AWS under its path, and one of the account' {
        (Grant-PizzaRolePolicy github-ci AmazonECSTaskExecutionRolePolicy).PolicyArn | Should -Be 'arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy'
        (Grant-PizzaRolePolicy github-ci service-role/AmazonECSTaskExecutionRolePolicy).Status | Should -Be 'Unchanged'
        (Grant-PizzaRolePolicy aws-elasticbeanstalk-ec2-role jwt-pizza-ci-deployment).IsAwsManaged | Should -BeFalse
    }

    It 'refuses a name that the account and AWS have' {
        $null = Invoke-Iam CreatePolicy @{ PolicyName = 'AmazonS3FullAccess'; PolicyDocument = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}' }
        { Grant-PizzaRolePolicy github-ci AmazonS3FullAccess -ErrorAction Stop } | Should -Throw -ErrorId 'AmbiguousPolicyName,*' -ExpectedMessage '*policy/AmazonS3FullAccess*-PolicyArn*'
        (Grant-PizzaRolePolicy github-ci -PolicyArn arn:aws:iam::aws:policy/AmazonS3FullAccess).Status | Should -Be 'Created'
    }

    It 'takes the role object of AWS.Tools' {
        $role = [IamRoleObject] @{ RoleName = 'github-ci'; Arn = 'arn:aws:iam::123456789012:role/github-ci' }
        ($role | Grant-PizzaRolePolicy -PolicyName AmazonS3FullAccess).RoleName | Should -Be 'github-ci'
    }

    It 'explains the quota of ten, and does the rest of the batch' {
        $eleven = 'AdministratorAccess', 'PowerUserAccess', 'AmazonDynamoDBFullAccess', 'AmazonDynamoDBReadOnlyAccess', 'AmazonEC2ContainerRegistryFullAccess', 'AmazonEC2ContainerRegistryPowerUser',
        'AmazonEC2ContainerRegistryPullOnly', 'AmazonEC2ContainerRegistryReadOnly', 'AmazonS3FullAccess', 'AmazonS3ReadOnlyAccess', 'CloudFrontFullAccess'
        $granted = Grant-PizzaRolePolicy without-policies $eleven -ErrorAction SilentlyContinue -ErrorVariable failed
        $granted | Should -HaveCount 10
        $failed[0].FullyQualifiedErrorId | Should -BeLike 'LimitExceeded,*'
        $failed[0].CategoryInfo.Category | Should -Be 'LimitsExceeded'
        "$($failed[0])" | Should -BeLike '*has 10 managed policies (AdministratorAccess,*Revoke-PizzaRolePolicy*'
    }

    It 'changes nothing with -WhatIf' {
        Grant-PizzaRolePolicy github-ci AmazonS3FullAccess -WhatIf | Should -BeNullOrEmpty
        (Grant-PizzaRolePolicy github-ci AmazonS3FullAccess).Status | Should -Be 'Created'
        Revoke-PizzaRolePolicy github-ci AmazonS3FullAccess -WhatIf | Should -BeNullOrEmpty
        (Grant-PizzaRolePolicy github-ci AmazonS3FullAccess).Status | Should -Be 'Unchanged'
    }

    It 'refuses <name> with <id>' -ForEach @(
        @{ name = 'a policy that is nowhere'; arguments = @{ RoleName = 'github-ci'; PolicyName = 'DynamoDB' }; id = 'NoSuchEntity'; text = '*AmazonDynamoDBFullAccess*AmazonDynamoDBReadOnlyAccess*' }
        @{ name = 'an ARN that is nowhere'; arguments = @{ RoleName = 'github-ci'; PolicyArn = 'arn:aws:iam::aws:policy/Nope' }; id = 'NoSuchEntity'; text = '*Nope*' }
        @{ name = 'a role that is nowhere'; arguments = @{ RoleName = 'nobody'; PolicyName = 'AmazonS3FullAccess' }; id = 'NoSuchEntity'; text = "*role 'nobody' was not found*" }
        @{ name = 'what cannot be a name'; arguments = @{ RoleName = 'github-ci'; PolicyName = 'a b' }; id = 'InvalidPolicyName'; text = '*' }
        @{ name = 'no policy'; arguments = @{ RoleName = 'github-ci' }; id = 'NoPolicy'; text = '*-PolicyName*' }
    ) {
        { Grant-PizzaRolePolicy @arguments -ErrorAction Stop } | Should -Throw -ErrorId "$id,*" -ExpectedMessage $text
    }

    It 'tells which action the caller lacks' {
        Stop-PizzaSandbox
        $null = Start-PizzaSandbox -Enforce
        $limited = Get-LimitedCredential '"iam:Get*","iam:List*"'
        { Grant-PizzaRolePolicy github-ci AmazonS3FullAccess @limited -ErrorAction Stop } | Should -Throw -ErrorId 'AccessDenied,*' -ExpectedMessage '*iam:AttachRolePolicy*'
    }
}
