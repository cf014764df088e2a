#Requires -Version 7.4
# What an error advises is about what was asked, and can be pasted.
BeforeAll {
    Import-Module (Join-Path $PSScriptRoot '../../out/JwtPizza.Ecr') -Force
    $script:layout = (Resolve-Path (Join-Path $PSScriptRoot '../../examples/oci-layout')).Path
    function Get-Message([scriptblock] $Script) {
        try { & $Script } catch { return "$_" }
        throw "No error: $Script"
    }
}

Describe 'Advice' {
    BeforeAll {
        $null = Start-PizzaSandbox
        $null = New-PizzaRepository jwt-pizza-service, team-a/api
        $null = New-PizzaRepository jwt-pizza-service -Region eu-west-1
        $null = Push-PizzaImage $layout team-a/api -LayoutTag v1 -Tag production
    }
    AfterAll { Stop-PizzaSandbox }

    It 'keeps the region of <script>' -ForEach @(
        @{ script = { Get-PizzaImage nothing -Region us-west-2 -ErrorAction Stop }; says = 'New-PizzaRepository nothing -Region us-west-2' }
        @{ script = { Set-PizzaLifecycle nothing -KeepLast 2 -Region us-west-2 -ErrorAction Stop }; says = 'New-PizzaRepository nothing -Region us-west-2' }
        @{ script = { Get-PizzaRepository nothing -Region us-west-2 -ErrorAction Stop }; says = 'New-PizzaRepository nothing -Region us-west-2' }
    ) {
        $message = Get-Message $script
        $message | Should -BeLike "*$says*"
        $null = & ([scriptblock]::Create($says))
        $null = Get-PizzaRepository nothing -Region us-west-2 | Remove-PizzaRepository -Force
    }

    It 'names what was perhaps meant: <near>' -ForEach @(
        @{ script = { Get-PizzaImage jwt-piza-service -ErrorAction Stop }; near = 'jwt-pizza-service' }
        @{ script = { Get-PizzaRepository jwt-pizza-servcie -ErrorAction Stop }; near = 'jwt-pizza-service' }
        @{ script = { Grant-PizzaCiPolicy api -ErrorAction Stop }; near = 'team-a/api' }
        @{ script = { Get-PizzaTrustSubject gihub-ci -ErrorAction Stop }; near = 'github-ci' }
        @{ script = { Grant-PizzaCiPolicy jwt-pizza-service -RoleName github-cj -ErrorAction Stop }; near = 'github-ci' }
        @{ script = { Get-PizzaImage team-a/api -ImageTag prodution -ErrorAction Stop }; near = 'production' }
        @{ script = { Update-PizzaService -Cluster jwt-piza-service -Service jwt-pizza-service -ErrorAction Stop }; near = 'jwt-pizza-service' }
        @{ script = { Update-PizzaService -Cluster jwt-pizza-service -Service jwt-pizza-servise -ErrorAction Stop }; near = 'jwt-pizza-service' }
    ) {
        Get-Message $script | Should -BeLike "*Did you mean '$near'*"
    }

    It 'names the region that was perhaps meant, where the one that was named does not answer' {
        $message = Get-Message { Get-PizzaRepository -Region eu-wset-1 -EndpointUrl http://127.0.0.1:9 -AccessKey a -SecretKey b -ErrorAction Stop }
        $message | Should -Not -BeLike '*Did you mean*' -Because 'the endpoint is what does not answer'
    }

    It 'guesses nothing when nothing is near, or nobody may look' {
        Get-Message { Get-PizzaImage something-else-altogether -ErrorAction Stop } | Should -Not -BeLike '*Did you mean*'
        Set-PizzaSandboxFault iam:ListRoles -Error AccessDenied
        Get-Message { Get-PizzaTrustSubject gihub-ci -ErrorAction Stop } | Should -Not -BeLike '*Did you mean*'
    }
}

Describe 'A right that is missing' {
    AfterEach {
        Disconnect-PizzaAws
        Stop-PizzaSandbox
    }

    It 'is granted by the command that the error names' {
        $null = Start-PizzaSandbox -Enforce
        $null = New-PizzaRepository team-a/api
        $null = Push-PizzaImage $layout team-a/api -LayoutTag v1 -Tag v1
        $null = Add-PizzaTrustSubject my-account/api -Form Name
        foreach ($variable in (New-PizzaSandboxToken my-account/api -AsVariable).GetEnumerator()) { Set-Item "Env:$($variable.Key)" $variable.Value }
        $null = Connect-PizzaAws
        $message = Get-Message { Get-PizzaImage team-a/api -ErrorAction Stop }
        Disconnect-PizzaAws
        $command = 'Grant-PizzaCiPolicy team-a/api -RoleName github-ci -IncludeVerify'
        $message | Should -BeLike "*An administrator can grant it with $command.*"
        $null = & ([scriptblock]::Create($command))
        $null = Connect-PizzaAws
        { Get-PizzaImage team-a/api -ErrorAction Stop } | Should -Not -Throw
    }
}
