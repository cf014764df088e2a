namespace JwtPizza.Ecr.Services.Aws;

/// <summary>A call to AWS, as whoever watches calls learns of it.</summary>
/// <param name="Action">Service and operation, as IAM writes them: <c>ecr:DescribeRepositories</c>.</param>
/// <param name="Place">Where it goes.</param>
internal sealed record CallReport(string Action, string Place)
{
    /// <summary>AWS's id of the request, which its support asks for; null when no answer had one.</summary>
    public string? RequestId { get; internal set; }

    /// <summary>AWS's error code, or the kind of trouble on the way; null when the call went well.</summary>
    public string? Error { get; internal set; }
}

/// <summary>Told of each call to AWS as it begins and ends, on whatever thread it runs. Retries of the SDK belong to their call.</summary>
internal interface ICallObserver
{
    /// <summary>A call begins.</summary>
    /// <param name="call">The call.</param>
    void Began(CallReport call);

    /// <summary>It has ended, well or not.</summary>
    /// <param name="call">The same object.</param>
    void Ended(CallReport call);
}
