namespace JwtPizza.Ecr.Services.Audit;

/// <summary>A rule of the audit.</summary>
internal abstract class RiskRule
{
    /// <summary>The name by which users choose and suppress it.</summary>
    public abstract string Id { get; }

    /// <summary>How bad its findings are.</summary>
    public abstract FindingSeverity Severity { get; }

    /// <summary>What it finds, for docs/audit.md.</summary>
    public abstract string Finds { get; }

    /// <summary>The cmdlet that mends it, and how, for docs/audit.md.</summary>
    public abstract string Mends { get; }

    /// <summary>What can happen.</summary>
    public abstract string Why { get; }

    /// <summary>What it looks at.</summary>
    public abstract RiskParts Parts { get; }

    /// <summary>Whether a switch of the cmdlet has to ask for it.</summary>
    public virtual bool IsOptional => false;

    /// <summary>All that it finds.</summary>
    public abstract IEnumerable<PizzaRisk> Find(RiskSnapshot snapshot);

    /// <summary>A finding about something of IAM.</summary>
    protected PizzaRisk Of(RiskSnapshot snapshot, string target, string what, Advice? command, string? next = null) => new()
    {
        Severity = Severity, Id = Id, Target = target, What = what, Why = next is null ? Why : $"{Why} {next}",
        Command = command?.ToString(), RegistryId = snapshot.RegistryId,
    };

    /// <summary>A finding about a repository.</summary>
    protected PizzaRisk Of(RiskSnapshot snapshot, RepositoryFacts facts, string what, Advice? command, string? next = null) =>
        Of(snapshot, facts.Target, what, command, next) with { Region = snapshot.Region };

    /// <summary>An image as a user reads it.</summary>
    protected static string Named(UsedImage image) =>
        image.ImageTags is [var tag, ..] ? $"'{tag}'" : image.ImageDigest[..Math.Min(19, image.ImageDigest.Length)];
}

/// <summary>The rules, in the order in which they are told.</summary>
internal static class RiskRules
{
    public static IReadOnlyList<RiskRule> All { get; } =
    [
        new OpenTrust(), new WidePolicy(), new SharedPolicy(), new PublicAccess(), new LifecycleTakesUsedImage(), new CriticalInUse(),
        new MutableTagInUse(), new UntaggedInUse(), new UnscannedInUse(), new ScanningOff(), new NoLifecycle(), new NoKmsKey(),
    ];
}
