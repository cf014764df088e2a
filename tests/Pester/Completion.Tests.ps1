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
        'Get-PizzaTrustSubject g', 'Add-PizzaTrustSubject a/b -RoleName g', 'Grant-PizzaRolePolicy g', 'Remove-PizzaCiRole g', 'Grant-PizzaCiPolicy x -RoleName g', 'Connect-PizzaAws g', 'Test-PizzaSetup a/b -RoleName g', 'Get-PizzaCiRole g', 'Get-PizzaRolePolicy g', 'Get-PizzaCiPolicy -RoleName g') {
        Get-Completion $_ | Should -Be 'github-ci'
    }

    It 'offers the operations of the sandbox, with their service once that is typed' {
        Get-Completion 'Set-PizzaSandboxFault PutIm' | Should -Contain 'PutImage'
        Get-Completion 'Get-PizzaSandboxCall iam:GetR' | Should -Contain 'iam:GetRole'
        Get-Completion 'Publish-PizzaImage ./dist -Platform linux/arm6' | Should -Be 'linux/arm64'
    }

    It 'offers what AWS has: <line>' -ForEach @(
        @{ line = 'Update-PizzaService -Cluster '; has = 'jwt-pizza-service' }
        @{ line = 'Update-PizzaService -Cluster jwt-pizza-service -Service '; has = 'jwt-pizza-service' }
        @{ line = 'Update-PizzaService -Service jwt'; has = 'jwt-pizza-service' }
        @{ line = 'Find-PizzaRisk Open'; has = 'OpenTrust' }
        @{ line = 'Get-PizzaService '; has = 'jwt-pizza-service' }
        @{ line = 'Get-PizzaService -Cluster '; has = 'jwt-pizza-service' }
        @{ line = 'Get-PizzaRolePolicy github-ci jwt'; has = 'jwt-pizza-ci-deployment' }
        @{ line = 'Get-PizzaSandboxFault iam:GetR'; has = 'iam:GetRole' }
        @{ line = 'Grant-PizzaCiPolicy x -PolicyName '; has = 'jwt-pizza-ci-deployment' }
        @{ line = 'Remove-PizzaTrustSubject -Subject '; has = "'repo:my-account/jwt-pizza:ref:refs/heads/main'", 'repo:my-account/jwt-pizza:ref:refs/heads/main' }
        @{ line = 'Get-PizzaRepository -Public -RepositoryName '; has = 'gallery' }
        @{ line = 'Remove-PizzaLifecycle jwt-pizza-service -Priority '; has = '2' }
        @{ line = 'Set-PizzaSandboxFault PutImage -Error Thr'; has = 'ThrottlingException' }
    ) {
        $null = New-PizzaRepository gallery -Public -Force
        $null = Set-PizzaLifecycle jwt-pizza-service -UntaggedDays 1 -KeepLast 5
        @(Get-Completion $line | Where-Object { $_ -in $has }) | Should -HaveCount 1 -Because "$(Get-Completion $line)"
    }

    It 'offers the images of a layout' {
        Get-Completion "Push-PizzaImage '$layout' team-a/api -LayoutTag " | Should -Contain 'v1'
    }

    It 'offers builders and images of docker' -Skip:(-not (Get-Command docker -CommandType Application -ErrorAction Ignore) -or -not (docker version --format '{{.Server.Version}}' 2>$null)) {
        Get-Completion 'Publish-PizzaImage ./dist team-a/api -Builder def' | Should -Be 'default'
        $image = docker image ls --format '{{.Repository}}:{{.Tag}}' | Where-Object { $_ -notmatch '<none>' } | Select-Object -First 1
        if ($image) { Get-Completion "Push-PizzaImage team-a/api -Image $image" | Should -Contain $image }
    }

    It 'offers the branches and the GitHub repository of the folder, which is the default too' -Skip:(-not (Get-Command git -CommandType Application -ErrorAction Ignore)) {
        Push-Location (New-Item (Join-Path $TestDrive clone) -ItemType Directory -Force)
        try {
            git init --quiet --initial-branch main
            git -c user.name=me -c user.email=me@example.com commit --quiet --allow-empty --message first
            git branch release/1
            git remote add mirror https://git.example.com/me/other.git
            git remote add origin git@github.com:me/pizza-shop.git
            Get-Completion 'Add-PizzaTrustSubject me/pizza-shop -Branch ' | Should -Be 'main', 'release/1'
            Get-Completion 'Add-PizzaTrustSubject -Repository ' | Should -Be 'me/pizza-shop'
            (Test-PizzaTrustSubject -Form Name).Subject | Should -Be 'repo:me/pizza-shop:ref:refs/heads/main'
            New-PizzaSandboxToken | Should -Not -BeNullOrEmpty
        }
        finally { Pop-Location }
    }

    It 'asks for the repository where no git remote leads to GitHub' {
        Push-Location (New-Item (Join-Path $TestDrive plain) -ItemType Directory -Force)
        try { { Add-PizzaTrustSubject -ErrorAction Stop } | Should -Throw "*no git remote at GitHub*'owner/name'*" -ErrorId 'NoTrustSubject,*' }
        finally { Pop-Location }
    }

    It 'offers nothing of ECR for a repository that is not there, and no error' {
        Get-Completion 'Get-PizzaImage nope -Tag lat' | Should -BeNullOrEmpty
    }
}

Describe 'Hints' {
    It 'tells where patterns belong' {
        Set-PizzaLifecycle team-a/* -KeepLast 5 -ErrorAction SilentlyContinue -ErrorVariable failure
        $failure[0].Exception.Message | Should -BeLike "*'team-a/``*' is not a valid ECR repository name: it is a pattern; use the pattern with Get-PizzaRepository, and pipe its output.*"
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
