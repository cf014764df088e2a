#Requires -Version 7.4
BeforeAll {
    $script:manifest = (Resolve-Path (Join-Path $PSScriptRoot '../../out/JwtPizza.Ecr/JwtPizza.Ecr.psd1')).Path
    Import-Module $manifest -Force
    $null = Start-PizzaSandbox
    function New-Repository { New-PizzaRepository "r-$([guid]::NewGuid().ToString('n').Substring(0, 8))" }
    function Get-Verbose([scriptblock] $Script) { & $Script 4>&1 | Where-Object { $_ -is [Management.Automation.VerboseRecord] } | ForEach-Object Message }
}
AfterAll { Stop-PizzaSandbox }

Describe 'New-PizzaLifecycleRule' {
    It 'makes <count>, without any AWS' -ForEach @(
        @{ count = 'imageCountMoreThan'; with = @{ ImageCountMoreThan = 5 }; unit = $null; action = 'expire' }
        @{ count = 'sinceImagePushed'; with = @{ SinceImagePushed = 5 }; unit = 'days'; action = 'expire' }
        @{ count = 'sinceImagePulled'; with = @{ SinceImagePulled = 5 }; unit = 'days'; action = 'transition' }
        @{ count = 'sinceImageTransitioned'; with = @{ SinceImageTransitioned = 95 }; unit = 'days'; action = 'expire' }
    ) {
        $rule = New-PizzaLifecycleRule @with
        $rule | Should -BeOfType [JwtPizza.Ecr.LifecycleRule]
        $rule.CountType | Should -Be $count
        $rule.CountUnit | Should -Be $unit
        $rule.CountNumber | Should -Be @($with.Values)[0]
        $rule.Action | Should -Be $action
        $rule.TagStatus | Should -Be 'any'
        $rule.StorageClass | Should -Be $($count -eq 'sinceImageTransitioned' ? 'archive' : $null)
        $rule.TargetStorageClass | Should -Be $($action -eq 'transition' ? 'archive' : $null)
    }

    It 'takes tags, priority, description, and the archive instead of the bin' {
        $rule = New-PizzaLifecycleRule -TagPattern 'v*', '*-rc' -SinceImagePushed 30 -Action transition -Priority 7 -Description 'Old candidates'
        $rule.TagStatus | Should -Be 'tagged'
        $rule.TagPattern | Should -Be @('v*', '*-rc')
        $rule.TargetStorageClass | Should -Be 'archive'
        "$rule" | Should -Be '7 tagged v*+*-rc: archive 30 d after push'
        $rule.Description | Should -Be 'Old candidates'
    }

    It 'takes the rows of a file' {
        Set-Content $TestDrive/rules.csv "TagPrefix,SinceImagePushed,Priority`npr,14,1`nfeature,30,2"
        $rules = Import-Csv $TestDrive/rules.csv | New-PizzaLifecycleRule
        $rules.TagPrefix | Should -Be @('pr', 'feature')
        $rules.CountNumber | Should -Be @(14, 30)
    }

    It 'refuses <what>' -ForEach @(
        @{ what = 'tags of untagged images'; with = @{ TagStatus = 'untagged'; TagPattern = 'v*'; SinceImagePushed = 1 }; id = 'InvalidLifecycleRule'; text = "*'untagged' goes with no tagPatternList*" }
        @{ what = 'tagged without tags'; with = @{ TagStatus = 'tagged'; SinceImagePushed = 1 }; id = 'InvalidLifecycleRule'; text = '*needs a tagPatternList*' }
        @{ what = 'patterns and prefixes together'; with = @{ TagPattern = 'v*'; TagPrefix = 'v'; SinceImagePushed = 1 }; id = 'InvalidLifecycleRule'; text = '*exclude each other*' }
        @{ what = 'five stars'; with = @{ TagPattern = '*a*b*c*d*'; SinceImagePushed = 1 }; id = 'InvalidLifecycleRule'; text = "*more than 4 '*" }
        @{ what = 'an empty pattern'; with = @{ TagPattern = 'v*', ''; SinceImagePushed = 1 }; id = 'InvalidLifecycleRule'; text = '*is empty*' }
        @{ what = 'two counts'; with = @{ SinceImagePushed = 1; ImageCountMoreThan = 1 }; id = 'AmbiguousParameterSet'; text = '*' }
        @{ what = 'deleting what nobody pulls'; with = @{ SinceImagePulled = 90; Action = 'expire' }; id = 'AmbiguousParameterSet'; text = '*' }
        @{ what = 'less than 90 days in the archive'; with = @{ SinceImageTransitioned = 89 }; id = 'ParameterArgumentValidationError'; text = '*90*' }
        @{ what = 'zero days'; with = @{ SinceImagePushed = 0 }; id = 'ParameterArgumentValidationError'; text = '*SinceImagePushed*' }
        @{ what = 'an action that ECR does not have'; with = @{ SinceImagePushed = 1; Action = 'delete' }; id = 'ParameterArgumentValidationError'; text = '*expire,transition*' }
    ) {
        { New-PizzaLifecycleRule @with -ErrorAction Stop } | Should -Throw $text -ErrorId "$id,*"
    }

    It 'goes on with the next row' {
        $rules = @{ SinceImagePushed = 1; TagStatus = 'tagged' }, @{ SinceImagePushed = 2; TagStatus = 'untagged' } | ForEach-Object { [pscustomobject] $_ } |
            New-PizzaLifecycleRule -ErrorAction SilentlyContinue -ErrorVariable failed
        $rules.CountNumber | Should -Be 2
        $failed | Should -HaveCount 1
    }
}

Describe 'Rules in the pipeline of Set-PizzaLifecycle' {
    It 'are one change for every repository named' {
        $names = (1..2 | ForEach-Object { New-Repository }).RepositoryName
        $before = @(Get-PizzaSandboxCall PutLifecyclePolicy).Count
        $passed = 'release-*', 'v*' | ForEach-Object { New-PizzaLifecycleRule -TagPattern $_ -ImageCountMoreThan 5 } | Set-PizzaLifecycle $names -Replace
        $passed.RepositoryName | Should -Be $names
        @(Get-PizzaSandboxCall PutLifecyclePolicy).Count - $before | Should -Be 2
        foreach ($name in $names) { (Get-PizzaLifecycle $name).Rules.TagPattern | Should -Be @('release-*', 'v*') }
    }

    It 'merge with those that are there, and a second time change nothing' {
        $name = (New-Repository | Set-PizzaLifecycle -UntaggedDays 1).RepositoryName
        $rule = New-PizzaLifecycleRule -TagPattern 'pr-*' -SinceImagePushed 14
        $null = $rule | Set-PizzaLifecycle $name
        (Get-PizzaLifecycle $name).Rules.TagStatus | Should -Be @('untagged', 'tagged')
        Get-Verbose { $rule | Set-PizzaLifecycle $name -Verbose } | Should -Contain "${name}: the lifecycle policy is like this already; nothing changed."
    }

    It 'go on after a repository that is missing' {
        $name = (New-Repository).RepositoryName
        $passed = New-PizzaLifecycleRule -ImageCountMoreThan 5 | Set-PizzaLifecycle missing, $name -ErrorAction SilentlyContinue -ErrorVariable failed
        $passed.RepositoryName | Should -Be $name
        $failed[0].FullyQualifiedErrorId | Should -BeLike 'RepositoryNotFoundException,*'
    }
}

Describe 'Remove-PizzaLifecycle' {
    BeforeEach { $script:name = (New-Repository | Set-PizzaLifecycle -UntaggedDays 1 -KeepLast 10 -KeepLastTagged 5 -TagPattern 'v*').RepositoryName }

    It 'takes the whole policy, passes the repository on, and says that there is none the second time' {
        $repository = Get-PizzaRepository $name
        [object]::ReferenceEquals($repository, ($repository | Remove-PizzaLifecycle)) | Should -BeTrue
        (Get-PizzaLifecycle $name).PolicyText | Should -BeNullOrEmpty
        $before = @(Get-PizzaSandboxCall DeleteLifecyclePolicy).Count
        Get-Verbose { Remove-PizzaLifecycle $name -Verbose } | Should -Contain "${name}: there is no lifecycle policy; nothing changed."
        @(Get-PizzaSandboxCall DeleteLifecyclePolicy).Count | Should -Be $before
    }

    It 'takes rules by priority, and leaves the numbers of the others' {
        $null = Remove-PizzaLifecycle $name -Priority 1, 9
        (Get-PizzaLifecycle $name).Rules.Priority | Should -Be @(2, 3)
        Get-Verbose { Remove-PizzaLifecycle $name -Priority 1 -Verbose } | Should -Contain "${name}: the lifecycle policy has no such rule; nothing changed."
    }

    It 'takes rules by what they select, whatever they do with it' {
        $null = Remove-PizzaLifecycle $name -Rule (New-PizzaLifecycleRule -TagPattern 'v*' -SinceImagePushed 99)
        (Get-PizzaLifecycle $name).Rules.TagStatus | Should -Be @('untagged', 'any')
        $null = Remove-PizzaLifecycle $name -Rule ((Get-PizzaLifecycle $name).Rules | Where-Object TagStatus -EQ any)
        (Get-PizzaLifecycle $name).Rules.TagStatus | Should -Be 'untagged'
    }

    It 'takes the policy when no rule would stay' {
        $null = Remove-PizzaLifecycle $name -Priority 1, 2, 3
        (Get-PizzaLifecycle $name).PolicyText | Should -BeNullOrEmpty
    }

    It 'does not take everything when a filter found nothing' {
        { Remove-PizzaLifecycle $name -Rule @((Get-PizzaLifecycle $name).Rules | Where-Object TagStatus -EQ nonsense) -ErrorAction Stop } | Should -Throw -ErrorId 'IncompleteLifecycle,*'
        (Get-PizzaLifecycle $name).Rules | Should -HaveCount 3
    }

    It 'shows the JSON difference under -WhatIf, changes nothing and passes nothing on' {
        $shown = pwsh -NoProfile -Command {
            param($module, $url, $name)
            $env:AWS_ACCESS_KEY_ID = $env:AWS_SECRET_ACCESS_KEY = 'test'
            Import-Module $module
            Remove-PizzaLifecycle $name -Priority 3 -WhatIf -EndpointUrl $url | ForEach-Object { 'PASSED ON' }
        } -args $manifest, (Get-PizzaSandbox).EndpointUrl, $name
        $shown -join "`n" | Should -Match '-\s+"countNumber": 10'
        $shown -join "`n" | Should -Not -Match 'PASSED ON'
        (Get-PizzaLifecycle $name).Rules | Should -HaveCount 3
    }

    It 'names a repository that is missing, and goes on' {
        $passed = 'missing', $name | Remove-PizzaLifecycle -ErrorAction SilentlyContinue -ErrorVariable failed
        $passed.RepositoryName | Should -Be $name
        $failed[0].FullyQualifiedErrorId | Should -BeLike 'RepositoryNotFoundException,*'
        $failed[0].TargetObject | Should -Be 'missing'
    }

    It 'survives a lost answer: the call is repeated, and finds the policy gone' {
        Set-PizzaSandboxFault DeleteLifecyclePolicy -Error LifecyclePolicyNotFoundException -Count 1
        try { (Remove-PizzaLifecycle $name).RepositoryName | Should -Be $name } finally { Remove-PizzaSandboxFault }
    }
}
