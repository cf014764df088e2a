# Timing of whole commands, interleaved, so that a machine whose speed drifts is unfair to nobody.

function Measure-Interleaved {
    <#
    .SYNOPSIS
    Runs each of several scripts in turn, A B C A B C, and gives back milliseconds by name. One unmeasured round comes first.
    #>
    param([Parameter(Mandatory)] [Collections.Specialized.OrderedDictionary] $Script, [int] $Count = 15)
    $times = [ordered] @{}
    foreach ($name in $Script.Keys) { $times[$name] = [Collections.Generic.List[double]]::new() }
    foreach ($round in 0..$Count) {
        foreach ($name in $Script.Keys) {
            Write-Progress 'Measuring' "$name, round $round of $Count" -PercentComplete (100 * $round / $Count)
            $watch = [Diagnostics.Stopwatch]::StartNew()
            & $Script[$name]
            if ($round -gt 0) { $times[$name].Add($watch.Elapsed.TotalMilliseconds) }
        }
    }
    $times
}

function Get-Median([double[]] $Value) {
    $sorted = $Value | Sort-Object
    $middle = [int][Math]::Floor($sorted.Count / 2)
    if ($sorted.Count % 2) { $sorted[$middle] } else { ($sorted[$middle - 1] + $sorted[$middle]) / 2 }
}

function ConvertTo-Comparison {
    <#
    .SYNOPSIS
    One row a name: median, least and greatest milliseconds, and the ratio of the first name's median to this one's.
    #>
    param([Parameter(Mandatory)] [string] $What, [Parameter(Mandatory)] [Collections.Specialized.OrderedDictionary] $Times)
    $ours = Get-Median $Times[0]
    foreach ($name in $Times.Keys) {
        $median = Get-Median $Times[$name]
        [pscustomobject] @{
            What = $What; Name = $name; N = $Times[$name].Count; MedianMs = [int] $median
            MinMs = [int] ($Times[$name] | Measure-Object -Minimum).Minimum; MaxMs = [int] ($Times[$name] | Measure-Object -Maximum).Maximum
            OursToThis = [Math]::Round($ours / $median, 2)
        }
    }
}

function Start-BenchSandbox {
    <#
    .SYNOPSIS
    A sandbox in a process of its own, and the environment that leads every client there. With -Latency each call takes so many
    milliseconds more.
    #>
    param([string] $Module = (Join-Path $PSScriptRoot '../out/JwtPizza.Ecr'), [int] $Latency = 0)
    $Module = (Resolve-Path $Module).Path
    $start = [Diagnostics.ProcessStartInfo]::new('pwsh', [string[]] ('-NoProfile', '-Command', "Import-Module '$Module'; `$sandbox = Start-PizzaSandbox; if ($Latency) { `$null = Set-PizzaSandboxFault * -Latency $Latency }; `$sandbox.EnvironmentVariables | ConvertTo-Json -Compress; [Console]::Out.Flush(); `$null = [Console]::In.ReadLine()"))
    $start.RedirectStandardInput = $start.RedirectStandardOutput = $true
    $process = [Diagnostics.Process]::Start($start)
    $variables = $process.StandardOutput.ReadLine() | ConvertFrom-Json -AsHashtable
    foreach ($name in $variables.Keys) { [Environment]::SetEnvironmentVariable($name, $variables[$name]) }
    $process
}

function New-BenchFolder {
    <#
    .SYNOPSIS
    A folder with a Dockerfile of one small file, made new each time so that the push carries a layer.
    #>
    $folder = [IO.Directory]::CreateTempSubdirectory('pizza-bench-').FullName
    Set-Content (Join-Path $folder 'Dockerfile') "FROM scratch`nCOPY data /data`n"
    Update-BenchFolder $folder
    $folder
}

function Update-BenchFolder([string] $Folder) {
    [IO.File]::WriteAllBytes((Join-Path $Folder 'data'), [Security.Cryptography.RandomNumberGenerator]::GetBytes(1MB))
}

function New-BenchLayout([string] $Folder, [int] $Megabytes) {
    <#
    .SYNOPSIS
    An OCI layout of one image with two layers of random bytes, gzipped without compression.
    #>
    $blobs = (New-Item "$Folder/blobs/sha256" -ItemType Directory).FullName
    $descriptor = {
        param([string] $File, [string] $Type)
        $hex = (Get-FileHash $File).Hash.ToLowerInvariant()
        [ordered] @{ mediaType = "application/vnd.oci.image.$Type"; digest = "sha256:$hex"; size = (Get-Item $File).Length }
        Move-Item $File "$blobs/$hex"
    }
    $json = { param($Value, [string] $Type) [IO.File]::WriteAllText("$blobs/new", ($Value | ConvertTo-Json -Depth 9 -Compress)); & $descriptor "$blobs/new" $Type }
    $layers = foreach ($half in 1, 2) {
        $gzip = [IO.Compression.GZipStream]::new([IO.File]::Create("$blobs/new"), [IO.Compression.CompressionLevel]::NoCompression)
        1..($Megabytes / 2) | ForEach-Object { $gzip.Write([Security.Cryptography.RandomNumberGenerator]::GetBytes(1MB)) }
        $gzip.Dispose()
        & $descriptor "$blobs/new" 'layer.v1.tar+gzip'
    }
    $config = & $json ([ordered] @{ architecture = 'arm64'; os = 'linux'; rootfs = @{ type = 'layers'; diff_ids = @($layers.digest) } }) 'config.v1+json'
    $manifest = & $json ([ordered] @{ schemaVersion = 2; mediaType = 'application/vnd.oci.image.manifest.v1+json'; config = $config; layers = @($layers) }) 'manifest.v1+json'
    $manifest.annotations = @{ 'org.opencontainers.image.ref.name' = 'latest' }
    [IO.File]::WriteAllText("$Folder/index.json", (@{ schemaVersion = 2; manifests = @($manifest) } | ConvertTo-Json -Depth 9))
    [IO.File]::WriteAllText("$Folder/oci-layout", '{"imageLayoutVersion":"1.0.0"}')
    $Folder
}

Export-ModuleMember -Function *
