namespace JwtPizza.Ecr.Tests.Support;

/// <summary>
/// How long a test waits for something before it fails as hanging. Not a measure of speed: what these tests tell apart comes at once, or
/// not before an hour.
/// </summary>
internal static class Hang
{
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);
}
