using System.Reflection;

namespace JwtPizza.Ecr.Tests.House;

/// <summary>What cmdlets put out, as PowerShell sees it.</summary>
public sealed class OutputTests
{
    /// <summary>
    /// A collection expression for an IReadOnlyList gives a type of the compiler's without a public indexer, and <c>$image.ImageTags[0]</c> is then the whole list.
    /// </summary>
    [Fact]
    public void Lists_of_records_that_users_hold_are_arrays_so_that_they_can_be_indexed()
    {
        string[] cmdlets = [.. Assembly.Load("JwtPizza.Ecr.Cmdlets").GetTypes().SelectMany(t => t.GetCustomAttributesData())
            .Where(a => a.AttributeType.Name == "OutputTypeAttribute").SelectMany(a => a.ConstructorArguments).SelectMany(Types).Select(t => t.FullName!).Distinct()];
        Type[] outputs = [.. typeof(Repository).Assembly.GetTypes().Where(t => cmdlets.Contains(t.FullName))];
        Assert.InRange(outputs.Length, 10, 200);
        string[] lists = [.. outputs.SelectMany(t => t.GetProperties()).Where(p => p.PropertyType.Name.StartsWith("IReadOnlyList", StringComparison.Ordinal)).Select(p => $"{p.DeclaringType!.Name}.{p.Name}")];
        Assert.Empty(lists);
    }

    private static IEnumerable<Type> Types(CustomAttributeTypedArgument argument) => argument.Value switch
    {
        Type one => [one],
        IEnumerable<CustomAttributeTypedArgument> many => many.SelectMany(Types),
        _ => [],
    };
}
