# The properties that the views add. A manifest of its own, which JwtPizza.Ecr.psm1 imports: PowerShell would process them before that script can say
# that a session has another build of the module, and fail in its own words.
@{
    ModuleVersion  = '0.0.1'
    TypesToProcess = @('JwtPizza.Ecr.Types.ps1xml')
}
