#Requires -Version 7.4
BeforeDiscovery {
    $noDocker = -not (Get-Command docker -CommandType Application -ErrorAction Ignore) -or -not (docker version --format '{{.Server.Version}}' 2>$null)
}

BeforeAll {
    $script:manifest = (Resolve-Path (Join-Path $PSScriptRoot '../../out/JwtPizza.Ecr/JwtPizza.Ecr.psd1')).Path
    Import-Module $manifest -Force
    $script:box = Start-PizzaSandbox
    $script:layout = (Resolve-Path (Join-Path $PSScriptRoot '../../examples/oci-layout')).Path

    # An empty folder of docker's settings, or one with these settings.
    function New-Setting([string] $Json) {
        $folder = (New-Item (Join-Path $TestDrive ([guid]::NewGuid())) -ItemType Directory).FullName
        if ($Json) { Set-Content (Join-Path $folder config.json) $Json -NoNewline }
        $folder
    }

    function Get-Setting([string] $Folder) { Get-Content (Join-Path $Folder config.json) -Raw | ConvertFrom-Json -AsHashtable }

    # A program for the PATH that stands in for another; gives its folder.
    function New-Program([string] $Name, [string] $Script) {
        $folder = (New-Item (Join-Path $TestDrive ([guid]::NewGuid())) -ItemType Directory).FullName
        Set-Content (Join-Path $folder $Name) "#!/bin/sh`n$Script`n" -NoNewline
        chmod +x (Join-Path $folder $Name)
        $folder
    }

    function Use-Path([string] $Path, [scriptblock] $Script) {
        $saved = $env:PATH
        $env:PATH = $Path
        try { & $Script } finally { $env:PATH = $saved }
    }
}

AfterAll { Stop-PizzaSandbox }

Describe 'Connect-PizzaRegistry' -Skip:$noDocker {
    It 'logs docker in, so that a plain push works, and Disconnect-PizzaRegistry takes that away' {
        $null = New-PizzaRepository connected
        $folder = New-Setting
        $context = New-Setting
        Set-Content (Join-Path $context Dockerfile) "FROM scratch`nCOPY Dockerfile /`n"
        $image = "$($box.RegistryHost)/connected:latest"
        $null = docker build --quiet --tag $image $context
        try {
            docker --config $folder push $image *> $null
            $LASTEXITCODE | Should -Not -Be 0
            $login = Connect-PizzaRegistry -DockerConfig $folder
            $login | Should -BeOfType [JwtPizza.Ecr.RegistryConnection]
            docker --config $folder push $image *> $null
            $LASTEXITCODE | Should -Be 0
            (Get-PizzaImage connected).ImageTags | Should -Be 'latest'
            $login | Disconnect-PizzaRegistry | ForEach-Object Status | Should -Be 'Removed'
            docker --config $folder push $image *> $null
            $LASTEXITCODE | Should -Not -Be 0
        }
        finally { $null = docker image rm $image }
    }

    It 'says until when, where the login is kept, and whose registry it is' {
        $folder = New-Setting
        $login = Connect-PizzaRegistry -DockerConfig $folder
        $login.RegistryHost | Should -Be $box.RegistryHost
        $login.UserName | Should -Be 'AWS'
        $login.RegistryId | Should -Be $box.RegistryId
        $login.Region | Should -Be 'us-east-1'
        $login.CredentialStore | Should -Be (Join-Path $folder config.json)
        ($login.ExpiresAt - [DateTimeOffset]::UtcNow).TotalHours | Should -BeGreaterThan 11.9
    }

    It 'shows the password nowhere, and passes it on no command line' -Skip:$IsWindows {
        $folder = New-Setting
        $real = (Get-Command docker -CommandType Application)[0].Source
        $program = New-Program docker "printf '%s\n' `"`$@`" >> '$folder/arguments'; env >> '$folder/environment'; exec '$real' `"`$@`""
        $all = Use-Path "${program}:$env:PATH" { Connect-PizzaRegistry -DockerConfig $folder -Verbose -Debug *>&1 }
        $password = [Text.Encoding]::UTF8.GetString([Convert]::FromBase64String((Get-Setting $folder).auths[$box.RegistryHost].auth)).Split(':', 2)[1]
        $password.Length | Should -BeGreaterThan 100
        Get-Content (Join-Path $folder arguments) | Should -Be @('login', '--username', 'AWS', '--password-stdin', $box.RegistryHost)
        foreach ($text in ($all | Out-String -Width 4000), ($all | ConvertTo-Json -Depth 4 -WarningAction Ignore), (Get-Content (Join-Path $folder environment) -Raw)) {
            $text.Contains($password) | Should -BeFalse
        }
    }

    It 'leaves the logins of others, and other settings' {
        $folder = New-Setting '{"auths":{"registry.example":{"auth":"YTpi"}},"HttpHeaders":{"X-Pizza":"yes"}}'
        $null = Connect-PizzaRegistry -DockerConfig $folder
        $null = Disconnect-PizzaRegistry -DockerConfig $folder
        $settings = Get-Setting $folder
        $settings.auths.Keys | Should -Be 'registry.example'
        $settings.auths['registry.example'].auth | Should -Be 'YTpi'
        $settings.HttpHeaders['X-Pizza'] | Should -Be 'yes'
    }

    It 'gives the login to the credential helper of the settings, and to no file' -Skip:$IsWindows {
        $folder = New-Setting '{"credsStore":"pizza"}'
        $program = New-Program docker-credential-pizza "echo `"`$1`" >> '$folder/verbs'; case `$1 in store|erase) cat > '$folder/'`$1;; get) echo credentials not found in native keychain; exit 1;; list) echo '{}';; esac"
        Use-Path "${program}:$env:PATH" {
            (Connect-PizzaRegistry -DockerConfig $folder).CredentialStore | Should -Be 'docker-credential-pizza'
            (Get-Content (Join-Path $folder store) -Raw | ConvertFrom-Json).Username | Should -Be 'AWS'
            (Get-Setting $folder).auths[$box.RegistryHost].Count | Should -Be 0
            (Disconnect-PizzaRegistry -DockerConfig $folder).Status | Should -Be 'Removed'
            Get-Content (Join-Path $folder erase) -Raw | Should -BeLike "*$($box.RegistryHost)*"
        }
    }

    It 'logs in once for each registry and region' {
        $folder = New-Setting
        $logins = Connect-PizzaRegistry -RegistryId 111111111111, 222222222222 -Region us-east-1, eu-central-1 -DockerConfig $folder -WarningAction SilentlyContinue -WarningVariable warned
        $logins.ForEach{ "$($_.RegistryId) $($_.Region)" } | Should -Be @('111111111111 us-east-1', '222222222222 us-east-1', '111111111111 eu-central-1', '222222222222 eu-central-1')
        "$($warned[0])" | Should -BeLike '*one login for each host*111111111111*'
    }

    It 'logs in once for all repositories of a registry in the pipeline' {
        $null = 'team/a', 'team/b' | New-PizzaRepository
        Get-PizzaRepository team/* | Connect-PizzaRegistry -DockerConfig (New-Setting) | Should -HaveCount 1
    }

    It 'does nothing with -WhatIf' {
        $folder = New-Setting
        Connect-PizzaRegistry -DockerConfig $folder -WhatIf | Should -BeNullOrEmpty
        Get-ChildItem $folder | Should -BeNullOrEmpty
    }

    It 'refuses an account id that is none' {
        { Connect-PizzaRegistry -RegistryId 12345678901 -ErrorAction Stop } | Should -Throw "*'012345678901'*" -ErrorId 'InvalidRegistryId,*'
    }

    It 'says what to do when <what>' -Skip:$IsWindows -ForEach @(
        @{ what = 'the helper is missing'; settings = '{"credsStore":"missing"}'; helper = 'x'; script = ''; id = 'CredentialHelperMissing'; says = '*docker-credential-missing*-DockerConfig*' }
        @{ what = 'the helper does not keep the password'; settings = '{"credsStore":"small"}'; helper = 'docker-credential-small'; script = 'cat > /dev/null; echo The stub received bad data.; exit 1'; id = 'CredentialHelperRefuses'; says = '*docker-credential-small*The stub received bad data*2,500*-DockerConfig*' }
        @{ what = 'the helper that logs in by itself is not there'; settings = '{"credsStore":"ecr-login"}'; helper = 'x'; script = ''; id = 'CredentialHelperMissing'; says = "*'docker-credential-ecr-login'*not on the PATH*" }
        @{ what = 'the helper logs in by itself'; settings = '{"credsStore":"ecr-login"}'; helper = 'docker-credential-ecr-login'; script = 'exit 1'; id = 'CredentialHelperRefuses'; says = '*logs in by itself*' }
    ) {
        $folder = New-Setting $settings
        $program = New-Program $helper $script
        Use-Path "${program}:$env:PATH" { { Connect-PizzaRegistry -DockerConfig $folder -ErrorAction Stop } | Should -Throw $says -ErrorId "$id,*" }
    }

    It 'says what to do when the settings cannot be written' -Skip:$IsWindows {
        $file = Join-Path (New-Setting) file
        Set-Content $file x
        { Connect-PizzaRegistry -DockerConfig "$file/folder" -ErrorAction Stop } | Should -Throw '*-DockerConfig*' -ErrorId 'LoginNotStored,*'
    }

    It 'goes on with the next region after one that fails' {
        $null = Set-PizzaSandboxFault GetAuthorizationToken -Error AccessDeniedException -Count 1
        try {
            $logins = Connect-PizzaRegistry -Region us-east-1, eu-central-1 -DockerConfig (New-Setting) -ErrorAction SilentlyContinue -ErrorVariable failed
            $logins.Region | Should -Be 'eu-central-1'
            $failed[0].FullyQualifiedErrorId | Should -BeLike 'AccessDeniedException,*'
            "$($failed[0])" | Should -BeLike '*ecr:GetAuthorizationToken*'
        }
        finally { Remove-PizzaSandboxFault * }
    }
}

Describe 'Connect-PizzaRegistry without docker' {
    It 'says what to install, and what needs no docker' {
        Use-Path '' { { Connect-PizzaRegistry -ErrorAction Stop } | Should -Throw '*Docker Desktop*Push-PizzaImage*' -ErrorId 'DockerNotFound,*' }
    }
}

Describe 'Disconnect-PizzaRegistry' -Skip:$noDocker {
    It 'is no error where docker is not logged in' {
        $result = Disconnect-PizzaRegistry -DockerConfig (New-Setting) -Verbose 4>&1
        ($result | Where-Object { $_ -is [JwtPizza.Ecr.RegistryConnection] }).Status | Should -Be 'Unchanged'
        "$($result | Where-Object { $_ -is [Management.Automation.VerboseRecord] })" | Should -BeLike '*nothing changed*'
    }

    It 'takes hosts, and asks nobody for them' {
        $folder = New-Setting '{"auths":{"registry.example":{"auth":"YTpi"},"other.example":{"auth":"YTpi"}}}'
        $before = (Get-PizzaSandboxCall).Count
        (Disconnect-PizzaRegistry -RegistryHost registry.example -DockerConfig $folder).Status | Should -Be 'Removed'
        (Get-PizzaSandboxCall).Count | Should -Be $before
        (Get-Setting $folder).auths.Keys | Should -Be 'other.example'
    }

    It 'does nothing with -WhatIf' {
        $folder = New-Setting
        $null = Connect-PizzaRegistry -DockerConfig $folder
        Disconnect-PizzaRegistry -DockerConfig $folder -WhatIf | Should -BeNullOrEmpty
        (Get-Setting $folder).auths.Keys | Should -Be $box.RegistryHost
    }

    It 'says so when the helper does not give the login away' -Skip:$IsWindows {
        $folder = New-Setting "{`"auths`":{`"$($box.RegistryHost)`":{}},`"credsStore`":`"stuck`"}"
        $program = New-Program docker-credential-stuck 'echo it is stuck; exit 1'
        Use-Path "${program}:$env:PATH" { { Disconnect-PizzaRegistry -DockerConfig $folder -ErrorAction Stop } | Should -Throw '*docker-credential-stuck*docker logout*' -ErrorId 'LogoutFailed,*' }
    }
}
