using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using JwtPizza.Ecr.Sandbox.Http;

namespace JwtPizza.Ecr.Sandbox.Ecr;

/// <summary>Principals whose pulls do not count as pulls, such as scanners.</summary>
internal static partial class ExclusionOperations
{
    private const int Limit = 100;

    public static JsonObject Register(EcrCall call)
    {
        string principal = Principal(call);
        IReadOnlyDictionary<string, DateTimeOffset> all = call.Registry.Settings.PullTimeExclusions;
        if (all.ContainsKey(principal))
            throw new ApiError("ExclusionAlreadyExistsException", $"The pull time update exclusion for '{principal}' already exists");
        if (all.Count == Limit)
            throw new ApiError("LimitExceededException", $"The registry has {Limit} pull time update exclusions, and no more are allowed");
        DateTimeOffset now = call.World.Clock.GetUtcNow();
        call.Registry.Settings =
            call.Registry.Settings with { PullTimeExclusions = new Dictionary<string, DateTimeOffset>(all) { [principal] = now } };
        return Answer.Of(("principalArn", principal), ("createdAt", now.Json()));
    }

    public static JsonObject Deregister(EcrCall call)
    {
        string principal = Principal(call);
        Dictionary<string, DateTimeOffset> rest = new(call.Registry.Settings.PullTimeExclusions);
        if (!rest.Remove(principal))
            throw new ApiError("ExclusionNotFoundException", $"The pull time update exclusion for '{principal}' does not exist");
        call.Registry.Settings = call.Registry.Settings with { PullTimeExclusions = rest };
        return Answer.Of(("principalArn", principal));
    }

    public static JsonObject List(EcrCall call)
    {
        Page<string> page = Page.Of(call.Registry.Settings.PullTimeExclusions.Keys.Order(StringComparer.Ordinal), call, p => p);
        return Answer.Of(("pullTimeUpdateExclusions", page.Items.Array()), ("nextToken", page.NextToken));
    }

    private static string Principal(EcrCall call) =>
        call.Input.RequiredText("principalArn") is { Length: <= 200 } arn && PrincipalPattern().IsMatch(arn)
        ? arn
        : throw JsonArguments.Invalid("principalArn",
            @"must satisfy regular expression '^arn:aws(-[a-z]+)*:iam::[0-9]{12}:(role|user)/[\w+=,.@-]+(/[\w+=,.@-]+)*$'");

    [GeneratedRegex(@"\Aarn:aws(?:-[a-z]+)*:iam::[0-9]{12}:(?:role|user)/[\w+=,.@-]+(?:/[\w+=,.@-]+)*\z",
        RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex PrincipalPattern();
}
