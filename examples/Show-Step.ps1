# Dot-sourced by the examples: shows each line that is typed, and what comes of it; and whether there is a docker to build with.
function Test-Docker {
    if (-not (Get-Command docker -CommandType Application -ErrorAction Ignore)) { return $false }
    docker info 2>&1 | Out-Null
    $LASTEXITCODE -eq 0
}

function Show-Step([string] $Title, [scriptblock] $Step) {
    Write-Host "`n# $Title" -ForegroundColor Cyan
    foreach ($statement in $Step.Ast.EndBlock.Statements) {
        Write-Host $statement.Extent.Text -ForegroundColor DarkGray
        . ([scriptblock]::Create($statement.Extent.Text)) | Out-Host
    }
}
