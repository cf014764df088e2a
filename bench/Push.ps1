#Requires -Version 7.4
# A 200 MB OCI layout: Push-PizzaImage into the sandbox against skopeo copy into Debian's docker-registry. Target: not slower.
param([int] $Count = 5, [int] $Megabytes = 200)
Import-Module (Join-Path $PSScriptRoot 'Measure.psm1') -Force
$work = [IO.Directory]::CreateTempSubdirectory('pizza-bench-').FullName
$port = & { $l = [Net.Sockets.TcpListener]::new([Net.IPAddress]::Loopback, 0); $l.Start(); $l.LocalEndpoint.Port; $l.Stop() }
Set-Content "$work/registry.yml" "version: 0.1`nstorage:`n  filesystem:`n    rootdirectory: $work/registry`nhttp:`n  addr: 127.0.0.1:$port`n"
$registry = Start-Process docker-registry ('serve', "$work/registry.yml") -PassThru -RedirectStandardError "$work/registry.log" -RedirectStandardOutput "$work/registry.out"
$server = Start-BenchSandbox
$ProgressPreference = 'SilentlyContinue'
try {
    Import-Module (Join-Path $PSScriptRoot '../out/JwtPizza.Ecr') -Force
    # Random, in two layers: nothing to compress, nothing that a second push could skip, since each round takes a repository of its own.
    foreach ($i in 1, 2) {
        $file = [IO.File]::Create("$work/data$i")
        1..($Megabytes / 2) | ForEach-Object { $file.Write([Security.Cryptography.RandomNumberGenerator]::GetBytes(1MB)) }
        $file.Dispose()
    }
    Set-Content "$work/Dockerfile" "FROM scratch`nCOPY data1 /1`nCOPY data2 /2`n"
    docker buildx build --quiet --platform linux/arm64 --tag pizza-bench:push $work | Out-Null
    skopeo copy --quiet docker-daemon:pizza-bench:push "oci:$work/layout:latest"
    docker image rm pizza-bench:push | Out-Null
    $script:turn = 0
    $times = Measure-Interleaved -Count $Count -Script ([ordered] @{
            'Push-PizzaImage to the sandbox' = { $script:turn++; $null = New-PizzaRepository "bench-push-$script:turn" -ScanOnPush:$false | Push-PizzaImage -Path "$work/layout" -Tag latest }
            'skopeo copy to docker-registry' = { skopeo copy --quiet --dest-tls-verify=false "oci:$work/layout:latest" "docker://127.0.0.1:$port/bench-$script:turn`:latest" }
        })
    ConvertTo-Comparison "Push of $Megabytes MB" $times
    "Peak memory of this process: $([Math]::Round((Get-Process -Id $PID).PeakWorkingSet64 / 1MB)) MB"
}
finally {
    $registry.Kill(); $server.Kill($true)
    Remove-Item $work -Recurse -Force
}
