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
    # A layout of its own for each push, of random bytes: else skopeo, which remembers where it pushed a layer, mounts it from there and sends nothing.
    $ours = 0..$Count | ForEach-Object { New-BenchLayout "$work/ours$_" $Megabytes }
    $theirs = 0..$Count | ForEach-Object { New-BenchLayout "$work/theirs$_" $Megabytes }
    $script:i = $script:j = 0
    $times = Measure-Interleaved -Count $Count -Script ([ordered] @{
            'Push-PizzaImage to the sandbox' = { $null = New-PizzaRepository "bench-push-$script:i" | Push-PizzaImage $ours[$script:i++] -Tag latest }
            'skopeo copy to docker-registry' = { skopeo copy --quiet --dest-tls-verify=false "oci:$($theirs[$script:j++]):latest" "docker://127.0.0.1:$port/bench-$script:j`:latest" }
        })
    ConvertTo-Comparison "Push of $Megabytes MB" $times
    "Peak memory of this process: $([Math]::Round((Get-Process -Id $PID).PeakWorkingSet64 / 1MB)) MB"
}
finally {
    $registry.Kill(); $server.Kill($true)
    Remove-Item $work -Recurse -Force
}
