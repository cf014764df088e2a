using System.Security.Cryptography;

namespace JwtPizza.Ecr.Sandbox.Iam;

/// <summary>What one account holds in IAM. Whoever touches it holds <see cref="Gate"/>; nothing is locked between two calls.</summary>
internal sealed class IamAccount
{
    /// <summary>The user whose keys the sandbox prints when it starts: an administrator.</summary>
    public const string Administrator = "sandbox";

    private readonly TimeProvider _time;
    private readonly Lazy<SortedDictionary<string, ManagedPolicy>> _awsPolicies;
    private readonly object _gate = new();
    private Action<IamAccount>? _seed;

    /// <param name="accountId">12 digits.</param>
    /// <param name="partition">The part of AWS that it is in.</param>
    /// <param name="time">Tells when something was made.</param>
    /// <param name="seed">Puts in what is there from the start, before anybody looks. Half the time that a sandbox would take to start, and
    /// who works with ECR alone never needs it.</param>
    public IamAccount(string accountId, Partition partition, TimeProvider time, Action<IamAccount>? seed = null)
        : this(accountId, partition, time, new Lazy<SortedDictionary<string, ManagedPolicy>>(
            () => new(AwsManagedPolicies.Load(partition.Name).ToDictionary(p => p.Name), StringComparer.OrdinalIgnoreCase)))
    {
        _seed = seed;
        User administrator =
            new() { Name = Administrator, Path = "/", Id = "AIDASANDBOXUSER234567", Arn = Arn("user/" + Administrator), CreatedAt = Now };
        administrator.Attached.Add(AwsPolicyArn("AdministratorAccess"));
        Users.Add(Administrator, administrator);
    }

    private IamAccount(
        string accountId, Partition partition, TimeProvider time, Lazy<SortedDictionary<string, ManagedPolicy>> awsPolicies) =>
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

    public Partition Partition { get; }

    public DateTimeOffset Now => _time.GetUtcNow();

    // IAM's names keep their case, but two that differ in nothing else are one name.
    public SortedDictionary<string, Role> Roles { get; } = new(StringComparer.OrdinalIgnoreCase);

    public SortedDictionary<string, User> Users { get; } = new(StringComparer.OrdinalIgnoreCase);

    public SortedDictionary<string, Group> Groups { get; } = new(StringComparer.OrdinalIgnoreCase);

    public SortedDictionary<string, InstanceProfile> InstanceProfiles { get; } = new(StringComparer.OrdinalIgnoreCase);

    public SortedDictionary<string, ManagedPolicy> Policies { get; } = new(StringComparer.OrdinalIgnoreCase);

    public SortedDictionary<string, OidcProvider> Providers { get; } = new(StringComparer.Ordinal);

    public IEnumerable<ManagedPolicy> AwsPolicies => _awsPolicies.Value.Values;

    /// <summary>The name of the account in the address of its console; null for none.</summary>
    public string? Alias { get; set; }

    /// <summary>The tasks of service-linked roles' deletion, which are done at once.</summary>
    public HashSet<string> Deletions { get; private init; } = [];

    /// <summary>All roles, users and groups.</summary>
    public IEnumerable<PolicyHolder> Holders => Roles.Values.Concat<PolicyHolder>(Users.Values).Concat(Groups.Values);

    public string Arn(string resource) => $"{JwtPizza.Ecr.Arn.OfIam(Partition.Name, AccountId, resource)}";

    /// <summary>The ARN of a policy that AWS manages.</summary>
    /// <param name="name">Its name, with its path before it.</param>
    public string AwsPolicyArn(string name) => $"{JwtPizza.Ecr.Arn.OfIam(Partition.Name, "aws", "policy/" + name)}";

    public Role Role(string name) =>
        Roles.GetValueOrDefault(name) ?? throw IamErrors.NoSuchEntity($"The role with name {name} cannot be found.");

    public User User(string name) =>
        Users.GetValueOrDefault(name) ?? throw IamErrors.NoSuchEntity($"The user with name {name} cannot be found.");

    public Group Group(string name) =>
        Groups.GetValueOrDefault(name) ?? throw IamErrors.NoSuchEntity($"The group with name {name} cannot be found.");

    /// <summary>The policy with this ARN, if there is one.</summary>
    public ManagedPolicy? FindPolicy(string arn)
    {
        if (!JwtPizza.Ecr.Arn.TryParse(arn, out Arn? parsed)) return null;
        ManagedPolicy? policy = (parsed.AccountId == "aws" ? _awsPolicies.Value : Policies).GetValueOrDefault(parsed.ResourceName);
        return policy is not null && policy.Arn.Equals(arn, StringComparison.OrdinalIgnoreCase) ? policy : null;
    }

    /// <summary>The role, user or group with this ARN, if there is one.</summary>
    public PolicyHolder? FindHolder(string arn)
    {
        if (!JwtPizza.Ecr.Arn.TryParse(arn, out Arn? parsed)) return null;
        string name = parsed.ResourceName;
        PolicyHolder? holder = parsed.Resource.Split('/')[0] switch
        {
            "role" => Roles.GetValueOrDefault(name), "user" => Users.GetValueOrDefault(name), "group" => Groups.GetValueOrDefault(name),
            _ => null,
        };
        return holder?.Arn.Equals(arn, StringComparison.OrdinalIgnoreCase) == true ? holder : null;
    }

    /// <summary>The policies that say what a role, or a user with the groups, may do.</summary>
    public IEnumerable<(PolicyHolder Holder, string Name, string Document)> PoliciesOf(PolicyHolder holder)
    {
        var attached = holder.Attached.Select(FindPolicy).OfType<ManagedPolicy>().Select(p => (holder, p.Name, p.Default.Document));
        var own = holder.Inline.Select(p => (holder, p.Key, p.Value)).Concat(attached);
        return holder is User user
            ? own.Concat(user.Groups.Select(g => Groups.GetValueOrDefault(g)).OfType<Group>().SelectMany(PoliciesOf)) : own;
    }

    public int AttachmentCount(ManagedPolicy policy) => Holders.Count(h => h.Has(policy));

    public int BoundaryCount(ManagedPolicy policy) =>
        Holders.Count(h => policy.Arn.Equals(h.PermissionsBoundary, StringComparison.OrdinalIgnoreCase));

    /// <summary>Takes everything out, the administrator too.</summary>
    public void Clear()
    {
        Policies.Clear();
        Roles.Clear();
        Users.Clear();
        Groups.Clear();
        InstanceProfiles.Clear();
        Providers.Clear();
    }

    /// <summary>The account as it is now, for readers of later. Its own gate guards it, and nobody writes to it.</summary>
    public IamAccount Copy()
    {
        IamAccount copy = new(AccountId, Partition, _time, _awsPolicies) { Alias = Alias, Deletions = [.. Deletions] };
        lock (Gate)
        {
            foreach ((string name, ManagedPolicy policy) in Policies) copy.Policies.Add(name, policy.Copy());
            foreach ((string name, Role role) in Roles) copy.Roles.Add(name, role.Copy());
            foreach ((string name, User user) in Users) copy.Users.Add(name, user.Copy());
            foreach ((string name, Group group) in Groups) copy.Groups.Add(name, group.Copy());
            foreach ((string name, InstanceProfile profile) in InstanceProfiles) copy.InstanceProfiles.Add(name, profile.Copy());
            foreach ((string url, OidcProvider provider) in Providers) copy.Providers.Add(url, provider.Copy());
        }
        return copy;
    }

    /// <summary>A new unique id, as IAM makes them: a prefix that tells the kind, and 17 characters.</summary>
    public static string NewId(string prefix) => prefix + RandomNumberGenerator.GetString("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 17);
}
