# Dot-sourced by the examples: shows each line that is typed, and what comes of it.
function Show-Step([string] $Title, [scriptblock] $Step) {
    Write-Host "`n# $Title" -ForegroundColor Cyan
    foreach ($statement in $Step.Ast.EndBlock.Statements) {
        Write-Host $statement.Extent.Text -ForegroundColor DarkGray
        . ([scriptblock]::Create($statement.Extent.Text)) | Out-Host
    }
}
