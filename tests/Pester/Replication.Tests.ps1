#Requires -Version 7.4
BeforeAll {
    $script:module = (Resolve-Path (Join-Path $PSScriptRoot '../../out/JwtPizza.Ecr')).Path
    $script:layout = (Resolve-Path (Join-Path $PSScriptRoot '../../examples/oci-layout')).Path
    Import-Module $module -Force
    $script:account = '123456789012'
    $script:other = '210987654321'

    # A sandbox of its own for each test: a registry has one configuration. The administrator of the other account calls by its number.
    function Start-Fresh([switch] $Enforce) {
        Stop-PizzaSandbox
        $script:sandbox = Start-PizzaSandbox -Enforce:$Enforce
        $script:there = @{ EndpointUrl = $sandbox.EndpointUrl; AccessKey = $other; SecretKey = 'x'; Region = 'us-east-1' }
    }
    function Push-Image([string] $Repository, [string] $Tag = 'latest') {
        New-PizzaRepository $Repository -Force | Push-PizzaImage -Path $layout -LayoutTag v1 -Tag $Tag -ErrorAction Stop
    }

    # The credentials of a workflow, which may do nothing but what the tests grant.
    function Get-CiCredential {
        $null = 'my-account/jwt-pizza-service' | Add-PizzaTrustSubject
        $body = @{
            Action = 'AssumeRoleWithWebIdentity'; Version = '2011-06-15'; RoleArn = "arn:aws:iam::${account}:role/github-ci"; RoleSessionName = 'session'
            WebIdentityToken = New-PizzaSandboxToken my-account/jwt-pizza-service
        }
        $credentials = (Invoke-RestMethod $sandbox.EndpointUrl -Method Post -Body $body).AssumeRoleWithWebIdentityResponse.AssumeRoleWithWebIdentityResult.Credentials
        @{ AccessKey = $credentials.AccessKeyId; SecretKey = $credentials.SecretAccessKey; SessionToken = $credentials.SessionToken }
    }
}
AfterAll { Stop-PizzaSandbox }

Describe 'Set-PizzaReplication' {
    BeforeEach { Start-Fresh }

    It 'has images that are pushed from now on copied to several regions' {
        $null = Push-Image team-a/api early
        $made = Set-PizzaReplication eu-west-1, us-west-2 -Prefix team-a/
        $made | Should -HaveCount 2
        $made[0] | Should -BeOfType [JwtPizza.Ecr.RegistryReplication]
        $made.DestinationRegion | Should -Be @('eu-west-1', 'us-west-2')
        $made[0].Region, $made[0].RegistryId, $made[0].DestinationRegistryId | Should -Be @('us-east-1', $account, $account)
        $null = Push-Image team-a/api late
        $null = Push-Image web
        (Get-PizzaImage team-a/api -Region us-west-2).ImageTags | Should -Be 'late'
        Get-PizzaRepository web* -Region us-west-2 | Should -BeNullOrEmpty
    }

    It 'merges into what is there, and changes nothing the second time' {
        $null = Set-PizzaReplication eu-west-1 -Prefix team-a/
        $null = Set-PizzaReplication us-west-2 -Prefix team-a/
        $null = Set-PizzaReplication us-west-2 -Prefix web
        Get-PizzaReplication | Should -HaveCount 3
        $calls = (Get-PizzaSandboxCall).Count
        $again = Set-PizzaReplication us-west-2, eu-west-1 -Prefix team-a/ -Verbose 4>&1
        "$($again | Where-Object { $_ -is [Management.Automation.VerboseRecord] })" | Should -BeLike '*needs no change*'
        (Get-PizzaSandboxCall | Select-Object -Skip $calls).Operation | Should -Not -Contain 'PutReplicationConfiguration'
        Get-PizzaReplication | Should -HaveCount 3
    }

    It 'takes the rules of another region from the pipeline' {
        $null = Set-PizzaReplication eu-west-1 -Prefix team-a/
        $null = Set-PizzaReplication eu-west-1 -DestinationRegistryId $other -Prefix prod/
        $null = Get-PizzaReplication | Set-PizzaReplication -Region us-east-2
        $copied = Get-PizzaReplication -Region us-east-2
        $copied.DestinationRegistryId | Should -Be @($account, $other)
        $copied.Prefix | Should -Be @('team-a/', 'prod/')
    }

    It 'has a prefix of its own for each repository of the pipeline, in one rule and one write' {
        $null = 'team-a/api', 'team-a/web', 'other' | New-PizzaRepository
        $calls = (Get-PizzaSandboxCall).Count
        $made = Get-PizzaRepository team-a/* | Set-PizzaReplication eu-west-1
        $made.Prefix | Should -Be @('team-a/api', 'team-a/web')
        (Get-PizzaSandboxCall | Select-Object -Skip $calls).Operation | Where-Object { $_ -eq 'PutReplicationConfiguration' } | Should -HaveCount 1
        $null = Push-Image other
        Get-PizzaRepository -Region eu-west-1 | Should -BeNullOrEmpty
        Get-PizzaRepository team-a/web | Remove-PizzaReplication eu-west-1 -Force
        (Get-PizzaReplication).Prefix | Should -Be 'team-a/api'
    }

    It 'refuses a repository of another account, and one of ECR Public' {
        { [pscustomobject]@{ RepositoryName = 'web'; RegistryId = $other } | Set-PizzaReplication eu-west-1 -ErrorAction Stop } | Should -Throw -ErrorId 'RegistryMismatch,*'
        { [pscustomobject]@{ RepositoryName = 'web'; IsPublic = $true } | Set-PizzaReplication eu-west-1 -ErrorAction Stop } | Should -Throw -ErrorId 'NotInEcrPublic,*'
        Get-PizzaReplication | Should -BeNullOrEmpty
    }

    It 'asks before a rule for all repositories, and -WhatIf is stronger than -Force' {
        $said = pwsh -NoProfile -NonInteractive -Command {
            param($module, $url)
            $env:AWS_ACCESS_KEY_ID = $env:AWS_SECRET_ACCESS_KEY = 'test'
            Import-Module $module
            try { Set-PizzaReplication eu-west-1 -EndpointUrl $url -ErrorAction Stop; 'NOT ASKED' } catch { "$_" }
        } -args $module, $sandbox.EndpointUrl
        "$said" | Should -BeLike '*NonInteractive*'
        Get-PizzaReplication | Should -BeNullOrEmpty
        $null = Set-PizzaReplication eu-west-1 -Force -WhatIf
        Get-PizzaReplication | Should -BeNullOrEmpty
        (Set-PizzaReplication eu-west-1 -Force).Prefix | Should -BeNullOrEmpty
        (Set-PizzaReplication eu-west-1).DestinationRegion | Should -Be 'eu-west-1' -Because 'what is so already needs no question'
    }

    It 'shows the JSON difference under -WhatIf, and changes nothing' {
        $shown = (pwsh -NoProfile -Command {
            param($module, $url)
            $env:AWS_ACCESS_KEY_ID = $env:AWS_SECRET_ACCESS_KEY = 'test'
            Import-Module $module
            Set-PizzaReplication eu-west-1 -Prefix web -WhatIf -EndpointUrl $url | ForEach-Object { 'PASSED ON' }
        } -args $module, $sandbox.EndpointUrl) -join "`n"
        $shown | Should -Match '\+\s+"region": "eu-west-1"'
        $shown | Should -Not -Match 'PASSED ON'
        Get-PizzaReplication | Should -BeNullOrEmpty
    }

    It 'refuses <what> with <id> and the next step' -ForEach @(
        @{ what = 'no destination'; id = 'NoReplicationDestination'; text = '*-DestinationRegion*'; with = @{ Prefix = 'web' } }
        @{ what = 'its own region and account'; id = 'ReplicationToItself'; text = '*to itself*'; with = @{ DestinationRegion = 'us-east-1' } }
        @{ what = 'what is not a valid region'; id = 'InvalidRegion'; text = "*'Ireland'*eu-west-1*"; with = @{ DestinationRegion = 'Ireland' } }
        @{ what = 'another partition'; id = 'ReplicationAcrossPartitions'; text = '*aws-cn*'; with = @{ DestinationRegion = 'cn-north-1' } }
        @{ what = 'what is not a valid account'; id = 'InvalidRegistryId'; text = '*12 digits*'; with = @{ DestinationRegion = 'eu-west-1'; DestinationRegistryId = 'other'; Prefix = 'web' } }
        @{ what = 'a source that is another account'; id = 'RegistryMismatch'; text = '*-DestinationRegistryId*'; with = @{ DestinationRegion = 'eu-west-1'; RegistryId = '210987654321' } }
        @{ what = 'a pattern as prefix'; id = 'InvalidReplicationPrefix'; text = "*'[*]' is not allowed*"; with = @{ DestinationRegion = 'eu-west-1'; Prefix = 'team-*' } }
        @{ what = '26 destinations'; id = 'ReplicationLimit'; text = '*accepts 25*'; with = @{ Many = $true } }
        @{ what = '101 prefixes'; id = 'ReplicationLimit'; text = '*accepts 100*'; with = @{ DestinationRegion = 'eu-west-1'; Prefix = 1..101 | ForEach-Object { "prefix-$_" } } }
    ) {
        if ($with.Many) {
            $with.Remove('Many')
            1..25 | ForEach-Object { $null = Set-PizzaReplication eu-west-1 -DestinationRegistryId ('{0:d12}' -f $_) -Prefix web }
            $with.DestinationRegion = 'eu-west-2'
            $with.Prefix = 'web'
        }
        $before = @(Get-PizzaReplication).Count
        { Set-PizzaReplication @with -ErrorAction Stop } | Should -Throw $text -ErrorId "$id,*"
        @(Get-PizzaReplication).Count | Should -Be $before
    }

    It 'refuses an eleventh rule' {
        1..10 | ForEach-Object { $null = Set-PizzaReplication eu-west-1 -DestinationRegistryId ('{0:d12}' -f $_) -Prefix "prefix-$_" }
        { Set-PizzaReplication us-west-2 -Prefix another -ErrorAction Stop } | Should -Throw '*11 rules*Remove-PizzaReplication*' -ErrorId 'ReplicationLimit,*'
    }

    It 'says so when nobody answers, and leaves the rules as they were' {
        $null = Set-PizzaReplication eu-west-1 -Force
        Set-PizzaSandboxFault PutReplicationConfiguration -DropConnection
        { Set-PizzaReplication us-west-2 -Force -ErrorAction Stop } | Should -Throw -ErrorId 'ServiceUnreachable,*'
        $null = Remove-PizzaSandboxFault PutReplicationConfiguration
        (Get-PizzaReplication).DestinationRegion | Should -Be 'eu-west-1'
    }

    It 'names what the caller lacks, the service-linked role too' {
        Start-Fresh -Enforce
        $ci = Get-CiCredential
        { Set-PizzaReplication eu-west-1 @ci -Force -ErrorAction Stop } | Should -Throw '*needs ecr:DescribeRegistry*' -ErrorId 'AccessDeniedException,*'
        $null = Invoke-RestMethod $sandbox.EndpointUrl -Method Post -Headers @{ Authorization = "AWS4-HMAC-SHA256 Credential=$($sandbox.AccessKey)/20261121/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=0" } -SkipHeaderValidation -Body @{
            Action = 'PutRolePolicy'; Version = '2010-05-08'; RoleName = 'github-ci'; PolicyName = 'replication'
            PolicyDocument = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["ecr:DescribeRegistry","ecr:PutReplicationConfiguration"],"Resource":"*"}]}'
        }
        { Set-PizzaReplication eu-west-1 @ci -Force -ErrorAction Stop } | Should -Throw '*iam:CreateServiceLinkedRole*replication.ecr.amazonaws.com*' -ErrorId 'AccessDeniedException,*'
        $null = Set-PizzaReplication eu-west-1 -Force
        (Set-PizzaReplication us-west-2 @ci -Force).DestinationRegion | Should -Be 'us-west-2'
    }
}

Describe 'Get-PizzaReplication' {
    BeforeEach { Start-Fresh }

    It 'gives nothing, and says so, where nothing is replicated' {
        $verbose = Get-PizzaReplication -Verbose 4>&1
        "$verbose" | Should -BeLike '*has no replication rules*'
        $verbose | Where-Object { $_ -isnot [Management.Automation.VerboseRecord] } | Should -BeNullOrEmpty
    }

    It 'fits into 100 columns' {
        $null = Set-PizzaReplication eu-west-1, ap-southeast-2 -Prefix a-long-prefix-of-repositories/, another-long-prefix-of-repositories/
        $lines = (Get-PizzaReplication | Out-String -Width 100) -split "`n"
        ($lines | Measure-Object Length -Maximum).Maximum | Should -BeLessOrEqual 100
        "$lines" | Should -BeLike '*ap-southeast-2*'
    }
}

Describe 'Remove-PizzaReplication' {
    BeforeEach {
        Start-Fresh
        $null = Set-PizzaReplication eu-west-1, us-west-2 -Prefix team-a/, web
        $null = Set-PizzaReplication eu-west-1 -Force
    }

    It 'takes out just the destination that is named' {
        $gone = Remove-PizzaReplication us-west-2 -Force
        $gone.DestinationRegion, $gone.Status | Should -Be @('us-west-2', 'Removed')
        $gone.Prefix | Should -Be @('team-a/', 'web')
        (Get-PizzaReplication).DestinationRegion | Should -Be @('eu-west-1', 'eu-west-1')
    }

    It 'takes out just the prefix that is named, and keeps the rest of the rule' {
        Remove-PizzaReplication us-west-2 -Prefix web -Force
        $left = Get-PizzaReplication
        ($left | Where-Object DestinationRegion -eq us-west-2).Prefix | Should -Be 'team-a/'
        ($left | Where-Object { $_.DestinationRegion -eq 'eu-west-1' }).Prefix | Should -Contain 'web'
    }

    It 'takes what Get-PizzaReplication shows, one row by one' {
        Get-PizzaReplication | Where-Object { -not $_.Prefix } | Remove-PizzaReplication -Force
        (Get-PizzaReplication).DestinationRegion | Should -Be @('eu-west-1', 'us-west-2')
        Get-PizzaReplication | Remove-PizzaReplication -Force
        Get-PizzaReplication | Should -BeNullOrEmpty
    }

    It 'changes nothing with -WhatIf, also with -Force' {
        Remove-PizzaReplication eu-west-1 -Force -WhatIf
        Get-PizzaReplication | Should -HaveCount 3
    }

    It 'warns when there is no such rule, and of a wider one that stays' {
        Remove-PizzaReplication ap-southeast-2 -Force -WarningVariable warned -WarningAction SilentlyContinue
        "$warned" | Should -BeLike '*ap-southeast-2*nothing was changed*'
        Remove-PizzaReplication eu-west-1 -Prefix web -Force -WarningVariable warned -WarningAction SilentlyContinue
        "$warned" | Should -BeLike "*still replicates 'web'*all repositories*"
    }

    It 'refuses a call that names nothing' {
        { Remove-PizzaReplication -Force -ErrorAction Stop } | Should -Throw '*-DestinationRegion*' -ErrorId 'NoReplicationDestination,*'
        Get-PizzaReplication | Should -HaveCount 3
    }
}

Describe 'Grant-PizzaReplication and Revoke-PizzaReplication' {
    BeforeEach { Start-Fresh }

    It 'let another account replicate, and stop it again' {
        $null = Set-PizzaReplication us-east-1 -DestinationRegistryId $other -Force
        (Push-Image api v1 | Wait-PizzaReplication -ErrorAction SilentlyContinue -ErrorVariable failed).Status | Should -Be 'FAILED'
        $failed[0].FullyQualifiedErrorId | Should -BeLike 'ReplicationFailed,*'
        "$($failed[0])" | Should -BeLike "*in account $other run Grant-PizzaReplication $account -Region us-east-1*"
        $granted = Grant-PizzaReplication $account @there
        $granted.Status, $granted.SourceRegistryId, $granted.RegistryId, $granted.CreateRepository | Should -Be @('Created', $account, $other, $true)
        (Push-Image api v2 | Wait-PizzaReplication).Status | Should -Be 'COMPLETE'
        (Get-PizzaImage api @there).ImageTags | Should -Be 'v2'
        ($granted | Revoke-PizzaReplication @there).Status | Should -Be 'Removed'
        (Push-Image api v3 | Wait-PizzaReplication -ErrorAction SilentlyContinue).Status | Should -Be 'FAILED'
        (Get-PizzaSandboxCall).Operation | Should -Contain 'DeleteRegistryPolicy'
    }

    It 'grant by prefix, and only into what exists when so asked' {
        $null = Set-PizzaReplication us-east-1 -DestinationRegistryId $other -Force
        $null = New-PizzaRepository prod/api @there
        $granted = Grant-PizzaReplication $account -Prefix prod/, base/ -ExistingOnly @there
        $granted.Prefix | Should -Be @('prod/', 'base/')
        $granted.CreateRepository | Should -Be @($false, $false)
        (Push-Image prod/api | Wait-PizzaReplication).Status | Should -Be 'COMPLETE'
        $web = Push-Image prod/web | Wait-PizzaReplication -ErrorAction SilentlyContinue -ErrorVariable failed
        $web.FailureCode | Should -Be 'RepositoryNotFound'
        "$($failed[0])" | Should -BeLike "*no repository 'prod/web'*"
        (Revoke-PizzaReplication $account -Prefix base/ @there).Status | Should -Be 'Removed'
        (Grant-PizzaReplication $account -Prefix prod/ -ExistingOnly @there).Status | Should -Be 'Unchanged'
        (Revoke-PizzaReplication $account @there).Prefix | Should -Be 'prod/'
        (Revoke-PizzaReplication $account @there).Status | Should -Be 'Unchanged'
    }

    It 'change nothing the second time, and nothing with -WhatIf' {
        Grant-PizzaReplication $account -WhatIf @there | Should -BeNullOrEmpty
        (Grant-PizzaReplication $account @there).Status | Should -Be 'Created'
        (Grant-PizzaReplication $account @there).Status | Should -Be 'Unchanged'
        Revoke-PizzaReplication $account -WhatIf @there | Should -BeNullOrEmpty
        (Grant-PizzaReplication $account @there).Status | Should -Be 'Unchanged'
    }

    It 'refuse <what> with <id>' -ForEach @(
        @{ what = 'their own account'; id = 'SameAccount'; value = '123456789012'; with = @{} }
        @{ what = 'what is not a valid account'; id = 'InvalidRegistryId'; value = 'team'; with = @{} }
        @{ what = 'what is no prefix'; id = 'InvalidReplicationPrefix'; value = '210987654321'; with = @{ Prefix = 'a*' } }
    ) {
        { Grant-PizzaReplication $value @with -ErrorAction Stop } | Should -Throw -ErrorId "$id,*"
        { Revoke-PizzaReplication $value @with -ErrorAction Stop } | Should -Throw -ErrorId "$id,*"
    }

    It 'name the action that the caller lacks' {
        Start-Fresh -Enforce
        $ci = Get-CiCredential
        { Grant-PizzaReplication $other @ci -ErrorAction Stop } | Should -Throw '*needs ecr:GetRegistryPolicy*' -ErrorId 'AccessDeniedException,*'
    }
}

Describe 'Wait-PizzaReplication' {
    BeforeEach {
        Start-Fresh
        $null = Push-Image api early
        $null = Set-PizzaReplication eu-west-1, us-west-2 -Prefix api
    }

    It 'gives one record for each copy of each image of the pipeline' {
        $null = Push-Image api late
        $copies = Get-PizzaImage api | Wait-PizzaReplication
        $copies | Should -HaveCount 2
        $copies[0] | Should -BeOfType [JwtPizza.Ecr.ImageReplication]
        $copies.Status | Should -Be @('COMPLETE', 'COMPLETE')
        $copies.DestinationRegion | Sort-Object | Should -Be @('eu-west-1', 'us-west-2')
        (Wait-PizzaReplication api -ImageTag late).ImageTag | Should -Be @('late', 'late')
    }

    It 'says that an image was pushed before the rule' {
        Start-Fresh
        $null = Push-Image old
        $null = Set-PizzaReplication eu-west-1 -Force
        Wait-PizzaReplication old -TimeoutSec 1 -ErrorAction SilentlyContinue -ErrorVariable failed | Should -BeNullOrEmpty
        $failed[0].FullyQualifiedErrorId | Should -BeLike 'ImageNotReplicated,*'
        "$($failed[0])" | Should -BeLike '*pushed after the rule*'
    }

    It 'does not wait where there is no rule, names what is missing, and goes on' {
        $null = Push-Image web
        $null = Push-Image api late
        $before = @(Get-PizzaSandboxCall DescribeImageReplicationStatus).Count
        $copies = 'web', 'missing', 'api' | Wait-PizzaReplication -ImageTag late -ErrorAction SilentlyContinue -ErrorVariable failed
        $copies.RepositoryName | Select-Object -Unique | Should -Be 'api'
        $failed.FullyQualifiedErrorId | Should -Be @('ImageNotFoundException,JwtPizza.Ecr.Cmdlets.Replication.WaitPizzaReplicationCommand', 'RepositoryNotFoundException,JwtPizza.Ecr.Cmdlets.Replication.WaitPizzaReplicationCommand')
        { Wait-PizzaReplication web -ErrorAction Stop } | Should -Throw '*Set-PizzaReplication*' -ErrorId 'ImageNotReplicated,*'
        @(Get-PizzaSandboxCall DescribeImageReplicationStatus | Select-Object -Skip $before | Where-Object { $_.Parameters.repositoryName -eq 'web' }).Count | Should -Be 2 -Because 'each time it is asked once'
    }

    It 'warns of a destination whose rule came later' {
        $null = Push-Image api late
        $null = Set-PizzaReplication ap-southeast-2 -Prefix api
        $copies = Wait-PizzaReplication api -ImageTag late -TimeoutSec 1 -WarningVariable warned -WarningAction SilentlyContinue
        $copies | Should -HaveCount 2
        "$warned" | Should -BeLike '*is not replicated to ap-southeast-2*'
    }

    It 'ends when it is stopped' {
        Start-Fresh
        $null = Push-Image old
        $null = Set-PizzaReplication eu-west-1 -Force
        $waiting = [powershell]::Create()
        $null = $waiting.AddScript('param($module, $to) Import-Module $module; Wait-PizzaReplication old @to').AddArgument($module).AddArgument(@{ EndpointUrl = $sandbox.EndpointUrl; AccessKey = $sandbox.AccessKey; SecretKey = 'x' })
        $null = $waiting.BeginInvoke()
        $begun = [DateTime]::Now.AddSeconds(120)
        while (-not (Get-PizzaSandboxCall | Where-Object Operation -eq DescribeImageReplicationStatus) -and [DateTime]::Now -lt $begun) { Start-Sleep -Milliseconds 10 }
        $waiting.Stop()
        $waiting.InvocationStateInfo.State | Should -Be 'Stopped'
        $waiting.Dispose()
    }

    It 'refuses <what>' -ForEach @(
        @{ what = 'a tag that cannot be'; with = @{ ImageTag = 'a b' }; id = 'InvalidImageTag' }
        @{ what = 'a digest that cannot be'; with = @{ ImageDigest = 'sha256:1' }; id = 'InvalidDigest' }
    ) {
        { Wait-PizzaReplication api @with -ErrorAction Stop } | Should -Throw -ErrorId "$id,*"
    }
}
