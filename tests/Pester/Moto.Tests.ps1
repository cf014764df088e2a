#Requires -Version 7.4
# The same cmdlets against moto (https://docs.getmoto.org), an AWS in a box that others wrote, as far as it has the calls.
# It has no lifecycle previews and no ECR Public (it answers them with 500), and hands out no GitHub tokens.
BeforeDiscovery {
    $python = 'python3', 'python' | Where-Object { Get-Command $_ -CommandType Application -ErrorAction Ignore } | Select-Object -First 1
    $script:noMoto = -not $python -or $(& $python -c 'import moto.server' 2>$null; $LASTEXITCODE -ne 0)
}

Describe 'On moto' -Skip:$noMoto -Tag 'needs moto' {
    BeforeAll {
        Import-Module (Join-Path $PSScriptRoot '../../out/JwtPizza.Ecr/JwtPizza.Ecr.psd1') -Force
        $probe = [Net.Sockets.TcpListener]::new([Net.IPAddress]::Loopback, 0)
        $probe.Start()
        $port = $probe.LocalEndpoint.Port
        $probe.Stop()
        $python = 'python3', 'python' | Where-Object { Get-Command $_ -CommandType Application -ErrorAction Ignore } | Select-Object -First 1
        $script:moto = Start-Process $python "-m moto.server -p $port" -PassThru -RedirectStandardOutput (Join-Path $TestDrive out) -RedirectStandardError (Join-Path $TestDrive err)
        $limit = [Diagnostics.Stopwatch]::StartNew()
        while (-not (Test-Connection 127.0.0.1 -TcpPort $port -TimeoutSeconds 1 -ErrorAction Ignore)) {
            if ($limit.Elapsed.TotalSeconds -gt 60) { throw "moto does not answer: $(Get-Content (Join-Path $TestDrive err) -Raw)" }
            Start-Sleep -Milliseconds 100
        }
        $to = @{ EndpointUrl = "http://127.0.0.1:$port"; AccessKey = 'a'; SecretKey = 'b'; Region = 'eu-west-1' }
        foreach ($setting in $to.Keys) { $PSDefaultParameterValues["*-Pizza*:$setting"] = $to[$setting] }
        $ErrorActionPreference = 'Stop'
    }
    AfterAll {
        $moto | Stop-Process -ErrorAction Ignore
        foreach ($setting in @($PSDefaultParameterValues.Keys -like '[*]-Pizza[*]:*')) { $PSDefaultParameterValues.Remove($setting) }
    }

    It 'repositories are made, set and found' {
        (New-PizzaRepository one, two).RepositoryName | Should -Be 'one', 'two'
        { New-PizzaRepository one } | Should -Throw -ErrorId 'RepositoryAlreadyExistsException,*'
        (Set-PizzaRepository one -ImageTagMutability IMMUTABLE).ImageTagMutability | Should -Be 'IMMUTABLE'
        (Get-PizzaRepository 'o*').ImageTagMutability | Should -Be 'IMMUTABLE'
        { Get-PizzaRepository missing } | Should -Throw -ErrorId 'RepositoryNotFoundException,*'
    }

    It 'provider, role and policy are made in one line, and nothing the second time' {
        (New-PizzaCiRole o/r -Form Name -RepositoryName one).Status | Should -Be 'Created'
        (New-PizzaCiRole o/r -Form Name -RepositoryName one).Status | Should -Be 'Unchanged'
        (Register-PizzaOidcProvider).Status | Should -Be 'Unchanged'
        $null = 'o/s' | Add-PizzaTrustSubject -Form Name
        (Get-PizzaTrustSubject).Subject | Should -Be 'repo:o/r:ref:refs/heads/main', 'repo:o/s:ref:refs/heads/main'
        (Test-PizzaTrustSubject o/r -Form Name).Allowed | Should -BeTrue
        (Grant-PizzaCiPolicy two).Status | Should -Be 'Created'
        (Grant-PizzaCiPolicy two).Status | Should -Not -Be 'Created'
        (Revoke-PizzaCiPolicy two).Status | Should -Be 'Removed'
    }

    It 'lifecycle policies are set, worked out and taken away' {
        $null = Set-PizzaLifecycle one -KeepLast 3
        (Get-PizzaLifecycle one).Rules | Should -HaveCount 1
        Test-PizzaLifecycle one -KeepLast 1 -Offline -Replace | Should -BeNullOrEmpty
        $null = Remove-PizzaLifecycle one -Force
        (Get-PizzaLifecycle one).Rules | Should -BeNullOrEmpty
    }

    It 'replication is set, granted and ended' {
        (Set-PizzaReplication eu-central-1, us-west-2 -Prefix team).DestinationRegion | Should -Be 'eu-central-1', 'us-west-2'
        $null = Remove-PizzaReplication us-west-2 -Prefix team -Force
        (Get-PizzaReplication).DestinationRegion | Should -Be 'eu-central-1'
        (Grant-PizzaReplication 210987654321).Status | Should -Be 'Created'
        $null = Revoke-PizzaReplication 210987654321
    }

    It 'access is granted and revoked' {
        (Grant-PizzaRepositoryAccess one -Account 210987654321 -Pull).Status | Should -Be 'Created'
        (Get-PizzaRepository one -IncludePolicy).Access.Principal | Should -Be 'arn:aws:iam::210987654321:root'
        $null = Revoke-PizzaRepositoryAccess one -Account 210987654321
        (Get-PizzaRepository one -IncludePolicy).PolicyText | Should -BeNullOrEmpty
    }

    It 'scanning is set' {
        $null = Set-PizzaScanning -ScanOnPush 'web*'
        (Get-PizzaScanning).Rules.RepositoryFilter | Should -Be 'web*'
    }

    It 'what it made is undone' {
        (Remove-PizzaCiRole github-ci -Force).Status | Should -Be 'Removed'
        (Unregister-PizzaOidcProvider -Force).Status | Should -Be 'Removed'
        Remove-PizzaRepository one, two -Force
        Get-PizzaRepository | Should -BeNullOrEmpty
    }
}
