using JwtPizza.Ecr.Services.Aws;
using JwtPizza.Ecr.Tests.Support;
using static JwtPizza.Ecr.Tests.Aws.Reading;

namespace JwtPizza.Ecr.Tests.Aws;

/// <summary>Networks that hang, break or are not there, and users who have had enough.</summary>
public sealed class NetworkTests
{
    [Fact]
    public async Task An_answer_that_breaks_off_is_asked_for_again_when_nothing_was_changed()
    {
        await using ScriptedServer server = new(Answer.Json(Empty) with { Missing = 100 }, Answer.Json(Empty));
        await ReadAsync(server);
        Assert.Equal(2, server.Requests.Count);
    }

    [Fact]
    public async Task Dropped_connections_are_not_dialled_for_ever()
    {
        await using ScriptedServer server = new(Answer.Drop);
        PizzaException e = await FailAsync(server);
        Assert.Equal(("ServiceUnreachable", PizzaErrorKind.Unavailable), (e.ErrorId, e.Kind));
        Assert.InRange(server.Requests.Count, 3, 5);
    }

    [Fact]
    public async Task A_connection_that_went_stale_is_replaced_unseen()
    {
        await using ScriptedServer server = new((_, i) => Answer.Json(Empty) with { ThenDrop = i == 0 });
        using AwsSession session = Sessions.Open(server);
        await Sessions.ListAsync(session.Ecr.DescribeRepositoriesAsync(null, Sessions.Soon));
        await Sessions.ListAsync(session.Ecr.DescribeRepositoriesAsync(null, Sessions.Soon));
        Assert.Equal(2, server.Connections);
    }

    [Fact]
    public async Task Nobody_at_home_is_told_with_the_address()
    {
        ScriptedServer server = new(Answer.Drop);
        string url = server.Url;
        await server.DisposeAsync();
        using AwsSession session = AwsSession.Open(Sessions.Options(url));
        PizzaException e = await Assert.ThrowsAsync<PizzaException>(() => session.Sts.GetCallerIdentityAsync(Sessions.Soon));
        Assert.Equal("ServiceUnreachable", e.ErrorId);
        Assert.Contains(url, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hung_server_is_left_after_three_bounded_attempts()
    {
        await using ScriptedServer server = new(Answer.Hang);
        using AwsSession session = AwsSession.Open(Sessions.Options(server.Url), TimeSpan.FromSeconds(3));
        PizzaException e = await Assert.ThrowsAsync<PizzaException>(() => session.Sts.GetCallerIdentityAsync(Sessions.Soon));
        Assert.Equal(("ServiceUnreachable", 3), (e.ErrorId, server.Requests.Count));
        Assert.Contains("did not answer", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_hangs_in_the_middle_of_its_answer_is_left_as_well()
    {
        await using ScriptedServer server = new(Answer.Json("{") with { Missing = 100, Delay = TimeSpan.Zero, ThenHang = true });
        using AwsSession session = AwsSession.Open(Sessions.Options(server.Url), TimeSpan.FromSeconds(3));
        PizzaException e =
            await Assert.ThrowsAsync<PizzaException>(() =>
                session.Ecr.CreateRepositoryAsync("team/api", new RepositorySettings(), Sessions.Soon));
        // and a look whether it was done
        Assert.Equal(("InvalidResponse", 1), (e.ErrorId, server.Requests.Count(r => r.Operation == "CreateRepository")));
    }

    [Fact]
    public async Task Cancelling_ends_a_hung_call_at_once_and_stays_a_cancellation()
    {
        await CancelAsync(Answer.Hang);
        await CancelAsync(Answer.Json("{") with { Missing = 100, ThenHang = true });
    }

    private static async Task CancelAsync(Answer hang)
    {
        using CancellationTokenSource stop = new();
        await using ScriptedServer server = new((_, _) => { stop.CancelAfter(100); return hang; });
        using AwsSession session = AwsSession.Open(Sessions.Options(server.Url), Hang.Limit);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => session.Ecr.GetAuthorizationTokenAsync(stop.Token));
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task Cancelling_ends_the_wait_between_two_attempts()
    {
        using CancellationTokenSource stop = new();
        await using ScriptedServer server = new((_, i) => { if (i == 1)
            stop.CancelAfter(20); return Answer.Error("ThrottlingException"); });
        using AwsSession session = Sessions.Open(server);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => session.Ecr.GetAuthorizationTokenAsync(stop.Token));
    }

    [Fact]
    public async Task Five_sessions_in_a_row_share_one_connection()
    {
        await using ScriptedServer server = new(Answer.Json(Empty));
        for (int i = 0; i < 5; i++) await ReadAsync(server);
        Assert.Equal((5, 1), (server.Requests.Count, server.Connections));
    }
}
