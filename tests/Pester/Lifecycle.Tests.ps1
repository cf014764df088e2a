#Requires -Version 7.4
BeforeAll {
    Import-Module (Join-Path $PSScriptRoot '../../out/JwtPizza.Ecr') -Force
    $null = Start-PizzaSandbox
    function New-Repository { New-PizzaRepository "r-$([guid]::NewGuid().ToString('n').Substring(0, 8))" }
    function Get-Verbose([scriptblock] $Script) { & $Script 4>&1 | Where-Object { $_ -is [Management.Automation.VerboseRecord] } | ForEach-Object Message }
}
AfterAll { Stop-PizzaSandbox }

Describe 'Set-PizzaLifecycle' {
    It 'works as the first of the five lines, without a prompt, and twice' {
        $first = New-PizzaRepository jwt-pizza-service -Force | Set-PizzaLifecycle -UntaggedDays 1 -KeepLast 10
        $first | Should -BeOfType [JwtPizza.Ecr.Repository]
        $rules = (Get-PizzaLifecycle jwt-pizza-service).Rules
        $rules.TagStatus | Should -Be @('untagged', 'any')
        $rules.CountNumber | Should -Be @(1, 10)
        Get-Verbose { New-PizzaRepository jwt-pizza-service -Force | Set-PizzaLifecycle -UntaggedDays 1 -KeepLast 10 -Verbose } | Should -Contain 'jwt-pizza-service: the lifecycle policy already has these rules; nothing changed.'
    }

    It 'passes on the repository or the row that came in, with the Status of the policy' {
        $repository = New-Repository
        $before = @(Get-PizzaSandboxCall DescribeRepositories).Count
        $passed = $repository | Set-PizzaLifecycle -KeepLast 3
        @(Get-PizzaSandboxCall DescribeRepositories).Count | Should -Be $before
        $passed.RepositoryArn, $passed.Status, $repository.Status | Should -Be @($repository.RepositoryArn, 'Created', 'Created')
        $row = [pscustomobject]@{ RepositoryName = $repository.RepositoryName; Team = 'a' }
        $passed = $row | Set-PizzaLifecycle -KeepLast 3
        $passed.Team, $passed.Status | Should -Be @('a', 'Unchanged')
        $row.PSObject.Properties.Name | Should -Not -Contain Status
    }

    It 'passes on the repository of a name' {
        $repository = New-Repository
        ($repository.RepositoryName | Set-PizzaLifecycle -KeepLast 3).RepositoryArn | Should -Be $repository.RepositoryArn
        (Set-PizzaLifecycle $repository.RepositoryName -KeepLast 4).RepositoryArn | Should -Be $repository.RepositoryArn
    }

    It 'merges with the rules that are there, and replaces them all with -Replace' {
        $name = (New-Repository | Set-PizzaLifecycle -UntaggedDays 1 -KeepLast 10).RepositoryName
        $null = Set-PizzaLifecycle $name -KeepLastTagged 5 -TagPattern 'release-*', 'v*'
        $rules = (Get-PizzaLifecycle $name).Rules
        $rules.Priority | Should -Be @(1, 2, 3, 4)
        $rules.TagStatus | Should -Be @('untagged', 'tagged', 'tagged', 'any')
        $null = Set-PizzaLifecycle $name -UntaggedDays 7
        (Get-PizzaLifecycle $name).Rules.CountNumber | Should -Be @(7, 5, 5, 10)
        $null = Set-PizzaLifecycle $name -KeepLast 2 -Replace
        (Get-PizzaLifecycle $name).Rules.CountNumber | Should -Be 2
    }

    It 'shows the JSON difference under -WhatIf, changes nothing and passes nothing on' {
        $name = (New-Repository | Set-PizzaLifecycle -KeepLast 10).RepositoryName
        $shown = pwsh -NoProfile -Command {
            param($module, $url, $name)
            $env:AWS_ACCESS_KEY_ID = $env:AWS_SECRET_ACCESS_KEY = 'test'
            Import-Module $module
            Set-PizzaLifecycle $name -KeepLast 3 -WhatIf -EndpointUrl $url | ForEach-Object { 'PASSED ON' }
        } -args (Join-Path $PSScriptRoot '../../out/JwtPizza.Ecr'), (Get-PizzaSandbox).EndpointUrl, $name
        $shown = $shown -join "`n"
        $shown | Should -Match '-\s+"countNumber": 10'
        $shown | Should -Match '\+\s+"countNumber": 3'
        $shown | Should -Not -Match 'PASSED ON'
        (Get-PizzaLifecycle $name).Rules.CountNumber | Should -Be 10
    }

    It 'takes rules as hashtables, as objects, and those of another repository' {
        $name = (New-Repository).RepositoryName
        $null = Set-PizzaLifecycle $name -Rule @{ TagStatus = 'tagged'; TagPattern = 'prod*'; CountNumber = 3 }, ([JwtPizza.Ecr.LifecycleRule]::UntaggedAfter(2))
        (Get-PizzaLifecycle $name).Rules.TagStatus | Should -Be @('tagged', 'untagged')
        $copy = (New-Repository).RepositoryName
        $null = Get-PizzaLifecycle $name | Set-PizzaLifecycle $copy -Replace
        (Get-PizzaLifecycle $copy).PolicyText | Should -Be (Get-PizzaLifecycle $name).PolicyText
    }

    It 'takes a policy as JSON' {
        $name = (New-Repository).RepositoryName
        $null = Set-PizzaLifecycle $name -Policy '{"rules":[{"rulePriority":5,"description":"Old ones","selection":{"tagStatus":"untagged","countType":"sinceImagePushed","countUnit":"days","countNumber":14},"action":{"type":"expire"}}]}'
        $rule = (Get-PizzaLifecycle $name).Rules
        $rule.Priority | Should -Be 5
        $rule.Description | Should -Be 'Old ones'
    }

    It 'refuses <what> with <id>, before anything is sent' -ForEach @(
        @{ what = 'a policy that breaks two rules'; id = 'InvalidLifecyclePolicy'; text = '*rule 1 (priority 1): countNumber 0*rule 2 (priority 1): another rule*'
            with = @{ Policy = '{"rules":[{"rulePriority":1,"selection":{"tagStatus":"untagged","countType":"imageCountMoreThan","countNumber":0},"action":{"type":"expire"}},{"rulePriority":1,"selection":{"tagStatus":"any","countType":"imageCountMoreThan","countNumber":3},"action":{"type":"expire"}}]}' }
        }
        @{ what = 'a member that nobody knows'; id = 'InvalidLifecyclePolicy'; text = "*no member 'rule'*"; with = @{ Policy = '{"rules":[],"rule":1}' } }
        @{ what = 'a rule that ECR does not take'; id = 'InvalidLifecyclePolicy'; text = '*needs a tagPatternList*'; with = @{ Rule = @{ TagStatus = 'tagged'; CountNumber = 3 } } }
        @{ what = 'a tag pattern with five stars'; id = 'InvalidLifecyclePolicy'; text = "*more than 4 '*"; with = @{ KeepLastTagged = 1; TagPattern = '*a*b*c*d*' } }
        @{ what = 'nothing to do'; id = 'IncompleteLifecycle'; text = '*-UntaggedDays 1*'; with = @{} }
        @{ what = 'a pattern without a number'; id = 'IncompleteLifecycle'; text = '*must be specified together*'; with = @{ TagPattern = 'v*' } }
        @{ what = 'days below one'; id = 'ParameterArgumentValidationError'; text = '*UntaggedDays*'; with = @{ UntaggedDays = 0 } }
    ) {
        $name = (New-Repository).RepositoryName
        { Set-PizzaLifecycle $name @with -ErrorAction Stop } | Should -Throw $text -ErrorId "$id,*"
        (Get-PizzaLifecycle $name).PolicyText | Should -BeNullOrEmpty
    }

    It 'says which repository is missing, and goes on with the next' {
        $name = (New-Repository).RepositoryName
        $passed = 'missing', $name | Set-PizzaLifecycle -KeepLast 3 -ErrorAction SilentlyContinue -ErrorVariable failed
        $passed.RepositoryName | Should -Be $name
        $failed[0].FullyQualifiedErrorId | Should -BeLike 'RepositoryNotFoundException,*'
        $failed[0].CategoryInfo.Category | Should -Be 'ObjectNotFound'
        $failed[0].TargetObject | Should -Be 'missing'
        "$($failed[0])" | Should -BeLike '*New-PizzaRepository*'
    }
}

Describe 'Get-PizzaLifecycle' {
    It 'gives an object without rules for a repository without a policy' {
        $name = (New-Repository).RepositoryName
        $lifecycle = Get-PizzaLifecycle $name
        $lifecycle.RepositoryName | Should -Be $name
        $lifecycle.RegistryId | Should -Match '^\d{12}$'
        $lifecycle.Rules | Should -BeNullOrEmpty
        $lifecycle.PolicyText | Should -BeNullOrEmpty
    }

    It 'finds the repositories without a policy, and gives them one' {
        $null = New-Repository
        $null = Get-PizzaRepository | Get-PizzaLifecycle | Where-Object { -not $_.Rules } | Set-PizzaLifecycle -UntaggedDays 7
        Get-PizzaRepository | Get-PizzaLifecycle | Where-Object { -not $_.Rules } | Should -BeNullOrEmpty
    }

    It 'is an error for a repository that is missing' {
        { Get-PizzaLifecycle missing -ErrorAction Stop } | Should -Throw -ErrorId 'RepositoryNotFoundException,*'
    }
}
