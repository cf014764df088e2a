using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Services.Grants;
using JwtPizza.Ecr.Tests.Support;
using JwtPizza.Ecr.Tests.Trust;

namespace JwtPizza.Ecr.Tests.Grants;

/// <summary>Two editors of one policy, and other bad days.</summary>
public sealed class CiPolicyServiceTests : IAsyncLifetime
{
    private const int Limit = 60_000;
    private const string PolicyArn = "arn:aws:iam::123456789012:policy/ci";

    private readonly InterposedSandbox _box = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static string Arn(string name) => $"arn:aws:ecr:us-east-1:123456789012:repository/{name}";

    private static CiGrant Of(string name) => CiGrant.For(Arn(name), null, null, "jwt-pizza-ecs");

    private static string Granted(params string[] names) => CiPolicy.Parse("ci", null).Grant(names.Select(Of)).Document.Text!;

    private static bool Allows(string document, string name) =>
        CiPolicy.Parse("ci", document).Statements.Any(s => s.CoversAction("ecr:PutImage") && s.CoversResource(Arn(name)));

    public async ValueTask InitializeAsync() => await _box.Direct.Iam.CreateRoleAsync(new("github-ci", Policies.Ecs), Token);

    public ValueTask DisposeAsync() => _box.DisposeAsync();

    private Task<CiPolicyOutcome> GrantAsync(params string[] names) => GrantAsync(new CiPolicyTarget("github-ci", "ci", null), names);

    private async Task<CiPolicyOutcome> GrantAsync(CiPolicyTarget target, params string[] names)
    {
        CiPolicyService service = new(_box.Aws.Iam);
        CiPolicyPlan plan = await service.PlanGrantAsync(target, [.. names.Select(Of)], Token);
        return plan.IsChange ? await service.ApplyAsync(plan, Token) : CiPolicyService.Unchanged(plan);
    }

    /// <summary>Acts once, just before an operation.</summary>
    private void Before(string operation, int time, Action act)
    {
        int seen = 0;
        _box.Before = o => { if (o == operation && ++seen == time) act(); };
    }

    /// <summary>Somebody else's version, in force at once.</summary>
    private void Write(string document)
    {
        if (Versions().Count == 0) Wait(_box.Direct.Iam.CreatePolicyAsync("ci", document, null, Token));
        else Wait(_box.Direct.Iam.CreatePolicyVersionAsync(PolicyArn, document, true, Token));
    }

    private IReadOnlyList<IamPolicyVersion> Versions()
    {
        try { return Wait(_box.Direct.Iam.ListPolicyVersionsAsync(PolicyArn, Token)); }
        catch (PizzaException e) when (e.ErrorId == "NoSuchEntity") { return []; }
    }

    private int[] Numbers => [.. Versions().Select(v => int.Parse(v.VersionId[1..], null)).Order()];

    private string Default => Versions().Single(v => v.IsDefaultVersion).VersionId;

    private string Document => Wait(_box.Direct.Iam.GetPolicyVersionAsync(PolicyArn, Default, Token)).Document!;

    private async Task<bool> IsAttachedAsync()
    {
        await foreach ((_, string arn) in _box.Direct.Iam.ListAttachedRolePoliciesAsync("github-ci", Token))
            if (arn == PolicyArn) return true;
        return false;
    }

    private static T Wait<T>(Task<T> call) => Task.Run(() => call).GetAwaiter().GetResult();

    [Fact(Timeout = Limit)]
    public async Task A_missing_policy_is_created_and_attached()
    {
        CiPolicyGrant grant = (await GrantAsync("api")).Grants.Single();
        Assert.Equal(("v1", ChangeStatus.Created, PolicyArn), (grant.VersionId, grant.Status, grant.PolicyArn));
        Assert.True(await IsAttachedAsync());
    }

    [Fact(Timeout = Limit)]
    public async Task A_policy_that_is_not_attached_gets_attached_without_a_new_version()
    {
        Write(Granted("api"));
        CiPolicyGrant grant = (await GrantAsync("api")).Grants.Single();
        Assert.Equal(("v1", ChangeStatus.Unchanged), (grant.VersionId, grant.Status));
        Assert.True(await IsAttachedAsync());
    }

    [Fact(Timeout = Limit)]
    public async Task Granting_what_is_granted_sends_nothing_that_changes()
    {
        await GrantAsync("api");
        _box.ForgetCalls();
        await GrantAsync("api");
        Assert.DoesNotContain(_box.Calls,
            c => c.StartsWith("Create", StringComparison.Ordinal) || c.StartsWith("Delete", StringComparison.Ordinal)
                || c.StartsWith("Attach", StringComparison.Ordinal));
    }

    [Fact(Timeout = Limit)]
    public async Task Many_repositories_make_one_version()
    {
        Write(Granted("old"));
        CiPolicyOutcome outcome = await GrantAsync("a1", "a2", "a3", "a4");
        Assert.Equal([1, 2], Numbers);
        Assert.All(outcome.Grants, g => Assert.Equal("v2", g.VersionId));
    }

    [Fact(Timeout = Limit)]
    public async Task The_oldest_version_goes_only_when_there_are_five()
    {
        foreach (string name in (string[])["a1", "a2", "a3", "a4"]) await GrantAsync(name);
        Assert.Equal([1, 2, 3, 4], Numbers);
        await GrantAsync("a5");
        Assert.Equal([1, 2, 3, 4, 5], Numbers);
        await GrantAsync("a6");
        Assert.Equal([2, 3, 4, 5, 6], Numbers);
    }

    [Fact(Timeout = Limit)]
    public async Task The_version_in_force_is_never_deleted_even_when_it_is_the_oldest()
    {
        for (int i = 0; i < 5; i++) Write(Granted("old"));
        await _box.Direct.Iam.SetDefaultPolicyVersionAsync(PolicyArn, "v1", Token);
        await GrantAsync("new");
        Assert.Equal([1, 3, 4, 5, 6], Numbers);
        Assert.Equal("v6", Default);
    }

    [Fact(Timeout = Limit)]
    public async Task A_change_between_reading_and_writing_is_built_upon()
    {
        Write(Granted("mine"));
        Before("ListPolicyVersions", 2, () => Write(Granted("mine", "theirs")));
        await GrantAsync("new");
        Assert.All(["mine", "theirs", "new"], name => Assert.True(Allows(Document, name), name));
    }

    [Fact(Timeout = Limit)]
    public async Task A_change_at_the_very_moment_of_writing_comes_back_and_is_told()
    {
        Write(Granted("mine"));
        Before("CreatePolicyVersion", 1, () => Write(Granted("mine", "theirs")));
        CiPolicyOutcome outcome = await GrantAsync("new");
        Assert.All(["mine", "theirs", "new"], name => Assert.True(Allows(Document, name), name));
        Assert.Contains(outcome.Warnings, w => w.Contains("version v2", StringComparison.Ordinal));
        Assert.Equal("v4", outcome.Grants.Single().VersionId);
    }

    [Fact(Timeout = Limit)]
    public async Task A_change_right_after_ours_that_lost_it_gets_it_again()
    {
        Write(Granted("mine"));
        Before("ListPolicyVersions", 3, () => Write(Granted("mine", "theirs")));
        CiPolicyOutcome outcome = await GrantAsync("new");
        Assert.All(["mine", "theirs", "new"], name => Assert.True(Allows(Document, name), name));
        Assert.Equal(ChangeStatus.Created, outcome.Grants.Single().Status);
    }

    [Fact(Timeout = Limit)]
    public async Task A_policy_created_by_another_at_the_same_moment_is_taken()
    {
        Before("CreatePolicy", 1, () => Write(Granted("theirs")));
        await GrantAsync("new");
        Assert.All(["theirs", "new"], name => Assert.True(Allows(Document, name), name));
    }

    [Fact(Timeout = Limit)]
    public async Task Twenty_parallel_grants_of_one_process_leave_twenty()
    {
        string[] names = [.. Enumerable.Range(1, 20).Select(i => $"repo-{i}")];
        await Task.WhenAll(names.Select(name => Task.Run(() => GrantAsync(name), Token)));
        Assert.All(names, name => Assert.True(Allows(Document, name), name));
    }

    [Fact(Timeout = Limit)]
    public async Task When_something_else_is_there_than_was_sent_the_version_before_is_in_force_again()
    {
        Write(Granted("mine"));
        _box.Rewrite = body => body.Replace("ecr%3APutImage", "ecr%3AGetImage", StringComparison.Ordinal);
        PizzaException e = await Assert.ThrowsAsync<PizzaException>(() => GrantAsync("new"));
        Assert.Equal("PolicyNotAsWritten", e.ErrorId);
        Assert.Equal("v1", Default);
    }

    [Fact(Timeout = Limit)]
    public async Task A_new_policy_that_cannot_be_attached_is_taken_away_again()
    {
        _box.Sandbox.SetFault(new() { Operation = "AttachRolePolicy", Error = "LimitExceeded" });
        Assert.Equal("LimitExceeded", (await Assert.ThrowsAsync<PizzaException>(() => GrantAsync("new"))).ErrorId);
        Assert.Empty(Numbers);
    }

    [Theory(Timeout = Limit)]
    [InlineData("nobody", "ci", null, "NoSuchEntity")]
    [InlineData("github-ci", "bad name", null, "InvalidPolicyName")]
    [InlineData("github-ci", "ci", "arn:aws:iam::aws:policy/ReadOnlyAccess", "AwsManagedPolicy")]
    [InlineData("github-ci", "ci", "arn:aws:iam::210987654321:policy/ci", "ForeignPolicy")]
    [InlineData("github-ci", "ci", "ci", "ForeignPolicy")]
    [InlineData("github-ci", "ci", "arn:aws:iam::123456789012:policy/none", "NoSuchEntity")]
    public async Task A_target_that_cannot_be_is_refused_before_anything_is_written(string role, string policy, string? arn, string error)
    {
        Assert.Equal(error,
            (await Assert.ThrowsAsync<PizzaException>(() => GrantAsync(new CiPolicyTarget(role, policy, arn), "api"))).ErrorId);
        Assert.Empty(Numbers);
    }

    [Fact(Timeout = Limit)]
    public async Task Revoking_from_a_policy_that_is_missing_says_so()
    {
        CiPolicyService service = new(_box.Aws.Iam);
        PizzaException e =
            await Assert.ThrowsAsync<PizzaException>(() =>
                service.PlanRevokeAsync(new("github-ci", "ci", null), [Of("api")], false, Token));
        Assert.Equal("NoSuchEntity", e.ErrorId);
        Assert.Contains("-PolicyName", e.Message, StringComparison.Ordinal);
    }
}
