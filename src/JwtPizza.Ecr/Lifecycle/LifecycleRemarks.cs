namespace JwtPizza.Ecr;

/// <summary>What ECR accepts in a lifecycle policy, and hardly anybody means.</summary>
internal static class LifecycleRemarks
{
    /// <summary>The remarks on some rules.</summary>
    /// <param name="rules">The rules.</param>
    public static IEnumerable<string> Of(IEnumerable<LifecycleRule> rules) => rules.Select(Of).OfType<string>();

    // An image has to have a tag for each entry: https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html
    private static string? Of(LifecycleRule rule)
    {
        string[] entries = [.. rule.TagPattern, .. rule.TagPrefix.Select(p => p + "*")];
        if (entries.Length < 2 || !ExcludeEachOther([.. entries.Select(e => e.Split('*')[0])])) return null;
        return $"The rule '{rule}' takes only images that have a tag for each of {string.Join(", ", entries.Select(e => $"'{e}'"))}, " +
            "not for one of them. " +
            $"For those, make a rule for each: {string.Join(", ", entries.Select(e => $"'{e}'"))} | ForEach-Object {{ " +
            $"New-PizzaLifecycleRule -TagPattern $_ {Count(rule)} }} | Set-PizzaLifecycle.";
    }

    private static bool ExcludeEachOther(string[] beginnings) =>
        beginnings.Select((b, i) => (b, i))
            .All(one => beginnings.Where((_, i) => i != one.i).All(other => !other.StartsWith(one.b, StringComparison.Ordinal)));

    private static string Count(LifecycleRule rule) => rule.CountType switch
    {
        "imageCountMoreThan" => $"-ImageCountMoreThan {rule.CountNumber}", "sinceImagePushed" => $"-SinceImagePushed {rule.CountNumber}",
        "sinceImagePulled" => $"-SinceImagePulled {rule.CountNumber}", _ => $"-SinceImageTransitioned {rule.CountNumber}",
    };
}
