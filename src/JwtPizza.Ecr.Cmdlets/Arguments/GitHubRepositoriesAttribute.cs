using System.Collections;
using System.Management.Automation;

namespace JwtPizza.Ecr.Cmdlets.Arguments;

/// <summary>
/// Takes names of GitHub repositories, and objects that carry one: a trust subject, a repository of the GitHub CLI (nameWithOwner) or
/// of GitHub's REST API (full_name, whose numbers are taken along).
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class GitHubRepositoriesAttribute : ArgumentTransformationAttribute
{
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData) => Plain(inputData) switch
    {
        string name => new[] { name },
        IEnumerable many => many.Cast<object>().Select(Name).ToArray(),
        _ => new[] { Name(inputData) },
    };

    private static string Name(object item) =>
        Plain(item) as string ?? Member(item, "Repository") as string ?? Member(item, "nameWithOwner") as string ?? OfRestApi(item) ?? $"{item}";

    private static string? OfRestApi(object item) =>
        Member(item, "full_name") is not string name ? null
        : Member(item, "id") is long id && Member(item, "owner") is { } owner && Member(owner, "id") is long ownerId && name.Split('/') is [var first, var second] ? $"{first}@{ownerId}/{second}@{id}"
        : name;

    private static object? Member(object item, string name) => PSObject.AsPSObject(item).Properties[name]?.Value is { } value ? Plain(value) : null;

    /// <summary>The object itself; one made by a script or by ConvertFrom-Json has none but its wrapping.</summary>
    private static object Plain(object item) => item is PSObject { BaseObject: { } plain and not PSCustomObject } ? plain : item;
}
