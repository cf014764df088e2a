#Requires -Version 7.4
BeforeAll { Import-Module (Join-Path $PSScriptRoot '../../out/JwtPizza.Ecr') -Force }
AfterAll { Stop-PizzaSandbox }

Describe 'A host for each registry' {
    AfterEach { Stop-PizzaSandbox }

    It 'is refused where the name is not that of a registry on this machine' {
        { Start-PizzaSandbox -RegistryHost example.com -ErrorAction Stop } | Should -Throw -ErrorId 'InvalidRegistryHost,*' -ExpectedMessage '*123456789012.dkr.ecr.us-east-1.localhost*'
        Get-PizzaSandbox | Should -BeNullOrEmpty
    }

    It 'is in the URI of its repositories, and the image is pushed there' {
        $name = '123456789012.dkr.ecr.us-east-1.localhost'
        try { $null = [Net.Dns]::GetHostAddresses($name) } catch { Set-ItResult -Skipped -Because "this machine does not resolve $name" }
        $box = Start-PizzaSandbox -RegistryHost $name
        (New-PizzaRepository hosted).RepositoryUri | Should -Be "${name}:$(([uri] $box.EndpointUrl).Port)/hosted"
        (New-PizzaRepository hosted -Region eu-west-1).RepositoryUri | Should -Be "127.0.0.1:$(([uri] $box.EndpointUrl).Port)/hosted"
        $pushed = Push-PizzaImage (Join-Path $PSScriptRoot '../../examples/oci-layout') hosted -LayoutTag v1
        $pushed.ImageUri | Should -BeLike "${name}:*/hosted:*"
        (Get-PizzaImage hosted).ImageDigest | Should -Be $pushed.ImageDigest
    }
}

Describe 'The sandbox of a session' {
    BeforeEach { Stop-PizzaSandbox }

    It 'answers, and outlives the cmdlet that started it' {
        $sandbox = Start-PizzaSandbox
        $sandbox | Should -BeOfType [JwtPizza.Ecr.SandboxInfo]
        (Invoke-WebRequest "$($sandbox.EndpointUrl)/v2/" -SkipHttpErrorCheck).StatusCode | Should -Be 401
        (Get-PizzaSandbox).EndpointUrl | Should -Be $sandbox.EndpointUrl
    }

    It 'is the same one when it is started again' {
        $first = Start-PizzaSandbox
        (Start-PizzaSandbox).AccessKey | Should -Be $first.AccessKey
        $told = Start-PizzaSandbox -Verbose 4>&1
        "$told" | Should -BeLike '*is already running*'
    }

    It 'refuses to be another one while it runs' {
        $null = Start-PizzaSandbox
        Start-PizzaSandbox -Region eu-west-1 -ErrorAction SilentlyContinue -ErrorVariable failed | Should -BeNullOrEmpty
        $failed[0].FullyQualifiedErrorId | Should -BeLike 'SandboxRunning,*'
        "$($failed[0])" | Should -BeLike '*Stop-PizzaSandbox*'
    }

    It 'sets the variables of the AWS CLI in this session, and puts them back when it stops' {
        $before = $env:AWS_REGION, $env:AWS_ENDPOINT_URL, $env:AWS_ACCESS_KEY_ID, $env:AWS_SESSION_TOKEN
        try {
            $env:AWS_REGION, $env:AWS_SESSION_TOKEN, $env:AWS_ENDPOINT_URL = 'eu-west-1', 'of-another', $null
            $sandbox = Start-PizzaSandbox -SetEnvironment
            $env:AWS_ENDPOINT_URL, $env:AWS_ACCESS_KEY_ID, $env:AWS_REGION | Should -Be $sandbox.EndpointUrl, $sandbox.AccessKey, $sandbox.Region
            $env:AWS_SESSION_TOKEN | Should -BeNullOrEmpty
            $env:AWS_REGION = 'us-west-2'     # changed by the user meanwhile: it stays
            Stop-PizzaSandbox
            $env:AWS_ENDPOINT_URL | Should -BeNullOrEmpty
            $env:AWS_SESSION_TOKEN, $env:AWS_REGION | Should -Be 'of-another', 'us-west-2'
            $env:AWS_ACCESS_KEY_ID | Should -Be $before[2]
        }
        finally { $env:AWS_REGION, $env:AWS_ENDPOINT_URL, $env:AWS_ACCESS_KEY_ID, $env:AWS_SESSION_TOKEN = $before }
    }

    It 'has the roles of both tutorials' {
        $null = Start-PizzaSandbox
        (Grant-PizzaRolePolicy aws-elasticbeanstalk-ec2-role AmazonDynamoDBFullAccess).Status | Should -Be 'Created'
        (Grant-PizzaRolePolicy aws-elasticbeanstalk-ec2-role AWSElasticBeanstalkWebTier).Status | Should -Be 'Unchanged'
        (Grant-PizzaRolePolicy jwt-pizza-ecs AmazonECSTaskExecutionRolePolicy).Status | Should -Be 'Unchanged'
        Stop-PizzaSandbox
        $null = Start-PizzaSandbox -Empty
        { Grant-PizzaRolePolicy jwt-pizza-ecs AmazonS3ReadOnlyAccess -ErrorAction Stop } | Should -Throw -ErrorId 'NoSuchEntity,*'
    }

    It 'refuses half a key pair and a region that AWS does not have, as AWS does' {
        $null = Start-PizzaSandbox
        { Get-PizzaRepository -AccessKey AKIAIOSFODNN7EXAMPLE } | Should -Throw -ErrorId 'InvalidCredentials,*'
        { Get-PizzaRepository -SecretKey x } | Should -Throw -ErrorId 'InvalidCredentials,*'
        { Get-PizzaRepository -Region eu-west-9 } | Should -Throw -ErrorId 'InvalidRegion,*' -ExpectedMessage "*'eu-west-9'*'eu-west-1'*"
        { Get-PizzaRepository -EndpointUrl (Get-PizzaSandbox).EndpointUrl -AccessKey a -SecretKey b -Region eu-west-9 } |
            Should -Throw -ErrorId 'InvalidSignatureException,*' -ExpectedMessage '*scoped to a valid region*'
    }

    It 'says that a port is in use' {
        $other = [Net.Sockets.TcpListener]::new([Net.IPAddress]::Loopback, 0)
        $other.Start()
        try {
            Start-PizzaSandbox -Port $other.LocalEndpoint.Port -ErrorAction SilentlyContinue -ErrorVariable failed
            $failed[0].FullyQualifiedErrorId | Should -BeLike 'PortInUse,*'
            "$($failed[0])" | Should -BeLike "*$($other.LocalEndpoint.Port)*-Port*"
        }
        finally { $other.Stop() }
        Get-PizzaSandbox | Should -BeNullOrEmpty
    }

    It 'plays the account and region asked for' {
        $null = Start-PizzaSandbox -RegistryId '000000000001' -Region eu-west-1
        $made = New-PizzaRepository pizza
        $made.RepositoryArn | Should -Be 'arn:aws:ecr:eu-west-1:000000000001:repository/pizza'
    }

    It 'refuses an account id that is none' {
        Start-PizzaSandbox -RegistryId 1 -ErrorAction SilentlyContinue -ErrorVariable failed
        $failed[0].FullyQualifiedErrorId | Should -BeLike 'InvalidRegistryId,*'
        "$($failed[0])" | Should -BeLike '*12 digits*'
    }

    It 'stops quietly, also when there is nothing to stop' {
        $null = Start-PizzaSandbox
        Stop-PizzaSandbox | Should -BeNullOrEmpty
        Stop-PizzaSandbox -ErrorAction Stop
        Get-PizzaSandbox | Should -BeNullOrEmpty
    }

    It 'does nothing under -WhatIf' {
        Start-PizzaSandbox -WhatIf | Should -BeNullOrEmpty
        Get-PizzaSandbox | Should -BeNullOrEmpty
        $running = Start-PizzaSandbox
        Stop-PizzaSandbox -WhatIf
        (Get-PizzaSandbox).EndpointUrl | Should -Be $running.EndpointUrl
    }

    It 'goes with the module' {
        $url = (Start-PizzaSandbox).EndpointUrl
        Remove-Module JwtPizza.Ecr
        { Invoke-WebRequest "$url/v2/" -SkipHttpErrorCheck } | Should -Throw
        Import-Module (Join-Path $PSScriptRoot '../../out/JwtPizza.Ecr')
        Get-PizzaSandbox | Should -BeNullOrEmpty
    }

    It 'leaves nothing in the temporary folder when its process ends' {
        $module = Join-Path $PSScriptRoot '../../out/JwtPizza.Ecr'
        $folder = Join-Path $TestDrive 'temp'
        $null = New-Item $folder -ItemType Directory
        $before = $env:TMPDIR, $env:TEMP, $env:TMP
        try {
            $env:TMPDIR = $env:TEMP = $env:TMP = $folder
            $seen = pwsh -NoProfile -Command "Import-Module '$module'; `$null = Start-PizzaSandbox; (Get-ChildItem '$folder' -Filter jwtpizza-sandbox-*).Count"
        }
        finally { $env:TMPDIR, $env:TEMP, $env:TMP = $before }
        $seen | Should -Be 1
        Get-ChildItem $folder -Filter jwtpizza-sandbox-* | Should -BeNullOrEmpty
    }
}

Describe 'Step-PizzaSandbox' {
    BeforeEach { Stop-PizzaSandbox }

    It 'moves the clock from where -Now put it' {
        $null = Start-PizzaSandbox -Now 2026-03-01T00:00:00Z
        Step-PizzaSandbox -Days 1 -Hours 12 | Should -BeNullOrEmpty
        (New-PizzaRepository pizza).CreatedAt.UtcDateTime.Date | Should -Be ([datetime] '2026-03-02')
    }

    It 'does nothing under -WhatIf' {
        $null = Start-PizzaSandbox -Now 2026-03-01T00:00:00Z
        Step-PizzaSandbox -Days 1 -WhatIf | Should -BeNullOrEmpty
        (New-PizzaRepository pizza).CreatedAt.UtcDateTime.Date | Should -Be ([datetime] '2026-03-01')
    }

    It 'refuses to stand still' {
        $null = Start-PizzaSandbox
        Step-PizzaSandbox -ErrorAction SilentlyContinue -ErrorVariable failed
        $failed[0].FullyQualifiedErrorId | Should -BeLike 'InvalidStep,*'
    }

    It 'says that no sandbox runs' {
        Step-PizzaSandbox -Days 1 -ErrorAction SilentlyContinue -ErrorVariable failed
        $failed[0].FullyQualifiedErrorId | Should -BeLike 'SandboxNotRunning,*'
        "$($failed[0])" | Should -BeLike '*Start-PizzaSandbox*'
    }
}

Describe 'Connect-PizzaSandbox' {
    BeforeAll {
        Stop-PizzaSandbox
        # One that runs in another process, as the program does.
        $port = [Net.Sockets.TcpListener]::new([Net.IPAddress]::Loopback, 0)
        $port.Start(); $script:number = $port.LocalEndpoint.Port; $port.Stop()
        $manifest = (Get-Module JwtPizza.Ecr).Path -replace 'psm1$', 'psd1'
        $script:process = Start-Process ([Environment]::ProcessPath) -PassThru -RedirectStandardOutput (Join-Path $TestDrive out) -RedirectStandardInput (New-Item (Join-Path $TestDrive in)) -ArgumentList @(
            if ([IO.Path]::GetFileNameWithoutExtension([Environment]::ProcessPath) -eq 'dotnet') { Join-Path $PSHOME 'pwsh.dll' }
            '-NoProfile', '-Command', "Import-Module '$manifest'; `$null = Start-PizzaSandbox -Port $number -Enforce; 'ready'; while (`$true) { Start-Sleep 1 }")
        $limit = [Diagnostics.Stopwatch]::StartNew()
        while (-not "$(Get-Content (Join-Path $TestDrive out) -ErrorAction Ignore)".Contains('ready') -and $limit.Elapsed.TotalSeconds -lt 120) { Start-Sleep -Milliseconds 100 }
    }
    AfterAll {
        Stop-PizzaSandbox
        Stop-Process $process
    }

    It 'joins one that runs as a program: calls, faults, clock and tokens' {
        $info = Connect-PizzaSandbox "http://127.0.0.1:$number"
        $info.RegistryHost, $info.IsEnforcing | Should -Be "127.0.0.1:$number", $true
        (Get-PizzaSandbox).EndpointUrl | Should -Be $info.EndpointUrl

        $null = New-PizzaRepository joined
        $call = Get-PizzaSandboxCall CreateRepository
        $call.Parameters.repositoryName | Should -Be 'joined'
        $call.Parameters.imageScanningConfiguration.scanOnPush | Should -BeTrue
        { Get-PizzaSandboxCall DeleteRepo -ErrorAction Stop } | Should -Throw -ErrorId 'UnknownOperation,*'

        Set-PizzaSandboxFault DescribeRepositories -Error AccessDeniedException
        { Get-PizzaRepository joined -ErrorAction Stop } | Should -Throw -ErrorId 'AccessDeniedException,*'
        Remove-PizzaSandboxFault DescribeRepositories
        (Get-PizzaRepository joined).RepositoryName | Should -Be 'joined'

        $null = Push-PizzaImage (Join-Path $PSScriptRoot '../../examples/oci-layout') joined -LayoutTag v1 -Tag v1
        Set-PizzaLifecycle joined -KeepLast 1 | Out-Null
        $null = Push-PizzaImage (Join-Path $PSScriptRoot '../../examples/oci-layout') joined -LayoutTag v2 -Tag v2
        "$(Step-PizzaSandbox -Days 2 -Verbose 4>&1)" | Should -Match 'clock shows'
        (Get-PizzaImage joined).ImageTags | Should -Be 'v2'

        Add-PizzaTrustSubject me/joined -OwnerId 5 -RepositoryId 6 | Out-Null
        (New-PizzaSandboxToken me/joined -Explain).Allowed | Should -BeTrue
        (New-PizzaSandboxToken me/joined -Branch other -Explain).Allowed | Should -BeFalse
        (New-PizzaSandboxToken me/joined -AsVariable).Keys | Should -Contain 'ACTIONS_ID_TOKEN_REQUEST_URL'
    }

    It 'signs in as a job, and is left without being stopped' {
        $null = Connect-PizzaSandbox "http://127.0.0.1:$number"
        $variables = New-PizzaSandboxToken me/joined -AsVariable
        try {
            foreach ($name in $variables.Keys) { Set-Item "Env:$name" $variables[$name] }
            $null = Connect-PizzaAws github-ci
            { New-PizzaRepository not-allowed -ErrorAction Stop } | Should -Throw -ErrorId 'AccessDeniedException,*'
        }
        finally {
            Disconnect-PizzaAws
            foreach ($name in $variables.Keys) { Remove-Item "Env:$name" -ErrorAction Ignore }
        }
        Stop-PizzaSandbox
        Get-PizzaSandbox | Should -BeNullOrEmpty
        (Connect-PizzaSandbox "http://localhost:$number").RegistryHost | Should -Be "127.0.0.1:$number"
    }

    It 'refuses what is no sandbox' {
        Stop-PizzaSandbox
        { Connect-PizzaSandbox http://127.0.0.1:9 -ErrorAction Stop } | Should -Throw '*No sandbox answers*' -ErrorId 'SandboxNotFound,*'
        { Connect-PizzaSandbox https://ecr.us-east-1.amazonaws.com -ErrorAction Stop } | Should -Throw -ErrorId 'InvalidEndpointUrl,*'
    }
}
