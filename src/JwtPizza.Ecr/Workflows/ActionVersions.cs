namespace JwtPizza.Ecr;

/// <summary>
/// The GitHub actions that our workflows use, at the newest major version that each publishes as a tag. The only place of these versions.
/// </summary>
/// <remarks>Source: the tags of https://github.com/actions, https://github.com/aws-actions and https://github.com/docker, read on
/// 2026-11-21.</remarks>
public static class ActionVersions
{
    /// <summary>Fetches the repository.</summary>
    public const string Checkout = "actions/checkout@v7";

    /// <summary>Installs Node.js.</summary>
    public const string SetupNode = "actions/setup-node@v6";

    /// <summary>Keeps files for later jobs. It leaves out hidden files.</summary>
    public const string UploadArtifact = "actions/upload-artifact@v7";

    /// <summary>Brings back what <see cref="UploadArtifact"/> kept.</summary>
    public const string DownloadArtifact = "actions/download-artifact@v8";

    /// <summary>Signs in to AWS by GitHub's OIDC token.</summary>
    public const string ConfigureAwsCredentials = "aws-actions/configure-aws-credentials@v6";

    /// <summary>Signs docker in to ECR.</summary>
    public const string AmazonEcrLogin = "aws-actions/amazon-ecr-login@v2";

    /// <summary>Emulates other processors.</summary>
    public const string SetupQemu = "docker/setup-qemu-action@v4";

    /// <summary>Makes a builder of buildx.</summary>
    public const string SetupBuildx = "docker/setup-buildx-action@v4";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } =
        [Checkout, SetupNode, UploadArtifact, DownloadArtifact, ConfigureAwsCredentials, AmazonEcrLogin, SetupQemu, SetupBuildx];
}
