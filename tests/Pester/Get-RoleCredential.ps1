# Dot-sourced by the tests: the credentials of github-ci for a run on main of a GitHub repository, as parameters of our cmdlets. What
# aws-actions/configure-aws-credentials does in a workflow; Connect-PizzaAws would hand them to every cmdlet of the session.
function Get-RoleCredential([string] $Repository = 'my-account/jwt-pizza-service') {
    $box = Get-PizzaSandbox
    $body = @{
        Action = 'AssumeRoleWithWebIdentity'; Version = '2011-06-15'; RoleArn = "arn:aws:iam::$($box.RegistryId):role/github-ci"; RoleSessionName = 'session'
        WebIdentityToken = New-PizzaSandboxToken $Repository
    }
    $keys = (Invoke-RestMethod $box.EndpointUrl -Method Post -Body $body).AssumeRoleWithWebIdentityResponse.AssumeRoleWithWebIdentityResult.Credentials
    @{ AccessKey = $keys.AccessKeyId; SecretKey = $keys.SecretAccessKey; SessionToken = $keys.SessionToken }
}
