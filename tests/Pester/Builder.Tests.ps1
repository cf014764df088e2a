#Requires -Version 7.4
BeforeDiscovery {
    $noDocker = -not (Get-Command docker -CommandType Application -ErrorAction Ignore) -or -not (docker version --format '{{.Server.Version}}' 2>$null) -or -not (docker buildx version 2>$null)
    $noPython = $noDocker -or $IsWindows -or -not (Get-Command python3 -CommandType Application -ErrorAction Ignore)
    $busybox = $env:BUSYBOX_ARM64 ? $env:BUSYBOX_ARM64 : '/var/cache/jwtpizza-ecr/busybox-arm64'
    $noArm = $noDocker -or -not (Test-Path $busybox) -or (-not $IsWindows -and (uname -m) -ne 'aarch64' -and -not (Test-Path /proc/sys/fs/binfmt_misc/qemu-aarch64))
}

BeforeAll {
    Import-Module (Join-Path $PSScriptRoot '../../out/JwtPizza.Ecr') -Force
    # What does not run here is linux/mips or linux/ppc64: BuildKit looks for no emulator of these, whatever the kernel of this machine knows.
    # Builders of the tests' own: those of the user stay out of it.
    $script:saved = $env:BUILDX_CONFIG
    $env:BUILDX_CONFIG = (New-Item (Join-Path $TestDrive buildx) -ItemType Directory).FullName
}

AfterAll { $env:BUILDX_CONFIG = $saved }

Describe 'Initialize-PizzaBuilder, looking' -Skip:$noDocker {
    It 'shows the current builder, its nodes, and what it can do' {
        $builder = Initialize-PizzaBuilder default
        $builder | Should -BeOfType [JwtPizza.Ecr.PizzaBuilder]
        $builder.Driver | Should -Be 'docker'
        $builder.Nodes | Should -HaveCount 1
        $builder.Nodes[0].Status | Should -Be 'running'
        $builder.Platform.Keys | Should -Be 'linux/arm64'
        "$builder" | Should -Be 'default'
    }

    It 'knows that linux/arm64 runs where it does' -Skip:$noArm {
        $builder = Initialize-PizzaBuilder default
        $builder.Platform['linux/arm64'] | Should -BeIn @('Native', 'Emulated')
        $builder.IsReady | Should -BeTrue
    }

    It 'says what is missing, with the next step' {
        $builder = Initialize-PizzaBuilder default -Platform linux/mips
        $builder.IsReady | Should -BeFalse
        $builder.Platform['linux/mips'] | Should -Be 'CopyOnly'
        $builder.Missing[0] | Should -BeLike '*exec format error*-InstallEmulation*-Create -Node*'
    }

    It 'changes nothing' {
        $null = Initialize-PizzaBuilder default
        Get-ChildItem (Join-Path $env:BUILDX_CONFIG instances) -ErrorAction Ignore | Should -BeNullOrEmpty
    }

    It 'refuses <what>' -ForEach @(
        @{ what = 'a builder that is not there'; arguments = @{ Name = 'nosuch' }; id = 'BuilderNotFound'; says = '*Initialize-PizzaBuilder nosuch -Create*' }
        @{ what = 'a platform that does not exist'; arguments = @{ Platform = 'linux/arm46' }; id = 'InvalidPlatform'; says = '*linux/arm64*' }
        @{ what = 'what to make without -Create'; arguments = @{ Driver = 'remote' }; id = 'SettingNotOffered'; says = '*Add -Create*' }
        @{ what = 'a node that would be an option'; arguments = @{ Name = 'x'; Create = $true; Node = '--bootstrap' }; id = 'InvalidBuilderNode'; says = '*--bootstrap*' }
        @{ what = 'a node with a slip'; arguments = @{ Name = 'x'; Create = $true; Node = @{ Enpoint = 'y' } }; id = 'InvalidBuilderNode'; says = "*'Enpoint'*" }
    ) {
        { Initialize-PizzaBuilder @arguments -ErrorAction Stop } | Should -Throw $says -ErrorId "$id,*"
    }

    It 'names an engine that does not answer' {
        $env:DOCKER_HOST = 'unix:///nonexistent/docker.sock'
        try { { Initialize-PizzaBuilder default -ErrorAction Stop } | Should -Throw '*unix:///nonexistent/docker.sock*' -ErrorId 'DockerDaemonUnreachable,*' }
        finally { Remove-Item Env:DOCKER_HOST }
    }

    It 'says what to install when there is no docker' {
        $path = $env:PATH
        $env:PATH = ''
        try { { Initialize-PizzaBuilder -ErrorAction Stop } | Should -Throw '*Docker Desktop*' -ErrorId 'DockerNotFound,*' }
        finally { $env:PATH = $path }
    }
}

Describe 'Initialize-PizzaBuilder, making' -Skip:$noDocker {
    It 'makes nothing with -WhatIf' {
        Initialize-PizzaBuilder pizza -Create -WhatIf | Should -BeNullOrEmpty
        { Initialize-PizzaBuilder pizza -ErrorAction Stop } | Should -Throw -ErrorId 'BuilderNotFound,*'
    }

    It 'makes a builder, and the second time nothing' {
        $made = Initialize-PizzaBuilder pizza -Create -Node default -Use
        $made.Driver | Should -Be 'docker-container'
        $made.Nodes[0].Status | Should -Be 'inactive'
        $made.Platform['linux/arm64'] | Should -Be 'Unknown'
        (Initialize-PizzaBuilder).Builder | Should -Be 'pizza'
        $again = Initialize-PizzaBuilder pizza -Create -Node default -Use -Verbose 4>&1
        "$($again | Where-Object { $_ -is [Management.Automation.VerboseRecord] })" | Should -BeLike '*nothing changed*'
        ($again | Where-Object { $_ -is [JwtPizza.Ecr.PizzaBuilder] }).Nodes | Should -HaveCount 1
    }

    It 'makes one of several nodes, and adds those that are missing' {
        $two = Initialize-PizzaBuilder remote -Create -Driver remote -Node tcp://127.0.0.1:9, @{ Endpoint = 'tcp://127.0.0.1:19'; Platform = 'linux/arm64'; Name = 'arm' }
        $two.Nodes.Endpoint | Should -Be @('tcp://127.0.0.1:9', 'tcp://127.0.0.1:19')
        $two.Nodes[1].FixedPlatform | Should -Be 'linux/arm64'
        $three = Initialize-PizzaBuilder remote -Create -Driver remote -Node tcp://127.0.0.1:9, tcp://127.0.0.1:29
        $three.Nodes.Endpoint | Should -Be @('tcp://127.0.0.1:9', 'tcp://127.0.0.1:19', 'tcp://127.0.0.1:29')
    }

    It 'does not make another of one that exists' {
        $null = Initialize-PizzaBuilder taken -Create -Driver remote -Node tcp://127.0.0.1:9
        { Initialize-PizzaBuilder taken -Create -ErrorAction Stop } | Should -Throw "*'remote'*Remove-PizzaBuilder taken*" -ErrorId 'BuilderDiffers,*'
    }

    It 'says in docker''s words why a node cannot be made' {
        { Initialize-PizzaBuilder nobody -Create -Node tcp://127.0.0.1:9 -ErrorAction Stop } | Should -Throw "The node 'tcp://127.0.0.1:9' could not be added*" -ErrorId 'DockerDaemonUnreachable,*'
    }

    It 'shows a builder of two real nodes when they run' -Skip:$noPython {
        # Each connection to a socket becomes one to the BuildKit within the docker engine.
        $bridge = Join-Path $TestDrive bridge.py
        Set-Content $bridge @'
import asyncio, os, sys
async def pump(reader, writer):
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    finally:
        writer.close()
async def serve(reader, writer):
    dial = await asyncio.create_subprocess_exec('docker', 'buildx', 'dial-stdio', '--builder', 'default', stdin=-1, stdout=-1, env={**os.environ, 'BUILDX_EXPERIMENTAL': '1'})
    await asyncio.gather(pump(reader, dial.stdin), pump(dial.stdout, writer), return_exceptions=True)
async def main():
    for path in sys.argv[1:]: await asyncio.start_unix_server(serve, path)
    await asyncio.sleep(120)
asyncio.run(main())
'@
        $sockets = 'one', 'two' | ForEach-Object { "/tmp/pizza-$([guid]::NewGuid().ToString('N').Substring(0, 8))-$_.sock" }
        $python = Start-Process python3 -ArgumentList (@($bridge) + $sockets) -PassThru -RedirectStandardError (Join-Path $TestDrive bridge.log)
        try {
            $limit = [Diagnostics.Stopwatch]::StartNew()
            while (-not (Test-Path $sockets[1]) -and $limit.Elapsed.TotalSeconds -lt 120) { Start-Sleep -Milliseconds 50 }
            $builder = Initialize-PizzaBuilder real -Create -Driver remote -Node "unix://$($sockets[0])", @{ Endpoint = "unix://$($sockets[1])"; Platform = 'linux/arm64' } -Start
            $builder.Nodes.Status | Should -Be @('running', 'running')
            $builder.Nodes[0].Platform.Count | Should -BeGreaterThan 1
            $builder.Platform['linux/arm64'] | Should -Be 'Native'
        }
        finally {
            Stop-Process $python
            Remove-Item $sockets -ErrorAction Ignore
        }
    }

    It 'leaves nothing of a builder whose second node cannot be made, and names that node' {
        { Initialize-PizzaBuilder half -Create -Node default, tcp://127.0.0.1:9 -ErrorAction Stop } | Should -Throw "The node 'tcp://127.0.0.1:9' could not be added*"
        (Get-PizzaBuilder).Builder | Should -Not -Contain 'half'
        $null = Initialize-PizzaBuilder grown -Create -Driver remote -Node tcp://127.0.0.1:9
        { Initialize-PizzaBuilder grown -Create -Driver remote -Node tcp://127.0.0.1:9, @{ Endpoint = 'tcp://127.0.0.1:19' }, @{ Name = 'x'; Endpoint = 'tcp://bad host' } -ErrorAction Stop } | Should -Throw
        (Get-PizzaBuilder grown).Nodes.Endpoint | Should -Be 'tcp://127.0.0.1:9'
    }

    It 'lists builders, the current one first, and removes them' {
        $null = Initialize-PizzaBuilder trial-1 -Create -Driver remote -Node tcp://127.0.0.1:9
        $null = Initialize-PizzaBuilder trial-2 -Create -Driver remote -Node tcp://127.0.0.1:9 -Use
        @(Get-PizzaBuilder)[0].Builder | Should -Be 'trial-2'
        (Get-PizzaBuilder trial-*).Builder | Sort-Object | Should -Be 'trial-1', 'trial-2'
        Get-PizzaBuilder trial-* | Remove-PizzaBuilder -WhatIf
        Get-PizzaBuilder trial-* | Should -HaveCount 2
        (Get-PizzaBuilder trial-* | Remove-PizzaBuilder).Status | Should -Be 'Removed', 'Removed'
        Get-PizzaBuilder trial-* | Should -BeNullOrEmpty
        { Remove-PizzaBuilder trial-1 -ErrorAction Stop } | Should -Throw -ErrorId 'BuilderNotFound,*'
        { Remove-PizzaBuilder default -ErrorAction Stop } | Should -Throw -ErrorId 'BuilderNotRemoved,*'
    }

    It 'says why a builder does not start' {
        $null = Initialize-PizzaBuilder image -Create -DriverOption @{ image = '127.0.0.1:9/no/buildkit' }
        try { { Initialize-PizzaBuilder image -Start -ErrorAction Stop } | Should -Throw "*'image'*-DriverOption*127.0.0.1:9*" -ErrorId 'BuilderNotStarted,*' }
        finally { $null = docker buildx rm image 2>$null }
    }
}

Describe 'Initialize-PizzaBuilder -InstallEmulation' -Skip:$noDocker {
    It 'does nothing where every platform runs' {
        $native = docker version --format '{{.Server.Os}}/{{.Server.Arch}}'
        $all = Initialize-PizzaBuilder default -Platform $native -InstallEmulation -Verbose 4>&1
        "$($all | Where-Object { $_ -is [Management.Automation.VerboseRecord] })" | Should -BeLike '*no emulator was installed*'
    }

    It 'does nothing with -WhatIf' {
        (Initialize-PizzaBuilder default -Platform linux/mips -InstallEmulation -WhatIf).IsReady | Should -BeFalse
    }

    It 'runs the image that installs emulators, privileged, with the architectures' -Skip:$IsWindows {
        # docker run is a stand-in, for it changes the kernel of the machine; all else is docker.
        $real = (Get-Command docker -CommandType Application)[0].Source
        $bin = (New-Item (Join-Path $TestDrive emulation) -ItemType Directory).FullName
        Set-Content (Join-Path $bin docker) "#!/bin/sh`nif [ `"`$1`" = run ]; then echo `"`$*`" > '$bin/arguments'; exit; fi`nexec '$real' `"`$@`"`n" -NoNewline
        chmod +x (Join-Path $bin docker)
        $path = $env:PATH
        $env:PATH = "${bin}:$path"
        try { (Initialize-PizzaBuilder default -Platform linux/mips, linux/ppc64 -InstallEmulation -ErrorAction Stop).Builder | Should -Be 'default' }
        finally { $env:PATH = $path }
        Get-Content (Join-Path $bin arguments) | Should -Be 'run --privileged --rm tonistiigi/binfmt --install mips,ppc64'
    }

    It 'says what else there is when the image cannot be pulled' {
        { Initialize-PizzaBuilder default -Platform linux/mips -InstallEmulation -EmulationImage 127.0.0.1:9/no/binfmt -ErrorAction Stop } | Should -Throw '*-EmulationImage*qemu-user-static*' -ErrorId 'EmulationNotInstalled,*'
    }
}

Describe 'Publish-PizzaImage with a builder' -Skip:$noDocker {
    BeforeAll {
        $null = Start-PizzaSandbox
        $null = New-PizzaRepository service -Force
        $script:folder = (New-Item (Join-Path $TestDrive context) -ItemType Directory).FullName
        Set-Content (Join-Path $folder Dockerfile) "FROM scratch`nCOPY Dockerfile /`n"
    }
    AfterAll {
        $null = docker image rm "$((Get-PizzaSandbox).RegistryHost)/service:latest" 2>$null
        Stop-PizzaSandbox
    }

    It 'takes the builder from the pipeline' {
        (Initialize-PizzaBuilder default | Publish-PizzaImage $folder service).IsVerified | Should -BeTrue
    }

    It 'is refused by one that is not there, or cannot start' {
        { Publish-PizzaImage $folder service -Builder nosuch -ErrorAction Stop } | Should -Throw '*nosuch*' -ErrorId 'BuilderNotFound,*'
    }

    It 'hands the builder of several nodes to docker, and reads the push that it makes' -Skip:$IsWindows {
        # A stand-in for docker, which pushes what it is told to build as a builder of the driver remote does: an index, without docker's own store.
        $null = Initialize-PizzaBuilder nodes -Create -Driver remote -Node tcp://127.0.0.1:9, @{ Endpoint = 'tcp://127.0.0.1:19'; Platform = 'linux/arm64' }
        $image = Publish-PizzaImage $folder service
        $real = (Get-Command docker -CommandType Application)[0].Source
        $bin = (New-Item (Join-Path $TestDrive bin) -ItemType Directory).FullName
        Set-Content (Join-Path $bin docker) @"
#!/bin/sh
printf '%s\n' "`$@" > '$bin/arguments'
while [ `$# -gt 0 ]; do [ "`$1" = --metadata-file ] && echo '{"containerimage.digest":"$($image.ImageDigest)"}' > "`$2"; shift; done
echo '{"vertexes":[{"digest":"sha256:1111111111111111111111111111111111111111111111111111111111111111","name":"exporting to image","started":"2026-11-22T00:00:00Z","completed":"2026-11-22T00:00:01Z"}]}' >&2
"@ -NoNewline
        chmod +x (Join-Path $bin docker)
        $path = $env:PATH
        $env:PATH = "${bin}:$path"
        try { $published = Publish-PizzaImage $folder service -Builder nodes }
        finally { $env:PATH = $path }
        $published.IsVerified | Should -BeTrue
        $arguments = Get-Content (Join-Path $bin arguments)
        $arguments[$arguments.IndexOf('--builder') + 1] | Should -Be 'nodes'
        $arguments | Should -Contain '--push'
    }
}
