using System.Text.Json.Serialization;

namespace JwtPizza.Ecr.Services.Docker;

/// <summary>A record of <c>--progress=rawjson</c>: what changed since the one before.
/// https://github.com/moby/buildkit/blob/master/client/graph.go</summary>
internal sealed record SolveStatus
{
    public IReadOnlyList<Vertex>? Vertexes { get; init; }
    public IReadOnlyList<VertexStatus>? Statuses { get; init; }
    public IReadOnlyList<VertexLog>? Logs { get; init; }
    public IReadOnlyList<VertexWarning>? Warnings { get; init; }
}

/// <summary>A step of the build.</summary>
internal sealed record Vertex(string Digest, string Name, DateTimeOffset? Started, DateTimeOffset? Completed, bool Cached, string? Error);

/// <summary>A count within a step: bytes of a layer, of the build directory.</summary>
internal sealed record VertexStatus(string Id, string Vertex, long Current, long Total, DateTimeOffset? Completed);

/// <summary>What a step printed: several lines or a part of one; stream 1 or 2.</summary>
internal sealed record VertexLog(string Vertex, int Stream, byte[]? Data);

/// <summary>What the Dockerfile's linter says.</summary>
internal sealed record VertexWarning(
    string? Vertex, byte[]? Short, IReadOnlyList<byte[]>? Detail, string? Url, VertexSource? SourceInfo, IReadOnlyList<VertexRange>? Range);

internal sealed record VertexSource(string? Filename);

internal sealed record VertexRange(VertexPosition? Start);

internal sealed record VertexPosition(int Line);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(SolveStatus))]
internal sealed partial class SolveStatusJson : JsonSerializerContext;
