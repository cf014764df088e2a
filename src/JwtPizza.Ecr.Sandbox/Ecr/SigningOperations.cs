using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using JwtPizza.Ecr.Sandbox.Http;

namespace JwtPizza.Ecr.Sandbox.Ecr;

/// <summary>Repositories that fit one of the filters (none: all) have their images signed with a profile.</summary>
internal sealed record SigningRule(string ProfileArn, IReadOnlyList<string> Filters)
{
    public bool Covers(string repository) => Filters.Count == 0 || Filters.Any(f => new EcrPattern(f).Matches(repository));

    public JsonObject Json() => Answer.Of(
        ("signingProfileArn", ProfileArn),
        ("repositoryFilters",
            Filters.Count == 0 ? null : Filters.Select(f => Answer.Of(("filter", f), ("filterType", "WILDCARD_MATCH"))).Array()));
}

/// <summary>Managed signing: https://docs.aws.amazon.com/AmazonECR/latest/userguide/managed-signing.html</summary>
internal static partial class SigningOperations
{
    private const int RuleLimit = 10, FilterLimit = 100;

    public static JsonObject Put(EcrCall call)
    {
        JsonArguments configuration = call.Input.Object("signingConfiguration") ?? throw JsonArguments.Missing("signingConfiguration");
        List<SigningRule> rules =
            [.. (configuration.Objects("rules", 0, RuleLimit) ?? throw JsonArguments.Missing("signingConfiguration.rules")).Select(Read)];
        call.Registry.Settings = call.Registry.Settings with { Signing = rules };
        return Answer.Of(("signingConfiguration", Json(rules)));
    }

    public static JsonObject Get(EcrCall call) =>
        Answer.Of(("registryId", call.Registry.RegistryId), ("signingConfiguration", Json(Require(call))));

    public static JsonObject Delete(EcrCall call)
    {
        IReadOnlyList<SigningRule> gone = Require(call);
        call.Registry.Settings = call.Registry.Settings with { Signing = null };
        return Answer.Of(("registryId", call.Registry.RegistryId), ("signingConfiguration", Json(gone)));
    }

    public static JsonObject DescribeStatus(EcrCall call)
    {
        StoredRepository repository = call.Repository();
        ImageId id = ImageId.Read(call.Input.Object("imageId") ?? throw JsonArguments.Missing("imageId"));
        StoredImage image = id.Require(repository);
        return Answer.Of(
            ("repositoryName", repository.Name), ("imageId", (id with { ImageDigest = image.Digest.Value }).Json()),
            ("registryId", call.Registry.RegistryId),
            ("signingStatuses", image.Marks.SignedWith.Select(p => Answer.Of(("signingProfileArn", p), ("status", "COMPLETE"))).Array()));
    }

    private static IReadOnlyList<SigningRule> Require(EcrCall call) => call.Registry.Settings.Signing ?? throw new ApiError(
        "SigningConfigurationNotFoundException",
        $"Signing configuration does not exist in the registry with id '{call.Registry.RegistryId}'");

    private static JsonObject Json(IEnumerable<SigningRule> rules) => Answer.Of(("rules", rules.Select(r => r.Json()).Array()));

    private static SigningRule Read(JsonArguments rule)
    {
        string profile = rule.RequiredText("signingProfileArn");
        if (profile.Length > 200 || !ProfilePattern().IsMatch(profile))
            throw JsonArguments.Invalid("signingProfileArn",
                @"must satisfy regular expression '^arn:aws(-[a-z]+)*:signer:[a-z0-9-]+:[0-9]{12}:\/signing-profiles\/[a-zA-Z0-9_]{2,}$'");
        return new(profile, [.. (rule.Objects("repositoryFilters", 1, FilterLimit) ?? []).Select(Filter)]);
    }

    private static string Filter(JsonArguments filter) =>
        filter.RequiredText("filterType") == "WILDCARD_MATCH" && filter.RequiredText("filter") is { Length: >= 1 and <= 256 } text
            && FilterPattern().IsMatch(text)
            ? text
            : throw JsonArguments.Invalid("repositoryFilters",
                "must satisfy regular expression '^(?:[a-z0-9*]+(?:[._-][a-z0-9*]+)*/)*[a-z0-9*]+(?:[._-][a-z0-9*]+)*$'");

    [GeneratedRegex(@"\Aarn:aws(?:-[a-z]+)*:signer:[a-z0-9-]+:[0-9]{12}:/signing-profiles/[a-zA-Z0-9_]{2,}\z",
        RegexOptions.CultureInvariant)]
    private static partial Regex ProfilePattern();

    [GeneratedRegex(@"\A(?:[a-z0-9*]+(?:[._-][a-z0-9*]+)*/)*[a-z0-9*]+(?:[._-][a-z0-9*]+)*\z",
        RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex FilterPattern();
}
