namespace JwtPizza.Ecr;

/// <summary>A text that is not to be shown: whoever prints it sees ***. Overwritten in memory when it is disposed.</summary>
/// <param name="text">The characters; they are taken over, not copied.</param>
public sealed class HiddenText(char[] text) : IDisposable
{
    /// <summary>The text itself.</summary>
    public ReadOnlySpan<char> Value => text;

    /// <summary>The text itself, for what goes on over an await.</summary>
    public ReadOnlyMemory<char> Memory => text;

    /// <summary>Overwrites the characters.</summary>
    public void Dispose() => Array.Clear(text);

    /// <summary>Three stars.</summary>
    public override string ToString() => "***";
}
