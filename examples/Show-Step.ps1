# Dot-sourced by the examples: shows what is typed, and what comes of it.
function Show-Step([string] $Title, [scriptblock] $Step) {
    Write-Host "`n# $Title" -ForegroundColor Cyan
    Write-Host (($Step.ToString().Trim() -split '\r?\n').ForEach({ $_.Trim() }) -join "`n") -ForegroundColor DarkGray
    . $Step | Out-Host
}
