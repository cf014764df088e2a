namespace JwtPizza.Ecr;

/// <summary>The same in PowerShell, with this module.</summary>
internal sealed class ModuleParts(WorkflowOptions options, WorkflowSetting setting) : WorkflowParts(options, setting)
{
    private const string ArtifactFolder = "package";

    private static readonly string s_version = typeof(ModuleParts).Assembly.GetName().Version!.ToString(3);

    public override IEnumerable<YamlMap> CreateDist =>
    [
        .. Setup(Setting.BuildCondition),
        Step("Create dist", ("if", Setting.BuildCondition), ("shell", "pwsh"), ("working-directory", Setting.BuildDirectory),
            ("run", new YamlBlock([.. Install, $"New-PizzaDist -Destination {Setting.Folder}{Include}"]))),
    ];

    // A step of its own has no session of the step before: it signs in again, whoever did so before.
    public override IEnumerable<YamlMap> ServiceSteps(bool isSignedIn) =>
    [
        .. Setup(null),
        Step("Deploy new container", ("shell", "pwsh"), ("working-directory", Setting.JobDirectory), ("env", Secrets(RoleSecrets)),
            ("run", new YamlBlock([.. Install, SignIn, Deploy]))),
    ];

    private protected override IEnumerable<YamlMap> PushSteps =>
    [
        Step("Download distribution artifact", ("uses", ActionVersions.DownloadArtifact),
            ("with", new YamlMap(("name", Setting.Artifact), ("path", ArtifactFolder)))),
        .. Options.NeedsEmulation ? [Step("Set up machine emulation", ("uses", ActionVersions.SetupQemu))] : Array.Empty<YamlMap>(),
        .. Setup(null),
        Step("Build and push container image", ("id", "build-image"), ("shell", "pwsh"), ("working-directory", Setting.JobDirectory),
            ("env", Secrets([.. RoleSecrets, .. Setting.Replace.Select(r => r.Secret).Order(StringComparer.Ordinal)])),
            ("run", new YamlBlock([.. Script()]))),
    ];

    // A step of its own by the action that was named, or else the first line of each script.
    private IEnumerable<YamlMap> Setup(string? condition) =>
        Options.SetupAction is { } action
            ? [Step("Install JwtPizza.Ecr", ("if", condition), ("uses", action), ("with", new YamlMap(("version", s_version))))] : [];

    private IEnumerable<string> Install =>
        Options.SetupAction is null ? [$"Install-Module JwtPizza.Ecr -RequiredVersion {s_version} -Scope CurrentUser -Force"] : [];

    private IEnumerable<string> RoleSecrets => Options.RoleName is null ? ["AWS_ACCOUNT", "CI_IAM_ROLE"] : ["AWS_ACCOUNT"];

    private string Include =>
        Options.Include.Select(i => i.Text).SequenceEqual(DistInclude.Default)
            ? "" : $" -Include {string.Join(", ", Options.Include.Select(i => Quote(i.Text)))}";

    private string SignIn =>
        $"Connect-PizzaAws -RoleName {(Options.RoleName is null ? "$env:CI_IAM_ROLE" : Quote(Options.RoleName))} -Account " +
        $"$env:AWS_ACCOUNT -Region {Options.Region}";

    private string Deploy =>
        $"Update-PizzaService -Cluster {Quote(Options.Cluster ?? Options.Service!)} -Service {Quote(Options.Service!)}";

    private static YamlMap Secrets(IEnumerable<string> names) => new([.. names.Distinct().Select(s => (s, (YamlPart?)Secret(s)))]);

    private IEnumerable<string> Script()
    {
        foreach (string line in Install) yield return line;
        yield return SignIn;
        foreach (string line in Dist()) yield return line;
        string kept = Options.Service is null ? "" : " -OutVariable image", platforms = string.Join(", ", Options.Platforms);
        yield return $"$dist | Publish-PizzaImage -RepositoryName {Quote(Options.RepositoryName.Value)} -Platform {platforms}{kept}";
        if (Options.Service is not null) yield return $"$image | {Deploy}";
    }

    private IEnumerable<string> Dist()
    {
        if (Setting.Replace.Count == 0) return [$"$dist = New-PizzaDist ./{ArtifactFolder} ./dist -Include '*'"];
        return
        [
            $"$dist = New-PizzaDist ./{ArtifactFolder} ./dist -Include '*' -Replace @{{",
            .. Setting.Replace.GroupBy(r => r.FileIn(Options.Include)).SelectMany(file => (string[])
            [
                $"  {Quote(file.Key)} = @{{",
                .. file.Select(r => $"    {Quote(r.Text)} = 'env:{r.Secret}'"),
                "  }",
            ]),
            "}",
        ];
    }

    private static string Quote(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
