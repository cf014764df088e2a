#Requires -Version 7.4
BeforeAll {
    Import-Module (Resolve-Path (Join-Path $PSScriptRoot '../../out/JwtPizza.Ecr/JwtPizza.Ecr.psd1')).Path -Force
    $script:layout = (Resolve-Path (Join-Path $PSScriptRoot '../../examples/oci-layout')).Path
    $script:box = Start-PizzaSandbox -Enforce
    $null = New-PizzaRepository mine, other
    $null = 'my-account/mine' | Add-PizzaTrustSubject
    $null = Get-PizzaRepository mine | Grant-PizzaCiPolicy -IncludeVerify
    foreach ($repository in 'mine', 'other') {
        $null = Push-PizzaImage $layout $repository -LayoutTag v1 -Tag v1
        $null = Push-PizzaImage $layout $repository -LayoutTag v2 -Tag latest
        $null = Push-PizzaImage $layout $repository -LayoutTag v1 -Tag latest
    }
    # What aws-actions/configure-aws-credentials does in a workflow.
    $body = @{
        Action = 'AssumeRoleWithWebIdentity'; Version = '2011-06-15'; RoleArn = "arn:aws:iam::$($box.RegistryId):role/github-ci"; RoleSessionName = 'session'
        WebIdentityToken = New-PizzaSandboxToken my-account/mine
    }
    $credentials = (Invoke-RestMethod $box.EndpointUrl -Method Post -Body $body).AssumeRoleWithWebIdentityResponse.AssumeRoleWithWebIdentityResult.Credentials
    $script:ci = @{ AccessKey = $credentials.AccessKeyId; SecretKey = $credentials.SecretAccessKey; SessionToken = $credentials.SessionToken }
}

AfterAll { Stop-PizzaSandbox }

Describe 'A CI role that may push' {
    It 'may tag within its repository' {
        (Copy-PizzaImage mine:v1 mine:prod @ci -ErrorAction Stop).Status | Should -Be Changed
    }

    It 'may not copy to another one, or from there' {
        { Copy-PizzaImage mine:v1 other @ci -ErrorAction Stop } | Should -Throw "*not authorized to perform: ecr:*repository/other*" -ErrorId 'AccessDeniedException,*'
        { Copy-PizzaImage other:v1 mine:stolen @ci -ErrorAction Stop } | Should -Throw '*not authorized to perform: ecr:BatchGetImage*repository/other*' -ErrorId 'AccessDeniedException,*'
    }

    It 'may not remove images, and is told which right that takes' {
        { Remove-PizzaImage mine:v1 -Force @ci -ErrorAction Stop } | Should -Throw '*not authorized to perform: ecr:BatchDeleteImage*' -ErrorId 'AccessDeniedException,*'
        { Get-PizzaImage mine -Untagged | Remove-PizzaImage -Force @ci -ErrorAction Stop } | Should -Throw '*ecr:BatchDeleteImage*' -ErrorId 'AccessDeniedException,*'
        (Get-PizzaImage mine).Count | Should -Be 2
    }

    It 'may see what would be cleared, with a warning that ECS was not asked' {
        { Clear-PizzaImage mine -Force @ci -ErrorAction Stop -WarningVariable script:warned -WarningAction SilentlyContinue } | Should -Throw '*ecr:BatchDeleteImage*' -ErrorId 'AccessDeniedException,*'
        "$warned" | Should -BeLike '*not authorized to perform: ecs:ListClusters*'
        Get-PizzaImage mine -Untagged | Should -HaveCount 1
    }

    It 'may weigh its repository, and no other' {
        $weighed = 'mine', 'other' | Measure-PizzaStorage @ci -ErrorAction SilentlyContinue -ErrorVariable failed
        $weighed.RepositoryName | Should -Be mine
        "$failed" | Should -BeLike '*not authorized to perform: ecr:*repository/other*'
    }
}
