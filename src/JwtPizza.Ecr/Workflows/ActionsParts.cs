using System.Text.RegularExpressions;

namespace JwtPizza.Ecr;

/// <summary>
/// The course's chain of actions: https://github.com/devops329/devops/blob/main/instruction/awsEcr/awsEcr.md. Other than there, the
/// production values are put in after the artifact was fetched: an artifact of a public repository can be read by everybody.
/// </summary>
internal sealed partial class ActionsParts(WorkflowOptions options, WorkflowSetting setting) : WorkflowParts(options, setting)
{
    public override IEnumerable<YamlMap> CreateDist =>
    [
        Step("Create dist", ("if", Setting.BuildCondition), ("shell", Setting.BuildShell), ("working-directory", Setting.BuildDirectory),
            ("run",
                new YamlBlock($"mkdir {Setting.Folder}",
                    $"cp -r {string.Join(' ', Options.Include.Select(i => ShellPattern(i.Text)))} {Setting.Folder}"))),
    ];

    public override IEnumerable<YamlMap> ServiceSteps(bool isSignedIn) =>
    [
        .. isSignedIn ? Array.Empty<YamlMap>() : [SignIn],
        Run("Deploy new container", null, null,
            $"aws ecs update-service --cluster {Options.Cluster ?? Options.Service} --service {Options.Service} --force-new-deployment"),
    ];

    private protected override IEnumerable<YamlMap> PushSteps =>
    [
        Step("Download distribution artifact", ("uses", ActionVersions.DownloadArtifact),
            ("with", new YamlMap(("name", Setting.Artifact)))),
        .. Setting.Replace.Count == 0 ? [] : (YamlMap[])[ReplaceStep()],
        SignIn,
        Step("Login to Amazon ECR", ("id", "login-ecr"), ("uses", ActionVersions.AmazonEcrLogin)),
        .. Options.NeedsEmulation ? [Step("Set up machine emulation", ("uses", ActionVersions.SetupQemu))] : Array.Empty<YamlMap>(),
        Step("Set up Docker build", ("uses", ActionVersions.SetupBuildx)),
        // Without provenance, or the image becomes an index with untagged children: https://github.com/docker/build-push-action/issues/755
        Run("Build and push container image", "build-image",
            new YamlMap(("ECR_REGISTRY", "${{ steps.login-ecr.outputs.registry }}"), ("ECR_REPOSITORY", Options.RepositoryName.Value)),
            new YamlBlock(
                $"docker build --platform={string.Join(',', Options.Platforms)} --provenance=false -t \"$ECR_REGISTRY/$ECR_REPOSITORY\" " +
                "--push .",
                "echo \"image=$ECR_REGISTRY/$ECR_REPOSITORY:latest\" >> \"$GITHUB_OUTPUT\"")),
        .. Options.Service is null ? [] : ServiceSteps(isSignedIn: true),
    ];

    private YamlMap SignIn => Step("Create OIDC token to AWS", ("uses", ActionVersions.ConfigureAwsCredentials), ("with", new YamlMap(
        ("audience", Options.Partition.TokenAudience),
        ("aws-region", Options.Region),
        ("role-to-assume", $"arn:{Options.Partition}:iam::{Secret("AWS_ACCOUNT")}:role/{Options.RoleName ?? Secret("CI_IAM_ROLE")}"))));

    private YamlMap Run(string name, string? id, YamlMap? env, YamlPart script) =>
        Step(name, ("id", id), ("shell", Setting.JobShell), ("working-directory", Setting.JobDirectory), ("env", env), ("run", script));

    private YamlMap ReplaceStep()
    {
        string[] secrets = [.. Setting.Replace.Select(r => r.Secret).Distinct().Order(StringComparer.Ordinal)];
        string check = $": {string.Join(' ', secrets.Select(s => $"\"${{{s}:?}}\""))}";
        return Run("Put in production values", null, new YamlMap([.. secrets.Select(s => (s, (YamlPart?)Secret(s)))]),
            new YamlBlock([check, .. Setting.Replace.GroupBy(r => r.FileIn(Options.Include)).SelectMany(file => Perl(file.Key, file))]));
    }

    // Literally and in one pass, the longest text first, and every text must be there; the values are in the environment only.
    private static IEnumerable<string> Perl(string file, IEnumerable<SecretReplacement> replacements)
    {
        SecretReplacement[] all = [.. replacements.OrderByDescending(r => r.Text.Length).ThenBy(r => r.Text, StringComparer.Ordinal)];
        return
        [
            "perl -pi -e '",
            $"  BEGIN {{ %value = ({string.Join(", ", all.Select(r => $"{Text(r.Text)} => $ENV{{{r.Secret}}}"))}) }}",
            $"  s/({string.Join('|', all.Select(r => Pattern(r.Text)))})/$found{{$1}}++; $value{{$1}}/ge;",
            $"  END {{ $found{{$_}} or die \"$_ is not there to be replaced\\n\" for sort keys %value }}",
            $"' {Shell(file)}",
        ];
    }

    private static string Text(string text) => $"\"{InShell(Regex.Replace(text, @"[\\""$@]", @"\$&"))}\"";

    private static string Pattern(string text) => InShell(Regex.Replace(text, @"[^A-Za-z0-9_\u0080-\uFFFF]", @"\$&"));

    // Within single quotes; a quote itself needs a way out of them.
    private static string InShell(string text) => text.Replace("'", @"'\''", StringComparison.Ordinal);

    private static string Shell(string text) => SafeInShell().IsMatch(text) ? text : $"'{InShell(text)}'";

    private static string ShellPattern(string pattern) =>
        Regex.Replace(pattern.Replace('\\', '/'), @"[^A-Za-z0-9_./*?\[\]!^\u0080-\uFFFF-]", @"\$&");

    [GeneratedRegex(@"\A[A-Za-z0-9_.][A-Za-z0-9_./-]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex SafeInShell();
}
