#Requires -Version 7.4
BeforeAll {
    Import-Module (Join-Path $PSScriptRoot '../../out/JwtPizza.Ecr') -Force
    $null = Start-PizzaSandbox
}
AfterAll { Stop-PizzaSandbox }

Describe 'New-PizzaRepository' {
    It 'creates repositories that scan on push, by value from the pipeline' {
        $made = 'team/a', 'team/b' | New-PizzaRepository
        $made.RepositoryName | Should -Be @('team/a', 'team/b')
        $made.ScanOnPush | Should -Be @($true, $true)
        $made[0] | Should -BeOfType [JwtPizza.Ecr.Repository]
        $made[0].RegistryId | Should -Match '^\d{12}$'
        (Get-PizzaRepository team/a).RepositoryUri | Should -Be $made[0].RepositoryUri
    }

    It 'creates with the settings named' {
        $made = New-PizzaRepository settings -ScanOnPush:$false -ImageTagMutability immutable -MutabilityExclusion latest, 'dev-*' -Tag @{ team = 'a' }
        $made.ScanOnPush | Should -BeFalse
        $made.ImageTagMutability | Should -Be 'IMMUTABLE_WITH_EXCLUSION'
        $made.MutabilityExclusion | Should -Be @('latest', 'dev-*')
    }

    It 'refuses an illegal name with the rule it breaks, and goes on' {
        $made = 'Capital', 'legal' | New-PizzaRepository -ErrorAction SilentlyContinue -ErrorVariable failed
        $made.RepositoryName | Should -Be 'legal'
        $failed[0].FullyQualifiedErrorId | Should -BeLike 'InvalidRepositoryName,*'
        $failed[0].TargetObject | Should -Be 'Capital'
        "$($failed[0])" | Should -BeLike '*uppercase letters*'
    }

    It 'refuses one that exists, and says how to take it' {
        $null = New-PizzaRepository twice
        { New-PizzaRepository twice -ErrorAction Stop } | Should -Throw '*-Force*' -ErrorId 'RepositoryAlreadyExistsException,*'
    }

    It 'with -Force takes one that exists and changes only what is named' {
        $null = New-PizzaRepository forced -ImageTagMutability IMMUTABLE
        $verbose = New-PizzaRepository forced -Force -Verbose 4>&1 | Where-Object { $_ -is [Management.Automation.VerboseRecord] }
        "$verbose" | Should -BeLike '*nothing changed*'
        $now = New-PizzaRepository forced -Force -ScanOnPush:$false
        $now.ScanOnPush | Should -BeFalse
        $now.ImageTagMutability | Should -Be 'IMMUTABLE'
    }

    It 'does not change the encryption of one that exists' {
        $null = New-PizzaRepository sealed
        { New-PizzaRepository sealed -Force -EncryptionType KMS -ErrorAction Stop } | Should -Throw '*AES256*Nothing was changed*' -ErrorId 'EncryptionIsFixed,*'
    }

    It 'refuses <name>' -ForEach @(
        @{ name = 'exclusions without a rule'; arguments = @{ MutabilityExclusion = 'latest' }; id = 'InvalidMutability' }
        @{ name = 'six exclusions'; arguments = @{ ImageTagMutability = 'MUTABLE'; MutabilityExclusion = 1..6 }; id = 'InvalidMutability' }
        @{ name = 'a rule with exclusions and none given'; arguments = @{ ImageTagMutability = 'IMMUTABLE_WITH_EXCLUSION' }; id = 'InvalidMutability' }
        @{ name = 'a key without KMS'; arguments = @{ EncryptionType = 'AES256'; KmsKey = 'k' }; id = 'InvalidEncryption' }
        @{ name = 'a tag without a key'; arguments = @{ Tag = @{ '' = 'v' } }; id = 'InvalidTag' }
    ) {
        { New-PizzaRepository refused @arguments -ErrorAction Stop } | Should -Throw -ErrorId "$id,*"
        Get-PizzaRepository refuse* | Should -BeNullOrEmpty
    }

    It 'changes nothing with -WhatIf' {
        New-PizzaRepository what-if -WhatIf | Should -BeNullOrEmpty
        Get-PizzaRepository what-i* | Should -BeNullOrEmpty
    }
}

Describe 'Get-PizzaRepository' {
    BeforeAll { 1..120 | ForEach-Object { 'many/r{0:d3}' -f $_ } | New-PizzaRepository | Out-Null }

    It 'finds all by wildcard, over all pages' {
        Get-PizzaRepository many/* | Should -HaveCount 120
        (Get-PizzaRepository).Count | Should -BeGreaterThan 120
    }

    It 'ends early without an error' {
        $before = $Error.Count
        Get-PizzaRepository many/* | Select-Object -First 2 | Should -HaveCount 2
        $Error.Count | Should -Be $before
    }

    It 'says what to do about one that is missing, and goes on' {
        $found = 'missing', 'many/r001' | Get-PizzaRepository -ErrorAction SilentlyContinue -ErrorVariable failed
        $found.RepositoryName | Should -Be 'many/r001'
        $failed[0].FullyQualifiedErrorId | Should -BeLike 'RepositoryNotFoundException,*'
        "$($failed[0])" | Should -BeLike '*New-PizzaRepository*'
    }

    It 'takes anything that carries a RepositoryName and a Region' {
        $found = [pscustomobject] @{ RepositoryName = 'many/r002'; Region = 'us-east-1' } | Get-PizzaRepository
        $found.RepositoryName | Should -Be 'many/r002'
        ($found | Get-PizzaRepository).RepositoryArn | Should -Be $found.RepositoryArn
    }

    It 'fits into 100 columns' {
        $lines = (Get-PizzaRepository many/r00* | Out-String -Width 100) -split "`n"
        ($lines | Measure-Object Length -Maximum).Maximum | Should -BeLessOrEqual 100
        ($lines | Where-Object { $_ -like 'many/r*' }).Count | Should -Be 9
    }
}

Describe 'Set-PizzaRepository' {
    It 'changes what is named and differs, and nothing else' {
        $null = New-PizzaRepository set-me -ImageTagMutability IMMUTABLE -Tag @{ team = 'a' }
        $now = Get-PizzaRepository set-me | Set-PizzaRepository -ScanOnPush:$false
        $now.ScanOnPush | Should -BeFalse
        $now.ImageTagMutability | Should -Be 'IMMUTABLE'
        $now = Set-PizzaRepository set-me -ImageTagMutability mutable -MutabilityExclusion 'v*'
        $now.ImageTagMutability | Should -Be 'MUTABLE_WITH_EXCLUSION'
        $now.MutabilityExclusion | Should -Be 'v*'
        $now.ScanOnPush | Should -BeFalse
        (Get-PizzaRepository set-me).ImageTagMutability | Should -Be 'MUTABLE_WITH_EXCLUSION'
    }

    It 'sends nothing that changes the second time, and says so' {
        $null = New-PizzaRepository set-twice
        $settings = @{ RepositoryName = 'set-twice'; ImageTagMutability = 'IMMUTABLE'; MutabilityExclusion = 'latest'; ScanOnPush = $false; Tag = @{ team = 'a'; cost = '1' } }
        $null = Set-PizzaRepository @settings
        $calls = (Get-PizzaSandboxCall).Count
        $verbose = Set-PizzaRepository @settings -Verbose 4>&1 | Where-Object { $_ -is [Management.Automation.VerboseRecord] }
        "$verbose" | Should -BeLike '*nothing changed*'
        (Get-PizzaSandboxCall | Select-Object -Skip $calls).Operation | Should -Be @('DescribeRepositories', 'ListTagsForResource')
    }

    It 'changes nothing with -WhatIf' {
        $null = New-PizzaRepository set-what-if
        Set-PizzaRepository set-what-if -ScanOnPush:$false -WhatIf | Should -BeNullOrEmpty
        (Get-PizzaRepository set-what-if).ScanOnPush | Should -BeTrue
    }

    It 'refuses <name>' -ForEach @(
        @{ name = 'a call that names no setting'; arguments = @{}; id = 'NoRepositorySetting' }
        @{ name = 'exclusions without a rule'; arguments = @{ MutabilityExclusion = 'latest' }; id = 'InvalidMutability' }
        @{ name = 'a tag that is too long'; arguments = @{ Tag = @{ ('k' * 129) = 'v' } }; id = 'InvalidTag' }
        @{ name = 'a repository that is missing'; arguments = @{ ScanOnPush = $true; RepositoryName = 'set-missing' }; id = 'RepositoryNotFoundException' }
        @{ name = 'an account id that is none'; arguments = @{ ScanOnPush = $true; RegistryId = '12345' }; id = 'InvalidRegistryId' }
    ) {
        if (-not $arguments.RepositoryName) { $arguments.RepositoryName = 'set-refused' }
        { Set-PizzaRepository @arguments -ErrorAction Stop } | Should -Throw -ErrorId "$id,*"
    }
}

Describe 'Remove-PizzaRepository' {
    It 'deletes what the pipeline brings, and only that' {
        $null = 'gone/a', 'gone/b', 'stays' | New-PizzaRepository
        $gone = Get-PizzaRepository gone/* | Remove-PizzaRepository -Force
        $gone.RepositoryName | Should -Be @('gone/a', 'gone/b')
        $gone.Status | Should -Be @('Removed', 'Removed')
        Get-PizzaRepository gone/* | Should -BeNullOrEmpty
        (Get-PizzaRepository stays).RepositoryName | Should -Be 'stays'
    }

    It 'asks first, and -Force leaves the question out' {
        $null = New-PizzaRepository asked
        $shown = '' | pwsh -NoProfile -NonInteractive -Command {
            param($module, $url)
            $env:AWS_ACCESS_KEY_ID = $env:AWS_SECRET_ACCESS_KEY = 'test'
            Import-Module $module
            try { Remove-PizzaRepository asked -EndpointUrl $url -ErrorAction Stop } catch { "REFUSED: $_" }
        } -args (Get-Module JwtPizza.Ecr).ModuleBase, (Get-PizzaSandbox).EndpointUrl
        "$shown" | Should -BeLike '*REFUSED*NonInteractive*'
        (Get-PizzaRepository asked).RepositoryName | Should -Be 'asked'
    }

    It 'deletes nothing with -WhatIf, also with -Force' {
        $null = New-PizzaRepository kept
        Remove-PizzaRepository kept -Force -WhatIf
        (Get-PizzaRepository kept).RepositoryName | Should -Be 'kept'
    }

    It 'leaves one that holds images, says how to delete it, and does so when told' {
        $repository = New-PizzaRepository full
        $null = $repository | Push-PizzaImage -Path (Join-Path $PSScriptRoot ../../examples/oci-layout) -LayoutTag v1 -ErrorAction Stop
        Remove-PizzaRepository full -Force -ErrorAction SilentlyContinue -ErrorVariable failed
        $failed[0].FullyQualifiedErrorId | Should -BeLike 'RepositoryNotEmptyException,*'
        "$($failed[0])" | Should -BeLike '*-IncludeImages*'
        Get-PizzaImage full | Should -HaveCount 1
        Remove-PizzaRepository full -IncludeImages -Force
        Get-PizzaRepository ful* | Should -BeNullOrEmpty
    }

    It 'goes on after one that is missing' {
        $null = 'here-a', 'here-b' | New-PizzaRepository
        'here-a', 'missing', 'here-b' | Remove-PizzaRepository -Force -ErrorAction SilentlyContinue -ErrorVariable failed
        $failed | Should -HaveCount 1
        $failed[0].FullyQualifiedErrorId | Should -BeLike 'RepositoryNotFoundException,*'
        $failed[0].TargetObject | Should -Be 'missing'
        "$($failed[0])" | Should -Not -BeLike '*New-PizzaRepository*'
        Get-PizzaRepository here-* | Should -BeNullOrEmpty
    }

    It 'takes no wildcards: a pattern deletes nothing' {
        $null = New-PizzaRepository wild-a
        { Remove-PizzaRepository 'wild-*' -Force -ErrorAction Stop } | Should -Throw -ErrorId 'InvalidRepositoryName,*'
        (Get-PizzaRepository wild-a).RepositoryName | Should -Be 'wild-a'
    }
}

Describe 'Where the calls go' {
    It 'is the sandbox while one runs, in any region that is named' {
        (New-PizzaRepository elsewhere -Region eu-west-1).Region | Should -Be 'eu-west-1'
    }

    It 'is an error when the profile does not exist, whatever else is set' {
        $env:AWS_ACCESS_KEY_ID, $env:AWS_SECRET_ACCESS_KEY = 'a', 'b'
        try { { Get-PizzaRepository -EndpointUrl (Get-PizzaSandbox).EndpointUrl -ProfileName no-such-profile } | Should -Throw '*no-such-profile*' -ErrorId 'ProfileNotFound,*' }
        finally { Remove-Item Env:AWS_ACCESS_KEY_ID, Env:AWS_SECRET_ACCESS_KEY }
    }

    It 'ends the pipeline when there are no credentials' {
        $env:AWS_EC2_METADATA_DISABLED, $env:AWS_SHARED_CREDENTIALS_FILE, $env:AWS_CONFIG_FILE = 'true', '/nonexistent', '/nonexistent'
        try { { 'one-a', 'two-b' | Get-PizzaRepository -EndpointUrl http://127.0.0.1:9 } | Should -Throw '*Start-PizzaSandbox*' -ErrorId 'NoCredentials,*' }
        finally { Remove-Item Env:AWS_EC2_METADATA_DISABLED, Env:AWS_SHARED_CREDENTIALS_FILE, Env:AWS_CONFIG_FILE }
    }
}

Describe 'Completion' {
    It 'offers <expected> for <line>' -ForEach @(
        @{ line = 'Get-PizzaRepository many/r00'; expected = 'many/r001' }
        @{ line = 'Get-PizzaRepository -RepositoryName many/r00'; expected = 'many/r001' }
        @{ line = 'Get-PizzaRepository -Region eu-ce'; expected = 'eu-central-1' }
        @{ line = 'New-PizzaRepository x -ImageTagMutability IMM'; expected = 'IMMUTABLE' }
    ) {
        ([Management.Automation.CommandCompletion]::CompleteInput($line, $line.Length, $null)).CompletionMatches.CompletionText | Should -Contain $expected
    }

    It 'offers nothing, and no error, where nobody answers' {
        $before = $Error.Count
        $line = 'Get-PizzaRepository -EndpointUrl http://127.0.0.1:9 -RepositoryName a'
        ([Management.Automation.CommandCompletion]::CompleteInput($line, $line.Length, $null)).CompletionMatches | Where-Object ResultType -eq 'ParameterValue' | Should -BeNullOrEmpty
        $Error.Count | Should -Be $before
    }
}

Describe 'A profile while a sandbox runs' {
    It 'leads to the sandbox too, typed or by default, unless that allows AWS' {
        $env:AWS_CONFIG_FILE, $env:AWS_SHARED_CREDENTIALS_FILE = '/nonexistent', '/nonexistent'
        $before = $PSDefaultParameterValues.Clone()
        try {
            $null = New-PizzaRepository with-profile -ProfileName production
            $PSDefaultParameterValues['*-Pizza*:ProfileName'] = 'production'
            $told = Get-PizzaRepository with-profile -Verbose 4>&1 | Where-Object { $_ -is [Management.Automation.VerboseRecord] }
            "$told" | Should -BeLike "*profile 'production' was not used*Start-PizzaSandbox -AllowAws*"
            Remove-PizzaRepository with-profile -Force
            Get-PizzaRepository with-profile* | Should -BeNullOrEmpty
            Stop-PizzaSandbox
            $null = Start-PizzaSandbox -AllowAws
            { Get-PizzaRepository } | Should -Throw '*production*' -ErrorId 'ProfileNotFound,*'
        }
        finally {
            $PSDefaultParameterValues.Clear()
            foreach ($key in $before.Keys) { $PSDefaultParameterValues[$key] = $before[$key] }
            Remove-Item Env:AWS_CONFIG_FILE, Env:AWS_SHARED_CREDENTIALS_FILE
            Stop-PizzaSandbox
            $null = Start-PizzaSandbox
        }
    }
}
