using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Trust;

namespace JwtPizza.Ecr.Tests.Trust;

/// <summary>One role; each call takes a moment, and the last writer wins, as in IAM.</summary>
internal sealed class FakeIam(string document, Func<TimeSpan>? latency = null) : ITrustStore
{
    public string Document { get; set; } = document;

    public int Writes { get; private set; }

    public int? Quota { get; init; } = TrustPolicySize.DefaultQuota;

    /// <summary>What somebody else does between our calls; gets the number of calls so far.</summary>
    public Action<FakeIam, int> Meanwhile { get; init; } = (_, _) => { };

    private int _calls;

    public async Task<IamRole> GetRoleAsync(string roleName, CancellationToken cancellationToken)
    {
        await TravelAsync(cancellationToken);
        if (roleName != "github-ci") throw new PizzaException("NoSuchEntity", PizzaErrorKind.NotFound, "The role with name x cannot be found.");
        string document = Document;
        await TravelAsync(cancellationToken);
        Meanwhile(this, ++_calls);
        return new(roleName, Policies.RoleArn, document);
    }

    public async Task UpdateAssumeRolePolicyAsync(string roleName, string document, CancellationToken cancellationToken)
    {
        await TravelAsync(cancellationToken);
        Document = document;
        Writes++;
        await TravelAsync(cancellationToken);
        Meanwhile(this, ++_calls);
    }

    public Task<IReadOnlyDictionary<string, int>> GetAccountSummaryAsync(CancellationToken cancellationToken) => Quota is { } quota
        ? Task.FromResult<IReadOnlyDictionary<string, int>>(new Dictionary<string, int> { [TrustPolicySize.QuotaName] = quota })
        : throw new PizzaException("AccessDenied", PizzaErrorKind.PermissionDenied, "No.");

    private Task TravelAsync(CancellationToken cancellationToken) => latency is null ? Task.CompletedTask : Task.Delay(latency(), cancellationToken);
}
