namespace JwtPizza.Ecr;

/// <summary>A folder with what goes into an image, as New-PizzaDist left it.</summary>
public sealed record PizzaDist
{
    /// <summary>The folder; Publish-PizzaImage takes it by this name.</summary>
    public required string Path { get; init; }

    /// <summary>Created, or Changed when the folder was there and was replaced.</summary>
    public required ChangeStatus Status { get; init; }

    /// <summary>How many files it holds, without the hidden .dockerignore that lists them.</summary>
    public required int Files { get; init; }

    /// <summary>The bytes of these files.</summary>
    public required long SizeInBytes { get; init; }

    /// <summary>The texts that were replaced, and how often.</summary>
    public required ValueList<DistReplacement> Replaced { get; init; }

    /// <summary>The folder.</summary>
    public override string ToString() => Path;
}

/// <summary>A text that was replaced in a file. What it was replaced by is told nowhere.</summary>
/// <param name="File">The file, from the root of the source.</param>
/// <param name="Text">The text that was there.</param>
/// <param name="Times">How often it was there.</param>
public sealed record DistReplacement(string File, string Text, int Times)
{
    /// <summary>For example <c>src/config.js: root (1)</c>.</summary>
    public override string ToString() => $"{File}: {Text} ({Times})";
}
