#Requires -Version 7.4
BeforeAll {
    $script:module = (Resolve-Path (Join-Path $PSScriptRoot '../../out/JwtPizza.Ecr')).Path
    Import-Module $module -Force
    $script:layout = (Resolve-Path (Join-Path $PSScriptRoot '../../examples/oci-layout')).Path
}
AfterAll { Stop-PizzaSandbox }

Describe 'Start-PizzaSandbox -StatePath' {
    BeforeEach { Stop-PizzaSandbox; $script:state = Join-Path $TestDrive ([guid]::NewGuid()) }
    AfterEach { Stop-PizzaSandbox }

    It 'keeps repositories, images, policies, roles, keys and the clock over a restart' {
        $first = Start-PizzaSandbox -StatePath $state -Now 2026-03-01T00:00:00Z
        $null = New-PizzaRepository pizza | Set-PizzaLifecycle -UntaggedDays 1
        $image = Push-PizzaImage $layout pizza -LayoutTag v1 -Tag latest
        $null = 'my-account/jwt-pizza-service' | Add-PizzaTrustSubject
        $null = Get-PizzaRepository pizza | Grant-PizzaCiPolicy
        Step-PizzaSandbox -Days 3
        $subjects = (Get-PizzaTrustSubject).Subject
        Stop-PizzaSandbox

        $second = Start-PizzaSandbox -StatePath $state
        $second.AccessKey, $second.SecretKey | Should -Be $first.AccessKey, $first.SecretKey
        $second.StartedAt.UtcDateTime | Should -BeGreaterOrEqual ([datetime] '2026-03-04')
        (Get-PizzaImage pizza).ImageDigest | Should -Contain $image.ImageDigest
        (Get-PizzaLifecycle pizza).Rules.Count | Should -Be 1
        (Get-PizzaTrustSubject).Subject | Should -Be $subjects
        (Get-PizzaRepository pizza | Grant-PizzaCiPolicy).Status | Should -Be Unchanged
        Get-PizzaSandboxCall DescribeImages | Should -HaveCount 1 -Because 'the call log is not kept'
    }

    It 'takes a path of the session, and is the same sandbox when it is named again' {
        Push-Location $TestDrive
        try {
            $null = Start-PizzaSandbox -StatePath ./relative
            Test-Path (Join-Path $TestDrive relative/sandbox.json) | Should -BeTrue
            { Start-PizzaSandbox -StatePath ./relative -ErrorAction Stop } | Should -Not -Throw
            { Start-PizzaSandbox -StatePath ./other -ErrorAction Stop } | Should -Throw -ErrorId 'SandboxRunning,*'
        }
        finally { Pop-Location }
    }

    It 'forgets all without it' {
        $null = Start-PizzaSandbox
        $null = New-PizzaRepository pizza
        Stop-PizzaSandbox
        $null = Start-PizzaSandbox
        Get-PizzaRepository | Should -BeNullOrEmpty
    }

    It 'refuses <Why>' -ForEach @(
        @{ Why = 'the state of another account'; Options = @{ RegistryId = '000000000001' }; Id = 'StateOfAnother' }
        @{ Why = 'the state of another region'; Options = @{ Region = 'eu-west-1' }; Id = 'StateOfAnother' }
    ) {
        $null = Start-PizzaSandbox -StatePath $state
        Stop-PizzaSandbox
        Start-PizzaSandbox -StatePath $state @Options -ErrorAction SilentlyContinue -ErrorVariable failed | Should -BeNullOrEmpty
        $failed[0].FullyQualifiedErrorId | Should -BeLike "$Id,*"
        Get-PizzaSandbox | Should -BeNullOrEmpty
    }

    It 'refuses a damaged state, and a file in the place of the folder, by name' {
        $null = New-Item $state -ItemType Directory
        Set-Content (Join-Path $state sandbox.json) '{'
        Start-PizzaSandbox -StatePath $state -ErrorAction SilentlyContinue -ErrorVariable failed
        $failed[0].FullyQualifiedErrorId | Should -BeLike 'InvalidState,*'
        "$($failed[0])" | Should -BeLike '*sandbox.json*'
        Start-PizzaSandbox -StatePath (Join-Path $state sandbox.json) -ErrorAction SilentlyContinue -ErrorVariable failed
        $failed[0].FullyQualifiedErrorId | Should -BeLike 'InvalidState,*'
    }
}

Describe 'A sandbox whose process is killed' {
    BeforeAll {
        function Start-Other([string] $Script, [string] $Temp) {
            $start = [Diagnostics.ProcessStartInfo]::new('pwsh', [string[]] ('-NoProfile', '-Command', "Import-Module '$module'; $Script; 'ready'; [Console]::Out.Flush(); Start-Sleep 300"))
            $start.RedirectStandardOutput = $true
            foreach ($name in 'TMPDIR', 'TEMP', 'TMP') { $start.Environment[$name] = $Temp }
            $process = [Diagnostics.Process]::Start($start)
            while (($line = $process.StandardOutput.ReadLine()) -ne 'ready') { if ($null -eq $line) { throw 'The other process ended.' } }
            $process
        }
    }
    BeforeEach { $script:temp = (New-Item (Join-Path $TestDrive ([guid]::NewGuid())) -ItemType Directory).FullName }

    It 'leaves nothing in the temporary folder after a SIGTERM' -Skip:$IsWindows {
        $other = Start-Other '$null = Start-PizzaSandbox' $temp
        try {
            @(Get-ChildItem $temp -Filter jwtpizza-sandbox-*).Count | Should -Be 1
            kill -TERM $other.Id
            $other.WaitForExit(20000) | Should -BeTrue
            Get-ChildItem $temp -Filter jwtpizza-sandbox-* | Should -BeNullOrEmpty
        }
        finally { if (-not $other.HasExited) { $other.Kill() } }
    }

    It 'leaves a folder after a kill -9 that the next sandbox sweeps, and not that of one that runs' {
        $killed = Start-Other '$null = Start-PizzaSandbox' $temp
        $alive = Start-Other '$null = Start-PizzaSandbox' $temp
        try {
            $killed.Kill()
            $killed.WaitForExit()
            $left = @(Get-ChildItem $temp -Filter jwtpizza-sandbox-*)
            $left.Count | Should -Be 2
            $left.ForEach{ $_.LastWriteTime = (Get-Date).AddMinutes(-2) }   # a younger one may be just being made
            $next = Start-Other '$null = Start-PizzaSandbox' $temp
            @(Get-ChildItem $temp -Filter jwtpizza-sandbox-*).Count | Should -Be 2 -Because 'one is swept, one is that of the living, one is new'
        }
        finally { $killed, $alive, $next | Where-Object { $_ -and -not $_.HasExited } | ForEach-Object { $_.Kill() } }
    }

    It 'loses nothing that it answered with -StatePath' {
        $state = Join-Path $temp state
        $killed = Start-Other "`$null = Start-PizzaSandbox -StatePath '$state'; `$null = New-PizzaRepository pizza | Push-PizzaImage '$layout' -LayoutTag v1 -Tag latest" $temp
        try { $killed.Kill(); $killed.WaitForExit() } finally { if (-not $killed.HasExited) { $killed.Kill() } }
        Stop-PizzaSandbox
        $null = Start-PizzaSandbox -StatePath $state
        @(Get-PizzaImage pizza).Count | Should -Be 1
        Stop-PizzaSandbox
    }
}

Describe 'Start-PizzaSandbox -World' {
    BeforeEach { Stop-PizzaSandbox }
    AfterEach { Stop-PizzaSandbox }

    It 'starts with what another sandbox exported, and takes a path of the session' {
        $first = Start-PizzaSandbox
        $image = New-PizzaRepository pizza | ForEach-Object { Push-PizzaImage $layout pizza -LayoutTag v1 -Tag latest }
        Invoke-WebRequest "$($first.EndpointUrl)/_sandbox/export" -OutFile (Join-Path $TestDrive world.json)
        Stop-PizzaSandbox
        Push-Location $TestDrive
        try {
            $null = Start-PizzaSandbox -World ./world.json
            (Get-PizzaImage pizza).ImageDigest | Should -Contain $image.ImageDigest
            { Start-PizzaSandbox -World ./other.json -ErrorAction Stop } | Should -Throw -ErrorId 'SandboxRunning,*'
        }
        finally { Pop-Location }
    }

    It 'says what is wrong with a file that is none' {
        Set-Content (Join-Path $TestDrive none.json) '{"format": 7}'
        { Start-PizzaSandbox -World (Join-Path $TestDrive none.json) -ErrorAction Stop } | Should -Throw -ErrorId 'InvalidWorld,*'
        { Start-PizzaSandbox -World (Join-Path $TestDrive nowhere.json) -ErrorAction Stop } | Should -Throw -ErrorId 'InvalidWorld,*'
    }
}
