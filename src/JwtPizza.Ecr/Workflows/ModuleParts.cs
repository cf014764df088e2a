namespace JwtPizza.Ecr;

/// <summary>The same in PowerShell, with this module.</summary>
internal sealed class ModuleParts(WorkflowOptions options) : WorkflowParts(options)
{
    private static readonly string s_install = $"Install-Module JwtPizza.Ecr -RequiredVersion {typeof(ModuleParts).Assembly.GetName().Version!.ToString(3)} -Scope CurrentUser -Force";

    private protected override YamlMap CreateDist => Step("Create dist", ("shell", "pwsh"), ("run", new YamlBlock(s_install, $"New-PizzaDist -Destination dist{(IsDefault ? "" : $" -Include {string.Join(", ", Options.Include.Select(i => Quote(i.Text)))}")}")));

    private protected override IEnumerable<YamlMap> DeploySteps =>
    [
        Step("Download distribution artifact", ("uses", ActionVersions.DownloadArtifact), ("with", new YamlMap(("name", Artifact), ("path", Artifact)))),
        .. Options.NeedsEmulation ? [Step("Set up machine emulation", ("uses", ActionVersions.SetupQemu))] : Array.Empty<YamlMap>(),
        Step("Build and push container image", ("id", "build-image"), ("shell", "pwsh"),
            ("env", new YamlMap([.. Options.Secrets.Select(s => (s, (YamlPart?)Secret(s)))])),
            ("run", new YamlBlock([.. Script()]))),
    ];

    private bool IsDefault => Options.Include.Select(i => i.Text).SequenceEqual(DistInclude.Default);

    private IEnumerable<string> Script()
    {
        yield return s_install;
        yield return $"Connect-PizzaAws -RoleName {(Options.RoleName is null ? "$env:CI_IAM_ROLE" : Quote(Options.RoleName))} -Account $env:AWS_ACCOUNT -Region {Options.Region}";
        foreach (string line in Dist()) yield return line;
        yield return $"$dist | Publish-PizzaImage -RepositoryName {Quote(Options.RepositoryName.Value)} -Platform {string.Join(", ", Options.Platforms)}";
        // Without the image: a new deployment pulls its tag anew, and needs no right but the one that Grant-PizzaCiPolicy gives.
        if (Options.Service is not null) yield return $"Update-PizzaService -Cluster {Quote(Options.Cluster ?? Options.Service)} -Service {Quote(Options.Service)}";
    }

    private IEnumerable<string> Dist()
    {
        if (Options.Replace.Count == 0) return [$"$dist = New-PizzaDist ./{Artifact} ./dist -Include '*'"];
        return
        [
            $"$dist = New-PizzaDist ./{Artifact} ./dist -Include '*' -Replace @{{",
            .. Options.Replace.GroupBy(r => r.FileIn(Options.Include)).SelectMany(file => (string[])
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
