using System.Globalization;
using System.IO.Enumeration;
using System.Text.RegularExpressions;

namespace JwtPizza.Ecr.Sandbox.Watching;

/// <summary>The faults that are set, and which of them strike a call.</summary>
/// <param name="operations">Those that a fault can be set for.</param>
internal sealed partial class Faults(OperationNames operations)
{
    private static readonly TimeSpan s_longest = TimeSpan.FromMinutes(10);
    private readonly object _gate = new();
    private readonly List<Standing> _standing = [];

    private sealed class Standing(SandboxFault fault)
    {
        private readonly Random _dice = new(fault.Seed);

        public SandboxFault Fault => fault;

        public int Struck { get; private set; }

        public StandingFault Describe() => new()
        {
            Operation = fault.Operation, Error = fault.Error, Status = fault.Status, DropConnection = fault.DropConnection,
            DropAnswer = fault.DropAnswer, LatencySeconds = fault.Latency.TotalSeconds, Count = fault.Count, Share = fault.Share,
            Seed = fault.Seed, Struck = Struck,
        };

        public bool Strikes()
        {
            if (Struck >= fault.Count || (fault.Share < 1 && _dice.NextDouble() >= fault.Share)) return false;
            Struck++;
            return true;
        }
    }

    /// <summary>Sets a fault; one of the same operations goes.</summary>
    /// <exception cref="PizzaException"><c>InvalidFault</c>, <c>UnknownOperation</c>.</exception>
    public void Set(SandboxFault fault)
    {
        Check(fault);
        if (!operations.Know(fault.Operation)) throw operations.Unknown(fault.Operation);
        lock (_gate)
        {
            _standing.RemoveAll(s => s.Fault.Operation.Equals(fault.Operation, StringComparison.OrdinalIgnoreCase));
            _standing.Add(new(fault));
        }
    }

    /// <summary>Those that are set, in the order in which they were, with the number of calls that each has struck.</summary>
    public IReadOnlyList<StandingFault> All
    {
        get { lock (_gate) return [.. _standing.Select(s => s.Describe())]; }
    }

    /// <summary>Takes away the faults whose operation fits a pattern.</summary>
    /// <returns>A line for each, with the number of calls it struck.</returns>
    public IReadOnlyList<string> Remove(string pattern)
    {
        lock (_gate)
        {
            List<Standing> going = _standing.FindAll(s => FileSystemName.MatchesSimpleExpression(pattern, s.Fault.Operation));
            _standing.RemoveAll(going.Contains);
            return [.. going.Select(s =>
                string.Create(CultureInfo.InvariantCulture, $"The fault of {s.Fault.Operation} is gone; it struck {s.Struck} calls."))];
        }
    }

    /// <summary>The faults that strike this call: those that only delay, and at most one that ends it, the last.</summary>
    public IReadOnlyList<SandboxFault> Strike(string service, string operation)
    {
        lock (_gate)
        {
            List<SandboxFault> striking = [];
            foreach (Standing standing in _standing.Where(s => OperationNames.Fits(s.Fault.Operation, service, operation)))
            {
                if (!standing.Strikes()) continue;
                striking.Add(standing.Fault);
                if (standing.Fault.EndsCall) break;
            }
            return striking;
        }
    }

    private static void Check(SandboxFault fault)
    {
        if (!OperationPattern().IsMatch(fault.Operation))
            throw Wrong(fault.Operation,
                "is not an operation: give a name like PutImage, with * and ? if you like, and a service before it if you like (iam:Get*)");
        if (fault.Error is { } error && !ErrorCode().IsMatch(error))
            throw Wrong(error, "is not an error code: give a name like ThrottlingException");
        if (fault.Status is < 400 or > 599) throw Wrong(fault.Status, "is not the HTTP status of an error: give 400 to 599");
        if (fault.Latency < TimeSpan.Zero || fault.Latency > s_longest)
            throw Wrong(fault.Latency, "is not a latency: give 0 to 10 minutes");
        if (fault.Count < 1) throw Wrong(fault.Count, "is not a number of calls: give 1 or more");
        if (!(fault.Share is > 0 and <= 1)) throw Wrong(fault.Share, "is not a share of the calls: give more than 0 and up to 1");
        if ((fault.DropConnection || fault.DropAnswer) && fault.Refuses)
            throw Wrong(fault.Operation,
                "would be answered with an error on a dropped connection: give DropConnection alone, DropAnswer alone, or Error and " +
                "Status");
        if (fault.DropConnection && fault.DropAnswer)
            throw Wrong(fault.Operation, "would be carried out and not: give DropConnection, or DropAnswer");
        if (!fault.EndsCall && fault.Latency == TimeSpan.Zero)
            throw Wrong(fault.Operation, "would meet no trouble: give Error, Status, DropConnection, DropAnswer or Latency");
    }

    private static PizzaException Wrong(object? value, string why) =>
        new("InvalidFault", PizzaErrorKind.InvalidArgument, string.Create(CultureInfo.InvariantCulture, $"'{value}' {why}."), value);

    [GeneratedRegex(@"\A(?:[a-z*?-]{1,32}:)?[A-Za-z*?]{1,128}\z", RegexOptions.CultureInvariant)]
    private static partial Regex OperationPattern();

    [GeneratedRegex(@"\A[A-Za-z][A-Za-z0-9._]{0,127}\z", RegexOptions.CultureInvariant)]
    private static partial Regex ErrorCode();
}
