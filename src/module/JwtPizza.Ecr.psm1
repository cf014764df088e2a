$ErrorActionPreference = 'Stop'
$cmdlets = [JwtPizza.Ecr.LoadContext]::CmdletsOf($PSScriptRoot)
Import-Module (Join-Path $PSScriptRoot 'types/JwtPizza.Ecr.Types.psd1')
# Piped into Import-Module once more, or a second import exports nothing: https://github.com/PowerShell/PowerShell/issues/20710
Import-Module -Assembly $cmdlets -PassThru | Import-Module
