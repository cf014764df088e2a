@{
    RootModule           = 'JwtPizza.Ecr.psm1'
    ModuleVersion        = '0.1.0'
    GUID                 = '5d0f2f0e-6c0b-4f7e-9a52-8a2d3c1f7b64'
    Author               = 'JwtPizza.Ecr contributors'
    CompanyName          = 'JwtPizza.Ecr contributors'
    Copyright            = 'MIT licence'
    Description          = 'From a Dockerfile to a trusted, pushed, self-cleaning image in Amazon ECR. Windows PowerShell 5.1 is not supported.'
    PowerShellVersion    = '7.4'
    CompatiblePSEditions = @('Core')
    # Loaded into the default context before the psm1 runs; it loads everything else.
    RequiredAssemblies   = @('bin/JwtPizza.Ecr.Loader.dll')
    FormatsToProcess     = @('JwtPizza.Ecr.Format.ps1xml')
    FunctionsToExport    = @()
    AliasesToExport      = @()
    VariablesToExport    = @()
    CmdletsToExport      = @(
        'Add-PizzaTrustSubject'
        'Clear-PizzaImage'
        'Connect-PizzaAws'
        'Connect-PizzaRegistry'
        'Copy-PizzaImage'
        'Disconnect-PizzaAws'
        'Disconnect-PizzaRegistry'
        'Export-PizzaWorkflow'
        'Get-PizzaImage'
        'Get-PizzaLifecycle'
        'Get-PizzaReplication'
        'Get-PizzaRepository'
        'Get-PizzaSandbox'
        'Get-PizzaSandboxCall'
        'Get-PizzaScanFinding'
        'Get-PizzaScanning'
        'Get-PizzaTrustSubject'
        'Grant-PizzaCiPolicy'
        'Grant-PizzaReplication'
        'Grant-PizzaRepositoryAccess'
        'Grant-PizzaRolePolicy'
        'Initialize-PizzaBuilder'
        'Measure-PizzaStorage'
        'New-PizzaCiRole'
        'New-PizzaDist'
        'New-PizzaLifecycleRule'
        'New-PizzaRepository'
        'New-PizzaSandboxToken'
        'Publish-PizzaImage'
        'Push-PizzaImage'
        'Register-PizzaOidcProvider'
        'Remove-PizzaCiRole'
        'Remove-PizzaImage'
        'Remove-PizzaLifecycle'
        'Remove-PizzaReplication'
        'Remove-PizzaRepository'
        'Remove-PizzaSandboxFault'
        'Remove-PizzaTrustSubject'
        'Resolve-PizzaTrustSubject'
        'Revoke-PizzaCiPolicy'
        'Revoke-PizzaReplication'
        'Revoke-PizzaRepositoryAccess'
        'Revoke-PizzaRolePolicy'
        'Save-PizzaImage'
        'Set-PizzaLifecycle'
        'Set-PizzaReplication'
        'Set-PizzaRepository'
        'Set-PizzaSandboxFault'
        'Set-PizzaScanning'
        'Set-PizzaWorkflowSecret'
        'Start-PizzaSandbox'
        'Step-PizzaSandbox'
        'Stop-PizzaSandbox'
        'Test-PizzaLifecycle'
        'Test-PizzaSetup'
        'Test-PizzaTrustSubject'
        'Unregister-PizzaOidcProvider'
        'Update-PizzaService'
        'Wait-PizzaReplication'
    )
    PrivateData          = @{
        PSData = @{
            Tags       = @('AWS', 'ECR', 'Docker', 'OCI', 'OIDC', 'GitHubActions', 'PSEdition_Core', 'Windows', 'Linux', 'MacOS')
            LicenseUri = 'https://opensource.org/license/mit'
        }
    }
}
