#Requires -Version 7.4
BeforeDiscovery {
    $views = foreach ($view in ([xml](Get-Content (Join-Path $PSScriptRoot '../../src/module/JwtPizza.Ecr.Format.ps1xml') -Raw)).Configuration.ViewDefinitions.View) {
        $labels = @($view.SelectNodes('.//TableColumnHeader/Label').InnerText) + @($view.SelectNodes('.//ListItem') | ForEach-Object { $_.Label ?? $_.PropertyName }) | Where-Object { $_ }
        @{ type = $view.ViewSelectedBy.TypeName; labels = @($labels) }
    }
}

BeforeAll {
    Import-Module (Join-Path $PSScriptRoot '../../out/JwtPizza.Ecr') -Force
    $script:layout = (Resolve-Path (Join-Path $PSScriptRoot '../../examples/oci-layout')).Path
    $null = Start-PizzaSandbox
    $null = New-PizzaRepository views
    $null = Push-PizzaImage $layout views -LayoutTag v1 -Tag latest, v1
}
AfterAll { Stop-PizzaSandbox }

Describe 'A heading of a view is a property' {
    It 'of <type>' -ForEach $views {
        $labels | Should -Not -BeNullOrEmpty
        $known = @(($type -as [type]).GetProperties().Name) + @((Get-TypeData $type).Members.Keys)
        foreach ($label in $labels) { $known | Should -Contain $label -Because "the view of $type shows it" }
    }

    It 'that leads nowhere else in a pipeline: <type>' -ForEach $views {
        foreach ($alias in (Get-TypeData $type).Members.Values | Where-Object { $_ }) {
            $means = $alias.ReferencedMemberName
            foreach ($parameter in (Get-Command -Module JwtPizza.Ecr).ForEach{ $_.Parameters.Values } | Where-Object { $_.Name -eq $alias.Name -or $_.Aliases -contains $alias.Name }) {
                if (-not $parameter.Attributes.Where{ $_ -is [Management.Automation.ParameterAttribute] -and $_.ValueFromPipelineByPropertyName }) { continue }
                @($parameter.Name) + @($parameter.Aliases) | Should -Contain $means -Because "$($alias.Name) of $type would bind to -$($parameter.Name)"
            }
        }
    }

    It 'to filter, sort and select by' {
        (Get-PizzaImage views | Where-Object ImageTags -Contains latest).ImageTags | Should -Contain 'v1'
        (Get-PizzaImage views | Sort-Object MB | Select-Object Digest, MB, Age).Digest | Should -Match '^sha256:'
        (Get-PizzaRepository views | Where-Object Scan).RepositoryName | Should -Be 'views'
    }

    It 'and stands in JSON and CSV under one name only' {
        $json = Get-PizzaImage views | ConvertTo-Json -Depth 4
        $json | Should -Match '"ImageTags"'
        $json | Should -Not -Match '"(Digest|MB|Age)":'
        (Get-PizzaImage views | ConvertTo-Csv)[0] | Should -Not -Match '"(Digest|MB|Age)"'
    }

    It 'has its items joined where it is a list and goes into a CSV file' {
        $row = Get-PizzaImage views -ImageTag v1 | ConvertTo-Csv | ConvertFrom-Csv
        $row.ImageTags | Should -Be 'latest, v1'
        $row.Platform | Should -Be 'linux/arm64'
    }
}

Describe 'A record of the sandbox' {
    It 'says so in its view: <_>' -ForEach 'Get-PizzaRepository views', 'Get-PizzaImage views', 'Get-PizzaTrustSubject', 'Measure-PizzaStorage -Total' {
        & ([scriptblock]::Create($_)) | Out-String -Width 120 | Should -Match '(?i)in the sandbox'
    }

    It 'does not where another endpoint was named' {
        $keys = @{ EndpointUrl = (Get-PizzaSandbox).EndpointUrl.Replace('127.0.0.1', 'localhost'); AccessKey = (Get-PizzaSandbox).AccessKey; SecretKey = (Get-PizzaSandbox).SecretKey }
        Get-PizzaRepository views @keys | Out-String | Should -Not -Match '(?i)in the sandbox'
    }

    It 'is of its own type all the same' {
        $repository = Get-PizzaRepository views
        $repository | Should -BeOfType [JwtPizza.Ecr.Repository]
        $repository.PSObject.TypeNames[0] | Should -Be 'JwtPizza.Ecr.Repository'
    }
}
