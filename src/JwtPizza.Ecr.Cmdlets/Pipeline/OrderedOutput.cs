namespace JwtPizza.Ecr.Cmdlets.Pipeline;

/// <summary>
/// What several works write, in the order in which they were begun: that of the first leaves at once, that of the others when their turn
/// comes. Used on the pipeline's thread only.
/// </summary>
internal sealed class OrderedOutput
{
    private readonly OrderedOutput? _parent;
    private readonly Queue<object> _waiting = new();   // an Action that writes, or the output of a work
    private bool _ended;

    public OrderedOutput() { }

    private OrderedOutput(OrderedOutput parent) => _parent = parent;

    /// <summary>How many works have begun whose output has not left yet.</summary>
    public int Count { get; private set; }

    /// <summary>Whether what is written leaves at once.</summary>
    public bool IsTurn =>
        _waiting.Count == 0 && (_parent is null || (_parent._waiting.TryPeek(out object? first) && ReferenceEquals(first, this)));

    /// <summary>The output of the work that begins now; also of one that another work begins.</summary>
    public OrderedOutput Begin()
    {
        if (_parent is not null) return _parent.Begin();
        OrderedOutput output = new(this);
        _waiting.Enqueue(output);
        Count++;
        return output;
    }

    /// <summary>Writes now, or when it is this work's turn; what comes after its end is its parent's.</summary>
    public void Write(Action write)
    {
        if (_ended) _parent!.Write(write);
        else if (IsTurn) write();
        else _waiting.Enqueue(write);
    }

    /// <summary>The work has ended: the next has its turn.</summary>
    public void End()
    {
        _ended = true;
        _parent!.Advance();
    }

    private void Advance()
    {
        while (_waiting.TryPeek(out object? first))
        {
            if (first is OrderedOutput { _ended: false } running)
            {
                running.Release();
                return;
            }
            if (first is OrderedOutput ended)
            {
                ended.Release();
                _waiting.Dequeue();
                Count--;
            }
            else
            {
                _waiting.Dequeue();
                ((Action)first)();
            }
        }
    }

    private void Release()
    {
        while (_waiting.TryDequeue(out object? write)) ((Action)write)();
    }
}
