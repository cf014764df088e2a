#Requires -Version 7.4
BeforeDiscovery {
    $noDocker = -not (Get-Command docker -CommandType Application -ErrorAction Ignore) -or -not (docker version --format '{{.Server.Version}}' 2>$null)
    $busybox = $env:BUSYBOX_ARM64 ? $env:BUSYBOX_ARM64 : '/var/cache/jwtpizza-ecr/busybox-arm64'
    $noArm = $noDocker -or -not (Test-Path $busybox) -or (-not $IsWindows -and (uname -m) -ne 'aarch64' -and -not (Test-Path /proc/sys/fs/binfmt_misc/qemu-aarch64))
}

BeforeAll {
    $script:manifest = (Resolve-Path (Join-Path $PSScriptRoot '../../out/JwtPizza.Ecr/JwtPizza.Ecr.psd1')).Path
    Import-Module $manifest -Force
    $script:box = Start-PizzaSandbox

    function New-Folder([string] $Dockerfile = "FROM scratch`nCOPY menu.json /`n") {
        $folder = Join-Path $TestDrive ([guid]::NewGuid())
        $null = New-Item $folder -ItemType Directory
        Set-Content (Join-Path $folder Dockerfile) $Dockerfile -NoNewline
        Set-Content (Join-Path $folder menu.json) ([guid]::NewGuid())
        $folder
    }

    # A folder whose image runs these words of a shell while it is built.
    function New-RunningFolder([string] $Command) {
        $folder = New-Folder "FROM scratch`nCOPY busybox /busybox`nRUN [`"/busybox`", `"sh`", `"-c`", `"$Command`"]`n"
        Copy-Item ($env:BUSYBOX_ARM64 ? $env:BUSYBOX_ARM64 : '/var/cache/jwtpizza-ecr/busybox-arm64') (Join-Path $folder busybox)
        $folder
    }

    # Runs the words with these variables, and puts them back.
    function Use-Variable([hashtable] $Variable, [scriptblock] $Script) {
        $saved = @{}
        foreach ($name in $Variable.Keys) { $saved[$name] = [Environment]::GetEnvironmentVariable($name); [Environment]::SetEnvironmentVariable($name, $Variable[$name]) }
        try { & $Script }
        finally { foreach ($name in $saved.Keys) { [Environment]::SetEnvironmentVariable($name, $saved[$name]) } }
    }
}

AfterAll {
    if (Get-Command docker -CommandType Application -ErrorAction Ignore) {
        docker image ls --format '{{.Repository}}:{{.Tag}}' 2>$null | Where-Object { $_ -like "$($box.RegistryHost)/*" } | ForEach-Object { $null = docker image rm $_ 2>$null }
    }
    Stop-PizzaSandbox
}

Describe 'Publish-PizzaImage' -Skip:$noDocker -Tag 'needs a docker engine' {
    BeforeAll { $null = New-PizzaRepository service -Force }

    It 'builds and pushes for linux/arm64, from a repository in the pipeline' {
        $image = Get-PizzaRepository service | Publish-PizzaImage (New-Folder)
        $image | Should -BeOfType [JwtPizza.Ecr.PublishedImage]
        $image.ImageUri | Should -Be "$($box.RegistryHost)/service:latest"
        $image.Platform | Should -Be 'linux/arm64'
        $image.IsVerified | Should -BeTrue
        $image.RegistryId | Should -Be $box.RegistryId
        $there = Get-PizzaImage service | Where-Object ImageTags -Contains latest
        $there.ImageDigest | Should -Be $image.ImageDigest
        $there.ImageSizeInBytes | Should -Be $image.ImageSizeInBytes
    }

    It 'leaves the image of before untagged' {
        $first = Publish-PizzaImage (New-Folder) service -Tag again
        $second = Publish-PizzaImage (New-Folder) service -Tag again
        $second.ImageDigest | Should -Not -Be $first.ImageDigest
        (Get-PizzaImage service -Untagged).ImageDigest | Should -Contain $first.ImageDigest
    }

    It 'takes several tags, a URI with a tag, labels and arguments, and another Dockerfile' {
        $folder = New-Folder
        Set-Content (Join-Path $folder Other) "FROM scratch AS first`nARG A`nCOPY menu.json /`nLABEL given=`$A`nFROM scratch`nCOPY nothing /`n"
        (Publish-PizzaImage $folder service -Tag a, b -File Other -Target first -BuildArg @{ A = 'x y' } -Label @{ team = 'a' }).ImageTags | Should -Be @('a', 'b')
        docker image inspect --format '{{json .Config.Labels}}' "$($box.RegistryHost)/service:a" | ConvertFrom-Json | ForEach-Object { $_.given, $_.team } | Should -Be @('x y', 'a')
        (Publish-PizzaImage (New-Folder) "$($box.RegistryHost)/service:c").ImageUri | Should -Be "$($box.RegistryHost)/service:c"
    }

    It 'removes the image from docker with -RemoveLocal, and all that docker has of the sandbox with Stop-PizzaSandbox -RemoveLocal' {
        $image = Publish-PizzaImage (New-Folder) service -Tag gone, gone-too -RemoveLocal
        docker image ls --format '{{.Repository}}:{{.Tag}}' | Where-Object { $_ -like "$($box.RegistryHost)/service:gone*" } | Should -BeNullOrEmpty
        (Get-PizzaImage service -Tag gone).ImageDigest | Should -Be $image.ImageDigest

        docker build --quiet --tag pizza-local-test:1 (New-Folder) | Out-Null
        $null = Push-PizzaImage service -Image pizza-local-test:1 -Tag pushed -RemoveLocal
        docker image ls --format '{{.Repository}}:{{.Tag}}' | Where-Object { $_ -like '*:pushed' } | Should -BeNullOrEmpty
        docker image ls --format '{{.Repository}}:{{.Tag}}' | Should -Contain 'pizza-local-test:1'

        $null = Push-PizzaImage service -Image pizza-local-test:1 -Tag kept
        docker image ls --format '{{.Repository}}:{{.Tag}}' | Should -Contain "$($box.RegistryHost)/service:kept"
        $port = ([uri] $box.EndpointUrl).Port
        Stop-PizzaSandbox -RemoveLocal
        docker image ls --format '{{.Repository}}' | Where-Object { $_ -like "$($box.RegistryHost)/*" } | Should -BeNullOrEmpty
        docker image ls --format '{{.Repository}}:{{.Tag}}' | Should -Contain 'pizza-local-test:1'
        docker image rm pizza-local-test:1 | Out-Null
        $script:box = Start-PizzaSandbox -Port $port
        $null = New-PizzaRepository service
    }

    It 'takes the current location when no directory is given' {
        Push-Location (New-Folder)
        try { ('service' | Publish-PizzaImage -Tag here).ImageTags | Should -Be 'here' }
        finally { Pop-Location }
    }

    It 'takes a secret from a variable, and shows it nowhere' {
        $folder = New-Folder
        Use-Variable @{ PIZZA_TEST_SECRET = 'hunter2-and-more' } {
            $all = Publish-PizzaImage $folder service -Secret 'id=s,env=PIZZA_TEST_SECRET' -Verbose *>&1
            "$($all | Out-String)" | Should -Not -BeLike '*hunter2*'
        }
    }

    It 'reports progress that never goes back' {
        $shell = [powershell]::Create()
        try {
            $null = $shell.AddScript('param($m, $f) Import-Module $m; Publish-PizzaImage $f service -Tag progress').AddArgument($manifest).AddArgument((New-Folder))
            $shell.Invoke() | Should -HaveCount 1
            $bars = $shell.Streams.Progress | Where-Object { $_.Activity -eq 'Publishing service' }
            $bars.Count | Should -BeGreaterThan 2
            $bars[-1].RecordType | Should -Be 'Completed'
            $percent = @($bars.PercentComplete | Where-Object { $_ -ge 0 })
            $percent | Should -Be @($percent | Sort-Object)
            $bars.StatusDescription | Should -Contain "pushing $($box.RegistryHost)/service:progress with docker"
        }
        finally { $shell.Dispose() }
    }

    It 'does nothing with -WhatIf' {
        Publish-PizzaImage (New-Folder) service -Tag whatif -WhatIf | Should -BeNullOrEmpty
        Get-PizzaImage service -Tag what* | Should -BeNullOrEmpty
    }

    It 'takes an immutable tag with the same image as done, and refuses another before the push' {
        $null = New-PizzaRepository fixed -ImageTagMutability IMMUTABLE
        $folder = New-Folder
        (Publish-PizzaImage $folder fixed -Tag v1).Status | Should -Be 'Created'
        (Publish-PizzaImage $folder fixed -Tag v1).Status | Should -Be 'Unchanged'
        { Publish-PizzaImage (New-Folder) fixed -Tag v0, v1 -ErrorAction Stop } | Should -Throw "*'v1'*immutable*Choose another -Tag*" -ErrorId 'ImageTagAlreadyExistsException,*'
        (Get-PizzaImage fixed).ImageTags | Should -Be 'v1'
    }

    It 'refuses a missing repository, and goes on with the next' {
        $made = 'nobody', 'service' | Publish-PizzaImage (New-Folder) -ErrorAction SilentlyContinue -ErrorVariable failed
        $made | Should -HaveCount 1
        $failed[0].FullyQualifiedErrorId | Should -BeLike 'RepositoryNotFoundException,*'
        "$($failed[0])" | Should -BeLike '*nobody*New-PizzaRepository*'
    }

    It 'names an engine that does not answer' {
        $folder = New-Folder
        Use-Variable @{ DOCKER_HOST = 'unix:///nonexistent/docker.sock' } {
            { Publish-PizzaImage $folder service -ErrorAction Stop } | Should -Throw '*unix:///nonexistent/docker.sock*Start it*' -ErrorId 'DockerDaemonUnreachable,*'
        }
    }

    It 'shows the last lines of a step that fails' -Skip:$noArm -Tag 'needs arm64 emulation and a static busybox' {
        { Publish-PizzaImage (New-RunningFolder 'echo before; echo the reason >&2; exit 42') service -ErrorAction Stop } |
            Should -Throw '*the reason*exit code: 42*' -ErrorId 'BuildStepFailed,*'
    }

    It 'sets the outputs of a step of GitHub Actions' {
        $output = Join-Path $TestDrive 'github-output'
        $folder = New-Folder
        Use-Variable @{ GITHUB_ACTIONS = 'true'; GITHUB_OUTPUT = $output } {
            $image = Publish-PizzaImage $folder service -Tag actions
            Get-Content $output | Should -Be @("image=$($image.ImageUri)", "digest=$($image.ImageDigest)")
        }
    }

    It 'ends in the middle of a step when it is stopped, with docker and all its children' -Skip:$noArm -Tag 'needs arm64 emulation and a static busybox' {
        $mark = [guid]::NewGuid()
        $shell = [powershell]::Create()
        try {
            $null = $shell.AddScript('param($m, $f) Import-Module $m; Publish-PizzaImage $f service -Tag stopped -Verbose').AddArgument($manifest).AddArgument((New-RunningFolder "echo $mark; exec /busybox sleep 3600"))
            $running = $shell.BeginInvoke()
            $limit = [Diagnostics.Stopwatch]::StartNew()
            while ($limit.Elapsed.TotalSeconds -lt 120 -and -not ($shell.Streams.Verbose.Message -match "^ +$mark")) { Start-Sleep -Milliseconds 20 }
            $running.IsCompleted | Should -BeFalse
            $shell.Stop()
            $shell.InvocationStateInfo.State | Should -Be 'Stopped'
        }
        finally { $shell.Dispose() }
        Get-Process docker, docker-buildx -ErrorAction Ignore | Where-Object { $_.CommandLine -match 'service:stopped' } | Should -BeNullOrEmpty
        Get-PizzaImage service -Tag stop* | Should -BeNullOrEmpty
    }

    It 'takes its login along when the whole shell is terminated' -Skip:($noArm -or $IsWindows) -Tag 'needs arm64 emulation, a static busybox, and signals' {
        $script = Join-Path $TestDrive 'terminated.ps1'
        Set-Content $script 'param($m, $f, $url, $key, $secret) Import-Module $m; Publish-PizzaImage $f service -Tag terminated -EndpointUrl $url -AccessKey $key -SecretKey $secret'
        $shell = Start-Process pwsh -PassThru -ArgumentList '-NoProfile', '-File', $script, $manifest, (New-RunningFolder 'exec /busybox sleep 3600'), $box.EndpointUrl, $box.AccessKey, $box.SecretKey
        try {
            $limit = [Diagnostics.Stopwatch]::StartNew()
            do {
                Start-Sleep -Milliseconds 50
                $docker = Get-Process docker-buildx -ErrorAction Ignore | Where-Object CommandLine -match 'service:terminated' | Select-Object -First 1
            } until ($docker -or $limit.Elapsed.TotalSeconds -gt 120)
            $null = $docker.CommandLine -match '--metadata-file (\S+)'
            $folder = Split-Path $Matches[1]
            Join-Path $folder config.json | Should -Exist
            kill -TERM $shell.Id
            $shell.WaitForExit(120000) | Should -BeTrue
            $folder | Should -Not -Exist
            $docker.WaitForExit(5000) | Should -BeTrue -Because 'docker ends with the shell that started it'
        }
        finally { Get-Process docker, docker-buildx -ErrorAction Ignore | Where-Object CommandLine -match 'service:terminated' | Stop-Process }
    }

    It 'leaves no folder with a login behind' {
        $folder = New-Folder
        $temporary = (New-Item (Join-Path $TestDrive 'temporary') -ItemType Directory).FullName
        Use-Variable @{ TMPDIR = $temporary; TMP = $temporary; TEMP = $temporary } {
            (Publish-PizzaImage $folder service).IsVerified | Should -BeTrue
            Publish-PizzaImage $folder nobody -ErrorAction SilentlyContinue
        }
        Get-ChildItem $temporary | Should -BeNullOrEmpty
    }
}

Describe 'Publish-PizzaImage, before docker is asked' {
    BeforeAll { $null = New-PizzaRepository plain -Force }

    It 'refuses <what>' -ForEach @(
        @{ what = 'a directory that is not there'; arguments = @{ Path = 'nowhere' }; id = 'BuildDirectoryNotFound'; says = '*nowhere*' }
        @{ what = 'a directory without a Dockerfile'; arguments = @{ Path = $PSScriptRoot }; id = 'DockerfileNotFound'; says = '*-File*' }
        @{ what = 'a Dockerfile that is not there'; arguments = @{ File = 'Other' }; id = 'DockerfileNotFound'; says = '*Other*' }
        @{ what = 'a platform that does not exist'; arguments = @{ Platform = 'linux/arm46' }; id = 'InvalidPlatform'; says = '*linux/arm64*' }
        @{ what = 'an illegal tag'; arguments = @{ Tag = '-x' }; id = 'InvalidImageTag'; says = "*starts with '-'*" }
        @{ what = 'an illegal repository'; arguments = @{ RepositoryName = 'Capital' }; id = 'InvalidRepositoryName'; says = '*uppercase*' }
        @{ what = 'a repository at another registry'; arguments = @{ RepositoryName = '127.0.0.1:1/plain' }; id = 'RegistryMismatch'; says = '*127.0.0.1:1*' }
        @{ what = 'a secret with a value'; arguments = @{ Secret = 'id=s,value=hunter2' }; id = 'InvalidBuildSecret'; says = '*id=NAME,env=VARIABLE*' }
        @{ what = 'a secret that is not there'; arguments = @{ Secret = 'id=s,src=nowhere' }; id = 'BuildSecretNotFound'; says = '*nowhere*' }
        @{ what = 'a cache option with a key'; arguments = @{ CacheTo = 'type=s3,secret_access_key=hunter2' }; id = 'InvalidCacheOption'; says = '*environment*' }
    ) {
        $all = @{ Path = New-Folder; RepositoryName = 'plain' }
        foreach ($name in $arguments.Keys) { $all[$name] = $arguments[$name] }
        { Publish-PizzaImage @all -ErrorAction Stop } | Should -Throw $says -ErrorId "$id,*"
        "$($Error[0].Exception.Message)" | Should -Not -BeLike '*hunter2*'
    }

    It 'says what to install when there is no docker' {
        $folder = New-Folder
        Use-Variable @{ PATH = '' } {
            { Publish-PizzaImage $folder plain -ErrorAction Stop } | Should -Throw '*Docker Desktop*' -ErrorId 'DockerNotFound,*'
        }
    }
}
