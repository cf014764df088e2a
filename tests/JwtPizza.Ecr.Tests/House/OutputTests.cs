using System.Reflection;

namespace JwtPizza.Ecr.Tests.House;

/// <summary>What cmdlets put out, as PowerShell sees it.</summary>
public sealed class OutputTests
{
    /// <summary>
    /// A collection expression for an IReadOnlyList gives a type of the compiler's without a public indexer, and <c>$image.ImageTags[0]</c>
    /// is then the whole list; an array is <c>System.String[]</c> in a CSV file.
    /// </summary>
    [Fact]
    public void Lists_of_records_are_lists_of_values()
    {
        Assert.InRange(Outputs.Length, 10, 200);
        string[] lists =
            [.. Outputs.SelectMany(t => t.GetProperties())
                .Where(p => (p.PropertyType.IsArray && p.PropertyType != typeof(byte[]))
                    || p.PropertyType.Name.StartsWith("IReadOnlyList", StringComparison.Ordinal))
                .Select(p => $"{p.DeclaringType!.Name}.{p.Name}")];
        Assert.Empty(lists);
    }

    /// <summary>ConvertTo-Json writes an enum as its number, unless it rests on a long, which JavaScript could not hold; and a TimeSpan as
    /// its twelve properties.</summary>
    [Fact]
    public void Values_are_text_and_seconds_in_JSON()
    {
        Assert.Empty(
            typeof(Repository).Assembly.GetExportedTypes().Where(t => t.IsEnum && t.GetEnumUnderlyingType() != typeof(long))
                .Select(t => t.Name));
        Assert.Empty(Outputs.SelectMany(t => t.GetProperties())
            .Where(p => (Nullable.GetUnderlyingType(p.PropertyType) ?? p.PropertyType) == typeof(TimeSpan))
            .Select(p => $"{p.DeclaringType!.Name}.{p.Name}"));
    }

    public static TheoryData<Type> Records => [.. Outputs.Where(t => t.GetMethod("<Clone>$") is not null)];

    /// <summary>Two reads of the same image are <c>-eq</c>, though their tags are two arrays.</summary>
    [Theory, MemberData(nameof(Records))]
    public void Records_that_hold_the_same_are_equal(Type record)
    {
        ArgumentNullException.ThrowIfNull(record);
        object one = Filled(record, 1), same = Filled(record, 1);
        Assert.Equal(one, same);
        Assert.Equal(one.GetHashCode(), same.GetHashCode());
        Assert.NotEqual(one, Filled(record, 2));
    }

    /// <summary>One name for one thing; that of AWS.Tools, which users of ECR know.</summary>
    [Fact]
    public void Records_name_a_thing_as_AWS_does()
    {
        Dictionary<string, string> better = new()
        {
            ["Tags"] = "ImageTags", ["Digest"] = "ImageDigest", ["SizeInBytes"] = "ImageSizeInBytes", ["PushedAt"] = "ImagePushedAt",
            ["AccountId"] = "RegistryId",
            ["Account"] = "RegistryId", ["Uri"] = "RepositoryUri or ImageUri", ["Arn"] = "RepositoryArn, RoleArn or PolicyArn",
            ["State"] = "Status", ["Result"] = "Status", ["Role"] = "RoleName", ["Policy"] = "PolicyName",
        };
        string[] notOfEcr = ["PizzaDist.SizeInBytes", "ScanFinding.Uri"];   // a folder's size; a page about a vulnerability
        string[] wrong =
        [
            .. from type in Outputs
               from property in type.GetProperties()
               where better.ContainsKey(property.Name) && !notOfEcr.Contains($"{type.Name}.{property.Name}")
               select $"{type.Name}.{property.Name}: {better[property.Name]}",
        ];
        Assert.Empty(wrong);
    }

    /// <summary>The words of docker and of the AWS CLI are aliases.</summary>
    [Fact]
    public void Parameters_name_a_thing_as_AWS_does_and_take_the_other_name_as_an_alias()
    {
        Dictionary<string, string[]> names = new()
        {
            ["ImageTag"] = ["Tag", "ImageTags"], ["ImageDigest"] = ["Digest"], ["Region"] = ["RegionToCall"],
            ["ProfileName"] = ["StoredCredentials", "AWSProfileName"], ["SecretKey"] = ["SecretAccessKey"],
        };
        // of no call; there -Tag is the copy's
        string[] stand = ["Export-PizzaWorkflow -Region", "Start-PizzaSandbox -Region", "Copy-PizzaImage -ImageTag"];
        string[] wrong =
        [
            .. from cmdlet in CmdletTypes
               let name = Name(cmdlet)
               from property in cmdlet.GetProperties()
               where Attribute(property, "ParameterAttribute") is not null
               let aliases = Attribute(property, "AliasAttribute") is { } alias ? Texts(alias.ConstructorArguments[0]) : []
               let problem = property.PropertyType != typeof(System.Collections.Hashtable)
                   && names.FirstOrDefault(n => n.Value.Contains(property.Name)).Key is { } better ? $"is {better}"
                   : names.TryGetValue(property.Name, out string[]? others) && !others.Any(o => aliases.Contains(o))
                       ? $"lacks the alias {others[0]}" : null
               where problem is not null && !stand.Contains($"{name} -{property.Name}")
               select $"{name} -{property.Name} {problem}",
        ];
        Assert.Empty(wrong);
    }

    /// <summary>A script that runs many cmdlets finds by one word what they changed.</summary>
    [Fact]
    public void Cmdlets_that_change_something_put_out_a_ChangeStatus()
    {
        Dictionary<string, string> silent = new()
        {
            ["Step-PizzaSandbox"] = "moves a clock", ["Stop-PizzaSandbox"] = "leaves nothing behind",
            ["Set-PizzaSandboxFault"] = "a fault is known by the calls that it strikes", ["Remove-PizzaSandboxFault"] = "as setting one",
        };
        Type[] changing =
            [.. CmdletTypes.Where(t =>
                Attribute(t,
                    "CmdletAttribute")!.NamedArguments.Any(a => a.MemberName == "SupportsShouldProcess" && a.TypedValue.Value is true))];
        Assert.InRange(changing.Length, 36, 200);
        string[] wrong =
        [
            .. from cmdlet in changing
               let name = Name(cmdlet)
               let records = OutputsOf(cmdlet).Where(t => t.Assembly == typeof(Repository).Assembly).ToArray()
               where silent.ContainsKey(name)
                   ? records.Length > 0 : records.Length == 0 || !Array.TrueForAll(records, r => StatusOf(r) == typeof(ChangeStatus))
               select $"{name}: {string.Join(", ", records.Select(r => r.Name))}",
        ];
        Assert.Empty(wrong);
        Assert.Empty(silent.Keys.Except(changing.Select(Name)));
    }

    /// <summary>What AWS names itself is a text in AWS's words.</summary>
    [Fact]
    public void No_record_has_a_Status_of_an_enum_of_its_own()
    {
        string[] found = ["SetupCheck"];   // changes nothing: how a part of a set-up was found
        Assert.Equal(found,
            Outputs.Where(t => StatusOf(t) is { IsEnum: true } status && status != typeof(ChangeStatus)).Select(t => t.Name));
    }

    private static string Name(Type cmdlet) =>
        string.Join('-', Attribute(cmdlet, "CmdletAttribute")!.ConstructorArguments.Take(2).Select(a => a.Value));

    private static IEnumerable<Type> OutputsOf(Type cmdlet) =>
        cmdlet.GetCustomAttributesData().Where(a => a.AttributeType.Name == "OutputTypeAttribute").SelectMany(a => a.ConstructorArguments)
            .SelectMany(Types);

    private static Type? StatusOf(Type record) =>
        record.GetProperty("Status")?.PropertyType is { } type ? Nullable.GetUnderlyingType(type) ?? type : null;

    private static Type[] CmdletTypes =>
        [.. Assembly.Load("JwtPizza.Ecr.Cmdlets").GetTypes().Where(t => Attribute(t, "CmdletAttribute") is not null)];

    // PowerShell's attributes as they are written; the assembly that this is compiled against holds no code.
    private static CustomAttributeData? Attribute(MemberInfo member, string name) =>
        member.GetCustomAttributesData().FirstOrDefault(a => a.AttributeType.Name == name);

    private static string[] Texts(CustomAttributeTypedArgument argument) =>
        [.. ((IEnumerable<CustomAttributeTypedArgument>)argument.Value!).Select(a => (string)a.Value!)];

    private static Type[] Outputs
    {
        get
        {
            string[] names =
                [.. Assembly.Load("JwtPizza.Ecr.Cmdlets").GetTypes().SelectMany(OutputsOf).Select(t => t.FullName!).Distinct()];
            return [.. typeof(Repository).Assembly.GetTypes().Where(t => names.Contains(t.FullName))];
        }
    }

    // Every array, table and text of a record is an object of its own; a number makes it differ from another.
    private static object Filled(Type type, int seed)
    {
        object made = System.Runtime.CompilerServices.RuntimeHelpers.GetUninitializedObject(type);
        foreach (FieldInfo field in type.GetFields(BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public))
            field.SetValue(made, Value(field.FieldType, seed));
        return made;
    }

    private static object? Value(Type type, int seed) => type switch
    {
        _ when type == typeof(string) => new string([.. $"text {seed}"]),
        _ when type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ValueList<>) => List(type, seed),
        _ when type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyDictionary<,>) => Table(type, seed),
        _ when type.IsEnum => Enum.ToObject(type, seed),
        _ when Nullable.GetUnderlyingType(type) is { } inner => Value(inner, seed),
        _ when type.IsPrimitive => Convert.ChangeType(seed % 2, type, System.Globalization.CultureInfo.InvariantCulture),
        _ when type.GetMethod("<Clone>$") is not null => Filled(type, seed),
        _ => type.IsValueType ? Activator.CreateInstance(type) : null,
    };

    private static object List(Type type, int seed)
    {
        Type item = type.GetGenericArguments()[0];
        Array items = Array.CreateInstance(item, 2);
        items.SetValue(Value(item, seed), 0);
        items.SetValue(Value(item, seed), 1);
        return Activator.CreateInstance(type, [items])!;
    }

    private static object Table(Type type, int seed)
    {
        System.Collections.IDictionary table =
            (System.Collections.IDictionary)Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(type.GetGenericArguments()))!;
        table.Add("key", Value(type.GetGenericArguments()[1], seed));
        return table;
    }

    private static IEnumerable<Type> Types(CustomAttributeTypedArgument argument) => argument.Value switch
    {
        Type one => [one],
        IEnumerable<CustomAttributeTypedArgument> many => many.SelectMany(Types),
        _ => [],
    };
}
