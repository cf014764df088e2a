using System.Management.Automation;

namespace JwtPizza.Ecr.Cmdlets.Arguments;

/// <summary>Takes the text of a table for a switch: true and false; an empty cell leaves what is usual, which is on.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class FlagAttribute : ArgumentTransformationAttribute
{
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) =>
        (inputData is PSObject wrapped ? wrapped.BaseObject : inputData) switch
    {
        null => SwitchParameter.Present,
        string text when string.IsNullOrWhiteSpace(text) => SwitchParameter.Present,
        string text when bool.TryParse(text, out bool on) => new SwitchParameter(on),
        _ => inputData,
    };
}
