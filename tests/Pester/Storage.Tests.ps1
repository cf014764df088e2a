#Requires -Version 7.4
BeforeAll {
    Import-Module (Resolve-Path (Join-Path $PSScriptRoot '../../out/JwtPizza.Ecr/JwtPizza.Ecr.psd1')).Path -Force
    $script:layout = (Resolve-Path (Join-Path $PSScriptRoot '../../examples/oci-layout')).Path
    $script:box = Start-PizzaSandbox
    $null = New-PizzaRepository app, copy, empty
    $null = Push-PizzaImage $layout app -LayoutTag v1 -Tag latest
    $null = Push-PizzaImage $layout app -LayoutTag v2 -Tag latest
    $null = Push-PizzaImage $layout copy -LayoutTag v2 -Tag v2
    $script:blobs = (Get-ChildItem "$layout/blobs/sha256" | Measure-Object Length -Sum).Sum
}

AfterAll { Stop-PizzaSandbox }

Describe 'Measure-PizzaStorage' {
    It 'counts each layer once, and what the untagged images take' {
        $app = Measure-PizzaStorage app
        $app | Should -BeOfType [JwtPizza.Ecr.StorageUsage]
        $app.StorageInBytes | Should -Be $blobs
        $app.ImageCount | Should -Be 2
        $app.BlobCount | Should -Be 6
        $app.UntaggedCount | Should -Be 1
        $only = $app.StorageInBytes - (Measure-PizzaStorage copy).StorageInBytes
        $app.UntaggedInBytes | Should -Be $only
        $app.RepositoryUri | Should -Be "$($box.RegistryHost)/app"
    }

    It 'gives an object for each repository of a pattern, and takes repositories from the pipeline' {
        (Measure-PizzaStorage *p*).RepositoryName | Should -Be @('app', 'copy', 'empty')
        (Get-PizzaRepository app | Measure-PizzaStorage).StorageInBytes | Should -Be $blobs
        (Measure-PizzaStorage empty).StorageInBytes | Should -Be 0
    }

    It 'gives no total over what it could not read' {
        Set-PizzaSandboxFault DescribeRepositories -Error AccessDeniedException
        try { Measure-PizzaStorage -Total -ErrorVariable failed -ErrorAction SilentlyContinue -WarningVariable warned -WarningAction SilentlyContinue | Should -BeNullOrEmpty }
        finally { $null = Remove-PizzaSandboxFault DescribeRepositories }
        $failed[0].FullyQualifiedErrorId | Should -BeLike 'AccessDeniedException,*'
        "$warned" | Should -BeLike 'There is no total*'
        Measure-PizzaStorage app, nowhere -Total -ErrorAction SilentlyContinue -WarningAction SilentlyContinue | Should -BeNullOrEmpty
        (Measure-PizzaStorage app, copy -Total).Repositories | Should -HaveCount 2
    }

    It 'adds them up against the free tier' {
        $total = Measure-PizzaStorage -Total
        $total | Should -BeOfType [JwtPizza.Ecr.StorageTotal]
        $total.Repositories.RepositoryName | Should -Be @('app', 'copy', 'empty')
        $total.StorageInBytes | Should -Be (Measure-PizzaStorage | Measure-Object StorageInBytes -Sum).Sum
        $total.DistinctInBytes | Should -Be $blobs
        $total.FreeTierInBytes | Should -Be 500000000
        $total.AboveFreeTierInBytes | Should -Be 0
        $total.MonthlyCost | Should -Be 0
        ('app', 'copy' | Measure-PizzaStorage -Total).StorageInBytes | Should -Be $total.StorageInBytes
    }

    It 'leads to the next cmdlet' {
        (Measure-PizzaStorage app | Get-PizzaImage).Count | Should -Be 2
        ((Measure-PizzaStorage -Total).Repositories | Get-PizzaRepository).RepositoryName | Should -Be @('app', 'copy', 'empty')
        Measure-PizzaStorage | Where-Object UntaggedInBytes -GT 0 | Clear-PizzaImage -WhatIf | Should -BeNullOrEmpty
    }

    It 'is shown as a table and as a list' {
        $text = Measure-PizzaStorage app | Out-String
        $text | Should -Match 'RepositoryName\s+Images\s+Blobs\s+MB\s+MonthlyCost'
        Measure-PizzaStorage -Total | Out-String | Should -Match 'AboveFreeTierMB'
    }

    It 'goes on after a repository that is missing' {
        (Measure-PizzaStorage nope, app -ErrorAction SilentlyContinue -ErrorVariable failed).RepositoryName | Should -Be app
        $failed[0].FullyQualifiedErrorId | Should -BeLike 'RepositoryNotFoundException,*'
        Measure-PizzaStorage zz* | Should -BeNullOrEmpty
        (Measure-PizzaStorage zz* -Total).StorageInBytes | Should -Be 0
    }

    It 'names the permission that is missing, and tells of a network that is lost' {
        Set-PizzaSandboxFault BatchGetImage -Error AccessDeniedException
        { Measure-PizzaStorage app -ErrorAction Stop } | Should -Throw '*ecr:BatchGetImage*' -ErrorId 'AccessDeniedException,*'
        Set-PizzaSandboxFault BatchGetImage -DropConnection
        { Measure-PizzaStorage app -ErrorAction Stop } | Should -Throw '*cannot be reached*' -ErrorId 'ServiceUnreachable,*'
        Remove-PizzaSandboxFault
        Set-PizzaSandboxFault BatchGetImage -Error ThrottlingException -Count 2
        (Measure-PizzaStorage app).StorageInBytes | Should -Be $blobs
        Remove-PizzaSandboxFault
    }
}
