Import-Module (Join-Path $PSScriptRoot '../../out/JwtPizza.Ecr')

function Get-Answer([int] $Port, [string] $Request) {
    $client = [Net.Sockets.TcpClient]::new('127.0.0.1', $Port)
    $stream = $client.GetStream()
    $stream.Write([Text.Encoding]::ASCII.GetBytes($Request))
    $status = [byte[]]::new(12)
    $stream.ReadExactly($status, 0, 12)
    $client.Dispose()
    [Text.Encoding]::ASCII.GetString($status)
}

# The client's own first time.
$other = [Net.Sockets.TcpListener]::new([Net.IPAddress]::Loopback, 0)
$other.Start()
$accepting = $other.AcceptTcpClientAsync()
$warm = [Net.Sockets.TcpClient]::new('127.0.0.1', $other.LocalEndpoint.Port)
$accepting.Result.GetStream().Write([byte[]]::new(12))
$warm.GetStream().ReadExactly([byte[]]::new(12), 0, 12)
$other.Stop()
try { $null = Get-Answer $other.LocalEndpoint.Port '' } catch { $null = $_ }

$times = foreach ($turn in 1, 2) {
    $watch = [Diagnostics.Stopwatch]::StartNew()
    $sandbox = Start-PizzaSandbox
    $port = ([uri] $sandbox.EndpointUrl).Port
    if ((Get-Answer $port "GET /v2/ HTTP/1.1`r`nHost: 127.0.0.1:$port`r`n`r`n") -ne 'HTTP/1.1 401') { throw 'That is not the registry.' }
    $watch.Elapsed.TotalMilliseconds
    if ($turn -eq 1) {
        $list = "POST / HTTP/1.1`r`nHost: 127.0.0.1:$port`r`nX-Amz-Target: AmazonEC2ContainerRegistry_V20150921.DescribeRepositories`r`nContent-Length: 2`r`n" +
            "Authorization: AWS4-HMAC-SHA256 Credential=$($sandbox.AccessKey)/20260101/us-east-1/ecr/aws4_request`r`n`r`n{}"
        if ((Get-Answer $port $list) -ne 'HTTP/1.1 200') { throw 'That is not ECR.' }
        $watch.Elapsed.TotalMilliseconds
    }
    Stop-PizzaSandbox
}
($times | ForEach-Object { $_.ToString('0.0', [cultureinfo]::InvariantCulture) }) -join ' '
