using JwtPizza.Ecr.Sandbox;
using JwtPizza.Ecr.Services.Access;
using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Documents;
using JwtPizza.Ecr.Services.Grants;
using JwtPizza.Ecr.Services.Lifecycle;
using JwtPizza.Ecr.Services.Replication;
using JwtPizza.Ecr.Services.Scanning;
using JwtPizza.Ecr.Services.Trust;
using JwtPizza.Ecr.Tests.Trust;

namespace JwtPizza.Ecr.Tests.Documents;

/// <summary>Many writers of one document over HTTP, each as in a process of its own, and as in one process.</summary>
public sealed class ParallelWritersTests
{
    private const int Limit = 300_000;
    private const string PolicyArn = "arn:aws:iam::123456789012:policy/jwt-pizza-ci-deployment";
    private static readonly ReplicationDestination s_ireland = new("eu-west-1", "123456789012");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>One edit with a number, and how many of such edits are there in the end.</summary>
    private sealed record Kind(
        Func<AwsSession, DocumentSession, int, Task<IReadOnlyList<string>>> EditAsync, Func<AwsSession, Task<int>> CountAsync);

    private static readonly Dictionary<string, Kind> s_kinds = new()
    {
        ["trust"] = Of(aws => new TrustStore(aws.Iam, "github-ci"), (p, i) => p.Add([GitHubSubject.Parse($"repo:o/r{i}:*")]),
            p => p.Subjects().Count(s => s.Subject.StartsWith("repo:o/r", StringComparison.Ordinal))),
        ["CI policy"] = Of(aws => new CiPolicyStore(aws.Iam, PolicyArn), (p, i) => p.Grant([CiGrant.For(Arn($"r{i}"), "c", "s", [])]),
            p => p.Statements.SelectMany(s => s.Resources!).Count(r => r.StartsWith(Arn("r"), StringComparison.Ordinal))),
        ["repository policy"] = Of(aws => AccessStore.OfRepository(aws.Ecr, "api"), (p, i) => p.Grant([Pull(i)]),
            p => p.Statements.SelectMany(s => s.Principals).Count()),
        ["registry policy"] = Of(aws => AccessStore.OfRegistry(aws.Ecr, "us-east-1"), (p, i) => p.Grant([Replicate(i)]),
            p => p.Statements.SelectMany(s => s.Principals).Count()),
        ["replication"] = Of(aws => new ReplicationStore(aws.Ecr, "us-east-1"), (c, i) => c.Add([s_ireland], [$"team-{i:00}/"]),
            c => c.Rules.SelectMany(r => r.Prefixes).Count()),
        ["lifecycle"] =
            Of(aws => new LifecycleStore(aws.Ecr, "api"), (d, i) => d.Set(new([LifecycleRule.KeepLastTagged(5, $"v{i}-*")], false, true)),
                d => LifecyclePolicy.Parse(d.Text!).Rules.Count),
        ["scanning"] = Of(aws => new RegistryScanningStore(aws.Ecr, "us-east-1"), (s, i) => s.Set(new() { ScanOnPush = [$"r{i}-*"] }),
            s => s.Rules.SelectMany(r => r.RepositoryFilter).Count()),
    };

    public static TheoryData<string> Kinds => [.. s_kinds.Keys];

    private static string Arn(string name) => $"arn:aws:ecr:us-east-1:123456789012:repository/{name}";

    private static AccessGrant Pull(int i) => AccessGrant.Pull(AccessPrincipal.OfAccount("aws", $"{i + 1:D12}"));

    private static AccessGrant Replicate(int i) => AccessGrant.Replicate(AccessPrincipal.OfAccount("aws", $"{i + 1:D12}"), Arn("*"), true);

    private static Kind Of<TDocument, TResult>(
        Func<AwsSession, DocumentStore<TDocument>> store, Func<TDocument, int, Edit<TDocument, TResult>> edit, Func<TDocument, int> count)
        where TDocument : IDocument => new(
            async (aws, session,
                i) =>
                (await new DocumentEditor<TDocument, TResult>(store(aws), document => edit(document, i), session)
                    .RunAsync(Cancel)).Warnings,
            async aws => count((await store(aws).ReadAsync(Cancel)).Document));

    private static AwsSession Open(EcrSandbox sandbox) => AwsSession.Open(new()
    {
        EndpointUrl = sandbox.Info.EndpointUrl, Region = sandbox.Info.Region, AccessKey = sandbox.Info.AccessKey,
        SecretKey = sandbox.Info.SecretKey,
    });

    private static async Task<int> RunAsync(string kind, int writers, int edits, bool isOneProcess, TimeSpan delay = default)
    {
        await using EcrSandbox sandbox = EcrSandbox.Start(new() { ConsistencyDelay = delay });
        using AwsSession reader = Open(sandbox);
        await reader.Ecr.CreateRepositoryAsync("api", new(), Cancel);
        if (kind == "trust") await reader.Iam.UpdateAssumeRolePolicyAsync("github-ci", Policies.Ecs, Cancel);   // room for many subjects
        await Task.Delay(delay, Cancel);
        DocumentSession shared = new(TimeProvider.System, Random.Shared);
        await Task.WhenAll(Enumerable.Range(0, writers).Select(w => Task.Run(
            async () =>
            {
                using AwsSession aws = Open(sandbox);
                DocumentSession session = isOneProcess ? shared : new(TimeProvider.System, Random.Shared);
                for (int e = 0; e < edits; e++)
                    Assert.DoesNotContain(await s_kinds[kind].EditAsync(aws, session, (w * edits) + e),
                        warning => !MayBeSaid(warning, isOneProcess));
            }, Cancel)));
        await Task.Delay(delay, Cancel);
        return await s_kinds[kind].CountAsync(reader);
    }

    // A process that sees a stranger's edit gone cannot know whether that one's writer is about to repeat it: it asks the user to look.
    // Writers of one process know of each other, and say nothing.
    private static bool MayBeSaid(string warning, bool isOneProcess) =>
        warning.Contains("contains both changes", StringComparison.Ordinal)
            || (!isOneProcess && warning.Contains("Check whether it is back", StringComparison.Ordinal));

    [Theory(Timeout = Limit), MemberData(nameof(Kinds))]
    public async Task Eight_processes_with_two_edits_each_leave_sixteen(string kind) =>
        Assert.Equal(16, await RunAsync(kind, 8, 2, isOneProcess: false));

    [Theory(Timeout = Limit), MemberData(nameof(Kinds))]
    public async Task Eight_runspaces_with_two_edits_each_leave_sixteen(string kind) =>
        Assert.Equal(16, await RunAsync(kind, 8, 2, isOneProcess: true));

    [Theory(Timeout = Limit)]
    [InlineData("trust", true)]
    [InlineData("trust", false)]
    [InlineData("lifecycle", true)]
    [InlineData("lifecycle", false)]
    [InlineData("replication", true)]
    [InlineData("replication", false)]
    public async Task Fifty_writers_leave_fifty(string kind, bool isOneProcess) =>
        Assert.Equal(50, await RunAsync(kind, 50, 1, isOneProcess));

    [Theory(Timeout = Limit)]
    [InlineData("trust")]
    [InlineData("CI policy")]
    public async Task Writers_on_an_IAM_that_is_half_a_second_late_lose_nothing(string kind)
    {
        Assert.Equal(8, await RunAsync(kind, 8, 1, isOneProcess: true, TimeSpan.FromSeconds(0.5)));
        Assert.Equal(3, await RunAsync(kind, 3, 1, isOneProcess: false, TimeSpan.FromSeconds(0.5)));
    }
}
