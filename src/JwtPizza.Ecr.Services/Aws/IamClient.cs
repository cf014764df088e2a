using System.Globalization;
using System.Runtime.CompilerServices;
using System.Xml.Linq;

namespace JwtPizza.Ecr.Services.Aws;

/// <summary>A role as far as the module looks at it; the document is decoded, byte for byte what IAM holds.</summary>
internal sealed record IamRole(string RoleName, string Arn, string AssumeRolePolicyDocument)
{
    /// <summary>The longest session in seconds; null where the answer does not tell.</summary>
    public int? MaxSessionDuration { get; init; }

    /// <summary>The ARN of the policy that bounds the role; null when there is none, and in lists.</summary>
    public string? PermissionsBoundary { get; init; }
}

/// <summary>A role to be made; what is null is left to IAM.</summary>
internal sealed record NewRole(string RoleName, string TrustPolicy)
{
    /// <summary>For example <c>/ci/</c>.</summary>
    public string? Path { get; init; }

    /// <summary>At most 1,000 characters.</summary>
    public string? Description { get; init; }

    /// <summary>Seconds, 3,600 to 43,200.</summary>
    public int? MaxSessionDuration { get; init; }

    /// <summary>The ARN of a managed policy that bounds what the role may do.</summary>
    public string? PermissionsBoundary { get; init; }

    /// <summary>At most 50.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();
}

/// <summary>A managed policy.</summary>
internal sealed record IamPolicy(string PolicyName, string Arn, string DefaultVersionId, int AttachmentCount);

/// <summary>A version of a managed policy; the document is there only where it was asked for by id.</summary>
internal sealed record IamPolicyVersion(string VersionId, bool IsDefaultVersion, DateTimeOffset? CreateDate, string? Document);

/// <summary>The operations of IAM that the module uses, one method each. Errors arrive as <see cref="PizzaException"/> with IAM's error
/// code.</summary>
internal sealed class IamClient
{
    private readonly AwsConnection _iam;

    internal IamClient(AwsConnection iam) => _iam = iam;

    /// <summary>Who calls where.</summary>
    internal Task<string> CallerAsync(CancellationToken cancellationToken) => _iam.CallerAsync(cancellationToken);

    /// <summary>Reads a role with its trust policy. <c>NoSuchEntity</c> when it is missing.</summary>
    public async Task<IamRole> GetRoleAsync(string roleName, CancellationToken cancellationToken) =>
        Role(Child(await _iam.ReadAsync("GetRole", cancellationToken, Role(roleName)).ConfigureAwait(false), "Role"));

    /// <summary>Replaces the whole trust policy; the last writer wins.</summary>
    public Task UpdateAssumeRolePolicyAsync(string roleName, string document, CancellationToken cancellationToken) =>
        _iam.WriteDocumentAsync("UpdateAssumeRolePolicy", cancellationToken, Role(roleName), ("PolicyDocument", document));

    /// <summary>Reads what a managed policy is, without its document.</summary>
    public async Task<IamPolicy> GetPolicyAsync(string policyArn, CancellationToken cancellationToken) =>
        Policy(Child(await _iam.ReadAsync("GetPolicy", cancellationToken, ("PolicyArn", policyArn)).ConfigureAwait(false), "Policy"));

    /// <summary>Reads one version with its document.</summary>
    public async Task<IamPolicyVersion> GetPolicyVersionAsync(string policyArn, string versionId, CancellationToken cancellationToken) =>
        Version(
            Child(await _iam.ReadAsync("GetPolicyVersion", cancellationToken, ("PolicyArn", policyArn), ("VersionId", versionId))
                .ConfigureAwait(false), "PolicyVersion"));

    /// <summary>All versions (at most five), without documents.</summary>
    public async Task<IReadOnlyList<IamPolicyVersion>> ListPolicyVersionsAsync(string policyArn, CancellationToken cancellationToken)
    {
        List<IamPolicyVersion> versions = [];
        await foreach (XElement page in PagesAsync("ListPolicyVersions", cancellationToken, ("PolicyArn", policyArn)).ConfigureAwait(false))
        {
            versions.AddRange(Members(page, "Versions").Select(Version));
        }
        return versions;
    }

    /// <summary>Makes a customer-managed policy. <c>EntityAlreadyExists</c> when the name is taken.</summary>
    public async Task<IamPolicy> CreatePolicyAsync(
        string policyName, string document, string? description, CancellationToken cancellationToken) =>
        Policy(
            Child(await _iam.WriteDocumentAsync("CreatePolicy", cancellationToken, ("PolicyName", policyName), ("PolicyDocument", document),
                ("Description", description)).ConfigureAwait(false), "Policy"));

    /// <summary>Deletes a policy that has one version and is attached to nobody.</summary>
    public Task DeletePolicyAsync(string policyArn, CancellationToken cancellationToken) =>
        _iam.WriteAsync("DeletePolicy", token => IsGoneAsync(() => GetPolicyAsync(policyArn, token)), cancellationToken,
            ("PolicyArn", policyArn));

    /// <summary>Adds a version. <c>LimitExceeded</c> when there are five.</summary>
    public async Task<IamPolicyVersion> CreatePolicyVersionAsync(
        string policyArn, string document, bool setAsDefault, CancellationToken cancellationToken) =>
        Version(
            Child(await _iam.WriteDocumentAsync("CreatePolicyVersion", cancellationToken, ("PolicyArn", policyArn),
                ("PolicyDocument", document), ("SetAsDefault", setAsDefault ? "true" : "false")).ConfigureAwait(false), "PolicyVersion"));

    /// <summary>Deletes a version that is not the default one.</summary>
    public Task DeletePolicyVersionAsync(string policyArn, string versionId, CancellationToken cancellationToken) =>
        _iam.WriteAsync("DeletePolicyVersion", token => IsGoneAsync(() => GetPolicyVersionAsync(policyArn, versionId, token)),
            cancellationToken, ("PolicyArn", policyArn), ("VersionId", versionId));

    /// <summary>Makes a version the one in force.</summary>
    public Task SetDefaultPolicyVersionAsync(string policyArn, string versionId, CancellationToken cancellationToken) =>
        _iam.WriteAsync("SetDefaultPolicyVersion",
            async token => (await GetPolicyAsync(policyArn, token).ConfigureAwait(false)).DefaultVersionId == versionId, cancellationToken,
            ("PolicyArn", policyArn), ("VersionId", versionId));

    /// <summary>Attaches a managed policy to a role; attaching it twice changes nothing.</summary>
    public Task AttachRolePolicyAsync(string roleName, string policyArn, CancellationToken cancellationToken) =>
        _iam.WriteAsync("AttachRolePolicy", token => HasPolicyAsync(roleName, policyArn, token), cancellationToken, Role(roleName),
            ("PolicyArn", policyArn));

    /// <summary>The managed policies of a role, page by page.</summary>
    public async IAsyncEnumerable<(string PolicyName, string PolicyArn)> ListAttachedRolePoliciesAsync(
        string roleName, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (XElement page in PagesAsync("ListAttachedRolePolicies", cancellationToken, Role(roleName))
            .ConfigureAwait(false))
        {
            foreach (XElement policy in Members(page, "AttachedPolicies"))
                yield return (Text(policy, "PolicyName"), Text(policy, "PolicyArn"));
        }
    }

    /// <summary>Who has a managed policy, or is bounded by it: <c>role</c>, <c>user</c> or <c>group</c>, and the name; page by
    /// page.</summary>
    public async IAsyncEnumerable<(string Kind, string Name)> ListEntitiesForPolicyAsync(
        string policyArn, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (XElement page in PagesAsync("ListEntitiesForPolicy", cancellationToken, ("PolicyArn", policyArn))
            .ConfigureAwait(false))
            foreach (string kind in new[] { "Role", "User", "Group" })
                foreach (XElement holder in Members(page, $"Policy{kind}s"))
                    yield return (kind.ToLowerInvariant(), Text(holder, $"{kind}Name"));
    }

    /// <summary>Makes a role. <c>EntityAlreadyExists</c> when the name is taken, in whatever path and capitals.</summary>
    public async Task<IamRole> CreateRoleAsync(NewRole role, CancellationToken cancellationToken) =>
        Role(Child(await _iam.WriteDocumentAsync("CreateRole", cancellationToken,
        [
            ("RoleName", role.RoleName), ("AssumeRolePolicyDocument", role.TrustPolicy), ("Path", role.Path),
            ("Description", role.Description),
            ("MaxSessionDuration", role.MaxSessionDuration?.ToString(System.Globalization.CultureInfo.InvariantCulture)),
            ("PermissionsBoundary", role.PermissionsBoundary),
            .. role.Tags.SelectMany((t,
                i) => new (string, string?)[] { ($"Tags.member.{i + 1}.Key", t.Key), ($"Tags.member.{i + 1}.Value", t.Value) }),
        ]).ConfigureAwait(false), "Role"));

    /// <summary>Every role of the account with its trust policy, page by page.</summary>
    public async IAsyncEnumerable<IamRole> ListRolesAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (XElement page in PagesAsync("ListRoles", cancellationToken).ConfigureAwait(false))
            foreach (XElement role in Members(page, "Roles")) yield return Role(role);
    }

    /// <summary>Deletes a role that has no policies and is in no instance profile.</summary>
    public Task DeleteRoleAsync(string roleName, CancellationToken cancellationToken) =>
        _iam.WriteAsync("DeleteRole", token => IsGoneAsync(() => GetRoleAsync(roleName, token)), cancellationToken, Role(roleName));

    /// <summary>Takes a managed policy from a role. <c>NoSuchEntity</c> when the role does not have it.</summary>
    public Task DetachRolePolicyAsync(string roleName, string policyArn, CancellationToken cancellationToken) =>
        _iam.WriteAsync("DetachRolePolicy", async token => !await HasPolicyAsync(roleName, policyArn, token).ConfigureAwait(false),
            cancellationToken, Role(roleName), ("PolicyArn", policyArn));

    /// <summary>The names of the policies that are part of a role.</summary>
    public async IAsyncEnumerable<string> ListRolePoliciesAsync(
        string roleName, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (XElement page in PagesAsync("ListRolePolicies", cancellationToken, Role(roleName)).ConfigureAwait(false))
            foreach (XElement name in Members(page, "PolicyNames")) yield return name.Value;
    }

    /// <summary>Deletes a policy that is part of a role.</summary>
    public Task DeleteRolePolicyAsync(string roleName, string policyName, CancellationToken cancellationToken) =>
        _iam.WriteAsync("DeleteRolePolicy",
            async token => !await AnyAsync(ListRolePoliciesAsync(roleName, token), name => name == policyName).ConfigureAwait(false),
            cancellationToken, Role(roleName), ("PolicyName", policyName));

    /// <summary>The names of the instance profiles that hold a role.</summary>
    public async IAsyncEnumerable<string> ListInstanceProfilesForRoleAsync(
        string roleName, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (XElement page in PagesAsync("ListInstanceProfilesForRole", cancellationToken, Role(roleName))
            .ConfigureAwait(false))
            foreach (XElement profile in Members(page, "InstanceProfiles")) yield return Text(profile, "InstanceProfileName");
    }

    /// <summary>Every managed policy that the account can see, AWS's among them, page by page.</summary>
    public async IAsyncEnumerable<IamPolicy> ListPoliciesAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (XElement page in PagesAsync("ListPolicies", cancellationToken, ("Scope", "All"), ("MaxItems", "1000"))
            .ConfigureAwait(false))
            foreach (XElement policy in Members(page, "Policies")) yield return Policy(policy);
    }

    /// <summary>The ARNs of the account's OpenID Connect providers.</summary>
    public async Task<IReadOnlyList<string>> ListOpenIDConnectProvidersAsync(CancellationToken cancellationToken)
    {
        XElement answer = await _iam.ReadAsync("ListOpenIDConnectProviders", cancellationToken).ConfigureAwait(false);
        return [.. Members(answer, "OpenIDConnectProviderList").Select(m => Text(m, "Arn"))];
    }

    /// <summary>The audiences that a provider's tokens may be for. <c>NoSuchEntity</c> when it is missing.</summary>
    public async Task<IReadOnlyList<string>> GetOpenIDConnectProviderAudiencesAsync(string providerArn, CancellationToken cancellationToken)
    {
        XElement provider = await _iam.ReadAsync("GetOpenIDConnectProvider", cancellationToken, ("OpenIDConnectProviderArn", providerArn))
            .ConfigureAwait(false);
        return [.. Members(provider, "ClientIDList").Select(m => m.Value)];
    }

    /// <summary>Registers a provider, without thumbprints: for GitHub, IAM trusts the certificate by its issuer. <c>EntityAlreadyExists</c>
    /// when it is there.</summary>
    /// <param name="providerArn">The ARN that it gets.</param>
    /// <param name="url">Its URL.</param>
    /// <param name="audiences">Whom its tokens may be for.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public Task CreateOpenIDConnectProviderAsync(
        string providerArn, string url, IReadOnlyList<string> audiences, CancellationToken cancellationToken) =>
        _iam.WriteAsync("CreateOpenIDConnectProvider",
            async token =>
                await AwsErrors.UnlessAsync("NoSuchEntity", () => GetOpenIDConnectProviderAudiencesAsync(providerArn, token))
                    .ConfigureAwait(false) is { } there && !audiences.Except(there).Any(),
            cancellationToken, [("Url", url), .. audiences.Select((a, i) => ($"ClientIDList.member.{i + 1}", (string?)a))]);

    /// <summary>Adds an audience; one that is there stays as it is.</summary>
    public Task AddClientIDToOpenIDConnectProviderAsync(string providerArn, string audience, CancellationToken cancellationToken) =>
        _iam.WriteAsync("AddClientIDToOpenIDConnectProvider",
            async token => (await GetOpenIDConnectProviderAudiencesAsync(providerArn, token).ConfigureAwait(false)).Contains(audience),
            cancellationToken, ("OpenIDConnectProviderArn", providerArn), ("ClientID", audience));

    /// <summary>Deletes a provider, whoever trusts it. One that is not there is no error.</summary>
    public Task DeleteOpenIDConnectProviderAsync(string providerArn, CancellationToken cancellationToken) =>
        _iam.WriteAsync("DeleteOpenIDConnectProvider",
            token => IsGoneAsync(() => GetOpenIDConnectProviderAudiencesAsync(providerArn, token)), cancellationToken,
            ("OpenIDConnectProviderArn", providerArn));

    /// <summary>Quotas and counts by IAM's names, for example AssumeRolePolicySizeQuota.</summary>
    public async Task<IReadOnlyDictionary<string, int>> GetAccountSummaryAsync(CancellationToken cancellationToken) =>
        Child(await _iam.ReadAsync("GetAccountSummary", cancellationToken).ConfigureAwait(false), "SummaryMap").Elements()
            .ToDictionary(e => Text(e, "key"), e => int.Parse(Text(e, "value"), CultureInfo.InvariantCulture));

    private static async Task<bool> IsGoneAsync<T>(Func<Task<T>> read)
        where T : class => await AwsErrors.UnlessAsync("NoSuchEntity", read).ConfigureAwait(false) is null;

    private Task<bool> HasPolicyAsync(string roleName, string policyArn, CancellationToken cancellationToken) =>
        AnyAsync(ListAttachedRolePoliciesAsync(roleName, cancellationToken), p => p.PolicyArn == policyArn);

    private static async Task<bool> AnyAsync<T>(IAsyncEnumerable<T> items, Func<T, bool> isMeant)
    {
        await foreach (T item in items.ConfigureAwait(false))
            if (isMeant(item)) return true;
        return false;
    }

    private IAsyncEnumerable<XElement> PagesAsync(
        string operation, CancellationToken cancellationToken, params (string, string?)[] parameters) => _iam.PagesAsync(operation,
        marker => _iam.ReadAsync(operation, cancellationToken, [.. parameters, ("Marker", marker)]),
        page => Find(page, "IsTruncated")?.Value == "true" ? Text(page, "Marker") : null, cancellationToken);

    private static (string Name, string? Value) Role(string roleName) => ("RoleName", RoleNames.Check(roleName));

    private static IamRole Role(XElement e) => new(Text(e, "RoleName"), Text(e, "Arn"), Document(Text(e, "AssumeRolePolicyDocument")))
    {
        MaxSessionDuration = Find(e, "MaxSessionDuration") is { } seconds ? int.Parse(seconds.Value, CultureInfo.InvariantCulture) : null,
        PermissionsBoundary = Find(e, "PermissionsBoundary") is { } boundary ? Text(boundary, "PermissionsBoundaryArn") : null,
    };

    private static IamPolicy Policy(XElement e) =>
        new(Text(e, "PolicyName"), Text(e, "Arn"), Text(e, "DefaultVersionId"),
            int.Parse(Text(e, "AttachmentCount"), CultureInfo.InvariantCulture));

    private static IamPolicyVersion Version(XElement e) => new(Text(e, "VersionId"), Text(e, "IsDefaultVersion") == "true",
        Find(e, "CreateDate") is { } date ? DateTimeOffset.Parse(date.Value, CultureInfo.InvariantCulture) : null,
        Find(e, "Document") is { } document ? Document(document.Value) : null);

    // URL-encoded by RFC 3986, where '+' is a plus: https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRole.html
    // Some emulators send plain JSON, and a document always begins with a brace.
    private static string Document(string text) => text.TrimStart().StartsWith('{') ? text : Uri.UnescapeDataString(text);

    private static IEnumerable<XElement> Members(XElement page, string list) => Find(page, list)?.Elements() ?? [];

    private static XElement Child(XElement parent, string name) => Find(parent, name) ?? throw AwsErrors.Missing(AwsService.Iam, name);

    private static string Text(XElement parent, string name) => Child(parent, name).Value;

    private static XElement? Find(XElement parent, string name) => parent.Elements().FirstOrDefault(e => e.Name.LocalName == name);
}
