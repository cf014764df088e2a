using System.Globalization;
using System.Management.Automation;

namespace JwtPizza.Ecr.Cmdlets.Arguments;

/// <summary>Takes a number as milliseconds, where PowerShell would take it as ticks, or as days when it is text.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class MillisecondsAttribute : ArgumentTransformationAttribute
{
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData) =>
        (inputData is PSObject wrapped ? wrapped.BaseObject : inputData) switch
    {
        TimeSpan span => span,
        string text when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) => Of(number),
        int or long or double or decimal or float or uint or ulong or short or byte =>
            Of(Convert.ToDouble(inputData is PSObject number ? number.BaseObject : inputData, CultureInfo.InvariantCulture)),
        _ => inputData,   // PowerShell converts it, or says why not
    };

    private static TimeSpan Of(double milliseconds) => Math.Abs(milliseconds) < int.MaxValue
        ? TimeSpan.FromMilliseconds(milliseconds)
        : throw new ArgumentTransformationMetadataException(
            $"'{milliseconds}' is not a number of milliseconds from 0 to 600000, which are 10 minutes.");
}
