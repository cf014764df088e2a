using System.Management.Automation;

namespace JwtPizza.Ecr.Cmdlets.Arguments;

/// <summary>Takes one of some words, as ValidateSet does, and nothing at all: an empty cell of a table, a property without a
/// value.</summary>
/// <param name="words">The words; case does not count.</param>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class OneOfAttribute(params string[] words) : ValidateArgumentsAttribute
{
    protected override void Validate(object arguments, EngineIntrinsics engineIntrinsics)
    {
        if (arguments is string { Length: > 0 } text && !words.Contains(text, StringComparer.OrdinalIgnoreCase))
            throw new ValidationMetadataException($"'{text}' is not one of {string.Join(", ", words)}.");
    }
}
