#Requires -Version 7.4
<#
.SYNOPSIS
Runs the Pester suite against the built module and ends with the line 'Pester: N passed, N failed, N skipped'.
#>
[CmdletBinding()]
param([string] $Path = $PSScriptRoot)

Import-Module Pester -MinimumVersion 5.5
$settings = New-PesterConfiguration
$settings.Run.Path = $Path
$settings.Run.PassThru = $true
$settings.Output.Verbosity = 'Normal'
$result = Invoke-Pester -Configuration $settings
foreach ($test in $result.Skipped) { "skipped: $($test.ExpandedPath) ($($test.ErrorRecord.Exception.Message -join ' '))" }
$broken = $result.FailedCount + $result.FailedBlocksCount + $result.FailedContainersCount
"Pester: $($result.PassedCount) passed, $broken failed, $($result.SkippedCount) skipped"
exit [int]($broken -gt 0)
