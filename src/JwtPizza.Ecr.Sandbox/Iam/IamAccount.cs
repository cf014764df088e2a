using System.Security.Cryptography;

namespace JwtPizza.Ecr.Sandbox.Iam;

/// <summary>What one account holds in IAM. Whoever touches it holds <see cref="Gate"/>; nothing is locked between two calls.</summary>
internal sealed class IamAccount
{
    private readonly TimeProvider _time;
    private readonly Lazy<SortedDictionary<string, ManagedPolicy>> _awsPolicies;
    private readonly object _gate = new();
    private Action<IamAccount>? _seed;

    /// <param name="accountId">12 digits.</param>
    /// <param name="partition">The part of AWS that it is in.</param>
    /// <param name="time">Tells when something was made.</param>
    /// <param name="seed">Puts in what is there from the start, before anybody looks. Half the time that a sandbox would take to start, and who works with ECR alone never needs it.</param>
    public IamAccount(string accountId, Partition partition, TimeProvider time, Action<IamAccount>? seed = null)
        : this(accountId, partition, time, new Lazy<SortedDictionary<string, ManagedPolicy>>(() => new(AwsManagedPolicies.Load(partition.Name).ToDictionary(p => p.Name), StringComparer.OrdinalIgnoreCase))) => _seed = seed;

    private IamAccount(string accountId, Partition partition, TimeProvider time, Lazy<SortedDictionary<string, ManagedPolicy>> awsPolicies) =>
        (AccountId, Partition, _time, _awsPolicies) = (accountId, partition, time, awsPolicies);

    /// <summary>Whoever asks for it first plants the seed.</summary>
    public object Gate
    {
        get
        {
            lock (_gate)
            {
                Action<IamAccount>? seed = _seed;
                _seed = null;
                seed?.Invoke(this);
            }
            return _gate;
        }
    }

    public string AccountId { get; }

    /// <summary>aws, aws-cn or aws-us-gov.</summary>
    public Partition Partition { get; }

    public DateTimeOffset Now => _time.GetUtcNow();

    // IAM's names keep their case, but two that differ in nothing else are one name.
    public SortedDictionary<string, Role> Roles { get; } = new(StringComparer.OrdinalIgnoreCase);

    public SortedDictionary<string, ManagedPolicy> Policies { get; } = new(StringComparer.OrdinalIgnoreCase);

    public SortedDictionary<string, OidcProvider> Providers { get; } = new(StringComparer.Ordinal);

    public IEnumerable<ManagedPolicy> AwsPolicies => _awsPolicies.Value.Values;

    /// <summary>The one user, an administrator: whoever calls with long-term keys.</summary>
    public Identity User => new(Arn("user/" + Identity.SandboxUser), "AIDASANDBOXUSER234567");

    public string Arn(string resource) => $"{JwtPizza.Ecr.Arn.OfIam(Partition.Name, AccountId, resource)}";

    public Role Role(string name) => Roles.GetValueOrDefault(name) ?? throw IamErrors.NoSuchRole(name);

    /// <summary>The policy with this ARN, if there is one.</summary>
    public ManagedPolicy? FindPolicy(string arn)
    {
        string name = arn[(arn.LastIndexOf('/') + 1)..];
        ManagedPolicy? policy = JwtPizza.Ecr.Arn.TryParse(arn, out Arn? parsed) && parsed.AccountId == "aws"
            ? _awsPolicies.Value.GetValueOrDefault(name)
            : Policies.GetValueOrDefault(name);
        return policy is not null && policy.Arn.Equals(arn, StringComparison.OrdinalIgnoreCase) ? policy : null;
    }

    public int AttachmentCount(ManagedPolicy policy) => Roles.Values.Count(r => r.Attached.Contains(policy));

    /// <summary>The account as it is now, for readers of later. Its own gate guards it, and nobody writes to it.</summary>
    public IamAccount Copy()
    {
        IamAccount copy = new(AccountId, Partition, _time, _awsPolicies);
        lock (Gate)
        {
            foreach ((string name, ManagedPolicy policy) in Policies) copy.Policies.Add(name, policy.Copy());
            foreach ((string name, Role role) in Roles) copy.Roles.Add(name, role.Copy(p => copy.FindPolicy(p.Arn)!));
            foreach ((string url, OidcProvider provider) in Providers) copy.Providers.Add(url, provider.Copy());
        }
        return copy;
    }

    /// <summary>A new unique id, as IAM makes them: a prefix that tells the kind, and 17 characters.</summary>
    public static string NewId(string prefix) => prefix + RandomNumberGenerator.GetString("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 17);
}
