namespace JwtPizza.Ecr.Cmdlets.Pipeline;

/// <summary>
/// How many works go on at once. When AWS throttles, half as many do from then on, and with each that ends well some more again. Used on
/// the pipeline's thread only.
/// </summary>
internal sealed class WorkWindow
{
    /// <summary>Works that have ended wait until the first is done: so many times the size are held, and no more, however many there
    /// are.</summary>
    private const int Held = 4;

    private readonly Queue<TaskCompletionSource> _waiting = new();
    private readonly int _most;
    private int _running, _settling, _well, _narrowings;

    /// <param name="size">At most so many.</param>
    public WorkWindow(int size) => Size = _most = size;

    /// <summary>How many may go on now.</summary>
    public int Size { get; private set; }

    /// <summary>Waits until one more may begin.</summary>
    /// <param name="output">Where the works write.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task EnterAsync(OrderedOutput output, CancellationToken cancellationToken)
    {
        while (_running >= Size || output.Count >= Held * _most)
        {
            TaskCompletionSource free = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Enqueue(free);
            await free.Task.WaitAsync(cancellationToken);
        }
        cancellationToken.ThrowIfCancellationRequested();
        _running++;
    }

    /// <summary>A work has ended, and its output may have left.</summary>
    public void Leave()
    {
        _running--;
        if (_settling > 0) _settling--;
        else if (Size < _most && ++_well >= Size) (Size, _well) = (Size + 1, 0);
        while (_waiting.TryDequeue(out TaskCompletionSource? next)) next.TrySetResult();
    }

    /// <summary>How often it has been narrowed; -1 while works go on that had begun before, whose throttling says nothing new. Read from
    /// any thread.</summary>
    public int Narrowings => Volatile.Read(ref _settling) > 0 ? -1 : Volatile.Read(ref _narrowings);

    /// <summary>AWS throttles. What had begun before the window was narrowed last may be throttled as well, and narrows it no
    /// further.</summary>
    /// <param name="narrowings">What <see cref="Narrowings"/> was when AWS throttled.</param>
    /// <returns>Whether the window is narrower now.</returns>
    public bool Narrow(int narrowings)
    {
        if (narrowings != _narrowings || _settling > 0 || Size == 1) return false;
        (Size, _settling, _well) = (Math.Max(1, Size / 2), _running, 0);
        _narrowings++;
        return true;
    }
}
