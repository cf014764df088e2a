namespace JwtPizza.Ecr.Services.Aws;

/// <summary>
/// Credentials in the environment of this process, where every AWS tool looks: later cmdlets, AWS.Tools, and the AWS CLI or docker's
/// helpers that are started from here. They are gone with the process.
/// </summary>
internal static class SessionEnvironment
{
    private static readonly EnvironmentOverlay s_variables = new();
    private static string? s_ours;

    /// <summary>Sets the variables, and remembers what they were.</summary>
    /// <param name="role">The credentials.</param>
    /// <param name="region">The region that later calls go to; null leaves it.</param>
    /// <returns>The variables.</returns>
    public static IReadOnlyDictionary<string, string> Set(AssumedRole role, string? region)
    {
        Dictionary<string, string> variables = new()
        {
            ["AWS_ACCESS_KEY_ID"] = role.AccessKeyId, ["AWS_SECRET_ACCESS_KEY"] = role.SecretAccessKey,
            ["AWS_SESSION_TOKEN"] = role.SessionToken,
        };
        if (region is not null) (variables["AWS_REGION"], variables["AWS_DEFAULT_REGION"]) = (region, region);
        s_variables.Set(variables.Select(v => KeyValuePair.Create(v.Key, (string?)v.Value)));
        s_ours = role.AccessKeyId;
        return variables;
    }

    /// <summary>Puts the variables back as they were before the first <see cref="Set"/>.</summary>
    /// <returns>Their names; none when they are not ours any more.</returns>
    public static IReadOnlyList<string> Restore()
    {
        if (Environment.GetEnvironmentVariable("AWS_ACCESS_KEY_ID") == s_ours) return s_variables.Restore();
        s_variables.Forget();
        return [];
    }
}
