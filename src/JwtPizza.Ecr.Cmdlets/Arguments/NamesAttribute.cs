using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Management.Automation;

namespace JwtPizza.Ecr.Cmdlets.Arguments;

/// <summary>Takes names, and objects that carry one.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal abstract class NamesAttribute : ArgumentTransformationAttribute
{
    public sealed override object Transform(EngineIntrinsics engineIntrinsics, object inputData) => Plain(inputData) switch
    {
        string name => new[] { name },
        null => new[] { "" },   // not null, so that the binder's own words are those for a name that is empty
        IEnumerable many => many.Cast<object?>().SelectMany(Texts).ToArray(),
        _ => Texts(inputData).ToArray(),
    };

    /// <summary>The name that an object carries, or several; null when it carries none, and its text is to be taken.</summary>
    protected abstract object? Name(object item);

    protected static object? Member(object item, string name) =>
        PSObject.AsPSObject(item).Properties[name]?.Value is { } value ? Plain(value) : null;

    private IEnumerable<string> Texts(object? item) => (item is null ? "" : Plain(item) as string ?? Name(item) ?? item) switch
    {
        string one => [one],
        IEnumerable several => several.Cast<object?>().Select(n => $"{n}"),
        var other => [$"{other}"],
    };

    /// <summary>The object itself; one made by a script or by ConvertFrom-Json has none but its wrapping.</summary>
    [return: NotNullIfNotNull(nameof(item))]
    private static object? Plain(object? item) => item is PSObject { BaseObject: { } plain and not PSCustomObject } ? plain : item;
}
