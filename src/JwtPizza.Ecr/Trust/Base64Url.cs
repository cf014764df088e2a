namespace JwtPizza.Ecr;

/// <summary>Base64 as JSON Web Tokens have it: two characters others, no padding (RFC 7515). .NET has it from version 9 on.</summary>
internal static class Base64Url
{
    public static string Encode(byte[] bytes) => Convert.ToBase64String(bytes).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    /// <summary>The bytes; null when the text is none of this.</summary>
    public static byte[]? Decode(string text)
    {
        string base64 = text.Replace('-', '+').Replace('_', '/').PadRight((text.Length + 3) / 4 * 4, '=');
        byte[] bytes = new byte[base64.Length];
        return text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') && Convert.TryFromBase64String(base64, bytes, out int length)
            ? bytes[..length] : null;
    }
}
