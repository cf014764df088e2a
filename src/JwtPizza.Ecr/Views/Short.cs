using System.Globalization;

namespace JwtPizza.Ecr;

/// <summary>How the table views shorten what the objects hold whole.</summary>
public static class Short
{
    private const int DigestDigits = 12;
    private const double Mega = 1_000_000;

    /// <summary>Bytes as megabytes of a million bytes, the unit in which ECR bills: <c>12.34</c>; <c>&lt;0.01</c> for less than
    /// that.</summary>
    /// <param name="bytes">Bytes; null gives nothing.</param>
    public static string Megabytes(long? bytes) => bytes switch
    {
        null => "",
        > 0 and < (long)(Mega / 100) => "<0.01",
        _ => (bytes.Value / Mega).ToString("0.00", CultureInfo.InvariantCulture),
    };

    /// <summary>Seconds with one decimal, as <see cref="Megabytes"/> written the same everywhere: <c>1.5</c>.</summary>
    /// <param name="seconds">Seconds.</param>
    public static string Seconds(double seconds) => seconds.ToString("0.0", CultureInfo.InvariantCulture);

    /// <summary>The first twelve hexadecimal digits of a digest, as docker shortens it.</summary>
    /// <param name="digest"><c>sha256:…</c>.</param>
    public static string Digest(string? digest)
    {
        string digits = digest?[(digest.IndexOf(':', StringComparison.Ordinal) + 1)..] ?? "";
        return digits.Length > DigestDigits ? digits[..DigestDigits] : digits;
    }

    /// <summary>How long ago: <c>5s</c>, <c>12m</c>, <c>3h</c>, <c>45d</c>.</summary>
    /// <param name="time">The moment; null gives nothing.</param>
    public static string Age(DateTimeOffset? time) => Age(time, DateTimeOffset.UtcNow);

    /// <summary>How long before another moment.</summary>
    /// <param name="time">The moment; null gives nothing.</param>
    /// <param name="now">The other one.</param>
    public static string Age(DateTimeOffset? time, DateTimeOffset now) => (now - time) switch
    {
        null => "",
        { TotalSeconds: < 60 } age => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, (int)age.TotalSeconds)}s"),
        { TotalMinutes: < 60 } age => string.Create(CultureInfo.InvariantCulture, $"{(int)age.TotalMinutes}m"),
        { TotalHours: < 48 } age => string.Create(CultureInfo.InvariantCulture, $"{(int)age.TotalHours}h"),
        { } age => string.Create(CultureInfo.InvariantCulture, $"{(int)age.TotalDays}d"),
    };
}
