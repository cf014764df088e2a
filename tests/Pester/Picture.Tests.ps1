#Requires -Version 7.4
# The picture of a terminal session at the top of the README, and the script that writes it.
BeforeAll {
    $script:docs = (Resolve-Path (Join-Path $PSScriptRoot '../../docs')).Path
    $script:again = Join-Path $TestDrive 'terminal.svg'
    & (Join-Path $docs 'Terminal.ps1') -Path $again -Port 0
    function Get-PromptLine([string] $Svg) { ([xml] (Get-Content $Svg -Raw)).svg.text.Where({ $_.class -eq 'prompt' }).'#text' }
}

Describe 'The picture of a terminal' {
    It 'shows the commands of its script, which run without an error' {
        Get-PromptLine (Join-Path $docs 'terminal.svg') | Should -Be (Get-PromptLine $again)
        (Get-Content $again -Raw) | Should -BeLike '*jwt-pizza-service*Created*github-ci*39ba2e444362*Image*Ok*'
    }

    It 'has a title and a description, loads nothing, and is small' {
        $svg = [xml] (Get-Content (Join-Path $docs 'terminal.svg') -Raw)
        $svg.svg.title.'#text', $svg.svg.desc.'#text' | Should -Not -BeNullOrEmpty
        $svg.svg.'aria-labelledby' | Should -Be 'title desc'
        $svg.OuterXml | Should -Not -Match 'href|url\(|@import|<script'
        (Get-Item (Join-Path $docs 'terminal.svg')).Length | Should -BeLessThan 20KB
    }

    It 'is at the top of the README' {
        Get-Content (Join-Path $docs '../README.md') -TotalCount 6 | Should -Contain '![A terminal session on the sandbox: repository, trust, permissions, push and a test of the setup](docs/terminal.svg)'
    }
}
