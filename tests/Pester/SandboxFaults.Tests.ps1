#Requires -Version 7.4
BeforeAll { Import-Module (Join-Path $PSScriptRoot '../../out/JwtPizza.Ecr') -Force }
AfterAll { Stop-PizzaSandbox }

Describe 'Set-PizzaSandboxFault' {
    BeforeEach { Stop-PizzaSandbox; $null = Start-PizzaSandbox }

    It 'throttles so many calls, and the cmdlet under test tries again' {
        Set-PizzaSandboxFault CreateRepository -Error ThrottlingException -Count 2
        (New-PizzaRepository pizza).RepositoryName | Should -Be 'pizza'
        (Get-PizzaSandboxCall CreateRepository).ErrorCode | Should -Be 'ThrottlingException', 'ThrottlingException', $null
    }

    It 'shows the error when it does not end' {
        Set-PizzaSandboxFault CreateRepository -Error LimitExceededException
        New-PizzaRepository pizza -ErrorAction SilentlyContinue -ErrorVariable failed
        $failed[0].FullyQualifiedErrorId | Should -BeLike 'LimitExceededException,*'
    }

    It 'strikes IAM in its own form' {
        Set-PizzaSandboxFault iam:GetRole -Error NoSuchEntity
        'o/r' | Add-PizzaTrustSubject -RoleName github-ci -OwnerId 1 -RepositoryId 2 -ErrorAction SilentlyContinue -ErrorVariable failed
        $failed[0].FullyQualifiedErrorId | Should -BeLike 'NoSuchEntity*'
        (Get-PizzaSandboxCall GetRole)[0].Status | Should -Be 404
    }

    It 'drops connections' {
        Set-PizzaSandboxFault DescribeRepositories -DropConnection
        Get-PizzaRepository -ErrorAction SilentlyContinue -ErrorVariable failed | Should -BeNullOrEmpty
        $failed | Should -Not -BeNullOrEmpty
        (Get-PizzaSandboxCall)[0].ErrorCode | Should -Be 'ConnectionDropped'
    }

    It 'takes a latency of <_>' -ForEach 300, '300', '00:00:00.3', ([timespan]::FromMilliseconds(300)) {
        Set-PizzaSandboxFault DescribeRepositories -Latency $_
        $null = Get-PizzaRepository
        (Get-PizzaSandboxCall DescribeRepositories)[0].DurationSeconds | Should -BeGreaterThan 0.29
    }

    It 'strikes a share of the calls, the same ones for the same seed' {
        $outcomes = foreach ($run in 1, 2) {
            Set-PizzaSandboxFault DescribeRepositories -Error InvalidParameterException -Share 0.5 -Seed 4
            $before = @(Get-PizzaSandboxCall).Count
            1..20 | ForEach-Object { Get-PizzaRepository -ErrorAction SilentlyContinue }
            (Get-PizzaSandboxCall | Select-Object -Skip $before).Status -join ' '
        }
        $outcomes[0] | Should -Be $outcomes[1]
        $outcomes[0] | Should -Match '200'
        $outcomes[0] | Should -Match '400'
    }

    It 'refuses <Why>' -ForEach @(
        @{ Why = 'a fault without trouble'; Fault = @{ Operation = 'PutImage' } }
        @{ Why = 'an operation that can be none'; Fault = @{ Operation = 'Put Image'; Status = 500 } }
        @{ Why = 'a share over one'; Fault = @{ Operation = 'PutImage'; Status = 500; Share = 2 } }
        @{ Why = 'a latency of a day'; Fault = @{ Operation = 'PutImage'; Latency = '1.00:00:00' } }
        @{ Why = 'an error on a dropped connection'; Fault = @{ Operation = 'PutImage'; Status = 500; DropConnection = $true } }
    ) {
        Set-PizzaSandboxFault @Fault -ErrorAction SilentlyContinue -ErrorVariable failed
        $failed[0].FullyQualifiedErrorId | Should -BeLike 'InvalidFault,*'
    }

    It 'sets nothing under -WhatIf' {
        Set-PizzaSandboxFault * -Status 500 -WhatIf
        { Get-PizzaRepository -ErrorAction Stop } | Should -Not -Throw
    }

    It 'says that no sandbox runs' {
        Stop-PizzaSandbox
        foreach ($command in { Set-PizzaSandboxFault * -Status 500 }, { Remove-PizzaSandboxFault }, { Get-PizzaSandboxCall }) {
            $failed = $null
            & $command -ErrorAction SilentlyContinue -ErrorVariable failed 2>&1 | ForEach-Object { $failed = $_ }
            $failed.FullyQualifiedErrorId | Should -BeLike 'SandboxNotRunning,*'
        }
    }
}

Describe 'Remove-PizzaSandboxFault' {
    BeforeEach { Stop-PizzaSandbox; $null = Start-PizzaSandbox }

    It 'takes all faults away and says how many calls they struck' {
        Set-PizzaSandboxFault DescribeRepositories -Error InvalidParameterException
        Get-PizzaRepository -ErrorAction SilentlyContinue
        "$(Remove-PizzaSandboxFault -Verbose 4>&1)" | Should -BeLike '*DescribeRepositories*struck 1 calls*'
        { Get-PizzaRepository -ErrorAction Stop } | Should -Not -Throw
    }

    It 'leaves the others, and is quiet where there is none' {
        Set-PizzaSandboxFault iam:* -Error NoSuchEntity
        Set-PizzaSandboxFault DescribeRepositories -Error InvalidParameterException
        Remove-PizzaSandboxFault iam:*
        { Get-PizzaRepository -ErrorAction Stop } | Should -Throw
        Remove-PizzaSandboxFault
        Remove-PizzaSandboxFault | Should -BeNullOrEmpty
    }
}

Describe 'Get-PizzaSandboxCall' {
    BeforeEach { Stop-PizzaSandbox; $sandbox = Start-PizzaSandbox }

    It 'tells what was called, by whom, with what' {
        $null = New-PizzaRepository pizza -Region eu-west-1
        $call = Get-PizzaSandboxCall CreateRepository
        $call | Should -BeOfType [JwtPizza.Ecr.SandboxCall]
        $call.Service, $call.Region, $call.AccessKey, $call.Status | Should -Be 'ecr', 'eu-west-1', $sandbox.AccessKey, 200
        $call.Parameters.repositoryName | Should -Be 'pizza'
        $call.Parameters.imageScanningConfiguration.scanOnPush | Should -BeTrue
    }

    It 'chooses by operation, service and time' {
        $null = New-PizzaRepository pizza
        $null = Get-PizzaRepository pizza
        (Get-PizzaSandboxCall Desc*, Create*).Operation | Should -Be 'CreateRepository', 'DescribeRepositories'
        Get-PizzaSandboxCall iam:* | Should -BeNullOrEmpty
        Get-PizzaSandboxCall -Since (Get-Date).AddMinutes(5) | Should -BeNullOrEmpty
        (Get-PizzaSandboxCall ecr:* -Since (Get-Date).AddMinutes(-5)).Count | Should -Be 2
    }

    It 'begins with nothing in a new sandbox' {
        $null = Get-PizzaRepository
        Stop-PizzaSandbox
        $null = Start-PizzaSandbox
        Get-PizzaSandboxCall | Should -BeNullOrEmpty
    }

    It 'holds no token that a push used' {
        $layout = Join-Path $PSScriptRoot '../../examples/oci-layout'
        $null = New-PizzaRepository pizza | Push-PizzaImage $layout -LayoutTag v1 -Tag latest
        (Get-PizzaSandboxCall PutImage).Parameters.imageTag | Should -Contain 'latest'
        Get-PizzaSandboxCall | ConvertTo-Json -Depth 8 | Should -Not -Match ([regex]::Escape($sandbox.SecretKey))
    }
}

Describe 'The deploy script of the examples' {
    It 'passes its own tests, in a session of its own' {
        $lines = pwsh -NoProfile -File (Join-Path $PSScriptRoot 'run.ps1') -Path (Resolve-Path (Join-Path $PSScriptRoot '../../examples/deploy.Tests.ps1')).Path
        $LASTEXITCODE | Should -Be 0 -Because ($lines -join "`n")
        $lines[-1] | Should -Match '^Pester: [5-9] passed, 0 failed, 0 skipped$'
    }
}
