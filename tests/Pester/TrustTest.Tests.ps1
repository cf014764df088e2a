#Requires -Version 7.4
# Test-PizzaTrustSubject and Resolve-PizzaTrustSubject.
BeforeAll {
    Import-Module (Join-Path $PSScriptRoot '../../out/JwtPizza.Ecr') -Force
    $script:before = $env:GITHUB_API_URL
    $env:GITHUB_API_URL = 'http://127.0.0.1:9'   # nobody answers there, and a sandbox of the session does not need it to
    $null = Start-PizzaSandbox
}
AfterAll {
    Stop-PizzaSandbox
    $env:GITHUB_API_URL = $before
}

Describe 'Resolve-PizzaTrustSubject' {
    It 'tells the subject of runs on main' {
        $found = Resolve-PizzaTrustSubject my-account/jwt-pizza-service
        $found | Should -BeOfType [JwtPizza.Ecr.RunSubject]
        $found.Subject | Should -Be 'repo:my-account/jwt-pizza-service:ref:refs/heads/main'
        $found.Form | Should -Be 'Name'
    }

    It 'has the numbers of a repository that was made lately' {
        $found = Resolve-PizzaTrustSubject a/b -OwnerId 1 -RepositoryId 2 -Environment production
        $found.Subject | Should -Be 'repo:a@1/b@2:environment:production'
        $found.Form, $found.OwnerId, $found.RepositoryId, $found.Kind, $found.Value | Should -Be @('Immutable', 1, 2, 'Environment', 'production')
    }

    It 'gives both forms when asked' {
        (Resolve-PizzaTrustSubject a/c -OwnerId 1 -RepositoryId 3 -Form Both).Subject | Should -Be @('repo:a@1/c@3:ref:refs/heads/main', 'repo:a/c:ref:refs/heads/main')
    }

    It 'feeds Add-PizzaTrustSubject and Test-PizzaTrustSubject' {
        $found = 'o/one', 'o/two' | Resolve-PizzaTrustSubject -GitTag v1
        ($found | Test-PizzaTrustSubject).Allowed | Should -Be @($false, $false)
        ($found | Add-PizzaTrustSubject).Status | Should -Be @('Created', 'Created')
        ($found | Test-PizzaTrustSubject -Quiet) | Should -Be @($true, $true)
    }

    It 'goes on after a name that is none' {
        $found = 'nonsense', 'o/r' | Resolve-PizzaTrustSubject -ErrorAction SilentlyContinue -ErrorVariable failed
        $found.Repository | Should -Be 'o/r'
        $failed[0].FullyQualifiedErrorId | Should -BeLike 'InvalidGitHubRepository,*'
    }

    It 'warns when GitHub cannot be asked' {
        $it = Get-PizzaSandbox
        $null = Resolve-PizzaTrustSubject o/r -EndpointUrl $it.EndpointUrl -WarningVariable warned -WarningAction SilentlyContinue
        "$warned" | Should -BeLike '*15 July 2026*'
    }

    It 'asks which repository' {
        { Resolve-PizzaTrustSubject -ErrorAction Stop } | Should -Throw -ErrorId 'NoTrustSubject,*'
    }
}

Describe 'Test-PizzaTrustSubject' {
    It 'lets the course''s run in' {
        $verdict = Test-PizzaTrustSubject my-account/jwt-pizza
        $verdict.Allowed | Should -BeTrue
        $verdict.Statements | Should -Be 'statement 1'
        $verdict.RoleArn | Should -Be 'arn:aws:iam::123456789012:role/github-ci'
    }

    It 'names the clause that keeps a run out, and what helps' {
        $verdict = Test-PizzaTrustSubject my-account/jwt-pizza -Branch dev
        $verdict.Allowed | Should -BeFalse
        $verdict.Reasons | Should -BeLike "statement 1: StringLike token.actions.githubusercontent.com:sub wants 'repo:my-account/jwt-pizza:ref:refs/heads/main'*and it is 'repo:my-account/jwt-pizza:ref:refs/heads/dev'"
        $verdict.Hints | Should -BeLike '*not the same branch*'
        $verdict | Out-String | Should -BeLike '*Hints*'
    }

    It 'takes a subject from a log' {
        (Test-PizzaTrustSubject -Subject 'repo:My-Account/jwt-pizza:ref:refs/heads/main').Hints | Should -BeLike '*only in case*'
    }

    It 'takes a token, and says what STS says' {
        $token = New-PizzaSandboxToken my-account/nowhere
        $ours = Test-PizzaTrustSubject -Token $token
        $theirs = New-PizzaSandboxToken my-account/nowhere -Explain
        $ours.Reasons | Should -Be $theirs.Reasons
        $ours.Subject | Should -Be $theirs.Subject
    }

    It 'does not quote a token that is none' {
        Test-PizzaTrustSubject -Token 'c2VjcmV0.c2VjcmV0.c2VjcmV0' -ErrorAction SilentlyContinue -ErrorVariable failed
        $failed[0].FullyQualifiedErrorId | Should -BeLike 'InvalidToken,*'
        $failed[0] | Out-String | Should -Not -BeLike '*c2VjcmV0.c2V*cmV0: *'
        "$($failed[0])" | Should -Not -BeLike '*c2VjcmV0*'
    }

    It 'looks at the audiences of the provider, too' {
        (Test-PizzaTrustSubject my-account/jwt-pizza -Audience api://x).Reasons[0] | Should -BeLike '*Register-PizzaOidcProvider*'
    }

    It 'takes further claims' {
        $null = New-PizzaCiRole o/claims -RoleName claims
        $document = @{ Version = '2012-10-17'; Statement = @(@{ Effect = 'Allow'; Action = 'sts:AssumeRoleWithWebIdentity'; Principal = @{ Federated = 'arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com' }
                    Condition = @{ StringEquals = @{ 'token.actions.githubusercontent.com:sub' = 'repo:o/claims:ref:refs/heads/main'; 'token.actions.githubusercontent.com:runner_environment' = 'github-hosted' } }
                })
        } | ConvertTo-Json -Depth 9
        $it = Get-PizzaSandbox
        $signed = @{ Authorization = "AWS4-HMAC-SHA256 Credential=$($it.AccessKey)/20261121/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=0" }
        $null = Invoke-RestMethod $it.EndpointUrl -Method Post -Headers $signed -SkipHeaderValidation -Body @{ Action = 'UpdateAssumeRolePolicy'; Version = '2010-05-08'; RoleName = 'claims'; PolicyDocument = $document }
        Test-PizzaTrustSubject o/claims -RoleName claims -Quiet | Should -BeFalse
        (Test-PizzaTrustSubject o/claims -RoleName claims).Reasons | Should -BeLike '*:runner_environment wants*is not in the request*'
        Test-PizzaTrustSubject o/claims -RoleName claims -Claim @{ runner_environment = 'github-hosted' } -Quiet | Should -BeTrue
    }

    It 'refuses <name> with <id>' -ForEach @(
        @{ name = 'a pattern'; arguments = @{ Repository = 'o/r'; Branch = 'release/*' }; id = 'PatternIsNoRun' }
        @{ name = 'every run'; arguments = @{ Repository = 'o/r'; AnyRef = $true }; id = 'PatternIsNoRun' }
        @{ name = 'a missing role'; arguments = @{ Repository = 'o/r'; RoleName = 'nobody' }; id = 'NoSuchEntity' }
        @{ name = 'another issuer'; arguments = @{ Repository = 'o/r'; Issuer = 'https://example.com' }; id = 'NotAGitHubProvider' }
        @{ name = 'two kinds of run'; arguments = @{ Repository = 'o/r'; Branch = 'a'; GitTag = 'b' }; id = 'AmbiguousTrustSubject' }
    ) {
        Test-PizzaTrustSubject @arguments -ErrorAction SilentlyContinue -ErrorVariable failed | Should -BeNullOrEmpty
        $failed[0].FullyQualifiedErrorId | Should -BeLike "$id,*"
    }
}
