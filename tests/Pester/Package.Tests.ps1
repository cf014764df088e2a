#Requires -Version 7.4
# What ./build.ps1 Package leaves, as those meet it who install it: in a home of their own, from a local folder.
BeforeDiscovery {
    $package = Join-Path $PSScriptRoot '../../build/Package.ps1'
    $here = ($IsWindows ? 'win' : $IsMacOS ? 'osx' : 'linux') + '-' + "$([Runtime.InteropServices.RuntimeInformation]::OSArchitecture)".ToLowerInvariant()
    $missing = if (-not (Get-Command Compress-PSResource -ErrorAction Ignore)) { 'needs Compress-PSResource' }
    elseif (-not (Get-Command dotnet -CommandType Application -ErrorAction Ignore)) { 'needs the .NET SDK' }
    else {
        dotnet restore (Join-Path $PSScriptRoot '../../build/ReadyToRun') | Out-Null
        if ($LASTEXITCODE) { 'needs a network that brings Microsoft.NETCore.App.Crossgen2' }
    }
    $noMove = $IsWindows   # the folder of the user's modules cannot be put elsewhere
    $noAws = -not (Get-Command aws -CommandType Application -ErrorAction Ignore)
    $noBoto = -not (Get-Command python3 -CommandType Application -ErrorAction Ignore) -or $(python3 -c 'import boto3' 2>$null; $LASTEXITCODE -ne 0)
}

BeforeAll {
    $package = Join-Path $PSScriptRoot '../../build/Package.ps1'
    $module = (Resolve-Path (Join-Path $PSScriptRoot '../../out/JwtPizza.Ecr')).Path
    $version = (Import-PowerShellDataFile $module/JwtPizza.Ecr.psd1).ModuleVersion
    $here = ($IsWindows ? 'win' : $IsMacOS ? 'osx' : 'linux') + '-' + "$([Runtime.InteropServices.RuntimeInformation]::OSArchitecture)".ToLowerInvariant()
    $folder = [IO.Directory]::CreateTempSubdirectory('pizza-package-').FullName
    $packages = Join-Path $folder 'packages'
}

AfterAll { Remove-Item $folder -Recurse -Force }

Describe 'Packing without what it needs' {
    It 'says that there is no built module, and how to build it' {
        { & $package -ModuleFolder (Join-Path $folder 'nothing') -Destination $packages } | Should -Throw '*no built module*./build.ps1 Package*'
        $packages | Should -Not -Exist
    }

    It 'refuses an address that is none' {
        { & $package -ProjectUri 'docs' -Destination $packages } | Should -Throw "*'docs'*https://*"
    }
}

Describe 'The packages' -Skip:([bool] $missing) -Tag "$missing" {
    BeforeAll {
        $before = Get-ChildItem $module -Recurse -File | ForEach-Object FullName
        $files = & $package -Destination $packages -Platform $here -ProjectUri https://example.com/pizza
        # pwsh as somebody else on this machine, whose home is empty.
        function Invoke-Fresh([string] $Script, [string[]] $Argument = @()) {
            $start = [Diagnostics.ProcessStartInfo]::new('pwsh', [string[]] (@('-NoProfile', '-NonInteractive', '-Command', "& { $Script }") + $Argument))
            foreach ($name in 'XDG_DATA_HOME', 'XDG_CONFIG_HOME', 'XDG_CACHE_HOME') { $null = $start.Environment.Remove($name) }
            $start.Environment['HOME'] = "$folder/home"
            $start.Environment['DOTNET_CLI_HOME'] = $folder
            $start.Environment['NO_COLOR'] = '1'
            $start.RedirectStandardOutput = $start.RedirectStandardError = $true
            $process = [Diagnostics.Process]::Start($start)
            $errors = $process.StandardError.ReadToEndAsync()
            $lines = $process.StandardOutput.ReadToEnd() -split '\r?\n' | Where-Object { $_ }
            $process.WaitForExit()
            if ($process.ExitCode -or $errors.Result) { throw "exit code $($process.ExitCode): $($errors.Result -replace '\s*\r?\n[\s|]*', ' ') $lines" }
            $lines
        }
        $null = New-Item "$folder/home/.local/share", "$folder/home/.config" -ItemType Directory
    }

    It 'are a package for the Gallery, a zip and a .NET tool, all of the version that the manifest has' {
        $files.Name | Should -Be "JwtPizza.Ecr.$version.nupkg", "JwtPizza.Ecr.$version.zip", "pizza-sandbox.$version.nupkg"
        Get-ChildItem $module -Recurse -File | ForEach-Object FullName | Should -Be $before -Because 'packing leaves the built module as it was'
    }

    It 'says in the Gallery what it is: tags, licence, notes of this version, the address that was given' {
        Expand-Archive $files[0] "$folder/nupkg"
        $metadata = ([xml] (Get-Content "$folder/nupkg/JwtPizza.Ecr.nuspec" -Raw)).package.metadata
        $metadata.id | Should -BeExactly 'JwtPizza.Ecr'
        $metadata.projectUrl | Should -Be 'https://example.com/pizza'
        $metadata.licenseUrl | Should -Be 'https://opensource.org/license/mit'
        $metadata.tags.Split(' ') | Should -Contain 'PSEdition_Core'
        $metadata.tags.Split(' ') | Should -Contain 'ECR'
        $metadata.tags.Length | Should -BeLessThan 4000 -Because 'the Gallery takes no more'
        $metadata.releaseNotes | Should -BeLike '*Publish-PizzaImage*'
        $metadata.releaseNotes | Should -Not -Match '(?m)^## '
        Test-ModuleManifest "$folder/nupkg/JwtPizza.Ecr.psd1" -ErrorAction Stop | ForEach-Object { $_.ReleaseNotes.Trim() } | Should -Be ($metadata.releaseNotes.Trim() -replace "`r")
        "$folder/nupkg/LICENSE" | Should -Exist
    }

    It 'says the same of the .NET tool' {
        Expand-Archive $files[2] "$folder/tool-nupkg"
        $metadata = ([xml] (Get-Content "$folder/tool-nupkg/pizza-sandbox.nuspec" -Raw)).package.metadata
        $metadata.packageTypes.packageType.name | Should -Be 'DotnetTool'
        $metadata.projectUrl | Should -Be 'https://example.com/pizza'
        $metadata.license.InnerText | Should -Be 'MIT'
        $metadata.releaseNotes | Should -BeLike '*Publish-PizzaImage*'
        "$folder/tool-nupkg/README.md" | Should -Exist
    }

    It 'works from the zip, wherever that is unpacked' {
        Expand-Archive $files[1] "$folder/offline"
        Invoke-Fresh "Import-Module '$folder/offline/JwtPizza.Ecr'; (Get-Command -Module JwtPizza.Ecr).Count" |
            Should -Be (Import-PowerShellDataFile $module/JwtPizza.Ecr.psd1).CmdletsToExport.Count
    }

    Context 'Installed from a repository' -Skip:$noMove -Tag 'needs a home that can be moved' {
        BeforeAll {
            Invoke-Fresh "Register-PSResourceRepository local -Uri '$packages' -Trusted; Install-PSResource JwtPizza.Ecr -Repository local"
            $installed = (Invoke-Fresh 'Get-Module JwtPizza.Ecr -ListAvailable | ForEach-Object Path').Where({ $_ -like "$folder*" })
            # The same as a later version, in the same repository.
            $later = '{0}.{1}.{2}' -f ([version] $version).Major, ([version] $version).Minor, (([version] $version).Build + 1)
            Copy-Item (Split-Path $installed) "$folder/later/JwtPizza.Ecr" -Recurse
            Remove-Item "$folder/later/JwtPizza.Ecr/PSGetModuleInfo.xml" -ErrorAction Ignore
            $manifest = "$folder/later/JwtPizza.Ecr/JwtPizza.Ecr.psd1"
            (Get-Content $manifest -Raw) -replace "(ModuleVersion\s*=\s*)'[^']+'", "`$1'$later'" | Set-Content $manifest -NoNewline
            [IO.File]::AppendAllText("$folder/later/JwtPizza.Ecr/bin/net8.0/private/JwtPizza.Ecr.Cmdlets.dll", ' ')   # another build
            Compress-PSResource -Path "$folder/later/JwtPizza.Ecr" -DestinationPath $packages
        }

        It 'lies in the folder of the user''s modules, and is found by the name of a cmdlet' {
            $installed | Should -HaveCount 1
            $installed | Should -BeLike "*JwtPizza.Ecr*$version*"
            Invoke-Fresh '(Get-Command Start-PizzaSandbox).Source' | Should -Be 'JwtPizza.Ecr'
        }

        It 'loads native code for this platform where .NET is 10 or later, else IL' {
            $loaded = Invoke-Fresh @'
                Import-Module JwtPizza.Ecr
                'JwtPizza.Ecr', 'JwtPizza.Ecr.Cmdlets', 'JwtPizza.Ecr.Services' | ForEach-Object {
                    $name = $_
                    $null = Get-PizzaRepository -EndpointUrl http://127.0.0.1:1 -AccessKey a -SecretKey b -ErrorAction Ignore
                    [AppDomain]::CurrentDomain.GetAssemblies().Where({ $_.GetName().Name -eq $name }).Location
                }
'@
            $native = [Environment]::Version.Major -ge 10
            $loaded | Should -HaveCount 3
            foreach ($path in $loaded) { $path | Should -BeLike ($native ? "*net10.0-$here*" : '*net8.0*') }
        }

        It 'has next to nothing of the module compiled when it starts' -Skip:([Environment]::Version.Major -lt 10) {
            $said = pwsh -NoProfile -File (Join-Path $PSScriptRoot '../../bench/Jit.ps1') -Module "$installed" 2>&1
            $LASTEXITCODE | Should -Be 0 -Because "$($said | Out-String)"
            "$said" | Should -Match 'The exercise'
        }

        It 'does the five lines' {
            $images = Invoke-Fresh @"
                `$ErrorActionPreference = 'Stop'
                Set-Location '$(Split-Path $PSScriptRoot)/..'
                `$null = Start-PizzaSandbox
                `$null = New-PizzaRepository jwt-pizza-service -Force | Set-PizzaLifecycle -UntaggedDays 1 -KeepLast 10
                `$null = 'my-account/jwt-pizza-service' | Add-PizzaTrustSubject -RoleName github-ci
                `$null = Get-PizzaRepository jwt-pizza-service | Grant-PizzaCiPolicy
                . ./examples/Show-Step.ps1
                `$null = (Test-Docker) ? (Get-PizzaRepository jwt-pizza-service | Publish-PizzaImage ./examples/service) :
                    (Get-PizzaRepository jwt-pizza-service | Push-PizzaImage ./examples/oci-layout -LayoutTag v1 -Tag latest)
                (Get-PizzaImage jwt-pizza-service).ImageTags
                Stop-PizzaSandbox
"@
            $images | Should -Be 'latest'
        }

        It 'is updated beside itself; a session that has the old one says that the new one needs a new session' {
            Invoke-Fresh 'Update-PSResource JwtPizza.Ecr -Repository local'
            $both = (Invoke-Fresh 'Get-Module JwtPizza.Ecr -ListAvailable | Sort-Object Version | ForEach-Object { "$($_.Version)" }')
            $both | Should -Be $version, $later
            Invoke-Fresh 'Import-Module JwtPizza.Ecr; "$((Get-Module JwtPizza.Ecr).Version)"' | Should -Be $later
            $said = Invoke-Fresh "Import-Module JwtPizza.Ecr -RequiredVersion $version; try { Import-Module JwtPizza.Ecr -RequiredVersion $later -ErrorAction Stop } catch { `"`$_`" -replace '\s+', ' ' }"
            "$said" | Should -BeLike "*already loaded JwtPizza.Ecr from*new PowerShell session*Import-Module*$later*"
        }

        It 'is gone after Uninstall-PSResource' {
            Invoke-Fresh "Uninstall-PSResource JwtPizza.Ecr -Version '*'"
            Split-Path (Split-Path $installed) | Should -Not -Exist
        }
    }

    Context 'The action of the repository' -Skip:$noMove -Tag 'needs a home that can be moved' {
        BeforeAll {
            $yaml = Get-Content (Join-Path $PSScriptRoot '../../action.yml') -Raw
            # Each step as a runner does it: the inputs put in, pwsh told to stop at the first error, outputs gathered in a file.
            function Invoke-Action([hashtable] $With) {
                $inputs = @{ version = ''; repository = 'PSGallery' }
                foreach ($name in $With.Keys) { $inputs[$name] = $With[$name] }
                $run = [regex]::Matches($yaml, '(?m)^      run: \|\n((?:        .*\n|\n)+)')
                $run | Should -HaveCount 1
                $variables = [regex]::Matches($yaml, '(?m)^        (\w+): \$\{\{ inputs\.(\w+) \}\}$') | ForEach-Object { "`$env:$($_.Groups[1].Value) = '$($inputs[$_.Groups[2].Value] -replace "'", "''")'" }
                $outputs = (New-TemporaryFile).FullName
                $script = "$folder/action.ps1"
                Set-Content $script ("`$ErrorActionPreference = 'stop'", ($run[0].Groups[1].Value -replace '(?m)^        ') -join "`n")
                try { Invoke-Fresh "`$env:GITHUB_OUTPUT = '$outputs'; $($variables -join '; '); . '$script'"; Get-Content $outputs }
                finally { Remove-Item $outputs }
            }
        }

        It 'installs from a folder, says which version, and a later step uses the module' {
            $lines = Invoke-Action @{ repository = $packages; version = $version }
            $lines | Should -Contain "version=$version"
            Invoke-Fresh '$null = Start-PizzaSandbox; (New-PizzaRepository from-action).RepositoryName; "$((Get-Module JwtPizza.Ecr).Version)"; Get-PSResourceRepository | ForEach-Object Name | Where-Object { $_ -like "jwtpizza*" }' |
                Should -Be 'from-action', $version -Because 'the repository of the step is taken away again'
        }

        It 'installs again where it is installed already' {
            Invoke-Action @{ repository = $packages; version = $version } | Should -Contain "version=$version"
        }

        It 'fails when there is no such <what>' -ForEach @(
            @{ what = 'version'; with = @{ version = '99.0.0' }; says = '*99.0.0*' }
            @{ what = 'repository'; with = @{ repository = 'nonesuch' }; says = "*named 'nonesuch'*" }
        ) {
            $with.repository ??= $packages
            { Invoke-Action $with } | Should -Throw $says
        }
    }

    Context 'The sandbox as a .NET tool' {
        BeforeAll {
            $environment = @{ DOTNET_CLI_HOME = $folder; NUGET_PACKAGES = "$folder/nuget"; DOTNET_NOLOGO = 'true' }
            function Invoke-Tool([string] $Program, [string[]] $Argument) {
                $start = [Diagnostics.ProcessStartInfo]::new($Program, $Argument)
                $start.RedirectStandardOutput = $start.RedirectStandardError = $true
                foreach ($name in $environment.Keys) { $start.Environment[$name] = $environment[$name] }
                $process = [Diagnostics.Process]::Start($start)
                $errors = $process.StandardError.ReadToEndAsync()
                [pscustomobject] @{ Output = $process.StandardOutput.ReadToEnd().Trim(); Errors = $errors.Result.Trim(); ExitCode = $($process.WaitForExit(); $process.ExitCode) }
            }
            $install = Invoke-Tool dotnet 'tool', 'install', 'pizza-sandbox', '--tool-path', "$folder/tools", '--add-source', $packages
            $tool = Join-Path $folder ($IsWindows ? 'tools/pizza-sandbox.exe' : 'tools/pizza-sandbox')
        }

        It 'is installed and says its version' {
            $install.ExitCode | Should -Be 0 -Because "$($install.Output) $($install.Errors)"
            (Invoke-Tool $tool '--version').Output | Should -Be $version
        }

        It 'runs without being installed' {
            $run = Invoke-Tool dotnet 'dnx', 'pizza-sandbox', '--yes', '--add-source', $packages, '--', '--version'
            $run.Output.Split("`n")[-1] | Should -Be $version -Because $run.Errors
            $run.ExitCode | Should -Be 0
        }

        Context 'Running' {
            BeforeAll {
                $start = [Diagnostics.ProcessStartInfo]::new($tool, '--json')
                $start.RedirectStandardOutput = $true
                $sandbox = [Diagnostics.Process]::Start($start)
                $variables = $sandbox.StandardOutput.ReadLine() | ConvertFrom-Json -AsHashtable
                $environment = $variables + @{ AWS_CONFIG_FILE = 'nonesuch'; AWS_SHARED_CREDENTIALS_FILE = 'nonesuch'; AWS_PAGER = ''; AWS_EC2_METADATA_DISABLED = 'true' }
            }
            AfterAll { if (-not $sandbox.HasExited) { $sandbox.Kill() }; $sandbox.Dispose() }

            It 'is asked by the AWS CLI' -Skip:$noAws -Tag 'needs the AWS CLI' {
                $made = Invoke-Tool aws 'ecr', 'create-repository', '--repository-name', 'from-cli', '--query', 'repository.repositoryName', '--output', 'text'
                $made.Output | Should -Be 'from-cli' -Because $made.Errors
            }

            It 'is asked by boto3' -Skip:$noBoto -Tag 'needs boto3' {
                $made = Invoke-Tool python3 '-c', "import boto3; print(boto3.client('ecr').create_repository(repositoryName='from-boto3')['repository']['repositoryName'])"
                $made.Output | Should -Be 'from-boto3' -Because $made.Errors
            }

            It 'is emptied by a request' {
                $null = Invoke-RestMethod "$($variables.AWS_ENDPOINT_URL)/_sandbox/reset" -Method Post -ContentType application/json
                (Invoke-RestMethod "$($variables.AWS_ENDPOINT_URL)/_sandbox/calls").Count | Should -Be 0
            }

            It 'gives a job of GitHub Actions its token, which its role takes' {
                $token = Invoke-RestMethod "$($variables.ACTIONS_ID_TOKEN_REQUEST_URL)&audience=sts.amazonaws.com" -Headers @{ Authorization = "bearer $($variables.ACTIONS_ID_TOKEN_REQUEST_TOKEN)" }
                $body = @{ Action = 'AssumeRoleWithWebIdentity'; Version = '2011-06-15'; RoleArn = 'arn:aws:iam::123456789012:role/github-ci'; RoleSessionName = 'ci'; WebIdentityToken = $token.value }
                $answer = Invoke-RestMethod $variables.AWS_ENDPOINT_URL -Method Post -Body $body
                $answer.AssumeRoleWithWebIdentityResponse.AssumeRoleWithWebIdentityResult.Credentials.AccessKeyId | Should -BeLike 'ASIA*'
            }
        }
    }
}
