using System.Text.RegularExpressions;

namespace JwtPizza.Ecr.Services.Aws;

/// <summary>The command of this module that grants what a caller was refused, where there is one.</summary>
internal static partial class GrantingCommand
{
    private static readonly (string Action, string? Switch)[] s_granted = Granted();

    /// <summary>A sentence with the command, for whoever may change policies; empty when no command grants it.</summary>
    /// <param name="message">What AWS says: who may not do what on which resource.</param>
    /// <param name="action">The action that was called, for a message that does not tell.</param>
    public static string For(string message, string action)
    {
        Match refused = Refused().Match(message);
        if (refused.Groups["action"] is { Success: true, Value: var told }) action = told.TrimEnd('.');
        if (!s_granted.Any(g => g.Action == action)) return "";
        if (!Arn.TryParse(refused.Groups["caller"].Value, out Arn? caller)
            || !Arn.TryParse(refused.Groups["resource"].Value, out Arn? resource)
            || resource.Service != "ecr" || !resource.Resource.StartsWith("repository/", StringComparison.Ordinal))
            return action.StartsWith("ecr:", StringComparison.Ordinal) || action.StartsWith("ecs:", StringComparison.Ordinal)
                ? $" Grant-PizzaCiPolicy{Word(action)} grants it to a CI role." : "";
        string repository = resource.Resource["repository/".Length..];
        if (caller.AccountId != resource.AccountId)
            return $" The account {resource.AccountId} grants it with {Access(repository, caller.AccountId, action)}.";
        if (!caller.Resource.StartsWith("assumed-role/", StringComparison.Ordinal)) return "";
        Advice grant = Advice.Run("Grant-PizzaCiPolicy", repository).With("-RoleName", caller.Resource.Split('/')[1]);
        string? more = s_granted.First(g => g.Action == action).Switch;
        return $" An administrator can grant it with {(more is null ? grant : grant.Switch(more)).ByAnother()}.";
    }

    private static Advice Access(string repository, string account, string action) => Advice.Run("Grant-PizzaRepositoryAccess", repository)
        .With("-Account", account).Switch(action is "ecr:BatchGetImage" or "ecr:GetDownloadUrlForLayer" ? "-Pull" : "-Push").ByAnother();

    private static string Word(string action) => s_granted.First(g => g.Action == action).Switch is { } more ? $" {more}" : "";

    private static (string, string?)[] Granted()
    {
        CiGrant plain = CiGrant.For("arn:aws:ecr:us-east-1:123456789012:repository/any", null, null, "any");
        return
        [
            .. Actions(plain, null), .. Actions(plain with { IncludePull = true }, "-IncludePull"),
            .. Actions(plain with { IncludeVerify = true }, "-IncludeVerify"),
            .. Actions(plain with { IncludeDeploy = true }, "-IncludeDeploy"),
        ];
    }

    private static IEnumerable<(string, string?)> Actions(CiGrant grant, string? more) =>
        CiStatement.Of(grant).SelectMany(s => s.Grant.Actions).Select(a => (a, more));

    [GeneratedRegex(@"User: (?<caller>arn:\S+) is not authorized to perform: (?<action>[a-z-]+:\w+)(?: on resource: (?<resource>arn:\S+))?",
        RegexOptions.CultureInvariant)]
    private static partial Regex Refused();
}
