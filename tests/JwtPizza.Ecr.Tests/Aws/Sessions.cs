using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Tests.Support;

namespace JwtPizza.Ecr.Tests.Aws;

/// <summary>Sessions for tests: typed keys and a server of the test's own.</summary>
internal static class Sessions
{
    public const string AccessKey = "AKIDEXAMPLE", SecretKey = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

    public static AwsOptions Options(string url) =>
        new() { EndpointUrl = url, Region = "eu-central-1", AccessKey = AccessKey, SecretKey = SecretKey };

    public static AwsSession Open(ScriptedServer server) => AwsSession.Open(Options(server.Url), TimeSpan.FromSeconds(30));

    /// <summary>The test's end, or when it hangs.</summary>
    public static CancellationToken Soon => Limit();

    private static CancellationToken Limit()
    {
        CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Hang.Limit);
        return limit.Token;
    }

    public static async Task<List<T>> ListAsync<T>(IAsyncEnumerable<T> items)
    {
        List<T> list = [];
        await foreach (T item in items) list.Add(item);
        return list;
    }
}
