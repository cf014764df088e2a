#Requires -Version 7.4
BeforeAll {
    Import-Module (Resolve-Path (Join-Path $PSScriptRoot '../../out/JwtPizza.Ecr/JwtPizza.Ecr.psd1')).Path -Force
    $script:layout = (Resolve-Path (Join-Path $PSScriptRoot '../../examples/oci-layout')).Path
    $script:box = Start-PizzaSandbox

    # A layout with an index of the two images of the example.
    function New-IndexLayout([string] $Folder) {
        Copy-Item $layout $Folder -Recurse
        $children = (Get-Content "$Folder/index.json" -Raw | ConvertFrom-Json).manifests | ForEach-Object { [ordered] @{ mediaType = $_.mediaType; digest = $_.digest; size = $_.size; platform = @{ os = 'linux'; architecture = 'arm64' } } }
        $index = [ordered] @{ schemaVersion = 2; mediaType = 'application/vnd.oci.image.index.v1+json'; manifests = @($children) } | ConvertTo-Json -Depth 9 -Compress
        [IO.File]::WriteAllText("$Folder/new", $index)
        $hex = (Get-FileHash "$Folder/new").Hash.ToLowerInvariant()
        Move-Item "$Folder/new" "$Folder/blobs/sha256/$hex"
        $entry = @{ mediaType = 'application/vnd.oci.image.index.v1+json'; digest = "sha256:$hex"; size = $index.Length; annotations = @{ 'org.opencontainers.image.ref.name' = 'multi' } }
        [IO.File]::WriteAllText("$Folder/index.json", (@{ schemaVersion = 2; manifests = @($entry) } | ConvertTo-Json -Depth 9))
        $Folder
    }
    $script:multi = New-IndexLayout (Join-Path $TestDrive multi)
}

AfterAll { Stop-PizzaSandbox }

Describe 'Remove-PizzaImage' {
    BeforeEach {
        $null = New-PizzaRepository app -Force
        Get-PizzaImage app -IncludeChildren | Remove-PizzaImage -Force
        $script:one = Push-PizzaImage $layout app -LayoutTag v1 -Tag v1, latest
        $script:two = Push-PizzaImage $layout app -LayoutTag v2 -Tag v2
    }

    It 'deletes images of the pipeline with all their tags, in one call' {
        $before = @(Get-PizzaSandboxCall BatchDeleteImage).Count
        $removed = Get-PizzaImage app | Remove-PizzaImage -Force
        $removed | Should -BeOfType [JwtPizza.Ecr.RemovedImage]
        $removed.Status | Should -Be @('Removed', 'Removed')
        $removed.IsImageDeleted | Should -Be @($true, $true)
        ($removed.ImageTags | Sort-Object) | Should -Be @('latest', 'v1', 'v2')
        $removed[0].RepositoryName | Should -Be app
        $removed[0].Region | Should -Be us-east-1
        $removed[0].RegistryId | Should -Be $box.RegistryId
        @(Get-PizzaSandboxCall BatchDeleteImage).Count - $before | Should -Be 1
        Get-PizzaImage app | Should -BeNullOrEmpty
    }

    It 'removes only the tag of an image that has others, and says so' {
        $removed = Remove-PizzaImage app -Tag v1 -Force
        $removed.IsImageDeleted | Should -BeFalse
        $removed.ImageSizeInBytes | Should -Be 0
        (Get-PizzaImage app -Tag latest).ImageDigest | Should -Be $one.ImageDigest
        (Remove-PizzaImage app:latest -Force).IsImageDeleted | Should -BeTrue
        (Get-PizzaImage app).ImageDigest | Should -Be $two.ImageDigest
    }

    It 'tells with -WhatIf what would go, and does nothing' {
        $what = pwsh -NoProfile -Command "Import-Module '$((Get-Module JwtPizza.Ecr).Path -replace 'psm1$', 'psd1')'; Remove-PizzaImage app -Tag v1 -WhatIf -EndpointUrl '$($box.EndpointUrl)' -AccessKey '$($box.AccessKey)' -SecretKey '$($box.SecretKey)'; Remove-PizzaImage app -Digest $($one.ImageDigest) -Force -WhatIf -EndpointUrl '$($box.EndpointUrl)' -AccessKey '$($box.AccessKey)' -SecretKey '$($box.SecretKey)'"
        "$what" | Should -Match "Remove the tag 'v1' only: its image stays under latest"
        "$what" | Should -Match ([regex]::Escape("Delete the image $($one.ImageDigest)"))
        (Get-PizzaImage app).Count | Should -Be 2
    }

    It 'asks, and fails where nobody can be asked' {
        $config = (Get-Module JwtPizza.Ecr).Path -replace 'psm1$', 'psd1'
        $out = pwsh -NoProfile -NonInteractive -Command "Import-Module '$config'; Remove-PizzaImage app -Tag v2 -EndpointUrl '$($box.EndpointUrl)' -AccessKey '$($box.AccessKey)' -SecretKey '$($box.SecretKey)'" 2>&1
        "$out" | Should -Match 'NonInteractive'
        (Get-PizzaImage app -Tag v2).ImageDigest | Should -Be $two.ImageDigest
    }

    It 'takes an index and its children in any order' {
        $null = New-PizzaRepository multi -Force
        $null = Push-PizzaImage $multi multi
        $all = Get-PizzaImage multi -IncludeChildren
        $all | Should -HaveCount 3
        $removed = $all | Sort-Object { $null -eq $_.ParentDigest } | Remove-PizzaImage -Force
        $removed | Should -HaveCount 3
        Get-PizzaImage multi -IncludeChildren | Should -BeNullOrEmpty
    }

    It 'reports each image that stays as an error of its own, and goes on' {
        $null = New-PizzaRepository multi -Force
        $null = Push-PizzaImage $multi multi
        $child = Get-PizzaImage multi -IncludeChildren | Where-Object ParentDigest | Select-Object -First 1
        $missing = 'sha256:' + 'a' * 64
        $removed = $child, [pscustomobject] @{ RepositoryName = 'app'; ImageDigest = $missing }, [pscustomobject] @{ RepositoryName = 'nope'; Tag = 'x' }, (Get-PizzaImage app -Tag v2) |
            Remove-PizzaImage -Force -ErrorAction SilentlyContinue -ErrorVariable failed
        $removed.ImageDigest | Should -Be $two.ImageDigest
        $failed.FullyQualifiedErrorId -replace ',.*' | Sort-Object | Should -Be @('ImageNotFound', 'ImageReferencedByManifestList', 'RepositoryNotFoundException')
        "$($failed | Where-Object FullyQualifiedErrorId -Like 'ImageReferenced*')" | Should -BeLike '*Remove the index first*'
        ($failed | Where-Object FullyQualifiedErrorId -Like 'ImageNotFound*').TargetObject | Should -Be "app@$missing"
        ($failed | Where-Object FullyQualifiedErrorId -Like 'ImageNotFound*').CategoryInfo.Category | Should -Be ObjectNotFound
        Remove-PizzaImage multi:multi -Force
        Get-PizzaImage multi | Remove-PizzaImage -Force
    }

    It 'takes what AWS.Tools gives: <name>' -ForEach @(
        @{ name = 'Amazon.ECR.Model.ImageIdentifier'; members = 'public string ImageDigest { get; set; } public string ImageTag { get; set; }'; tag = $true; left = 'latest' }
        @{ name = 'Amazon.ECR.Model.ImageDetail'; members = 'public string ImageDigest { get; set; } public System.Collections.Generic.List<string> ImageTags { get; set; } public string RepositoryName { get; set; } public string RegistryId { get; set; }'; tag = $false; left = $null }
    ) {
        if (-not ($name -as [type])) { Add-Type "namespace Amazon.ECR.Model { public class $($name.Split('.')[-1]) { $members } }" }
        $image = New-Object $name
        $image.ImageDigest = $one.ImageDigest
        if ($tag) { $image.ImageTag = 'v1' } else { $image.RepositoryName = 'app'; $image.RegistryId = $box.RegistryId; $image.ImageTags = [string[]] ('v1', 'latest') }
        $null = $tag ? ($image | Remove-PizzaImage -RepositoryName app -Force) : ($image | Remove-PizzaImage -Force)
        (Get-PizzaImage app | Where-Object ImageDigest -EQ $one.ImageDigest).ImageTags | Should -Be $left
    }

    It 'sends a hundred a call' {
        $null = New-PizzaRepository many
        foreach ($n in 1..130) { $null = Push-PizzaImage $layout many -LayoutTag v1 -Tag "t$n" }
        $before = @(Get-PizzaSandboxCall BatchDeleteImage).Count
        $removed = (1..130 | ForEach-Object { "many:t$_" }) | Remove-PizzaImage -Force
        $removed | Should -HaveCount 130
        @($removed | Where-Object IsImageDeleted) | Should -HaveCount 1
        @(Get-PizzaSandboxCall BatchDeleteImage).Count - $before | Should -Be 2
    }

    It 'keeps images of several regions apart' {
        $null = New-PizzaRepository app -Region eu-west-1 -Force
        $null = Push-PizzaImage $layout app -LayoutTag v1 -Tag v1 -Region eu-west-1
        $images = @(Get-PizzaImage app -Region eu-west-1) + @(Get-PizzaImage app) + @(Get-PizzaImage app -Region eu-west-1)
        $removed = $images | Remove-PizzaImage -Force
        ($removed.Region | Sort-Object) | Should -Be @('eu-west-1', 'us-east-1', 'us-east-1')
    }

    It 'refuses <what>' -ForEach @(
        @{ what = 'a repository without an image'; arguments = @{ RepositoryName = 'app' }; id = 'ImageNotNamed'; says = '*-ImageTag, -ImageDigest*' }
        @{ what = 'a tag with wildcards'; arguments = @{ RepositoryName = 'app'; Tag = 'dev-*' }; id = 'InvalidImageTag'; says = "*'dev-*'*holds '*" }
        @{ what = 'half a digest'; arguments = @{ RepositoryName = 'app'; Digest = 'sha256:abc' }; id = 'InvalidDigest'; says = '*sha256:abc*64*' }
        @{ what = 'a name that ECR would not take'; arguments = @{ RepositoryName = 'App'; Tag = 'x' }; id = 'InvalidRepositoryName'; says = '*App*' }
        @{ what = 'a tag that is not there'; arguments = @{ RepositoryName = 'app'; Tag = 'nope' }; id = 'ImageNotFound'; says = "*'nope'*'app'*Get-PizzaImage app*" }
        @{ what = 'a tag that has moved'; arguments = @{ RepositoryName = 'app'; Tag = 'v1'; Digest = 'sha256:' + 'b' * 64 }; id = 'ImageTagDoesNotMatchDigest'; says = '*moved*' }
    ) {
        { Remove-PizzaImage @arguments -Force -ErrorAction Stop } | Should -Throw $says -ErrorId "$id,*"
        (Get-PizzaImage app).Count | Should -Be 2
    }

    It 'names the permission that is missing' {
        Set-PizzaSandboxFault BatchDeleteImage -Error AccessDeniedException
        try { { Remove-PizzaImage app -Tag v2 -Force -ErrorAction Stop } | Should -Throw '*ecr:BatchDeleteImage*' -ErrorId 'AccessDeniedException,*' }
        finally { Remove-PizzaSandboxFault }
    }

    It 'works without the right to describe images, and then says what it knows' {
        Set-PizzaSandboxFault DescribeImages -Error AccessDeniedException
        try { $removed = Remove-PizzaImage app -Tag v2 -Force }
        finally { Remove-PizzaSandboxFault }
        $removed.Status, $removed.IsImageDeleted | Should -Be @('Removed', $null)
    }

    It 'tells of a network that is lost in the middle, once a batch' {
        Set-PizzaSandboxFault BatchDeleteImage -DropConnection
        try {
            $removed = Get-PizzaImage app | Remove-PizzaImage -Force -ErrorAction SilentlyContinue -ErrorVariable failed
            $removed | Should -BeNullOrEmpty
            $failed | Should -HaveCount 1
            $failed[0].FullyQualifiedErrorId | Should -BeLike 'ServiceUnreachable,*'
        }
        finally { Remove-PizzaSandboxFault }
    }
}

Describe 'Clear-PizzaImage' {
    BeforeAll {
        $null = New-PizzaRepository clear
        $script:old = Push-PizzaImage $layout clear -LayoutTag v1 -Tag latest
        $null = Push-PizzaImage $layout clear -LayoutTag v2 -Tag latest
        $null = New-PizzaRepository clear/multi
        $null = Push-PizzaImage $multi clear/multi
    }

    It 'shows what would go and how much that frees, and does nothing, with -WhatIf' {
        $what = pwsh -NoProfile -Command "Import-Module '$((Get-Module JwtPizza.Ecr).Path -replace 'psm1$', 'psd1')'; Clear-PizzaImage clear* -WhatIf -EndpointUrl '$($box.EndpointUrl)' -AccessKey '$($box.AccessKey)' -SecretKey '$($box.SecretKey)'"
        "$what" | Should -Match 'clear in us-east-1: delete 1 untagged image, which frees <?0\.01 MB'
        "$what" | Should -Match $old.ImageDigest
        "$what" | Should -Not -Match 'clear/multi'
        (Get-PizzaImage clear -Untagged).ImageDigest | Should -Be $old.ImageDigest
    }

    It 'spares what is young' {
        $all = Clear-PizzaImage clear -OlderThan 1 -Force -Verbose 4>&1
        "$all" | Should -BeLike '*1 more were pushed within 1 days*nothing changed*'
        (Get-PizzaImage clear -Untagged).ImageDigest | Should -Be $old.ImageDigest
    }

    It 'deletes what nothing needs, spares the children of indexes, and does nothing the second time' {
        $removed = Get-PizzaRepository clear* | Clear-PizzaImage -Force
        $removed.ImageDigest | Should -Be $old.ImageDigest
        $removed.RepositoryName | Should -Be clear
        Get-PizzaImage clear/multi -IncludeChildren | Should -HaveCount 3
        Clear-PizzaImage clear* -Force | Should -BeNullOrEmpty
    }

    It 'takes an index that lost its tag with its children' {
        $null = Push-PizzaImage $layout clear/multi -LayoutTag v1 -Tag multi
        $removed = Clear-PizzaImage clear/multi -Force
        $removed | Should -HaveCount 2   # the index and one child; the other child has a tag now
        Get-PizzaImage clear/multi -IncludeChildren | Should -HaveCount 1
    }

    It 'spares what a task of ECS runs, though its tag has moved on' {
        $null = New-PizzaRepository jwt-pizza-service
        $running = Push-PizzaImage $layout jwt-pizza-service -LayoutTag v1 -Tag latest
        $null = Clear-PizzaImage jwt-pizza-service -Force   # a look at ECS lets the sandbox start the task
        $null = Push-PizzaImage $layout jwt-pizza-service -LayoutTag v2 -Tag latest
        $all = Clear-PizzaImage jwt-pizza-service -Force -Verbose 4>&1
        "$all" | Should -BeLike "*$($running.ImageDigest) stays, a task of 'service:jwt-pizza-service'*"
        (Get-PizzaImage jwt-pizza-service -Untagged).ImageDigest | Should -Be $running.ImageDigest
    }

    It 'warns where it may not look at ECS' {
        Set-PizzaSandboxFault ListClusters -Error AccessDeniedException
        try {
            $null = Clear-PizzaImage clear -Force -WarningVariable warned -WarningAction SilentlyContinue
            "$warned" | Should -BeLike '*ecs:ListClusters*not protected*'
        }
        finally { Remove-PizzaSandboxFault }
    }

    It 'deletes nothing where manifests may not be read' {
        $null = Push-PizzaImage $layout clear -LayoutTag v1 -Tag latest
        Set-PizzaSandboxFault BatchGetImage -Error AccessDeniedException
        try { { Clear-PizzaImage clear -Force -ErrorAction Stop } | Should -Throw '*ecr:BatchGetImage*' -ErrorId 'AccessDeniedException,*' }
        finally { Remove-PizzaSandboxFault }
        Get-PizzaImage clear -Untagged | Should -HaveCount 1
    }

    It 'goes on after a repository that is missing, and wants to be told which' {
        $removed = 'nope', 'clear' | Clear-PizzaImage -Force -ErrorAction SilentlyContinue -ErrorVariable failed
        $removed | Should -HaveCount 1
        $failed[0].FullyQualifiedErrorId | Should -BeLike 'RepositoryNotFoundException,*'
        (Get-Command Clear-PizzaImage).Parameters.RepositoryName.Attributes.Where{ $_ -is [Parameter] }.Mandatory | Should -BeTrue
    }
}
