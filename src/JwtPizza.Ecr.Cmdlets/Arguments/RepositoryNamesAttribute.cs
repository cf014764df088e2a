using System.Collections;
using System.Management.Automation;

namespace JwtPizza.Ecr.Cmdlets.Arguments;

/// <summary>
/// Takes names, and objects that carry one in RepositoryName: ours, and those of AWS.Tools, whose text form is only their type's name.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class RepositoryNamesAttribute : ArgumentTransformationAttribute
{
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData) => Plain(inputData) switch
    {
        string name => new[] { name },
        IEnumerable many => many.Cast<object>().Select(Name).ToArray(),
        _ => new[] { Name(inputData) },
    };

    private static string Name(object item) => Plain(item) as string ?? PSObject.AsPSObject(item).Properties["RepositoryName"]?.Value?.ToString() ?? $"{item}";

    private static object Plain(object item) => item is PSObject { BaseObject: { } plain } ? plain : item;
}
