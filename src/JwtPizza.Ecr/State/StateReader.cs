using System.Text.Json.Nodes;

namespace JwtPizza.Ecr;

/// <summary>Makes the model of what a file says, and refuses what it does not know or AWS would not take.</summary>
internal sealed class StateReader
{
    private readonly StateProblems _problems = new();

    /// <summary>Reads a state.</summary>
    /// <param name="tree">The file's values.</param>
    /// <param name="file">The file, for messages.</param>
    /// <exception cref="PizzaException"><c>InvalidStateFile</c>: lists all problems, each with its place.</exception>
    public static PizzaState Read(JsonNode? tree, string file)
    {
        StateReader reader = new();
        JsonObject root = (JsonObject)StateSchema.Root.Checked(tree, reader._problems, "")!;
        reader._problems.ThrowIfAny(file);
        PizzaState state = reader.State(root);
        reader._problems.ThrowIfAny(file);
        return state;
    }

    private PizzaState State(JsonObject root) => new()
    {
        Defaults = root["defaults"] is JsonObject defaults ? Repository(defaults, "defaults") : new(),
        Repositories = root["repositories"] is JsonObject repositories
            ? [.. repositories.Select(r => KeyValuePair.Create(Name(r.Key), Repository((JsonObject)r.Value!, $"repositories.{r.Key}")))]
            : null,
        Roles = root["roles"] is JsonObject roles
            ? [.. roles.Select(r => KeyValuePair.Create(r.Key, Role(r.Key, (JsonObject)r.Value!, $"roles.{r.Key}")))] : null,
    };

    private string Name(string key)
    {
        if (!PizzaState.IsPattern(key)) _problems.At($"repositories.{key}", () => RepositoryName.Parse(key).Value);
        return key;
    }

    private RepositoryState Repository(JsonObject entry, string path)
    {
        JsonObject? access = entry["access"] as JsonObject;
        RepositoryState state = new()
        {
            ImageTagMutability = Text(entry, "imageTagMutability"), MutabilityExclusion = List(entry, "mutabilityExclusion"),
            ScanOnPush = entry["scanOnPush"]?.GetValue<bool>(), EncryptionType = Text(entry, "encryptionType"),
            KmsKey = Text(entry, "kmsKey"), Tags = Map(entry, "tags"), Lifecycle = Lifecycle(entry["lifecycle"] as JsonArray, path),
            Pull = Principals(access, "pull", path), Push = Principals(access, "push", path),
            OtherStatements = Map(access, "otherStatements"),
        };
        _problems.At(path, () => state.Settings);
        return state;
    }

    private IReadOnlyList<LifecycleRule>? Lifecycle(JsonArray? rules, string path)
    {
        if (rules is null) return null;
        LifecycleRule[] read = [.. rules.Select((r, i) => Rule((JsonObject)r!, $"{path}.lifecycle[{i}]"))];
        return read.Length == 0 ? [] : _problems.At($"{path}.lifecycle", () => LifecyclePolicy.Of(read).Rules);
    }

    private LifecycleRule Rule(JsonObject rule, string path)
    {
        int? days = Number(rule, "untaggedDays"), keep = Number(rule, "keepLast");
        string[] patterns = [.. List(rule, "tagPattern") ?? []];
        string[] known = days is not null ? ["untaggedDays"] : keep is not null ? ["keepLast", "tagPattern"] : [];
        if (known.Length > 0 && rule.Select(m => m.Key).Except([.. known, "description"]).ToArray() is { Length: > 0 } others)
            _problems.Add(path, $"has '{known[0]}', which is a whole rule, so it cannot have {string.Join(", ", others)}");
        LifecycleRule read = days is { } d ? LifecycleRule.UntaggedAfter(d)
            : keep is { } n ? patterns.Length == 0 ? LifecycleRule.KeepLast(n) : LifecycleRule.KeepLastTagged(n, patterns)
            : InFull(rule, patterns);
        return Text(rule, "description") is { } description ? read with { Description = description } : read;
    }

    private static LifecycleRule InFull(JsonObject rule, string[] patterns)
    {
        string count = Text(rule, "countType") ?? "imageCountMoreThan", action = Text(rule, "action") ?? "expire";
        string[] prefixes = [.. List(rule, "tagPrefix") ?? []];
        return new()
        {
            TagPattern = patterns, TagPrefix = prefixes, CountType = count, CountNumber = Number(rule, "countNumber") ?? 0,
            TagStatus = Text(rule, "tagStatus") ?? (patterns.Length + prefixes.Length > 0 ? "tagged" : "any"),
            CountUnit = count == "imageCountMoreThan" ? null : "days", StorageClass = Text(rule, "storageClass"), Action = action,
            TargetStorageClass = action == "transition" ? "archive" : null,
        };
    }

    private IReadOnlyList<string>? Principals(JsonObject? access, string member, string path)
    {
        IReadOnlyList<string>? principals = List(access, member);
        foreach ((string principal, int i) in (principals ?? []).Select((p, i) => (p, i)))
            _problems.At($"{path}.access.{member}[{i}]", () => StateAccess.Principal(principal, "aws"));
        return principals;
    }

    private RoleState Role(string name, JsonObject role, string path)
    {
        _problems.At(path, () => RoleNames.Check(name));
        string[] trust = [.. List(role, "trust")!];
        if (trust.Length == 0) _problems.Add($"{path}.trust", "needs at least one subject");
        foreach ((string subject, int i) in trust.Select((s, i) => (s, i)))
            _problems.At($"{path}.trust[{i}]", () => GitHubSubject.Parse(subject));
        RoleState state = new()
        {
            Trust = trust, PolicyName = Text(role, "policyName"), TaskRoles = List(role, "taskRoles"),
            Push = [.. (role["push"] as JsonObject ?? []).Select(p => KeyValuePair.Create(p.Key, Push((JsonObject)p.Value!)))],
            OtherStatements = Map(role, "otherStatements") ?? new Dictionary<string, string>(),
        };
        foreach ((string repository, PushState push) in state.Push)
            _problems.At($"{path}.push.{repository}",
                () => StateGrant.Of(repository, push, state.TaskRoles, "aws", "us-east-1", "000000000000"));
        return state;
    }

    private static PushState Push(JsonObject push) => new(Text(push, "cluster"), Text(push, "service"))
    {
        IncludePull = Flag(push, "includePull"), IncludeVerify = Flag(push, "includeVerify"), IncludeDeploy = Flag(push, "includeDeploy"),
    };

    private static string? Text(JsonObject from, string name) => from[name]?.GetValue<string>();

    private static int? Number(JsonObject from, string name) => from[name]?.GetValue<int>();

    private static bool Flag(JsonObject from, string name) => from[name]?.GetValue<bool>() == true;

    private static IReadOnlyList<string>? List(JsonObject? from, string name) =>
        from?[name] is JsonArray list ? [.. list.Select(i => i!.GetValue<string>())] : null;

    private static Dictionary<string, string>? Map(JsonObject? from, string name) =>
        (from?[name] as JsonObject)?.ToDictionary(m => m.Key, m => m.Value!.GetValue<string>());
}
