using System.Globalization;
using System.Runtime.CompilerServices;
using System.Xml.Linq;
using JwtPizza.Ecr.Services.Grants;
using JwtPizza.Ecr.Services.Trust;

namespace JwtPizza.Ecr.Services.Aws;

/// <summary>A role as far as the module looks at it; the document is decoded, byte for byte what IAM holds.</summary>
public sealed record IamRole(string RoleName, string Arn, string AssumeRolePolicyDocument)
{
    /// <summary>The longest session in seconds; null where the answer does not tell.</summary>
    public int? MaxSessionDuration { get; init; }

    /// <summary>The ARN of the policy that bounds the role; null when there is none, and in lists.</summary>
    public string? PermissionsBoundary { get; init; }
}

/// <summary>A managed policy.</summary>
public sealed record IamPolicy(string PolicyName, string Arn, string DefaultVersionId, int AttachmentCount);

/// <summary>A version of a managed policy; the document is there only where it was asked for by id.</summary>
public sealed record IamPolicyVersion(string VersionId, bool IsDefaultVersion, DateTimeOffset? CreateDate, string? Document);

/// <summary>The operations of IAM that the module uses, one method each. Errors arrive as <see cref="PizzaException"/> with IAM's error code.</summary>
public sealed partial class IamClient : IPolicyStore, ITrustStore
{
    private readonly AwsConnection _iam;

    internal IamClient(AwsConnection iam) => _iam = iam;

    /// <summary>Reads a role with its trust policy. <c>NoSuchEntity</c> when it is missing.</summary>
    public async Task<IamRole> GetRoleAsync(string roleName, CancellationToken cancellationToken) =>
        Role(Child(await _iam.QueryAsync("GetRole", cancellationToken, ("RoleName", roleName)).ConfigureAwait(false), "Role"));

    /// <summary>Replaces the whole trust policy; the last writer wins.</summary>
    public Task UpdateAssumeRolePolicyAsync(string roleName, string document, CancellationToken cancellationToken) =>
        _iam.QueryAsync("UpdateAssumeRolePolicy", cancellationToken, ("RoleName", roleName), ("PolicyDocument", document));

    /// <summary>Reads what a managed policy is, without its document.</summary>
    public async Task<IamPolicy> GetPolicyAsync(string policyArn, CancellationToken cancellationToken) =>
        Policy(Child(await _iam.QueryAsync("GetPolicy", cancellationToken, ("PolicyArn", policyArn)).ConfigureAwait(false), "Policy"));

    /// <summary>Reads one version with its document.</summary>
    public async Task<IamPolicyVersion> GetPolicyVersionAsync(string policyArn, string versionId, CancellationToken cancellationToken) =>
        Version(Child(await _iam.QueryAsync("GetPolicyVersion", cancellationToken, ("PolicyArn", policyArn), ("VersionId", versionId)).ConfigureAwait(false), "PolicyVersion"));

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
    public async Task<IamPolicy> CreatePolicyAsync(string policyName, string document, string? description, CancellationToken cancellationToken) =>
        Policy(Child(await _iam.QueryAsync("CreatePolicy", cancellationToken, ("PolicyName", policyName), ("PolicyDocument", document), ("Description", description)).ConfigureAwait(false), "Policy"));

    /// <summary>Deletes a policy that has one version and is attached to nobody.</summary>
    public Task DeletePolicyAsync(string policyArn, CancellationToken cancellationToken) =>
        _iam.QueryAsync("DeletePolicy", cancellationToken, ("PolicyArn", policyArn));

    /// <summary>Adds a version. <c>LimitExceeded</c> when there are five.</summary>
    public async Task<IamPolicyVersion> CreatePolicyVersionAsync(string policyArn, string document, bool setAsDefault, CancellationToken cancellationToken) =>
        Version(Child(await _iam.QueryAsync("CreatePolicyVersion", cancellationToken, ("PolicyArn", policyArn), ("PolicyDocument", document), ("SetAsDefault", setAsDefault ? "true" : "false")).ConfigureAwait(false), "PolicyVersion"));

    /// <summary>Deletes a version that is not the default one.</summary>
    public Task DeletePolicyVersionAsync(string policyArn, string versionId, CancellationToken cancellationToken) =>
        _iam.QueryAsync("DeletePolicyVersion", cancellationToken, ("PolicyArn", policyArn), ("VersionId", versionId));

    /// <summary>Makes a version the one in force.</summary>
    public Task SetDefaultPolicyVersionAsync(string policyArn, string versionId, CancellationToken cancellationToken) =>
        _iam.QueryAsync("SetDefaultPolicyVersion", cancellationToken, ("PolicyArn", policyArn), ("VersionId", versionId));

    /// <summary>Attaches a managed policy to a role; attaching it twice changes nothing.</summary>
    public Task AttachRolePolicyAsync(string roleName, string policyArn, CancellationToken cancellationToken) =>
        _iam.QueryAsync("AttachRolePolicy", cancellationToken, ("RoleName", roleName), ("PolicyArn", policyArn));

    /// <summary>The managed policies of a role, page by page.</summary>
    public async IAsyncEnumerable<(string PolicyName, string PolicyArn)> ListAttachedRolePoliciesAsync(string roleName, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (XElement page in PagesAsync("ListAttachedRolePolicies", cancellationToken, ("RoleName", roleName)).ConfigureAwait(false))
        {
            foreach (XElement policy in Members(page, "AttachedPolicies")) yield return (Text(policy, "PolicyName"), Text(policy, "PolicyArn"));
        }
    }

    /// <summary>Quotas and counts by IAM's names, for example AssumeRolePolicySizeQuota.</summary>
    public async Task<IReadOnlyDictionary<string, int>> GetAccountSummaryAsync(CancellationToken cancellationToken) =>
        Child(await _iam.QueryAsync("GetAccountSummary", cancellationToken).ConfigureAwait(false), "SummaryMap").Elements()
            .ToDictionary(e => Text(e, "key"), e => int.Parse(Text(e, "value"), CultureInfo.InvariantCulture));

    private async IAsyncEnumerable<XElement> PagesAsync(string operation, [EnumeratorCancellation] CancellationToken cancellationToken, params (string, string?)[] parameters)
    {
        string? marker = null;
        do
        {
            XElement page = await _iam.QueryAsync(operation, cancellationToken, [.. parameters, ("Marker", marker)]).ConfigureAwait(false);
            yield return page;
            marker = Find(page, "IsTruncated")?.Value == "true" ? Text(page, "Marker") : null;
        }
        while (marker is not null);
    }

    private static IamRole Role(XElement e) => new(Text(e, "RoleName"), Text(e, "Arn"), Document(Text(e, "AssumeRolePolicyDocument")))
    {
        MaxSessionDuration = Find(e, "MaxSessionDuration") is { } seconds ? int.Parse(seconds.Value, CultureInfo.InvariantCulture) : null,
        PermissionsBoundary = Find(e, "PermissionsBoundary") is { } boundary ? Text(boundary, "PermissionsBoundaryArn") : null,
    };

    private static IamPolicy Policy(XElement e) =>
        new(Text(e, "PolicyName"), Text(e, "Arn"), Text(e, "DefaultVersionId"), int.Parse(Text(e, "AttachmentCount"), CultureInfo.InvariantCulture));

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
