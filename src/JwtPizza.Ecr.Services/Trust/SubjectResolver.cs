using JwtPizza.Ecr.Services.GitHub;

namespace JwtPizza.Ecr.Services.Trust;

/// <summary>The subjects to trust for a repository, with what the user should know about the choice.</summary>
/// <param name="Subjects">One, or both forms.</param>
/// <param name="Warning">What may keep them from working.</param>
/// <param name="Note">How they were chosen.</param>
internal sealed record ResolvedSubjects(IReadOnlyList<GitHubSubject> Subjects, string? Warning = null, string? Note = null);

/// <summary>
/// Finds which form of subject a repository emits. Made, renamed or transferred after 15 July 2026 it is the immutable one, and a
/// policy that trusts the other refuses the run: https://docs.github.com/en/actions/reference/security/oidc
/// </summary>
/// <param name="github">Asked only when the form or the numbers are not known.</param>
internal sealed class SubjectResolver(GitHubApi github)
{
    private static readonly DateTimeOffset s_immutableSince = new(2026, 7, 16, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Whether a repository that GitHub has moved to another owner or name is trusted under its new one.</summary>
    public bool FollowTransfer { get; init; }

    /// <summary>The subjects for a repository.</summary>
    /// <param name="repository">The repository; with its numbers, GitHub need not answer.</param>
    /// <param name="scope">Which runs.</param>
    /// <param name="form">Which form; Auto takes what GitHub says.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="PizzaException"><c>GitHubIdsUnknown</c>, <c>GitHubIdMismatch</c>, <c>GitHubRepositoryMoved</c>,
    /// <c>CustomSubjectTemplate</c>.</exception>
    public async Task<ResolvedSubjects> ResolveAsync(
        GitHubRepository repository, SubjectScope scope, SubjectForm form, CancellationToken cancellationToken)
    {
        if (form is SubjectForm.Name || (form is not SubjectForm.Auto && repository.HasIds)) return Subjects(repository, scope, form);
        GitHubAnswer answer = await github.AskAsync(repository, cancellationToken).ConfigureAwait(false);
        return answer.Facts is { } facts ? Known(repository, facts, scope, form) : Unknown(repository, answer.Trouble!, scope, form);
    }

    // GitHub redirects from the old name to the new one: whoever owns the repository now would be trusted in the place of whom the caller
    // named.
    private void CheckMoved(GitHubRepository asked, GitHubRepository now)
    {
        if (FollowTransfer || string.Equals(asked.ToString(), now.ToString(), StringComparison.OrdinalIgnoreCase)) return;
        string change =
            string.Equals(asked.Owner, now.Owner, StringComparison.OrdinalIgnoreCase) ? "was renamed" : $"was transferred to '{now.Owner}'";
        throw new PizzaException("GitHubRepositoryMoved", PizzaErrorKind.InvalidArgument,
            $"'{asked}' {change} and is now '{now}'. Nothing was changed. If you trust the new owner, name '{now}' instead, or add " +
            "-FollowTransfer.", asked.ToString());
    }

    private ResolvedSubjects Known(GitHubRepository asked, GitHubFacts facts, SubjectScope scope, SubjectForm form)
    {
        GitHubRepository repository = facts.Repository;
        CheckMoved(asked, repository);
        if ((asked.OwnerId ?? repository.OwnerId) != repository.OwnerId
            || (asked.RepositoryId ?? repository.RepositoryId) != repository.RepositoryId)
            throw new PizzaException("GitHubIdMismatch", PizzaErrorKind.InvalidArgument,
                $"GitHub says that '{repository}' is repository {repository.RepositoryId} of owner {repository.OwnerId}, not " +
                $"{asked.RepositoryId} of {asked.OwnerId}. Correct -OwnerId and -RepositoryId, or leave them out.", asked.ToString());
        if (facts.Template.Count > 0)
            throw new PizzaException("CustomSubjectTemplate", PizzaErrorKind.InvalidOperation,
                $"The tokens of '{repository}' have subjects from a custom template ({string.Join(", ", facts.Template)}). " +
                "Take the subject from a run's token and specify it unchanged: -Subject '…'.", asked.ToString());
        bool? immutable = facts.Immutable ?? (facts.CreatedAt >= s_immutableSince ? true : null);
        SubjectForm emitted = form is not SubjectForm.Auto
            ? form : immutable switch { true => SubjectForm.Immutable, false => SubjectForm.Name, null => SubjectForm.Both };
        return Subjects(repository, scope, emitted) with
        {
            Warning = JoinWarnings(repository.ToString() == asked.ToString() ? null : $"GitHub spells '{asked}' as '{repository}'. " +
                "The case matters in a trust policy, so GitHub's spelling is used.", form is SubjectForm.Auto && immutable is null
                ? $"GitHub does not show this caller which subject '{repository}' emits, so both forms are trusted. " +
                    "With a GITHUB_TOKEN that can read the repository's Actions settings, or -Form Immutable or -Form Name, only one is."
                        : null),
            Note = $"GitHub: {repository} is repository {repository.RepositoryId} of owner {repository.OwnerId}; the form is {emitted}.",
        };
    }

    private static string? JoinWarnings(params string?[] warnings) =>
        string.Join(' ', warnings.OfType<string>()) is { Length: > 0 } all ? all : null;

    private static ResolvedSubjects Unknown(GitHubRepository repository, string trouble, SubjectScope scope, SubjectForm form)
    {
        if (repository.HasIds)
            return Subjects(repository, scope, SubjectForm.Immutable)
                with { Note = $"GitHub could not be asked about '{repository}' ({trouble}); " +
                    "the immutable form is used, because its IDs were specified." };
        if (form is not SubjectForm.Auto)
            throw new PizzaException("GitHubIdsUnknown", PizzaErrorKind.NotFound,
                $"The immutable form of '{repository}' needs the numbers of owner and repository, and GitHub could not be asked: " +
                $"{trouble}. Give -OwnerId and -RepositoryId; 'gh api repos/{repository} --jq .owner.id,.id' shows them.",
                    repository.ToString());
        ResolvedSubjects named = Subjects(repository, scope, SubjectForm.Name);
        return named with
        {
            Warning = $"GitHub could not be asked which subject '{repository}' emits ({trouble}), so only '{named.Subjects[0].Text}' is " +
                "trusted. If the repository was created, renamed or transferred after 15 July 2026, it emits " +
                $"'repo:{repository.Owner}@OWNER_ID/{repository.Name}@REPOSITORY_ID:{scope}', and its runs fail with " +
                "\"Not authorized to perform sts:AssumeRoleWithWebIdentity\". Then add that form with -OwnerId and -RepositoryId ('gh " +
                $"api repos/{repository} --jq .owner.id,.id' shows them).",
        };
    }

    private static ResolvedSubjects Subjects(GitHubRepository repository, SubjectScope scope, SubjectForm form) => new(
    [
        .. form is SubjectForm.Immutable or SubjectForm.Both
            ? [GitHubSubject.For(repository, scope, immutable: true)] : Array.Empty<GitHubSubject>(),
        .. form is SubjectForm.Name or SubjectForm.Both
            ? [GitHubSubject.For(repository, scope, immutable: false)] : Array.Empty<GitHubSubject>(),
    ]);
}
