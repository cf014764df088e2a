using System.Management.Automation;
using JwtPizza.Ecr.Cmdlets.Arguments;
using JwtPizza.Ecr.Cmdlets.Pipeline;
using JwtPizza.Ecr.Services.Audit;

namespace JwtPizza.Ecr.Cmdlets.Audit;

/// <summary>Finds what is too open, unprotected, or about to break between GitHub, IAM, Amazon ECR, and Amazon ECS.</summary>
/// <remarks>
/// <para>The output is one record for each finding: how bad it is, what it is about, what can happen, and the command that mends it. The
/// cmdlet changes nothing. docs/audit.md lists the rules.</para>
/// <para>What the caller cannot read is an error that names the rules that were not checked. No output without an error means that the
/// rules found nothing. Policies that are part of a role (inline policies) are not read.</para>
/// <para>The cmdlet looks at the roles of the account and at the repositories and services of the region, several at a time. With several
/// regions, a finding about a role is shown once.</para>
/// </remarks>
/// <example>
/// <code>Find-PizzaRisk | Format-List</code>
/// Shows all findings of the account, with the commands that mend them.
/// </example>
/// <example>
/// <code>Find-PizzaRisk *InUse, OpenTrust -Region us-east-1, eu-west-1 | Sort-Object Severity -Descending</code>
/// Checks some rules in two regions, and shows the worst first.
/// </example>
/// <example>
/// <code>'[{ "Id": "NoLifecycle", "Target": "repository archive-*", "Reason": "kept for ever" }]' | Set-Content risks.json; Find-PizzaRisk -Suppression risks.json</code>
/// Leaves out findings that are accepted.
/// </example>
[Cmdlet(VerbsCommon.Find, "PizzaRisk")]
[OutputType(typeof(PizzaRisk))]
public sealed class FindPizzaRiskCommand : AwsCmdlet
{
    private readonly HashSet<(string, string, string, string, string?)> _found = [];   // of all regions

    /// <summary>Specifies the rules, by name or by patterns with wildcards. The default is all. A name that does not exist is an
    /// error.</summary>
    [Parameter(Position = 0)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(RiskIdCompleter))]
    public string[] Id { get; set; } = ["*"];

    /// <summary>Specifies a file of findings to leave out, in JSON or as a PowerShell data file (.psd1). It is a list of entries, or an
    /// object with the list as Suppressions. Each entry has Id and Target, both with wildcards, and optionally Reason.</summary>
    [Parameter]
    public string? Suppression { get; set; }

    /// <summary>Indicates that repositories without a KMS key are findings too.</summary>
    [Parameter]
    public SwitchParameter RequireKms { get; set; }

    private protected override async Task ProcessAsync(CancellationToken cancellationToken)
    {
        RiskRule[] rules = [.. Id.SelectMany(Rules).Distinct()];
        RiskSuppression[] suppressions = Suppression is null ? [] : RiskSuppressionFile.Read(FilePath(Suppression));
        RiskReader reader = new(Aws, rules, ThrottleLimit, CalledSandbox?.Now ?? DateTimeOffset.UtcNow);
        RiskSnapshot snapshot = await reader.ReadAsync(cancellationToken);
        foreach (PizzaRisk risk in rules.SelectMany(r => r.Find(snapshot)))
        {
            if (!_found.Add((risk.Id, risk.Target, risk.What, risk.RegistryId, risk.Region))) continue;
            if (Array.Find(suppressions, s => s.Fits(risk)) is { } accepted)
                WriteVerbose($"Left out: {risk}{(accepted.Reason is { } reason ? $" ({reason})" : "")}");
            else WriteObject(risk);
        }
        foreach (PizzaException problem in reader.Problems) await TryAsync(() => throw problem);
        WriteVerbose($"Checked in {snapshot.Region}: {string.Join(", ", rules.Select(r => r.Id))}.");
    }

    private IEnumerable<RiskRule> Rules(string id)
    {
        Func<string, bool> fits = NamePattern.Of(id);
        bool isNamed = !WildcardPattern.ContainsWildcardCharacters(id);
        RiskRule[] found = [.. RiskRules.All.Where(r => fits(r.Id) && (isNamed || RequireKms || !r.IsOptional))];
        return found is [] && isNamed ? throw Unknown(id) : found;
    }

    private static PizzaException Unknown(string id) => new("UnknownRisk", PizzaErrorKind.InvalidArgument,
        $"There is no rule '{id}'. The rules are {string.Join(", ", RiskRules.All.Select(r => r.Id))}.", id);
}
