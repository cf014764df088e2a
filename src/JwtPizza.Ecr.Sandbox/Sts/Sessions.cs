using System.Collections.Concurrent;
using System.Security.Cryptography;
using JwtPizza.Ecr.Sandbox.Http;
using JwtPizza.Ecr.Sandbox.Iam;
using JwtPizza.Ecr.Sandbox.State;

namespace JwtPizza.Ecr.Sandbox.Sts;

/// <summary>Temporary credentials of a role, and what they stand for.</summary>
/// <param name="RoleName">Whose permissions it has, as they are when a call is made.</param>
/// <param name="Identity">Who calls by it.</param>
/// <param name="SecretKey">The secret access key.</param>
/// <param name="Token">The session token.</param>
/// <param name="ExpiresAt">From then on they are refused.</param>
/// <param name="Policies">Session policies: what they do not allow as well is not allowed.</param>
internal sealed record Session(string RoleName, Identity Identity, string SecretKey, string Token, DateTimeOffset ExpiresAt, IReadOnlyList<string> Policies);

/// <summary>The temporary credentials that STS has given out, and who is behind a request.</summary>
internal sealed class Sessions(IamAccount account, StateFolder? state = null)
{
    private const string Temporary = "ASIA", Document = "sessions";
    private static readonly TimeSpan s_memory = TimeSpan.FromDays(1);   // so long expired credentials are told from invented ones
    private readonly ConcurrentDictionary<string, Session> _sessions = new(state?.Load<Dictionary<string, Session>>(Document) ?? [], StringComparer.Ordinal);

    public (string AccessKey, Session Session) Issue(Role role, string name, TimeSpan duration, IReadOnlyList<string> policies)
    {
        foreach ((string old, Session known) in _sessions)
            if (known.ExpiresAt + s_memory < account.Now) _sessions.TryRemove(old, out _);
        string accessKey = Temporary + RandomNumberGenerator.GetString("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16);
        Identity identity = new($"{new Arn(account.Partition.Name, "sts", "", account.AccountId, $"assumed-role/{role.Name}/{name}")}", $"{role.Id}:{name}");
        Session session = _sessions[accessKey] = new(role.Name, identity, Secret(30), Secret(240), account.Now + duration, policies);
        state?.Save(Document, () => _sessions);
        return (accessKey, session);
    }

    public CredentialProblem Examine(Caller caller) => caller switch
    {
        { AccessKey: null } => CredentialProblem.Missing,
        _ when !IsTemporary(caller) => CredentialProblem.None,
        _ when Of(caller) is not { } session || session.Token != caller.SessionToken => CredentialProblem.Unknown,
        _ when Of(caller)!.ExpiresAt <= account.Now => CredentialProblem.Expired,
        _ => CredentialProblem.None,
    };

    /// <summary>Whether a caller has a session's credentials, good or not. Who has none is the administrator.</summary>
    public static bool IsTemporary(Caller caller) => caller.AccessKey?.StartsWith(Temporary, StringComparison.Ordinal) == true;

    /// <summary>The session behind a caller; null for one with long-term keys.</summary>
    public Session? Of(Caller caller) => caller.AccessKey is { } key ? _sessions.GetValueOrDefault(key) : null;

    /// <summary>Who calls. Whoever has long-term keys is the sandbox's one user, an administrator, or another account's root.</summary>
    public Identity Identify(Caller caller) => caller.AccountId is { } other && other != account.AccountId
        ? new($"{Arn.OfIam(account.Partition.Name, other, "root")}", other)
        : Of(caller)?.Identity ?? account.User;

    private static string Secret(int bytes) => Convert.ToBase64String(RandomNumberGenerator.GetBytes(bytes));
}
