#Requires -Version 7.4
<#
.SYNOPSIS
Builds, tests, shows or packs JwtPizza.Ecr.
.EXAMPLE
./build.ps1
Builds the module into out/JwtPizza.Ecr, ready for Import-Module.
.EXAMPLE
./build.ps1 Test
Builds, then runs the .NET tests, the Pester suite and, where it is installed, PSScriptAnalyzer.
#>
[CmdletBinding()]
param(
    # Build: the importable module. Test: every test. Demo: the five lines, on the sandbox. Package: a zip to hand on.
    [Parameter(Position = 0)]
    [ValidateSet('Build', 'Test', 'Demo', 'Package')]
    [string] $Task = 'Build',

    [ValidateSet('Debug', 'Release')]
    [string] $Configuration = 'Release'
)
$ErrorActionPreference = 'Stop'
$module = Join-Path $PSScriptRoot 'out/JwtPizza.Ecr'

function Invoke-Native([scriptblock] $Command) {
    & $Command
    if ($LASTEXITCODE) { throw "'$Command' failed with exit code $LASTEXITCODE." }
}

Push-Location $PSScriptRoot
try {
    Invoke-Native { dotnet build JwtPizza.sln --configuration $Configuration --verbosity quiet --nologo }
    switch ($Task) {
        Build { "Built $module. Next: Import-Module $module" }
        Test {
            Invoke-Native { dotnet test --configuration $Configuration --no-build }
            if (Get-Module PSScriptAnalyzer -ListAvailable) {
                $found = 'build.ps1', 'examples', 'src/module', 'tests/Pester', 'bench' | ForEach-Object { Invoke-ScriptAnalyzer $_ -Recurse -Settings ./PSScriptAnalyzerSettings.psd1 }
                if ($found) { $found | Format-Table -AutoSize; throw "PSScriptAnalyzer has $(@($found).Count) objections." }
            }
            if (-not (Get-Module Pester -ListAvailable | Where-Object Version -ge 5.5)) { throw 'Pester 5.5 or later is not installed: Install-Module Pester.' }
            Invoke-Native { pwsh -NoProfile -File tests/Pester/run.ps1 }
        }
        Demo { Invoke-Native { pwsh -NoProfile -File examples/jwt-pizza.ps1 } }
        Package {
            $version = (Import-PowerShellDataFile $module/JwtPizza.Ecr.psd1).ModuleVersion
            $zip = Join-Path $PSScriptRoot "out/JwtPizza.Ecr.$version.zip"
            Remove-Item $zip -ErrorAction Ignore
            [IO.Compression.ZipFile]::CreateFromDirectory($module, $zip, 'Optimal', $true)
            "Packed $zip"
        }
    }
}
finally { Pop-Location }
