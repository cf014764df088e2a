#Requires -Version 7.4
BeforeAll {
    $script:manifest = (Resolve-Path (Join-Path $PSScriptRoot '../../out/JwtPizza.Ecr/JwtPizza.Ecr.psd1')).Path
    Import-Module $manifest -Force
    $script:layout = (Resolve-Path (Join-Path $PSScriptRoot '../../examples/oci-layout')).Path
    $null = Start-PizzaSandbox
    function Get-Verbose([scriptblock] $Script) { & $Script 4>&1 | Where-Object { $_ -is [Management.Automation.VerboseRecord] } | ForEach-Object Message }
}
AfterAll { Stop-PizzaSandbox }

Describe 'Set-PizzaScanning' {
    BeforeEach { $null = Set-PizzaScanning -ScanType BASIC -Replace }

    It 'adds filters, and says that nothing changed the second time' {
        $scanning = Set-PizzaScanning -ScanOnPush 'prod/*', 'team-a'
        $scanning | Should -BeOfType [JwtPizza.Ecr.RegistryScanning]
        $scanning.RegistryId | Should -Match '^\d{12}$'
        "$($scanning.Rules)" | Should -Be 'SCAN_ON_PUSH prod/*, team-a'
        $before = @(Get-PizzaSandboxCall PutRegistryScanningConfiguration).Count
        Get-Verbose { Set-PizzaScanning -ScanOnPush 'team-a', 'prod/*' -Verbose } | Should -Contain 'Scanning in us-east-1: already has these settings; nothing changed.'
        @(Get-PizzaSandboxCall PutRegistryScanningConfiguration).Count | Should -Be $before
        $null = Set-PizzaScanning -ScanOnPush 'more*'
        (Get-PizzaScanning).Rules.RepositoryFilter | Should -Be @('prod/*', 'team-a', 'more*')
    }

    It 'removes filters, moves them, and replaces all' {
        $null = Set-PizzaScanning -ScanType ENHANCED -ScanOnPush '*', 'a*' -ContinuousScan 'prod/*'
        $null = Set-PizzaScanning -ContinuousScan 'a*' -RemoveFilter 'prod/*', 'not-there'
        (Get-PizzaScanning).Rules | ForEach-Object { "$_" } | Sort-Object | Should -Be @('CONTINUOUS_SCAN a*', 'SCAN_ON_PUSH *')
        (Set-PizzaScanning -ScanOnPush 'z' -Replace).Rules | ForEach-Object { "$_" } | Should -Be 'SCAN_ON_PUSH z'
        (Set-PizzaScanning -Replace).Rules | Should -BeNullOrEmpty
    }

    It 'has its effect: an image is scanned when it is pushed' {
        $null = New-PizzaRepository scan/pushed -ScanOnPush:$false
        $null = Set-PizzaScanning -ScanOnPush 'scan/*'
        { Push-PizzaImage $layout scan/pushed -LayoutTag v1 -Tag latest | Get-PizzaScanFinding -ErrorAction Stop } | Should -Not -Throw
    }

    It 'warns when enhanced scanning would leave repositories out' {
        $null = Set-PizzaScanning -ScanType ENHANCED -ContinuousScan 'prod/*' -WarningVariable warned -WarningAction SilentlyContinue
        "$warned" | Should -BeLike "*not scanned at all*'*'*"
        $null = Set-PizzaScanning -ScanType BASIC -Replace
        $null = Set-PizzaScanning -ScanType ENHANCED -ScanOnPush '*' -WarningVariable quiet
        $quiet | Should -BeNullOrEmpty
    }

    It 'shows the JSON difference under -WhatIf, and changes nothing' {
        $shown = pwsh -NoProfile -Command {
            param($module, $url)
            $env:AWS_ACCESS_KEY_ID = $env:AWS_SECRET_ACCESS_KEY = 'test'
            Import-Module $module
            Set-PizzaScanning -ScanOnPush 'what-if' -WhatIf -EndpointUrl $url
        } -args $manifest, (Get-PizzaSandbox).EndpointUrl
        $shown -join "`n" | Should -Match '\+\s+"filter": "what-if"'
        (Get-PizzaScanning).Rules | Should -BeNullOrEmpty
    }

    It 'refuses <what>' -ForEach @(
        @{ what = 'continuous scanning with BASIC'; with = @{ ContinuousScan = 'a*' }; id = 'InvalidScanFrequency'; text = '*ENHANCED*' }
        @{ what = 'a filter with capitals'; with = @{ ScanOnPush = 'Prod*' }; id = 'InvalidScanFilter'; text = "*'Prod*" }
        @{ what = 'one filter for both'; with = @{ ScanType = 'ENHANCED'; ScanOnPush = 'a'; ContinuousScan = 'a' }; id = 'InvalidScanFilter'; text = '*both*' }
        @{ what = 'more than 100 filters'; with = @{ ScanOnPush = 1..101 | ForEach-Object { "r$_" } }; id = 'TooManyScanFilters'; text = '*101*100*' }
        @{ what = 'nothing to do'; with = @{}; id = 'IncompleteScanning'; text = '*Get-PizzaScanning*' }
        @{ what = 'a type that ECR does not have'; with = @{ ScanType = 'FULL' }; id = 'ParameterArgumentValidationError'; text = '*BASIC*' }
    ) {
        { Set-PizzaScanning @with -ErrorAction Stop } | Should -Throw $text -ErrorId "$id,*"
        (Get-PizzaScanning).Rules | Should -BeNullOrEmpty
    }
}

Describe 'Get-PizzaScanFinding' {
    BeforeAll {
        $null = Set-PizzaScanning -ScanType BASIC -Replace
        $null = New-PizzaRepository scanned
        $null = New-PizzaRepository unscanned -ScanOnPush:$false
        $script:image = Push-PizzaImage $layout scanned -LayoutTag v1 -Tag latest, v1
        $null = Push-PizzaImage $layout unscanned -LayoutTag v2 -Tag latest
    }

    It 'gives a row for each finding, the worst first, from every cmdlet that gives images' {
        $all = Get-PizzaScanFinding scanned
        $all | Should -BeOfType [JwtPizza.Ecr.ScanFinding]
        $all.Severity | Should -Be ($all.Severity | Sort-Object -Descending)
        $all[0].ImageDigest | Should -Be $image.ImageDigest
        $all[0].ImageTag | Should -Be 'latest'
        @(Get-PizzaScanFinding scanned -Tag v1).Count | Should -Be $all.Count
        @($image | Get-PizzaScanFinding).Count | Should -Be $all.Count
        @(Get-PizzaImage scanned -Tag v1 | Get-PizzaScanFinding).Count | Should -Be $all.Count
        @(Get-PizzaRepository scanned | Get-PizzaScanFinding).Count | Should -Be $all.Count
        @($all | Where-Object Severity -GE High).Count | Should -Be @($all | Where-Object { $_.Severity -in 'High', 'Critical' }).Count
    }

    It 'begins a scan when it is told to, and says how when not' {
        { Get-PizzaScanFinding unscanned -ErrorAction Stop } | Should -Throw '*-StartScan*' -ErrorId 'ScanNotFoundException,*'
        Get-Verbose { Get-PizzaScanFinding unscanned -StartScan -Wait -Verbose } | Should -Contain 'unscanned:latest: a scan has started.'
        { Get-PizzaScanFinding unscanned -ErrorAction Stop } | Should -Not -Throw
    }

    It 'fails the step with a terminating error when a finding is bad enough, after all findings' {
        $worst = (Get-PizzaScanFinding scanned)[0].Severity
        $seen = [Collections.Generic.List[object]]::new()
        $caught = $null
        try { Get-PizzaScanFinding scanned -FailOn $worst -ErrorAction SilentlyContinue | ForEach-Object { $seen.Add($_) } } catch { $caught = $_ }
        $caught.FullyQualifiedErrorId | Should -BeLike 'ScanFindingsAtOrAbove,*'
        $caught.CategoryInfo.Category | Should -Be 'InvalidData'
        "$caught" | Should -BeLike "*of severity $worst or worse in 1 image*"
        $seen.Count | Should -Be @(Get-PizzaScanFinding scanned).Count
    }

    It 'ends a script of CI with another exit code than 0' {
        $null = pwsh -NoProfile -Command {
            param($module, $url)
            $env:AWS_ACCESS_KEY_ID = $env:AWS_SECRET_ACCESS_KEY = 'test'
            Import-Module $module
            Get-PizzaScanFinding scanned -FailOn Undefined -EndpointUrl $url
        } -args $manifest, (Get-PizzaSandbox).EndpointUrl 2>&1
        $LASTEXITCODE | Should -Not -Be 0
    }

    It 'does not fail for what is less bad' {
        # The sandbox invents the critical findings of an image by the first byte of its digest.
        $folder = Join-Path $TestDrive clean
        Copy-Item $layout $folder -Recurse
        $index = Get-Content "$folder/index.json" -Raw | ConvertFrom-Json
        $manifest = Get-Content "$folder/blobs/sha256/$($index.manifests[0].digest.Substring(7))" -Raw | ConvertFrom-Json
        for ($try = 0; -not $hash -or $hash[0] % 4; $try++) {
            $manifest | Add-Member annotations @{ try = "$try" } -Force
            $text = $manifest | ConvertTo-Json -Depth 9 -Compress
            $hash = [Security.Cryptography.SHA256]::HashData([Text.Encoding]::UTF8.GetBytes($text))
        }
        $hex = [Convert]::ToHexString($hash).ToLowerInvariant()
        [IO.File]::WriteAllText("$folder/blobs/sha256/$hex", $text)
        [IO.File]::WriteAllText("$folder/index.json", (@{ schemaVersion = 2; manifests = @(@{ mediaType = $manifest.mediaType; digest = "sha256:$hex"; size = $text.Length }) } | ConvertTo-Json -Depth 5))
        $null = New-PizzaRepository clean
        $found = Push-PizzaImage $folder clean -Tag latest | Get-PizzaScanFinding -FailOn Critical
        $found.Severity | Should -Not -Contain 'Critical'
    }

    It 'fails when an image could not be checked' {
        $null = New-PizzaRepository blind -ScanOnPush:$false
        $null = Push-PizzaImage $layout blind -LayoutTag v1 -Tag latest
        { Get-PizzaScanFinding blind -FailOn Critical -ErrorAction SilentlyContinue } | Should -Throw '*1 image could not be checked*' -ErrorId 'ScanFindingsAtOrAbove,*'
    }

    It 'names a missing tag, a missing repository, a broken digest, and goes on' {
        $rows = Get-PizzaScanFinding missing, scanned -ErrorAction SilentlyContinue -ErrorVariable failed
        @($rows).Count | Should -BeGreaterThan 0
        $failed[0].FullyQualifiedErrorId | Should -BeLike 'RepositoryNotFoundException,*'
        { Get-PizzaScanFinding scanned -Tag v99 -ErrorAction Stop } | Should -Throw '*v99*' -ErrorId 'ImageNotFoundException,*'
        { Get-PizzaScanFinding scanned -ImageDigest sha256:12 -ErrorAction Stop } | Should -Throw -ErrorId 'InvalidDigest,*'
        { Get-PizzaScanFinding scanned -FailOn Terrible } | Should -Throw -ErrorId 'CannotConvertArgumentNoMessage,*'
    }

    It 'waits for a scan, and ends when it is stopped' {
        Set-PizzaSandboxFault DescribeImageScanFindings -Error ScanNotFoundException -Count 2
        { Get-PizzaScanFinding scanned -Wait -ErrorAction Stop } | Should -Not -Throw
        Set-PizzaSandboxFault DescribeImageScanFindings -Error ScanNotFoundException
        $shell = [powershell]::Create()
        try {
            $null = $shell.AddScript('param($m) Import-Module $m; Get-PizzaScanFinding scanned -Wait').AddArgument($manifest)
            $before = @(Get-PizzaSandboxCall DescribeImageScanFindings).Count
            $running = $shell.BeginInvoke()
            $limit = [Diagnostics.Stopwatch]::StartNew()
            while ($limit.Elapsed.TotalSeconds -lt 120 -and @(Get-PizzaSandboxCall DescribeImageScanFindings).Count -lt $before + 3) { Start-Sleep -Milliseconds 10 }
            $running.IsCompleted | Should -BeFalse
            $shell.Stop()
            $shell.InvocationStateInfo.State | Should -Be 'Stopped'
        }
        finally { $shell.Dispose(); Remove-PizzaSandboxFault }
    }
}

Describe 'Scanning without the rights' {
    BeforeAll {
        Stop-PizzaSandbox
        $null = Start-PizzaSandbox -Enforce
        $null = New-PizzaRepository jwt-pizza-service
        $null = 'my-account/jwt-pizza-service' | Add-PizzaTrustSubject
        $null = Grant-PizzaCiPolicy jwt-pizza-service
        $body = @{ Action = 'AssumeRoleWithWebIdentity'; Version = '2011-06-15'; RoleArn = 'arn:aws:iam::123456789012:role/github-ci'; RoleSessionName = 'session'; WebIdentityToken = New-PizzaSandboxToken my-account/jwt-pizza-service }
        $keys = (Invoke-RestMethod (Get-PizzaSandbox).EndpointUrl -Method Post -Body $body).AssumeRoleWithWebIdentityResponse.AssumeRoleWithWebIdentityResult.Credentials
        $script:ci = @{ AccessKey = $keys.AccessKeyId; SecretKey = $keys.SecretAccessKey; SessionToken = $keys.SessionToken }
    }

    It 'names the right that is missing' {
        { Get-PizzaScanFinding jwt-pizza-service @ci -ErrorAction Stop } | Should -Throw '*ecr:DescribeImageScanFindings*' -ErrorId 'AccessDeniedException,*'
        { Set-PizzaScanning -ScanOnPush '*' @ci -ErrorAction Stop } | Should -Throw '*ecr:GetRegistryScanningConfiguration*' -ErrorId 'AccessDeniedException,*'
        { Get-PizzaScanning @ci -ErrorAction Stop } | Should -Throw '*ecr:GetRegistryScanningConfiguration*' -ErrorId 'AccessDeniedException,*'
    }
}
