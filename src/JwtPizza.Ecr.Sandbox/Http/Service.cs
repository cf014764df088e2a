using System.Text.Json.Nodes;
using System.Xml.Linq;

namespace JwtPizza.Ecr.Sandbox.Http;

/// <summary>A service of AWS: the table of its operations.</summary>
/// <param name="name">Its short name, as in permissions, faults and the call log: <c>ecr</c>.</param>
/// <param name="operations">A row for each operation.</param>
internal abstract class Service<TCall, TAnswer>(string name, IReadOnlyList<Operation<TCall, TAnswer>> operations)
{
    private readonly Dictionary<string, Operation<TCall, TAnswer>> _byName = operations.ToDictionary(o => o.Name, StringComparer.Ordinal);

    public string Name => name;

    /// <summary>In the order of the table.</summary>
    public IReadOnlyList<Operation<TCall, TAnswer>> Operations => operations;

    /// <summary>The names of the operations, with the service before them: <c>ecr:PutImage</c>.</summary>
    public IEnumerable<string> Names => operations.Select(o => $"{name}:{o.Name}");

    public Operation<TCall, TAnswer>? Find(string operation) => _byName.GetValueOrDefault(operation);
}

/// <summary>A service of AWS's JSON 1.1 protocol. ECR is one.</summary>
/// <param name="name">Its short name.</param>
/// <param name="targetPrefix">What stands before the operation in <c>X-Amz-Target</c>.</param>
/// <param name="operations">A row for each operation.</param>
internal sealed class JsonService(string name, string targetPrefix, IReadOnlyList<Operation<JsonCall, JsonObject>> operations)
    : Service<JsonCall, JsonObject>(name, operations)
{
    public string TargetPrefix => targetPrefix;
}

/// <summary>A call of the JSON protocol.</summary>
/// <param name="Operation">For example <c>DescribeImages</c>.</param>
/// <param name="Input">The operation's input.</param>
/// <param name="Caller">Who calls.</param>
internal sealed record JsonCall(string Operation, JsonArguments Input, Caller Caller);

/// <summary>A service of AWS's Query protocol: form in, XML out. IAM and STS are such.</summary>
/// <param name="name">Its short name.</param>
/// <param name="version">What the form's <c>Version</c> says, for example <c>2010-05-08</c>.</param>
/// <param name="operations">
/// A row for each operation. It answers the children of its <c>…Result</c> element (names without namespace), or null when the
/// operation has no output.
/// </param>
internal sealed class QueryService(string name, string version, IReadOnlyList<Operation<QueryCall, IEnumerable<XElement>?>> operations)
    : Service<QueryCall, IEnumerable<XElement>?>(name, operations)
{
    public string Version => version;

    /// <summary>The namespace of its answers.</summary>
    public XNamespace Namespace { get; } = $"https://{name}.amazonaws.com/doc/{version}/";
}

/// <summary>A call of the Query protocol.</summary>
/// <param name="Action">For example <c>GetRole</c>.</param>
/// <param name="Parameters">The form's fields, lists flattened as AWS does: <c>ActionNames.member.1</c>.</param>
/// <param name="Caller">Who calls.</param>
internal record QueryCall(string Action, IReadOnlyDictionary<string, string> Parameters, Caller Caller)
{
    /// <summary>The field's value, or null.</summary>
    public string? this[string parameter] => Parameters.GetValueOrDefault(parameter);
}
