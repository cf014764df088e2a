using System.Text.Json.Nodes;

namespace JwtPizza.Ecr.Sandbox.Http;

/// <summary>A service of AWS's JSON 1.1 protocol. ECR is one.</summary>
internal interface IJsonApi : IService<JsonCall>
{
    /// <summary>What stands before the operation in <c>X-Amz-Target</c>.</summary>
    string TargetPrefix { get; }

    /// <summary>Runs an operation and answers its output.</summary>
    /// <exception cref="ApiError">What AWS would refuse; <see cref="JsonCall.Unknown"/> for an operation that is not supported.</exception>
    Task<JsonObject> CallAsync(JsonCall call, CancellationToken cancellationToken);
}

/// <summary>A call of the JSON protocol.</summary>
/// <param name="Operation">For example <c>DescribeImages</c>.</param>
/// <param name="Input">The operation's input.</param>
/// <param name="Caller">Who calls.</param>
internal sealed record JsonCall(string Operation, JsonArguments Input, Caller Caller)
{
    /// <summary>The error for an operation that the sandbox does not have.</summary>
    public ApiError Unknown() => new("UnknownOperationException", $"The sandbox does not support the operation {Operation}.");
}
