namespace JwtPizza.Ecr.Sandbox.Http;

/// <summary>One protocol of the sandbox.</summary>
internal interface IDoor
{
    /// <summary>What the requests that it takes are called in faults and in the call log: <c>ecr:PutImage</c>.</summary>
    IEnumerable<string> Operations { get; }

    /// <summary>Whether the request speaks this protocol. The first door that says so gets it.</summary>
    bool Takes(IExchange exchange);

    /// <summary>Answers the request, errors included.</summary>
    Task AnswerAsync(IExchange exchange, CancellationToken cancellationToken);
}
