#Requires -Version 7.4
BeforeDiscovery { $script:noRegistry = -not (Get-Command docker-registry -CommandType Application -ErrorAction Ignore) }
BeforeAll {
    Import-Module (Resolve-Path (Join-Path $PSScriptRoot '../../out/JwtPizza.Ecr/JwtPizza.Ecr.psd1')).Path -Force
    $script:layout = (Resolve-Path (Join-Path $PSScriptRoot '../../examples/oci-layout')).Path
    $script:box = Start-PizzaSandbox
    $null = New-PizzaRepository app, back
    $script:one = Push-PizzaImage $layout app -LayoutTag v1 -Tag v1
    $script:two = Push-PizzaImage $layout app -LayoutTag v2 -Tag v2, latest
}

AfterAll { Stop-PizzaSandbox }

Describe 'Save-PizzaImage' {
    It 'saves to a tar that is pushed back with the same digest' {
        $saved = Save-PizzaImage app:v1 (Join-Path $TestDrive one.tar)
        $saved | Should -BeOfType [JwtPizza.Ecr.SavedImage]
        $saved.ImageDigest | Should -Be $one.ImageDigest
        $saved.ImageTags | Should -Be v1
        $saved.Platform | Should -Be $one.Platform
        Get-ChildItem $TestDrive -Filter *.partial | Should -BeNullOrEmpty
        $pushed = $saved | ForEach-Object { Push-PizzaImage $_.Path back }
        $pushed.ImageDigest | Should -Be $one.ImageDigest
        $pushed.ImageTags | Should -Be v1
    }

    It 'says that the disk is full, as whatever writes files does' {
        $small = (New-Item (Join-Path $TestDrive small) -ItemType Directory).FullName
        if ($IsLinux) { mount -t tmpfs -o size=64k tmpfs $small 2>$null }
        if (-not $IsLinux -or $LASTEXITCODE) { Set-ItResult -Skipped -Because 'a small disk can be mounted by root on Linux only'; return }
        try {
            dd if=/dev/zero "of=$small/filler" bs=1k count=64 2>$null
            $service = (Resolve-Path (Join-Path $PSScriptRoot '../../examples/service')).Path
            { Save-PizzaImage app:v1 "$small/one.tar" -ErrorAction Stop } | Should -Throw "*disk is full*'$small/one.tar'*" -ErrorId 'DiskFull,*'
            { New-PizzaDist $service "$small/dist" -ErrorAction Stop } | Should -Throw "*disk is full*'$small/dist'*" -ErrorId 'DiskFull,*'
            { Export-PizzaWorkflow app -Path "$small/ci.yml" -ErrorAction Stop } | Should -Throw "*disk is full*'$small/ci.yml'*" -ErrorId 'DiskFull,*'
            (Get-ChildItem $small -Force -Recurse).Name | Should -Be 'filler'
        }
        finally { umount $small }
    }

    It 'saves images of the pipeline to one folder, and sends nothing twice' {
        $folder = Join-Path $TestDrive all
        $saved = Get-PizzaImage app | Save-PizzaImage -Path $folder
        $saved.ImageDigest | Sort-Object | Should -Be @($one.ImageDigest, $two.ImageDigest | Sort-Object)
        (Get-Content (Join-Path $folder index.json) | ConvertFrom-Json).manifests.annotations.'org.opencontainers.image.ref.name' | Sort-Object | Should -Be latest, v1, v2
        (Save-PizzaImage app:v2 $folder).ReceivedInBytes | Should -Be 0
        (Push-PizzaImage $folder back -LayoutTag v2).ImageDigest | Should -Be $two.ImageDigest
    }

    It 'replaces a file with -Force only, and says what is there' {
        $tar = Join-Path $TestDrive twice.tar
        $null = Save-PizzaImage app:v1 $tar
        { Save-PizzaImage app:v2 $tar -ErrorAction Stop } | Should -Throw '*already exists*-Force*' -ErrorId 'LayoutExists,*'
        (Save-PizzaImage app:v2 $tar -Force).ImageDigest | Should -Be $two.ImageDigest
        New-Item (Join-Path $TestDrive other) -ItemType Directory | ForEach-Object { Set-Content (Join-Path $_ note.txt) x }
        { Save-PizzaImage app:v1 (Join-Path $TestDrive other) -ErrorAction Stop } | Should -Throw '*other things*' -ErrorId 'LayoutExists,*'
    }

    It 'writes nothing with -WhatIf, and leaves nothing of a save that failed' {
        $tar = Join-Path $TestDrive none.tar
        Save-PizzaImage app:v1 $tar -WhatIf
        { Save-PizzaImage app:nope $tar -ErrorAction Stop } | Should -Throw '*nope*' -ErrorId 'ImageNotFound,*'
        Set-PizzaSandboxFault DownloadLayer -Error AccessDeniedException
        try { { Save-PizzaImage app:v1 $tar -ErrorAction Stop } | Should -Throw }
        finally { Remove-PizzaSandboxFault }
        Get-ChildItem $TestDrive -Filter none* | Should -BeNullOrEmpty
    }

    It 'takes an image to another registry and back, and saves it from there' -Skip:$noRegistry {
        $port = & { $listener = [Net.Sockets.TcpListener]::new([Net.IPAddress]::Loopback, 0); $listener.Start(); $listener.LocalEndpoint.Port; $listener.Stop() }
        $data = (New-Item (Join-Path $TestDrive registry) -ItemType Directory).FullName
        Set-Content (Join-Path $data config.yml) "version: 0.1`nstorage:`n  filesystem:`n    rootdirectory: $data/data`nhttp:`n  addr: 127.0.0.1:$port"
        $server = Start-Process docker-registry -ArgumentList serve, (Join-Path $data config.yml) -PassThru -RedirectStandardError (Join-Path $data err) -RedirectStandardOutput (Join-Path $data out)
        try {
            foreach ($try in 1..200) { try { $null = Invoke-WebRequest "http://127.0.0.1:$port/v2/"; break } catch { Start-Sleep -Milliseconds 50 } }
            $out = Copy-PizzaImage app:v2 -Destination "127.0.0.1:$port/owner/app:2"
            $out.ImageUri | Should -Be "127.0.0.1:$port/owner/app:2"
            $out.ImageDigest | Should -Be $two.ImageDigest
            $out.Status | Should -Be Created
            $in = Copy-PizzaImage "127.0.0.1:$port/owner/app:2" -Destination back
            $in.ImageUri | Should -Be "$($box.RegistryHost)/back:2"
            $in.ImageDigest | Should -Be $two.ImageDigest
            (Copy-PizzaImage "127.0.0.1:$port/owner/app:2" -Destination back).Status | Should -Be Unchanged
            (Save-PizzaImage "127.0.0.1:$port/owner/app:2" (Join-Path $TestDrive outside.tar)).ImageDigest | Should -Be $two.ImageDigest
            { Copy-PizzaImage "127.0.0.1:$port/owner/nope:1" -Destination back -ErrorAction Stop } | Should -Throw '*nope*' -ErrorId 'ImageNotFound,*'
        }
        finally { $server.Kill() }
    }

    It 'takes an image to ECR Public and back' {
        $public = New-PizzaRepository gallery -Public
        $out = Copy-PizzaImage app:v1 -Destination $public.RepositoryUri
        $out.ImageUri | Should -Be "$($public.RepositoryUri):v1"
        (Copy-PizzaImage "$($public.RepositoryUri):v1" -Destination back:from-public).ImageDigest | Should -Be $one.ImageDigest
        ($public | Get-PizzaImage | Copy-PizzaImage -Destination back -Tag piped).ImageDigest | Should -Be $one.ImageDigest
    }
}
