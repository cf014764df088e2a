using System.Diagnostics;
using JwtPizza.Ecr.Sandbox.Enforcement;
using JwtPizza.Ecr.Sandbox.Http;

namespace JwtPizza.Ecr.Sandbox.Watching;

/// <summary>One call on its way through the sandbox. The endpoint says what it is; the web server says how it ended.</summary>
/// <param name="watch">Where it is noted.</param>
/// <param name="request">What to call it while no endpoint has said: method and path.</param>
/// <param name="requestId">What the client knows it by.</param>
internal sealed class CallTrace(Watch watch, string request, string requestId)
{
    private const int MaxName = 200;
    private readonly long _number = watch.NextNumber(), _started = Stopwatch.GetTimestamp();
    private readonly DateTimeOffset _time = watch.Clock.GetUtcNow();
    private string _service = "http", _operation = Short(request);
    private IReadOnlyDictionary<string, object?> _parameters = Redaction.Empty();
    private string? _accessKey;
    private int _ended;
    private bool _dropsAnswer;

    /// <summary>The region that the call is for.</summary>
    public string? Region { get; set; }

    /// <summary>The code of the error that the endpoint answers with.</summary>
    public string? ErrorCode { get; set; }

    /// <summary>What the policies say, where they refuse it.</summary>
    public Explanation? Why { get; set; }

    public void Describe(string service, string operation, Caller? caller, IReadOnlyDictionary<string, object?> parameters)
    {
        (_service, _operation, _parameters) = (Short(service), Short(operation), parameters);
        (_accessKey, Region) = (caller?.AccessKey, caller?.Region);
    }

    /// <summary>Lets the faults that are set for this call strike.</summary>
    /// <param name="refusal">A fault as an error of the protocol.</param>
    /// <param name="cancellationToken">Ends a latency.</param>
    public async Task MeetFaultsAsync(Func<SandboxFault, Exception> refusal, CancellationToken cancellationToken)
    {
        foreach (SandboxFault fault in watch.Faults.Strike(_service, _operation))
        {
            if (fault.Latency > TimeSpan.Zero) await Task.Delay(fault.Latency, cancellationToken).ConfigureAwait(false);
            if (fault.Refuses) throw refusal(fault);
            if (fault.DropConnection) throw Dropped("ConnectionDropped");
            _dropsAnswer = fault.DropAnswer;
        }
    }

    /// <summary>To be asked when the call was carried out, before it is answered.</summary>
    public void BeforeAnswer()
    {
        if (_dropsAnswer) throw Dropped("AnswerDropped");
    }

    /// <summary>To the web server, nobody is there to tell any more.</summary>
    private IOException Dropped(string code)
    {
        ErrorCode = code;
        return new("The connection is dropped on demand.");
    }

    /// <summary>Leaves the call out of the log.</summary>
    public void Forget() => _ended = 1;

    /// <summary>Notes the call, before the client can know the answer. Only the first end counts.</summary>
    /// <param name="status">The HTTP status; null when no answer is sent.</param>
    public void End(int? status)
    {
        if (Interlocked.Exchange(ref _ended, 1) == 1) return;
        if (Why is not null) watch.Explain(new(requestId, _time, _service, _operation, Region, status, ErrorCode, Why));
        watch.Log.Add(_number, new()
        {
            Time = _time,
            Service = _service,
            Operation = _operation,
            Region = Region,
            AccessKey = _accessKey,
            Parameters = _parameters,
            Status = status,
            ErrorCode = ErrorCode ?? (status is null ? "ConnectionClosed" : null),
            DurationSeconds = Stopwatch.GetElapsedTime(_started).TotalSeconds,
        });
    }

    private static string Short(string name) => name.Length <= MaxName ? name : name[..MaxName] + "…";
}
