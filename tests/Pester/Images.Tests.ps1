#Requires -Version 7.4
BeforeDiscovery {
    $noDocker = -not (Get-Command docker -CommandType Application -ErrorAction Ignore) -or -not (docker version --format '{{.Server.Version}}' 2>$null)
}

BeforeAll {
    $script:manifest = (Resolve-Path (Join-Path $PSScriptRoot '../../out/JwtPizza.Ecr/JwtPizza.Ecr.psd1')).Path
    Import-Module $manifest -Force
    $script:layout = (Resolve-Path (Join-Path $PSScriptRoot '../../examples/oci-layout')).Path
    $script:box = Start-PizzaSandbox
}

AfterAll { Stop-PizzaSandbox }

Describe 'Push-PizzaImage from an OCI layout' {
    BeforeAll { $null = New-PizzaRepository service }

    It 'pushes to the repository in the pipeline, without docker' {
        $saved = $env:PATH
        $env:PATH = ''
        try { $image = Get-PizzaRepository service | Push-PizzaImage $layout -LayoutTag v1 -Tag latest }
        finally { $env:PATH = $saved }
        $image | Should -BeOfType [JwtPizza.Ecr.PublishedImage]
        $image.ImageUri | Should -Be "$($box.RegistryHost)/service:latest"
        $image.Platform | Should -Be 'linux/arm64'
        $image.Status | Should -Be 'Created'
        $image.IsVerified | Should -BeTrue
        $there = Get-PizzaImage service -Tag latest
        $there.ImageDigest | Should -Be $image.ImageDigest
        $there.ImageSizeInBytes | Should -Be $image.ImageSizeInBytes
    }

    It 'leaves the image of before untagged' {
        $old = Push-PizzaImage $layout service -LayoutTag v1 -Tag moving
        $null = Push-PizzaImage $layout service -LayoutTag v2 -Tag moving
        (Get-PizzaImage service | Where-Object ImageTags -Contains latest).ImageDigest | Should -Be $old.ImageDigest
        $null = Push-PizzaImage $layout service -LayoutTag v2 -Tag latest
        (Get-PizzaImage service -Untagged).ImageDigest | Should -Be $old.ImageDigest
    }

    It 'takes the tag of a URI, and that of the layout' {
        (Push-PizzaImage $layout "$($box.RegistryHost)/service:from-uri" -LayoutTag v1).ImageTags | Should -Be 'from-uri'
        (Push-PizzaImage $layout service -LayoutTag v2).ImageTags | Should -Be 'v2'
    }

    It 'says that everything is there already' {
        $all = Push-PizzaImage $layout service -LayoutTag v2 -Tag v2 -Verbose 4>&1
        ($all | Where-Object { $_ -is [JwtPizza.Ecr.PublishedImage] }).Status | Should -Be 'Unchanged'
        "$($all | Where-Object { $_ -is [Management.Automation.VerboseRecord] })" | Should -BeLike '*nothing was pushed*'
    }

    It 'pushes to several repositories, and goes on after one that is missing' {
        $null = New-PizzaRepository other
        $images = 'other', 'missing', 'service' | Push-PizzaImage $layout -LayoutTag v1 -Tag several -ErrorAction SilentlyContinue -ErrorVariable failed
        $images.RepositoryName | Should -Be @('other', 'service')
        $failed | Should -HaveCount 1
        $failed[0].FullyQualifiedErrorId | Should -BeLike 'RepositoryNotFoundException,*'
        "$($failed[0])" | Should -BeLike "*'missing'*New-PizzaRepository*"
    }

    It 'does nothing with -WhatIf' {
        Push-PizzaImage $layout service -LayoutTag v1 -Tag whatif -WhatIf | Should -BeNullOrEmpty
        Get-PizzaImage service -Tag what* | Should -BeNullOrEmpty
    }

    It 'refuses to move an immutable tag, and takes the same image as success' {
        $null = New-PizzaRepository frozen -ImageTagMutability IMMUTABLE
        (Push-PizzaImage $layout frozen -LayoutTag v1 -Tag one).Status | Should -Be 'Created'
        (Push-PizzaImage $layout frozen -LayoutTag v1 -Tag one).Status | Should -Be 'Unchanged'
        { Push-PizzaImage $layout frozen -LayoutTag v2 -Tag two, one -ErrorAction Stop } | Should -Throw "*'one'*immutable*" -ErrorId 'ImageTagAlreadyExistsException,*'
        (Get-PizzaImage frozen).ImageTags | Should -Be 'one'
    }

    It 'refuses <what>' -ForEach @(
        @{ what = 'a path that leads nowhere'; arguments = @{ Path = 'nowhere' }; id = 'LayoutNotFound'; says = '*nowhere*OCI layout*' }
        @{ what = 'a folder that is no layout'; arguments = @{ Path = $PSScriptRoot }; id = 'InvalidLayout'; says = "*no file 'oci-layout'*" }
        @{ what = 'a file that is no tar'; arguments = @{ Path = (Join-Path $PSScriptRoot 'run.ps1') }; id = 'InvalidLayout'; says = '*not a tar*' }
        @{ what = 'a layout of several images'; arguments = @{}; id = 'LayoutTagMissing'; says = '*v1 (linux/arm64), v2 (linux/arm64)*-LayoutTag*' }
        @{ what = 'a layout tag that is not there'; arguments = @{ LayoutTag = 'v3' }; id = 'LayoutTagNotFound'; says = '*v3*v1*v2*' }
        @{ what = 'an illegal tag'; arguments = @{ LayoutTag = 'v1'; Tag = 'a b' }; id = 'InvalidImageTag'; says = "*holds ' '*" }
        @{ what = 'a repository at another registry'; arguments = @{ LayoutTag = 'v1'; RepositoryName = '127.0.0.1:1/service' }; id = 'RegistryMismatch'; says = '*127.0.0.1:1*' }
    ) {
        $all = @{ Path = $layout; RepositoryName = 'service' }
        foreach ($key in $arguments.Keys) { $all[$key] = $arguments[$key] }
        { Push-PizzaImage @all -ErrorAction Stop } | Should -Throw $says -ErrorId "$id,*"
    }

    It 'ends in the middle of a layer when it is stopped, and leaves no image' {
        $folder = Join-Path $TestDrive large
        Copy-Item $layout $folder -Recurse
        $hex = 'ab' * 32
        $file = [IO.File]::Create("$folder/blobs/sha256/$hex"); $file.SetLength(64GB); $file.Dispose()   # sparse: takes no room
        $config = (Get-Content "$folder/index.json" -Raw | ConvertFrom-Json).manifests[0]
        $image = Get-Content "$folder/blobs/sha256/$($config.digest -replace 'sha256:')" -Raw | ConvertFrom-Json
        $image.layers = @(@{ mediaType = 'application/vnd.oci.image.layer.v1.tar'; digest = "sha256:$hex"; size = 64GB })
        $text = $image | ConvertTo-Json -Depth 9 -Compress
        $digest = [Convert]::ToHexString([Security.Cryptography.SHA256]::HashData([Text.Encoding]::UTF8.GetBytes($text))).ToLowerInvariant()
        [IO.File]::WriteAllText("$folder/blobs/sha256/$digest", $text)
        [IO.File]::WriteAllText("$folder/index.json", (@{ schemaVersion = 2; manifests = @(@{ mediaType = $image.mediaType; digest = "sha256:$digest"; size = $text.Length }) } | ConvertTo-Json -Depth 5))
        $shell = [powershell]::Create()
        try {
            $null = $shell.AddScript('param($m, $f) Import-Module $m; Push-PizzaImage $f service -Tag stopped').AddArgument($manifest).AddArgument($folder)
            $running = $shell.BeginInvoke()
            $limit = [Diagnostics.Stopwatch]::StartNew()
            while ($limit.Elapsed.TotalSeconds -lt 120 -and -not ($shell.Streams.Progress.StatusDescription -like '* MB')) { Start-Sleep -Milliseconds 10 }
            $running.IsCompleted | Should -BeFalse
            $shell.Stop()
            $shell.InvocationStateInfo.State | Should -Be 'Stopped'
        }
        finally { $shell.Dispose() }
        Get-PizzaImage service -Tag stop* | Should -BeNullOrEmpty
    }
}

Describe "Push-PizzaImage of docker's own image" -Skip:$noDocker -Tag 'needs a docker engine' {
    BeforeAll {
        $null = New-PizzaRepository local
        $script:name = "pizza-test-$([guid]::NewGuid())"
        $folder = New-Item (Join-Path $TestDrive build) -ItemType Directory
        Set-Content "$folder/Dockerfile" "FROM scratch`nCOPY menu.txt /`n" -NoNewline
        Set-Content "$folder/menu.txt" $name
        docker buildx build --quiet --load --provenance=false --platform linux/arm64 --tag "${name}:v7" $folder | Out-Null
    }

    AfterAll { docker image ls --format '{{.Repository}}:{{.Tag}}' | Where-Object { $_ -like "$($box.RegistryHost)/*" -or $_ -like "$name*" } | ForEach-Object { $null = docker image rm $_ } }

    It 'tags, pushes and verifies' {
        $image = Get-PizzaRepository local | Push-PizzaImage -Image "${name}:v7"
        $image.ImageUri | Should -Be "$($box.RegistryHost)/local:v7"
        $image.Platform | Should -Be 'linux/arm64'
        $image.IsVerified | Should -BeTrue
        (Get-PizzaImage local -Tag v7).ImageDigest | Should -Be $image.ImageDigest
        (Push-PizzaImage -Image "${name}:v7" local).Status | Should -Be 'Unchanged'
        (Push-PizzaImage -Image "${name}:v7" local -Tag a, v7, b).ImageTags | Should -Be @('a', 'v7', 'b')
        (Get-PizzaImage local).ImageTags | Sort-Object | Should -Be @('a', 'b', 'v7')
    }

    It 'refuses an image that docker does not have' {
        { Push-PizzaImage -Image nosuch:image local -ErrorAction Stop } | Should -Throw "*'nosuch:image'*docker image ls*" -ErrorId 'LocalImageNotFound,*'
        { Push-PizzaImage -Image '--help' local -Tag x -ErrorAction Stop } | Should -Throw -ErrorId 'LocalImageNotFound,*'
    }
}

Describe 'Get-PizzaImage' {
    BeforeAll {
        $null = New-PizzaRepository list/a, list/b
        $null = 'list/a', 'list/b' | Push-PizzaImage $layout -LayoutTag v1 -Tag v1, latest
        $null = Push-PizzaImage $layout list/a -LayoutTag v2 -Tag latest, v2
    }

    It 'lists by name, by pattern, from the pipeline, and all' {
        (Get-PizzaImage list/a).ImageTags | Sort-Object | Should -Be @('latest', 'v1', 'v2')
        (Get-PizzaImage list/*).RepositoryName | Sort-Object -Unique | Should -Be @('list/a', 'list/b')
        (Get-PizzaRepository list/b | Get-PizzaImage).RepositoryName | Should -Be 'list/b'
        (Get-PizzaImage).RepositoryName | Should -Contain 'list/a'
    }

    It 'has the names that AWS.Tools gives an image, and binds them on' {
        $image = Get-PizzaImage list/b
        $image | Should -BeOfType [JwtPizza.Ecr.EcrImage]
        foreach ($name in 'RepositoryName', 'RegistryId', 'ImageDigest', 'ImageTags', 'ImageSizeInBytes', 'ImagePushedAt', 'ImageManifestMediaType', 'ArtifactMediaType', 'ImageStatus') {
            $image.$name | Should -Not -BeNullOrEmpty -Because $name
        }
        $image.IsUntagged | Should -BeFalse
        $image.Platform | Should -Be 'linux/arm64'
        ($image | Get-PizzaImage).ImageDigest | Should -Be $image.ImageDigest
    }

    It 'lists by tag and by pattern, and names a tag that is not there' {
        (Get-PizzaImage list/a -Tag v1).ImageTags | Should -Be 'v1'
        @(Get-PizzaImage list/a -Tag v?).Count | Should -Be 2
        Get-PizzaImage list/a -Tag x* | Should -BeNullOrEmpty
        { Get-PizzaImage list/a -Tag v9 -ErrorAction Stop } | Should -Throw "*list/a*'v9'*" -ErrorId 'ImageNotFoundException,*'
    }

    It 'leaves platforms out when told to' {
        (Get-PizzaImage list/b -IncludePlatform:$false).Platform | Should -BeNullOrEmpty
    }

    It 'names a repository that is not there, and goes on' {
        $images = 'list/none', 'list/b' | Get-PizzaImage -ErrorAction SilentlyContinue -ErrorVariable failed
        $images.RepositoryName | Should -Be 'list/b'
        $failed[0].FullyQualifiedErrorId | Should -BeLike 'RepositoryNotFoundException,*'
    }

    It 'ends with Select-Object -First, with no error' {
        $before = $Error.Count
        Get-PizzaImage | Select-Object -First 1 | Should -HaveCount 1
        $Error.Count | Should -Be $before
    }
}
