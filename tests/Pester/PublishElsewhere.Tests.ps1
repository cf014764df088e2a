#Requires -Version 7.4
# A docker engine that does not reach this machine's own addresses, as in the virtual machines of Docker Desktop and colima: here, in a network of its own.
BeforeDiscovery {
    $cannot = if (-not $IsLinux -or (id -u) -ne 0) { 'an engine in a network of its own takes root on Linux' }
    elseif (@(Get-Command dockerd, unshare -CommandType Application -ErrorAction Ignore).Count -lt 2) { 'dockerd or unshare is not on this machine' }
}

BeforeAll {
    Import-Module (Join-Path $PSScriptRoot '../../out/JwtPizza.Ecr') -Force
    $script:service = (Resolve-Path (Join-Path $PSScriptRoot '../../examples/service')).Path
}

Describe 'With an engine elsewhere' -Skip:([bool] $cannot) {
    BeforeAll {
        $script:engine = (New-Item (Join-Path ([IO.Path]::GetTempPath()) "pizza-engine-$PID") -ItemType Directory -Force).FullName
        $arguments = '--net', 'dockerd', '--host', "unix://$engine/d.sock", '--data-root', "$engine/data", '--exec-root', "$engine/exec", '--pidfile', "$engine/pid", '--bridge', 'none', '--iptables=false', '--ip-masq=false'
        $script:daemon = Start-Process unshare $arguments -RedirectStandardError "$engine/log" -RedirectStandardOutput "$engine/out" -PassThru
        $script:before = $env:DOCKER_HOST
        $env:DOCKER_HOST = "unix://$engine/d.sock"
        $limit = [Diagnostics.Stopwatch]::StartNew()
        while ($limit.Elapsed.TotalSeconds -lt 90 -and -not (docker version --format '{{.Server.Version}}' 2>$null) -and -not $daemon.HasExited) { Start-Sleep -Milliseconds 200 }
        $script:runs = [bool] (docker version --format '{{.Server.Version}}' 2>$null)
        $null = Start-PizzaSandbox
        $null = New-PizzaRepository jwt-pizza-service
    }
    AfterAll {
        Stop-PizzaSandbox
        $env:DOCKER_HOST = $before
        if (Test-Path "$engine/pid") { Stop-Process -Id (Get-Content "$engine/pid") -ErrorAction Ignore }
        if (-not $daemon.HasExited) { $null = $daemon.WaitForExit(20000) }
        Remove-Item $engine -Recurse -Force -ErrorAction Ignore
    }
    BeforeEach { if (-not $runs) { Set-ItResult -Skipped -Because "no engine could be started: $(Get-Content "$engine/log" -Tail 1)" } }

    It 'Publish-PizzaImage builds there, pushes from here, and says so' {
        $told = [Collections.Generic.List[string]]::new()
        $image = Publish-PizzaImage $service jwt-pizza-service -Tag latest, v1 -Verbose 4>&1 | ForEach-Object { if ($_ -is [Management.Automation.VerboseRecord]) { $told.Add($_.Message) } else { $_ } }
        "$told" | Should -BeLike '*engine cannot reach 127.0.0.1*pushed from here*'
        $image.Platform | Should -Be 'linux/arm64'
        $image.IsVerified | Should -BeTrue
        (Get-PizzaImage jwt-pizza-service).ImageTags | Should -Be @('latest', 'v1')
        (Update-PizzaService -ImageUri $image.ImageUri).ImageDigest | Should -Be $image.ImageDigest
    }

    It 'Push-PizzaImage takes an image of that engine' {
        $image = Push-PizzaImage -Image "$((Get-PizzaSandbox).RegistryHost)/jwt-pizza-service:v1" -RepositoryName jwt-pizza-service -Tag again
        (Get-PizzaImage jwt-pizza-service -Tag again).ImageDigest | Should -Be $image.ImageDigest
    }

    It 'looks into what it pushed on request' {
        (Publish-PizzaImage $service jwt-pizza-service -Tag checked -VerifyBinaries).IsVerified | Should -BeTrue
    }
}
