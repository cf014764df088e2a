namespace HelpWriter;

/// <summary>What a reader of a cmdlet's help reads next: its page, the other cmdlets with its noun or its subject, and the topic about the
/// subject.</summary>
internal static class RelatedLinks
{
    private const int Most = 8;

    /// <summary>The links of a cmdlet: an address where it is known, else a name for Get-Help.</summary>
    /// <param name="command">The cmdlet.</param>
    /// <param name="all">All cmdlets.</param>
    /// <param name="pages">The address of the folder of pages; null where the build was not told one. Get-Help -Online opens the first
    /// address.</param>
    public static IEnumerable<(string Text, string? Address)> Of(CommandInfo command, IReadOnlyList<CommandInfo> all, Uri? pages) =>
    [
        .. pages is null ? Array.Empty<(string, string?)>() : [("Online version:", $"{pages.AbsoluteUri.TrimEnd('/')}/{command.Name}.md")],
        .. all.Where(c => c != command && (c.Noun == command.Noun || Subject(c) == Subject(command)))
            .OrderByDescending(c => c.Noun == command.Noun).Take(Most).Select(c => (c.Name, (string?)null)),
        (Topic(Subject(command)), null),
    ];

    private static string Subject(CommandInfo command) => command.Type.Namespace!.Split('.')[^1];

    private static string Topic(string subject) => subject switch
    {
        "Sandbox" => "about_PizzaSandbox",
        "Trust" or "Grants" or "Access" or "Setup" => "about_PizzaTrust",
        "Lifecycle" or "Repositories" => "about_PizzaLifecycle",
        "Images" or "Docker" or "Workflows" or "Replication" or "Scanning" => "about_PizzaPublishing",
        _ => "about_JwtPizza.Ecr",
    };
}
