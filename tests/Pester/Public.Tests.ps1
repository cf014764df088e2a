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

Describe 'Repositories of ECR Public' {
    It 'are made with what the gallery shows, in the words of docker or of the gallery' {
        $made = New-PizzaRepository gallery -Public -Description 'Pizza by JWT' -AboutText '# Pizza' -UsageText 'docker run' -OperatingSystem linux -Architecture arm64, amd64, 'ARM 64' -Tag @{ team = 'a' }
        $made | Should -BeOfType [JwtPizza.Ecr.Repository]
        $made.IsPublic | Should -BeTrue
        $made.RepositoryArn | Should -Match '^arn:aws:ecr-public::\d{12}:repository/gallery$'
        $made.Catalog.OperatingSystem | Should -Be 'Linux'
        $made.Catalog.Architecture | Should -Be @('ARM 64', 'x86-64')
        $there = Get-PizzaRepository gallery -Public
        $there.Catalog.Description | Should -Be 'Pizza by JWT'
        $there.Catalog.AboutText | Should -Be '# Pizza'
        $there.Catalog.UsageText | Should -Be 'docker run'
    }

    It 'are others than the private ones' {
        $null = New-PizzaRepository both
        $null = New-PizzaRepository both -Public
        (Get-PizzaRepository both).IsPublic | Should -BeFalse
        (Get-PizzaRepository both).Catalog | Should -BeNullOrEmpty
        (Get-PizzaRepository -Public).RepositoryName | Should -Contain 'both'
        Remove-PizzaRepository both -Public -Force
        Get-PizzaRepository bot* -Public | Should -BeNullOrEmpty
        (Get-PizzaRepository both).RepositoryName | Should -Be 'both'
    }

    It 'are called in us-east-1, whatever region the session has' {
        (New-PizzaRepository anywhere -Public -Region eu-central-1).Region | Should -Be 'us-east-1'
        (Get-PizzaSandboxCall -Operation CreateRepository)[-1].Region | Should -Be 'us-east-1'
    }

    It 'stay public along the pipeline' {
        $null = New-PizzaRepository piped -Public
        Get-PizzaRepository pipe* -Public | Get-PizzaRepository | ForEach-Object IsPublic | Should -BeTrue
        Get-PizzaRepository pipe* -Public | New-PizzaRepository -Force | ForEach-Object IsPublic | Should -BeTrue
        Get-PizzaRepository pipe* -Public | Remove-PizzaRepository -Force
        Get-PizzaRepository pipe* -Public | Should -BeNullOrEmpty
    }

    It 'with -Force keep what is not named, and change nothing the second time' {
        $null = New-PizzaRepository forced -Public -Description one -AboutText about -Tag @{ a = '1' }
        $now = New-PizzaRepository forced -Public -Force -Description two -Tag @{ b = '2' }
        $now.Catalog.Description | Should -Be 'two'
        $now.Catalog.AboutText | Should -Be 'about'
        $again = New-PizzaRepository forced -Public -Force -Description two -Tag @{ a = '1' } -Verbose 4>&1
        "$($again | Where-Object { $_ -is [Management.Automation.VerboseRecord] })" | Should -BeLike '*nothing changed*'
    }

    It 'are refused when they exist, with the way to take them' {
        $null = New-PizzaRepository twice -Public
        { New-PizzaRepository twice -Public -ErrorAction Stop } | Should -Throw '*-Public -Force*' -ErrorId 'RepositoryAlreadyExistsException,*'
    }

    It 'say what to do when they are missing: <command>' -ForEach @(
        @{ command = 'Get-PizzaRepository'; says = '*New-PizzaRepository missing -Public*' }
        @{ command = 'Remove-PizzaRepository'; says = '*Get-PizzaRepository -Public*' }
    ) {
        $force = $command -like 'Remove*' ? @{ Force = $true } : @{}
        { & $command missing -Public @force -ErrorAction Stop } | Should -Throw $says -ErrorId 'RepositoryNotFoundException,*'
    }

    It 'refuse <what> before anything is sent' -ForEach @(
        @{ what = 'a description of 1,025 characters'; arguments = @{ Description = 'x' * 1025 }; id = 'InvalidCatalogData'; says = '*1,025*1,024*' }
        @{ what = 'a text of 25,601 characters'; arguments = @{ UsageText = 'x' * 25601 }; id = 'InvalidCatalogData'; says = '*-UsageText*25,600*' }
        @{ what = '51 architectures'; arguments = @{ Architecture = 1..51 }; id = 'InvalidCatalogData'; says = '*51*50*' }
        @{ what = 'a logo that is not there'; arguments = @{ Logo = 'nowhere.png' }; id = 'LogoNotReadable'; says = '*nowhere.png*' }
        @{ what = 'scanning'; arguments = @{ ScanOnPush = $true }; id = 'SettingNotOffered'; says = '*ECR Public has no -ScanOnPush*' }
        @{ what = 'encryption'; arguments = @{ EncryptionType = 'KMS' }; id = 'SettingNotOffered'; says = '*without -Public*' }
        @{ what = 'a name with two separators'; arguments = @{ RepositoryName = 'a--b' }; id = 'InvalidRepositoryName'; says = "*'--'*" }
        @{ what = 'a name of 206 characters'; arguments = @{ RepositoryName = 'a' * 206 }; id = 'InvalidRepositoryName'; says = '*206*205*' }
        @{ what = 'a partition without it'; arguments = @{ Region = 'cn-north-1'; EndpointUrl = ''; AccessKey = 'a'; SecretKey = 'b' }; id = 'EndpointNotOffered'; says = '*aws-cn*' }
    ) {
        $before = (Get-PizzaSandboxCall).Count
        $all = @{ RepositoryName = 'refused' } + @{ }
        foreach ($name in $arguments.Keys) { $all[$name] = $arguments[$name] }
        { New-PizzaRepository -Public @all -ErrorAction Stop } | Should -Throw $says -ErrorId "$id,*"
        (Get-PizzaSandboxCall).Count | Should -Be $before
    }

    It 'refuse a logo of 512,001 bytes' {
        $file = Join-Path $TestDrive logo.png
        [IO.File]::WriteAllBytes($file, [byte[]]::new(512001))
        { New-PizzaRepository refused -Public -Logo $file -ErrorAction Stop } | Should -Throw '*512,001 bytes*512,000*' -ErrorId 'InvalidCatalogData,*'
    }

    It 'refuse gallery data for a private repository' {
        { New-PizzaRepository refused -Description x -ErrorAction Stop } | Should -Throw '*add -Public*' -ErrorId 'SettingNotOffered,*'
    }

    It 'change nothing with -WhatIf' {
        New-PizzaRepository what-if -Public -WhatIf | Should -BeNullOrEmpty
        $null = New-PizzaRepository kept -Public
        Remove-PizzaRepository kept -Public -Force -WhatIf
        (Get-PizzaRepository -Public).RepositoryName | Should -Contain 'kept'
        (Get-PizzaRepository -Public).RepositoryName | Should -Not -Contain 'what-if'
    }
}

Describe 'Images of ECR Public' {
    BeforeAll { $script:repository = New-PizzaRepository images -Public -Force }

    It 'are pushed from a layout, to the repository in the pipeline, and listed with their platforms' {
        $image = $repository | Push-PizzaImage $layout -LayoutTag v1 -Tag v1
        $image.IsPublic | Should -BeTrue
        $image.Status | Should -Be 'Created'
        $image.IsVerified | Should -BeTrue
        $image.ImageUri | Should -Be "$($repository.RepositoryUri):v1"
        ($repository | Push-PizzaImage $layout -LayoutTag v1 -Tag v1).Status | Should -Be 'Unchanged'
        $there = $repository | Get-PizzaImage -Tag v1
        $there.ImageDigest | Should -Be $image.ImageDigest
        $there.Platform | Should -Be 'linux/arm64'
        $there.IsPublic | Should -BeTrue
    }

    It 'are found by URI, by name and by pattern' {
        (Push-PizzaImage $layout $repository.RepositoryUri -Public -LayoutTag v1 -Tag by-uri).ImageUri | Should -Be "$($repository.RepositoryUri):by-uri"
        (Push-PizzaImage $layout images -Public -LayoutTag v1 -Tag by-name).RepositoryName | Should -Be 'images'
        (Get-PizzaImage imag* -Public -Tag by-*).ImageTags | Should -Contain 'by-name'
        Get-PizzaRepository -Public | Get-PizzaImage -Tag by-uri -ErrorAction SilentlyContinue | Should -HaveCount 1
    }

    It 'are not those of a private repository' {
        { Get-PizzaImage images -ErrorAction Stop } | Should -Throw -ErrorId 'RepositoryNotFoundException,*'
    }

    It 'refuse <what>' -ForEach @(
        @{ what = 'a URI without an alias'; uri = 'public.ecr.aws/images'; id = 'InvalidImageReference'; says = '*alias*Get-PizzaRepository -Public*' }
        @{ what = 'the URI of someone else'; uri = 'public.ecr.aws/x0y1z2a3/images'; id = 'RegistryMismatch'; says = '*x0y1z2a3*-ProfileName*' }
        @{ what = 'a repository that is missing'; uri = 'missing'; id = 'RepositoryNotFoundException'; says = '*New-PizzaRepository missing -Public*' }
    ) {
        { Push-PizzaImage $layout $uri -Public -LayoutTag v1 -ErrorAction Stop } | Should -Throw $says -ErrorId "$id,*"
    }

    It 'are built and pushed by docker, and pushed from docker' -Skip:$noDocker {
        $folder = (New-Item (Join-Path $TestDrive context) -ItemType Directory).FullName
        Set-Content (Join-Path $folder Dockerfile) "FROM scratch`nCOPY Dockerfile /`n"
        try {
            $image = $repository | Publish-PizzaImage $folder -Tag built
            $image.ImageUri | Should -Be "$($repository.RepositoryUri):built"
            $image.Platform | Should -Be 'linux/arm64'
            $image.IsVerified | Should -BeTrue
            $pushed = Push-PizzaImage -Image $image.ImageUri -RepositoryName images -Public -Tag again
            $pushed.ImageDigest | Should -Be $image.ImageDigest
            ($repository | Get-PizzaImage -Tag built).ImageTags | Should -Be @('again', 'built')
        }
        finally { 'built', 'again' | ForEach-Object { $null = docker image rm "$($repository.RepositoryUri):$_" 2>$null } }
    }

    It 'are pushed by plain docker after Connect-PizzaRegistry -Public, beside the private registry' -Skip:$noDocker {
        $settings = (New-Item (Join-Path $TestDrive settings) -ItemType Directory).FullName
        $folder = (New-Item (Join-Path $TestDrive plain) -ItemType Directory).FullName
        Set-Content (Join-Path $folder Dockerfile) "FROM scratch`nCOPY Dockerfile /`n"
        $null = New-PizzaRepository plain
        $names = "$($repository.RepositoryUri):plain", "$($box.RegistryHost)/plain:latest"
        $null = docker build --quiet --tag $names[0] --tag $names[1] $folder
        try {
            $logins = @(Connect-PizzaRegistry -Public -DockerConfig $settings) + @(Connect-PizzaRegistry -DockerConfig $settings -WarningVariable warned)
            $logins.RegistryHost | Should -Be @($repository.RepositoryUri.Split('/')[0], $box.RegistryHost)
            $logins[0].IsPublic | Should -BeTrue
            $warned | Should -BeNullOrEmpty
            foreach ($name in $names) {
                docker --config $settings push $name *> $null
                $LASTEXITCODE | Should -Be 0
            }
            ($logins | Disconnect-PizzaRegistry).Status | Should -Be @('Removed', 'Removed')
        }
        finally { $names | ForEach-Object { $null = docker image rm $_ } }
    }
}

Describe 'What ECR Public does not have' {
    It 'is taken or refused by every cmdlet that a repository can be piped to' {
        $deaf = Get-Command -Module JwtPizza.Ecr | Where-Object {
            $name = $_.Parameters['RepositoryName']
            $_.Name -ne 'Update-PizzaService' -and   # ECS takes images from anywhere
            $name -and $name.ParameterSets.Values.ValueFromPipelineByPropertyName -contains $true -and
            -not ($_.Parameters.Values | Where-Object { ($_.Name -eq 'IsPublic' -or $_.Aliases -contains 'IsPublic') -and $_.ParameterSets.Values.ValueFromPipelineByPropertyName -contains $true })
        }
        $deaf.Name | Should -BeNullOrEmpty
    }

    It 'is refused with the name of the cmdlet, and the pipeline goes on: <command>' -ForEach @(
        @{ command = 'Set-PizzaLifecycle'; arguments = @{ UntaggedDays = 1 } }
        @{ command = 'Get-PizzaLifecycle'; arguments = @{} }
        @{ command = 'Set-PizzaRepository'; arguments = @{ ScanOnPush = $true } }
        @{ command = 'Grant-PizzaCiPolicy'; arguments = @{} }
        @{ command = 'Measure-PizzaStorage'; arguments = @{} }
    ) {
        $public = New-PizzaRepository mixed -Public -Force
        $private = New-PizzaRepository mixed -Force
        $null = $public, $private | & $command @arguments -ErrorAction SilentlyContinue -ErrorVariable failed
        $failed | Should -HaveCount 1
        $failed[0].FullyQualifiedErrorId | Should -BeLike 'NotInEcrPublic,*'
        "$($failed[0])" | Should -BeLike "*'mixed'*ECR Public*$command*"
    }
}

Describe 'ECR Public under policies that count' {
    It 'names the action that is missing' {
        Stop-PizzaSandbox
        try {
            $null = Start-PizzaSandbox -Enforce
            $null = 'my-account/jwt-pizza-service' | Add-PizzaTrustSubject
            $body = @{
                Action = 'AssumeRoleWithWebIdentity'; Version = '2011-06-15'; RoleArn = 'arn:aws:iam::123456789012:role/github-ci'; RoleSessionName = 'session'
                WebIdentityToken = New-PizzaSandboxToken my-account/jwt-pizza-service
            }
            $credentials = (Invoke-RestMethod (Get-PizzaSandbox).EndpointUrl -Method Post -Body $body).AssumeRoleWithWebIdentityResponse.AssumeRoleWithWebIdentityResult.Credentials
            $ci = @{ AccessKey = $credentials.AccessKeyId; SecretKey = $credentials.SecretAccessKey; SessionToken = $credentials.SessionToken }
            { New-PizzaRepository denied -Public @ci -ErrorAction Stop } | Should -Throw '*ecr-public:CreateRepository*' -ErrorId 'AccessDeniedException,*'
            { Remove-PizzaRepository denied -Public -Force @ci -ErrorAction Stop } | Should -Throw '*ecr-public:DeleteRepository*' -ErrorId 'AccessDeniedException,*'
        }
        finally {
            Stop-PizzaSandbox
            $script:box = Start-PizzaSandbox
        }
    }
}
