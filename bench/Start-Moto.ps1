#Requires -Version 7.4
# A moto server with the role and the policy that the course leaves behind; gives back its process and sets the environment.
$port = & { $l = [Net.Sockets.TcpListener]::new([Net.IPAddress]::Loopback, 0); $l.Start(); $l.LocalEndpoint.Port; $l.Stop() }
$start = [Diagnostics.ProcessStartInfo]::new('python3', [string[]] ('-m', 'moto.server', '-H', '127.0.0.1', '-p', "$port"))
$start.RedirectStandardError = $start.RedirectStandardOutput = $true
$process = [Diagnostics.Process]::Start($start)
$process.BeginErrorReadLine(); $process.BeginOutputReadLine()
$env:AWS_ENDPOINT_URL = "http://127.0.0.1:$port"; $env:AWS_ACCESS_KEY_ID = 'bench'; $env:AWS_SECRET_ACCESS_KEY = 'bench'; $env:AWS_REGION = $env:AWS_DEFAULT_REGION = 'us-east-1'
foreach ($try in 1..100) { try { $null = Invoke-WebRequest "$env:AWS_ENDPOINT_URL/moto-api/" -TimeoutSec 1; break } catch { Start-Sleep -Milliseconds 100 } }
$trust = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{"StringEquals":{"token.actions.githubusercontent.com:aud":"sts.amazonaws.com"},"StringLike":{"token.actions.githubusercontent.com:sub":["repo:my-account/jwt-pizza:ref:refs/heads/main"]}}}]}'
$policy = '{"Version":"2012-10-17","Statement":[{"Sid":"ListObjectsInBucket","Effect":"Allow","Action":["s3:ListBucket"],"Resource":["arn:aws:s3:::pizza"]}]}'
aws iam create-role --role-name github-ci --assume-role-policy-document $trust | Out-Null
aws iam create-policy --policy-name jwt-pizza-ci-deployment --policy-document $policy | Out-Null
aws iam attach-role-policy --role-name github-ci --policy-arn arn:aws:iam::123456789012:policy/jwt-pizza-ci-deployment | Out-Null
$process
