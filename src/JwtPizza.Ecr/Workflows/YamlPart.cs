using System.Diagnostics.CodeAnalysis;

namespace JwtPizza.Ecr;

/// <summary>A piece of YAML to write; <see cref="YamlStyle"/> says how it is laid out.</summary>
public abstract record YamlPart
{
    /// <summary>A text on one line.</summary>
    /// <param name="value">The text; quoted where YAML needs it. Null for nothing.</param>
    [return: NotNullIfNotNull(nameof(value))]
    public static implicit operator YamlPart?(string? value) => value is null ? null : new YamlText(value);
}

/// <summary>A text on one line.</summary>
/// <param name="Value">The text; quoted where YAML needs it.</param>
public sealed record YamlText(string Value) : YamlPart;

/// <summary><c>true</c> or <c>false</c>.</summary>
/// <param name="Value">Which of them.</param>
public sealed record YamlFlag(bool Value) : YamlPart;

/// <summary>A text of several lines, as <c>|</c> writes it.</summary>
/// <param name="Lines">The lines.</param>
public sealed record YamlBlock(params string[] Lines) : YamlPart;

/// <summary>Keys and values, in this order; a value that is null leaves its key out.</summary>
/// <param name="Entries">The keys and values.</param>
public sealed record YamlMap(params (string Key, YamlPart? Value)[] Entries) : YamlPart;

/// <summary>A list.</summary>
/// <param name="Items">Its items.</param>
public sealed record YamlList(params YamlPart[] Items) : YamlPart;
