using System.Globalization;

namespace JwtPizza.Ecr.Sandbox.Sts;

/// <summary>What every request brings for conditions to look at.</summary>
internal static class Requests
{
    public static RequestContext Context(DateTimeOffset now) => new RequestContext()
        .With("aws:CurrentTime", Time(now))
        .With("aws:EpochTime", now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture))
        .With("aws:SourceIp", "127.0.0.1")
        .With("aws:ViaAWSService", "false")
        .With("aws:SecureTransport", "true");   // at AWS it would be

    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
