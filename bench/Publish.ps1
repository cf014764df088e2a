#Requires -Version 7.4
# What Publish-PizzaImage, AWS calls included, adds in a warm session to the same docker command typed by hand. Target: 5 % + 150 ms.
param([int] $Count = 15)
Import-Module (Join-Path $PSScriptRoot 'Measure.psm1') -Force
$server = Start-BenchSandbox
$folder = New-BenchFolder
$ProgressPreference = 'SilentlyContinue'
try {
    Import-Module (Join-Path $PSScriptRoot '../out/JwtPizza.Ecr') -Force
    $repository = New-PizzaRepository bench-publish
    $registry = $repository.RepositoryUri.Split('/')[0]
    $env:DOCKER_CONFIG = [IO.Directory]::CreateTempSubdirectory('pizza-bench-').FullName
    aws ecr get-login-password | docker login --username AWS --password-stdin $registry 2>&1 | Out-Null
    $times = Measure-Interleaved -Count $Count -Script ([ordered] @{
            'Publish-PizzaImage'          = { Update-BenchFolder $folder; $null = $repository | Publish-PizzaImage $folder }
            'docker buildx build --push'  = { Update-BenchFolder $folder; docker buildx build --platform linux/arm64 --provenance=false --tag "$($repository.RepositoryUri):latest" --push $folder 2>&1 | Out-Null }
        })
    ConvertTo-Comparison 'Publish' $times
}
finally {
    $server.Kill($true)
    Remove-Item $folder, $env:DOCKER_CONFIG -Recurse -Force
}
