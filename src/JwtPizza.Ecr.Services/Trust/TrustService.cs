using System.Text.RegularExpressions;
using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Editing;

namespace JwtPizza.Ecr.Services.Trust;

/// <summary>Reads and edits the trust policies of roles.</summary>
public sealed partial class TrustService
{
    private readonly ITrustStore _iam;
    private readonly TimeProvider _time;

    internal TrustService(ITrustStore iam, TimeProvider time) => (_iam, _time) = (iam, time);

    /// <summary>On the roles of an account.</summary>
    /// <param name="iam">IAM.</param>
    public TrustService(IamClient iam) : this(iam, TimeProvider.System) { }

    /// <summary>The trust policy of a role.</summary>
    /// <param name="roleName">The role's name, 1 to 64 characters.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="PizzaException"><c>InvalidRoleName</c>, <c>NoSuchEntity</c>; <c>InvalidJson</c>, <c>DuplicateJsonKey</c>, <c>InvalidTrustPolicy</c>.</exception>
    public async Task<TrustPolicy> ReadAsync(string roleName, CancellationToken cancellationToken)
    {
        RoleNames.Check(roleName);
        try
        {
            IamRole role = await _iam.GetRoleAsync(roleName, cancellationToken).ConfigureAwait(false);
            return TrustPolicy.Parse(role.RoleName, role.Arn, role.AssumeRolePolicyDocument);
        }
        catch (PizzaException e) when (e.ErrorId == "NoSuchEntity")
        {
            throw new PizzaException(e.ErrorId, PizzaErrorKind.NotFound, $"The role '{roleName}' does not exist in this account. Check -RoleName and the credentials' account, or create the role first.", roleName, e);
        }
    }

    /// <summary>The document as it will be sent: within the account's limit, if need be without white space.</summary>
    /// <param name="policy">The policy after an edit.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="PizzaException"><c>TrustPolicyTooLong</c>, <c>CharacterNotAllowed</c>.</exception>
    public async Task<string> FitAsync(TrustPolicy policy, CancellationToken cancellationToken)
    {
        if (policy.Document.FirstOrDefault(c => c > '\u00ff') is var bad and not '\0')
            throw new PizzaException("CharacterNotAllowed", PizzaErrorKind.InvalidData, $"The trust policy of role '{policy.RoleName}' holds the character U+{(int)bad:X4}; IAM takes none above U+00FF. Nothing was changed.", policy.RoleName);
        if (TrustPolicySize.Fit(policy, TrustPolicySize.DefaultQuota) is { } usual) return usual;
        int quota = await QuotaAsync(cancellationToken).ConfigureAwait(false);
        return TrustPolicySize.Fit(policy, quota) ?? throw TrustPolicySize.TooLong(policy, quota);
    }

    /// <summary>Edits the trust policy of a role, and makes sure that the edit stays among concurrent ones.</summary>
    /// <param name="roleName">The role's name.</param>
    /// <param name="edit">The edit; nothing is left to do for it once it is in the policy.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The edit that was written, or the one that found nothing to do.</returns>
    /// <exception cref="PizzaException"><c>ConcurrentEdit</c>: others undid it again and again.</exception>
    public Task<TrustEdit> EditAsync(string roleName, Func<TrustPolicy, TrustEdit> edit, CancellationToken cancellationToken) =>
        new LastWriterWins<TrustEdit>(_time)
        {
            Document = $"the trust policy of role '{roleName}'", LookWith = $"Get-PizzaTrustSubject '{roleName}'", Target = roleName,
            ReadAsync = async token => edit(await ReadAsync(roleName, token).ConfigureAwait(false)), WriteAsync = (e, token) => WriteAsync(e.Policy, token),
        }.RunAsync(cancellationToken);

    internal async Task WriteAsync(TrustPolicy policy, CancellationToken cancellationToken)
    {
        string document = await FitAsync(policy, cancellationToken).ConfigureAwait(false);
        try { await _iam.UpdateAssumeRolePolicyAsync(policy.RoleName, document, cancellationToken).ConfigureAwait(false); }
        catch (PizzaException e) when (e.ErrorId == "MalformedPolicyDocument" && DeletedPrincipal().Match(document) is { Success: true } gone)
        {
            // https://repost.aws/knowledge-center/iam-resource-policy-format
            throw new PizzaException(e.ErrorId, e.Kind, $"{e.Message} The trust policy of role '{policy.RoleName}' holds '{gone.Groups["id"].Value}', the remains of a deleted user or role, with which IAM takes no edit. Remove that principal first.", policy.RoleName, e);
        }
    }

    /// <summary>A caller that may not read the quota leaves the verdict to IAM.</summary>
    private async Task<int> QuotaAsync(CancellationToken cancellationToken)
    {
        try { return (await _iam.GetAccountSummaryAsync(cancellationToken).ConfigureAwait(false)).GetValueOrDefault(TrustPolicySize.QuotaName, TrustPolicySize.DefaultQuota); }
        catch (PizzaException e) when (e.Kind is PizzaErrorKind.PermissionDenied) { return int.MaxValue; }
    }

    [GeneratedRegex("\"(?<id>(?:AROA|AIDA)[A-Z0-9]{12,})\"", RegexOptions.CultureInvariant)]
    private static partial Regex DeletedPrincipal();
}
