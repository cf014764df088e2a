using System.Collections.Concurrent;
using JwtPizza.Ecr.Sandbox.State;

namespace JwtPizza.Ecr.Sandbox.Iam;

/// <summary>The IAM of every account in every partition. One that nobody has used holds its administrator alone.</summary>
internal sealed class IamWorld
{
    private readonly ConcurrentDictionary<(string Partition, string AccountId), Readers> _accounts = new();
    private readonly ConcurrentDictionary<string, KeyUse> _uses = new(StringComparer.Ordinal);
    private readonly TimeProvider _time;
    private readonly TimeSpan _delay;
    private readonly Action<IamAccount>? _seed;
    private readonly StateFolder? _state;

    /// <param name="home">The account that the sandbox plays.</param>
    /// <param name="time">Tells when something was made.</param>
    /// <param name="delay">How long a write stays unseen.</param>
    /// <param name="seed">Puts in what the home account has from the start.</param>
    /// <param name="state">Where accounts are kept over a restart.</param>
    public IamWorld(string home, TimeProvider time, TimeSpan delay = default, Action<IamAccount>? seed = null, StateFolder? state = null)
    {
        (Home, _time, _delay, _seed, _state) = (home, time, delay, seed, state);
        if (state is null) return;
        foreach (SavedAccount saved in SavedAccount.LoadAll(state)) Restore(saved);
    }

    /// <summary>The account that the sandbox plays, 12 digits.</summary>
    public string Home { get; }

    public DateTimeOffset Now => _time.GetUtcNow();

    /// <summary>All accounts that anybody has used.</summary>
    public IEnumerable<Readers> Accounts => _accounts.OrderBy(a => a.Key).Select(a => a.Value);

    /// <summary>All accounts that anybody has used, without the secrets of their users' keys; the home account in any case.</summary>
    public IReadOnlyList<SavedAccount> Export(string partition)
    {
        _ = Of(partition, Home);
        List<SavedAccount> all = [];
        foreach (Readers readers in Accounts)
        {
            IamAccount copy = readers.Account.Copy();
            foreach (List<AccessKey> keys in copy.Users.Values.Select(u => u.AccessKeys))
            {
                for (int i = 0; i < keys.Count; i++) keys[i] = keys[i] with { Secret = "" };
            }
            all.Add(SavedAccount.Of(copy));
        }
        return all;
    }

    /// <summary>Takes up an account as it was kept.</summary>
    public void Restore(SavedAccount saved)
    {
        IamAccount account = new(saved.AccountId, Named(saved.Partition), _time);
        saved.Restore(account);
        _accounts[(saved.Partition, saved.AccountId)] = Opened(account);
    }

    /// <summary>The name of the partition of a region. A sandbox also takes regions that AWS does not have.</summary>
    public static string PartitionOf(string region) => (Partition.Find(region) ?? Partition.Commercial).Name;

    public Readers Of(string partition, string accountId) => _accounts.GetOrAdd((partition, accountId), _ => Open(partition, accountId));

    /// <summary>The account of an ARN as readers see it; null for an ARN of no account that anybody has used.</summary>
    public IamAccount? Seen(string arn) =>
        Arn.TryParse(arn, out Arn? parsed) && _accounts.TryGetValue((parsed.Partition, parsed.AccountId), out Readers? readers)
            ? readers.Seen : null;

    /// <summary>The user whose access key this is, with the account, as readers see them.</summary>
    public (IamAccount Account, User User, AccessKey Key)? FindKey(string id)
    {
        foreach (Readers readers in _accounts.Values)
        {
            IamAccount account = readers.Seen;
            lock (account.Gate)
            {
                foreach (User user in account.Users.Values)
                {
                    if (user.AccessKeys.Find(k => k.Id == id) is { } key) return (account, user, key);
                }
            }
        }
        return null;
    }

    /// <summary>When and where the access key of a user was used last; null for never.</summary>
    public KeyUse? LastUseOf(string accessKey) => _uses.GetValueOrDefault(accessKey);

    public void NoteUse(string accessKey, string service, string region) => _uses[accessKey] = new(Now, service, region);

    private static Partition Named(string partition) => Partition.Named(partition) ?? Partition.Commercial;

    private Readers Open(string partition, string accountId)
    {
        IamAccount account = new(accountId, Named(partition), _time, accountId == Home ? _seed : null);
        return Opened(account);
    }

    private Readers Opened(IamAccount account)
    {
        Readers readers = new(account, _delay, _state);
        if (_state is not null)
        {
            lock (account.Gate) SavedAccount.Save(_state, account);
        }
        return readers;
    }
}

/// <summary>A use of an access key.</summary>
internal sealed record KeyUse(DateTimeOffset At, string Service, string Region);
