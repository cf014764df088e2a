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
foreach ($test in $result.Skipped) {
    # Set-ItResult -Because leaves its reason in the error; what is skipped before it runs tells by its tag what it needs.
    $reason = @($test.ErrorRecord.Exception.Message) + $test.Tag
    for ($block = $test.Block; $block; $block = $block.Parent) { $reason += $block.Tag }
    "skipped: $($test.ExpandedPath) ($($reason.Where({ $_ }) -join '; '))"
}
$broken = $result.FailedCount + $result.FailedBlocksCount + $result.FailedContainersCount
"Pester: $($result.PassedCount) passed, $broken failed, $($result.SkippedCount) skipped"
exit [int]($broken -gt 0)
