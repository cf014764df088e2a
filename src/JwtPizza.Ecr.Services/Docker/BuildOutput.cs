namespace JwtPizza.Ecr.Services.Docker;

/// <summary>Where a build leaves its image.</summary>
internal sealed record BuildOutput
{
    private BuildOutput(string argument) => Argument = argument;

    /// <summary>In the registry that its tags name.</summary>
    public static BuildOutput Registry { get; } = new("--push");

    /// <summary>In the builder's cache only: it is built to learn its digest.</summary>
    public static BuildOutput Cache { get; } = new("--output=type=image,push=false");

    /// <summary>In docker's own store.</summary>
    public static BuildOutput Store { get; } = new("--load");

    /// <summary>What docker is told.</summary>
    public string Argument { get; }

    /// <summary>In a file on this machine, in the OCI image layout.</summary>
    /// <param name="path">The file.</param>
    public static BuildOutput File(string path) => new($"--output={OptionFields.Join([("type", "oci"), ("dest", path)])}");
}
