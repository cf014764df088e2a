using System.Text.Json.Nodes;
using JwtPizza.Ecr.Sandbox.Http;
using JwtPizza.Ecr.Sandbox.State;

namespace JwtPizza.Ecr.Sandbox.Ecr;

/// <summary>The settings of repositories that ECR itself makes, under a prefix.</summary>
internal sealed record CreationTemplate(string Prefix, IReadOnlyList<string> AppliedFor, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    public const string Replication = "REPLICATION", PullThroughCache = "PULL_THROUGH_CACHE", CreateOnPush = "CREATE_ON_PUSH";
    private static readonly string[] s_reasons = [PullThroughCache, Replication, CreateOnPush];

    public string? Description { get; init; }

    public string? EncryptionType { get; init; }

    public string? KmsKey { get; init; }

    public IReadOnlyDictionary<string, string> ResourceTags { get; init; } = new Dictionary<string, string>();

    public TagMutability? Mutability { get; init; }

    public string? RepositoryPolicy { get; init; }

    public string? LifecyclePolicy { get; init; }

    public string? CustomRoleArn { get; init; }

    /// <summary>The template with the longest prefix that is for this.</summary>
    public static CreationTemplate? For(EcrRegistry registry, string repository, string reason) => registry.Settings.Templates
        .Where(t => t.AppliedFor.Contains(reason)
            && (t.Prefix == PullThroughRule.Root || repository.StartsWith(t.Prefix + "/", StringComparison.Ordinal)))
        .MaxBy(t => t.Prefix == PullThroughRule.Root ? 0 : t.Prefix.Length);

    /// <summary>Makes a repository as its template says, or with the usual settings where there is none.</summary>
    public static StoredRepository Create(EcrRegistry registry, string repository, string reason) =>
        For(registry, repository, reason) is { } template
        ? registry.Add(repository, template.Apply)!
        : registry.Add(repository, s => s)!;

    /// <summary>Makes the repository that somebody pushes to, if it is not there and a template says so.</summary>
    public static void CreateForPush(EcrRegistry registry, string repository)
    {
        if (!registry.Repositories.ContainsKey(repository) && For(registry, repository, CreateOnPush) is not null)
            Create(registry, repository, CreateOnPush);
    }

    /// <summary>Whether a push would make the repository.</summary>
    public static bool WouldCreate(EcrRegistry registry, string repository) =>
        !registry.Repositories.ContainsKey(repository) && For(registry, repository, CreateOnPush) is not null;

    /// <summary>Reads what a call says over what was there.</summary>
    public CreationTemplate With(EcrCall call)
    {
        JsonArguments input = call.Input;
        CreationTemplate read = this;
        if (input.Texts("appliedFor", 1, s_reasons.Length) is { } reasons)
            read = read
                with { AppliedFor = reasons.All(s_reasons.Contains) ? reasons
                    : throw JsonArguments.Invalid("appliedFor", $"Member must satisfy enum value set: [{string.Join(", ", s_reasons)}]") };
        if (input.Text("description") is { } description)
            read = read
                with { Description = description.Length <= 256
                    ? description : throw JsonArguments.Invalid("description", "Member must have length less than or equal to 256") };
        if (input.Object("encryptionConfiguration") is { } encryption)
            read = read with
            {
                EncryptionType = RepositoryOperations.EncryptionOf(encryption),
                KmsKey = RepositoryOperations.KeyOf(encryption, call.Registry),
            };
        if (input.Objects("resourceTags", 0, int.MaxValue) is { } tags)
            read = read with { ResourceTags = TagOperations.Merge(Prefix, new Dictionary<string, string>(), tags) };
        if (RepositoryOperations.MutabilityOf(input) is { } mutability) read = read with { Mutability = mutability };
        if (input.Text("repositoryPolicy") is { } policy)
            read = read
                with { RepositoryPolicy = policy.Length == 0
                    ? null
                    : PolicyPrinter.Print(ResourcePolicy.Parse(policy, "repository", call.Registry.Service).Text,
                        call.Registry.Partition.Name) };
        if (input.Text("lifecyclePolicy") is { } lifecycle)
            read = read with { LifecyclePolicy = lifecycle.Length == 0 ? null : LifecycleOperations.Check(lifecycle).Text };
        if (input.Text("customRoleArn") is { } role) read = read with { CustomRoleArn = role };
        // https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-creation-templates.html
        return read.CustomRoleArn is null && (read.ResourceTags.Count > 0 || read.EncryptionType is "KMS" or "KMS_DSSE")
            ? throw JsonArguments.Invalid("customRoleArn", "A custom role is required to use resource tags or a KMS key")
            : read;
    }

    /// <summary>A prefix as it is kept: without the slash that is always meant.</summary>
    public static string PrefixIn(string prefix) => prefix.Length is >= 1 and <= 256 && PullThroughRule.PrefixPattern().IsMatch(prefix)
        ? prefix.TrimEnd('/')
        : throw JsonArguments.Invalid("prefix",
            @"must satisfy regular expression '^([a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(\/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*\/?|ROOT)$'");

    public JsonObject Json() => Answer.Of(
        ("prefix", Prefix), ("description", Description),
        ("encryptionConfiguration", Answer.Of(("encryptionType", EncryptionType ?? "AES256"), ("kmsKey", KmsKey))),
        ("resourceTags",
            ResourceTags.Count == 0
                ? null
                : ResourceTags.OrderBy(t => t.Key, StringComparer.Ordinal).Select(t => Answer.Of(("Key", t.Key), ("Value", t.Value)))
                    .Array()),
        ("imageTagMutability", Mutability?.Setting ?? "MUTABLE"),
        ("imageTagMutabilityExclusionFilters", Mutability is null ? null : RepositoryOperations.Filters(Mutability)),
        ("repositoryPolicy", RepositoryPolicy), ("lifecyclePolicy", LifecyclePolicy), ("appliedFor", AppliedFor.Array()),
        ("customRoleArn", CustomRoleArn),
        ("createdAt", CreatedAt.Json()), ("updatedAt", UpdatedAt.Json()));

    private StoredSettings Apply(StoredSettings settings) => settings with
    {
        EncryptionType = EncryptionType ?? settings.EncryptionType, KmsKey = KmsKey, ResourceTags = ResourceTags,
        Mutability = Mutability ?? settings.Mutability,
        Policy = RepositoryPolicy, Lifecycle = LifecyclePolicy,
    };
}
