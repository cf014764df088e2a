#Requires -Version 7.4
BeforeAll {
    Import-Module (Join-Path $PSScriptRoot '../../out/JwtPizza.Ecr') -Force
    $script:before = $env:GITHUB_API_URL
    $env:GITHUB_API_URL = 'http://127.0.0.1:9'   # a workflow run has one, too, and the sandbox comes first
}
AfterAll { $env:GITHUB_API_URL = $before }

Describe 'GitHub of the sandbox' {
    BeforeEach { $null = Start-PizzaSandbox }
    AfterEach { Stop-PizzaSandbox }

    It 'says of a repository that it is an old one, with no warning' {
        $added = 'my-account/jwt-pizza-service' | Add-PizzaTrustSubject -RoleName github-ci -WarningVariable warned
        $added.Subject | Should -Be 'repo:my-account/jwt-pizza-service:ref:refs/heads/main'
        $warned | Should -BeNullOrEmpty
        ('my-account/jwt-pizza-service' | New-PizzaSandboxToken -Explain).Allowed | Should -BeTrue
    }

    It 'says of a repository whose numbers a token has that it is a new one' {
        $null = New-PizzaSandboxToken a/b -OwnerId 1 -RepositoryId 2
        (Add-PizzaTrustSubject a/b -WarningVariable warned).Subject | Should -Be 'repo:a@1/b@2:ref:refs/heads/main'
        $warned | Should -BeNullOrEmpty
        (New-PizzaSandboxToken a/b -Explain).Allowed | Should -BeTrue
    }

    It 'says of a repository whose numbers were trusted that it is a new one' {
        (Add-PizzaTrustSubject a/b -OwnerId 1 -RepositoryId 2).Subject | Should -Be 'repo:a@1/b@2:ref:refs/heads/main'
        $verdict = New-PizzaSandboxToken A/B -Explain
        $verdict.Subject | Should -Be 'repo:A@1/B@2:ref:refs/heads/main'
        $verdict.Allowed | Should -BeFalse -Because 'case counts in a trust policy'
        (New-PizzaSandboxToken a/b -Explain).Allowed | Should -BeTrue
    }

    It 'has numbers of its own for the immutable form' {
        $subject = (Add-PizzaTrustSubject a/b -Form Immutable).Subject
        $about = Invoke-RestMethod "$((Get-PizzaSandbox).GitHubApiUrl)/repos/a/b"
        $subject | Should -Be "repo:a@$($about.owner.id)/b@$($about.id):ref:refs/heads/main"
    }

    It 'forgets the numbers with the sandbox' {
        $null = New-PizzaSandboxToken a/b -OwnerId 1 -RepositoryId 2
        Stop-PizzaSandbox
        $null = Start-PizzaSandbox
        (New-PizzaSandboxToken a/b -Explain).Subject | Should -Be 'repo:a/b:ref:refs/heads/main'
    }
}
