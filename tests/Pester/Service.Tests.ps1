#Requires -Version 7.4
BeforeAll {
    $script:manifest = (Resolve-Path (Join-Path $PSScriptRoot '../../out/JwtPizza.Ecr/JwtPizza.Ecr.psd1')).Path
    Import-Module $manifest -Force
    $script:layout = (Resolve-Path (Join-Path $PSScriptRoot '../../examples/oci-layout')).Path
    function Get-Verbose([scriptblock] $Script) { & $Script 4>&1 | Where-Object { $_ -is [Management.Automation.VerboseRecord] } | ForEach-Object Message }
}
AfterAll { Stop-PizzaSandbox }

Describe 'Update-PizzaService' {
    BeforeEach {
        Stop-PizzaSandbox
        $script:box = Start-PizzaSandbox
        $null = New-PizzaRepository jwt-pizza-service, other
        $null = Push-PizzaImage $layout jwt-pizza-service -LayoutTag v1 -Tag latest
    }

    It 'redeploys the service that has the name of the repository, and waits until it is stable' {
        $deployment = Get-PizzaRepository jwt-pizza-service | Update-PizzaService
        $deployment | Should -BeOfType [JwtPizza.Ecr.ServiceDeployment]
        $deployment.Status, $deployment.RolloutState | Should -Be @('Changed', 'COMPLETED')
        $deployment.Cluster, $deployment.Service, $deployment.TaskDefinition | Should -Be @('jwt-pizza-service', 'jwt-pizza-service', 'jwt-pizza-service:1')
        $deployment.RunningCount | Should -Be 1
        $deployment.IsNewRevision | Should -BeFalse
        @(Get-PizzaSandboxCall ecs:RegisterTaskDefinition).Count | Should -Be 0
        (Get-PizzaSandboxCall ecs:UpdateService).Parameters.forceNewDeployment | Should -BeTrue
    }

    It 'runs the very image that was pushed, in a new revision, and no further one the second time' {
        $image = Push-PizzaImage $layout jwt-pizza-service -LayoutTag v2 -Tag v2
        $deployment = $image | Update-PizzaService
        $deployment.TaskDefinition | Should -Be 'jwt-pizza-service:2'
        $deployment.IsNewRevision | Should -BeTrue
        $deployment.ImageUri | Should -Be $image.ImageUri
        $deployment.ImageDigest | Should -Be $image.ImageDigest
        (Get-PizzaSandboxCall ecs:RegisterTaskDefinition).Parameters.containerDefinitions[0].image | Should -Be $image.ImageUri
        ($image | Update-PizzaService).TaskDefinition | Should -Be 'jwt-pizza-service:2'
        @(Get-PizzaSandboxCall ecs:RegisterTaskDefinition).Count | Should -Be 1
    }

    It 'names cluster and service by the last part of the name, or as told, also in the pipeline' {
        $null = Update-PizzaService team/jwt-pizza-service
        $null = [pscustomobject] @{ RepositoryName = 'other'; Cluster = 'jwt-pizza-service'; Service = 'jwt-pizza-service' } | Update-PizzaService
        $null = Update-PizzaService -Cluster jwt-pizza-service -Service jwt-pizza-service
        $null = Update-PizzaService -ImageUri "$($box.RegistryHost)/jwt-pizza-service:latest"
        (Get-PizzaSandboxCall ecs:UpdateService).Parameters.service | Should -Be (@('jwt-pizza-service') * 4)
    }

    It 'starts and does not wait with -NoWait' {
        $deployment = Update-PizzaService jwt-pizza-service -NoWait
        $deployment.RolloutState | Should -Be 'IN_PROGRESS'
        $deployment.ImageUri | Should -BeNullOrEmpty   # nobody has looked what runs
        @(Get-PizzaSandboxCall ecs:DescribeServices).Count | Should -Be 0
    }

    It 'shows the difference of the task definition under -WhatIf, and changes nothing' {
        $shown = pwsh -NoProfile -Command {
            param($module, $url, $image)
            $env:AWS_ACCESS_KEY_ID = $env:AWS_SECRET_ACCESS_KEY = 'test'
            Import-Module $module
            Update-PizzaService jwt-pizza-service -ImageUri $image -WhatIf -EndpointUrl $url
        } -args $manifest, $box.EndpointUrl, "$($box.RegistryHost)/jwt-pizza-service:v9"
        $shown -join "`n" | Should -Match '\+\s+"image": ".*:v9"'
        @(Get-PizzaSandboxCall ecs:UpdateService, ecs:RegisterTaskDefinition).Count | Should -Be 0
    }

    It 'says which task stopped and why when the image is missing' {
        { Update-PizzaService jwt-pizza-service -ImageUri "$($box.RegistryHost)/jwt-pizza-service:nope" -ErrorAction Stop } |
            Should -Throw '*task * stopped: CannotPullContainerError*not found*Get-PizzaImage*' -ErrorId 'DeploymentFailed,*'
    }

    It 'explains an image for another platform, before the deployment when it is known, after it when not' {
        $uri = "$($box.RegistryHost)/jwt-pizza-service:latest"
        { Update-PizzaService jwt-pizza-service -ImageUri $uri -Platform linux/amd64 -ErrorAction Stop } | Should -Throw '*exec format error*-Platform linux/arm64*Nothing was changed*' -ErrorId 'ImagePlatformMismatch,*'
        @(Get-PizzaSandboxCall ecs:UpdateService).Count | Should -Be 0
        $folder = Join-Path $TestDrive amd64
        Copy-Item $layout $folder -Recurse
        $index = Get-Content "$folder/index.json" -Raw | ConvertFrom-Json
        $manifest = Get-Content "$folder/blobs/sha256/$($index.manifests[0].digest.Substring(7))" -Raw | ConvertFrom-Json
        $config = (Get-Content "$folder/blobs/sha256/$($manifest.config.digest.Substring(7))" -Raw).Replace('arm64', 'amd64')
        $write = { param([string] $Text) $hex = [Convert]::ToHexString([Security.Cryptography.SHA256]::HashData([Text.Encoding]::UTF8.GetBytes($Text))).ToLowerInvariant(); [IO.File]::WriteAllText("$folder/blobs/sha256/$hex", $Text); $hex }
        $manifest.config.digest = "sha256:$(& $write $config)"
        $manifest.config.size = $config.Length
        $text = $manifest | ConvertTo-Json -Depth 9 -Compress
        [IO.File]::WriteAllText("$folder/index.json", (@{ schemaVersion = 2; manifests = @(@{ mediaType = $manifest.mediaType; digest = "sha256:$(& $write $text)"; size = $text.Length }) } | ConvertTo-Json -Depth 5))
        $image = Push-PizzaImage $folder jwt-pizza-service -Tag amd64 -ErrorAction Stop
        $image.Platform | Should -Be 'linux/amd64'
        { $image | Update-PizzaService -ErrorAction Stop } | Should -Throw -ErrorId 'ImagePlatformMismatch,*'
        { Update-PizzaService -ImageUri $image.ImageUri -ErrorAction Stop } | Should -Throw '*another processor*-Platform*' -ErrorId 'DeploymentFailed,*'
    }

    It 'gives up after -TimeoutSec, and names the reason' {
        $null = Update-PizzaService jwt-pizza-service
        Set-PizzaSandboxFault ecs:DescribeServices -Error ThrottlingException
        try { { Update-PizzaService jwt-pizza-service -TimeoutSec 1 -ErrorAction Stop } | Should -Throw -ErrorId 'ThrottlingException,*' } finally { Remove-PizzaSandboxFault }
    }

    It 'names <what> with the next step' -ForEach @(
        @{ what = 'a cluster that is missing'; with = @{ RepositoryName = 'nope' }; id = 'ClusterNotFoundException'; text = "*'nope'*-Cluster*" }
        @{ what = 'a service that is missing'; with = @{ Cluster = 'jwt-pizza-service'; Service = 'nope' }; id = 'ServiceNotFoundException'; text = "*'nope'*-Service*" }
        @{ what = 'a container that is missing'; with = @{ RepositoryName = 'jwt-pizza-service'; Container = 'nope'; ImageUri = 'x.io/api:b' }; id = 'ContainerNotFound'; text = "*'nope'*'jwt-pizza-service'*" }
        @{ what = 'no service at all'; with = @{}; id = 'ServiceUnnamed'; text = '*-Cluster and -Service*' }
        @{ what = 'half a service'; with = @{ Cluster = 'a' }; id = 'ServiceUnnamed'; text = '*-Service*' }
        @{ what = 'an image that is none'; with = @{ RepositoryName = 'jwt-pizza-service'; ImageUri = 'https://x/y' }; id = 'InvalidImageReference'; text = '*https://*' }
        @{ what = 'a platform that is none'; with = @{ RepositoryName = 'jwt-pizza-service'; Platform = 'linux/arm46' }; id = 'InvalidPlatform'; text = '*linux/arm64*' }
    ) {
        { Update-PizzaService @with -ErrorAction Stop } | Should -Throw $text -ErrorId "$id,*"
        @(Get-PizzaSandboxCall ecs:RegisterTaskDefinition).Count | Should -Be 0
    }

    It 'goes on with the next service' {
        $done = 'nope', 'jwt-pizza-service' | Update-PizzaService -ErrorAction SilentlyContinue -ErrorVariable failed
        $done.Service | Should -Be 'jwt-pizza-service'
        $failed | Should -HaveCount 1
        $failed[0].TargetObject | Should -Be 'nope'
    }

    It 'ends its waiting when it is stopped' {
        Set-PizzaSandboxFault ecs:DescribeServices -Error ThrottlingException
        $shell = [powershell]::Create()
        try {
            $null = $shell.AddScript('param($m) Import-Module $m; Update-PizzaService jwt-pizza-service').AddArgument($manifest)
            $running = $shell.BeginInvoke()
            $limit = [Diagnostics.Stopwatch]::StartNew()
            while ($limit.Elapsed.TotalSeconds -lt 120 -and -not @(Get-PizzaSandboxCall ecs:DescribeServices).Count) { Start-Sleep -Milliseconds 10 }
            $running.IsCompleted | Should -BeFalse
            $shell.Stop()
            $shell.InvocationStateInfo.State | Should -Be 'Stopped'
        }
        finally { $shell.Dispose(); Remove-PizzaSandboxFault }
    }
}

Describe 'Update-PizzaService of the role of CI' {
    BeforeAll {
        Stop-PizzaSandbox
        $script:box = Start-PizzaSandbox -Enforce
        $null = New-PizzaRepository jwt-pizza-service
        $null = Push-PizzaImage $layout jwt-pizza-service -LayoutTag v1 -Tag latest
        $null = 'my-account/jwt-pizza-service' | Add-PizzaTrustSubject
        function Get-RoleCredential([string] $Role = 'github-ci') {
            $body = @{ Action = 'AssumeRoleWithWebIdentity'; Version = '2011-06-15'; RoleArn = "arn:aws:iam::123456789012:role/$Role"; RoleSessionName = 'session'; WebIdentityToken = New-PizzaSandboxToken my-account/jwt-pizza-service }
            $keys = (Invoke-RestMethod (Get-PizzaSandbox).EndpointUrl -Method Post -Body $body).AssumeRoleWithWebIdentityResponse.AssumeRoleWithWebIdentityResult.Credentials
            @{ AccessKey = $keys.AccessKeyId; SecretKey = $keys.SecretAccessKey; SessionToken = $keys.SessionToken }
        }
    }

    It 'names the right that is missing before Grant-PizzaCiPolicy' {
        $null = Grant-PizzaCiPolicy jwt-pizza-service -Service another   # a policy, but not for this service
        $ci = Get-RoleCredential
        { Update-PizzaService jwt-pizza-service @ci -ErrorAction Stop } | Should -Throw '*ecs:UpdateService*' -ErrorId 'AccessDeniedException,*'
    }

    It 'deploys with what Grant-PizzaCiPolicy grants, and warns that it may not look' {
        $null = Grant-PizzaCiPolicy jwt-pizza-service
        $ci = Get-RoleCredential
        $deployment = Update-PizzaService jwt-pizza-service @ci -WarningVariable warned -WarningAction SilentlyContinue -ErrorAction Stop
        $deployment.RolloutState | Should -Be 'IN_PROGRESS'
        "$warned" | Should -BeLike '*has started*ecs:DescribeServices*-NoWait*'
        $null = Update-PizzaService jwt-pizza-service -NoWait @ci -WarningVariable quiet -ErrorAction Stop
        $quiet | Should -BeNullOrEmpty
    }

    It 'deploys the very image with what -IncludeDeploy grants, and reads back what runs; Test-PizzaSetup knows it' {
        (Test-PizzaSetup my-account/jwt-pizza-service -IncludeDeploy | Where-Object Check -eq Grant).NextStep | Should -BeLike 'Grant-PizzaCiPolicy jwt-pizza-service*-IncludeDeploy'
        $granted = New-PizzaCiRole my-account/jwt-pizza-service -RoleName deployer -PolicyName deployer-policy -RepositoryName jwt-pizza-service -IncludeDeploy
        $granted.RoleName | Should -Be 'deployer'
        (Test-PizzaSetup my-account/jwt-pizza-service -RoleName deployer -PolicyName deployer-policy -IncludeDeploy | Where-Object Check -eq Grant).Status | Should -Be Ok
        $image = Push-PizzaImage $layout jwt-pizza-service -LayoutTag v2 -Tag deployed
        $ci = Get-RoleCredential deployer
        $deployment = $image | Update-PizzaService @ci -WarningVariable warned -ErrorAction Stop
        $warned | Should -BeNullOrEmpty
        $deployment.RolloutState, $deployment.ImageUri, $deployment.ImageDigest | Should -Be @('COMPLETED', $image.ImageUri, $image.ImageDigest)
        { Update-PizzaService -ImageUri "$($box.RegistryHost)/jwt-pizza-service:nope" @ci -ErrorAction Stop } | Should -Throw '*task * stopped*not found*' -ErrorId 'DeploymentFailed,*'
    }

    It 'refuses an image that it may not put in, and deploys nothing' {
        $ci = Get-RoleCredential
        $before = @(Get-PizzaSandboxCall ecs:UpdateService).Count
        { Update-PizzaService jwt-pizza-service -ImageUri "$($box.RegistryHost)/jwt-pizza-service:latest" @ci -ErrorAction Stop } |
            Should -Throw '*cannot be put into the task definition*ecs:DescribeServices*Grant-PizzaCiPolicy jwt-pizza-service -IncludeDeploy*Nothing was changed*' -ErrorId 'AccessDeniedException,*'
        @(Get-PizzaSandboxCall ecs:UpdateService).Count | Should -Be $before
    }
}
