using System.Runtime.CompilerServices;
using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Grants;

namespace JwtPizza.Ecr.Tests.Grants;

/// <summary>IAM as far as a grant sees it, in memory; a test can act between any two calls, as another editor would.</summary>
internal sealed class RacingStore : IPolicyStore
{
    public const string RoleArn = "arn:aws:iam::123456789012:role/github-ci", PolicyArn = "arn:aws:iam::123456789012:policy/ci";
    private readonly Lock _lock = new();
    private readonly List<(int Number, string Document)> _versions = [];
    private readonly HashSet<string> _attached = [];
    private int _default, _last;

    /// <summary>Called before each operation, with its name.</summary>
    public Action<string>? Before { get; set; }

    /// <summary>What the store keeps of a document that is sent.</summary>
    public Func<string, string> Keep { get; set; } = document => document;

    /// <summary>For so many listings after a write the store shows what was before it.</summary>
    public int StaleListings { get; set; }

    public List<string> Calls { get; } = [];

    public IEnumerable<int> Versions => _versions.Select(v => v.Number);

    public int Default => _default;

    public bool IsAttached => _attached.Contains(PolicyArn);

    public string Document => _versions.Single(v => v.Number == _default).Document;

    /// <summary>Somebody else's version, in force at once.</summary>
    public void Write(string document)
    {
        _versions.Add((++_last, document));
        _default = _last;
        while (_versions.Count > 5) _versions.Remove(_versions.First(v => v.Number != _default));
    }

    public Task<IamRole> GetRoleAsync(string roleName, CancellationToken cancellationToken) => Do(() =>
        roleName == "github-ci" ? new IamRole(roleName, RoleArn, "{}") : throw Error("NoSuchEntity", PizzaErrorKind.NotFound));

    public async IAsyncEnumerable<(string PolicyName, string PolicyArn)> ListAttachedRolePoliciesAsync(string roleName, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (string arn in await Do(() => _attached.ToArray())) yield return (arn.Split('/')[^1], arn);
    }

    public Task AttachRolePolicyAsync(string roleName, string policyArn, CancellationToken cancellationToken) => Do(() => _attached.Add(policyArn));

    public Task<IamPolicy> CreatePolicyAsync(string policyName, string document, string? description, CancellationToken cancellationToken) => Do(() =>
    {
        if (_last > 0) throw Error("EntityAlreadyExists", PizzaErrorKind.AlreadyExists);
        Write(Keep(document));
        return new IamPolicy(policyName, PolicyArn, "v1", 0);
    });

    public Task DeletePolicyAsync(string policyArn, CancellationToken cancellationToken) => Do(() => { _versions.Clear(); return _last = 0; });

    public Task<IReadOnlyList<IamPolicyVersion>> ListPolicyVersionsAsync(string policyArn, CancellationToken cancellationToken) => Do<IReadOnlyList<IamPolicyVersion>>(() =>
    {
        if (_versions.Count == 0) throw Error("NoSuchEntity", PizzaErrorKind.NotFound);
        bool stale = Calls.Contains("CreatePolicyVersionAsync") && StaleListings-- > 0;
        int shown = stale ? _versions[^2].Number : _default;
        return [.. _versions.Where(v => !stale || v.Number <= shown).Select(v => Version(v.Number, v.Number == shown, null))];
    });

    public Task<IamPolicyVersion> GetPolicyVersionAsync(string policyArn, string versionId, CancellationToken cancellationToken) => Do(() =>
        _versions.Exists(v => $"v{v.Number}" == versionId) ? Version(int.Parse(versionId[1..], null), true, _versions.Single(v => $"v{v.Number}" == versionId).Document) : throw Error("NoSuchEntity", PizzaErrorKind.NotFound));

    public Task<IamPolicyVersion> CreatePolicyVersionAsync(string policyArn, string document, bool setAsDefault, CancellationToken cancellationToken) => Do(() =>
    {
        if (_versions.Count == 5) throw Error("LimitExceeded", PizzaErrorKind.LimitExceeded);
        Write(Keep(document));
        return Version(_last, true, null);
    });

    public Task DeletePolicyVersionAsync(string policyArn, string versionId, CancellationToken cancellationToken) => Do(() => _versions.RemoveAll(v => $"v{v.Number}" == versionId));

    public Task SetDefaultPolicyVersionAsync(string policyArn, string versionId, CancellationToken cancellationToken) => Do(() => _default = int.Parse(versionId[1..], null));

    public static PizzaException Error(string code, PizzaErrorKind kind) => new(code, kind, code);

    private static IamPolicyVersion Version(int number, bool isDefault, string? document) => new($"v{number}", isDefault, DateTimeOffset.UnixEpoch.AddDays(number), document);

    private async Task<T> Do<T>(Func<T> action, [CallerMemberName] string operation = "")
    {
        await Task.Yield();
        lock (_lock)
        {
            Before?.Invoke(operation);
            Calls.Add(operation);
            return action();
        }
    }
}
