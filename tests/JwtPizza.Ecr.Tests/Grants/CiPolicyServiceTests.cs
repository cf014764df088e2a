using JwtPizza.Ecr.Services.Grants;

namespace JwtPizza.Ecr.Tests.Grants;

/// <summary>Two editors of one policy, and other bad days.</summary>
public sealed class CiPolicyServiceTests
{
    private const int Limit = 20_000;
    private readonly RacingStore _iam = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static string Arn(string name) => $"arn:aws:ecr:us-east-1:123456789012:repository/{name}";

    private static CiGrant Of(string name) => CiGrant.For(Arn(name), null, null, "jwt-pizza-ecs");

    private static string Granted(params string[] names) => CiPolicy.Parse("ci", null).Grant(names.Select(Of)).Policy.Document;

    private static bool Allows(string document, string name) => CiPolicy.Parse("ci", document).Statements.Any(s => s.Covers("ecr:PutImage", Arn(name)));

    private Task<CiPolicyOutcome> GrantAsync(params string[] names) => GrantAsync(new CiPolicyTarget("github-ci", "ci", null), names);

    private async Task<CiPolicyOutcome> GrantAsync(CiPolicyTarget target, params string[] names)
    {
        CiPolicyService service = new(_iam, TimeSpan.FromMilliseconds(1));
        CiPolicyPlan plan = await service.PlanGrantAsync(target, [.. names.Select(Of)], Token);
        return plan.IsChange ? await service.ApplyAsync(plan, Token) : CiPolicyService.Unchanged(plan);
    }

    /// <summary>Acts once, just before an operation.</summary>
    private void Before(string operation, int time, Action act)
    {
        int seen = 0;
        _iam.Before = o => { if (o == operation + "Async" && ++seen == time) act(); };
    }

    [Fact(Timeout = Limit)]
    public async Task A_missing_policy_is_created_and_attached()
    {
        CiPolicyGrant grant = (await GrantAsync("api")).Grants.Single();
        Assert.Equal(("v1", GrantStatus.Granted, RacingStore.PolicyArn), (grant.VersionId, grant.Status, grant.PolicyArn));
        Assert.True(_iam.IsAttached);
    }

    [Fact(Timeout = Limit)]
    public async Task A_policy_that_is_not_attached_gets_attached_without_a_new_version()
    {
        _iam.Write(Granted("api"));
        CiPolicyGrant grant = (await GrantAsync("api")).Grants.Single();
        Assert.Equal(("v1", GrantStatus.AlreadyGranted), (grant.VersionId, grant.Status));
        Assert.True(_iam.IsAttached);
    }

    [Fact(Timeout = Limit)]
    public async Task Granting_what_is_granted_sends_nothing_that_changes()
    {
        await GrantAsync("api");
        _iam.Calls.Clear();
        await GrantAsync("api");
        Assert.DoesNotContain(_iam.Calls, c => c.StartsWith("Create", StringComparison.Ordinal) || c.StartsWith("Delete", StringComparison.Ordinal) || c.StartsWith("Attach", StringComparison.Ordinal));
    }

    [Fact(Timeout = Limit)]
    public async Task Many_repositories_make_one_version()
    {
        _iam.Write(Granted("old"));
        CiPolicyOutcome outcome = await GrantAsync("a1", "a2", "a3", "a4");
        Assert.Equal([1, 2], _iam.Versions);
        Assert.All(outcome.Grants, g => Assert.Equal("v2", g.VersionId));
    }

    [Fact(Timeout = Limit)]
    public async Task The_oldest_version_goes_only_when_there_are_five()
    {
        foreach (string name in (string[])["a1", "a2", "a3", "a4"]) await GrantAsync(name);
        Assert.Equal([1, 2, 3, 4], _iam.Versions);
        await GrantAsync("a5");
        Assert.Equal([1, 2, 3, 4, 5], _iam.Versions);
        await GrantAsync("a6");
        Assert.Equal([2, 3, 4, 5, 6], _iam.Versions);
    }

    [Fact(Timeout = Limit)]
    public async Task The_version_in_force_is_never_deleted_even_when_it_is_the_oldest()
    {
        for (int i = 0; i < 5; i++) _iam.Write(Granted("old"));
        await _iam.SetDefaultPolicyVersionAsync(RacingStore.PolicyArn, "v1", Token);
        await GrantAsync("new");
        Assert.Equal([1, 3, 4, 5, 6], _iam.Versions);
        Assert.Equal(6, _iam.Default);
    }

    [Fact(Timeout = Limit)]
    public async Task A_change_between_reading_and_writing_is_built_upon()
    {
        _iam.Write(Granted("mine"));
        Before("ListPolicyVersions", 2, () => _iam.Write(Granted("mine", "theirs")));
        await GrantAsync("new");
        Assert.All(["mine", "theirs", "new"], name => Assert.True(Allows(_iam.Document, name), name));
    }

    [Fact(Timeout = Limit)]
    public async Task A_change_at_the_very_moment_of_writing_comes_back_and_is_told()
    {
        _iam.Write(Granted("mine"));
        Before("CreatePolicyVersion", 1, () => _iam.Write(Granted("mine", "theirs")));
        CiPolicyOutcome outcome = await GrantAsync("new");
        Assert.All(["mine", "theirs", "new"], name => Assert.True(Allows(_iam.Document, name), name));
        Assert.Contains(outcome.Warnings, w => w.Contains("version v2", StringComparison.Ordinal));
        Assert.Equal("v4", outcome.Grants.Single().VersionId);
    }

    [Fact(Timeout = Limit)]
    public async Task A_change_right_after_ours_that_lost_it_gets_it_again()
    {
        _iam.Write(Granted("mine"));
        Before("ListPolicyVersions", 3, () => _iam.Write(Granted("mine", "theirs")));
        CiPolicyOutcome outcome = await GrantAsync("new");
        Assert.All(["mine", "theirs", "new"], name => Assert.True(Allows(_iam.Document, name), name));
        Assert.Equal(GrantStatus.Granted, outcome.Grants.Single().Status);
    }

    [Fact(Timeout = Limit)]
    public async Task A_policy_created_by_another_at_the_same_moment_is_taken()
    {
        Before("CreatePolicy", 1, () => _iam.Write(Granted("theirs")));
        await GrantAsync("new");
        Assert.All(["theirs", "new"], name => Assert.True(Allows(_iam.Document, name), name));
    }

    [Fact(Timeout = Limit)]
    public async Task Twenty_parallel_grants_of_one_process_leave_twenty()
    {
        string[] names = [.. Enumerable.Range(1, 20).Select(i => $"repo-{i}")];
        await Task.WhenAll(names.Select(name => Task.Run(() => GrantAsync(name), Token)));
        Assert.All(names, name => Assert.True(Allows(_iam.Document, name), name));
    }

    [Fact(Timeout = Limit)]
    public async Task An_answer_that_lags_behind_is_waited_for()
    {
        _iam.Write(Granted("mine"));
        _iam.StaleListings = 3;
        CiPolicyOutcome outcome = await GrantAsync("new");
        Assert.Empty(outcome.Warnings);
        Assert.Equal("v2", outcome.Grants.Single().VersionId);
    }

    [Fact(Timeout = Limit)]
    public async Task When_something_else_is_there_than_was_sent_the_version_before_is_in_force_again()
    {
        _iam.Write(Granted("mine"));
        _iam.Keep = document => document.Replace("ecr:PutImage", "ecr:GetImage", StringComparison.Ordinal);
        PizzaException e = await Assert.ThrowsAsync<PizzaException>(() => GrantAsync("new"));
        Assert.Equal("PolicyNotAsWritten", e.ErrorId);
        Assert.Equal(1, _iam.Default);
    }

    [Fact(Timeout = Limit)]
    public async Task A_new_policy_that_cannot_be_attached_is_taken_away_again()
    {
        Before("AttachRolePolicy", 1, () => throw RacingStore.Error("LimitExceeded", PizzaErrorKind.LimitExceeded));
        Assert.Equal("LimitExceeded", (await Assert.ThrowsAsync<PizzaException>(() => GrantAsync("new"))).ErrorId);
        Assert.Empty(_iam.Versions);
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
        Assert.Equal(error, (await Assert.ThrowsAsync<PizzaException>(() => GrantAsync(new CiPolicyTarget(role, policy, arn), "api"))).ErrorId);
        Assert.Empty(_iam.Versions);
    }

    [Fact(Timeout = Limit)]
    public async Task Revoking_from_a_policy_that_is_missing_says_so()
    {
        CiPolicyService service = new(_iam, TimeSpan.FromMilliseconds(1));
        PizzaException e = await Assert.ThrowsAsync<PizzaException>(() => service.PlanRevokeAsync(new("github-ci", "ci", null), [Of("api")], false, Token));
        Assert.Equal("NoSuchEntity", e.ErrorId);
        Assert.Contains("-PolicyName", e.Message, StringComparison.Ordinal);
    }
}
