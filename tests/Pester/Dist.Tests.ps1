#Requires -Version 7.4
BeforeDiscovery {
    $noDocker = -not (Get-Command docker -CommandType Application -ErrorAction Ignore) -or -not (docker version --format '{{.Server.Version}}' 2>$null)
}

BeforeAll {
    $script:manifest = (Resolve-Path (Join-Path $PSScriptRoot '../../out/JwtPizza.Ecr/JwtPizza.Ecr.psd1')).Path
    Import-Module $manifest -Force
    $script:config = "module.exports = {`r`n  host: '127.0.0.1',`r`n  user: 'root',`r`n  password: 'tempdbpassword'`r`n};"

    # A project like the course's; we stand in it.
    function Enter-Project {
        $script:project = Join-Path $TestDrive ([guid]::NewGuid())
        $null = New-Item "$project/src/routes" -ItemType Directory -Force
        Set-Content "$project/Dockerfile" "FROM scratch`nCOPY . .`n" -NoNewline
        Set-Content "$project/package.json" '{}' -NoNewline
        Set-Content "$project/src/config.js" $config -NoNewline
        Set-Content "$project/src/index.js" 'start();' -NoNewline
        Set-Content "$project/src/routes/order.js" 'order();' -NoNewline
        Push-Location $project
    }
    function Get-Name { Get-ChildItem $project -Force | ForEach-Object Name | Sort-Object }
}

Describe 'New-PizzaDist' {
    BeforeEach { Enter-Project }
    AfterEach { Pop-Location }

    It 'makes dist from the current location, with the values of production' {
        $env:PIZZA_TEST_HOST = 'db.example.com'
        try {
            $dist = New-PizzaDist -Replace @{ 'src/config.js' = @{
                    root = 'admin'; tempdbpassword = ConvertTo-SecureString 's3cret root' -AsPlainText -Force; '127.0.0.1' = 'env:PIZZA_TEST_HOST' } }
        } finally { Remove-Item env:PIZZA_TEST_HOST }
        $dist | Should -BeOfType [JwtPizza.Ecr.PizzaDist]
        $dist.Path | Should -Be (Join-Path $project dist)
        $dist.Files | Should -Be 5
        ($dist.Replaced | Sort-Object Text).Text | Should -Be @('127.0.0.1', 'root', 'tempdbpassword')
        $dist.Replaced.Times | Should -Be @(1, 1, 1)
        Get-Content dist/config.js -Raw | Should -BeExactly $config.Replace('root', 'admin').Replace('tempdbpassword', 's3cret root').Replace('127.0.0.1', 'db.example.com')
        Get-Content src/config.js -Raw | Should -BeExactly $config
        (Get-ChildItem dist -Recurse -File | ForEach-Object Name | Sort-Object) | Should -Be @('config.js', 'Dockerfile', 'index.js', 'order.js', 'package.json')
    }

    It 'takes a credential''s password, a number, and $env: in single quotes' {
        $env:PIZZA_TEST_USER = 'from env'
        $credential = [pscredential]::new('admin', (ConvertTo-SecureString 'of credential' -AsPlainText -Force))
        try { $null = New-PizzaDist -Replace ([ordered]@{ './src/config.js' = [ordered]@{ root = '$env:PIZZA_TEST_USER'; tempdbpassword = $credential; '127.0.0.1' = 1.5 } }) }
        finally { Remove-Item env:PIZZA_TEST_USER }
        Get-Content dist/config.js -Raw | Should -Match "host: '1\.5',\s+user: 'from env',\s+password: 'of credential'"
    }

    It 'shows no secret in any stream, error or -WhatIf' {
        Set-Content secret.ps1 @'
param($module)
Import-Module $module
$secret = ConvertTo-SecureString 'hunter2' -AsPlainText -Force
$replace = @{ 'src/config.js' = @{ tempdbpassword = $secret; root = 'hunter2' } }
New-PizzaDist -Replace $replace -WhatIf -Verbose -Debug
New-PizzaDist -Replace $replace -Verbose -Debug | Format-List *
$replace['src/config.js'].nowhere = $secret
New-PizzaDist -Replace $replace -Verbose
$Error | Format-List * -Force
'seen to the end'
'@
        $shown = pwsh -NoProfile -File secret.ps1 $manifest *>&1 | Out-String
        $shown | Should -Match 'What if: .*5 files.*tempdbpassword'
        $shown | Should -Match 'seen to the end'
        $shown | Should -Not -Match 'hunter2'
        Get-Content dist/config.js -Raw | Should -Match 'hunter2'
    }

    It 'writes nothing under -WhatIf, but checks everything' {
        New-PizzaDist -WhatIf
        Get-Name | Should -Be @('Dockerfile', 'package.json', 'src')
        { New-PizzaDist -Replace @{ 'src/config.js' = @{ nowhere = 1 } } -WhatIf -ErrorAction Stop } | Should -Throw "*'nowhere'*'src/config.js'*" -ErrorId 'PlaceholderNotFound,*'
    }

    It 'refuses <id>: <name>' -ForEach @(
        @{ id = 'PlaceholderNotFound'; name = 'a text that is not there'; with = @{ Replace = @{ 'src/config.js' = @{ Root = 1 } } }; says = "*'Root' is not in 'src/config.js'*" }
        @{ id = 'ReplaceFileNotFound'; name = 'a file by its name in the distribution'; with = @{ Replace = @{ 'config.js' = @{ root = 1 } } }; says = "*'src/config.js'*" }
        @{ id = 'InvalidReplacement'; name = 'texts without a file'; with = @{ Replace = @{ root = 'admin' } }; says = "*-Replace needs texts and values for 'root'*" }
        @{ id = 'MissingValue'; name = 'a variable that was not set'; with = @{ Replace = @{ 'src/config.js' = @{ root = $env:PIZZA_NOT_SET } } }; says = "*no value for 'root' in 'src/config.js'*" }
        @{ id = 'EnvironmentVariableNotSet'; name = 'env: of nothing'; with = @{ Replace = @{ 'src/config.js' = @{ root = 'env:PIZZA_NOT_SET' } } }; says = '*PIZZA_NOT_SET*secrets.PIZZA_NOT_SET*' }
        @{ id = 'InvalidValue'; name = 'a value that is a list'; with = @{ Replace = @{ 'src/config.js' = @{ root = 1, 2 } } }; says = "*'root'*" }
        @{ id = 'IncludeNotFound'; name = 'an include that is not there'; with = @{ Include = 'Dockerfile', '*.toml' }; says = "*'`*.toml'*-Include*" }
        @{ id = 'InvalidInclude'; name = 'an include that leads out'; with = @{ Include = '../*' }; says = '*points outside*' }
        @{ id = 'SourceNotFound'; name = 'a folder that is not there'; with = @{ Path = './nowhere' }; says = '*nowhere*-Path*' }
        @{ id = 'InvalidDestination'; name = 'the source itself'; with = @{ Destination = '.' }; says = '*source folder*' }
    ) {
        { New-PizzaDist @with -ErrorAction Stop } | Should -Throw $says -ErrorId "$id,*"
        Get-Name | Should -Be @('Dockerfile', 'package.json', 'src')
    }

    It 'refuses a text in a binary file' {
        [IO.File]::WriteAllBytes("$project/src/logo.png", [byte[]](0x89, 0x50, 0, 0x72, 0x6f, 0x6f, 0x74))
        { New-PizzaDist -Replace @{ 'src/logo.png' = @{ root = 'admin' } } -ErrorAction Stop } | Should -Throw "*'src/logo.png' is a binary file*" -ErrorId 'BinaryFile,*'
    }

    It 'refuses a folder that is a link, or holds files of others, and replaces the latter with -Force' {
        $null = New-Item elsewhere -ItemType Directory
        $null = New-Item dist -ItemType SymbolicLink -Target elsewhere
        { New-PizzaDist -Force -ErrorAction Stop } | Should -Throw "*link to 'elsewhere'*" -ErrorId 'DestinationIsLink,*'
        Remove-Item dist
        $null = New-Item dist/notes.txt -Force
        { New-PizzaDist -ErrorAction Stop } | Should -Throw '*notes.txt*-Force*' -ErrorId 'DestinationNotOurs,*'
        Test-Path dist/notes.txt | Should -BeTrue
        (New-PizzaDist -Force).Files | Should -Be 5
        Test-Path dist/notes.txt | Should -BeFalse
        (New-PizzaDist).Files | Should -Be 5
        Get-Name | Should -Be @('dist', 'Dockerfile', 'elsewhere', 'package.json', 'src')
    }

    It 'honours the .dockerignore and names a line that cannot be read' {
        Set-Content .dockerignore "**/routes`n!**/nothing"
        (New-PizzaDist).Files | Should -Be 4
        Set-Content .dockerignore "**/routes`n["
        { New-PizzaDist -ErrorAction Stop } | Should -Throw '*Line 2 of the .dockerignore*' -ErrorId 'InvalidDockerIgnore,*'
    }

    It 'takes folders from the pipeline, and one that fails does not end the others' {
        $bad = New-Item "$project/bad" -ItemType Directory
        $good = New-Item "$project/good" -ItemType Directory
        Copy-Item Dockerfile good
        $made = $bad, $good | New-PizzaDist -Include Dockerfile -ErrorAction SilentlyContinue -ErrorVariable trouble
        $made.Path | Should -Be (Join-Path $good dist)
        $trouble.FullyQualifiedErrorId | Should -BeLike 'IncludeNotFound,*'
    }

    It 'chains to Publish-PizzaImage, and the image holds its files and nothing else' -Skip:$noDocker {
        $box = Start-PizzaSandbox
        try {
            $null = New-PizzaRepository dist-service -Force
            $image = New-PizzaDist -Replace @{ 'src/config.js' = @{ root = 'admin' } } | Publish-PizzaImage -RepositoryName dist-service
            $image.ImageUri | Should -Be "$($box.RegistryHost)/dist-service:latest"
            docker buildx build --quiet --output "type=local,dest=$project/image" dist
            (Get-ChildItem image -Recurse -File -Force | ForEach-Object Name | Sort-Object) | Should -Be @('config.js', 'Dockerfile', 'index.js', 'order.js', 'package.json')
        } finally {
            docker image ls --format '{{.Repository}}:{{.Tag}}' | Where-Object { $_ -like "$($box.RegistryHost)/*" } | ForEach-Object { $null = docker image rm $_ }
            Stop-PizzaSandbox
        }
    }
}
