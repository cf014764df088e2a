#Requires -Version 7.4
# Listing 20,000 images: Get-PizzaImage against the AWS CLI and boto3's paginator on the same server, a sandbox in a process of its own.
# The two ask for 100 images a page, unless they are told otherwise; Get-PizzaImage asks for 1,000, the most that ECR gives.
# Targets: at most half of the AWS CLI's time, not more than boto3's, the first object at once, memory that does not grow with the list.
# Also: Measure-PizzaStorage over 1,000 images. Needs the AWS CLI and boto3.
param([int] $Count = 5, [int] $Images = 20000, [int] $Weighed = 1000)
Import-Module (Join-Path $PSScriptRoot 'Measure.psm1') -Force
$module = (Resolve-Path (Join-Path $PSScriptRoot '../out/JwtPizza.Ecr')).Path
$boto3 = (Resolve-Path (Join-Path $PSScriptRoot 'steps/list_images.py')).Path

function Add-BenchImage([string] $Repository, [int] $Number) {
    <#
    .SYNOPSIS
    Fills a repository by PutImage: an image that is pushed first, and the same again under other tags with another annotation each.
    #>
    $null = New-PizzaRepository $Repository -Force | Push-PizzaImage (Join-Path $PSScriptRoot '../examples/oci-layout') -LayoutTag v1 -Tag v0
    $manifest = aws ecr batch-get-image --repository-name $Repository --image-ids imageTag=v0 --query 'images[0].imageManifest' --output text | ConvertFrom-Json -AsHashtable
    $http = [Net.Http.HttpClient]::new()
    $start = 1
    while ($start -lt $Number) {
        $end = [Math]::Min($start + 199, $Number - 1)
        $sent = foreach ($n in $start..$end) {
            $manifest.annotations = @{ number = "$n" }
            $body = @{ repositoryName = $Repository; imageTag = "v$n"; imageManifest = $manifest | ConvertTo-Json -Depth 9 -Compress } | ConvertTo-Json -Compress
            $request = [Net.Http.HttpRequestMessage]::new('POST', $env:AWS_ENDPOINT_URL)
            $request.Content = [Net.Http.StringContent]::new($body, [Text.Encoding]::UTF8, 'application/x-amz-json-1.1')
            $request.Headers.Add('X-Amz-Target', 'AmazonEC2ContainerRegistry_V20150921.PutImage')
            # Who calls, and where; the sandbox does not verify signatures.
            $null = $request.Headers.TryAddWithoutValidation('Authorization', "AWS4-HMAC-SHA256 Credential=$env:AWS_ACCESS_KEY_ID/20260101/$env:AWS_REGION/ecr/aws4_request, SignedHeaders=host, Signature=0")
            $http.SendAsync($request)
        }
        foreach ($answer in $sent) { $null = $answer.GetAwaiter().GetResult().EnsureSuccessStatusCode() }
        $start = $end + 1
    }
    $http.Dispose()
}

function Get-PeakMemory([string[]] $Command) {
    <#
    .SYNOPSIS
    The most memory, in MB, that a command of its own process held at a time.
    #>
    $watcher = 'import resource, subprocess, sys; subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True); print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)'
    [int] (python3 -c $watcher @Command)
}

$server = Start-BenchSandbox
try {
    Import-Module $module -Force
    $few = [int] ($Images / 10)
    Add-BenchImage bench/many $Images
    Add-BenchImage bench/few $few
    Add-BenchImage bench/weighed $Weighed
    $found = 0
    Get-PizzaImage bench/many | ForEach-Object { $found++ }
    if ($found -ne $Images) { throw "$found images instead of $Images." }

    ConvertTo-Comparison "List $Images images, a process each" (Measure-Interleaved -Count $Count -Script ([ordered] @{
                'Get-PizzaImage (new pwsh)'                  = { pwsh -NoProfile -Command "Import-Module '$module'; Get-PizzaImage bench/many | Out-Null" }
                'aws ecr describe-images'                    = { aws ecr describe-images --repository-name bench/many --output json > /dev/null }
                'aws ecr describe-images --page-size 1000'   = { aws ecr describe-images --repository-name bench/many --page-size 1000 --output json > /dev/null }
                'boto3 paginator (new python)'               = { $null = python3 $boto3 bench/many }
                'boto3 paginator, PageSize 1000 (new python)' = { $null = python3 $boto3 bench/many 1000 }
            }))
    ConvertTo-Comparison "List $Images images, warm" (Measure-Interleaved -Count $Count -Script ([ordered] @{
                'Get-PizzaImage (this pwsh)' = { Get-PizzaImage bench/many | Out-Null }
                'aws ecr describe-images'    = { aws ecr describe-images --repository-name bench/many --output json > /dev/null }
            }))
    $first = Measure-Interleaved -Count $Count -Script ([ordered] @{
            'first of Get-PizzaImage' = { $null = Get-PizzaImage bench/many | Select-Object -First 1 }
            'all of Get-PizzaImage'   = { Get-PizzaImage bench/many | Out-Null }
        })
    ConvertTo-Comparison 'The first object, warm' $first
    # boto3's own clock, without the start of python and the import.
    $inside = @{ 100 = @(); 1000 = @() }
    foreach ($round in 0..$Count) { foreach ($size in 100, 1000) { $inside[$size] += [double] (python3 $boto3 bench/many $size) } }
    ConvertTo-Comparison "List $Images images, clients that run already" ([ordered] @{
            'Get-PizzaImage'                 = $first['all of Get-PizzaImage']
            'boto3 paginator'                = $inside[100][1..$Count]
            'boto3 paginator, PageSize 1000' = $inside[1000][1..$Count]
        })
    ConvertTo-Comparison "Storage of $Weighed images, warm" (Measure-Interleaved -Count $Count -Script ([ordered] @{ 'Measure-PizzaStorage' = { $null = Measure-PizzaStorage bench/weighed } }))

    [pscustomobject] @{
        What = 'Peak memory, MB'
        "Get-PizzaImage, $Images" = Get-PeakMemory ('pwsh', '-NoProfile', '-Command', "Import-Module '$module'; Get-PizzaImage bench/many | Out-Null")
        "Get-PizzaImage, $few" = Get-PeakMemory ('pwsh', '-NoProfile', '-Command', "Import-Module '$module'; Get-PizzaImage bench/few | Out-Null")
        'aws ecr describe-images' = Get-PeakMemory ('aws', 'ecr', 'describe-images', '--repository-name', 'bench/many')
        'boto3 paginator' = Get-PeakMemory ('python3', $boto3, 'bench/many')
    }
}
finally { $server.Kill($true) }
