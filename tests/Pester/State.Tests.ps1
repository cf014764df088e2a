#Requires -Version 7.4
BeforeAll {
    $script:root = (Resolve-Path (Join-Path $PSScriptRoot '../..')).Path
    Import-Module (Join-Path $root 'out/JwtPizza.Ecr') -Force
    Push-Location $TestDrive

    function Initialize-World {
        Stop-PizzaSandbox
        $null = Start-PizzaSandbox
        $null = New-PizzaRepository jwt-pizza-service -Tag @{ team = 'a' } | Set-PizzaLifecycle -UntaggedDays 1 -KeepLast 10
        $null = New-PizzaRepository team-a/api -ImageTagMutability IMMUTABLE -MutabilityExclusion latest -ScanOnPush:$false
        $null = Grant-PizzaRepositoryAccess team-a/api -Account 210987654321 -Pull
        $null = New-PizzaCiRole my-account/jwt-pizza-service -RepositoryName jwt-pizza-service
        $null = New-PizzaCiRole my-account/api -RoleName team-a-ci -RepositoryName team-a/api -Cluster team-a
    }
}
AfterAll {
    Pop-Location
    Stop-PizzaSandbox
}

Describe 'The state as a file' {
    It 'comes up again in an empty account: <_>' -ForEach 'yml', 'json', 'psd1' {
        Initialize-World
        $file = Export-PizzaState "state.$_"
        $file.RepositoryCount, $file.RoleCount | Should -Be 2, 2
        Compare-PizzaState $file | Should -BeNullOrEmpty
        Stop-PizzaSandbox
        $null = Start-PizzaSandbox
        Compare-PizzaState $file -Quiet | Should -BeFalse
        (Sync-PizzaState $file).Status | Should -Not -Contain 'Failed'
        Compare-PizzaState $file -Quiet | Should -BeTrue
        Export-PizzaState "again.$_" -Force | Should -Not -BeNullOrEmpty
        Get-Content "again.$_" | Should -Be (Get-Content "state.$_")
    }

    It 'is the same to PowerShell''s own reader of data files' {
        Initialize-World
        $null = Export-PizzaState own.psd1
        (Import-PowerShellDataFile own.psd1).repositories['team-a/api'].mutabilityExclusion | Should -Be 'latest'
    }

    It 'holds the course in ten lines' {
        $page = Get-Content (Join-Path $root docs/state.md) -Raw
        $lines = [regex]::Match($page, "(?s)@'\r?\n(.*?)\r?\n'@").Groups[1].Value
        ($lines -split '\r?\n').Count | Should -Be 10
        Set-Content course.yml $lines
        Stop-PizzaSandbox
        $null = Start-PizzaSandbox
        (Compare-PizzaState course.yml).Path | Should -Be 'repositories.jwt-pizza-service', 'repositories.jwt-pizza-service.lifecycle', 'roles.github-ci.trust.repo:my-account/jwt-pizza-service:ref:refs/heads/main', 'roles.github-ci.push.jwt-pizza-service'
        (Sync-PizzaState course.yml).Status | Should -Be 'Created', 'Created', 'Created', 'Created'
        Compare-PizzaState course.yml -Quiet | Should -BeTrue
        (Test-PizzaTrustSubject my-account/jwt-pizza-service -RoleName github-ci -Form Name).Allowed | Should -BeTrue
    }

    It 'is checked by the schema that ships' {
        Initialize-World
        $null = Export-PizzaState valid.json -Force
        $schema = Join-Path (Get-Module JwtPizza.Ecr).ModuleBase pizza-state.schema.json
        Test-Json -Path valid.json -SchemaFile $schema | Should -BeTrue
        Test-Json -Json '{"repositories":{"api":{"scan":true}}}' -SchemaFile $schema -ErrorAction SilentlyContinue | Should -BeFalse
    }
}

Describe 'The cmdlets' {
    BeforeAll {
        Initialize-World
        $null = Export-PizzaState shown.yml -Force
        $null = Set-PizzaRepository team-a/api -ImageTagMutability MUTABLE
        $null = New-PizzaRepository more
    }

    It 'show differences as a table of at most 100 columns, in the sandbox' {
        $shown = Compare-PizzaState shown.yml | Out-String -Width 100
        $shown | Should -Match 'In the sandbox'
        $shown | Should -Match 'Different\s+repositories\.team-a/api'
        $shown | Should -Match 'Extra\s+repositories\.more'
    }

    It 'complete the path of the file' {
        (TabExpansion2 'Compare-PizzaState sho' -cursorColumn 22).CompletionMatches.CompletionText | Should -BeLike '*shown.yml'
        (TabExpansion2 'Sync-PizzaState -Path sho' -cursorColumn 25).CompletionMatches.CompletionText | Should -BeLike '*shown.yml'
    }

    It 'write status as text into JSON' {
        (Compare-PizzaState shown.yml | ConvertTo-Json | ConvertFrom-Json)[0].Kind | Should -BeOfType [string]
    }
}
