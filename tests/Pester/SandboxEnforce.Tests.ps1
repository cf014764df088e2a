#Requires -Version 7.4
BeforeAll {
    Import-Module (Join-Path $PSScriptRoot '../../out/JwtPizza.Ecr') -Force

    # What aws-actions/configure-aws-credentials does in a workflow.
    function Get-RoleCredential([string] $Repository) {
        $body = @{
            Action = 'AssumeRoleWithWebIdentity'; Version = '2011-06-15'; RoleArn = 'arn:aws:iam::123456789012:role/github-ci'; RoleSessionName = 'session'
            WebIdentityToken = New-PizzaSandboxToken $Repository
        }
        $answer = Invoke-RestMethod (Get-PizzaSandbox).EndpointUrl -Method Post -Body $body
        $credentials = $answer.AssumeRoleWithWebIdentityResponse.AssumeRoleWithWebIdentityResult.Credentials
        @{ AccessKey = $credentials.AccessKeyId; SecretKey = $credentials.SecretAccessKey; SessionToken = $credentials.SessionToken }
    }

    # An image of one layer in an OCI layout, which Push-PizzaImage takes without docker.
    function Add-Blob([string] $Folder, [string] $Text) {
        $bytes = [Text.Encoding]::UTF8.GetBytes($Text)
        $hex = [Convert]::ToHexString([Security.Cryptography.SHA256]::HashData($bytes)).ToLowerInvariant()
        [IO.File]::WriteAllBytes((Join-Path $Folder "blobs/sha256/$hex"), $bytes)
        @{ digest = "sha256:$hex"; size = $bytes.Length }
    }
    $script:layout = Join-Path $TestDrive 'layout'
    $null = New-Item (Join-Path $layout 'blobs/sha256') -ItemType Directory
    $layer = Add-Blob $layout 'a layer'
    $config = Add-Blob $layout (@{ os = 'linux'; architecture = 'arm64'; rootfs = @{ type = 'layers'; diff_ids = @($layer.digest) } } | ConvertTo-Json -Depth 5 -Compress)
    $manifest = Add-Blob $layout (@{
            schemaVersion = 2; mediaType = 'application/vnd.oci.image.manifest.v1+json'
            config = @{ mediaType = 'application/vnd.oci.image.config.v1+json' } + $config
            layers = @(@{ mediaType = 'application/vnd.oci.image.layer.v1.tar' } + $layer)
        } | ConvertTo-Json -Depth 5 -Compress)
    Set-Content (Join-Path $layout 'oci-layout') '{"imageLayoutVersion":"1.0.0"}' -NoNewline
    @{ schemaVersion = 2; manifests = @(@{ mediaType = 'application/vnd.oci.image.manifest.v1+json' } + $manifest) } |
        ConvertTo-Json -Depth 5 -Compress | Set-Content (Join-Path $layout 'index.json') -NoNewline
    $script:me = 'User: arn:aws:sts::123456789012:assumed-role/github-ci/session is not authorized to perform:'
}

Describe 'Start-PizzaSandbox -Enforce' {
    BeforeEach {
        Stop-PizzaSandbox
        $null = Start-PizzaSandbox -Enforce
        $null = New-PizzaRepository jwt-pizza-service, other
        $null = 'my-account/jwt-pizza-service' | Add-PizzaTrustSubject
        $null = Get-PizzaRepository jwt-pizza-service | Grant-PizzaCiPolicy -IncludeVerify
    }
    AfterEach { Stop-PizzaSandbox }

    It 'lets the trusted run push to the granted repository, and nothing else' {
        $ci = Get-RoleCredential my-account/jwt-pizza-service
        (Push-PizzaImage jwt-pizza-service -Path $layout @ci -ErrorAction Stop).Status | Should -Be 'Created'
        @(Get-PizzaImage jwt-pizza-service).Count | Should -Be 1

        New-PizzaRepository x1 @ci -ErrorAction SilentlyContinue -ErrorVariable failed | Should -BeNullOrEmpty
        $failed[0].FullyQualifiedErrorId | Should -BeLike 'AccessDeniedException,*'
        "$($failed[0])" | Should -BeLike "*$me ecr:CreateRepository on resource: arn:aws:ecr:us-east-1:123456789012:repository/x1 because no identity-based policy allows the ecr:CreateRepository action*"

        Push-PizzaImage other -Path $layout @ci -ErrorAction SilentlyContinue -ErrorVariable failed | Should -BeNullOrEmpty
        "$($failed[0])" | Should -BeLike "*refuses the push to 'other'*not authorized to perform: ecr:*Grant-PizzaCiPolicy*"
        @(Get-PizzaImage other).Count | Should -Be 0
    }

    It 'lets nothing be pushed any more after Revoke-PizzaCiPolicy' {
        $ci = Get-RoleCredential my-account/jwt-pizza-service
        $null = Get-PizzaRepository jwt-pizza-service | Revoke-PizzaCiPolicy -Confirm:$false
        Push-PizzaImage jwt-pizza-service -Path $layout @ci -ErrorAction SilentlyContinue -ErrorVariable failed | Should -BeNullOrEmpty
        "$($failed[0])" | Should -BeLike '*not authorized to perform: ecr:*'
        @(Get-PizzaImage jwt-pizza-service).Count | Should -Be 0
    }

    It 'lets the session of the sandbox do everything' {
        (Push-PizzaImage other -Path $layout -ErrorAction Stop).Status | Should -Be 'Created'
        (Get-PizzaSandbox).IsEnforcing | Should -BeTrue
    }

    It 'is not what a sandbox that runs already becomes' {
        Stop-PizzaSandbox
        $null = Start-PizzaSandbox
        Start-PizzaSandbox -Enforce -ErrorAction SilentlyContinue -ErrorVariable failed | Should -BeNullOrEmpty
        $failed[0].FullyQualifiedErrorId | Should -BeLike 'SandboxRunning,*'
    }
}
