namespace JwtPizza.Ecr.Cmdlets.Arguments;

/// <summary>
/// Takes names of GitHub repositories, and objects that carry one: a trust subject, a repository of the GitHub CLI (nameWithOwner) or
/// of GitHub's REST API (full_name, whose numbers are taken along).
/// </summary>
internal sealed class GitHubRepositoriesAttribute : NamesAttribute
{
    protected override object? Name(object item) =>
        Member(item, "Repository") as string ?? Member(item, "nameWithOwner") as string ?? OfRestApi(item);

    private static string? OfRestApi(object item) =>
        Member(item, "full_name") is not string name ? null
        : Member(item, "id") is long id && Member(item, "owner") is { } owner && Member(owner, "id") is long ownerId
            && name.Split('/') is [var first, var second] ? $"{first}@{ownerId}/{second}@{id}"
        : name;
}
