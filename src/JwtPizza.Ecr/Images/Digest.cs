using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace JwtPizza.Ecr;

/// <summary>The sha256 digest that names a manifest, configuration or layer by its content: <c>sha256:</c> and 64 lowercase hexadecimal
/// digits.</summary>
public readonly partial record struct Digest
{
    private const string Prefix = "sha256:";

    private Digest(string value) => Value = value;

    /// <summary>The whole digest, <c>sha256:…</c>.</summary>
    public string Value { get; }

    /// <summary>The 64 digits alone, as an OCI layout names its files.</summary>
    public string Hex => Value[Prefix.Length..];

    /// <summary>Reads a digest.</summary>
    /// <param name="text">For example <c>sha256:47cb…</c>.</param>
    /// <exception cref="PizzaException"><c>InvalidDigest</c>.</exception>
    public static Digest Parse(string text) => TryParse(text, out Digest digest)
        ? digest
        : throw new PizzaException("InvalidDigest", PizzaErrorKind.InvalidData,
            $"'{text}' is not a digest that ECR accepts: it must be 'sha256:' and 64 hexadecimal digits (0-9, a-f).", text);

    /// <summary>Reads a digest if it is one.</summary>
    /// <param name="text">The text.</param>
    /// <param name="digest">The digest.</param>
    public static bool TryParse(string? text, out Digest digest)
    {
        digest = text is not null && Pattern().IsMatch(text) ? new(text) : default;
        return digest.Value is not null;
    }

    /// <summary>The digest of these bytes.</summary>
    /// <param name="content">A whole manifest or blob.</param>
    public static Digest Of(ReadOnlySpan<byte> content) => FromHash(SHA256.HashData(content));

    /// <summary>The digest for a finished SHA-256 hash.</summary>
    /// <param name="hash">32 bytes.</param>
    public static Digest FromHash(ReadOnlySpan<byte> hash) =>
        hash.Length == SHA256.HashSizeInBytes ? new(Prefix + Convert.ToHexString(hash).ToLowerInvariant())
            : throw new ArgumentException("A SHA-256 hash has 32 bytes.", nameof(hash));

    /// <summary>The whole digest, <c>sha256:…</c>.</summary>
    public override string ToString() => Value;

    [GeneratedRegex(@"\Asha256:[0-9a-f]{64}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
