namespace JwtPizza.Ecr.Tests.Cmdlets;

/// <summary>
/// What docs/permissions.md is measured with: the usual case of each cmdlet that calls AWS, and the parameters that need more. A new
/// cmdlet needs a row here; see <see cref="PermissionTests"/>.
/// </summary>
internal static class PermissionCases
{
    /// <summary>Cmdlets that have -EndpointUrl, and need no IAM action.</summary>
    public static readonly IReadOnlyDictionary<string, string> WithoutActions = new Dictionary<string, string>
    {
        ["Connect-PizzaAws"] = "The role's trust policy decides.",
        ["Resolve-PizzaTrustSubject"] = "It calls GitHub only.",
    };

    /// <summary>By cmdlet: its usual case first, and then others ("with -Parameter" or "for a state", script). <c>$layout</c> is an OCI
    /// layout, <c>$folder</c> an empty folder, <c>$service</c> a folder with a Dockerfile, <c>$registry</c> the registry's host.</summary>
    public static readonly IReadOnlyDictionary<string, PermissionCase[]> All = new Dictionary<string, PermissionCase[]>
    {
        ["Add-PizzaTrustSubject"] = ["Add-PizzaTrustSubject o/new -Form Name"],
        ["Clear-PizzaImage"] = ["Clear-PizzaImage team/one -Force"],
        ["Compare-PizzaState"] =
        [
            "Set-Content $folder/a.yml 'repositories: { team/one: {} }'; Compare-PizzaState $folder/a.yml",
            new("for a file with roles only", "Set-Content $folder/a.yml 'roles: { new-ci: { trust: [repo:o/r:*] } }'; Compare-PizzaState $folder/a.yml"),
        ],
        ["Connect-PizzaRegistry"] =
        [
            new("Connect-PizzaRegistry -DockerConfig $folder") { NeedsDocker = true },
            new("with -Public", "Connect-PizzaRegistry -Public -DockerConfig $folder") { NeedsDocker = true },
        ],
        ["Copy-PizzaImage"] =
        [
            "Copy-PizzaImage team/one:v1 team/empty",
            new("for another tag in the same repository", "Copy-PizzaImage team/one:v1 -Tag prod"),
        ],
        ["Disconnect-PizzaRegistry"] =
        [
            new("$null = Connect-PizzaRegistry -DockerConfig $folder; Disconnect-PizzaRegistry -DockerConfig $folder")
                { NeedsDocker = true },
        ],
        ["Export-PizzaState"] =
        [
            "Export-PizzaState -AsText", new("with -ExcludeRoles", "Export-PizzaState -AsText -ExcludeRoles"),
        ],
        ["Find-PizzaRisk"] = ["Find-PizzaRisk"],
        ["Get-PizzaCiPolicy"] = ["Get-PizzaCiPolicy"],
        ["Get-PizzaCiRole"] = ["Get-PizzaCiRole"],
        ["Get-PizzaImage"] =
        [
            "Get-PizzaImage team/one", new("with -Public", "Get-PizzaImage shop -Public"),
        ],
        ["Get-PizzaLifecycle"] = ["Get-PizzaLifecycle team/one"],
        ["Get-PizzaOidcProvider"] = ["Get-PizzaOidcProvider"],
        ["Get-PizzaReplication"] = ["Get-PizzaReplication"],
        ["Get-PizzaReplicationAccess"] = ["Get-PizzaReplicationAccess"],
        ["Get-PizzaRepository"] =
        [
            "Get-PizzaRepository team/one", new("with -IncludePolicy", "Get-PizzaRepository team/one -IncludePolicy"),
            new("with -Public", "Get-PizzaRepository shop -Public"),
        ],
        ["Get-PizzaRolePolicy"] =
            ["Get-PizzaRolePolicy github-ci", new("for a pattern of roles", "Get-PizzaRolePolicy new-*")],
        ["Get-PizzaScanFinding"] =
        [
            "Get-PizzaScanFinding team/one v1", new("with -StartScan", "Get-PizzaScanFinding team/unscanned v1 -StartScan -Wait"),
        ],
        ["Get-PizzaScanning"] = ["Get-PizzaScanning"],
        ["Get-PizzaService"] = ["Get-PizzaService"],
        ["Get-PizzaTrustSubject"] = ["Get-PizzaTrustSubject", new("for a pattern of roles", "Get-PizzaTrustSubject *")],
        ["Grant-PizzaCiPolicy"] =
        [
            "Grant-PizzaCiPolicy team/two", new("for a policy that does not exist yet", "Grant-PizzaCiPolicy team/two -RoleName new-ci"),
        ],
        ["Grant-PizzaReplication"] = ["Grant-PizzaReplication 210987654321"],
        ["Grant-PizzaRepositoryAccess"] = ["Grant-PizzaRepositoryAccess team/one -Account 210987654321 -Pull"],
        ["Grant-PizzaRolePolicy"] = ["Grant-PizzaRolePolicy github-ci AmazonDynamoDBFullAccess"],
        ["Measure-PizzaStorage"] = ["Measure-PizzaStorage team/one"],
        ["New-PizzaCiRole"] =
        [
            "New-PizzaCiRole o/new -Form Name -RoleName new",
            new("with -RepositoryName", "New-PizzaCiRole o/new -Form Name -RoleName new -RepositoryName team/one"),
            new("with -Tag", "New-PizzaCiRole o/new -Form Name -RoleName new -Tag @{ team = 'a' }"),
            new("for an identity provider that the account does not have", "New-PizzaCiRole o/new -Form Name -RoleName new -ProviderArn " +
                "arn:aws:iam::123456789012:oidc-provider/ghe.example.com/_services/token"),
            new("for a role that exists", "New-PizzaCiRole o/new -Form Name -RoleName new-ci"),
        ],
        ["New-PizzaRepository"] =
        [
            "New-PizzaRepository new", new("with -Tag", "New-PizzaRepository new -Tag @{ team = 'a' }"),
            new("with -Public", "New-PizzaRepository new -Public"),
        ],
        ["Publish-PizzaImage"] =
        [
            new("Publish-PizzaImage $service team/empty -RemoveLocal") { NeedsDocker = true },
            new("with -VerifyBinaries", "Publish-PizzaImage $service team/empty -VerifyBinaries -RemoveLocal") { NeedsDocker = true },
        ],
        ["Push-PizzaImage"] =
        [
            "Push-PizzaImage $layout team/empty -LayoutTag v2", new("with -Public", "Push-PizzaImage $layout shop -Public -LayoutTag v2"),
        ],
        ["Register-PizzaOidcProvider"] =
        [
            "Register-PizzaOidcProvider https://ghe.example.com/_services/token",
            new("for a provider that exists", "Register-PizzaOidcProvider -Audience other"),
        ],
        ["Remove-PizzaCiRole"] =
            ["Remove-PizzaCiRole github-ci -Force", new("with -IncludePolicy", "Remove-PizzaCiRole github-ci -IncludePolicy -Force")],
        ["Remove-PizzaImage"] = ["Remove-PizzaImage team/one -Tag v1 -Force"],
        ["Remove-PizzaLifecycle"] =
            ["Remove-PizzaLifecycle team/one -Force", new("with -Priority", "Remove-PizzaLifecycle team/one -Priority 1 -Force")],
        ["Remove-PizzaReplication"] = ["Remove-PizzaReplication eu-west-1 -Force"],
        ["Remove-PizzaRepository"] =
        [
            "Remove-PizzaRepository team/one -IncludeImages -Force",
            new("with -Public", "Remove-PizzaRepository shop -Public -IncludeImages -Force"),
        ],
        ["Remove-PizzaTrustSubject"] = ["Remove-PizzaTrustSubject o/r -Force"],
        ["Revoke-PizzaCiPolicy"] = ["Revoke-PizzaCiPolicy team/one"],
        ["Revoke-PizzaReplication"] = ["Revoke-PizzaReplication 999999999999"],
        ["Revoke-PizzaRepositoryAccess"] = ["Revoke-PizzaRepositoryAccess team/two -Account 999999999999"],
        ["Revoke-PizzaRolePolicy"] = ["Revoke-PizzaRolePolicy new-ci AmazonDynamoDBFullAccess"],
        ["Save-PizzaImage"] =
        [
            "Save-PizzaImage team/one:v1 $folder/image.tar",
            new("with -IncludeReferrers", "Save-PizzaImage team/one:v1 $folder/image.tar -IncludeReferrers"),
        ],
        ["Set-PizzaLifecycle"] = ["Set-PizzaLifecycle team/one -KeepLast 7"],
        ["Set-PizzaReplication"] = ["Set-PizzaReplication us-west-2 -Force"],
        ["Set-PizzaRepository"] =
        [
            "Set-PizzaRepository team/one -ScanOnPush",   // which it has already: what is read before any change
            new("with -ImageTagMutability", "Set-PizzaRepository team/one -ImageTagMutability IMMUTABLE"),
            new("with -ScanOnPush", "Set-PizzaRepository team/one -ScanOnPush:$false"),
            new("with -Tag", "Set-PizzaRepository team/one -Tag @{ team = 'a' }"),
        ],
        ["Set-PizzaScanning"] = ["Set-PizzaScanning -ScanOnPush 'x*'"],
        ["Sync-PizzaState"] =
        [
            "Set-Content $folder/a.yml 'repositories: { team/one: {} }'; Sync-PizzaState $folder/a.yml",
            new("for a repository that does not exist yet",
                "Set-Content $folder/a.yml 'repositories: { new: { lifecycle: [{ keepLast: 3 }] } }'; Sync-PizzaState $folder/a.yml"),
            new("for a file with roles only",
                "Set-Content $folder/a.yml 'roles: { new-ci: { trust: [repo:o/new:*], push: { team/one: {} } } }'; Sync-PizzaState $folder/a.yml"),
        ],
        ["Test-PizzaLifecycle"] =
            ["Test-PizzaLifecycle team/one -KeepLast 1 -Replace", new("with -Offline", "Test-PizzaLifecycle team/one -KeepLast 1 -Replace -Offline")],
        ["Test-PizzaSetup"] =
        [
            "Test-PizzaSetup o/r -RepositoryName team/one -Form Name | Where-Object Status -eq Unknown | " +
                "ForEach-Object { Write-Warning $_.Finding }",
        ],
        ["Test-PizzaTrustSubject"] = ["Test-PizzaTrustSubject o/r -Form Name"],
        ["Unregister-PizzaOidcProvider"] = ["Unregister-PizzaOidcProvider https://github.example.com/_services/token -Force"],
        ["Update-PizzaService"] =
        [
            "Update-PizzaService jwt-pizza-service", new("with -NoWait", "Update-PizzaService jwt-pizza-service -NoWait"),
            new("with -ImageUri", "Update-PizzaService jwt-pizza-service -ImageUri \"$registry/jwt-pizza-service:v1\""),
        ],
        ["Wait-PizzaReplication"] = ["Wait-PizzaReplication team/one v1"],
    };
}

/// <summary>A command whose permissions are measured.</summary>
/// <param name="For">The parameter or state for which it needs others than the usual case; null for the usual case.</param>
/// <param name="Script">The command.</param>
internal sealed record PermissionCase(string? For, string Script)
{
    public PermissionCase(string script) : this(null, script) { }

    public bool NeedsDocker { get; init; }

    public static implicit operator PermissionCase(string script) => new(script);
}
