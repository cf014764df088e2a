namespace JwtPizza.Ecr.Services.Docker;

/// <summary>The command line of <c>docker buildx build</c>. No secret can be in it: a <see cref="BuildSecret"/> knows only where its secret
/// is.</summary>
internal static class BuildArguments
{
    /// <summary>The arguments.</summary>
    /// <param name="build">What to build.</param>
    /// <param name="references">The names with tags to give the image.</param>
    /// <param name="metadataFile">Where docker leaves the digest.</param>
    /// <param name="output">Where the image goes.</param>
    public static IReadOnlyList<string> Of(BuildRequest build, IEnumerable<string> references, string metadataFile, BuildOutput output) =>
    [
        "buildx", "build",
        "--progress=rawjson",
        "--metadata-file", metadataFile,
        "--platform", string.Join(',', build.Platforms),
        // Without these, newer builders push an index with an untagged unknown/unknown child:
        // https://github.com/docker/build-push-action/issues/755
        build.Provenance ? "--provenance=true" : "--provenance=false",
        "--sbom=false",
        output.Argument,
        .. Each("--tag", references),
        .. One("--file", build.File),
        .. One("--target", build.Target),
        .. One("--builder", build.Builder),
        .. build.NoCache ? ["--no-cache"] : Array.Empty<string>(),
        .. Each("--build-arg", build.BuildArgs.Select(a => a.Value is null ? a.Key : $"{a.Key}={a.Value}")),
        .. Each("--label", build.Labels.Select(l => $"{l.Key}={l.Value}")),
        .. Each("--secret", build.Secrets.Select(s => s.ToString())),
        .. Each("--cache-from", build.CacheFrom.Select(c => c.Value)),
        .. Each("--cache-to", build.CacheTo.Select(c => c.Value)),
        build.Directory,
    ];

    private static IEnumerable<string> Each(string option, IEnumerable<string> values) =>
        values.SelectMany(value => new[] { option, value });

    private static string[] One(string option, string? value) => value is null ? [] : [option, value];
}
