namespace JwtPizza.Ecr.Sandbox.Http;

/// <summary>One protocol of the sandbox.</summary>
internal interface IDoor
{
    /// <summary>Whether the request speaks this protocol. The first door that says so gets it.</summary>
    bool Takes(IExchange exchange);

    /// <summary>Answers the request, errors included.</summary>
    Task AnswerAsync(IExchange exchange, CancellationToken cancellationToken);
}
