using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Documents;

namespace JwtPizza.Ecr.Services.Trust;

/// <summary>Reads and edits the trust policies of roles.</summary>
/// <param name="iam">IAM.</param>
internal sealed class TrustService(IamClient iam)
{
    /// <summary>The trust policy of a role.</summary>
    /// <param name="roleName">The role's name, 1 to 64 characters.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="PizzaException"><c>InvalidRoleName</c>, <c>NoSuchEntity</c>; <c>InvalidJson</c>, <c>DuplicateJsonKey</c>,
    /// <c>InvalidTrustPolicy</c>.</exception>
    public async Task<TrustPolicy> ReadAsync(string roleName, CancellationToken cancellationToken) =>
        (await new TrustStore(iam, roleName).ReadAsync(cancellationToken).ConfigureAwait(false)).Document;

    /// <summary>Edits the trust policy of a role, and makes sure that the edit stays among concurrent ones.</summary>
    /// <param name="roleName">The role's name.</param>
    /// <param name="edit">The edit; nothing is left to do for it once it is in the policy.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The edit that was written, or the one that found nothing to do.</returns>
    /// <exception cref="PizzaException"><c>ConcurrentEdit</c>: others undid it again and again; <c>TrustPolicyTooLong</c>,
    /// <c>CharacterNotAllowed</c>.</exception>
    public Task<Edit<TrustPolicy, TrustSubject>> EditAsync(
        string roleName, Func<TrustPolicy, Edit<TrustPolicy, TrustSubject>> edit, CancellationToken cancellationToken) =>
        Editor(roleName, edit).RunAsync(cancellationToken);

    internal DocumentEditor<TrustPolicy, TrustSubject> Editor(string roleName, Func<TrustPolicy, Edit<TrustPolicy, TrustSubject>> edit) =>
        new(new TrustStore(iam, roleName), edit, DocumentSession.Current);
}
