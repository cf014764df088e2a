#Requires -Version 7.4
# Every example of the help, of its topics (about_…), of the pages and of the README runs as it stands, pasted into a session with a prepared sandbox. What needs more than
# that says so in the help ("Needs docker."), and is run where that is there, or else only read.
BeforeDiscovery {
    $root = (Resolve-Path (Join-Path $PSScriptRoot '../..')).Path
    $has = @{
        docker          = (Get-Command docker -CommandType Application -ErrorAction Ignore) -and (docker version --format '{{.Server.Version}}' 2>$null)
        'the AWS CLI'   = [bool] (Get-Command aws -CommandType Application -ErrorAction Ignore)
    }
    $block = [regex] '(?ms)(?:^<!-- needs (?<before>[^\n]+?) -->\n)?^```powershell\n(?<code>.*?)^```$(?:\n\n(?<remark>[^\n]*))?'
    $ofTopic = [regex] '(?m)(?<code>(?:^        \S[^\n]*\n|^ {9,}\S[^\n]*\n|^\n(?=        \S))+)(?:\n    (?<remark>Needs [^\n]*))?'
    $topics = foreach ($topic in Get-ChildItem $root/src/module/en-US/about_*.help.txt) {
        $number = 0
        foreach ($match in $ofTopic.Matches((Get-Content $topic -Raw).ReplaceLineEndings("`n")).Where{ $_.Groups['code'].Value -cmatch '\w-Pizza' }) {
            $number++
            $needs = [regex]::Match($match.Groups['remark'].Value, '(?<=^Needs )[^.]+(?=\.)').Value
            @{ name = "$($topic.Name -replace '\.help\.txt$') $number"; code = $match.Groups['code'].Value.Trim(); needs = $needs; cannot = $needs -and -not $has[$needs] }
        }
    }
    $blocks = foreach ($page in @(Get-ChildItem $root/docs/cmdlets/*-*.md) + @(Get-ChildItem $root/docs/*.md) + @(Get-Item $root/README.md)) {
        $number = 0
        foreach ($match in $block.Matches((Get-Content $page -Raw).ReplaceLineEndings("`n"))) {
            $number++
            $needs = $match.Groups['before'].Success ? $match.Groups['before'].Value : [regex]::Match($match.Groups['remark'].Value, '(?<=\bNeeds )[^.]+(?=\.)').Value
            @{ name = "$($page.BaseName) $number"; code = $match.Groups['code'].Value.TrimEnd(); needs = $needs; cannot = $needs -and [bool] ($needs -split ', | and ').Where{ -not $has[$_] } }
        }
    }
    # PIZZA_TEST_PART, as 1/4, chooses a part of them, so that several parts can run beside each other.
    $part, $parts = "$($env:PIZZA_TEST_PART ?? '1/1')" -split '/' -as [int[]]
    $all = @($blocks) + @($topics)
    $examples = for ($i = $part - 1; $i -lt $all.Count; $i += $parts) { $all[$i] }
}

BeforeAll {
    $script:root = (Resolve-Path (Join-Path $PSScriptRoot '../..')).Path
    $script:manifest = (Resolve-Path (Join-Path $PSScriptRoot '../../out/JwtPizza.Ecr/JwtPizza.Ecr.psd1')).Path
    Import-Module $manifest -Force
    $script:layout = (Resolve-Path (Join-Path $PSScriptRoot '../../examples/oci-layout')).Path
    $script:service = (Resolve-Path (Join-Path $PSScriptRoot '../../examples/service')).Path

    # Those that are meant to end with an error, and its id: -FailOn ends a pipeline, and an error is what is shown.
    $script:ends = @{ 'Get-PizzaScanFinding 1' = 'ScanFindingsAtOrAbove' }

    function Invoke-Apart([string] $Folder, [string] $Script) {
        $said = pwsh -NoProfile -WorkingDirectory $Folder -Command $Script *>&1 | Out-String
        $LASTEXITCODE | Should -Be 0 -Because $said
    }

    # Asks the sandbox's IAM itself, for what no cmdlet makes.
    function Invoke-Iam([string] $Action, [hashtable] $With) {
        $signed = @{ Authorization = "AWS4-HMAC-SHA256 Credential=$($box.AccessKey)/20261121/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=0" }
        $null = Invoke-RestMethod $box.EndpointUrl -Method Post -Headers $signed -SkipHeaderValidation -Body (@{ Action = $Action; Version = '2010-05-08' } + $With)
    }

    # What somebody has who comes to an example: an account with some repositories and roles, a project, variables.
    function Initialize-World([string] $Code) {
        Stop-PizzaSandbox
        Initialize-Project
        if ($Code -match 'Start-PizzaSandbox') { return }
        if ($Code -eq 'Unregister-PizzaOidcProvider') {      # refused while a role trusts it
            $null = Start-PizzaSandbox -Empty
            return Register-PizzaOidcProvider
        }
        # Replication is granted by the account that gets the images.
        $script:box = $Code -match '(?m)^[^#\n]*(Grant|Revoke)-PizzaReplication' ? (Start-PizzaSandbox -RegistryId 210987654321) : (Start-PizzaSandbox)
        $env:AWS_ACCOUNT = $box.RegistryId
        $names = 'jwt-pizza-service', 'jwt-pizza-worker', 'team-a/api', 'team-a/worker', 'team-b/api', 'old-service', 'employee-api', 'prod/jwt-pizza-service', 'pr-1/api', 'base/node', 'api'
        $names = @($names | Where-Object { $Code -notmatch 'New-PizzaRepository' -or $Code -match '-Force' -or $Code -notmatch "'$_'" })   # those that an example makes are not there
        $null = $names | New-PizzaRepository
        $null = New-PizzaRepository prod/jwt-pizza-service -Region eu-west-1
        $null = New-PizzaRepository jwt-pizza -Public -Force
        if ($Code -match 'Wait-PizzaReplication' -and $Code -notmatch 'Set-PizzaReplication') { $null = Set-PizzaReplication eu-west-1 -Prefix jwt-pizza }
        $null = Push-PizzaImage $layout jwt-pizza-service -LayoutTag v1 -Tag v1, v1.0.0, v1.2, v1.2.3, dev-1, latest
        $null = $names -like 'team-a/*' | Push-PizzaImage $layout -LayoutTag v1 -Tag latest
        $null = New-PizzaCiRole my-account/jwt-pizza-service -RepositoryName jwt-pizza-service
        $null = Add-PizzaTrustSubject my-account/jwt-pizza-service -OwnerId 11 -RepositoryId 22 -Form Immutable
        $null = Add-PizzaTrustSubject -Subject 'repo:my-account/old-service:ref:refs/heads/main'
        $null = New-PizzaCiRole my-account/jwt-pizza-service -RoleName team-a-ci -PolicyName team-a-push -RepositoryName jwt-pizza-service -Cluster team-a
        $null = New-PizzaCiRole my-account/jwt-pizza-service -RoleName team-b-ci -PolicyName team-b-push
        $null = Set-PizzaLifecycle jwt-pizza-service -UntaggedDays 1 -KeepLast 10
        if ('team-a/api' -in $names) { $null = New-PizzaLifecycleRule -TagPattern 'pr-*' -SinceImagePushed 14 | Set-PizzaLifecycle team-a/api }
        Invoke-Iam CreatePolicy @{ PolicyName = 'ci-boundary'; PolicyDocument = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}' }
    }

    function Initialize-Project {
        Set-Location (New-Item (Join-Path $TestDrive ([guid]::NewGuid())) -ItemType Directory)
        Copy-Item $service/* . -Recurse
        $null = New-PizzaDist
        Copy-Item $layout layout -Recurse
        $index = Get-Content layout/index.json -Raw
        Set-Content layout/index.json $index.Replace('"v1"', '"arm64"')
        $one = $index | ConvertFrom-Json -AsHashtable
        $one.manifests = @($one.manifests[0])
        Copy-Item $layout single -Recurse
        $one | ConvertTo-Json -Depth 9 | Set-Content single/index.json
        tar -cf image.tar -C single .
        Set-Content README.md '# Pizza'
        Set-Content deploy.ps1 '"deployed"'
        Set-Content services.csv "RepositoryName,RoleName,Cluster,Service`njwt-pizza-service,github-ci,jwt-pizza-service,jwt-pizza-service"
        Set-Content lifecycle.json '{"rules":[{"rulePriority":1,"selection":{"tagStatus":"untagged","countType":"sinceImagePushed","countUnit":"days","countNumber":1},"action":{"type":"expire"}}]}'
        $variables = @{ GITHUB_SHA = '0123456789abcdef0123456789abcdef01234567'; NPM_TOKEN = 'x'; DB_USERNAME = 'u'; DB_PASSWORD = 'p'; DB_HOSTNAME = 'h' }
        foreach ($name in $variables.Keys) { Set-Item "Env:$name" $variables[$name] }
    }
}

AfterAll { Stop-PizzaSandbox }

Describe 'As pasted' {
    BeforeEach {
        Push-Location
        $script:environment = [Environment]::GetEnvironmentVariables()
    }
    AfterEach {
        Pop-Location
        Disconnect-PizzaAws
        foreach ($name in @([Environment]::GetEnvironmentVariables().Keys)) { if (-not $environment.Contains($name)) { [Environment]::SetEnvironmentVariable($name, $null) } }
        foreach ($name in @($environment.Keys)) { if ([Environment]::GetEnvironmentVariable($name) -cne $environment[$name]) { [Environment]::SetEnvironmentVariable($name, $environment[$name]) } }
    }

    It '<name>' -ForEach $examples {
        $errors = $null
        $null = [Management.Automation.Language.Parser]::ParseInput($code, [ref] $null, [ref] $errors)
        $errors | Should -BeNullOrEmpty
        if ($cannot) { Set-ItResult -Skipped -Because "it needs $needs" }
        $null = Initialize-World $code
        # Somebody sits there: a prompt is answered, a question is agreed to, and there is a clipboard.
        function Read-Host([string] $Prompt, [switch] $AsSecureString) { ConvertTo-SecureString 'p' -AsPlainText -Force }
        function Set-Clipboard { $null = $input }
        $ErrorActionPreference, $ConfirmPreference = 'Stop', 'None'
        # A session of its own, or a run of Pester.
        if ($code -match '(?m)^Import-Module') { return Invoke-Apart $root "`$ErrorActionPreference = 'Stop'`n$code" }
        if ($code -match '^Describe') {
            Set-Content deploy.ps1 'New-PizzaRepository jwt-pizza-service'
            Set-Content pasted.Tests.ps1 $code
            return Invoke-Apart . "Import-Module '$manifest'; Invoke-Pester ./pasted.Tests.ps1 -CI"
        }
        try { & ([scriptblock]::Create($code)) *> $null }
        catch { if (-not $ends[$name] -or $_.FullyQualifiedErrorId -notlike "$($ends[$name]),*") { throw } }
    }
}
