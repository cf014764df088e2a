namespace JwtPizza.Ecr.Services.Workflows;

/// <summary>A file or folder on its way into a distribution.</summary>
/// <param name="Source">Its path from the source folder, with <c>/</c>.</param>
/// <param name="Target">Its path within the distribution, with <c>/</c>.</param>
/// <param name="Real">Where it really is, with all links followed.</param>
/// <param name="IsFolder">Whether it is a folder.</param>
internal sealed record DistEntry(string Source, string Target, string Real, bool IsFolder);
