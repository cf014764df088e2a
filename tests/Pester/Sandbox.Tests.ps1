#Requires -Version 7.4
BeforeAll { Import-Module (Join-Path $PSScriptRoot '../../out/JwtPizza.Ecr') -Force }
AfterAll { Stop-PizzaSandbox }

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
        "$told" | Should -BeLike '*runs already*'
    }

    It 'refuses to be another one while it runs' {
        $null = Start-PizzaSandbox
        Start-PizzaSandbox -Region eu-west-1 -ErrorAction SilentlyContinue -ErrorVariable failed | Should -BeNullOrEmpty
        $failed[0].FullyQualifiedErrorId | Should -BeLike 'SandboxRunning,*'
        "$($failed[0])" | Should -BeLike '*Stop-PizzaSandbox*'
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
