namespace JwtPizza.Ecr;

/// <summary>A fault that is set in the sandbox.</summary>
public sealed record StandingFault
{
    /// <summary>Which calls: an operation, with <c>*</c> and <c>?</c>, of any service, or of one: <c>iam:Get*</c>.</summary>
    public required string Operation { get; init; }

    /// <summary>The error code of the answer; null for the one that goes with <see cref="Status"/>.</summary>
    public string? Error { get; init; }

    /// <summary>The HTTP status of the answer; null for the one that goes with <see cref="Error"/>.</summary>
    public int? Status { get; init; }

    /// <summary>Whether the connection is closed in place of an answer.</summary>
    public bool DropConnection { get; init; }

    /// <summary>Whether the call is carried out, and the connection closed in place of an answer.</summary>
    public bool DropAnswer { get; init; }

    /// <summary>How long the sandbox waits before the answer or the error.</summary>
    public double LatencySeconds { get; init; }

    /// <summary>How many calls it strikes before it is over; null for no end.</summary>
    public int? Count { get; init; }

    /// <summary>The share of the calls that it strikes, over 0 and up to 1.</summary>
    public double Share { get; init; } = 1;

    /// <summary>The seed that selects the calls for <see cref="Share"/>.</summary>
    public int Seed { get; init; }

    /// <summary>How many calls it has struck so far.</summary>
    public int Struck { get; init; }

    /// <summary>The operation.</summary>
    public override string ToString() => Operation;
}
