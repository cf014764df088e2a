namespace JwtPizza.Ecr.Sandbox;

/// <summary>Trouble that the sandbox makes on demand, so that a script can be seen to bear it.</summary>
public sealed record SandboxFault
{
    /// <summary>Which calls: an operation, with <c>*</c> and <c>?</c>, of any service, or of one: <c>iam:Get*</c>. Case does not
    /// count.</summary>
    public required string Operation { get; init; }

    /// <summary>The error code to answer with, for example <c>ThrottlingException</c>; null for the one that goes with
    /// <see cref="Status"/>.</summary>
    public string? Error { get; init; }

    /// <summary>The HTTP status to answer with, 400 to 599; null for the one that goes with <see cref="Error"/>.</summary>
    public int? Status { get; init; }

    /// <summary>Close the connection instead of answering.</summary>
    public bool DropConnection { get; init; }

    /// <summary>Carry the call out, and close the connection instead of answering.</summary>
    public bool DropAnswer { get; init; }

    /// <summary>How long to wait before the answer, or before the error; at most 10 minutes.</summary>
    public TimeSpan Latency { get; init; }

    /// <summary>How many calls it strikes before it is over; null for no end.</summary>
    public int? Count { get; init; }

    /// <summary>The share of the calls that it strikes, over 0 and up to 1.</summary>
    public double Share { get; init; } = 1;

    /// <summary>Where <see cref="Share"/> throws its dice from: the same seed strikes the same calls of a run.</summary>
    public int Seed { get; init; }

    /// <summary>Whether it ends the call with an error.</summary>
    internal bool Refuses => Error is not null || Status is not null;

    /// <summary>Whether the client gets no proper answer, so that no further fault can strike.</summary>
    internal bool EndsCall => Refuses || DropConnection || DropAnswer;
}
