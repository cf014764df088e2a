#Requires -Version 7.4
BeforeAll {
    Import-Module (Join-Path $PSScriptRoot '../../out/JwtPizza.Ecr') -Force
    $null = Start-PizzaSandbox
    $null = 'jwt-pizza-service', 'team-a/api' | New-PizzaRepository
    $layout = Join-Path $PSScriptRoot '../../examples/oci-layout'
    $null = Push-PizzaImage $layout -RepositoryName team-a/api -LayoutTag v1 -Tag v1, latest
    function Get-Completion([string] $Line) { (TabExpansion2 $Line $Line.Length).CompletionMatches.CompletionText }
}

AfterAll { Stop-PizzaSandbox }

Describe 'Tab completion' {
    It 'offers the repositories: <_>' -ForEach 'Get-PizzaImage ', 'Publish-PizzaImage ./dist ', 'Publish-PizzaImage -RepositoryName ', 'Push-PizzaImage ./x ' {
        Get-Completion $_ | Should -Be 'jwt-pizza-service', 'team-a/api'
    }

    It 'offers the tags of the repository that is named: <_>' -ForEach @(
        'Get-PizzaImage team-a/api -Tag ', 'Remove-PizzaImage team-a/api -Tag ', 'Get-PizzaScanFinding team-a/api -Tag ', 'Wait-PizzaReplication -RepositoryName team-a/api -ImageTag ') {
        Get-Completion $_ | Should -Be 'latest', 'v1'
        Get-Completion ($_ + 'v') | Should -Be 'v1'
    }

    It 'offers the roles of the account: <_>' -ForEach @(
        'Get-PizzaTrustSubject g', 'Add-PizzaTrustSubject a/b -RoleName g', 'Grant-PizzaRolePolicy g', 'Remove-PizzaCiRole g', 'Grant-PizzaCiPolicy x -RoleName g', 'Connect-PizzaAws g', 'Test-PizzaSetup a/b -RoleName g') {
        Get-Completion $_ | Should -Be 'github-ci'
    }

    It 'offers the operations of the sandbox, with their service once that is typed' {
        Get-Completion 'Set-PizzaSandboxFault PutIm' | Should -Contain 'PutImage'
        Get-Completion 'Get-PizzaSandboxCall iam:GetR' | Should -Contain 'iam:GetRole'
        Get-Completion 'Publish-PizzaImage ./dist -Platform linux/arm6' | Should -Be 'linux/arm64'
    }

    It 'offers nothing of ECR for a repository that is not there, and no error' {
        Get-Completion 'Get-PizzaImage nope -Tag lat' | Should -BeNullOrEmpty
    }
}

Describe 'Hints' {
    It 'tells where patterns belong' {
        Set-PizzaLifecycle team-a/* -KeepLast 5 -ErrorAction SilentlyContinue -ErrorVariable failure
        $failure[0].Exception.Message | Should -BeLike "*'team-a/``*' is not a legal ECR repository name: it is a pattern, and those are for Get-PizzaRepository, whose output can be piped.*"
    }

    It 'tells how to find the image that is not there' {
        Wait-PizzaReplication team-a/api -ImageTag nope -ErrorAction SilentlyContinue -ErrorVariable failure
        $failure[0].Exception.Message | Should -BeLike "*imageTag:'nope'* Get-PizzaImage team-a/api lists what there is."
    }

    It 'refuses the beginning of an operation as the name of one' {
        Get-PizzaSandboxCall DeleteRepo -ErrorAction SilentlyContinue -ErrorVariable failure
        $failure[0].Exception.Message | Should -BeLike "*no operation 'DeleteRepo'. Perhaps you mean DeleteRepository*"
    }
}

Describe 'What a pipeline brings' {
    It 'may lack what has a default: <_>' -ForEach 'Get-PizzaTrustSubject', 'Connect-PizzaRegistry', 'Disconnect-PizzaRegistry' {
        $config = Join-Path $TestDrive 'docker'
        [pscustomobject]@{ RoleName = $null; RegistryId = $null; Region = $null; DockerConfig = $config } | & $_ -ErrorAction Stop | Should -Not -BeNullOrEmpty
    }

    It 'may lack it on the command line too' {
        (Connect-PizzaRegistry -Region $null -RegistryId $null -DockerConfig (Join-Path $TestDrive 'docker')).IsConnected | Should -BeTrue
        (New-PizzaRepository jwt-pizza-service -Force -Tag $null -MutabilityExclusion $null -ErrorAction Stop).RepositoryName | Should -Be 'jwt-pizza-service'
    }

    It 'may name several repositories in one object' {
        $role = New-PizzaCiRole my-account/jwt-pizza-service -RepositoryName jwt-pizza-service, team-a/api
        ($role | Get-PizzaRepository -ErrorAction Stop).RepositoryName | Should -Be 'jwt-pizza-service', 'team-a/api'
    }

    It 'is refused when it is a broken pattern: <_>' -ForEach 'Get-PizzaRepository', 'Get-PizzaImage', 'Measure-PizzaStorage', 'Clear-PizzaImage -Force' {
        $command, $switch = -split $_
        $rest = $switch ? @{ Force = $true } : @{}
        'team-[' | & $command @rest -ErrorAction SilentlyContinue -ErrorVariable failure
        $failure[0].FullyQualifiedErrorId | Should -BeLike 'InvalidPattern,*'
        $failure[0].Exception.Message | Should -BeLike "'team-``[' is not a pattern: *"
    }
}

Describe 'Tables of 80 columns' {
    It 'show the whole address of the identity provider' {
        Register-PizzaOidcProvider | Out-String -Width 80 | Should -BeLike '*https://token.actions.githubusercontent.com *sts.amazonaws.com*'
    }

    It 'show what a lifecycle rule is for' {
        $null = Set-PizzaLifecycle team-a/api -KeepLast 10
        (Get-PizzaLifecycle team-a/api).Rules | Out-String -Width 80 | Should -BeLike '*Keep the last 10 images*'
    }
}
