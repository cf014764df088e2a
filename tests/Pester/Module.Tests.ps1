#Requires -Version 7.4
BeforeDiscovery {
    $topics = 'about_JwtPizza.Ecr', 'about_PizzaSandbox', 'about_PizzaTrust', 'about_PizzaLifecycle', 'about_PizzaPublishing'
    $commands = (Import-PowerShellDataFile (Join-Path $PSScriptRoot '../../JwtPizza.Ecr.psd1')).CmdletsToExport
    Import-Module (Join-Path $PSScriptRoot '../../out/JwtPizza.Ecr') -Force
    $noForeignSdk = -not $env:PIZZA_TEST_FOREIGN_SDK -or -not (Test-Path $env:PIZZA_TEST_FOREIGN_SDK)
    $outputs = (Get-Command -Module JwtPizza.Ecr).OutputType.Name | Where-Object { $_ -like 'JwtPizza.Ecr.*' } | Sort-Object -Unique
}

BeforeAll {
    $root = (Resolve-Path (Join-Path $PSScriptRoot '../..')).Path
    $commands = (Import-PowerShellDataFile "$root/JwtPizza.Ecr.psd1").CmdletsToExport
    $topics = (Get-ChildItem "$root/src/module/en-US/about_*.help.txt").Name -replace '\.help\.txt$'
    $manifest = (Resolve-Path (Join-Path $PSScriptRoot '../../out/JwtPizza.Ecr/JwtPizza.Ecr.psd1')).Path
    Import-Module $manifest -Force
}

Describe 'The module' {
    It 'exports just the cmdlets that its manifest lists' {
        $listed = (Import-PowerShellDataFile $manifest).CmdletsToExport | Sort-Object
        (Get-Command -Module JwtPizza.Ecr).Name | Sort-Object | Should -Be $listed
    }

    It 'has a class for each cmdlet of the manifest, and no other' {
        $classes = [JwtPizza.Ecr.LoadContext]::Cmdlets.GetExportedTypes() |
            ForEach-Object { $_.GetCustomAttributes([Management.Automation.CmdletAttribute], $false) } |
            ForEach-Object { '{0}-{1}' -f $_.VerbName, $_.NounName } | Sort-Object
        $classes | Should -Be ((Import-PowerShellDataFile $manifest).CmdletsToExport | Sort-Object)
    }

    It 'uses approved verbs' {
        $approved = (Get-Verb).Verb
        (Get-Command -Module JwtPizza.Ecr).Verb | Where-Object { $_ -notin $approved } | Should -BeNullOrEmpty
    }

    It 'is imported again and again with -Force, and after Remove-Module' {
        $count = (Get-Command -Module JwtPizza.Ecr).Count
        1..2 | ForEach-Object { Import-Module $manifest -Force; (Get-Command -Module JwtPizza.Ecr).Count | Should -Be $count }
        Remove-Module JwtPizza.Ecr
        Import-Module $manifest
        (Get-Command -Module JwtPizza.Ecr).Count | Should -Be $count
    }

    It 'keeps its own AWSSDK.Core beside another version in the session' -Skip:$noForeignSdk -Tag 'needs PIZZA_TEST_FOREIGN_SDK, the path of an AWSSDK.Core.dll 4.0.102.13; dotnet test sets it' {
        $foreign = $env:PIZZA_TEST_FOREIGN_SDK
        $lines = pwsh -NoProfile -Command {
            param($foreign, $manifest)
            Add-Type -Path $foreign
            Import-Module $manifest
            try { Get-PizzaRepository jwt-pizza-service -EndpointUrl http://127.0.0.1:1 -AccessKey a -SecretKey b -ErrorAction Stop } catch { "error: $($_.FullyQualifiedErrorId)" }
            [AppDomain]::CurrentDomain.GetAssemblies() | Where-Object { $_.GetName().Name -eq 'AWSSDK.Core' } |
                ForEach-Object { '{0} {1}' -f [Runtime.Loader.AssemblyLoadContext]::GetLoadContext($_).Name, $_.GetCustomAttributes([Reflection.AssemblyFileVersionAttribute], $false).Version }
            "theirs: $([Amazon.RegionEndpoint].Assembly.GetCustomAttributes([Reflection.AssemblyFileVersionAttribute], $false).Version)"
        } -args $foreign, $manifest
        $lines | Should -Contain 'Default 4.0.102.13'
        $lines | Should -Contain 'JwtPizza.Ecr 4.0.102.18'
        $lines | Should -Contain 'theirs: 4.0.102.13'
        $lines | Where-Object { $_ -like 'error: ServiceUnreachable*' } | Should -HaveCount 1
    }

    It 'loads nothing of AWS by being imported' {
        $loaded = pwsh -NoProfile -Command { param($m) Import-Module $m; [AppDomain]::CurrentDomain.GetAssemblies().GetName().Name | Where-Object { $_ -like 'AWSSDK*' } } -args $manifest
        $loaded | Should -BeNullOrEmpty
    }
}

Describe 'Views' {
    It 'has one for <_>' -ForEach $outputs {
        Get-FormatData -TypeName $_ | Should -Not -BeNullOrEmpty
    }
}

Describe 'Values as a user sees them' {
    BeforeAll {
        $null = Start-PizzaSandbox
        $layout = Join-Path $root 'examples/oci-layout'
        $null = New-PizzaRepository seen
        $script:pushed = Push-PizzaImage $layout seen -LayoutTag v1 -Tag latest
        $null = Push-PizzaImage $layout seen -LayoutTag v2 -Tag latest
        $script:rendering, $script:culture = $PSStyle.OutputRendering, [cultureinfo]::CurrentCulture
    }
    AfterAll {
        $PSStyle.OutputRendering = $rendering
        [cultureinfo]::CurrentCulture = $culture
        Stop-PizzaSandbox
    }

    It 'writes enums as text and durations as seconds in JSON' {
        $json = $pushed | ConvertTo-Json | ConvertFrom-Json
        $json.Status | Should -BeOfType [string]
        $json.DurationSeconds | Should -BeOfType [double]
        (Test-PizzaSetup me/seen | ConvertTo-Json | ConvertFrom-Json)[0].Status | Should -BeOfType [string]
        (Get-PizzaSandboxCall CreateRepository | ConvertTo-Json -Depth 5 | ConvertFrom-Json).DurationSeconds | Should -BeOfType [double]
    }

    It 'colours what is untagged and what failed by $PSStyle, and nothing where colours are off' {
        $PSStyle.OutputRendering = 'Ansi'
        $shown = Get-PizzaImage seen | Out-String
        $shown.Contains("$($PSStyle.Formatting.Warning)(untagged)$($PSStyle.Reset)") | Should -BeTrue
        $checks = Test-PizzaSetup me/seen | Out-String
        $checks.Contains("$($PSStyle.Formatting.Error)Failed") | Should -BeTrue
        $PSStyle.OutputRendering = 'PlainText'
        Get-PizzaImage seen | Out-String | Should -Not -Match '\x1b'
        Test-PizzaSetup me/seen | Out-String | Should -Not -Match '\x1b'
    }

    It 'colours the lines of a difference, and not where colours are off' {
        foreach ($rendering in 'Ansi', 'PlainText') {
            $file = Join-Path $TestDrive "$rendering.txt"
            $PSStyle.OutputRendering = $rendering
            $shell = [powershell]::Create()
            $null = $shell.AddScript('param($manifest, $rendering) $PSStyle.OutputRendering = $rendering; Import-Module $manifest; Set-PizzaLifecycle seen -KeepLast 3 -Verbose -Confirm:$false').AddArgument($manifest).AddArgument($rendering)
            $null = $shell.Invoke()
            $said = "$($shell.Streams.Verbose)"
            $said | Should -Match 'imageCountMoreThan'
            $said.Contains("$($PSStyle.Foreground.Green)+") | Should -Be ($rendering -eq 'Ansi') -Because $said
            $null = Remove-PizzaLifecycle seen -Force
        }
    }

    It 'writes numbers of a row in one way, whatever the culture' {
        $PSStyle.OutputRendering = 'PlainText'
        [cultureinfo]::CurrentCulture = 'de-DE'
        $pushed | Out-String | Should -Not -Match '\d,\d'
        Measure-PizzaStorage seen | Out-String | Should -Not -Match '\d,\d'
        Get-PizzaSandboxCall CreateRepository | Out-String | Should -Not -Match '\d,\d'
    }
}

Describe 'Help' {
    It 'explains <_> with a synopsis, an example and every parameter' -ForEach $commands {
        $help = Get-Help $_ -Full
        $help.Synopsis | Should -Not -BeNullOrEmpty
        $help.Synopsis | Should -Not -Match "^\s*$_ "      # what Get-Help makes up when there is no text
        @($help.examples.example).Count | Should -BeGreaterThan 0
        $common = [Management.Automation.PSCmdlet]::CommonParameters + [Management.Automation.PSCmdlet]::OptionalCommonParameters
        foreach ($name in (Get-Command $_).Parameters.Keys | Where-Object { $_ -notin $common }) {
            (Get-Help $help.Name -Parameter $name).description.Text | Should -Not -BeNullOrEmpty -Because "-$name needs a text"
        }
    }

    It 'shows examples of <_> that parse and name parameters that exist' -ForEach $commands {
        foreach ($example in (Get-Help $_ -Full).examples.example) {
            $errors = $null
            $tree = [Management.Automation.Language.Parser]::ParseInput($example.code, [ref] $null, [ref] $errors)
            $errors | Should -BeNullOrEmpty -Because $example.code
            foreach ($command in $tree.FindAll({ param($n) $n -is [Management.Automation.Language.CommandAst] -and $n.GetCommandName() -like '*-Pizza*' }, $true)) {
                $known = Get-Command $command.GetCommandName() -ErrorAction Stop
                foreach ($parameter in $command.CommandElements | Where-Object { $_ -is [Management.Automation.Language.CommandParameterAst] }) {
                    { $known.ResolveParameter($parameter.ParameterName) } | Should -Not -Throw -Because $example.code
                }
            }
        }
    }

    It 'shows -WhatIf, default values, wildcards and related links of <_> as they are' -ForEach $commands {
        $command, $help = (Get-Command $_), (Get-Help $_ -Full)
        $parameters = @($help.parameters.parameter | Where-Object { $_ })
        foreach ($name in 'WhatIf', 'Confirm') {
            $name -in $parameters.name | Should -Be $command.Parameters.ContainsKey('WhatIf') -Because $name
            foreach ($syntax in $help.syntax.syntaxItem) { $name -in $syntax.parameter.name | Should -Be $command.Parameters.ContainsKey('WhatIf') }
        }

        $new = [Activator]::CreateInstance($command.ImplementingType)
        foreach ($parameter in $parameters | Where-Object name -notin 'WhatIf', 'Confirm') {
            $attributes = $command.Parameters[$parameter.name].Attributes
            $parameter.globbing | Should -Be "$([bool] ($attributes | Where-Object { $_ -is [Management.Automation.SupportsWildcardsAttribute] }))" -Because $parameter.name
            $value = $new.($parameter.name)
            if ($parameter.required -eq 'true' -or $null -eq $value -or $value -is [switch] -or $value -is [hashtable]) { continue }
            $isSaid = $value -is [string] -or $value -is [array] ? $value.Length : ($value -is [enum] -or $value -ne [Activator]::CreateInstance($value.GetType()))
            if ($isSaid) { $parameter.defaultValue | Should -Be ($value -join ', ') -Because $parameter.name }
        }

        $links = @($help.relatedLinks.navigationLink.linkText)
        $links | Where-Object { $_ -like 'about_*' } | Should -HaveCount 1
        $links | Where-Object { $_ -notin $commands -and $_ -notin $topics -and $_ -ne 'Online version:' } | Should -BeNullOrEmpty
    }

    It 'has the topic <_>' -ForEach $topics {
        Get-Help $_ | Should -Match "(?s)^TOPIC\s+$([regex]::Escape($_))\s.*SHORT DESCRIPTION"
        Get-Content (Join-Path (Get-Module JwtPizza.Ecr).ModuleBase "en-US/$_.help.txt") | ForEach-Object { $_.Length | Should -BeLessOrEqual 88 }
        foreach ($link in [regex]::Matches((Get-Help $_), '(?s)SEE ALSO\s+(.*)\z').Groups[1].Value -split "`n" -match '^\s*[\w.-]+\s*$') { (Get-Help $link.Trim()).Name | Should -Be $link.Trim() }
    }

    It 'opens a page with -Online when the build was told where the pages are' {
        $writer = Join-Path $root 'build/HelpWriter/bin'
        $writer = Get-ChildItem $writer -Recurse -Filter HelpWriter.dll | Sort-Object LastWriteTime | Select-Object -Last 1
        $dll = Get-ChildItem "$root/src/JwtPizza.Ecr.Cmdlets/bin" -Recurse -Filter JwtPizza.Ecr.Cmdlets.dll | Sort-Object LastWriteTime | Select-Object -Last 1
        $module = (Get-Module JwtPizza.Ecr).ModuleBase
        dotnet $writer.FullName $dll.FullName "$TestDrive/help.xml" "$TestDrive/pages" "$module/bin/net8.0" "$root/docs/permissions.md" 'https://example.com/pizza/cmdlets/'
        $LASTEXITCODE | Should -Be 0
        $help = [xml] (Get-Content "$TestDrive/help.xml" -Raw)
        foreach ($command in $help.helpItems.command) {
            @($command.relatedLinks.navigationLink.uri)[0] | Should -Be "https://example.com/pizza/cmdlets/$($command.details.name).md"
            "$TestDrive/pages/$($command.details.name).md" | Should -Exist
        }
    }
}
