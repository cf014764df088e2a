using System.Management.Automation;
using System.Reflection;

namespace JwtPizza.Ecr.Cmdlets.Pipeline;

/// <summary>What a command that is advised takes over from the one that runs: where, as whom, and for which role and run. Keys are not
/// repeated: they are secrets.</summary>
/// <param name="cmdlet">The one that runs.</param>
internal sealed class CarriedParameters(PizzaCmdlet cmdlet)
{
    /// <summary>What means the same wherever it stands.</summary>
    private static readonly string[] s_carried =
        ["RegistryId", "RoleName", "PolicyName", "Cluster", "Service", "TaskRole", "Issuer", "Region", "ProfileName", "EndpointUrl"];

    /// <summary>Which runs of a repository; what a subject says by itself.</summary>
    private static readonly string[] s_runs =
        ["Branch", "GitTag", "Environment", "PullRequest", "AnyRef", "OwnerId", "RepositoryId", "Form"];

    /// <summary>Set for the record at hand, also by a URI.</summary>
    private static readonly string[] s_current = ["Region", "ProfileName", "RegistryId"];

    private static readonly Lazy<IReadOnlyDictionary<string, Type>> s_cmdlets = new(() => typeof(PizzaCmdlet).Assembly.GetExportedTypes()
        .Select(t => (Type: t, Name: t.GetCustomAttribute<CmdletAttribute>()))
        .Where(t => t.Name is not null)
        .ToDictionary(t => $"{t.Name!.VerbName}-{t.Name.NounName}", t => t.Type, StringComparer.OrdinalIgnoreCase));

    /// <summary>The words for a command that is advised.</summary>
    /// <param name="advised">Its name.</param>
    /// <param name="named">The parameters that the advice names itself.</param>
    public IEnumerable<string> For(string advised, IReadOnlyCollection<string> named)
    {
        if (!s_cmdlets.Value.TryGetValue(advised, out Type? target)) yield break;
        foreach (string name in named.Contains("Subject") ? s_carried : s_runs.Concat(s_carried))
            if (!named.Contains(name) && target.GetProperty(name) is { } there && there.IsDefined(typeof(ParameterAttribute))
                && Words(name) is { } words)
                yield return words;
    }

    private string? Words(string name)
    {
        if (cmdlet.Current(name) is { Length: > 0 } current) return $"-{name} {Advice.Quoted(current)}";
        if (s_current.Contains(name) || cmdlet.GetType().GetProperty(name) is not { } here || !here.IsDefined(typeof(ParameterAttribute))
            || !cmdlet.MyInvocation.BoundParameters.ContainsKey(name)) return null;
        return here.GetValue(cmdlet) switch
        {
            null or "" => null,
            SwitchParameter on => on ? $"-{name}" : null,
            string[] several => several is [var one] ? $"-{name} {Advice.Quoted(one)}" : null,   // of several, the advice names the one
            var value => $"-{name} {Advice.Quoted(UrlSecrets.Hide($"{value}"))}",
        };
    }
}
