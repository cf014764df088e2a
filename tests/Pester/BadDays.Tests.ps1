#Requires -Version 7.4
# Bad input and bad days that belong to no single cmdlet: each names the value, the rule and the next step, and leaves nothing half done.
BeforeAll {
    $module = (Resolve-Path (Join-Path $PSScriptRoot '../../out/JwtPizza.Ecr/JwtPizza.Ecr.psd1')).Path
    Import-Module $module -Force
    $sandbox = Start-PizzaSandbox
    $provider = "arn:aws:iam::$($sandbox.RegistryId):oidc-provider/token.actions.githubusercontent.com"
    $sub = 'token.actions.githubusercontent.com:sub'
    $null = New-PizzaRepository one, two

    # Asks the sandbox's IAM itself.
    function Invoke-Iam([string] $Action, [hashtable] $With) {
        $signed = @{ Authorization = "AWS4-HMAC-SHA256 Credential=$($sandbox.AccessKey)/20261121/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=0" }
        Invoke-RestMethod $sandbox.EndpointUrl -Method Post -Headers $signed -SkipHeaderValidation -Body (@{ Action = $Action; Version = '2010-05-08' } + $With)
    }
    function Get-TrustPolicy([string] $Role) { [uri]::UnescapeDataString((Invoke-Iam GetRole @{ RoleName = $Role }).GetRoleResponse.GetRoleResult.Role.AssumeRolePolicyDocument) }
    function New-Role([string] $Condition, [string] $Federated = $provider) {
        $role = "r-$([guid]::NewGuid().ToString('n'))"
        $null = Invoke-Iam CreateRole @{ RoleName = $role; AssumeRolePolicyDocument = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Federated":"' + $Federated + '"},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{' + $Condition + '}}]}' }
        $role
    }

    # A server that gives each request this answer.
    function Start-Answering([string] $Status, [string] $Type, [string] $Body) {
        $listener = [Net.Sockets.TcpListener]::new([Net.IPAddress]::Loopback, 0)
        $listener.Start()
        $shell = [powershell]::Create().AddScript({
                param($listener, $answer)
                while ($client = $listener.AcceptTcpClient()) {
                    $stream = $client.GetStream()
                    $reader = [IO.StreamReader]::new($stream)
                    $length = 0
                    while ($line = $reader.ReadLine()) { if ($line -match '^content-length: *(\d+)') { $length = [int] $matches[1] } }
                    if ($length) { $null = $reader.ReadBlock([char[]]::new($length), 0, $length) }
                    $stream.Write($answer, 0, $answer.Length)
                    $client.Dispose()
                }
            }).AddArgument($listener).AddArgument([Text.Encoding]::ASCII.GetBytes("HTTP/1.1 $Status`r`nContent-Type: $Type`r`nContent-Length: $($Body.Length)`r`nConnection: close`r`n`r`n$Body"))
        $null = $shell.BeginInvoke()
        [pscustomobject]@{ Port = $listener.LocalEndpoint.Port; Url = "http://127.0.0.1:$($listener.LocalEndpoint.Port)"; Listener = $listener; Shell = $shell }
    }
    function Stop-Answering($Server) { $Server.Listener.Stop(); $Server.Shell.Dispose() }
}
AfterAll { Stop-PizzaSandbox }

Describe 'A trust policy' {
    It 'with <what> is refused and left as it is' -ForEach @(
        @{ what = 'a key that occurs twice'; id = 'DuplicateJsonKey'; text = '*$.Statement`[0`].Condition.StringLike twice*'; condition = '"StringLike":{"SUB":"repo:a/one:*"},"StringLike":{"SUB":"repo:a/two:*"}' }
        @{ what = 'StringEquals and a wildcard'; id = 'WildcardInStringEquals'; text = '*repo:a/one:*StringEquals*StringLike*'; condition = '"StringEquals":{"SUB":"repo:a/one:*"}' }
        @{ what = 'the subject under two operators'; id = 'SubjectUnderTwoOperators'; text = '*under one StringLike*'; condition = '"StringEquals":{"SUB":"repo:a/one:ref:refs/heads/main"},"StringLike":{"SUB":"repo:a/*"}' }
        @{ what = 'ForAllValues'; id = 'SetOperatorOnSubject'; text = '*single value*'; condition = '"ForAllValues:StringLike":{"SUB":"repo:a/one:*"}' }
    ) {
        $role = New-Role $condition.Replace('SUB', $sub)
        $before = Get-TrustPolicy $role
        $added = 'a/new' | Add-PizzaTrustSubject -RoleName $role -Form Name -ErrorAction SilentlyContinue -ErrorVariable failed
        $added | Should -BeNullOrEmpty
        $failed[0].FullyQualifiedErrorId | Should -BeLike "$id,*"
        $failed[0].CategoryInfo.Category | Should -Be 'InvalidData'
        $failed[0].TargetObject | Should -Be 'a/new'
        "$($failed[0])" | Should -BeLike "*'$role'*"
        "$($failed[0])" | Should -BeLike $text
        Get-TrustPolicy $role | Should -BeExactly $before
    }

    It 'of another provider than GitHub is refused and left as it is' {
        $role = New-Role '"StringEquals":{"gitlab.com:sub":"x"}' "arn:aws:iam::$($sandbox.RegistryId):oidc-provider/gitlab.com"
        $before = Get-TrustPolicy $role
        { 'a/new' | Add-PizzaTrustSubject -RoleName $role -Form Name -ErrorAction Stop } | Should -Throw '*gitlab.com*-ProviderArn*' -ErrorId 'OtherIdentityProvider,*'
        Get-TrustPolicy $role | Should -BeExactly $before
    }

    It 'of more than 2,048 characters is refused before the call, with its length' {
        $role = New-Role ('"StringLike":{"SUB":[' + ((1..27 | ForEach-Object { '"repo:an-owner/repository-with-long-name-{0:00}:ref:refs/heads/main"' -f $_ }) -join ',') + ']}').Replace('SUB', $sub)
        $before = Get-TrustPolicy $role
        { 'an-owner/another-repository' | Add-PizzaTrustSubject -RoleName $role -Form Name -ErrorAction Stop } | Should -Throw '*2048*Remove-PizzaTrustSubject*' -ErrorId 'TrustPolicyTooLong,*'
        Get-TrustPolicy $role | Should -BeExactly $before
    }

    It 'that is refused does not end the pipeline of roles' {
        $roles = (New-Role ('"ForAllValues:StringLike":{"SUB":"repo:a/one:*"}'.Replace('SUB', $sub))), 'nobody', (New-Role ('"StringLike":{"SUB":"repo:a/one:*"}'.Replace('SUB', $sub)))
        $added = $roles | ForEach-Object { [pscustomobject]@{ RoleName = $_; Repository = 'a/new' } } | Add-PizzaTrustSubject -Form Name -ErrorAction SilentlyContinue -ErrorVariable failed
        $added.RoleName | Should -Be $roles[2]
        $failed.FullyQualifiedErrorId | ForEach-Object { $_.Split(',')[0] } | Should -Be @('SetOperatorOnSubject', 'NoSuchEntity')
    }
}

Describe 'A name that is <what>' -ForEach @(
    @{ what = 'null'; name = $null }
    @{ what = 'empty'; name = '' }
    @{ what = 'empty among others'; name = @($null, 'good') }
) {
    It 'is said to be empty' {
        { New-PizzaRepository $name -ErrorAction Stop } | Should -Throw "*'RepositoryName'*empty string*" -ErrorId 'ParameterArgumentValidationErrorEmptyStringNotAllowed,*'
    }

    It 'in the pipeline does not end it' {
        $made = @($name) + 'after-it' | New-PizzaRepository -Force -ErrorAction SilentlyContinue -ErrorVariable failed
        $made.RepositoryName | Should -Contain 'after-it'
        "$($failed[0])" | Should -BeLike '*empty string*'
    }
}

Describe 'An account id' {
    It 'that lost its leading zeros is refused by <_>, and shown as it should be' -ForEach @(
        'Get-PizzaImage', 'Get-PizzaLifecycle', 'Set-PizzaLifecycle -UntaggedDays 1', 'Grant-PizzaCiPolicy', "Publish-PizzaImage '$PSScriptRoot/../../examples/service'", "Push-PizzaImage '$PSScriptRoot/../../examples/oci-layout' -LayoutTag v1"
    ) {
        $number = 012345678901   # PowerShell takes it for 12345678901
        { & ([scriptblock]::Create("param(`$number) $_ -RepositoryName one -RegistryId `$number -ErrorAction Stop")) $number } | Should -Throw "*'12345678901'*12 digits*'012345678901'*quotes*" -ErrorId 'InvalidRegistryId,*'
    }
}

Describe 'The record at fault' {
    It 'is the target of an error of <_>, and the next goes on' -ForEach @('Get-PizzaImage', 'Get-PizzaLifecycle', 'Set-PizzaLifecycle -UntaggedDays 1', "Push-PizzaImage '$PSScriptRoot/../../examples/oci-layout' -LayoutTag v1", 'Publish-PizzaImage /nowhere') {
        $null = 'one' | Push-PizzaImage (Join-Path $PSScriptRoot ../../examples/oci-layout) -LayoutTag v1
        $good = . ([scriptblock]::Create("'missing', 'one' | $_ -ErrorAction SilentlyContinue -ErrorVariable failed"))
        $failed[0].TargetObject | Should -Be 'missing'
        $failed[0].CategoryInfo.Category | Should -Be 'ObjectNotFound'
        if ($_ -like 'Publish*') { $failed[1].TargetObject | Should -Be 'one' } else { $good.RepositoryName | Should -Contain 'one' }
    }
}

Describe 'A secret' {
    It 'in the URL of a proxy that refuses is shown nowhere' {
        $proxy = Start-Answering '403 Forbidden' text/plain no
        try {
            $shown = pwsh -NoProfile -Command {
                param($module, $port)
                $env:HTTPS_PROXY, $env:NO_PROXY = "http://somebody:open-sesame@127.0.0.1:$port", ''
                $env:AWS_ACCESS_KEY_ID, $env:AWS_SECRET_ACCESS_KEY = 'AKIAEXAMPLE', 'very-secret'
                Import-Module $module
                Get-PizzaRepository one -Region us-east-1 -Verbose -Debug *>&1
                'a/b' | Add-PizzaTrustSubject -Verbose -Debug *>&1
                Get-Error -Newest 5 | Out-String -Width 500
            } -args $module, $proxy.Port | Out-String -Width 500
        }
        finally { Stop-Answering $proxy }
        $shown | Should -Match 'ProxyRefused'
        $shown | Should -Match 'HTTPS_PROXY'
        $shown | Should -Not -Match 'open-sesame|very-secret'
    }

    It 'of the sandbox is in no error about it' {
        $sandbox | New-PizzaRepository -ErrorAction SilentlyContinue -ErrorVariable failed
        "$failed" | Should -BeLike "*$($sandbox.RegistryHost)*"
        "$failed" | Should -Not -BeLike "*$($sandbox.SecretKey)*"
    }
}

Describe 'A service that <what>' -ForEach @(
    @{ what = 'answers 503 with HTML'; answer = '503 Service Unavailable', 'text/html', '<html><body>Back soon</body></html>'; id = 'ServiceUnavailable'; category = 'ResourceUnavailable'; text = '*503*Try again*' }
    @{ what = 'throttles for long'; answer = '400 Bad Request', 'application/x-amz-json-1.1', '{"__type":"ThrottlingException","message":"Rate exceeded"}'; id = 'ThrottlingException'; category = 'ResourceUnavailable'; text = '*Rate exceeded*retries of this one failed*' }
    @{ what = 'is a login page'; answer = '200 OK', 'text/html', '<html>Please log in</html>'; id = 'InvalidResponse'; category = 'InvalidData'; text = '*cannot be read*' }
    @{ what = 'refuses the right'; answer = '400 Bad Request', 'application/x-amz-json-1.1', '{"__type":"AccessDeniedException","message":"You are not authorized"}'; id = 'AccessDeniedException'; category = 'PermissionDenied'; text = '*ecr:DescribeRepositories*' }
) {
    It 'is told for each record' {
        $server = Start-Answering @answer
        try { $null = 'one', 'two' | Get-PizzaRepository -EndpointUrl $server.Url -AccessKey a -SecretKey b -ErrorAction SilentlyContinue -ErrorVariable failed }
        finally { Stop-Answering $server }
        $failed.TargetObject | Should -Be @('one', 'two')
        $failed[0].FullyQualifiedErrorId | Should -BeLike "$id,*"
        $failed[0].CategoryInfo.Category | Should -Be $category
        "$($failed[0])" | Should -BeLike $text
    }
}

Describe 'Credentials' {
    It 'that have expired end the pipeline, for every further record would fail alike' {
        $server = Start-Answering '400 Bad Request' 'application/x-amz-json-1.1' '{"__type":"ExpiredTokenException","message":"The security token included in the request is expired"}'
        try { { 'one', 'two' | Get-PizzaImage -EndpointUrl $server.Url -AccessKey a -SecretKey b -SessionToken c } | Should -Throw '*expired*aws sso login*' -ErrorId 'ExpiredTokenException,*' }
        finally { Stop-Answering $server }
    }

    It 'of a profile whose source is missing name both' {
        $env:AWS_CONFIG_FILE, $env:AWS_SHARED_CREDENTIALS_FILE = (Join-Path $TestDrive broken), (Join-Path $TestDrive none)
        Set-Content $env:AWS_CONFIG_FILE "[profile broken]`nrole_arn = arn:aws:iam::123456789012:role/x`nsource_profile = nowhere"
        try { { Get-PizzaRepository -EndpointUrl (Get-PizzaSandbox).EndpointUrl -ProfileName broken } | Should -Throw "*'broken'*nowhere*-ProfileName*" -ErrorId 'InvalidCredentials,*' }
        finally { Remove-Item Env:AWS_CONFIG_FILE, Env:AWS_SHARED_CREDENTIALS_FILE }
    }

    It 'of an SSO profile without a token name the login' {
        $env:AWS_CONFIG_FILE, $env:AWS_SHARED_CREDENTIALS_FILE = (Join-Path $TestDrive config), (Join-Path $TestDrive none)
        Set-Content $env:AWS_CONFIG_FILE "[profile corp]`nsso_start_url = https://example.awsapps.com/start`nsso_region = us-east-1`nsso_account_id = 123456789012`nsso_role_name = Admin"
        try { { Get-PizzaRepository -EndpointUrl (Get-PizzaSandbox).EndpointUrl -ProfileName corp } | Should -Throw '*aws sso login --profile corp*' -ErrorId 'SsoLoginRequired,*' }
        finally { Remove-Item Env:AWS_CONFIG_FILE, Env:AWS_SHARED_CREDENTIALS_FILE }
    }
}

Describe 'Ctrl+C' {
    It 'ends <_> while the service is silent' -ForEach @('Get-PizzaRepository one', "'a/b' | Add-PizzaTrustSubject -Form Name", 'Grant-PizzaCiPolicy one', "Publish-PizzaImage '$PSScriptRoot/../../examples/service' one") {
        $silent = [Net.Sockets.TcpListener]::new([Net.IPAddress]::Loopback, 0)
        $silent.Start()
        $shell = [powershell]::Create().AddScript("Import-Module '$module'; $_ -EndpointUrl http://127.0.0.1:$($silent.LocalEndpoint.Port) -AccessKey a -SecretKey b")
        try {
            $running = $shell.BeginInvoke()
            $limit = [Diagnostics.Stopwatch]::StartNew()
            while (-not $silent.Pending() -and $limit.Elapsed.TotalSeconds -lt 120) { Start-Sleep -Milliseconds 10 }
            $running.IsCompleted | Should -BeFalse
            $shell.Stop()
            $shell.InvocationStateInfo.State | Should -Be 'Stopped'
        }
        finally { $shell.Dispose(); $silent.Stop() }
    }
}

Describe 'The table of what was published' {
    It 'fits into <_> columns' -ForEach @(80, 100) {
        $null = New-PizzaRepository a-longish-team/jwt-pizza-service-backend -Force
        $layout = Join-Path $PSScriptRoot ../../examples/oci-layout
        $null = 'a-longish-team/jwt-pizza-service-backend' | Push-PizzaImage $layout -LayoutTag v1 -Tag latest, v1.2
        $shown = 'a-longish-team/jwt-pizza-service-backend' | Push-PizzaImage $layout -LayoutTag v1 -Tag latest, v1.2 | Out-String -Width $_
        $shown | Should -Match 'Unchanged .*linux/arm64 .*latest, v1.2\s'
        $shown | Should -Match 'RepositoryName: a-longish-team/jwt-pizza-service-backend'
        $shown | Should -Match 'Status +Digest +Platform +MB +Seconds +ImageTags'
        $shown | Should -Not -Match '…'
    }
}

Describe 'A registry that goes away' {
    It 'in the middle of a push is told, and the image is not there' {
        $folder = Join-Path $TestDrive endless
        Copy-Item (Join-Path $PSScriptRoot ../../examples/oci-layout) $folder -Recurse
        $hex = 'cd' * 32
        $file = [IO.File]::Create("$folder/blobs/sha256/$hex"); $file.SetLength(64GB); $file.Dispose()   # sparse: takes no room
        $first = (Get-Content "$folder/index.json" -Raw | ConvertFrom-Json).manifests[0]
        $image = Get-Content "$folder/blobs/sha256/$($first.digest -replace 'sha256:')" -Raw | ConvertFrom-Json
        $image.layers = @(@{ mediaType = 'application/vnd.oci.image.layer.v1.tar'; digest = "sha256:$hex"; size = 64GB })
        $text = $image | ConvertTo-Json -Depth 9 -Compress
        $digest = [Convert]::ToHexString([Security.Cryptography.SHA256]::HashData([Text.Encoding]::UTF8.GetBytes($text))).ToLowerInvariant()
        [IO.File]::WriteAllText("$folder/blobs/sha256/$digest", $text)
        [IO.File]::WriteAllText("$folder/index.json", (@{ schemaVersion = 2; manifests = @(@{ mediaType = $image.mediaType; digest = "sha256:$digest"; size = $text.Length }) } | ConvertTo-Json -Depth 5))
        $shell = [powershell]::Create().AddScript('param($m, $f) Import-Module $m; Push-PizzaImage $f one -Tag endless').AddArgument($module).AddArgument($folder)
        try {
            $running = $shell.BeginInvoke()
            $limit = [Diagnostics.Stopwatch]::StartNew()
            while ($limit.Elapsed.TotalSeconds -lt 120 -and -not ($shell.Streams.Progress.StatusDescription -like '* MB')) { Start-Sleep -Milliseconds 10 }
            $running.IsCompleted | Should -BeFalse
            Stop-PizzaSandbox
            $running.AsyncWaitHandle.WaitOne(120000) | Should -BeTrue
            $shell.Streams.Error[0].FullyQualifiedErrorId | Should -BeLike 'RegistryUnreachable,*'
            "$($shell.Streams.Error[0])" | Should -BeLike '*run the command again*'
        }
        finally { $shell.Stop(); $shell.Dispose() }
    }
}
