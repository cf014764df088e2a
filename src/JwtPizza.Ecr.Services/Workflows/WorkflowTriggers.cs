using System.Buffers;
using System.Text.RegularExpressions;

namespace JwtPizza.Ecr.Services.Workflows;

/// <summary>When a workflow runs: its events, and the branches that they are for.</summary>
/// <param name="root">The workflow.</param>
internal sealed partial class WorkflowTriggers(YamlPlace root)
{
    private static readonly SearchValues<char> s_wildcards = SearchValues.Create("*?+[]!");

    private static readonly string[] s_neverOnBranch =
        ["pull_request", "pull_request_review", "pull_request_review_comment", "merge_group", "release"];

    private readonly YamlPlace? _on = root["on"];

    /// <summary>What other workflows call it by; null when none can.</summary>
    public YamlPlace? Call => Event("workflow_call");

    /// <summary>Whether other workflows can call it.</summary>
    public bool IsCalled => Names.Contains("workflow_call");

    /// <summary>The key of the event by which other workflows call it, where it is written with one entry a line; else null.</summary>
    public YamlPlace? CallKey => _on is { IsFlow: false, Alias: null } ? _on.Key("workflow_call") : null;

    private IReadOnlyList<string> Names =>
        _on is null ? [] : _on.Entries is { } entries ? [.. entries.Select(e => e.Key.Text ?? "")] : [.. _on.Texts];

    /// <summary>Why nothing that happens on GitHub ever runs a job that is for one branch only; null when something may.</summary>
    /// <param name="branch">The branch.</param>
    /// <param name="job">The job.</param>
    public string? NeverRuns(string branch, string job)
    {
        if (_on is null || Names.Count == 0) return null;
        if (Names.Contains("push"))
        {
            if (PushReaches(branch)) return null;
            string said = string.Join(", ", Event("push")!.Entries!.SelectMany(e => e.Value.Texts.Select(t => $"{e.Key.Text}: {t}")));
            string hint = Event("push")?["branches"]?.Texts.FirstOrDefault(t => !t.AsSpan().ContainsAny(s_wildcards)) is { } other
                ? $"Pass -Branch {other}, or add '{branch}' to the branches of the event" : $"Pass -Branch, or add '{branch}' to the " +
                    "branches of the event";
            return $"No push runs the job '{job}': it is for the branch '{branch}', and the workflow runs on pushes to others only " +
                $"({said}; line {_on.Line + 1}). {hint}.";
        }
        return Names.All(s_neverOnBranch.Contains)
            ? $"Nothing runs the job '{job}': it is for the branch '{branch}', and the events of the workflow " +
                $"({string.Join(", ", Names)}; line {_on.Line + 1}) never run on a branch itself. " +
                "Add 'push', or write a separate workflow with another -Path."
            : null;
    }

    private YamlPlace? Event(string name) => _on?[name];

    private bool PushReaches(string branch)
    {
        YamlPlace? push = Event("push");
        if (push?["branches"] is { } named) return Matches([.. named.Texts], branch);
        if (push?["branches-ignore"] is { } ignored) return !Matches([.. ignored.Texts], branch);
        return push?["tags"] is null && push?["tags-ignore"] is null;
    }

    // The last pattern that fits decides:
    // https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax#filter-pattern-cheat-sheet
    private static bool Matches(string[] patterns, string branch)
    {
        bool taken = false;
        foreach (string pattern in patterns)
        {
            bool isOut = pattern.StartsWith('!');
            try { if (Regex.IsMatch(branch, Translated(isOut ? pattern[1..] : pattern), RegexOptions.CultureInvariant)) taken = !isOut; }
            catch (ArgumentException) { return true; }   // a pattern that we cannot read may fit
        }
        return taken;
    }

    private static string Translated(string pattern) => $@"\A{Token().Replace(pattern, m => m.Value switch
    {
        "**" => ".*",
        "*" => "[^/]*",
        "?" or "+" or ['[', ..] => m.Value,
        ['\\', var plain] => Regex.Escape($"{plain}"),
        var plain => Regex.Escape(plain),
    })}\z";

    [GeneratedRegex(@"\*\*|\\.|\[[^\]]*\]|.", RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex Token();
}
