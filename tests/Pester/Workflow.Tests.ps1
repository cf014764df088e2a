#Requires -Version 7.4
BeforeDiscovery {
    $noDocker = -not (Get-Command docker -CommandType Application -ErrorAction Ignore) -or -not (docker version --format '{{.Server.Version}}' 2>$null)
}

BeforeAll {
    $script:manifest = (Resolve-Path (Join-Path $PSScriptRoot '../../out/JwtPizza.Ecr/JwtPizza.Ecr.psd1')).Path
    Import-Module $manifest -Force
    $script:course = @'
name: CI Pipeline
on:
  push:
    branches: [main]
jobs:
  build:
    runs-on: ubuntu-latest
    outputs:
      version: ${{ steps.set_version.outputs.version }}
    steps:
      - name: Checkout repo
        uses: actions/checkout@v4   # the old one

      - name: set version
        id: set_version
        run: |
          # in the script
          echo "version=1" >> "$GITHUB_OUTPUT"
# at the end
'@.ReplaceLineEndings("`n")

    # What pwsh runs in a workflow of -Style Module, one script for each step.
    function Get-Script([string] $Text) {
        [regex]::Matches($Text.ReplaceLineEndings("`n"), '(?m)^( *)shell: pwsh\n(?:\1.*\n)*?\1run: \|\n((?:\1  .*\n)+)') | ForEach-Object { $_.Groups[2].Value }
    }
}

Describe 'Export-PizzaWorkflow' {
    BeforeEach {
        $script:project = (New-Item (Join-Path $TestDrive ([guid]::NewGuid())) -ItemType Directory).FullName
        $script:file = Join-Path $project .github workflows ci.yml
        Push-Location $project
        function Set-Workflow([string] $Text) { $null = New-Item $file -Force; [IO.File]::WriteAllText($file, $Text) }
    }
    AfterEach { Pop-Location }

    It 'writes the workflow, and changes nothing the second time' {
        $made = Export-PizzaWorkflow jwt-pizza-service
        $made | Should -BeOfType [JwtPizza.Ecr.PizzaWorkflow]
        $made.Path | Should -Be $file
        $made.Status | Should -Be Created
        $made.Secrets | Should -Be @('AWS_ACCOUNT', 'CI_IAM_ROLE', 'DB_HOSTNAME', 'DB_PASSWORD', 'DB_USERNAME')
        $before = Get-Content $file -Raw
        $again = Export-PizzaWorkflow jwt-pizza-service -Verbose 4>&1
        $again[0].Message | Should -BeLike '*nothing changed*'
        $again[1].Status | Should -Be Unchanged
        Get-Content $file -Raw | Should -BeExactly $before
    }

    It 'writes what lies in examples/<file>' -ForEach @(
        @{ file = 'ci.yml'; with = @{} }
        @{ file = 'ci-module.yml'; with = @{ Style = 'Module' } }
    ) {
        $text = Export-PizzaWorkflow jwt-pizza-service -Service jwt-pizza-service -AsText @with
        $text -replace '-RequiredVersion \S+' | Should -BeExactly ((Get-Content (Join-Path $PSScriptRoot '../../examples' $file) -Raw) -replace '-RequiredVersion \S+')
        Get-ChildItem $project -Force | Should -BeNullOrEmpty
    }

    It 'adds to a workflow that exists, with <name>, and leaves every other line' -ForEach @(
        @{ name = 'line feeds'; break = "`n" }
        @{ name = 'CRLF'; break = "`r`n" }
    ) {
        Set-Workflow $course.Replace("`n", $break)
        $made = Export-PizzaWorkflow jwt-pizza-service
        $made.Status | Should -Be Changed
        $made.Added | Should -Be @("step 'Create dist' of the job 'build'", "step 'Update distribution artifact' of the job 'build'", "job 'deploy'")
        $after = Get-Content $file -Raw
        $after | Should -BeLike ($course.Substring(0, $course.IndexOf('# at')).Replace("`n", $break).Replace('[', '`[') + '*')
        $after | Should -Match '# at the end$'
        ($after -replace "`r`n", '').Contains("`n") | Should -Be ($break -eq "`n")
        (Export-PizzaWorkflow jwt-pizza-service).Status | Should -Be Unchanged
    }

    It 'shows the difference under -WhatIf and writes nothing' {
        Set-Workflow $course
        $shown = pwsh -NoProfile -Command { param($m) Import-Module $m; Export-PizzaWorkflow jwt-pizza-service -WhatIf } -args $manifest | Out-String
        $shown | Should -Match 'What if: Extend the workflow'
        $shown | Should -Match '(?m)^\+       - name: Create dist'
        $shown | Should -Match '(?m)^\+   deploy:'
        $shown | Should -Not -Match '(?m)^- '
        Get-Content $file -Raw | Should -BeExactly $course
    }

    It 'takes a repository from the pipeline, with its region' {
        $null = Start-PizzaSandbox
        try { $made = New-PizzaRepository pipe-service -Region eu-west-1 -Force | Export-PizzaWorkflow }
        finally { Stop-PizzaSandbox }
        $made.RepositoryName | Should -Be pipe-service
        Get-Content $file -Raw | Should -Match 'aws-region: eu-west-1'
    }

    It 'says <id> for a file that is <name>, and leaves it' -ForEach @(
        @{ id = 'WorkflowNotYaml'; name = 'no YAML'; text = "jobs:`n  build: [`n"; says = '*line 3*' }
        @{ id = 'WorkflowNotYaml'; name = 'indented by a tab'; text = "jobs:`n`tbuild: 1`n"; says = '*line 2: a tab*' }
        @{ id = 'WorkflowWithoutJobs'; name = 'no workflow'; text = "a: 1`n"; says = "*no 'jobs'*" }
        @{ id = 'WorkflowWithoutJob'; name = 'without the job'; text = "jobs:`n  test:`n    steps:`n      - run: x`n"; says = "*'test'*-BuildJobName*" }
        @{ id = 'WorkflowNotExtensible'; name = 'in brackets'; text = "jobs: { build: { steps: [ { run: x } ] } }`n"; says = '*brackets*' }
        @{ id = 'WorkflowNotExtensible'; name = 'an alias'; text = "jobs:`n  a:`n    steps: &s`n      - run: x`n  build:`n    steps: *s`n"; says = '*alias `*s*' }
        @{ id = 'WorkflowDiffers'; name = 'with another deploy job'; text = "jobs:`n  build:`n    steps:`n      - run: x`n  deploy:`n    runs-on: x`n"; says = "*job 'deploy'*-JobName*" }
    ) {
        Set-Workflow $text
        { Export-PizzaWorkflow jwt-pizza-service -ErrorAction Stop } | Should -Throw $says -ErrorId "$id,*"
        Get-Content $file -Raw | Should -BeExactly $text
    }

    It 'says <id> for <name>' -ForEach @(
        @{ id = 'InvalidRepositoryName'; name = 'a bad repository'; with = @{ RepositoryName = 'Bad' }; says = "*'Bad'*" }
        @{ id = 'InvalidWorkflowOption'; name = 'a job that is not a valid name'; with = @{ RepositoryName = 'a-b'; JobName = 'x y' }; says = "*'x y'*" }
        @{ id = 'InvalidWorkflowOption'; name = 'words for a shell'; with = @{ RepositoryName = 'a-b'; Region = 'x;id' }; says = "*'x;id'*" }
        @{ id = 'InvalidSecretName'; name = 'a value in the place of a name'; with = @{ RepositoryName = 'a-b'; Replace = @{ 'src/a.js' = @{ x = 'p@ss' } } }; says = "*'p@ss'*" }
        @{ id = 'InvalidReplacement'; name = 'texts without a file'; with = @{ RepositoryName = 'a-b'; Replace = @{ x = 'A' } }; says = "*'x'*" }
        @{ id = 'InvalidPath'; name = 'a folder'; with = @{ RepositoryName = 'a-b'; Path = '.' }; says = '*is a folder*' }
    ) {
        { Export-PizzaWorkflow @with -ErrorAction Stop } | Should -Throw $says -ErrorId "$id,*"
    }

    It 'writes scripts of -Style Module that parse and name commands and parameters that exist' {
        $scripts = Get-Script (Export-PizzaWorkflow jwt-pizza-service -Style Module -Service svc -Cluster clu -Include Dockerfile, 'src/*' -Platform linux/arm64, linux/amd64 -AsText)
        $scripts.Count | Should -Be 2
        foreach ($script in $scripts) {
            $errors = $null
            $ast = [Management.Automation.Language.Parser]::ParseInput($script, [ref] $null, [ref] $errors)
            $errors | Should -BeNullOrEmpty
            # Install-Module is the runner's own.
            foreach ($command in $ast.FindAll({ $args[0] -is [Management.Automation.Language.CommandAst] -and $args[0].GetCommandName() -ne 'Install-Module' }, $true)) {
                $known = Get-Command $command.GetCommandName() -ErrorAction Stop
                foreach ($parameter in $command.CommandElements | Where-Object { $_ -is [Management.Automation.Language.CommandParameterAst] }) { $known.Parameters.Keys | Should -Contain $parameter.ParameterName }
            }
        }
    }

    It 'does in -Style Module what it says: as a job of GitHub Actions, with the rights of the role of CI' -Skip:$noDocker {
        $null = New-Item src -ItemType Directory
        Set-Content Dockerfile "FROM scratch`nCOPY . /`n"
        Set-Content package.json '{}'
        Set-Content src/config.js '127.0.0.1 root tempdbpassword' -NoNewline
        $run = { param([string] $Script) & ([scriptblock]::Create(($Script -split "`n" | Where-Object { $_ -notlike 'Install-Module *' -and $_ -notlike '* Install-Module *' }) -join "`n")) }
        $make, $push = Get-Script (Export-PizzaWorkflow jwt-pizza-service -Style Module -Service jwt-pizza-service -AsText)
        $box = Start-PizzaSandbox -Enforce
        $saved = @{}
        $variables = @{ DB_HOSTNAME = 'h'; DB_USERNAME = 'u'; DB_PASSWORD = 'p'; AWS_ACCOUNT = $box.RegistryId; CI_IAM_ROLE = 'github-ci'; GITHUB_ACTIONS = 'true'; GITHUB_OUTPUT = "$project/output"; AWS_REGION = $null }
        try {
            $null = New-PizzaRepository jwt-pizza-service -Force
            $null = 'my-account/jwt-pizza-service' | Add-PizzaTrustSubject
            $null = Grant-PizzaCiPolicy jwt-pizza-service -IncludeVerify -IncludeDeploy
            foreach ($one in (New-PizzaSandboxToken my-account/jwt-pizza-service -AsVariable).GetEnumerator()) { $variables[$one.Key] = $one.Value }
            foreach ($name in $variables.Keys) { $saved[$name] = [Environment]::GetEnvironmentVariable($name); [Environment]::SetEnvironmentVariable($name, $variables[$name]) }
            (& $run $make).Files | Should -Be 3
            Rename-Item dist package      # the artifact
            $done = & $run $push 3>$null
            $done[0].RoleName | Should -Be 'github-ci'
            $done[1].ImageUri | Should -Be "$($box.RegistryHost)/jwt-pizza-service:latest"
            $done[2].RolloutState | Should -Be 'COMPLETED'
            $done[2].ImageDigest | Should -Be $done[1].ImageDigest
            Get-Content "$project/output" | Should -Contain "image=$($box.RegistryHost)/jwt-pizza-service:latest"
            Get-Content dist/config.js -Raw | Should -BeExactly 'h u p'
            Get-Content package/config.js -Raw | Should -BeExactly '127.0.0.1 root tempdbpassword'
        }
        finally {
            Disconnect-PizzaAws
            foreach ($name in $saved.Keys) { [Environment]::SetEnvironmentVariable($name, $saved[$name]) }
            docker image ls --format '{{.Repository}}:{{.Tag}}' | Where-Object { $_ -like "$($box.RegistryHost)/*" } | ForEach-Object { $null = docker image rm $_ }
            Stop-PizzaSandbox
        }
    }
}
