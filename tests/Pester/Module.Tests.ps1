#Requires -Version 7.4
BeforeDiscovery {
    $commands = (Import-PowerShellDataFile (Join-Path $PSScriptRoot '../../JwtPizza.Ecr.psd1')).CmdletsToExport
    Import-Module (Join-Path $PSScriptRoot '../../out/JwtPizza.Ecr') -Force
    $noForeignSdk = -not $env:PIZZA_TEST_FOREIGN_SDK -or -not (Test-Path $env:PIZZA_TEST_FOREIGN_SDK)
    $outputs = (Get-Command -Module JwtPizza.Ecr).OutputType.Name | Where-Object { $_ -like 'JwtPizza.Ecr.*' } | Sort-Object -Unique
}

BeforeAll {
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
}
