using System.Collections.Concurrent;
using System.Security.Cryptography;
using JwtPizza.Ecr.Sandbox.Http;
using JwtPizza.Ecr.Sandbox.Iam;
using JwtPizza.Ecr.Sandbox.State;

namespace JwtPizza.Ecr.Sandbox.Sts;

/// <summary>The temporary credentials that STS has given out, and who is behind a request.</summary>
/// <param name="iam">All accounts.</param>
/// <param name="ownKey">The access key that the sandbox prints when it starts.</param>
/// <param name="strict">Whether long-term keys that nobody was given are refused. Otherwise they are the administrator's.</param>
/// <param name="state">Where sessions are kept over a restart.</param>
internal sealed class Sessions(IamWorld iam, string ownKey, bool strict = false, StateFolder? state = null)
{
    private const string Temporary = "ASIA", Document = "sessions";
    private static readonly TimeSpan s_memory = TimeSpan.FromDays(1);   // so long expired credentials are told from invented ones
    private readonly ConcurrentDictionary<string, Session> _sessions =
        new(state?.Load<Dictionary<string, Session>>(Document) ?? [], StringComparer.Ordinal);

    /// <summary>New credentials.</summary>
    /// <param name="duration">How long they are good for.</param>
    /// <param name="make">Makes the session of a secret key, a session token and its times.</param>
    public (string AccessKey, Session Session) Issue(TimeSpan duration, Func<string, string, DateTimeOffset, DateTimeOffset, Session> make)
    {
        foreach ((string old, Session known) in _sessions)
            if (known.ExpiresAt + s_memory < iam.Now) _sessions.TryRemove(old, out _);
        string accessKey = Temporary + RandomNumberGenerator.GetString("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16);
        Session session = _sessions[accessKey] = make(Secret(30), Secret(240), iam.Now, iam.Now + duration);
        state?.Save(Document, () => _sessions);
        return (accessKey, session);
    }

    /// <summary>The sandbox's own region, which need not be one of AWS; null takes calls that are signed for any.</summary>
    public string? Region { get; init; }

    /// <summary>What is wrong with the credentials of a call.</summary>
    public CredentialProblem Examine(Caller caller) => caller switch
    {
        { AccessKey: null } => CredentialProblem.Missing,
        _ when Region is { } own && caller.Region != own && !Partition.AllRegions.Contains(caller.Region) => CredentialProblem.Region,
        _ when !IsTemporary(caller) => IsKnown(caller) ? CredentialProblem.None : CredentialProblem.Unknown,
        _ when Of(caller) is not { } session || session.Token != caller.SessionToken => CredentialProblem.Unknown,
        _ when Of(caller)!.Partition != IamWorld.PartitionOf(caller.Region) => CredentialProblem.Unknown,
        _ when Of(caller)!.ExpiresAt <= iam.Now => CredentialProblem.Expired,
        _ => CredentialProblem.None,
    };

    /// <summary>Whether a caller has a session's credentials, good or not.</summary>
    public static bool IsTemporary(Caller caller) => caller.AccessKey?.StartsWith(Temporary, StringComparison.Ordinal) == true;

    /// <summary>The session behind a caller; null for one with long-term keys.</summary>
    public Session? Of(Caller caller) => caller.AccessKey is { } key ? _sessions.GetValueOrDefault(key) : null;

    /// <summary>The account that a caller belongs to. Its partition is that of the region which he signed for.</summary>
    public Readers AccountOf(Caller caller)
    {
        if (Of(caller) is { } session) return iam.Of(session.Partition, session.AccountId);
        if (KeyOf(caller) is { } own) return iam.Of(own.Account.Partition.Name, own.Account.AccountId);
        return iam.Of(IamWorld.PartitionOf(caller.Region), IsAccount(caller) ? caller.AccessKey! : iam.Home);
    }

    /// <summary>The account of an access key; null for one that nobody was given.</summary>
    public string? AccountOf(string accessKey) => _sessions.TryGetValue(accessKey, out Session? session) ? session.AccountId
        : accessKey == ownKey ? iam.Home
        : AccountId.IsLegal(accessKey) ? accessKey
        : iam.FindKey(accessKey)?.Account.AccountId;

    /// <summary>Who calls: a session, a user with keys of his own, the sandbox's administrator, or another account's root.</summary>
    public Identity Identify(Caller caller)
    {
        if (Of(caller) is { } session) return session.Identity;
        IamAccount account = AccountOf(caller).Seen;
        return UserOf(caller) is { } user ? new(user.Arn, user.Id) { UserName = user.Name } : new(account.Arn("root"), account.AccountId);
    }

    /// <summary>The user whose long-term keys a caller has; null for the root of an account.</summary>
    public User? UserOf(Caller caller)
    {
        if (KeyOf(caller) is { } own) return own.User;
        IamAccount account = AccountOf(caller).Seen;
        if (account.AccountId != iam.Home) return null;
        lock (account.Gate) return account.Users.GetValueOrDefault(IamAccount.Administrator);
    }

    /// <summary>Tells the caller's account where it is not the one that the sandbox plays, and notes the use of a key.</summary>
    public Caller Resolve(Caller caller)
    {
        if (caller.AccessKey is not { } key || IsAccount(caller)) return caller;
        if (KeyOf(caller) is not null) iam.NoteUse(key, caller.Service, caller.Region);
        string account = AccountOf(caller).Account.AccountId;
        return account == iam.Home ? caller : caller with { AccountId = account };
    }

    private bool IsKnown(Caller caller) =>
        KeyOf(caller) is { } own ? own.Key.IsActive && own.Account.Partition.Name == IamWorld.PartitionOf(caller.Region)
        : !strict || caller.AccessKey == ownKey || IsAccount(caller);

    private (IamAccount Account, User User, AccessKey Key)? KeyOf(Caller caller) =>
        caller.AccessKey is { } key && key != ownKey && !IsAccount(caller) && !IsTemporary(caller) ? iam.FindKey(key) : null;

    /// <summary>Whether the key is nothing but the number of an account, whose root then calls.</summary>
    private static bool IsAccount(Caller caller) => AccountId.IsLegal(caller.AccessKey ?? "");

    private static string Secret(int bytes) => Convert.ToBase64String(RandomNumberGenerator.GetBytes(bytes));
}
