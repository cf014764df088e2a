using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace JwtPizza.Ecr.Sandbox.Http;

/// <summary>The page that shows the sandbox to a person: one document, which may run its own script and talk to the sandbox, and nothing
/// else.</summary>
internal static partial class WebPage
{
    public const string ContentType = "text/html; charset=utf-8";
    private const string Resource = "ui.html";
    private static readonly Lazy<(byte[] Document, string Policy)> s_page = new(Load);

    public static byte[] Document => s_page.Value.Document;

    /// <summary>Sets the headers that keep everything else away from it.</summary>
    public static void Protect(Exchange exchange)
    {
        exchange.SetHeader("Content-Security-Policy", s_page.Value.Policy);
        exchange.SetHeader("X-Content-Type-Options", "nosniff");
        exchange.SetHeader("Referrer-Policy", "same-origin");
        exchange.SetHeader("Cache-Control", "no-store");
    }

    private static (byte[], string) Load()
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(Resource)!;
        using StreamReader reader = new(stream);
        string text = reader.ReadToEnd().ReplaceLineEndings("\n");   // the hashes are of what is sent
        return (Encoding.UTF8.GetBytes(text),
            $"default-src 'none'; connect-src 'self'; script-src {Hash(ScriptPattern(), text)}; style-src {Hash(StylePattern(), text)}; " +
            "base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
    }

    private static string Hash(Regex element, string text) =>
        $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(element.Match(text).Groups[1].Value)))}'";

    [GeneratedRegex("<script>(.*?)</script>", RegexOptions.Singleline)]
    private static partial Regex ScriptPattern();

    [GeneratedRegex("<style>(.*?)</style>", RegexOptions.Singleline)]
    private static partial Regex StylePattern();
}
