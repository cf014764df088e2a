namespace JwtPizza.Ecr;

/// <summary>A text of a file, and what is to stand in its place.</summary>
/// <param name="Text">The text to look for, literally; case counts.</param>
/// <param name="Value">What replaces it.</param>
public sealed record Replacement(string Text, HiddenText Value);
