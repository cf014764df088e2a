#Requires -Version 7.4
BeforeAll {
    Import-Module (Join-Path $PSScriptRoot '../../out/JwtPizza.Ecr') -Force
    # Nobody answers there, and a sandbox of the session does not need it to.
    $script:before = $env:GITHUB_API_URL
    $env:GITHUB_API_URL = 'http://127.0.0.1:9'
    $script:main = 'repo:my-account/jwt-pizza-service:ref:refs/heads/main'

    class Role { [string] $RoleName; [string] $Arn; Role([string] $name) { $this.RoleName = $name } }      # as AWS.Tools has it
}
AfterAll { $env:GITHUB_API_URL = $before }

Describe 'Add-PizzaTrustSubject' {
    BeforeEach { $null = Start-PizzaSandbox }
    AfterEach { Stop-PizzaSandbox }
    BeforeAll {
        # The same sandbox, but called by its URL: then GitHub itself is asked.
        function Get-Door { $it = Get-PizzaSandbox; @{ EndpointUrl = $it.EndpointUrl; AccessKey = $it.AccessKey; SecretKey = $it.SecretKey; Region = $it.Region } }
    }

    It 'takes a repository from the pipeline, trusts its main branch, and does nothing the second time' {
        $added = 'my-account/jwt-pizza-service' | Add-PizzaTrustSubject -RoleName github-ci -Form Name
        $added | Should -BeOfType [JwtPizza.Ecr.TrustSubject]
        $added.Subject | Should -Be $main
        $added.Status | Should -Be 'Created'
        $added.RoleName | Should -Be 'github-ci'
        $added.RegistryId | Should -Match '^\d{12}$'
        $again = 'my-account/jwt-pizza-service' | Add-PizzaTrustSubject -Form Name
        $again.Status | Should -Be 'Unchanged'
        (Get-PizzaTrustSubject).Subject | Should -Be @('repo:my-account/jwt-pizza:ref:refs/heads/main', $main)
    }

    It 'trusts <expected>' -ForEach @(
        @{ arguments = @{ Branch = 'release/*' }; expected = 'repo:a/b:ref:refs/heads/release/*' }
        @{ arguments = @{ GitTag = 'v*' }; expected = 'repo:a/b:ref:refs/tags/v*' }
        @{ arguments = @{ Environment = 'eu:prod' }; expected = 'repo:a/b:environment:eu%3Aprod' }
        @{ arguments = @{ PullRequest = $true }; expected = 'repo:a/b:pull_request' }
        @{ arguments = @{ AnyRef = $true }; expected = 'repo:a/b:*' }
        @{ arguments = @{ PullRequest = $false }; expected = 'repo:a/b:ref:refs/heads/main' }
    ) {
        (Add-PizzaTrustSubject https://github.com/a/b.git -Form Name @arguments).Subject | Should -Be $expected
    }

    It 'writes both forms' {
        (Add-PizzaTrustSubject a/b -OwnerId 1 -RepositoryId 2 -Form Both).Subject | Should -Be @('repo:a@1/b@2:ref:refs/heads/main', 'repo:a/b:ref:refs/heads/main')
    }

    It 'takes the immutable form when the numbers are given and GitHub cannot be asked' {
        $door = Get-Door
        $added = Add-PizzaTrustSubject a/b -OwnerId 1 -RepositoryId 2 -WarningVariable warned @door
        $added.Subject | Should -Be 'repo:a@1/b@2:ref:refs/heads/main'
        $warned | Should -BeNullOrEmpty
    }

    It 'takes the name form, and warns of the consequence, when GitHub cannot be asked and no numbers are given' {
        $door = Get-Door
        $added = Add-PizzaTrustSubject a/b -WarningVariable warned -WarningAction SilentlyContinue @door
        $added.Subject | Should -Be 'repo:a/b:ref:refs/heads/main'
        "$warned" | Should -BeLike '*15 July 2026*Not authorized to perform sts:AssumeRoleWithWebIdentity*-OwnerId and -RepositoryId*'
    }

    It 'takes what the GitHub CLI and the REST API hand out' {
        $cli = '[{"nameWithOwner":"a/b"},{"nameWithOwner":"a/c"}]' | ConvertFrom-Json | Add-PizzaTrustSubject -Form Name
        $cli.Repository | Should -Be @('a/b', 'a/c')
        $api = '{"id":2,"full_name":"a/d","owner":{"id":1}}' | ConvertFrom-Json | Add-PizzaTrustSubject -Form Immutable
        $api.Subject | Should -Be 'repo:a@1/d@2:ref:refs/heads/main'
    }

    It 'takes subjects of another role, and the role of an object by its name' {
        $null = Add-PizzaTrustSubject -Subject 'repo:a/*:ref:refs/heads/main'
        (Get-PizzaTrustSubject | Add-PizzaTrustSubject).Status | Should -Be @('Unchanged', 'Unchanged')
        ([Role]::new('github-ci') | Get-PizzaTrustSubject).Count | Should -Be 2
    }

    It 'shows what would change with -WhatIf, and changes nothing' {
        $shown = pwsh -NoProfile -Command {
            param($module)
            Import-Module $module
            $null = Start-PizzaSandbox
            Add-PizzaTrustSubject my-account/jwt-pizza-service -Form Name -WhatIf
            "subjects: $(@(Get-PizzaTrustSubject).Count)"
        } -args (Join-Path $PSScriptRoot '../../out/JwtPizza.Ecr')
        "$shown" | Should -BeLike "*What if: Trust '$main' in the trust policy of role 'github-ci':*"
        $shown -join "`n" | Should -Match '(?m)^\+ '
        $shown[-1] | Should -Be 'subjects: 1'
    }

    It 'refuses <why>' -ForEach @(
        @{ why = 'two kinds of subject'; arguments = @{ Repository = 'a/b'; Branch = 'x'; AnyRef = $true }; id = 'AmbiguousTrustSubject'; text = '*-Branch and -AnyRef*' }
        @{ why = 'no repository'; arguments = @{}; id = 'NoTrustSubject'; text = '*owner/name*' }
        @{ why = 'what names no repository'; arguments = @{ Repository = 'jwt-pizza-service' }; id = 'InvalidGitHubRepository'; text = "*'jwt-pizza-service'*" }
        @{ why = 'another host'; arguments = @{ Repository = 'https://gitlab.com/a/b' }; id = 'InvalidGitHubRepository'; text = '*gitlab.com*' }
        @{ why = 'a subject of strangers'; arguments = @{ Subject = 'repo:*' }; id = 'InvalidTrustSubject'; text = '*strangers*' }
        @{ why = 'a number of *'; arguments = @{ Subject = 'repo:a@*/b@*:*' }; id = 'InvalidTrustSubject'; text = '*number*' }
        @{ why = 'a branch that git does not take'; arguments = @{ Repository = 'a/b'; Branch = 'a b' }; id = 'InvalidTrustSubject'; text = "*'a b'*" }
        @{ why = 'a number that is none'; arguments = @{ Repository = 'a/b'; OwnerId = 0; RepositoryId = 2 }; id = 'InvalidGitHubId'; text = '*0*' }
        @{ why = 'a missing role'; arguments = @{ Repository = 'a/b'; RoleName = 'nobody'; Form = 'Name' }; id = 'NoSuchEntity'; text = "*'nobody'*-RoleName*" }
        @{ why = 'a provider that is not GitHub'; arguments = @{ Repository = 'a/b'; Form = 'Name'; ProviderArn = 'arn:aws:iam::123456789012:oidc-provider/gitlab.com' }; id = 'NotAGitHubProvider'; text = '*gitlab.com*' }
    ) {
        { Add-PizzaTrustSubject @arguments -ErrorAction Stop } | Should -Throw $text -ErrorId "$id,*"
        @(Get-PizzaTrustSubject).Count | Should -Be 1
    }

    It 'refuses the immutable form without numbers when GitHub cannot be asked' {
        $door = Get-Door
        { Add-PizzaTrustSubject a/b -Form Immutable -ErrorAction Stop @door } | Should -Throw '*-OwnerId and -RepositoryId*' -ErrorId 'GitHubIdsUnknown,*'
        @(Get-PizzaTrustSubject).Count | Should -Be 1
    }

    It 'goes on after one that fails' {
        $added = 'a/b', 'nonsense', 'a/c' | Add-PizzaTrustSubject -Form Name -ErrorAction SilentlyContinue -ErrorVariable failed
        $added.Repository | Should -Be @('a/b', 'a/c')
        $failed[0].TargetObject | Should -Be 'nonsense'
        $failed[0].CategoryInfo.Category | Should -Be 'InvalidArgument'
    }

    It 'leaves twenty subjects after twenty parallel calls' {
        $module = (Resolve-Path (Join-Path $PSScriptRoot '../../out/JwtPizza.Ecr')).Path
        $null = 1..20 | ForEach-Object -ThrottleLimit 20 -Parallel {
            Import-Module $using:module
            Add-PizzaTrustSubject "a/service-$_" -Form Name -WarningAction SilentlyContinue
        }
        (Get-PizzaTrustSubject | Where-Object Repository -Like 'a/*').Count | Should -Be 20
    }
}

Describe 'Remove-PizzaTrustSubject' {
    BeforeEach { $null = Start-PizzaSandbox }
    AfterEach { Stop-PizzaSandbox }

    It 'takes out every subject of a repository, in both forms' {
        $null = Add-PizzaTrustSubject a/b -OwnerId 1 -RepositoryId 2 -Form Both
        $removed = Remove-PizzaTrustSubject A/B -Confirm:$false
        $removed.Status | Should -Be @('Removed', 'Removed')
        (Get-PizzaTrustSubject).Repository | Should -Be 'my-account/jwt-pizza'
    }

    It 'takes out what Get-PizzaTrustSubject hands on' {
        $null = 'a/b', 'a/c' | Add-PizzaTrustSubject -Form Name
        (Get-PizzaTrustSubject | Where-Object Repository -Like 'a/*' | Remove-PizzaTrustSubject -Confirm:$false).Count | Should -Be 2
        @(Get-PizzaTrustSubject).Count | Should -Be 1
    }

    It 'changes nothing and says so when there is nothing to take out' {
        Remove-PizzaTrustSubject nobody/nothing -Confirm:$false -WarningVariable warned -WarningAction SilentlyContinue | Should -BeNullOrEmpty
        "$warned" | Should -BeLike "*no subject of 'nobody/nothing'*"
    }

    It 'keeps the last subject without -Force, and the only statement also with it' {
        { Get-PizzaTrustSubject | Remove-PizzaTrustSubject -Confirm:$false -ErrorAction Stop } | Should -Throw '*-Force*' -ErrorId 'LastTrustSubject,*'
        { Get-PizzaTrustSubject | Remove-PizzaTrustSubject -Force -ErrorAction Stop } | Should -Throw '*no other statement*' -ErrorId 'LastStatement,*'
        @(Get-PizzaTrustSubject).Count | Should -Be 1
    }

    It 'changes nothing with -WhatIf, also with -Force' {
        $null = Add-PizzaTrustSubject a/b -Form Name
        Remove-PizzaTrustSubject a/b -Force -WhatIf | Should -BeNullOrEmpty
        @(Get-PizzaTrustSubject).Count | Should -Be 2
    }
}
