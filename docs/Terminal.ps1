#Requires -Version 7.4
# Writes docs/terminal.svg, the picture at the top of the README: a session on the sandbox, as the module really prints it.
param([string] $Path = (Join-Path $PSScriptRoot 'terminal.svg'), [int] $Port = 4566)   # -Port 0: a free one
$ErrorActionPreference = 'Stop'
$width, $charWidth, $lineHeight, $margin = 110, 7.8, 18, 20
$commands = @(
    "New-PizzaRepository jwt-pizza-service | Set-PizzaLifecycle -UntaggedDays 1 -KeepLast 10"
    "'my-account/jwt-pizza-service' | Add-PizzaTrustSubject -RoleName github-ci"
    "Get-PizzaRepository jwt-pizza-service | Grant-PizzaCiPolicy"
    "Push-PizzaImage ./examples/oci-layout jwt-pizza-service -LayoutTag v1 -Tag latest"
    "Get-PizzaImage jwt-pizza-service"
    "Test-PizzaSetup my-account/jwt-pizza-service | Format-Table Check, Status"
)

Import-Module (Join-Path $PSScriptRoot '../out/JwtPizza.Ecr/JwtPizza.Ecr.psd1')
$rendering, $PSStyle.OutputRendering = $PSStyle.OutputRendering, 'PlainText'
Push-Location (Join-Path $PSScriptRoot '..')
try {
    $place = $Port ? @{ Port = $Port } : @{}
    $null = Start-PizzaSandbox @place
    $lines = @(@{ class = 'prompt'; text = 'PS> Start-PizzaSandbox      # no AWS account is needed' })
    foreach ($command in $commands) {
        $lines += @{ class = 'prompt'; text = "PS> $command" }
        $shown = & ([scriptblock]::Create($command)) | Out-String -Width $width
        $lines += $shown.Trim("`r", "`n").Split("`n") | ForEach-Object { @{ class = 'output'; text = $_.TrimEnd() } }
    }
}
finally {
    Stop-PizzaSandbox
    Pop-Location
    $PSStyle.OutputRendering = $rendering
}

# The text of a line is stretched to whole columns, so that tables keep their form in every font.
$y = $margin + 34
$texts = foreach ($line in $lines) {
    $text = [Security.SecurityElement]::Escape($line.text)
    $length = [Math]::Round($line.text.Length * $charWidth, 1).ToString([cultureinfo]::InvariantCulture)
    if ($text) { "  <text class=`"$($line.class)`" x=`"$margin`" y=`"$y`" textLength=`"$length`" lengthAdjust=`"spacingAndGlyphs`" xml:space=`"preserve`">$text</text>" }
    $y += $lineHeight
}
$columns = ($lines | ForEach-Object { $_.text.Length } | Measure-Object -Maximum).Maximum
$total, $height = [int] ($columns * $charWidth + 2 * $margin), ($y + 4)
$svg = @"
<svg xmlns="http://www.w3.org/2000/svg" width="$total" height="$height" viewBox="0 0 $total $height" role="img" aria-labelledby="title desc">
  <title id="title">JwtPizza.Ecr in a terminal</title>
  <desc id="desc">A PowerShell session on the sandbox: it creates a repository with a lifecycle policy, trusts a GitHub repository, grants the role its permissions, pushes an image, lists it, and tests the setup.</desc>
  <style>text { font: 13px ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace; } .prompt { fill: #7ee787; } .output { fill: #e6edf3; }</style>
  <rect width="$total" height="$height" rx="8" fill="#0d1117"/>
  <g fill="#484f58"><circle cx="22" cy="20" r="6"/><circle cx="42" cy="20" r="6"/><circle cx="62" cy="20" r="6"/></g>
$($texts -join "`n")
</svg>
"@
Set-Content -Path $Path -Value $svg.ReplaceLineEndings("`n") -Encoding utf8NoBOM
