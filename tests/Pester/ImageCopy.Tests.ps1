#Requires -Version 7.4
BeforeAll {
    Import-Module (Resolve-Path (Join-Path $PSScriptRoot '../../out/JwtPizza.Ecr/JwtPizza.Ecr.psd1')).Path -Force
    $script:layout = (Resolve-Path (Join-Path $PSScriptRoot '../../examples/oci-layout')).Path
    $script:box = Start-PizzaSandbox
    $null = New-PizzaRepository app, prod/app
    $script:one = Push-PizzaImage $layout app -LayoutTag v1 -Tag v1
    $script:two = Push-PizzaImage $layout app -LayoutTag v2 -Tag v2, latest
}

AfterAll { Stop-PizzaSandbox }

Describe 'Copy-PizzaImage' {
    It 'stays in the repository, or under its name in another region, when no destination is named' {
        (Copy-PizzaImage app:v1 -Tag stays).ImageUri | Should -Be "$($box.RegistryHost)/app:stays"
        (Get-PizzaImage app -Tag stays | Copy-PizzaImage -Tag also).ImageDigest | Should -Be $one.ImageDigest
        $null = New-PizzaRepository app -Region ap-south-1
        (Copy-PizzaImage app:v1 -DestinationRegion ap-south-1).Region | Should -Be ap-south-1
        (Get-PizzaImage app -Region ap-south-1).ImageTags | Should -Be v1
        Remove-PizzaImage app -Tag stays, also -Force
        { Copy-PizzaImage app:v1 -ErrorAction Stop } | Should -Throw '*-Destination*-DestinationTag*-DestinationRegion*' -ErrorId 'NoCopyDestination,*'
    }

    It 'gives an image of the pipeline another tag' {
        $copied = Get-PizzaImage app -Tag v1 | Copy-PizzaImage -Destination app -Tag prod
        $copied | Should -BeOfType [JwtPizza.Ecr.CopiedImage]
        $copied.Status | Should -Be Changed
        $copied.ImageDigest | Should -Be $one.ImageDigest
        $copied.ImageUri | Should -Be "$($box.RegistryHost)/app:prod"
        (Get-PizzaImage app -Tag prod).ImageTags | Sort-Object | Should -Be @('prod', 'v1')
    }

    It 'changes nothing the second time' {
        $all = Copy-PizzaImage app:v1 app:prod -Verbose 4>&1
        ($all | Where-Object { $_ -is [JwtPizza.Ecr.CopiedImage] }).Status | Should -Be Unchanged
        "$all" | Should -BeLike '*nothing changed*'
    }

    It 'promotes to another repository under the same tag' {
        $copied = Copy-PizzaImage app:v1 prod/app
        $copied.Status | Should -Be Created
        $copied.ImageTags | Should -Be v1
        $copied.SentInBytes | Should -BeGreaterThan 0
        (Get-PizzaImage prod/app -Tag v1).ImageDigest | Should -Be $one.ImageDigest
        (Get-PizzaImage prod/app -Tag v1).Platform | Should -Be linux/arm64
    }

    It 'copies to another region, and takes the tags of an image in the pipeline along' {
        $null = New-PizzaRepository app -Region eu-west-1
        $copied = Get-PizzaImage app -Tag latest | Copy-PizzaImage -Destination app -DestinationRegion eu-west-1
        $copied.Region | Should -Be eu-west-1
        $copied.ImageTags | Sort-Object | Should -Be @('latest', 'v2')
        (Get-PizzaImage app -Region eu-west-1).ImageDigest | Should -Be $two.ImageDigest
    }

    It 'copies back from there' {
        $copied = Get-PizzaImage app -Region eu-west-1 | Copy-PizzaImage -Destination prod/app -DestinationRegion us-east-1 -Tag back
        $copied.Region | Should -Be us-east-1
        (Get-PizzaImage prod/app -Tag back).ImageDigest | Should -Be $two.ImageDigest
    }

    It 'is followed by the next cmdlet of a chain' {
        $chain = Copy-PizzaImage app:v2 prod/app:chain | Copy-PizzaImage -Destination app -Tag from-prod
        $chain.ImageDigest | Should -Be $two.ImageDigest
        (Copy-PizzaImage app:v2 prod/app:chain | Get-PizzaImage -Tag chain).ImageDigest | Should -Be $two.ImageDigest
    }

    It 'takes what a push gave' {
        $copied = Push-PizzaImage $layout app -LayoutTag v1 -Tag fresh | Copy-PizzaImage -Destination prod/app
        $copied.ImageTags | Should -Be fresh
    }

    It 'takes an image by digest, and a name alone as its tag latest' {
        (Copy-PizzaImage "app@$($one.ImageDigest)" app:by-digest).ImageDigest | Should -Be $one.ImageDigest
        (Copy-PizzaImage app prod/app).ImageDigest | Should -Be $two.ImageDigest
        (Get-PizzaImage prod/app -Tag latest).ImageDigest | Should -Be $two.ImageDigest
        (Copy-PizzaImage "$($box.RegistryHost)/app:v1" "$($box.RegistryHost)/prod/app:uri").ImageDigest | Should -Be $one.ImageDigest
    }

    It 'moves nothing with -WhatIf, and tells what it would do' {
        $what = pwsh -NoProfile -Command "Import-Module '$((Get-Module JwtPizza.Ecr).Path -replace 'psm1$', 'psd1')'; Copy-PizzaImage app:v1 prod/app:whatif -WhatIf -EndpointUrl '$($box.EndpointUrl)' -AccessKey '$($box.AccessKey)' -SecretKey '$($box.SecretKey)'"
        "$what" | Should -Match ([regex]::Escape($one.ImageDigest))
        Get-PizzaImage prod/app -Tag whatif* | Should -BeNullOrEmpty
    }

    It 'refuses an immutable tag that is another image''s, before anything is sent' {
        $null = New-PizzaRepository frozen -ImageTagMutability IMMUTABLE
        (Copy-PizzaImage app:v1 frozen).Status | Should -Be Created
        (Copy-PizzaImage app:v1 frozen).Status | Should -Be Unchanged
        { Copy-PizzaImage app:v2 frozen -Tag new, v1 -ErrorAction Stop } | Should -Throw "*'v1'*immutable*" -ErrorId 'ImageTagAlreadyExistsException,*'
        (Get-PizzaImage frozen).ImageTags | Should -Be v1
    }

    It 'goes on after an image that is missing' {
        $copied = 'app:nope', 'nope:v1', 'app:v1' | Copy-PizzaImage -Destination prod/app -ErrorAction SilentlyContinue -ErrorVariable failed
        $copied.ImageDigest | Should -Be $one.ImageDigest
        $failed.FullyQualifiedErrorId -replace ',.*' | Should -Be @('ImageNotFound', 'RepositoryNotFoundException')
        "$($failed[0])" | Should -BeLike "*'nope'*'app'*Get-PizzaImage app*"
    }

    It 'refuses <what>' -ForEach @(
        @{ what = 'a destination that is missing'; arguments = 'app:v1', 'missing'; id = 'RepositoryNotFoundException'; says = '*missing*New-PizzaRepository*' }
        @{ what = 'a destination at another registry'; arguments = 'app:v1', '127.0.0.1:1/app'; id = 'RegistryUnreachable'; says = '*127.0.0.1:1*' }
        @{ what = 'a source at another registry'; arguments = 'docker.io/library/busybox:1', 'app'; id = 'R*'; says = '*busybox*' }
        @{ what = 'a destination with a digest'; arguments = 'app:v1', "app@sha256:$('a' * 64)"; id = 'InvalidImageReference'; says = '*digest*' }
        @{ what = 'an illegal tag'; arguments = 'app:v1', 'app:a b'; id = 'InvalidImageTag'; says = "*holds ' '*" }
        @{ what = 'a region that is none'; arguments = 'app:v1', 'app', 'there'; id = 'InvalidRegion'; says = "*'there'*" }
    ) {
        { Copy-PizzaImage $arguments[0] $arguments[1] -DestinationRegion $arguments[2] -ErrorAction Stop } | Should -Throw $says -ErrorId "$id,*"
    }

    It 'names the permission that is missing: <operation>' -ForEach @(
        @{ operation = 'BatchGetImage'; from = 'app:v1'; to = 'prod/app:denied' }
        @{ operation = 'PutImage'; from = 'app:v1'; to = 'prod/app:denied' }
        @{ operation = 'GetDownloadUrlForLayer'; from = 'app:v1'; to = 'denied:v1' }
    ) {
        $null = New-PizzaRepository denied -Force
        Set-PizzaSandboxFault $operation -Error AccessDeniedException
        try { { Copy-PizzaImage $from $to -ErrorAction Stop } | Should -Throw "*ecr:$operation*" -ErrorId 'AccessDeniedException,*' }
        finally { Remove-PizzaSandboxFault }
    }

    It 'ends in the middle of a copy when it is stopped' {
        $null = New-PizzaRepository slow
        Set-PizzaSandboxFault DownloadLayer -Latency 600000
        $shell = [powershell]::Create()
        try {
            $null = $shell.AddScript("Import-Module '$((Get-Module JwtPizza.Ecr).Path -replace 'psm1$', 'psd1')'; Copy-PizzaImage app:v1 slow -EndpointUrl '$($box.EndpointUrl)' -AccessKey '$($box.AccessKey)' -SecretKey '$($box.SecretKey)'")
            $begun = [DateTimeOffset]::UtcNow
            $running = $shell.BeginInvoke()
            $limit = [DateTime]::UtcNow.AddSeconds(120)
            while (-not (Get-PizzaSandboxCall GetDownloadUrlForLayer | Where-Object { $_.Parameters.repositoryName -eq 'app' -and $_.Time -gt $begun }) -and [DateTime]::UtcNow -lt $limit) { Start-Sleep -Milliseconds 50 }
            $shell.Stop()
            $shell.InvocationStateInfo.State | Should -Be 'Stopped'
        }
        finally { $shell.Dispose(); Remove-PizzaSandboxFault }
        Get-PizzaImage slow | Should -BeNullOrEmpty
    }
}
