#Requires -Version 7.4
BeforeAll { $script:course = (Resolve-Path (Join-Path $PSScriptRoot '../../examples/course.ps1')).Path }

Describe 'examples/course.ps1' {
    It 'does both tutorials and undoes them, with docker or without' -ForEach @(@{ Docker = 'with' }, @{ Docker = 'without' }) {
        $saved = $env:DOCKER_HOST
        if ($Docker -eq 'without') { $env:DOCKER_HOST = 'tcp://127.0.0.1:1' }
        try { $shown = @(pwsh -NoProfile -File $course *>&1 | ForEach-Object { "$_" -replace '\x1b\[[0-9;]*m' }) -join "`n" }
        finally { $env:DOCKER_HOST = $saved }
        $LASTEXITCODE | Should -Be 0 -Because $shown
        $shown | Should -Match 'github-ci +Created|Status +: Created'
        $shown | Should -Match 'Allowed +: False'
        $shown | Should -Match 'jwt-pizza-service +Changed +COMPLETED +1/1'
        $shown | Should -Match 'not authorized to perform: ecr:CreateRepository'
        $shown | Should -Match 'eu-west-1 +123456789012 COMPLETE'
        $shown | Should -Match 'us-east-1 +210987654321 COMPLETE'
        $shown | Should -Match 'employee-api +Allow +pull +Removed'
        ($shown -split '# Nothing is left')[1] | Should -Match '(?s)Repository +Failed.*Provider +Failed.*Trust +Failed.*Grant +Failed'
    }
}

Describe 'A machine where docker is not installed' -Skip:$IsWindows {
    BeforeAll {
        $script:bin = New-Item (Join-Path $TestDrive bin) -ItemType Directory
        sh -c "IFS=:; for d in `$PATH; do ln -sf `$d/* '$bin' 2>/dev/null; done; rm -f '$bin'/docker*"
    }

    It 'runs examples/<_>, which pushes a layout instead of a build and says so' -ForEach 'jwt-pizza.ps1', 'course.ps1' {
        $saved = $env:PATH
        $env:PATH = $bin
        try { $shown = @(pwsh -NoProfile -File (Join-Path $PSScriptRoot "../../examples/$_") *>&1 | ForEach-Object { "$_" -replace '\x1b\[[0-9;]*m' }) -join "`n" }
        finally { $env:PATH = $saved }
        $LASTEXITCODE | Should -Be 0 -Because $shown
        $shown | Should -BeLike '*the OCI layout in examples/oci-layout is pushed instead of a build*'
    }
}
