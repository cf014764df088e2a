using System.Reflection;

namespace HelpWriter;

/// <summary>A cmdlet as its metadata describes it. Only CustomAttributeData: PowerShellStandard's attributes are hollow at run
/// time.</summary>
internal sealed record CommandInfo(Type Type, string Verb, string Noun, ParameterInfo[] Parameters, string[] Outputs)
{
    private static readonly string[] s_mustHave = ["summary"];

    public string Name => $"{Verb}-{Noun}";

    /// <summary>Whether it has -WhatIf and -Confirm.</summary>
    public bool Changes =>
        Find(Type, "CmdletAttribute")!.NamedArguments.Any(a => a.MemberName == "SupportsShouldProcess" && a.TypedValue.Value is true);

    public static IEnumerable<CommandInfo> AllIn(Assembly assembly) =>
        assembly.GetExportedTypes()
            .Select(type => (type, cmdlet: Find(type, "CmdletAttribute")))
            .Where(c => c.cmdlet is not null)
            .Select(c => new CommandInfo(c.type,
                (string)c.cmdlet!.ConstructorArguments[0].Value!, (string)c.cmdlet.ConstructorArguments[1].Value!,
                [.. c.type.GetProperties().SelectMany(ParameterInfo.Of).OrderBy(p => p.Position ?? int.MaxValue)
                    .ThenByDescending(p => p.Required)],
                [.. OutputTypes(c.type)]))
            .OrderBy(c => c.Noun, StringComparer.Ordinal).ThenBy(c => c.Verb, StringComparer.Ordinal);

    /// <summary>The default values of its parameters.</summary>
    public DefaultValues Defaults { get; } = new(Type);

    public IEnumerable<string> MissingTexts(DocComments comments) =>
    [
        .. s_mustHave.Where(e => comments.Paragraphs(Type, e).Length == 0).Select(e => $"{Name} has no <{e}>"),
        .. comments.Examples(Type).Length > 0 ? Array.Empty<string>() : [$"{Name} has no <example>"],
        .. comments.Examples(Type).Where(e => e.Code.Length == 0).Select(_ => $"{Name} has an <example> without <code>"),
        .. Parameters.Select(p => p.Property).Distinct().Where(p => comments.Paragraphs(p, "summary").Length == 0)
            .Select(p => $"{Name} -{p.Name} has no <summary>"),
        .. Parameters.DistinctBy(p => p.Property.Name)
            .Select(p => (p, wrong: Defaults.Contradiction(p, comments.Paragraphs(p.Property, "summary"))))
            .Where(p => p.wrong is not null).Select(p => $"{Name} -{p.p.Property.Name} {p.wrong}"),
    ];

    private static IEnumerable<string> OutputTypes(Type type) =>
        Find(type, "OutputTypeAttribute")?.ConstructorArguments[0].Value is IEnumerable<CustomAttributeTypedArgument> types
            ? types.Select(t => ((Type)t.Value!).FullName!) : [];

    internal static CustomAttributeData? Find(MemberInfo member, string attribute) =>
        member.GetCustomAttributesData().FirstOrDefault(a => a.AttributeType.Name == attribute);
}

/// <summary>One parameter in one parameter set (null: in all).</summary>
internal sealed record ParameterInfo(PropertyInfo Property, string? Set, bool Required, int? Position, string Pipeline, string[] Aliases)
{
    public string TypeName => (Nullable.GetUnderlyingType(Property.PropertyType) ?? Property.PropertyType).Name;

    public bool IsSwitch => TypeName == "SwitchParameter";

    public bool TakesWildcards => CommandInfo.Find(Property, "SupportsWildcardsAttribute") is not null;

    public static IEnumerable<ParameterInfo> Of(PropertyInfo property) =>
        property.GetCustomAttributesData().Where(a => a.AttributeType.Name == "ParameterAttribute").Select(a =>
        {
            Dictionary<string, object?> named = a.NamedArguments.ToDictionary(n => n.MemberName, n => n.TypedValue.Value);
            bool Is(string name) => named.GetValueOrDefault(name) is true;
            string pipeline = (Is("ValueFromPipeline"), Is("ValueFromPipelineByPropertyName")) switch
            {
                (true, true) => "True (ByValue, ByPropertyName)",
                (true, false) => "True (ByValue)",
                (false, true) => "True (ByPropertyName)",
                _ => "False",
            };
            string[] aliases =
                CommandInfo.Find(property, "AliasAttribute")
                    ?.ConstructorArguments[0].Value is IEnumerable<CustomAttributeTypedArgument> names
                ? [.. names.Select(n => (string)n.Value!)] : [];
            return new ParameterInfo(property, named.GetValueOrDefault("ParameterSetName") as string, Is("Mandatory"),
                named.GetValueOrDefault("Position") as int?, pipeline, aliases);
        });
}
