#Requires -Version 7.4
BeforeAll {
    Import-Module (Join-Path $PSScriptRoot '../../out/JwtPizza.Ecr') -Force
    Stop-PizzaSandbox
}
AfterAll { Stop-PizzaSandbox }

Describe 'A token of the sandbox' {
    It 'is refused without a sandbox, with the next step' {
        { New-PizzaSandboxToken my-account/jwt-pizza -ErrorAction Stop } | Should -Throw -ErrorId 'SandboxNotRunning,*' -ExpectedMessage '*Start-PizzaSandbox*'
    }

    Context 'while one runs' {
        BeforeAll { $sandbox = Start-PizzaSandbox }

        It 'opens the role that trusts the run' {
            $token = New-PizzaSandboxToken my-account/jwt-pizza
            $body = @{ Action = 'AssumeRoleWithWebIdentity'; Version = '2011-06-15'; RoleArn = 'arn:aws:iam::123456789012:role/github-ci'; RoleSessionName = 'pester'; WebIdentityToken = $token }
            $answer = Invoke-RestMethod $sandbox.EndpointUrl -Method Post -Body $body
            $answer.AssumeRoleWithWebIdentityResponse.AssumeRoleWithWebIdentityResult.AssumedRoleUser.Arn | Should -Be 'arn:aws:sts::123456789012:assumed-role/github-ci/pester'
        }

        It 'says which clause keeps a run out' {
            $verdict = 'my-account/jwt-pizza-service' | New-PizzaSandboxToken -Explain
            $verdict.Allowed | Should -BeFalse
            $verdict.Subject | Should -Be 'repo:my-account/jwt-pizza-service:ref:refs/heads/main'
            $verdict.Reasons | Should -BeLike '*StringLike*:sub wants*'
        }

        It 'of a GitHub Enterprise Server opens the role that trusts that server, by -Issuer and by the subject from the pipeline' {
            $url = 'https://ghes.example.com/_services/token'
            $provider = (Register-PizzaOidcProvider $url).ProviderArn
            $subject = Add-PizzaTrustSubject my-account/inside -ProviderArn $provider
            ($subject | New-PizzaSandboxToken -Explain).Allowed | Should -BeTrue
            (New-PizzaSandboxToken my-account/inside -Issuer $url -Explain).Allowed | Should -BeTrue
            (New-PizzaSandboxToken my-account/inside -Explain).Allowed | Should -BeFalse -Because 'github.com is another provider'
            $variables = New-PizzaSandboxToken my-account/inside -Issuer ghes.example.com/_services/token -AsVariable
            $answer = Invoke-RestMethod "$($variables.ACTIONS_ID_TOKEN_REQUEST_URL)&audience=sts.amazonaws.com" -Headers @{ Authorization = "bearer $($variables.ACTIONS_ID_TOKEN_REQUEST_TOKEN)" }
            $body = @{ Action = 'AssumeRoleWithWebIdentity'; Version = '2011-06-15'; RoleArn = 'arn:aws:iam::123456789012:role/github-ci'; RoleSessionName = 'inside'; WebIdentityToken = $answer.value }
            (Invoke-RestMethod $sandbox.EndpointUrl -Method Post -Body $body).AssumeRoleWithWebIdentityResponse.AssumeRoleWithWebIdentityResult.Provider | Should -Be $provider
        }

        It 'is refused for an issuer that is not one of GitHub' {
            { New-PizzaSandboxToken my-account/inside -Issuer https://gitlab.com -ErrorAction Stop } | Should -Throw -ErrorId 'NotAGitHubProvider,*' -ExpectedMessage '*_services/token*'
        }

        It 'has the subject of <Form>' -ForEach @(
            @{ Form = 'a branch'; Parameters = @{ Branch = 'dev' }; Subject = 'repo:o/r:ref:refs/heads/dev' }
            @{ Form = 'a tag'; Parameters = @{ GitTag = 'v1' }; Subject = 'repo:o/r:ref:refs/tags/v1' }
            @{ Form = 'an environment'; Parameters = @{ Environment = 'a:b' }; Subject = 'repo:o/r:environment:a%3Ab' }
            @{ Form = 'a pull request'; Parameters = @{ PullRequest = $true }; Subject = 'repo:o/r:pull_request' }
            @{ Form = 'the immutable kind'; Parameters = @{ OwnerId = 1; RepositoryId = 2 }; Subject = 'repo:o@1/r@2:ref:refs/heads/main' }
        ) {
            (New-PizzaSandboxToken o/r @Parameters -Explain).Subject | Should -Be $Subject
        }

        It 'is refused for <Name>, and the next repository is served' -ForEach @(
            @{ Name = 'no repository'; Bad = 'nonsense'; Id = 'InvalidGitHubRepository,*' }
            @{ Name = 'one number alone'; Bad = 'o@1/r'; Id = 'IncompleteIds,*' }
        ) {
            $tokens = $Bad, 'o/r' | New-PizzaSandboxToken -ErrorAction SilentlyContinue -ErrorVariable failed
            $tokens | Should -HaveCount 1
            $failed[0].FullyQualifiedErrorId | Should -BeLike $Id
        }

        It 'is not made for a pattern' {
            New-PizzaSandboxToken o/r -Branch 'release/*' -ErrorAction SilentlyContinue -ErrorVariable failed | Should -BeNullOrEmpty
            $failed[0].FullyQualifiedErrorId | Should -BeLike 'PatternIsNoRun,*'
        }
    }
}
