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
        @{ what = 'tags of untagged images'; with = @{ TagStatus = 'untagged'; TagPattern = 'v*'; SinceImagePushed = 1 }; id = 'InvalidLifecycleRule'; text = "*'untagged' cannot have a tagPatternList*" }
        @{ what = 'tagged without tags'; with = @{ TagStatus = 'tagged'; SinceImagePushed = 1 }; id = 'InvalidLifecycleRule'; text = '*needs a tagPatternList*' }
        @{ what = 'patterns and prefixes together'; with = @{ TagPattern = 'v*'; TagPrefix = 'v'; SinceImagePushed = 1 }; id = 'InvalidLifecycleRule'; text = '*cannot be combined*' }
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
        Get-Verbose { $rule | Set-PizzaLifecycle $name -Verbose } | Should -Contain "${name}: the lifecycle policy already has these rules; nothing changed."
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
        $passedOn = $repository | Remove-PizzaLifecycle -Force
        $passedOn.RepositoryArn | Should -Be $repository.RepositoryArn
        $passedOn.Status | Should -Be 'Removed'
        (Get-PizzaLifecycle $name).PolicyText | Should -BeNullOrEmpty
        $before = @(Get-PizzaSandboxCall DeleteLifecyclePolicy).Count
        Get-Verbose { Remove-PizzaLifecycle $name -Force -Verbose } | Should -Contain "${name}: there is no lifecycle policy; nothing changed."
        @(Get-PizzaSandboxCall DeleteLifecyclePolicy).Count | Should -Be $before
    }

    It 'asks, and fails where nobody can be asked; -WhatIf goes before -Force' {
        $config, $box = ((Get-Module JwtPizza.Ecr).Path -replace 'psm1$', 'psd1'), (Get-PizzaSandbox)
        $out = pwsh -NoProfile -NonInteractive -Command "Import-Module '$config'; Remove-PizzaLifecycle $name -EndpointUrl '$($box.EndpointUrl)' -AccessKey '$($box.AccessKey)' -SecretKey '$($box.SecretKey)'" 2>&1
        "$out" | Should -Match 'NonInteractive'
        $null = Remove-PizzaLifecycle $name -Force -WhatIf
        (Get-PizzaLifecycle $name).Rules | Should -HaveCount 3
    }

    It 'takes rules by priority, and leaves the numbers of the others' {
        $null = Remove-PizzaLifecycle $name -Priority 1, 9 -Force
        (Get-PizzaLifecycle $name).Rules.Priority | Should -Be @(2, 3)
        Get-Verbose { Remove-PizzaLifecycle $name -Priority 1 -Force -Verbose } | Should -Contain "${name}: the lifecycle policy has no such rule; nothing changed."
    }

    It 'takes rules by what they select, whatever they do with it' {
        $null = Remove-PizzaLifecycle $name -Force -Rule (New-PizzaLifecycleRule -TagPattern 'v*' -SinceImagePushed 99)
        (Get-PizzaLifecycle $name).Rules.TagStatus | Should -Be @('untagged', 'any')
        $null = Remove-PizzaLifecycle $name -Force -Rule ((Get-PizzaLifecycle $name).Rules | Where-Object TagStatus -EQ any)
        (Get-PizzaLifecycle $name).Rules.TagStatus | Should -Be 'untagged'
    }

    It 'takes the policy when no rule would stay' {
        $null = Remove-PizzaLifecycle $name -Priority 1, 2, 3 -Force
        (Get-PizzaLifecycle $name).PolicyText | Should -BeNullOrEmpty
    }

    It 'does not take everything when a filter found nothing' {
        { Remove-PizzaLifecycle $name -Force -Rule @((Get-PizzaLifecycle $name).Rules | Where-Object TagStatus -EQ nonsense) -ErrorAction Stop } | Should -Throw -ErrorId 'IncompleteLifecycle,*'
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
        $passed = 'missing', $name | Remove-PizzaLifecycle -Force -ErrorAction SilentlyContinue -ErrorVariable failed
        $passed.RepositoryName | Should -Be $name
        $failed[0].FullyQualifiedErrorId | Should -BeLike 'RepositoryNotFoundException,*'
        $failed[0].TargetObject | Should -Be 'missing'
    }

    It 'survives a lost answer: the call is repeated, and finds the policy gone' {
        Set-PizzaSandboxFault DeleteLifecyclePolicy -Error LifecyclePolicyNotFoundException -Count 1
        try { (Remove-PizzaLifecycle $name -Force).RepositoryName | Should -Be $name } finally { Remove-PizzaSandboxFault }
    }
}

Describe 'Test-PizzaLifecycle' {
    BeforeAll {
        $script:layout = (Resolve-Path (Join-Path $PSScriptRoot '../../examples/oci-layout')).Path
        # Two images, the older one untagged and three days old.
        function New-Used([string] $Name = "r-$([guid]::NewGuid().ToString('n').Substring(0, 8))") {
            $null = New-PizzaRepository $Name -Force
            $null = Push-PizzaImage $layout $Name -LayoutTag v1 -Tag latest
            $null = Step-PizzaSandbox -Days 3
            $null = Push-PizzaImage $layout $Name -LayoutTag v2 -Tag latest
            $Name
        }
        $script:used = New-Used
    }

    It 'shows what proposed rules would take, with size and rule, and changes nothing' {
        $row = Test-PizzaLifecycle $used -UntaggedDays 1
        $row | Should -BeOfType [JwtPizza.Ecr.LifecycleForecast]
        $row.RepositoryName | Should -Be $used
        $row.ImageTags | Should -BeNullOrEmpty
        $row.Action | Should -Be 'expire'
        "$($row.Rule)" | Should -Be '1 untagged: 1 d after push'
        $row.ImageSizeInBytes | Should -BeGreaterThan 0
        $row.RuleTotal.ImageCount | Should -Be 1
        $row.RuleTotal.SizeInBytes | Should -Be $row.ImageSizeInBytes
        $row.Source | Should -Be 'ECR'
        (Get-PizzaImage $used -IncludeChildren) | Should -HaveCount 2
        (Get-PizzaLifecycle $used).PolicyText | Should -BeNullOrEmpty
    }

    It 'says the same with -Offline, without asking for a preview' {
        $before = @(Get-PizzaSandboxCall *LifecyclePolicyPreview).Count
        $row = Test-PizzaLifecycle $used -UntaggedDays 1 -Offline
        $row.ImageDigest | Should -Be (Test-PizzaLifecycle $used -UntaggedDays 1).ImageDigest
        $row.Source | Should -Be 'Offline'
        @(Get-PizzaSandboxCall *LifecyclePolicyPreview).Count - $before | Should -Be 2
    }

    It 'tests the policy in force, and what a merge with it would be' {
        $name = New-Used
        $null = Set-PizzaLifecycle $name -KeepLast 1
        (Test-PizzaLifecycle $name).Rule.TagStatus | Should -Be 'any'
        (Test-PizzaLifecycle $name -UntaggedDays 1).Rule.TagStatus | Should -Be 'untagged'
        Test-PizzaLifecycle $name -UntaggedDays 99 -Replace | Should -BeNullOrEmpty
        (Get-PizzaLifecycle $name | Test-PizzaLifecycle).Priority | Should -Be 1
    }

    It 'takes rules by the pipeline, as JSON, and repositories by the pipeline' {
        @('nothing', 'v*' | ForEach-Object { New-PizzaLifecycleRule -TagPattern $_ -SinceImagePushed 1 } | Test-PizzaLifecycle $used) | Should -HaveCount 0
        (New-PizzaLifecycleRule -TagStatus untagged -SinceImagePushed 1 -Action transition | Test-PizzaLifecycle $used).Action | Should -Be 'transition'
        $json = '{"rules":[{"rulePriority":5,"selection":{"tagStatus":"untagged","countType":"sinceImagePushed","countUnit":"days","countNumber":1},"action":{"type":"expire"}}]}'
        (Get-PizzaRepository $used | Test-PizzaLifecycle -Policy $json).Priority | Should -Be 5
    }

    It 'warns of an image that a service of ECS runs' {
        $null = New-Used jwt-pizza-service
        $null = Push-PizzaImage $layout jwt-pizza-service -LayoutTag v1 -Tag latest
        $variables = (Get-PizzaSandbox).EnvironmentVariables
        $headers = @{ 'X-Amz-Target' = 'AmazonEC2ContainerServiceV20141113.DescribeServices'; Authorization = "AWS4-HMAC-SHA256 Credential=$($variables.AWS_ACCESS_KEY_ID)/20260101/us-east-1/ecs/aws4_request, SignedHeaders=host, Signature=0" }
        $null = Invoke-RestMethod (Get-PizzaSandbox).EndpointUrl -Method Post -ContentType application/x-amz-json-1.1 -SkipHeaderValidation -Headers $headers -Body '{"cluster":"jwt-pizza-service","services":["jwt-pizza-service"]}'
        $null = Step-PizzaSandbox -Days 3
        $row = Test-PizzaLifecycle jwt-pizza-service -Policy '{"rules":[{"rulePriority":1,"selection":{"tagStatus":"any","countType":"sinceImagePushed","countUnit":"days","countNumber":1},"action":{"type":"expire"}}]}' -WarningVariable warned -WarningAction SilentlyContinue |
            Where-Object ImageTags -Contains latest
        $row.InUseBy | Should -BeLike "*'jwt-pizza-service'*"
        "$warned" | Should -BeLike '*Rule 1 would delete jwt-pizza-service:latest, which *jwt-pizza-service* needs*'
    }

    It 'asks nobody with -Image' {
        $images = Get-PizzaImage $used -IncludeChildren
        $before = @(Get-PizzaSandboxCall).Count
        (Test-PizzaLifecycle $used -Image $images -KeepLast 1).ImageTags | Should -BeNullOrEmpty
        Test-PizzaLifecycle $used -Image @() -KeepLast 1 | Should -BeNullOrEmpty
        @(Get-PizzaSandboxCall).Count | Should -Be $before
        { Test-PizzaLifecycle $used -Image $images -ErrorAction Stop } | Should -Throw -ErrorId 'IncompleteLifecycle,*'
    }

    It 'says which repository has no policy, which is missing, and goes on' {
        $plain = (New-Repository).RepositoryName
        $null = Test-PizzaLifecycle $plain, missing -ErrorAction SilentlyContinue -ErrorVariable failed
        $failed.FullyQualifiedErrorId | Should -Be @('LifecyclePolicyNotFoundException,JwtPizza.Ecr.Cmdlets.Lifecycle.TestPizzaLifecycleCommand', 'RepositoryNotFoundException,JwtPizza.Ecr.Cmdlets.Lifecycle.TestPizzaLifecycleCommand')
        (Test-PizzaLifecycle missing, $used -UntaggedDays 1 -ErrorAction SilentlyContinue).RepositoryName | Should -Be $used
    }

    It 'refuses what ECR would refuse, before anything is sent' {
        $before = @(Get-PizzaSandboxCall).Count
        { Test-PizzaLifecycle $used -Policy '{"rules":[]}' -ErrorAction Stop } | Should -Throw -ErrorId 'InvalidLifecyclePolicy,*'
        @(Get-PizzaSandboxCall).Count | Should -Be $before
    }

    It 'waits for the preview of somebody else, and ends when it is stopped' {
        Set-PizzaSandboxFault StartLifecyclePolicyPreview -Error LifecyclePolicyPreviewInProgressException -Count 2
        Get-Verbose { Test-PizzaLifecycle $used -UntaggedDays 1 -Verbose } | Should -Contain "Another preview of '$used' is in progress; waiting until it ends."
        Set-PizzaSandboxFault StartLifecyclePolicyPreview -Error LifecyclePolicyPreviewInProgressException
        $shell = [powershell]::Create()
        try {
            $null = $shell.AddScript('param($m, $r) Import-Module $m; Test-PizzaLifecycle $r -UntaggedDays 1').AddArgument($manifest).AddArgument($used)
            $before = @(Get-PizzaSandboxCall StartLifecyclePolicyPreview).Count
            $running = $shell.BeginInvoke()
            $limit = [Diagnostics.Stopwatch]::StartNew()
            while ($limit.Elapsed.TotalSeconds -lt 120 -and @(Get-PizzaSandboxCall StartLifecyclePolicyPreview).Count -lt $before + 3) { Start-Sleep -Milliseconds 10 }
            $running.IsCompleted | Should -BeFalse
            $shell.Stop()
            $shell.InvocationStateInfo.State | Should -Be 'Stopped'
        }
        finally { $shell.Dispose(); Remove-PizzaSandboxFault }
    }

    It 'is measured by bench/Lifecycle.ps1, which runs' {
        (& (Join-Path $PSScriptRoot '../../bench/Lifecycle.ps1') -Count 1 -Images 1000).N | Should -Be 1
    }
}

Describe 'Test-PizzaLifecycle of a caller with few rights' {
    BeforeAll {
        Stop-PizzaSandbox
        $null = Start-PizzaSandbox -Enforce
        $null = New-PizzaRepository jwt-pizza-service
        $null = 'my-account/jwt-pizza-service' | Add-PizzaTrustSubject
        $null = Get-PizzaRepository jwt-pizza-service | Grant-PizzaCiPolicy -IncludeVerify
        $body = @{ Action = 'AssumeRoleWithWebIdentity'; Version = '2011-06-15'; RoleArn = 'arn:aws:iam::123456789012:role/github-ci'; RoleSessionName = 'session'; WebIdentityToken = New-PizzaSandboxToken my-account/jwt-pizza-service }
        $keys = (Invoke-RestMethod (Get-PizzaSandbox).EndpointUrl -Method Post -Body $body).AssumeRoleWithWebIdentityResponse.AssumeRoleWithWebIdentityResult.Credentials
        $script:ci = @{ AccessKey = $keys.AccessKeyId; SecretKey = $keys.SecretAccessKey; SessionToken = $keys.SessionToken }
        $null = Push-PizzaImage (Resolve-Path (Join-Path $PSScriptRoot '../../examples/oci-layout')).Path jwt-pizza-service -LayoutTag v1 -Tag v1, latest
        $null = Push-PizzaImage (Resolve-Path (Join-Path $PSScriptRoot '../../examples/oci-layout')).Path jwt-pizza-service -LayoutTag v2 -Tag latest
    }

    It 'works it out here, and says what it may not' {
        $all = Test-PizzaLifecycle jwt-pizza-service -KeepLast 1 -Replace @ci -Verbose -ErrorAction Stop 3>&1 4>&1
        ($all | Where-Object { $_ -is [JwtPizza.Ecr.LifecycleForecast] }).Source | Should -Be 'Offline'
        "$all" | Should -BeLike '*no preview by ECR.*ecr:StartLifecyclePolicyPreview*'
        "$all" | Should -BeLike '*It is not known whether ECS uses an image*ecs:*'
        { Test-PizzaLifecycle jwt-pizza-service -KeepLast 1 @ci -ErrorAction Stop } | Should -Throw '*ecr:GetLifecyclePolicy*' -ErrorId 'AccessDeniedException,*'
    }

    It 'names the right that Set- and Remove- lack' {
        foreach ($script in { Set-PizzaLifecycle jwt-pizza-service -KeepLast 1 @ci -ErrorAction Stop }, { Remove-PizzaLifecycle jwt-pizza-service -Force @ci -ErrorAction Stop }) {
            $script | Should -Throw '*ecr:GetLifecyclePolicy*' -ErrorId 'AccessDeniedException,*'
        }
    }
}
