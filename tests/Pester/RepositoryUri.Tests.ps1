#Requires -Version 7.4
BeforeDiscovery {
    $partitions = @(
        @{ region = 'us-east-1'; partition = 'aws'; suffix = 'amazonaws.com' }
        @{ region = 'cn-north-1'; partition = 'aws-cn'; suffix = 'amazonaws.com.cn' }
        @{ region = 'us-gov-west-1'; partition = 'aws-us-gov'; suffix = 'amazonaws.com' }
        @{ region = 'us-iso-east-1'; partition = 'aws-iso'; suffix = 'c2s.ic.gov' }
        @{ region = 'us-isob-east-1'; partition = 'aws-iso-b'; suffix = 'sc2s.sgov.gov' }
        @{ region = 'eu-isoe-west-1'; partition = 'aws-iso-e'; suffix = 'cloud.adc-e.uk' }
        @{ region = 'us-isof-south-1'; partition = 'aws-iso-f'; suffix = 'csp.hci.ic.gov' }
        @{ region = 'eusc-de-east-1'; partition = 'aws-eusc'; suffix = 'amazonaws.eu' }
    )
}
BeforeAll { Import-Module (Join-Path $PSScriptRoot '../../out/JwtPizza.Ecr') -Force }

Describe 'A repository by its URI' {
    BeforeAll {
        $null = Start-PizzaSandbox
        $host1 = '123456789012.dkr.ecr.us-east-1.amazonaws.com'
        $uri = "$host1/team/api"
        $null = New-PizzaRepository $uri -Force
        $null = New-PizzaRepository team/api -Region eu-west-1
    }
    AfterAll { Stop-PizzaSandbox }

    It 'makes a repository of the name alone' {
        (Get-PizzaRepository).RepositoryName | Should -Be 'team/api'
    }

    It 'is what <name> takes' -ForEach @(
        @{ name = 'Get-PizzaRepository'; run = { Get-PizzaRepository $uri } }
        @{ name = 'Set-PizzaRepository'; run = { Set-PizzaRepository $uri -ScanOnPush:$false } }
        @{ name = 'Set-PizzaLifecycle'; run = { Set-PizzaLifecycle $uri -KeepLast 3 } }
        @{ name = 'Get-PizzaLifecycle'; run = { Get-PizzaLifecycle $uri } }
        @{ name = 'Grant-PizzaRepositoryAccess'; run = { Grant-PizzaRepositoryAccess $uri -Account 210987654321 -Pull } }
        @{ name = 'Grant-PizzaCiPolicy'; run = { Grant-PizzaCiPolicy $uri } }
        @{ name = 'Measure-PizzaStorage'; run = { Measure-PizzaStorage $uri } }
    ) {
        $record = & $run
        $record | Should -Not -BeNullOrEmpty
        $record.RepositoryName | Should -Be 'team/api'
    }

    It 'is written into a workflow as the name, and the region is that of the URI' {
        $text = Export-PizzaWorkflow '123456789012.dkr.ecr.eu-west-1.amazonaws.com/api' -AsText -Path ./none.yml
        $text | Should -Match 'ECR_REPOSITORY: api\b'
        $text | Should -Match 'eu-west-1'
        $text | Should -Not -Match 'dkr\.ecr\.eu-west-1\.amazonaws\.com/api'
    }

    It 'of another region leads there, for this one only' {
        $found = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/api", 'team/api' | Get-PizzaRepository
        $found.Region | Should -Be @('eu-west-1', 'us-east-1')
    }

    It 'may end in a pattern' {
        (Get-PizzaRepository "123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/*").Region | Should -Be 'eu-west-1'
    }

    It 'of the sandbox itself is taken' {
        (Get-PizzaRepository (Get-PizzaRepository team/api).RepositoryUri).RepositoryName | Should -Be 'team/api'
    }

    It '<what> is an error' -ForEach @(
        @{ what = 'another region than -Region'; id = 'RegistryMismatch'; run = { Get-PizzaRepository $uri -Region eu-west-1 -ErrorAction Stop } }
        @{ what = 'another account than -RegistryId'; id = 'RegistryMismatch'; run = { Get-PizzaLifecycle $uri -RegistryId 210987654321 -ErrorAction Stop } }
        @{ what = 'a new repository in the account of others'; id = 'RegistryMismatch'; run = { New-PizzaRepository 210987654321.dkr.ecr.us-east-1.amazonaws.com/api -ErrorAction Stop } }
        @{ what = 'the registry of someone else'; id = 'RegistryMismatch'; run = { Remove-PizzaRepository 127.0.0.1:1/team/api -Force -ErrorAction Stop } }
        @{ what = 'a workflow for another region'; id = 'RegistryMismatch'; run = { Export-PizzaWorkflow $uri -Region eu-west-1 -AsText -ErrorAction Stop } }
        @{ what = 'a slip in the region of the URI'; id = 'InvalidRepositoryName'; run = { New-PizzaRepository 123456789012.dkr.ecr.us-east.amazonaws.com/api -ErrorAction Stop } }
        @{ what = 'ECR Public where it has nothing'; id = 'NotInEcrPublic'; run = { Set-PizzaLifecycle public.ecr.aws/a1b2c3d4/api -KeepLast 3 -ErrorAction Stop } }
    ) {
        $run | Should -Throw -ErrorId "$id,*"
    }
}

Describe 'The partition <partition>' -ForEach $partitions {
    BeforeAll { $null = Start-PizzaSandbox -Region $region }
    AfterAll { Stop-PizzaSandbox }

    It 'is that of every ARN of the sandbox and of what the cmdlets make' {
        $repository = New-PizzaRepository api
        $repository.RepositoryArn | Should -BeExactly "arn:${partition}:ecr:${region}:123456789012:repository/api"
        $grant = $repository | Grant-PizzaCiPolicy
        $grant.PolicyArn | Should -BeExactly "arn:${partition}:iam::123456789012:policy/jwt-pizza-ci-deployment"
        $trusted = Add-PizzaTrustSubject my-account/api -RoleName github-ci
        $trusted.RoleArn | Should -BeExactly "arn:${partition}:iam::123456789012:role/github-ci"
        $access = $repository | Grant-PizzaRepositoryAccess -Account 210987654321 -Pull
        $access.Principal | Should -BeExactly "arn:${partition}:iam::210987654321:root"
        "123456789012.dkr.ecr.$region.$suffix/api" | Get-PizzaRepository | ForEach-Object RepositoryName | Should -Be api
    }

    It 'lets a run in that asks for the audience of its region' {
        $null = Add-PizzaTrustSubject my-account/web -RoleName github-ci
        (New-PizzaSandboxToken my-account/web -Explain).Allowed | Should -BeTrue
        (Test-PizzaTrustSubject my-account/web -RoleName github-ci).Allowed | Should -BeTrue
    }

    It 'is that of the role in a workflow' {
        $text = Export-PizzaWorkflow api -Region $region -AsText -Path ./none.yml
        $text | Should -Match "arn:${partition}:iam::"
        $text | Should -Match "audience: $(if ($partition -eq 'aws-cn') { 'sts.amazonaws.com.cn' } else { 'sts.amazonaws.com' })\s"
    }
}
