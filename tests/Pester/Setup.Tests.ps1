#Requires -Version 7.4
BeforeAll {
    Import-Module (Join-Path $PSScriptRoot '../../out/JwtPizza.Ecr') -Force
    $script:layout = (Resolve-Path (Join-Path $PSScriptRoot '../../examples/oci-layout')).Path
}

Describe 'Test-PizzaSetup' {
    AfterEach { Stop-PizzaSandbox }

    It 'names the command for each part that is missing, and these commands put it right' {
        $null = Start-PizzaSandbox
        $found = Test-PizzaSetup my-account/jwt-pizza-service
        $found.Check | Should -Be @('Credentials', 'Repository', 'Lifecycle', 'Provider', 'Trust', 'Grant', 'Image')
        $found.Status | Should -Be @('Ok', 'Failed', 'Unknown', 'Ok', 'Failed', 'Failed', 'Unknown')
        Test-PizzaSetup my-account/jwt-pizza-service -Quiet | Should -BeFalse
        $null = New-PizzaRepository jwt-pizza-service
        (Test-PizzaSetup my-account/jwt-pizza-service | Where-Object Check -eq Image).NextStep | Should -BeLike 'Publish-PizzaImage * jwt-pizza-service'
        $null = Push-PizzaImage $layout jwt-pizza-service -LayoutTag v1 -Tag latest
        foreach ($step in (Test-PizzaSetup my-account/jwt-pizza-service | Where-Object NextStep).NextStep) { $null = & ([scriptblock]::Create($step)) }
        $found = Test-PizzaSetup my-account/jwt-pizza-service
        $found.Status | Should -Be (@('Ok') * 7)
        $found[6].Finding | Should -BeLike 'latest is *linux/arm64*'
        Test-PizzaSetup my-account/jwt-pizza-service -Quiet | Should -BeTrue
    }

    It 'leads to green by its own next steps: <runs>, <region>' -ForEach @(
        @{ runs = @{ Environment = 'prod eu' }; region = 'eu-west-1' }
        @{ runs = @{ GitTag = 'v1' }; region = 'us-west-2' }
        @{ runs = @{ Branch = 'release' }; region = 'us-east-1' }
    ) {
        $null = Start-PizzaSandbox -Empty
        $asked = @{ Repository = 'my-account/api'; RepositoryName = 'team-a/api'; RoleName = "it's-ci".Replace("'", '+'); Region = $region; IncludeDeploy = $true } + $runs
        for ($round = 0; $round -lt 5; $round++) {
            $steps = (Test-PizzaSetup @asked | Where-Object NextStep).NextStep
            if (-not $steps) { break }
            foreach ($step in $steps) {
                if ($step -like 'Publish-PizzaImage*') {
                    $step | Should -Be "Publish-PizzaImage ./dist team-a/api -Region $region"
                    $null = Push-PizzaImage $layout team-a/api -LayoutTag v1 -Tag latest -Region $region
                }
                else { $null = & ([scriptblock]::Create($step)) }
            }
        }
        (Test-PizzaSetup @asked).Status | Should -Be (@('Ok') * 7)
        Get-PizzaRepository | Where-Object { $region -ne 'us-east-1' } | Should -BeNullOrEmpty -Because 'nothing was made in another region'
    }

    It 'goes for another issuer too' {
        $null = Start-PizzaSandbox -Empty
        $asked = @{ Repository = 'my-account/api'; Issuer = 'https://ghes.example.com/_services/token'; Form = 'Name' }
        foreach ($round in 1..3) { foreach ($step in (Test-PizzaSetup @asked | Where-Object Check -in Repository, Provider, Trust, Grant | Where-Object NextStep).NextStep) { $null = & ([scriptblock]::Create($step)) } }
        (Test-PizzaSetup @asked | Where-Object Check -in Provider, Trust).Status | Should -Be @('Ok', 'Ok')
    }

    It 'says with credentials that have expired what has failed, without an exception' {
        $null = Start-PizzaSandbox -Enforce
        $null = Add-PizzaTrustSubject my-account/jwt-pizza-service
        foreach ($variable in (New-PizzaSandboxToken my-account/jwt-pizza-service -AsVariable).GetEnumerator()) { Set-Item "Env:$($variable.Key)" $variable.Value }
        try {
            $null = Connect-PizzaAws -DurationSeconds 900
            $null = Step-PizzaSandbox -Hours 1
            $found = Test-PizzaSetup my-account/jwt-pizza-service -Form Name
            Test-PizzaSetup my-account/jwt-pizza-service -Form Name -Quiet | Should -BeFalse
        }
        finally { Disconnect-PizzaAws }
        $found[0].Check, $found[0].Status | Should -Be @('Credentials', 'Failed')
        $found[0].Finding | Should -BeLike '*expired*'
        $found | Should -HaveCount 7
        $found[1..6].Status | Should -Be (@('Unknown') * 6)
    }

    It 'does not call missing what it could not see' {
        $null = Start-PizzaSandbox
        $null = New-PizzaRepository jwt-pizza-service
        Set-PizzaSandboxFault DescribeRepositories -Error AccessDeniedException
        $found = Test-PizzaSetup my-account/jwt-pizza-service -Form Name
        ($found | Where-Object Check -in Repository, Lifecycle, Image).Status | Should -Be (@('Unknown') * 3)
        "$($found.Finding)" | Should -Not -Match 'There is no repository|is not in'
        $null = Grant-PizzaCiPolicy jwt-pizza-service
        Test-PizzaSetup my-account/jwt-pizza -RepositoryName jwt-pizza-service -Form Name -Quiet -WarningVariable warned -WarningAction SilentlyContinue | Should -BeTrue
        "$warned" | Should -BeLike '*could not be read*Repository, Lifecycle, Image*'
    }

    It 'warns of a role that lets anybody in, and of a provider without the audience' {
        $null = Start-PizzaSandbox -Empty
        $null = Register-PizzaOidcProvider -Audience other.example
        (Test-PizzaSetup my-account/jwt-pizza-service -Form Name | Where-Object Check -eq Provider).Status | Should -Be 'Failed'
    }

    It 'changes nothing' {
        $null = Start-PizzaSandbox -Empty
        $null = Test-PizzaSetup my-account/jwt-pizza-service
        (Get-PizzaSandboxCall).Operation | Should -Not -Match '^(Put|Create|Update|Delete|Attach|Set)'
    }

    It 'says of an empty account what is missing, and of a missing role why nothing can be said' {
        $null = Start-PizzaSandbox -Empty
        $found = Test-PizzaSetup my-account/jwt-pizza-service
        ($found | Where-Object Check -eq Provider).NextStep | Should -Be 'Register-PizzaOidcProvider'
        ($found | Where-Object Check -eq Trust).NextStep | Should -Be 'New-PizzaCiRole my-account/jwt-pizza-service -RoleName github-ci'
    }

    It 'tells a branch that is not trusted, and takes another role, repository and environment' {
        $null = Start-PizzaSandbox
        $null = New-PizzaRepository team-a/api
        $null = Add-PizzaTrustSubject my-account/api -Environment production
        (Test-PizzaSetup my-account/api -RepositoryName team-a/api | Where-Object Check -eq Trust).Status | Should -Be 'Failed'
        (Test-PizzaSetup my-account/api -RepositoryName team-a/api -Environment production | Where-Object Check -eq Trust).Status | Should -Be 'Ok'
    }

    It 'shows as Unknown what the caller may not look at' {
        $null = Start-PizzaSandbox -Enforce
        $null = New-PizzaRepository jwt-pizza-service
        $null = Add-PizzaTrustSubject my-account/jwt-pizza-service
        $token = New-PizzaSandboxToken my-account/jwt-pizza-service
        $key = Invoke-RestMethod (Get-PizzaSandbox).EndpointUrl -Method Post -Body @{ Action = 'AssumeRoleWithWebIdentity'; Version = '2011-06-15'; RoleArn = 'arn:aws:iam::123456789012:role/github-ci'; RoleSessionName = 'ci'; WebIdentityToken = "$($token.Token ?? $token)" }
        $key = $key.AssumeRoleWithWebIdentityResponse.AssumeRoleWithWebIdentityResult.Credentials
        $found = Test-PizzaSetup my-account/jwt-pizza-service -AccessKey $key.AccessKeyId -SecretKey $key.SecretAccessKey -SessionToken $key.SessionToken -EndpointUrl (Get-PizzaSandbox).EndpointUrl -Form Name
        ($found | Where-Object Check -eq Repository).Status | Should -Be 'Unknown'
        ($found | Where-Object Check -eq Repository).Finding | Should -BeLike '*ecr:DescribeRepositories*'
    }
}
