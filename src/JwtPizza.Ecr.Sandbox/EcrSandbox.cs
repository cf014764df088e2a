using System.Globalization;
using System.Security.Cryptography;
using JwtPizza.Ecr.Sandbox.Http;
using JwtPizza.Ecr.Sandbox.Iam;
using JwtPizza.Ecr.Sandbox.Sts;

namespace JwtPizza.Ecr.Sandbox;

/// <summary>A local ECR, IAM, STS and OCI registry, reachable from this machine only. It ends, with all that it holds, when disposed.</summary>
public sealed class EcrSandbox : IAsyncDisposable
{
    private readonly HttpFront _front;

    private EcrSandbox(SandboxInfo info, HttpFront front) => (Info, _front) = (info, front);

    /// <summary>Where it listens and how to talk to it.</summary>
    public SandboxInfo Info { get; }

    /// <summary>Starts listening.</summary>
    /// <param name="options">Port and contents.</param>
    /// <exception cref="PizzaException"><c>PortInUse</c>; <c>InvalidRegistryId</c>.</exception>
    public static EcrSandbox Start(SandboxOptions options)
    {
        SandboxClock clock = new(options.Now);
        HttpFront front = HttpFront.Bind(options.Port);
        SandboxInfo info = Describe(options, front.Port, clock.GetUtcNow());
        front.Open([new JsonDoor([new Ecr.EcrApi()], info.Region), new QueryDoor(QueryApis(options, clock), info.Region)]);
        return new(info, front);
    }

    /// <summary>Stops listening and deletes the layers from the disk.</summary>
    public ValueTask DisposeAsync() => _front.DisposeAsync();

    private static IReadOnlyList<IQueryApi> QueryApis(SandboxOptions options, SandboxClock clock)
    {
        IamAccount account = new(options.RegistryId, Partition(options.Region), clock);
        if (!options.Empty) CourseSeed.Plant(account);
        return [new IamApi(account), new StsApi(account)];
    }

    private static string Partition(string region) =>
        region.StartsWith("cn-", StringComparison.Ordinal) ? "aws-cn" : region.StartsWith("us-gov-", StringComparison.Ordinal) ? "aws-us-gov" : "aws";

    private static SandboxInfo Describe(SandboxOptions options, int port, DateTimeOffset now) => new()
    {
        EndpointUrl = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"),
        RegistryHost = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}"),
        RegistryId = options.RegistryId,
        Region = options.Region,
        AccessKey = "AKIA" + RandomNumberGenerator.GetString("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16),
        SecretKey = Convert.ToBase64String(RandomNumberGenerator.GetBytes(30)),
        StartedAt = now,
    };
}
