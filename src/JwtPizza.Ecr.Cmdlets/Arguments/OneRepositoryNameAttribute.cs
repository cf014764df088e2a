using System.Collections;
using System.Management.Automation;

namespace JwtPizza.Ecr.Cmdlets.Arguments;

/// <summary>Takes the name of a repository, and objects that carry one: also a list of just one, as a CI role has.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class OneRepositoryNameAttribute : ArgumentTransformationAttribute
{
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        object? item = inputData is PSObject { BaseObject: not PSCustomObject } wrapped ? wrapped.BaseObject : inputData;
        if (item is null or string) return item;
        if (item is not IEnumerable && PSObject.AsPSObject(item).Properties["RepositoryName"]?.Value is { } name)
            return Transform(engineIntrinsics, name);
        if (item is not IEnumerable many) return inputData;
        object?[] all = [.. many.Cast<object?>()];
        return all is [var one] ? Transform(engineIntrinsics, one)
            : throw new ArgumentTransformationMetadataException(
                all is [] ? "No repository is specified. Name one with -RepositoryName."
                : $"The cmdlet takes one repository, not {all.Length} ({string.Join(", ", all)}). Name it with -RepositoryName.");
    }
}
