namespace JwtPizza.Ecr;

/// <summary>The rule for the id of an AWS account, which is also the id of its ECR registry.</summary>
public static class AccountId
{
    /// <summary>Whether the text is 12 digits.</summary>
    /// <param name="text">The text.</param>
    public static bool IsLegal(string text) => text.Length == 12 && text.All(char.IsAsciiDigit);

    /// <summary>The id itself.</summary>
    /// <param name="text">12 digits.</param>
    /// <exception cref="PizzaException"><c>InvalidRegistryId</c>.</exception>
    public static string Check(string text) =>
        IsLegal(text) ? text : throw new PizzaException("InvalidRegistryId", PizzaErrorKind.InvalidArgument,
        $"'{text}' is not an account id: it must be 12 digits. {Next(text)}", text);

    // A number of PowerShell, a spreadsheet or YAML has lost its leading zeros: 012345678901 -> 12345678901.
    private static string Next(string text) => text.Length is > 8 and < 12 && text.All(char.IsAsciiDigit)
        ? $"Is '{text.PadLeft(12, '0')}' meant? Write it in quotes, for a number has no leading zeros."
        : "Write it in quotes, without dashes (for example '123456789012').";
}
