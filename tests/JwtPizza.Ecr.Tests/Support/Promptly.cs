namespace JwtPizza.Ecr.Tests.Support;

/// <summary>
/// How long a cancelled work may take to end here. The user's limit of one second is held by the Pester suite, which has the machine for itself; these tests
/// share it with hundreds of others. What they tell apart is work that ends from work that waits for a program that sleeps a minute.
/// </summary>
internal static class Promptly
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);
}
