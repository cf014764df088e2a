#Requires -Version 7.4
<#
.SYNOPSIS
Packs the built module and the sandbox: a package for the PowerShell Gallery, a zip for machines without a network, a .NET tool.
.DESCRIPTION
./build.ps1 Package builds first, then calls this script.
#>
[CmdletBinding()]
param(
    # The module that the build has left.
    [string] $ModuleFolder = (Join-Path $PSScriptRoot '../out/JwtPizza.Ecr'),

    # Where the packages go.
    [string] $Destination = (Join-Path $PSScriptRoot '../out/packages'),

    # The platforms that get native code for .NET 10 beside the IL; none with @().
    [AllowEmptyCollection()]
    [string[]] $Platform = @('linux-x64', 'linux-arm64', 'win-x64', 'osx-arm64'),

    # The address of the project, which the PowerShell Gallery and NuGet show.
    [uri] $ProjectUri
)
$ErrorActionPreference = 'Stop'
$root = (Resolve-Path (Join-Path $PSScriptRoot '..')).Path
if (-not (Test-Path $ModuleFolder/bin/net8.0/private/JwtPizza.Ecr.Cmdlets.dll) -or -not (Test-Path $ModuleFolder/en-US/JwtPizza.Ecr.Cmdlets.dll-Help.xml)) {
    throw "There is no built module in '$ModuleFolder'. Build it first: dotnet build, or ./build.ps1 Package, which does both."
}
$sandbox = Get-FileHash $ModuleFolder/bin/net8.0/private/JwtPizza.Ecr.Sandbox.dll
$configuration = 'Release', 'Debug' | Where-Object {
    (Get-FileHash $root/src/JwtPizza.Ecr.Sandbox/bin/$_/net8.0/JwtPizza.Ecr.Sandbox.dll -ErrorAction Ignore).Hash -eq $sandbox.Hash
} | Select-Object -First 1
if (-not $configuration) { throw "The module in '$ModuleFolder' is older than the sources' build. Build again: dotnet build, or ./build.ps1 Package, which does both." }
if ($ProjectUri -and $ProjectUri.Scheme -notin 'http', 'https') { throw "'$ProjectUri' is not a web address. Give -ProjectUri one that starts with https://." }
if (-not (Get-Command Compress-PSResource -ErrorAction Ignore)) {
    throw 'Compress-PSResource is not in this PowerShell: it comes with Microsoft.PowerShell.PSResourceGet 1.1. Run: dotnet tool restore; dotnet pwsh build.ps1 Package'
}

function Invoke-DotNet {
    $said = dotnet @args
    $said | Write-Verbose
    if ($LASTEXITCODE) { throw "'dotnet $args' failed with exit code ${LASTEXITCODE}:`n$(@($said -match '(error|warning) ' | Select-Object -Unique -First 10) -join "`n")" }
}

function Get-ReleaseNote([string] $Version) {
    $text = Get-Content $root/CHANGELOG.md -Raw
    $section = [regex]::Match($text, "(?ms)^## $([regex]::Escape($Version))\b[^\n]*\n(.*?)(?=^## |\z)")
    if (-not $section.Success) { throw "CHANGELOG.md has no section '## $Version'. Add it, or set ModuleVersion in JwtPizza.Ecr.psd1 to a version that it has." }
    $section.Groups[1].Value.Trim() -replace "`r", ''
}

# What only a package has to say goes in after the licence; the rest of the manifest stays as it is.
function Add-PackageData([string] $Manifest, [string] $ReleaseNote) {
    $lines = @("ReleaseNotes = @'", ($ReleaseNote -replace "(?m)^'@", " '@"), "'@")
    if ($ProjectUri) { $lines = @("            ProjectUri = '$($ProjectUri.AbsoluteUri -replace "'", '%27')'") + $lines }
    $text = Get-Content $Manifest -Raw
    $licence = [regex]::Match($text, '(?m)^ *LicenseUri *=[^\n]*\n')
    Set-Content $Manifest $text.Insert($licence.Index + $licence.Length, ($lines -join "`n") + "`n") -NoNewline
}

$null = New-Item $Destination -ItemType Directory -Force
$stage = [IO.Directory]::CreateTempSubdirectory('jwtpizza-package-').FullName
try {
    $module = Join-Path $stage 'JwtPizza.Ecr'
    Copy-Item $ModuleFolder $module -Recurse
    Remove-Item $module/bin/net10.0-* -Recurse
    Copy-Item $root/LICENSE $module
    if ($Platform) { Invoke-DotNet build $root/build/ReadyToRun -nologo "-p:ModuleFolder=$module" "-p:ImagePlatforms=$($Platform -join '%3B')" }

    $version = (Import-PowerShellDataFile $module/JwtPizza.Ecr.psd1).ModuleVersion
    $notes = Get-ReleaseNote $version
    Add-PackageData $module/JwtPizza.Ecr.psd1 $notes
    $package = Join-Path $Destination "JwtPizza.Ecr.$version.nupkg"
    $zip = Join-Path $Destination "JwtPizza.Ecr.$version.zip"
    $tool = Join-Path $Destination "pizza-sandbox.$version.nupkg"
    Remove-Item $package, $zip, $tool -ErrorAction Ignore
    Compress-PSResource -Path $module -DestinationPath $Destination
    [IO.Compression.ZipFile]::CreateFromDirectory($module, $zip, 'SmallestSize', $true)

    # MSBuild splits values of -p: at ';' and ','; from the environment it takes them whole.
    $env:PackageReleaseNotes, $env:PackageProjectUrl = $notes, "$ProjectUri"
    try { Invoke-DotNet pack $root/src/JwtPizza.Ecr.Sandbox -nologo --no-build --configuration $configuration --output $Destination }
    finally { $env:PackageReleaseNotes, $env:PackageProjectUrl = $null, $null }
    Get-Item $package, $zip, $tool
}
finally { Remove-Item $stage -Recurse -Force }
