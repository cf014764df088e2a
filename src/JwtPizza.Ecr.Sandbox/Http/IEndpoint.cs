namespace JwtPizza.Ecr.Sandbox.Http;

/// <summary>One protocol of the sandbox.</summary>
internal interface IEndpoint
{
    /// <summary>What the requests that it takes are called in faults and in the call log: <c>ecr:PutImage</c>.</summary>
    IEnumerable<string> Operations { get; }

    /// <summary>Whether the request speaks this protocol. The first endpoint that says so gets it.</summary>
    bool Takes(Exchange exchange);

    /// <summary>Answers the request, errors included.</summary>
    Task AnswerAsync(Exchange exchange, CancellationToken cancellationToken);
}
