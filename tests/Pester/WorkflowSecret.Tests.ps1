#Requires -Version 7.4
BeforeAll {
    $script:manifest = (Resolve-Path (Join-Path $PSScriptRoot '../../out/JwtPizza.Ecr/JwtPizza.Ecr.psd1')).Path
    Import-Module $manifest -Force
    $script:path = $env:PATH

    # A gh that writes down its arguments and its input, and then does what the test says.
    function Use-Gh([string] $Then = '') {
        $script:gh = (New-Item (Join-Path $TestDrive ([guid]::NewGuid())) -ItemType Directory).FullName
        Set-Content "$gh/gh" "#!/bin/sh`nprintf '%s ' `"`$@`" >> '$gh/argv'; echo >> '$gh/argv'; cat >> '$gh/stdin'; echo >> '$gh/stdin'`n$Then`n" -NoNewline
        chmod +x "$gh/gh"
        $env:PATH = "$gh$([IO.Path]::PathSeparator)$path"
    }
}

Describe 'Set-PizzaWorkflowSecret' -Skip:$IsWindows {
    BeforeEach { Use-Gh }
    AfterEach { $env:PATH = $path }

    It 'sets the secrets of a hashtable, each value on the input of gh' {
        $set = Set-PizzaWorkflowSecret -Repository my-account/jwt-pizza-service -Secret @{ ci_iam_role = 'github-ci'; AWS_ACCOUNT = 123456789012 }
        $set | Should -BeOfType [JwtPizza.Ecr.WorkflowSecret]
        $set.Name | Should -Be @('AWS_ACCOUNT', 'CI_IAM_ROLE')
        $set.Repository | Should -Be @('my-account/jwt-pizza-service', 'my-account/jwt-pizza-service')
        Get-Content "$gh/argv" | Should -Be @('secret set AWS_ACCOUNT --repo=my-account/jwt-pizza-service ', 'secret set CI_IAM_ROLE --repo=my-account/jwt-pizza-service ')
        Get-Content "$gh/stdin" | Should -Be @('123456789012', 'github-ci')
    }

    It 'takes <name> from the pipeline' -ForEach @(
        @{ name = 'a text'; script = { 'the value' | Set-PizzaWorkflowSecret A -Repository o/r } }
        @{ name = 'a SecureString'; script = { ConvertTo-SecureString 'the value' -AsPlainText -Force | Set-PizzaWorkflowSecret A -Repository o/r } }
        @{ name = 'a credential'; script = { [pscredential]::new('me', (ConvertTo-SecureString 'the value' -AsPlainText -Force)) | Set-PizzaWorkflowSecret A -Repository o/r } }
        @{ name = 'a hashtable'; script = { @{ A = 'the value' } | Set-PizzaWorkflowSecret -Repository https://github.com/o/r.git } }
        @{ name = 'entries'; script = { @{ A = 'the value' }.GetEnumerator() | Set-PizzaWorkflowSecret -Repository o/r } }
        @{ name = 'rows'; script = { [pscustomobject]@{ Repository = 'o/r'; Name = 'A'; Value = 'the value' } | Set-PizzaWorkflowSecret } }
    ) {
        (& $script).Name | Should -Be A
        Get-Content "$gh/argv" | Should -Be 'secret set A --repo=o/r '
        Get-Content "$gh/stdin" | Should -Be 'the value'
    }

    It 'takes an environment variable by its name, several repositories, and a deployment environment' {
        $env:PIZZA_TEST_VALUE = 'of env'
        try { $set = Set-PizzaWorkflowSecret DB_PASSWORD env:PIZZA_TEST_VALUE -Repository o/a, o/b -Environment production }
        finally { Remove-Item env:PIZZA_TEST_VALUE }
        $set.Repository | Should -Be @('o/a', 'o/b')
        $set.Environment | Should -Be @('production', 'production')
        Get-Content "$gh/argv" | Should -Be @('secret set DB_PASSWORD --repo=o/a --env=production ', 'secret set DB_PASSWORD --repo=o/b --env=production ')
        Get-Content "$gh/stdin" | Should -Be @('of env', 'of env')
    }

    It 'runs nothing under -WhatIf, and needs no gh for it' {
        Set-PizzaWorkflowSecret A x -Repository o/r -WhatIf
        Test-Path "$gh/argv" | Should -BeFalse
        $env:PATH = $TestDrive
        Set-PizzaWorkflowSecret A x -Repository o/r -WhatIf
    }

    It 'shows no value in any stream or error' {
        Use-Gh 'echo "HTTP 403: no" >&2; exit 1'
        $shown = pwsh -NoProfile -Command {
            param($module)
            Import-Module $module
            $secret = ConvertTo-SecureString 'hunter2' -AsPlainText -Force
            Set-PizzaWorkflowSecret A $secret -Repository o/r -WhatIf -Verbose
            Set-PizzaWorkflowSecret A $secret -Repository o/r -Verbose -Debug
            $Error | Format-List * -Force
            'seen to the end'
        } -args $manifest *>&1 | Out-String
        $shown | Should -Match 'seen to the end'
        $shown | Should -Match 'not allowed to write secrets'
        $shown | Should -Not -Match 'hunter2'
        Get-Content "$gh/stdin" | Should -Contain 'hunter2'
    }

    It 'goes on after a record that fails' {
        $set = [pscustomobject]@{ Name = '1A'; Value = 'x' }, [pscustomobject]@{ Name = 'B'; Value = 'x' } | Set-PizzaWorkflowSecret -Repository o/r -ErrorAction SilentlyContinue -ErrorVariable trouble
        $set.Name | Should -Be B
        $trouble.FullyQualifiedErrorId | Should -BeLike 'InvalidSecretName,*'
    }

    It 'says <id> when <name>' -ForEach @(
        @{ id = 'InvalidSecretName'; name = 'a name is reserved'; with = @{ Name = 'GITHUB_X'; Value = 'x'; Repository = 'o/r' }; says = "*'GITHUB_X'*reserved*" }
        @{ id = 'InvalidGitHubRepository'; name = 'a repository has no owner'; with = @{ Name = 'A'; Value = 'x'; Repository = 'r' }; says = "*'r'*owner/name*" }
        @{ id = 'MissingValue'; name = 'a variable was not set'; with = @{ Name = 'A'; Value = $null; Repository = 'o/r' }; says = '*no value for the secret A*' }
        @{ id = 'InvalidSecretValue'; name = 'a value is empty'; with = @{ Name = 'A'; Value = ''; Repository = 'o/r' }; says = '*A is empty*' }
        @{ id = 'InvalidSecretValue'; name = 'a value is too long'; with = @{ Name = 'A'; Value = 'x' * 49153; Repository = 'o/r' }; says = '*49,152*' }
    ) {
        { Set-PizzaWorkflowSecret @with -ErrorAction Stop } | Should -Throw $says -ErrorId "$id,*"
        Test-Path "$gh/argv" | Should -BeFalse
    }

    It 'says what to do when gh is not logged in, once for all records' {
        Use-Gh 'echo "please run: gh auth login" >&2; exit 4'
        { Set-PizzaWorkflowSecret -Secret @{ A = 1; B = 2 } -Repository o/r } | Should -Throw '*gh auth login*GH_TOKEN*' -ErrorId 'GhNotLoggedIn,*'
        @(Get-Content "$gh/argv").Count | Should -Be 1
    }

    It 'says how to get gh, and how to do without' {
        $env:PATH = $TestDrive
        { Set-PizzaWorkflowSecret A x -Repository o/r } | Should -Throw '*https://cli.github.com*Settings > Secrets and variables > Actions*' -ErrorId 'GhNotFound,*'
    }

    It 'ends gh when it is stopped' {
        Use-Gh "echo `$`$ > '$TestDrive/pid'; exec sleep 3600"
        $shell = [powershell]::Create().AddScript({ param($m) Import-Module $m; Set-PizzaWorkflowSecret A x -Repository o/r }).AddArgument($manifest)
        $null = $shell.BeginInvoke()
        $limit = [DateTime]::UtcNow.AddSeconds(120)
        while (-not (Test-Path "$TestDrive/pid") -and [DateTime]::UtcNow -lt $limit) { Start-Sleep -Milliseconds 20 }
        $shell.Stop()
        $id = [int](Get-Content "$TestDrive/pid")
        [Threading.SpinWait]::SpinUntil({ -not (Get-Process -Id $id -ErrorAction Ignore) }, 120000) | Should -BeTrue
    }
}
