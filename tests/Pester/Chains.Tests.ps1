#Requires -Version 7.4
# Chains that a user types, each run on the sandbox: what one cmdlet writes is what the next one takes.
BeforeDiscovery {
    # chain: the line · expect: what holds for what comes out of it ($_)
    $script:chains = @(
        @{ chain = { Get-PizzaRepository app | Get-PizzaImage }; expect = { $_.ImageTags -contains 'latest' } }
        @{ chain = { Get-PizzaRepository app | New-PizzaRepository -Region eu-west-1 }; expect = { $_.Region -eq 'eu-west-1' -and $_.ImageTagMutability -eq 'IMMUTABLE' -and -not $_.ScanOnPush } }
        @{ chain = { Import-Csv repos.csv | New-PizzaRepository }; expect = { (-join $_.RepositoryName) -eq 'csv-acsv-b' -and $_[0].ImageTagMutability -eq 'IMMUTABLE' -and -not $_[0].ScanOnPush -and $_[1].ImageTagMutability -eq 'MUTABLE' -and $_[1].ScanOnPush } }
        @{ chain = { Get-PizzaRepository app, web | Grant-PizzaCiPolicy }; expect = { $_.Count -eq 2 } }
        @{ chain = { Get-PizzaRepository app | New-PizzaCiRole acme/app -RoleName chained }; expect = { $_.RepositoryName -eq 'app' } }
        @{ chain = { New-PizzaCiRole acme/shop -RoleName shop-ci -RepositoryName web -Environment prod | Export-PizzaWorkflow -AsText }; expect = { $_ -match 'ECR_REPOSITORY: web|web' -and $_ -match 'environment: prod' -and $_ -match 'shop-ci' } }
        @{ chain = { New-PizzaCiRole acme/shop -RoleName shop-ci -RepositoryName web | Test-PizzaSetup acme/shop | Where-Object Check -eq Grant }; expect = { $_.Status -eq 'Ok' -and $_.RepositoryName -eq 'web' } }
        @{ chain = { New-PizzaCiRole acme/shop -RoleName shop-ci | Get-PizzaTrustSubject }; expect = { $_.RoleName -contains 'shop-ci' } }
        @{ chain = { Get-PizzaTrustSubject | New-PizzaSandboxToken -Explain }; expect = { $_.Allowed } }
        @{ chain = { Add-PizzaTrustSubject acme/app -Environment prod | New-PizzaSandboxToken -Explain }; expect = { $_.Allowed -and $_.Subject -eq 'repo:acme/app:environment:prod' } }
        @{ chain = { Add-PizzaTrustSubject acme/numbered -GitTag v1 -OwnerId 4 -RepositoryId 5 -Form Immutable | New-PizzaSandboxToken -Explain }; expect = { $_.Subject -eq 'repo:acme@4/numbered@5:ref:refs/tags/v1' -and $_.Allowed } }
        @{ chain = { Add-PizzaTrustSubject acme/web -Environment prod -RoleName envs | Test-PizzaSetup | Where-Object Check -eq Trust }; expect = { $_.Status -eq 'Ok' -and $_.RoleName -eq 'envs' } }
        @{ chain = { Add-PizzaTrustSubject acme/web -Environment prod -RoleName envs | Test-PizzaSetup -Environment test | Where-Object Check -eq Trust }; expect = { $_.Status -eq 'Failed' } }
        @{ chain = { Resolve-PizzaTrustSubject acme/app -Environment stage | Add-PizzaTrustSubject -RoleName envs }; expect = { $_.Subject -eq 'repo:acme/app:environment:stage' } }
        @{ chain = { Add-PizzaTrustSubject acme/gone -RoleName envs | Remove-PizzaTrustSubject -Force }; expect = { $_.Status -eq 'Removed' } }
        @{ chain = { Get-PizzaReplication | Grant-PizzaReplication -AccessKey 210987654321 -SecretKey x }; expect = { $_.SourceRegistryId -eq '123456789012' -and $_.Region -eq 'eu-west-1' -and $_.Prefix -eq 'app' } }
        @{ chain = { Get-PizzaReplication | Revoke-PizzaReplication -AccessKey 210987654321 -SecretKey x }; expect = { $_.SourceRegistryId -eq '123456789012' } }
        @{ chain = { Get-PizzaRepository app | Set-PizzaReplication us-west-2 }; expect = { $_.Prefix -contains 'app' } }
        @{ chain = { $null = New-PizzaCiRole acme/gone -RoleName gone-ci -RepositoryName web; Get-PizzaCiRole gone-* | Remove-PizzaCiRole -IncludePolicy -Force }; expect = { $_.Status -eq 'Removed' -and $_.RoleName -eq 'gone-ci' -and $_.PolicyName -eq 'gone-ci-deployment' } }
        @{ chain = { Get-PizzaCiRole env* | Get-PizzaTrustSubject }; expect = { $_.RoleName -contains 'envs' } }
        @{ chain = { $null = Grant-PizzaCiPolicy web -RoleName envs -Cluster c -Service s -IncludePull; Get-PizzaCiPolicy web -RoleName env* | Revoke-PizzaCiPolicy; Get-PizzaCiPolicy -RoleName envs }; expect = { $_.Status -eq 'Removed' -and $_.RepositoryName -eq 'web' -and $_.RoleName -eq 'envs' -and -not $_.CanPush } }
        @{ chain = { $null = Grant-PizzaCiPolicy app -RoleName envs; Get-PizzaRepository app | Get-PizzaCiPolicy -RoleName envs }; expect = { $_.RepositoryName -eq 'app' -and $_.CanPush -and $_.CanDeploy -and $_.Service -eq 'app' } }
        @{ chain = { $null = Grant-PizzaRolePolicy envs AmazonDynamoDBFullAccess; Get-PizzaRolePolicy env* *Dynamo* | Revoke-PizzaRolePolicy }; expect = { $_.Status -eq 'Removed' -and $_.PolicyName -eq 'AmazonDynamoDBFullAccess' } }
        @{ chain = { Get-PizzaOidcProvider *github* | Unregister-PizzaOidcProvider -IgnoreTrust -Force; $null = Register-PizzaOidcProvider }; expect = { $_.Status -eq 'Removed' } }
        @{ chain = { $null = Grant-PizzaReplication 210987654321 app; Get-PizzaReplicationAccess 2109* | Revoke-PizzaReplication; Get-PizzaReplicationAccess }; expect = { $_.Status -eq 'Removed' -and $_.SourceRegistryId -eq '210987654321' -and $_.Prefix -eq 'app' } }
        @{ chain = { Set-PizzaSandboxFault iam:Get* -Latency 1; Set-PizzaSandboxFault * -Latency 1; Get-PizzaSandboxFault | Where-Object Operation -eq '*' | Remove-PizzaSandboxFault; Get-PizzaSandboxFault; Remove-PizzaSandboxFault }; expect = { $_.Operation -eq 'iam:Get*' } }
        @{ chain = { Get-PizzaService jwt-* | Update-PizzaService -NoWait }; expect = { $_.Service -eq 'jwt-pizza-service' -and $_.Status -eq 'Changed' } }
        @{ chain = { Save-PizzaImage app app.tar | Push-PizzaImage -Tag again }; expect = { $_.ImageTags -contains 'again' } }
        @{ chain = { Get-Item oci | Push-PizzaImage -RepositoryName web -LayoutTag v1 -Tag item }; expect = { $_.ImageTags -contains 'item' } }
        @{ chain = { Push-PizzaImage web ./oci -LayoutTag v1 -Tag swapped }; expect = { $_.ImageTags -contains 'swapped' -and $_.RepositoryName -eq 'web' } }
        @{ chain = { Get-PizzaRepository web | Set-PizzaLifecycle -KeepLast 3 | Get-PizzaLifecycle }; expect = { [bool] $_.Rules } }
        @{ chain = { Measure-PizzaStorage app | Clear-PizzaImage -Force; Get-PizzaImage app }; expect = { $_ } }
        @{ chain = { Get-PizzaImage app | Copy-PizzaImage -DestinationTag copied }; expect = { $_.ImageTags -contains 'copied' -or $_.ImageUri -match 'copied' } }
        @{ chain = { New-PizzaDist project out -Include '*' -Replace @{} | Publish-PizzaImage web -WhatIf }; expect = { $true }; said = 'Build .*out' }
        @{ chain = { New-PizzaDist project out -Include '*' -Replace @{} | Publish-PizzaImage -RepositoryName web -WhatIf }; expect = { $true }; said = 'Build .*out' }
        @{ chain = { Publish-PizzaImage web ./project -WhatIf }; expect = { $true }; said = 'Build .*project' }
        @{ chain = { Get-ChildItem project -Directory | Publish-PizzaImage -RepositoryName web -WhatIf }; expect = { $true }; said = 'Build .*inner' }
        @{ chain = { Push-PizzaImage busybox:1.36 web -WhatIf }; expect = { $true }; said = "docker's image 'busybox:1.36'" }
    )
}
BeforeAll {
    $script:module = (Resolve-Path (Join-Path $PSScriptRoot '../../out/JwtPizza.Ecr')).Path
    Import-Module $module -Force
    $script:layout = (Resolve-Path (Join-Path $PSScriptRoot '../../examples/oci-layout')).Path
    $script:service = (Resolve-Path (Join-Path $PSScriptRoot '../../examples/service')).Path
    $null = Start-PizzaSandbox
    $null = New-PizzaRepository app -ImageTagMutability IMMUTABLE -ScanOnPush:$false
    $null = New-PizzaRepository web
    $null = Push-PizzaImage $layout app -LayoutTag v1 -Tag latest
    $null = Set-PizzaReplication eu-west-1 -DestinationRegistryId 210987654321 -Prefix app
    $null = New-PizzaCiRole acme/base -RoleName envs
    Push-Location $TestDrive
    Copy-Item $layout oci -Recurse
    Copy-Item $service project -Recurse
    $null = New-Item project/inner -ItemType Directory
    Copy-Item project/Dockerfile project/inner
    "RepositoryName,ImageTagMutability,ScanOnPush,KmsKey`ncsv-a,IMMUTABLE,false,`ncsv-b,,," | Set-Content repos.csv
}
AfterAll {
    Pop-Location
    Stop-PizzaSandbox
}

Describe 'A chain' {
    It 'works: <chain>' -ForEach $chains {
        $ErrorActionPreference = 'Stop'
        if ($said) {
            # -WhatIf speaks to the host alone
            $text = pwsh -NoProfile -Command {
                param($module, $layout, $chain, $where)
                Import-Module $module
                $null = Start-PizzaSandbox
                $null = New-PizzaRepository web
                Set-Location $where
                & ([scriptblock]::Create($chain))
                Stop-PizzaSandbox
            } -args $module, $layout, "$chain", "$TestDrive"
            "$text" | Should -Match $said
            return
        }
        $found = @(& $chain -WarningAction SilentlyContinue)
        $found | Should -Not -BeNullOrEmpty
        , $found | ForEach-Object $expect | Should -Be $true
    }

    It 'says which is which when neither is a folder' {
        { Publish-PizzaImage web ./nowhere -ErrorAction Stop } | Should -Throw '*nowhere*'
    }

    It 'refuses a list of repositories where one is meant' {
        { [pscustomobject]@{ RepositoryName = 'app', 'web' } | Export-PizzaWorkflow -AsText -ErrorAction Stop } | Should -Throw '*The cmdlet takes one repository, not 2*'
    }
}
