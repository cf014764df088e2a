using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;

namespace JwtPizza.Ecr.Sandbox.Watching;

/// <summary>The last events, as Amazon EventBridge gets them from ECR, for those who wait for one.</summary>
internal sealed class EventFeed
{
    private const int Limit = 1000;
    private readonly Queue<(long Number, JsonObject Event)> _events = new();
    private readonly object _gate = new();
    private TaskCompletionSource _news = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _number;
    private bool _isOver;

    public void Publish(JsonObject happened)
    {
        TaskCompletionSource news;
        lock (_gate)
        {
            _events.Enqueue((++_number, happened));
            if (_events.Count > Limit) _events.Dequeue();
            (news, _news) = (_news, new(TaskCreationOptions.RunContinuationsAsynchronously));
        }
        news.TrySetResult();
    }

    /// <summary>Ends for all who follow.</summary>
    public void Close()
    {
        TaskCompletionSource news;
        lock (_gate) (_isOver, news) = (true, _news);
        news.TrySetResult();
    }

    /// <summary>The events after a number that are still known.</summary>
    public IReadOnlyList<(long Number, JsonObject Event)> After(long number)
    {
        lock (_gate) return [.. _events.Where(e => e.Number > number)];
    }

    /// <summary>The events after a number, and those that will come.</summary>
    public async IAsyncEnumerable<(long Number, JsonObject Event)> FollowAsync(
        long number, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            Task news;
            bool isOver;
            lock (_gate)
            {
                (news, isOver) = (_news.Task, _isOver);
                if (number > _number) number = 0;   // the number is of a feed that was forgotten
            }
            foreach ((long Number, JsonObject Event) happened in After(number))
            {
                yield return happened;
                number = happened.Number;
            }
            if (isOver) yield break;
            await news.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
