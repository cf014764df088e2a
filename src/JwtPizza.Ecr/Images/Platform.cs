namespace JwtPizza.Ecr;

/// <summary>
/// What an image runs on: <c>os/architecture</c> or <c>os/architecture/variant</c>, for example <c>linux/arm64</c>. Checked here, because
/// docker builds and pushes an image for a platform that does not exist (<c>linux/arm46</c>) without a word.
/// </summary>
public readonly record struct Platform
{
    private const string Usual = "linux/arm64 (AWS Graviton, Apple silicon) and linux/amd64 are the usual ones";

    // `go tool dist list`, https://go.dev/doc/install/source#environment: what images can name.
    private static readonly Dictionary<string, string[]> s_known = new()
    {
        ["linux"] =
            ["arm64", "amd64", "arm", "386", "loong64", "mips", "mips64", "mips64le", "mipsle", "ppc64", "ppc64le", "riscv64", "s390x"],
        ["windows"] = ["amd64", "arm64", "arm", "386"],
        ["darwin"] = ["amd64", "arm64"],
        ["freebsd"] = ["amd64", "arm64", "arm", "386", "riscv64"],
        ["netbsd"] = ["amd64", "arm64", "arm", "386"],
        ["openbsd"] = ["amd64", "arm64", "arm", "386", "ppc64", "riscv64"],
        ["solaris"] = ["amd64"],
        ["illumos"] = ["amd64"],
        ["aix"] = ["ppc64"],
        ["wasip1"] = ["wasm"],
        ["wasi"] = ["wasm"],
    };

    private static readonly Dictionary<string, string[]> s_variants = new()
    {
        ["arm"] = ["v5", "v6", "v7", "v8"],
        ["arm64"] = ["v8", "v9"],
        ["amd64"] = ["v1", "v2", "v3", "v4"],
    };

    // The other names that docker takes: https://github.com/containerd/platforms/blob/main/database.go
    private static readonly Dictionary<string, string> s_aliases = new()
    {
        ["aarch64"] = "arm64", ["x86_64"] = "amd64", ["x86-64"] = "amd64", ["i386"] = "386", ["armhf"] = "arm/v7", ["armel"] = "arm/v6",
    };

    private Platform(string os, string architecture, string? variant) => (Os, Architecture, Variant) = (os, architecture, variant);

    /// <summary>The operating system, for example <c>linux</c>.</summary>
    public string Os { get; }

    /// <summary>The processor in Go's spelling, for example <c>arm64</c>.</summary>
    public string Architecture { get; }

    /// <summary>The processor's variant, for example <c>v7</c>; null when it is the usual one of its architecture.</summary>
    public string? Variant { get; }

    /// <summary>Reads platforms; one text may hold several with commas between them, as docker takes them.</summary>
    /// <param name="texts">For example <c>linux/arm64</c> and <c>linux/amd64,linux/386</c>.</param>
    /// <exception cref="PizzaException"><c>InvalidPlatform</c>.</exception>
    public static IReadOnlyList<Platform> ParseAll(IEnumerable<string> texts) =>
        [.. texts.SelectMany(t => t.Split(',')).Select(Parse).Distinct()];

    /// <summary>Reads a platform.</summary>
    /// <param name="text">For example <c>linux/arm64</c>; <c>linux/aarch64</c> and <c>linux/arm64/v8</c> mean the same.</param>
    /// <exception cref="PizzaException"><c>InvalidPlatform</c>: names the nearest one that exists.</exception>
    public static Platform Parse(string text)
    {
        string[] parts = text.Trim().ToLowerInvariant().Split('/');
        if (parts is [_, var written, ..] && s_aliases.TryGetValue(written, out string? alias))
            parts = [parts[0], .. alias.Split('/'), .. parts[2..]];
        return parts switch
        {
            [var os, var architecture] when Exists(os, architecture) => new(os, architecture, null),
            [var os, var architecture, var variant]
                when Exists(os, architecture) && s_variants.GetValueOrDefault(architecture, []).Contains(variant) =>
                new(os, architecture, (architecture, variant) is ("arm64", "v8") or ("amd64", "v1") ? null : variant),
            _ => throw new PizzaException("InvalidPlatform", PizzaErrorKind.InvalidArgument,
                $"'{text}' is not a platform that an image can have. Did you mean '{Nearest(parts)}'? Write os/architecture; {Usual}.",
                text),
        };
    }

    /// <summary>Whether an image for the other platform is what was asked for by this one. A variant counts only where both name
    /// one.</summary>
    /// <param name="other">The platform that an image has.</param>
    public bool Matches(Platform other) =>
        Os == other.Os && Architecture == other.Architecture && (Variant is null || other.Variant is null || Variant == other.Variant);

    /// <summary>As docker's <c>--platform</c> takes it.</summary>
    public override string ToString() => Variant is null ? $"{Os}/{Architecture}" : $"{Os}/{Architecture}/{Variant}";

    private static bool Exists(string os, string architecture) =>
        s_known.TryGetValue(os, out string[]? architectures) && architectures.Contains(architecture);

    private static string Nearest(string[] parts)
    {
        string os = parts.Length > 1 ? Spelling.Closest(parts[0], s_known.Keys) : "linux";
        string word = parts[Math.Min(1, parts.Length - 1)];
        string architecture = Spelling.Closest(s_aliases.GetValueOrDefault(word, word).Split('/')[0], s_known[os]);
        return parts.Length > 2 && s_variants.TryGetValue(architecture, out string[]? variants)
            ? $"{os}/{architecture}/{Spelling.Closest(parts[2], variants)}" : $"{os}/{architecture}";
    }
}
