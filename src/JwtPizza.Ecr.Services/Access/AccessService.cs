using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Documents;

namespace JwtPizza.Ecr.Services.Access;

/// <summary>Reads and edits the policy of a repository or of a registry.</summary>
internal sealed class AccessService
{
    private readonly AccessStore _store;

    private AccessService(AccessStore store) => _store = store;

    /// <summary>On the policy of a repository.</summary>
    /// <param name="ecr">Its registry.</param>
    /// <param name="name">The repository.</param>
    public static AccessService OfRepository(EcrClient ecr, RepositoryName name) => new(AccessStore.OfRepository(ecr, name.Value));

    /// <summary>On the policy of the caller's registry.</summary>
    /// <param name="ecr">The registry.</param>
    /// <param name="region">Its region, for messages.</param>
    public static AccessService OfRegistry(EcrClient ecr, string region) => new(AccessStore.OfRegistry(ecr, region));

    /// <summary>The policy as it is.</summary>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="PizzaException"><c>RepositoryNotFoundException</c>; <c>InvalidJson</c>, <c>DuplicateJsonKey</c>,
    /// <c>InvalidPolicy</c>.</exception>
    public async Task<AccessPolicy> ReadAsync(CancellationToken cancellationToken) =>
        (await _store.ReadAsync(cancellationToken).ConfigureAwait(false)).Document;

    /// <summary>A repository with its policy.</summary>
    /// <param name="ecr">Its registry.</param>
    /// <param name="repository">The repository.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The repository with PolicyText and Access, and why Access could not be read, if so.</returns>
    public static async Task<(Repository Repository, string? Unreadable)> DescribeAsync(
        EcrClient ecr, Repository repository, CancellationToken cancellationToken)
    {
        string? text =
            await AccessStore.OfRepository(ecr, repository.RepositoryName).ReadTextAsync(cancellationToken).ConfigureAwait(false);
        Repository described = repository with { PolicyText = text };
        try
        {
            return (described
                with { Access = [.. RepositoryAccess.Of(repository, AccessPolicy.Parse($"the repository '{repository}'", text))] }, null);
        }
        catch (PizzaException e) { return (described, e.Message); }
    }

    /// <summary>Edits the policy, and makes sure that the edit stays among concurrent ones.</summary>
    /// <param name="edit">The edit; nothing is left to do for it once it is in the policy.</param>
    /// <param name="cancellationToken">Ends the calls.</param>
    /// <returns>The edit that was written, or the one that found nothing to do.</returns>
    /// <exception cref="PizzaException"><c>ConcurrentEdit</c>: others undid it again and again; <c>InvalidParameterException</c>: ECR
    /// refuses the policy.</exception>
    public Task<Edit<AccessPolicy, GrantResult<AccessGrant>>> EditAsync(
        Func<AccessPolicy, Edit<AccessPolicy, GrantResult<AccessGrant>>> edit, CancellationToken cancellationToken) =>
        Editor(edit).RunAsync(cancellationToken);

    internal DocumentEditor<AccessPolicy, GrantResult<AccessGrant>> Editor(
        Func<AccessPolicy, Edit<AccessPolicy, GrantResult<AccessGrant>>> edit) => new(_store, edit, DocumentSession.Current);
}
