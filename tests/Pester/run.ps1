#Requires -Version 7.4
<#
.SYNOPSIS
Runs the Pester suite against the built module and ends with the line 'Pester: N passed, N failed, N skipped'.
.DESCRIPTION
The build puts Pester into out/modules; dotnet test runs each file of the suite by this script. By hand, for one file:
dotnet pwsh tests/Pester/run.ps1 -Path tests/Pester/Trust.Tests.ps1
.PARAMETER Path
Specifies the files or folders to run. The default is the whole suite.
#>
[CmdletBinding()]
param([string[]] $Path = $PSScriptRoot)

$modules = Join-Path $PSScriptRoot '../../out/modules'
$saved = $env:PSModulePath, $env:PATH
if (Test-Path $modules) { $env:PSModulePath = (Resolve-Path $modules).Path + [IO.Path]::PathSeparator + $env:PSModulePath }
if (-not $IsWindows -and (Split-Path ([Environment]::ProcessPath) -Leaf) -eq 'dotnet') {
    # The pwsh beside the tool's assemblies is a program for Linux on x64; tests that start pwsh find this one on every Unix.
    $shim = [IO.Directory]::CreateTempSubdirectory('pizza-pwsh-').FullName
    $env:PATH = "${shim}:$env:PATH"
    Set-Content "$shim/pwsh" "#!/bin/sh`nexec '$([Environment]::ProcessPath)' '$PSHOME/pwsh.dll' `"`$@`"" -NoNewline
    chmod +x "$shim/pwsh"
}
try {
    Import-Module Pester -MinimumVersion 5.5 -MaximumVersion 5.99 -ErrorAction Stop
    $settings = New-PesterConfiguration
    $settings.Run.Path = $Path
    $settings.Run.PassThru = $true
    $settings.Output.Verbosity = 'Normal'
    if ([Console]::IsOutputRedirected) { $settings.Output.RenderMode = 'Plaintext' }
    $result = Invoke-Pester -Configuration $settings
}
finally {
    $env:PSModulePath, $env:PATH = $saved
    if ($shim) { Remove-Item $shim -Recurse }
}
foreach ($test in $result.Skipped) {
    # Set-ItResult -Because leaves its reason in the error; what is skipped before it runs tells by its tag what it needs.
    $reason = @($test.ErrorRecord.Exception.Message) + $test.Tag
    for ($block = $test.Block; $block; $block = $block.Parent) { $reason += $block.Tag }
    "skipped: $($test.ExpandedPath) ($($reason.Where({ $_ }) -join '; '))"
}
$broken = $result.FailedCount + $result.FailedBlocksCount + $result.FailedContainersCount
"Pester: $($result.PassedCount) passed, $broken failed, $($result.SkippedCount) skipped"
exit [int]($broken -gt 0)
