namespace JwtPizza.Ecr.Services.Docker;

/// <summary>Judges what a builder can do, from what its nodes say and what this machine's kernel can emulate.</summary>
internal static class BuilderAssessment
{
    public static PizzaBuilder Of(PizzaBuilder builder, IReadOnlyList<Platform> platforms, Binfmt binfmt, bool severalAtOnce)
    {
        Dictionary<string, PlatformSupport> support = platforms.Distinct().ToDictionary(p => p.ToString(), p => Best(builder, p, binfmt));
        List<string> missing =
            [.. builder.Nodes.Where(n => n.Error is not null)
                .Select(n => $"The node {n} cannot be used: {n.Error!.TrimEnd('.')}. Start it, or take it out with 'docker buildx " +
                    $"create --name {builder.Builder} --leave --node {n.Name}'.")];
        foreach ((string platform, PlatformSupport how) in support)
            if (how == PlatformSupport.CopyOnly) missing.Add(Remedy(builder, platform));
        if (!severalAtOnce)
            missing.Add(
                $"'{builder.Builder}' is docker itself, which builds for one platform at a time with its classic image store. " +
                "Turn on the containerd image store, or create another builder: Initialize-PizzaBuilder pizza -Create.");
        return builder with { Platform = support, Missing = [.. missing] };
    }

    private static string Remedy(PizzaBuilder builder, string platform) =>
        $"{platform}: no node of '{builder.Builder}' runs its programs, so a step with RUN would end with 'exec format error'. " +
        (builder.Nodes.Any(IsHere)
            ? "Install the emulator: Initialize-PizzaBuilder" + (builder.Driver == "docker" ? "" : $" {builder.Builder}")
                + $" -Platform {platform} -InstallEmulation. " : "") +
        $"Or add a machine of that kind: Initialize-PizzaBuilder {(builder.Driver == "docker" ? "pizza" : builder.Builder)} -Create " +
        $"-Node @{{ Endpoint = 'ssh://USER@HOST'; Platform = '{platform}' }}.";

    private static PlatformSupport Best(PizzaBuilder builder, Platform platform, Binfmt binfmt) =>
        builder.Nodes.Where(n => n.Error is null).Select(n => Of(n, platform, binfmt)).DefaultIfEmpty(PlatformSupport.CopyOnly).MinBy(Rank);

    // A node that is not known yet may do better than one that can only copy.
    private static int Rank(PlatformSupport support) =>
        support switch { PlatformSupport.Native => 0, PlatformSupport.Emulated => 1, PlatformSupport.Unknown => 2, _ => 3 };

    private static PlatformSupport Of(BuilderNode node, Platform platform, Binfmt binfmt)
    {
        // whoever fixed it said that this is the node for it
        if (node.FixedPlatform.Any(p => Is(p, platform))) return PlatformSupport.Native;
        if (node.Platform.Except(node.FixedPlatform).FirstOrDefault() is not { } own)
            return node.Status == "running" ? PlatformSupport.CopyOnly : PlatformSupport.Unknown;
        if (Is(own, platform) || (own.StartsWith("linux/amd64", StringComparison.Ordinal) && platform.ToString() == "linux/386"))
            return PlatformSupport.Native;
        // An engine lists what it could emulate when it started; what was installed since then, the kernel knows.
        return node.Platform.Any(p => Is(p, platform)) || (IsHere(node) && platform.Os == "linux" && binfmt.Runs(platform.Architecture))
            ? PlatformSupport.Emulated : PlatformSupport.CopyOnly;
    }

    private static bool IsHere(BuilderNode node) =>
        OperatingSystem.IsLinux() && (node.Endpoint == "default" || node.Endpoint.StartsWith("unix://", StringComparison.Ordinal))
        && (Environment.GetEnvironmentVariable("DOCKER_HOST") is not { Length: > 0 } host
            || host.StartsWith("unix://", StringComparison.Ordinal));

    private static bool Is(string offered, Platform platform)
    {
        try { return platform.Matches(Ecr.Platform.Parse(offered)); }
        catch (PizzaException) { return false; }   // newer than we are
    }
}
