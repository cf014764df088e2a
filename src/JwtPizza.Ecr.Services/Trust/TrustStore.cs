using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Documents;

namespace JwtPizza.Ecr.Services.Trust;

/// <summary>Where the trust policy of a role lies.</summary>
/// <param name="iam">IAM.</param>
/// <param name="roleName">The role's name, 1 to 64 characters.</param>
internal sealed class TrustStore(IamClient iam, string roleName) : DocumentStore<TrustPolicy>
{
    /// <summary>What a role that is missing is made with, and the ARN that it will have; null: a missing role is an error.</summary>
    public (NewRole Role, Func<CancellationToken, Task<string>> ArnAsync)? ToCreate { get; init; }

    /// <summary>The role as it was read last; null when it is missing.</summary>
    public IamRole? Role { get; private set; }

    public override string Name => $"the trust policy of role '{roleName}'";

    public override string LookWith => $"{Advice.Run("Get-PizzaTrustSubject", roleName)}";

    public override string Target => roleName;

    public override bool CreatesOnce => true;

    public override async Task<string> KeyAsync(CancellationToken cancellationToken) =>
        $"{await iam.CallerAsync(cancellationToken).ConfigureAwait(false)} {RoleNames.Check(roleName)}";

    public override async Task<Reading<TrustPolicy>> ReadAsync(CancellationToken cancellationToken)
    {
        RoleNames.Check(roleName);
        try
        {
            Role = await iam.GetRoleAsync(roleName, cancellationToken).ConfigureAwait(false);
            return new(TrustPolicy.Parse(Role.RoleName, Role.Arn, Role.AssumeRolePolicyDocument));
        }
        catch (PizzaException e) when (e.ErrorId == "NoSuchEntity")
        {
            return ToCreate is { } create
                ? new(TrustPolicy.Parse(roleName, await create.ArnAsync(cancellationToken).ConfigureAwait(false), null))
                : throw ErrorCatalog.RoleNotFound(roleName, e);
        }
    }

    /// <exception cref="PizzaException"><c>TrustPolicyTooLong</c>, <c>CharacterNotAllowed</c>.</exception>
    public override async Task<TrustPolicy> FitAsync(TrustPolicy document, CancellationToken cancellationToken)
    {
        if (document.Json.Text.FirstOrDefault(c => c > '\u00ff') is var bad and not '\0')
            throw new PizzaException("CharacterNotAllowed", PizzaErrorKind.InvalidData,
                $"The trust policy of role '{roleName}' holds the character U+{(int)bad:X4}; IAM accepts none above U+00FF. " +
                "Nothing was changed.", roleName);
        if (TrustPolicySize.Fit(document, TrustPolicySize.DefaultQuota) is { } usual) return usual;
        int quota = await QuotaAsync(cancellationToken).ConfigureAwait(false);
        return TrustPolicySize.Fit(document, quota) ?? throw TrustPolicySize.TooLong(document, quota);
    }

    public override async Task<Reading<TrustPolicy>> WriteAsync(
        TrustPolicy document, Reading<TrustPolicy> basis, CancellationToken cancellationToken)
    {
        if (basis.Document.Text is null && ToCreate is { } create)
        {
            Role = await iam.CreateRoleAsync(create.Role with { TrustPolicy = document.Json.Text }, cancellationToken)
                .ConfigureAwait(false);
            return new(document);
        }
        try
        {
            await ConsistencyRetry.Usual.RunAsync(() => iam.UpdateAssumeRolePolicyAsync(roleName, document.Json.Text, cancellationToken),
                // made a moment ago, and not known everywhere
                e => Role is null && e.ErrorId == "NoSuchEntity", cancellationToken).ConfigureAwait(false);
            return new(document);
        }
        catch (PizzaException e) when (e.ErrorId == "MalformedPolicyDocument" && document.DeletedPrincipal is { } gone)
        {
            // https://repost.aws/knowledge-center/iam-resource-policy-format
            throw new PizzaException(e.ErrorId, e.Kind,
                $"{e.Message} The trust policy of role '{roleName}' contains '{gone}', which remains of a deleted user or role. IAM " +
                "accepts no edit until that principal is removed.", roleName, e);
        }
    }

    /// <summary>A caller that may not read the quota leaves the verdict to IAM.</summary>
    private async Task<int> QuotaAsync(CancellationToken cancellationToken)
    {
        try
        {
            return (await iam.GetAccountSummaryAsync(cancellationToken).ConfigureAwait(false))
                .GetValueOrDefault(TrustPolicySize.QuotaName, TrustPolicySize.DefaultQuota);
        }
        catch (PizzaException e) when (e.Kind is PizzaErrorKind.PermissionDenied) { return int.MaxValue; }
    }
}
