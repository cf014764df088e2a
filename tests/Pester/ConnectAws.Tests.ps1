#Requires -Version 7.4
# Connect-PizzaAws and Disconnect-PizzaAws: a session that looks like a job of GitHub Actions.
BeforeAll {
    $module = Join-Path $PSScriptRoot '../../out/JwtPizza.Ecr'
    Import-Module $module -Force
    $script:names = 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'AWS_REGION', 'AWS_DEFAULT_REGION', 'AWS_ACCOUNT', 'AWS_ENDPOINT_URL', 'GITHUB_ACTIONS', 'GITHUB_ENV', 'GITHUB_REPOSITORY', 'GITHUB_RUN_ID',
    'ACTIONS_ID_TOKEN_REQUEST_URL', 'ACTIONS_ID_TOKEN_REQUEST_TOKEN'
    $script:saved = @{}
    $script:console = [Console]::Out
    foreach ($name in $names) { $saved[$name] = [Environment]::GetEnvironmentVariable($name) }
    function Clear-Environment { foreach ($name in $names) { Remove-Item "Env:$name" -ErrorAction Ignore } }
    function Enter-Job([string] $Repository, [hashtable] $With = @{}) { foreach ($one in (New-PizzaSandboxToken $Repository -AsVariable @With).GetEnumerator()) { [Environment]::SetEnvironmentVariable($one.Key, $one.Value) } }
}
AfterAll {
    Stop-PizzaSandbox
    Clear-Environment
    foreach ($name in $names | Where-Object { $null -ne $saved[$_] }) { Set-Item "Env:$name" $saved[$name] }
}

Describe 'Connect-PizzaAws' {
    BeforeEach {
        [Console]::SetOut([IO.StringWriter]::new())      # what the runner is told to mask would stand in the log otherwise
        Clear-Environment
        $null = Start-PizzaSandbox -Enforce
        $null = New-PizzaRepository jwt-pizza-service
        $null = New-PizzaCiRole my-account/jwt-pizza-service -RepositoryName jwt-pizza-service -IncludeVerify
        Enter-Job my-account/jwt-pizza-service
    }
    AfterEach {
        [Console]::SetOut($console)
        Disconnect-PizzaAws
        Stop-PizzaSandbox
        Clear-Environment
    }

    It 'gives this session the rights of the role, and no more' {
        $connected = Connect-PizzaAws
        $connected | Should -BeOfType [JwtPizza.Ecr.ConnectedRole]
        $connected.RoleName, $connected.RegistryId, $connected.Subject, $connected.Audience | Should -Be @('github-ci', '123456789012', 'repo:my-account/jwt-pizza-service:ref:refs/heads/main', 'sts.amazonaws.com')
        $connected.AssumedRoleArn | Should -BeLike 'arn:aws:sts::123456789012:assumed-role/github-ci/*'
        ($connected.ExpiresAt - [DateTimeOffset]::UtcNow).TotalMinutes | Should -BeGreaterThan 58
        $env:AWS_ACCESS_KEY_ID | Should -Be $connected.AccessKeyId
        (Get-PizzaRepository jwt-pizza-service).RepositoryName | Should -Be 'jwt-pizza-service'
        { New-PizzaRepository other -ErrorAction Stop } | Should -Throw -ErrorId 'AccessDeniedException,*' -ExpectedMessage '*assumed-role/github-ci/*ecr:CreateRepository*'
    }

    It 'shows no secret: not in the record, not in verbose' {
        $all = Connect-PizzaAws -Verbose 4>&1
        $text = ($all | Format-List * -Force | Out-String -Width 4000) + ($all | ConvertTo-Json -Depth 3 -WarningAction Ignore)
        $env:AWS_SECRET_ACCESS_KEY, $env:AWS_SESSION_TOKEN, $env:ACTIONS_ID_TOKEN_REQUEST_TOKEN | ForEach-Object {
            $_ | Should -Not -BeNullOrEmpty
            $text.Contains($_) | Should -BeFalse
        }
        $text | Should -Not -Match 'eyJ'      # how a token begins
    }

    It 'is seen by the SDK''s own chain too, and by programs that are started' {
        $door = @{ EndpointUrl = (Get-PizzaSandbox).EndpointUrl; Region = 'us-east-1' }      # by its URL: nothing is led to the sandbox by itself
        $null = Connect-PizzaAws
        { New-PizzaRepository other @door -ErrorAction Stop } | Should -Throw -ExpectedMessage '*assumed-role/github-ci/*'
        pwsh -NoProfile -Command { $env:AWS_ACCESS_KEY_ID } | Should -Be $env:AWS_ACCESS_KEY_ID
        $null = New-PizzaCiRole my-account/jwt-pizza-service -RoleName second-ci -AccessKey (Get-PizzaSandbox).AccessKey -SecretKey (Get-PizzaSandbox).SecretKey
        $null = Connect-PizzaAws second-ci
        { New-PizzaRepository other @door -ErrorAction Stop } | Should -Throw -ExpectedMessage '*assumed-role/second-ci/*'
    }

    It 'names session, duration and region as asked' {
        $env:GITHUB_REPOSITORY = 'my-account/jwt-pizza-service'
        $env:GITHUB_RUN_ID = '4711'
        (Connect-PizzaAws).AssumedRoleArn | Should -BeLike '*/jwt-pizza-service-4711'
        $connected = Connect-PizzaAws -SessionName me@home -DurationSeconds 900 -Region eu-west-1
        $connected.AssumedRoleArn | Should -BeLike '*/me@home'
        ($connected.ExpiresAt - [DateTimeOffset]::UtcNow).TotalMinutes | Should -BeLessThan 16
        $env:AWS_REGION, $env:AWS_DEFAULT_REGION | Should -Be @('eu-west-1', 'eu-west-1')
    }

    It 'takes the role by <name>' -ForEach @(
        @{ name = 'its ARN'; arguments = @{ RoleArn = 'arn:aws:iam::123456789012:role/github-ci' } }
        @{ name = 'its ARN in place of the name'; arguments = @{ RoleName = 'arn:aws:iam::123456789012:role/github-ci' } }
        @{ name = 'name and account'; arguments = @{ RoleName = 'github-ci'; Account = '123456789012' } }
    ) {
        (Connect-PizzaAws @arguments).RoleArn | Should -Be 'arn:aws:iam::123456789012:role/github-ci'
    }

    It 'takes the record of New-PizzaCiRole, with its path' {
        $role = New-PizzaCiRole my-account/jwt-pizza-service -RoleName deep-ci -Path /ci/eu/
        ($role | Connect-PizzaAws).RoleArn | Should -Be 'arn:aws:iam::123456789012:role/ci/eu/deep-ci'
    }

    It 'tells the runner what to mask, and hands on to later steps on request' {
        $file = Join-Path $TestDrive 'env'
        Set-Content (Join-Path $TestDrive 'step.ps1') {
            param($module, $url, $tokenUrl, $token, $file)
            $env:GITHUB_ACTIONS = 'true'; $env:GITHUB_ENV = $file; $env:ACTIONS_ID_TOKEN_REQUEST_URL = $tokenUrl; $env:ACTIONS_ID_TOKEN_REQUEST_TOKEN = $token
            $env:AWS_EC2_METADATA_DISABLED = 'true'
            Import-Module $module
            $null = Connect-PizzaAws -Account 123456789012 -EndpointUrl $url -Region us-east-1 -ForLaterSteps
            "key=$env:AWS_ACCESS_KEY_ID"; "secret=$env:AWS_SECRET_ACCESS_KEY"; "session=$env:AWS_SESSION_TOKEN"
        }
        $lines = pwsh -NoProfile -File (Join-Path $TestDrive 'step.ps1') $module (Get-PizzaSandbox).EndpointUrl $env:ACTIONS_ID_TOKEN_REQUEST_URL $env:ACTIONS_ID_TOKEN_REQUEST_TOKEN $file
        $masked = $lines | Where-Object { $_ -like '::add-mask::*' } | ForEach-Object { $_.Substring(12) }
        $values = $lines | Where-Object { $_ -match '^(key|secret|session)=' } | ForEach-Object { $_ -replace '^\w+=' }
        $masked | Should -HaveCount 4
        $masked[0] | Should -BeLike 'eyJ*.*.*'
        $masked[1..3] | Should -Be $values
        Get-Content $file | Should -Be @("AWS_ACCESS_KEY_ID=$($values[0])", "AWS_SECRET_ACCESS_KEY=$($values[1])", "AWS_SESSION_TOKEN=$($values[2])", 'AWS_REGION=us-east-1', 'AWS_DEFAULT_REGION=us-east-1')
    }

    It 'masks nothing where no runner reads' {
        $lines = pwsh -NoProfile -Command {
            param($module, $url, $tokenUrl, $token)
            $env:ACTIONS_ID_TOKEN_REQUEST_URL = $tokenUrl; $env:ACTIONS_ID_TOKEN_REQUEST_TOKEN = $token
            Import-Module $module
            (Connect-PizzaAws -Account 123456789012 -EndpointUrl $url -Region us-east-1).RoleName
        } -args $module, (Get-PizzaSandbox).EndpointUrl, $env:ACTIONS_ID_TOKEN_REQUEST_URL, $env:ACTIONS_ID_TOKEN_REQUEST_TOKEN
        $lines | Should -Be 'github-ci'
    }

    It 'says which clause refuses the run' {
        Enter-Job my-account/jwt-pizza-service @{ Branch = 'dev' }
        Connect-PizzaAws -RetrySeconds 0 -ErrorAction SilentlyContinue -ErrorVariable failed | Should -BeNullOrEmpty
        $failed[0].FullyQualifiedErrorId | Should -BeLike 'AccessDenied,*'
        $failed[0].CategoryInfo.Category | Should -Be 'PermissionDenied'
        "$($failed[0])" | Should -BeLike "*subject is 'repo:my-account/jwt-pizza-service:ref:refs/heads/dev'*statement 1: StringLike*sub wants*not the same branch*"
        $env:AWS_ACCESS_KEY_ID | Should -BeNullOrEmpty
    }

    It 'tries again after a refusal, until -RetrySeconds have passed' {
        Set-PizzaSandboxFault AssumeRoleWithWebIdentity -Error AccessDenied -Count 3
        (Connect-PizzaAws -RetrySeconds 240).AssumedRoleArn | Should -BeLike '*:assumed-role/github-ci/*'
        @((Get-PizzaSandboxCall AssumeRoleWithWebIdentity).ErrorCode)[-4..-1] | Should -Be 'AccessDenied', 'AccessDenied', 'AccessDenied', $null
        Enter-Job o/later
        { Connect-PizzaAws -RetrySeconds 1 -ErrorAction Stop } | Should -Throw -ErrorId 'AccessDenied,*'
    }

    It 'ends its waiting when it is stopped' {
        Enter-Job o/later
        $shell = [powershell]::Create([initialsessionstate]::CreateDefault2())
        try {
            $null = $shell.AddScript("Import-Module '$module'; Connect-PizzaAws -RetrySeconds 240")
            $running = $shell.BeginInvoke()
            $before = @(Get-PizzaSandboxCall AssumeRoleWithWebIdentity).Count
            $limit = [Diagnostics.Stopwatch]::StartNew()
            while ($limit.Elapsed.TotalSeconds -lt 120 -and @(Get-PizzaSandboxCall AssumeRoleWithWebIdentity).Count -le $before) { Start-Sleep -Milliseconds 10 }
            $running.IsCompleted | Should -BeFalse
            $shell.Stop()
            $shell.InvocationStateInfo.State | Should -Be 'Stopped'
        }
        finally { $shell.Dispose() }
    }

    It 'refuses <name> with <id>' -ForEach @(
        @{ name = 'a role that is not a valid name'; arguments = @{ RoleName = 'a b' }; id = 'InvalidRoleName' }
        @{ name = 'an ARN of something else'; arguments = @{ RoleArn = 'arn:aws:iam::123456789012:user/me' }; id = 'InvalidRoleName' }
        @{ name = 'an account of 11 digits'; arguments = @{ Account = '12345678901' }; id = 'InvalidRegistryId' }
        @{ name = 'a minute'; arguments = @{ DurationSeconds = 60 }; id = 'ParameterArgumentValidationError' }
        @{ name = 'two hours, when the role allows one'; arguments = @{ DurationSeconds = 7200 }; id = 'ValidationError' }
        @{ name = 'a session name with a space'; arguments = @{ SessionName = 'a b' }; id = 'ParameterArgumentValidationError' }
        @{ name = 'an audience that the provider lacks'; arguments = @{ Audience = 'api://x' }; id = 'InvalidIdentityToken' }
        @{ name = 'later steps where there are none'; arguments = @{ ForLaterSteps = $true }; id = 'NoGitHubEnv' }
        @{ name = 'a role that is missing'; arguments = @{ RoleName = 'nobody'; RetrySeconds = 0 }; id = 'AccessDenied' }
    ) {
        { Connect-PizzaAws @arguments -ErrorAction Stop } | Should -Throw -ErrorId "$id,*"
        $env:AWS_ACCESS_KEY_ID | Should -BeNullOrEmpty
    }

    It 'warns when $StoredAWSCredentials would go first' {
        $StoredAWSCredentials = 'anything'
        $null = Connect-PizzaAws -WarningVariable warned -WarningAction SilentlyContinue
        "$warned" | Should -BeLike '*Clear-AWSCredential*'
        $null = $StoredAWSCredentials
    }
}

Describe 'Connect-PizzaAws without a job' {
    BeforeEach { Clear-Environment; Stop-PizzaSandbox }
    AfterEach { Clear-Environment }

    It 'tells the lines that a workflow lacks' {
        $env:GITHUB_ACTIONS = 'true'
        $env:AWS_ACCOUNT = '123456789012'
        { Connect-PizzaAws -ErrorAction Stop } | Should -Throw -ErrorId 'IdTokenPermissionMissing,*' -ExpectedMessage "*permissions:*id-token: write*contents: read*"
    }

    It 'says so elsewhere' {
        { Connect-PizzaAws -Account 123456789012 -ErrorAction Stop } | Should -Throw -ErrorId 'NotInGitHubActions,*' -ExpectedMessage '*New-PizzaSandboxToken*'
    }

    It 'asks for the account' {
        { Connect-PizzaAws -ErrorAction Stop } | Should -Throw -ErrorId 'AccountUnknown,*' -ExpectedMessage '*-Account*AWS_ACCOUNT*'
    }
}

Describe 'Disconnect-PizzaAws' {
    BeforeEach { Clear-Environment }
    AfterEach { Stop-PizzaSandbox; Clear-Environment }

    It 'puts back what was there, and does nothing the second time' {
        $null = Start-PizzaSandbox
        $env:AWS_ACCESS_KEY_ID = 'AKIABEFORE'
        Enter-Job my-account/jwt-pizza
        $null = Connect-PizzaAws -Region eu-west-1
        Disconnect-PizzaAws
        $env:AWS_ACCESS_KEY_ID | Should -Be 'AKIABEFORE'
        (Get-Item Env:AWS_SECRET_ACCESS_KEY, Env:AWS_SESSION_TOKEN, Env:AWS_REGION, Env:AWS_DEFAULT_REGION -ErrorAction Ignore) | Should -BeNullOrEmpty
        $env:AWS_ACCESS_KEY_ID = 'AKIAOTHER'
        Disconnect-PizzaAws
        $env:AWS_ACCESS_KEY_ID | Should -Be 'AKIAOTHER'
    }
}
