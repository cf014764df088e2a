#Requires -Version 7.4
<#
.SYNOPSIS
Builds, tests, shows or packs JwtPizza.Ecr.
.EXAMPLE
./build.ps1
Builds the module into out/JwtPizza.Ecr, ready for Import-Module.
.EXAMPLE
./build.ps1 Package -ProjectUri https://example.com/jwtpizza-ecr
Builds, then leaves the package for the PowerShell Gallery, the .NET tool and a zip in out/packages.
.EXAMPLE
./build.ps1 Test
Builds, then runs every test and, where it is installed, PSScriptAnalyzer.
.EXAMPLE
dotnet tool restore; dotnet pwsh build.ps1
The same on a machine that has the .NET SDK and no PowerShell.
#>
[CmdletBinding()]
param(
    # Build: the importable module. Test: every test. Demo: the five lines, on the sandbox. Package: what is published, in out/packages.
    [Parameter(Position = 0)]
    [ValidateSet('Build', 'Test', 'Demo', 'Package')]
    [string] $Task = 'Build',

    [ValidateSet('Debug', 'Release')]
    [string] $Configuration = 'Release',

    # Adds native code for .NET 10 on this platform to the module in out/JwtPizza.Ecr, as a package has it. The next build removes it.
    [switch] $ReadyToRun,

    # The address of the project, for the packages.
    [uri] $ProjectUri,

    # Where docs/cmdlets is in the web, which Get-Help -Online opens. Without it, help has no address.
    [uri] $HelpUri
)
$ErrorActionPreference = 'Stop'
$module = Join-Path $PSScriptRoot 'out/JwtPizza.Ecr'

function Invoke-Native([scriptblock] $Command) {
    & $Command
    if ($LASTEXITCODE) { throw "'$Command' failed with exit code $LASTEXITCODE." }
}

Push-Location $PSScriptRoot
try {
    Invoke-Native { dotnet build JwtPizza.sln --configuration $Configuration --verbosity quiet --nologo "-p:HelpUri=$HelpUri" }
    if ($ReadyToRun) { Invoke-Native { dotnet build build/ReadyToRun --verbosity quiet --nologo } }
    switch ($Task) {
        Build { "Built $module. Next: Import-Module $module" }
        Test {
            Invoke-Native { dotnet test --configuration $Configuration --no-build }
            if (Get-Module PSScriptAnalyzer -ListAvailable) {
                $found = 'build.ps1', 'examples', 'src/module', 'tests/Pester', 'bench' | ForEach-Object { Invoke-ScriptAnalyzer $_ -Recurse -Settings ./PSScriptAnalyzerSettings.psd1 }
                if ($found) { $found | Format-Table -AutoSize; throw "PSScriptAnalyzer has $(@($found).Count) objections." }
            }
        }
        Demo {
            # This PowerShell once more: 'dotnet pwsh' is dotnet with pwsh.dll.
            $program = [Environment]::ProcessPath
            $first = @(if ((Split-Path $program -LeafBase) -eq 'dotnet') { Join-Path $PSHOME 'pwsh.dll' })
            Invoke-Native { & $program @first -NoProfile -File examples/jwt-pizza.ps1 }
        }
        Package { & "$PSScriptRoot/build/Package.ps1" -ModuleFolder $module -ProjectUri $ProjectUri }
    }
}
finally { Pop-Location }
