using System.Text.Json.Nodes;
using JwtPizza.Ecr.Sandbox.Enforcement;

namespace JwtPizza.Ecr.Sandbox.Http;

/// <summary>What AWS answers instead of a result. The endpoint that the call came through renders it as JSON or XML.</summary>
/// <param name="code">AWS's name of the error, for example <c>RepositoryNotFoundException</c> or <c>NoSuchEntity</c>.</param>
/// <param name="message">AWS's sentence.</param>
/// <param name="status">The HTTP status.</param>
internal sealed class ApiError(string code, string message, int status = 400) : Exception(message)
{
    public string Code { get; } = code;

    public int Status { get; } = status;

    /// <summary>What the policies say, where they refuse; the client does not see it.</summary>
    public Explanation? Why { get; init; }

    /// <summary>Members that the error's shape has besides its message (JSON protocols only).</summary>
    public JsonObject? Members { get; init; }
}
