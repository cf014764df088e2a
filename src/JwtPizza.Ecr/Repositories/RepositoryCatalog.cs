namespace JwtPizza.Ecr;

/// <summary>
/// What the Amazon ECR Public Gallery (https://gallery.ecr.aws) shows of a public repository. To be set: null means not said, so that
/// a repository that exists keeps what it has.
/// </summary>
public sealed record RepositoryCatalog
{
    // The limits of AWS's service model.
    private const int MaxDescription = 1024, MaxText = 25_600, MaxLabels = 50, MaxLabel = 50, MaxLogo = 512_000;

    // What the gallery shows as a badge and filters by; other words are kept, and found by nobody.
    private static readonly Dictionary<string, string> s_architectures = new(StringComparer.OrdinalIgnoreCase)
    {
        ["ARM"] = "ARM", ["ARM 64"] = "ARM 64", ["arm64"] = "ARM 64", ["aarch64"] = "ARM 64", ["linux/arm64"] = "ARM 64",
        ["x86"] = "x86", ["386"] = "x86", ["x86-64"] = "x86-64", ["amd64"] = "x86-64", ["x86_64"] = "x86-64", ["linux/amd64"] = "x86-64",
    };

    private static readonly Dictionary<string, string> s_systems =
        new(StringComparer.OrdinalIgnoreCase) { ["Linux"] = "Linux", ["Windows"] = "Windows" };

    /// <summary>One short paragraph, at most 1,024 characters.</summary>
    public string? Description { get; init; }

    /// <summary>What the image is, in markdown, at most 25,600 characters.</summary>
    public string? AboutText { get; init; }

    /// <summary>How to use it, in markdown, at most 25,600 characters.</summary>
    public string? UsageText { get; init; }

    /// <summary>The gallery shows <c>Linux</c> and <c>Windows</c>.</summary>
    public ValueList<string>? OperatingSystem { get; init; }

    /// <summary>The gallery shows <c>ARM</c>, <c>ARM 64</c>, <c>x86</c> and <c>x86-64</c>.</summary>
    public ValueList<string>? Architecture { get; init; }

    /// <summary>Where the logo is; null when there is none.</summary>
    public string? LogoUrl { get; init; }

    /// <summary>A logo to be set, at most 512,000 bytes. ECR Public never gives it back.</summary>
    public byte[]? Logo { get; init; }

    /// <summary>Whether it says nothing to be set.</summary>
    public bool IsEmpty =>
        this is { Description: null, AboutText: null, UsageText: null, OperatingSystem: null, Architecture: null, Logo: null };

    /// <summary>The data in the gallery's own words (arm64 is its ARM 64), within its limits.</summary>
    /// <exception cref="PizzaException"><c>InvalidCatalogData</c>: which limit is broken.</exception>
    public RepositoryCatalog Checked()
    {
        CheckLength("-Description", Description?.Length, MaxDescription, "characters");
        CheckLength("-AboutText", AboutText?.Length, MaxText, "characters");
        CheckLength("-UsageText", UsageText?.Length, MaxText, "characters");
        CheckLength("-Logo", Logo?.Length, MaxLogo, "bytes");
        return this with
        {
            OperatingSystem = Labels("-OperatingSystem", OperatingSystem, s_systems),
            Architecture = Labels("-Architecture", Architecture, s_architectures),
        };
    }

    /// <summary>What is there, with what is said here in its place.</summary>
    /// <param name="there">The data of the repository.</param>
    public RepositoryCatalog Over(RepositoryCatalog there) => there with
    {
        Description = Description ?? there.Description, AboutText = AboutText ?? there.AboutText, UsageText = UsageText ?? there.UsageText,
        OperatingSystem = OperatingSystem ?? there.OperatingSystem, Architecture = Architecture ?? there.Architecture, Logo = Logo,
    };

    /// <summary>Whether both show the same. A logo to be set is always something new, since the old one cannot be read.</summary>
    /// <param name="other">The other.</param>
    public bool ShowsSameAs(RepositoryCatalog other) => Logo is null && other.Logo is null
        && (Description ?? "", AboutText ?? "", UsageText ?? "") == (other.Description ?? "", other.AboutText ?? "", other.UsageText ?? "")
        && (OperatingSystem ?? []).Equals(other.OperatingSystem ?? []) && (Architecture ?? []).Equals(other.Architecture ?? []);

    /// <summary>The description.</summary>
    public override string ToString() => Description ?? "";

    private static void CheckLength(string what, int? length, int limit, string unit)
    {
        if (length > limit)
            throw Bad(FormattableString.Invariant($"{what} has {length:N0} {unit}; the gallery accepts at most {limit:N0}."), what);
    }

    private static ValueList<string>? Labels(string what, ValueList<string>? labels, Dictionary<string, string> known)
    {
        if (labels is null) return null;
        if (labels.Length > MaxLabels) throw Bad($"{what} names {labels.Length}; the gallery accepts at most {MaxLabels}.", what);
        if (labels.FirstOrDefault(l => l.Length is 0 or > MaxLabel) is { } wrong)
            throw Bad($"{what} '{wrong}' has {wrong.Length} characters; 1 to {MaxLabel} are allowed.", wrong);
        return [.. labels.Select(l => known.GetValueOrDefault(l, l)).Distinct()];
    }

    private static PizzaException Bad(string message, string target) =>
        new("InvalidCatalogData", PizzaErrorKind.InvalidArgument, message, target);
}
