using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Documents;

namespace JwtPizza.Ecr.Services.Access;

/// <summary>Where the policy of a repository lies, or that of the caller's registry in one region.</summary>
internal sealed class AccessStore : DocumentStore<AccessPolicy>
{
    private readonly EcrClient _ecr;
    private readonly string _owner;
    private readonly Func<CancellationToken, Task<string>> _read;
    private readonly Func<string, CancellationToken, Task> _write;
    private readonly Func<CancellationToken, Task> _delete;

    private AccessStore(EcrClient ecr, string owner, string lookWith, Func<CancellationToken, Task<string>> read,
        Func<string, CancellationToken, Task> write, Func<CancellationToken, Task> delete) =>
        (_ecr, _owner, LookWith, _read, _write, _delete) = (ecr, owner, lookWith, read, write, delete);

    public override string Name => $"the policy of {_owner}";

    public override string LookWith { get; }

    public override string Target => _owner;

    public static AccessStore OfRepository(EcrClient ecr, string name) =>
        new(ecr, $"the repository '{name}'", $"Get-PizzaRepository '{name}' -IncludePolicy",
        token => ecr.GetRepositoryPolicyAsync(name, token), (document, token) => ecr.SetRepositoryPolicyAsync(name, document, token),
        token => ecr.DeleteRepositoryPolicyAsync(name, token));

    public static AccessStore OfRegistry(EcrClient ecr, string region) =>
        new(ecr, $"the registry in {region}", "aws ecr get-registry-policy", ecr.GetRegistryPolicyAsync, ecr.PutRegistryPolicyAsync,
            ecr.DeleteRegistryPolicyAsync);

    public override async Task<string> KeyAsync(CancellationToken cancellationToken) =>
        $"{await _ecr.CallerAsync(cancellationToken).ConfigureAwait(false)} {_owner}";

    public override async Task<Reading<AccessPolicy>> ReadAsync(CancellationToken cancellationToken) =>
        new(AccessPolicy.Parse(_owner, await ReadTextAsync(cancellationToken).ConfigureAwait(false)));

    /// <summary>The policy as it stands there; null when there is none.</summary>
    public async Task<string?> ReadTextAsync(CancellationToken cancellationToken)
    {
        try { return await _read(cancellationToken).ConfigureAwait(false); }
        catch (PizzaException e) when (IsMissing(e)) { return null; }
    }

    public override async Task<Reading<AccessPolicy>> WriteAsync(
        AccessPolicy document, Reading<AccessPolicy> basis, CancellationToken cancellationToken)
    {
        try { await (document.Text is { } text ? _write(text, cancellationToken) : _delete(cancellationToken)).ConfigureAwait(false); }
        // somebody was quicker, or our own call was repeated after a lost answer
        catch (PizzaException e) when (document.Text is null && IsMissing(e)) { }
        catch (PizzaException e) when (e.ErrorId == "InvalidParameterException")
        {
            throw new PizzaException(e.ErrorId, e.Kind,
                $"{e.Message} ECR rejected the change to the policy of {_owner}. {Why(document, basis.Document)}", _owner, e);
        }
        return new(document);
    }

    /// <summary>ECR says neither which statement nor why. https://repost.aws/knowledge-center/iam-resource-policy-format</summary>
    private static string Why(AccessPolicy document, AccessPolicy basis) => document.DeletedPrincipal is { } gone
        ? $"It contains '{gone}', which remains of a deleted user or role. ECR accepts no edit until that principal is removed."
        : "Every account and role must exist: check " +
            $"{string.Join(", ", Principals(document).Except(Principals(basis)).DefaultIfEmpty("its principals"))}.";

    private static IEnumerable<string> Principals(AccessPolicy policy) => policy.Statements.SelectMany(s => s.Principals).Distinct();

    private static bool IsMissing(PizzaException e) =>
        e.ErrorId is "RepositoryPolicyNotFoundException" or "RegistryPolicyNotFoundException";
}
