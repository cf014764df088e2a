using System.Text.RegularExpressions;
using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Editing;

namespace JwtPizza.Ecr.Services.Access;

/// <summary>Reads and edits the policy of a repository or of a registry.</summary>
public sealed partial class AccessService
{
    private readonly IAccessStore _store;
    private readonly TimeProvider _time;
    private readonly string _owner, _lookWith;

    internal AccessService(IAccessStore store, string owner, string lookWith, TimeProvider time) => (_store, _owner, _lookWith, _time) = (store, owner, lookWith, time);

    /// <summary>On the policy of a repository.</summary>
    /// <param name="ecr">Its registry.</param>
    /// <param name="name">The repository.</param>
    public static AccessService OfRepository(EcrClient ecr, RepositoryName name) =>
        new(new RepositoryPolicyStore(ecr, name.Value), $"the repository '{name}'", $"Get-PizzaRepository '{name}' -IncludePolicy", TimeProvider.System);

    /// <summary>On the policy of the caller's registry.</summary>
    /// <param name="ecr">The registry.</param>
    /// <param name="region">Its region, for messages.</param>
    public static AccessService OfRegistry(EcrClient ecr, string region) =>
        new(new RegistryPolicyStore(ecr), $"the registry in {region}", "aws ecr get-registry-policy", TimeProvider.System);

    /// <summary>The policy as it is.</summary>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="PizzaException"><c>RepositoryNotFoundException</c>; <c>InvalidJson</c>, <c>DuplicateJsonKey</c>, <c>InvalidPolicy</c>.</exception>
    public async Task<AccessPolicy> ReadAsync(CancellationToken cancellationToken) => AccessPolicy.Parse(_owner, await _store.ReadAsync(cancellationToken).ConfigureAwait(false));

    /// <summary>A repository with its policy.</summary>
    /// <param name="ecr">Its registry.</param>
    /// <param name="repository">The repository.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The repository with PolicyText and Access, and why Access could not be read, if so.</returns>
    public static async Task<(Repository Repository, string? Unreadable)> DescribeAsync(EcrClient ecr, Repository repository, CancellationToken cancellationToken)
    {
        string? text = await new RepositoryPolicyStore(ecr, repository.RepositoryName).ReadAsync(cancellationToken).ConfigureAwait(false);
        Repository described = repository with { PolicyText = text };
        try { return (described with { Access = [.. RepositoryAccess.Of(repository, AccessPolicy.Parse($"the repository '{repository}'", text))] }, null); }
        catch (PizzaException e) { return (described, e.Message); }
    }

    /// <summary>Edits the policy, and makes sure that the edit stays among concurrent ones.</summary>
    /// <param name="edit">The edit; nothing is left to do for it once it is in the policy.</param>
    /// <param name="cancellationToken">Ends the calls.</param>
    /// <returns>The edit that was written, or the one that found nothing to do.</returns>
    /// <exception cref="PizzaException"><c>ConcurrentEdit</c>: others undid it again and again; <c>InvalidParameterException</c>: ECR refuses the policy.</exception>
    public Task<AccessEdit> EditAsync(Func<AccessPolicy, AccessEdit> edit, CancellationToken cancellationToken) =>
        new LastWriterWins<AccessEdit>(_time)
        {
            Document = $"the policy of {_owner}", LookWith = _lookWith, Target = _owner,
            ReadAsync = async token => edit(await ReadAsync(token).ConfigureAwait(false)), WriteAsync = WriteAsync,
        }.RunAsync(cancellationToken);

    private async Task WriteAsync(AccessEdit edit, CancellationToken cancellationToken)
    {
        try { await (edit.After is { } document ? _store.WriteAsync(document, cancellationToken) : _store.DeleteAsync(cancellationToken)).ConfigureAwait(false); }
        catch (PizzaException e) when (e.ErrorId == "InvalidParameterException")
        {
            throw new PizzaException(e.ErrorId, e.Kind, $"{e.Message} ECR took no change of the policy of {_owner}. {Why(edit)}", _owner, e);
        }
    }

    /// <summary>ECR says neither which statement nor why. https://repost.aws/knowledge-center/iam-resource-policy-format</summary>
    private static string Why(AccessEdit edit) => DeletedPrincipal().Match(edit.After ?? "") is { Success: true } gone
        ? $"It holds '{gone.Groups["id"].Value}', the remains of a deleted user or role, with which ECR takes no edit: remove that principal first."
        : $"Every account and role must exist: check {string.Join(", ", edit.Results.Select(r => r.Grant.Principal.Value).Distinct())}.";

    [GeneratedRegex("\"(?<id>(?:AROA|AIDA)[A-Z0-9]{12,})\"", RegexOptions.CultureInvariant)]
    private static partial Regex DeletedPrincipal();
}
