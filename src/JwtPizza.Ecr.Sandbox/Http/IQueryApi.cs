using System.Xml.Linq;

namespace JwtPizza.Ecr.Sandbox.Http;

/// <summary>A service of AWS's Query protocol: form in, XML out. IAM and STS are such.</summary>
internal interface IQueryApi : IService<QueryCall>
{
    /// <summary>What the form's <c>Version</c> says, for example <c>2010-05-08</c>.</summary>
    string Version { get; }

    /// <summary>The namespace of its answers, for example <c>https://iam.amazonaws.com/doc/2010-05-08/</c>.</summary>
    XNamespace Namespace { get; }

    /// <summary>Whether an action needs no credentials, because it brings proof of its own.</summary>
    bool TakesUnsigned(string action);

    /// <summary>
    /// Runs an operation. Answers the children of its <c>…Result</c> element (names without namespace), or null when the operation
    /// has no output.
    /// </summary>
    /// <exception cref="ApiError">What AWS would refuse; <see cref="QueryCall.Unknown"/> for an action that is not supported.</exception>
    Task<IEnumerable<XElement>?> CallAsync(QueryCall call, CancellationToken cancellationToken);
}

/// <summary>A call of the Query protocol.</summary>
/// <param name="Action">For example <c>GetRole</c>.</param>
/// <param name="Parameters">The form's fields, lists flattened as AWS does: <c>ActionNames.member.1</c>.</param>
/// <param name="Caller">Who calls.</param>
internal sealed record QueryCall(string Action, IReadOnlyDictionary<string, string> Parameters, Caller Caller)
{
    /// <summary>The field's value, or null.</summary>
    public string? this[string parameter] => Parameters.GetValueOrDefault(parameter);

    /// <summary>The error for an action that the sandbox does not have.</summary>
    public ApiError Unknown() => new("InvalidAction", $"The action {Action} is not valid for this endpoint.");
}
