using System.Text;
using JwtPizza.Ecr.Cmdlets.Pipeline;
using JwtPizza.Ecr.Tests.Support;

namespace JwtPizza.Ecr.Tests.Cmdlets;

/// <summary>
/// docs/permissions.md, from which the build writes the permissions into each cmdlet's help, is what the cmdlets need. Each row is measured
/// on a sandbox that enforces policies: a role with exactly these actions runs the command without an error or a warning, and without one
/// of those that are always needed it does not.
/// </summary>
public sealed class PermissionTests(PermissionWorld world) : IClassFixture<PermissionWorld>
{
    private const string Update = "UPDATE_DOCUMENTS";
    private static readonly string s_page = RepositoryRoot.File("docs", "permissions.md");
    private static readonly Lazy<Task<bool>> s_docker = new(() => Peer.Succeeds("docker", "version"));

    public static TheoryData<string> Cmdlets => [.. PermissionCases.All.Keys];

    [Fact]
    public void Each_cmdlet_that_calls_AWS_has_a_row()
    {
        string[] calling =
        [
            .. typeof(AwsCmdlet).Assembly.GetExportedTypes().Where(t => !t.IsAbstract && t.IsAssignableTo(typeof(AwsCmdlet)))
                .Select(t => t.GetCustomAttributesData().Single(a => a.AttributeType.Name == "CmdletAttribute"))
                .Select(a => string.Join('-', a.ConstructorArguments.Take(2).Select(c => c.Value))),
        ];
        string[] rows = [.. PermissionCases.All.Keys, .. PermissionCases.WithoutActions.Keys];
        Assert.All(calling, c => Assert.True(rows.Contains(c),
            $"{c} calls AWS and has no row: add a command for it to PermissionCases.cs, run PermissionTests once with the variable {Update}, " +
            "build, and commit docs/permissions.md and docs/cmdlets."));
        Assert.All(rows, r => Assert.True(calling.Contains(r), $"{r} is in PermissionCases.cs, and is not a cmdlet that calls AWS."));
        Dictionary<string, string[]> page = Read();
        Write(page.Where(p => rows.Contains(p.Key)).Concat(PermissionCases.WithoutActions
            .Select(w => KeyValuePair.Create(w.Key, new[] { Row(w.Key, "always", $"none. {w.Value}") }))));
        Assert.Equal(rows.Order(StringComparer.Ordinal), Read().Keys);
    }

    [Theory, MemberData(nameof(Cmdlets))]
    public async Task The_page_names_the_actions_that_a_cmdlet_needs(string cmdlet)
    {
        Assert.SkipWhen(PermissionCases.All[cmdlet].Any(c => c.NeedsDocker) && !await s_docker.Value, "No docker engine answers.");
        string[] rows = await RowsAsync(cmdlet);
        Dictionary<string, string[]> page = Read();
        if (Environment.GetEnvironmentVariable(Update) is not null)
        {
            page[cmdlet] = rows;
            Write(page);
        }
        Assert.True(page.TryGetValue(cmdlet, out string[]? written) && written.SequenceEqual(rows),
            $"{cmdlet} needs other actions than docs/permissions.md says:\n{string.Join('\n', rows)}\nRun this test once with the variable " +
            $"{Update}, build, and commit docs/permissions.md and docs/cmdlets.");
    }

    private async Task<string[]> RowsAsync(string cmdlet)
    {
        PermissionCase usual = PermissionCases.All[cmdlet][0];
        string[] used = await world.NeededByAsync(usual.Script), always = await RequiredAsync(usual.Script, used, []);
        List<string> rows = [Row(cmdlet, "always", List(always))];
        if (used.Length > always.Length) rows.Add(Row("", "if allowed", List(used.Except(always))));
        foreach (PermissionCase other in PermissionCases.All[cmdlet].Skip(1))
        {
            used = await world.NeededByAsync(other.Script);
            bool hasMore = !always.Except(used).Any();
            string[] required = await RequiredAsync(other.Script, used, hasMore ? always : []);
            Assert.True(required.Length > 0, $"{other.Script} needs nothing more than the usual case: leave it out.");
            rows.Add(Row("", $"{(hasMore ? "also" : "instead")} {other.For}", List(required)));
        }
        return [.. rows];
    }

    /// <summary>Those of the actions that a command uses, without which it fails or warns.</summary>
    /// <param name="script">The command.</param>
    /// <param name="used">The actions.</param>
    /// <param name="known">Those that it is known to need.</param>
    private async Task<string[]> RequiredAsync(string script, string[] used, string[] known)
    {
        string[] complaints = await world.ComplaintsAsync(script, used);
        Assert.True(complaints.Length == 0, $"{script}, with {string.Join(", ", used)}: {string.Join('\n', complaints)}");
        List<string> required = [];
        foreach (string action in used.Except(known))
            if ((await world.ComplaintsAsync(script, used.Except([action]))).Length > 0) required.Add(action);
        return [.. required];
    }

    private static string List(IEnumerable<string> actions) => string.Join(", ", actions.Select(a => $"`{a}`"));

    private static string Row(string cmdlet, string when, string actions) =>
        $"| {(cmdlet.Length == 0 ? "" : $"[{cmdlet}](cmdlets/{cmdlet}.md)")} | {when} | {actions} |";

    private static Dictionary<string, string[]> Read()
    {
        Dictionary<string, List<string>> rows = [];
        string cmdlet = "";
        foreach (string line in (File.Exists(s_page) ? File.ReadLines(s_page) : []).Where(l => l.StartsWith("| [", StringComparison.Ordinal)
            || l.StartsWith("|  |", StringComparison.Ordinal)))
        {
            if (line[2] == '[') rows[cmdlet = line[3..line.IndexOf(']', StringComparison.Ordinal)]] = [];
            rows[cmdlet].Add(line);
        }
        return rows.ToDictionary(r => r.Key, r => r.Value.ToArray());
    }

    private static void Write(IEnumerable<KeyValuePair<string, string[]>> rows)
    {
        if (Environment.GetEnvironmentVariable(Update) is null) return;
        StringBuilder text = new("""
            # Permissions

            The IAM actions that each cmdlet requires. They are measured: a test runs each cmdlet on a sandbox that enforces policies, as a role
            with exactly these actions. Without one of them, the cmdlet fails or shows a warning. `Get-Help NAME -Full` shows the same list.

            Another action is required *also with* a parameter, or *instead* of those of the usual case. What is used *if allowed* makes the output
            more complete. A resource that is encrypted with your own KMS key, or a policy of your organization, can require more.

            | cmdlet | when | IAM actions |
            |---|---|---|

            """.ReplaceLineEndings("\n"));
        foreach ((_, string[] lines) in rows.OrderBy(r => r.Key, StringComparer.Ordinal))
            foreach (string line in lines) text.Append(line).Append('\n');
        File.WriteAllText(s_page, text.ToString());
    }
}
