using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using JwtPizza.Ecr.Sandbox.Http;

namespace JwtPizza.Ecr.Sandbox.Ecr;

/// <summary>Repositories and their settings.</summary>
internal static partial class RepositoryOperations
{
    private const int NameLimit = 100;
    private static readonly string[] s_mutabilities = ["MUTABLE", "IMMUTABLE", "IMMUTABLE_WITH_EXCLUSION", "MUTABLE_WITH_EXCLUSION"];
    private static readonly string[] s_encryptions = ["AES256", "KMS", "KMS_DSSE"];

    public static JsonObject Create(EcrCall call)
    {
        string name = call.NewRepositoryName();
        JsonArguments? encryption = call.Input.Object("encryptionConfiguration");
        StoredRepository repository = call.Registry.Add(name, s => s with
        {
            Mutability = MutabilityOf(call.Input) ?? s.Mutability,
            ScanOnPush = call.Input.Object("imageScanningConfiguration")?.Flag("scanOnPush") ?? false,
            EncryptionType = encryption is { } e ? EncryptionOf(e) : s.EncryptionType,
            KmsKey = KeyOf(encryption, call.Registry),
            ResourceTags = TagOperations.Merge(name, s.ResourceTags, call.Input.Objects("tags", 0, int.MaxValue) ?? []),
        })
        ?? throw new ApiError("RepositoryAlreadyExistsException",
            $"The repository with name '{name}' already exists in the registry with id '{call.Registry.RegistryId}'");
        return Answer.Of(("repository", Json(repository)));
    }

    public static JsonObject Describe(EcrCall call)
    {
        if (call.Input.Texts("repositoryNames", 1, NameLimit) is not { } names)
        {
            Page<StoredRepository> page = Page.Of(call.Registry.Repositories.Values, call, r => r.Name);
            return Answer.Of(("repositories", page.Items.Select(Json).Array()), ("nextToken", page.NextToken));
        }
        if (call.Input.Number("maxResults", 1, int.MaxValue) is not null || call.Input.Text("nextToken") is not null)
            throw new ApiError("InvalidParameterException",
                "Invalid parameter: maxResults and nextToken cannot be used when you specify repositories with repositoryNames.");
        return Answer.Of(("repositories", names.Select(n => Json(call.Registry.Find(EcrCall.CheckName("repositoryNames", n)))).Array()));
    }

    public static JsonObject Delete(EcrCall call)
    {
        StoredRepository repository = call.Repository();
        if (repository.Images.Count > 0 && !call.Input.Flag("force"))
            throw new ApiError("RepositoryNotEmptyException",
                $"The repository with name '{repository.Name}' in registry with id '{call.Registry.RegistryId}' cannot be deleted " +
                "because it still contains images");
        call.Registry.Remove(repository);
        return Answer.Of(("repository", Json(repository)));
    }

    public static JsonObject PutTagMutability(EcrCall call)
    {
        StoredRepository repository = call.Repository();
        TagMutability mutability = MutabilityOf(call.Input) ?? throw JsonArguments.Missing("imageTagMutability");
        repository.Set(s => s with { Mutability = mutability });
        return Answer.Of(
            ("registryId", call.Registry.RegistryId), ("repositoryName", repository.Name),
            ("imageTagMutability", repository.Mutability.Setting), ("imageTagMutabilityExclusionFilters", Filters(repository.Mutability)));
    }

    public static JsonObject PutScanning(EcrCall call)
    {
        StoredRepository repository = call.Repository();
        bool scans = (call.Input.Object("imageScanningConfiguration") ?? throw JsonArguments.Missing("imageScanningConfiguration"))
            .Flag("scanOnPush");
        repository.Set(s => s with { ScanOnPush = scans });
        return Answer.Of(("registryId", call.Registry.RegistryId), ("repositoryName", repository.Name),
            ("imageScanningConfiguration", Scanning(repository)));
    }

    public static JsonObject Json(StoredRepository repository) => Answer.Of(
        ("repositoryArn", repository.Arn),
        ("registryId", repository.Registry.RegistryId),
        ("repositoryName", repository.Name),
        ("repositoryUri", repository.Uri),
        ("createdAt", repository.CreatedAt.Json()),
        ("imageTagMutability", repository.Mutability.Setting),
        ("imageTagMutabilityExclusionFilters", Filters(repository.Mutability)),
        ("imageScanningConfiguration", Scanning(repository)),
        ("encryptionConfiguration",
            Answer.Of(("encryptionType", repository.Settings.EncryptionType), ("kmsKey", repository.Settings.KmsKey))));

    private static JsonObject Scanning(StoredRepository repository) => Answer.Of(("scanOnPush", repository.Settings.ScanOnPush));

    public static JsonArray? Filters(TagMutability mutability) => mutability.Exclusions.Count == 0
        ? null
        : mutability.Exclusions.Select(f => Answer.Of(("filterType", "WILDCARD"), ("filter", f))).Array();

    public static TagMutability? MutabilityOf(JsonArguments input)
    {
        string? setting = input.Text("imageTagMutability") is { } text ? OneOf("imageTagMutability", text, s_mutabilities) : null;
        IReadOnlyList<JsonArguments>? filters = input.Objects("imageTagMutabilityExclusionFilters", 1, 5);
        bool wantsFilters = setting?.EndsWith("_WITH_EXCLUSION", StringComparison.Ordinal) == true;
        if (wantsFilters != filters is not null)
            throw new ApiError("InvalidParameterException", wantsFilters
                ? "Invalid parameter at 'imageTagMutabilityExclusionFilters' failed to satisfy constraint: " +
                    $"'ImageTagMutabilityExclusionFilters can't be null when imageTagMutability is set as {setting}'"
                : "Invalid parameter at 'imageTagMutabilityExclusionFilters' failed to satisfy constraint: " +
                    "'ImageTagMutabilityExclusionFilters are only allowed when imageTagMutability is set as IMMUTABLE_WITH_EXCLUSION or " +
                    "MUTABLE_WITH_EXCLUSION'");
        return setting is null ? null : new(setting, [.. (filters ?? []).Select(Filter)]);
    }

    private static string Filter(JsonArguments filter)
    {
        OneOf("imageTagMutabilityExclusionFilters", filter.RequiredText("filterType"), ["WILDCARD"]);
        string pattern = filter.RequiredText("filter");
        if (pattern.Count(c => c == '*') > 2)
            throw JsonArguments.Invalid("imageTagMutabilityExclusionFilters", "A filter can contain at most 2 wildcards (*)");
        return FilterPattern().IsMatch(pattern)
            ? pattern
            : throw JsonArguments.Invalid("imageTagMutabilityExclusionFilters",
                "must satisfy regular expression '^[0-9a-zA-Z._*-]{1,128}$'");
    }

    public static string EncryptionOf(JsonArguments encryption) =>
        OneOf("encryptionType", encryption.RequiredText("encryptionType"), s_encryptions);

    public static string? KeyOf(JsonArguments? encryption, EcrRegistry registry)
    {
        if (encryption is not { } e) return null;
        bool kms = e.RequiredText("encryptionType") != "AES256";
        string KeyArn(string key) => $"{new Arn(registry.Partition.Name, "kms", registry.Region, registry.RegistryId, $"key/{key}")}";
        return (kms, e.Text("kmsKey")) switch
        {
            (false, not null) =>
                throw new ApiError("InvalidParameterException", "Invalid parameter at 'encryptionConfiguration' failed to satisfy " +
                    "constraint: 'kmsKey can only be specified with the encryption types KMS and KMS_DSSE'"),
            (true, null) => KeyArn(OwnKey(registry).ToString()),   // the account's key for ECR, made on its first use
            (_, { Length: 0 or > 2048 }) => throw JsonArguments.Invalid("kmsKey", "Member must have length between 1 and 2048"),
            (_, { } key) when !KeyPattern().IsMatch(key) =>
                throw new ApiError("KmsException", $"Invalid keyId '{key}': it is neither the id, the alias nor the ARN of a KMS key."),
            (_, { } key) when Arn.TryParse(key, out Arn? arn) && arn.Region != registry.Region =>
                throw new ApiError("KmsException", $"The key '{key}' is not in the region of the repository, {registry.Region}."),
            (_, { } key) => key.Contains('/', StringComparison.Ordinal) ? key : KeyArn(key),
            _ => null,
        };
    }

    private static Guid OwnKey(EcrRegistry registry) =>
        new(SHA256.HashData(Encoding.UTF8.GetBytes($"{registry.RegistryId}\n{registry.Region}")).AsSpan(0, 16));

    private static string OneOf(string member, string value, string[] allowed) =>
        allowed.Contains(value)
            ? value : throw JsonArguments.Invalid(member, $"Member must satisfy enum value set: [{string.Join(", ", allowed)}]");

    [GeneratedRegex(
        @"\A(?:arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key/[a-z0-9-]+|(?:arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:)?alias/[a-zA-Z0-9/_-]+|mrk-[0-9a-f]{32}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\z", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex KeyPattern();

    [GeneratedRegex(@"\A[0-9a-zA-Z._*-]{1,128}\z", RegexOptions.CultureInvariant)]
    private static partial Regex FilterPattern();
}
