#Requires -Version 7.4
BeforeAll {
    Import-Module (Join-Path $PSScriptRoot '../../out/JwtPizza.Ecr') -Force
    $null = Start-PizzaSandbox
    $null = New-PizzaRepository bare, archive-1
    $null = New-PizzaCiRole o/r -Form Name -RoleName other
    $null = Grant-PizzaRolePolicy other AmazonEC2ContainerRegistryPowerUser
}
AfterAll { Stop-PizzaSandbox }

Describe 'Find-PizzaRisk' {
    It 'names what is wrong, worst rules first, in a table that says that it is the sandbox' {
        $found = Find-PizzaRisk
        $found.Id | Should -Be 'WidePolicy', 'NoLifecycle', 'NoLifecycle'
        $found | Should -BeOfType [JwtPizza.Ecr.PizzaRisk]
        $shown = $found | Out-String -Width 120
        $shown | Should -Match 'WidePolicy\s+role other'
        $shown | Should -Match '(?i)in the sandbox'
    }

    It 'leaves out what a PowerShell data file accepts, and runs nothing that is in it' {
        $file = Join-Path $TestDrive 'risks.psd1'
        "@{ Suppressions = @(@{ Id = 'NoLifecycle'; Target = 'repository archive-*'; Reason = 'kept' }, @{ Id = 'Wide*'; Target = '*' }) }" | Set-Content $file
        (Find-PizzaRisk -Suppression $file).Target | Should -Be 'repository bare'
        "@{ Suppressions = @(@{ Id = (Remove-Item '$TestDrive/gone'); Target = '*' }) }" | Set-Content $file
        $null = New-Item (Join-Path $TestDrive gone)
        { Find-PizzaRisk -Suppression $file -ErrorAction Stop } | Should -Throw '*cannot be used as -Suppression*'
        Join-Path $TestDrive gone | Should -Exist
    }

    It 'has commands that are followed as they are pasted' {
        foreach ($risk in Find-PizzaRisk) { $null = Invoke-Expression $risk.Command }
        Find-PizzaRisk | Should -BeNullOrEmpty
    }
}
