# Piped into Import-Module once more, or a second import exports nothing: https://github.com/PowerShell/PowerShell/issues/20710
Import-Module -Assembly ([JwtPizza.Ecr.LoadContext]::CmdletsOf($PSScriptRoot)) -PassThru | Import-Module
