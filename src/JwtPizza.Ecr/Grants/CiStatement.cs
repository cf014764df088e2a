namespace JwtPizza.Ecr;

/// <summary>One of the statements that make a CI role: some actions on one resource.</summary>
/// <param name="Grant">What it allows.</param>
/// <param name="IsShared">Whether other repositories need the same, so that it goes with the last of them only.</param>
internal sealed record CiStatement(StatementGrant Grant, bool IsShared = false)
{
    private const string Tasks = "ecs-tasks.amazonaws.com";

    /// <summary>AWS's own list: https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html</summary>
    public static IReadOnlyList<string> PushActions { get; } =
    [
        "ecr:CompleteLayerUpload", "ecr:UploadLayerPart", "ecr:InitiateLayerUpload", "ecr:BatchCheckLayerAvailability", "ecr:PutImage",
        "ecr:BatchGetImage",
    ];

    public const string PushSid = "PushToECR";

    private CiStatement(string sid, string[] actions, string resource, bool isShared = false)
        : this(new StatementGrant(sid, actions, [resource], null), isShared) { }

    /// <summary>What the grant comes to, in the order of the course.</summary>
    public static IReadOnlyList<CiStatement> Of(CiGrant grant) =>
    [
        new("AuthenticateWithECR", ["ecr:GetAuthorizationToken"], "*", isShared: true),
        new(PushSid, [.. PushActions], grant.RepositoryArn),
        .. grant.IncludePull ? [Pull(grant)] : (CiStatement[])[],
        .. grant.IncludeVerify ? [Verify(grant)] : (CiStatement[])[],
        new("DeployContainer", ["ecs:UpdateService"], Service(grant)),
        .. grant.IncludeVerify || grant.IncludeDeploy ? [new("VerifyInECS", ["ecs:DescribeServices"], Service(grant))] : (CiStatement[])[],
        .. grant.IncludeDeploy ? [Deploy] : (CiStatement[])[],
        .. grant.TaskRoles.Select(role => PassRole(grant, role)),
    ];

    /// <summary>Everything that a grant may have put in, in the order in which it is taken out.</summary>
    public static IReadOnlyList<CiStatement> AllOf(CiGrant grant) =>
        [.. Of(grant with { IncludePull = true, IncludeVerify = true, IncludeDeploy = true }).OrderBy(s => s.IsShared)
            .ThenBy(s => s.Grant.Value == "*")];

    private static string Service(CiGrant grant) => grant.Arn("ecs", grant.Region, $"service/{grant.Cluster}/{grant.Service}");

    /// <summary>What Update-PizzaService does beside UpdateService. Most of it knows no resource in IAM, and tasks have new names each
    /// time.</summary>
    private static CiStatement Deploy { get; } =
        new("DeployImageInECS", ["ecs:DescribeTaskDefinition", "ecs:RegisterTaskDefinition", "ecs:ListTasks", "ecs:DescribeTasks"], "*",
            isShared: true);

    private static CiStatement PassRole(CiGrant grant, string role) =>
        new(new StatementGrant("PassRolesInTaskDefinition", ["iam:PassRole"], [grant.Arn("iam", "", $"role/{role}")],
            null) { PassedToService = grant.IncludeDeploy ? Tasks : null }, IsShared: true);

    private static CiStatement Pull(CiGrant grant) => new("PullFromECR", ["ecr:GetDownloadUrlForLayer"], grant.RepositoryArn);

    /// <summary>GetDownloadUrlForLayer, because the platform of a plain manifest stands in the image's configuration only.</summary>
    private static CiStatement Verify(CiGrant grant) =>
        new("VerifyInECR", ["ecr:DescribeRepositories", "ecr:DescribeImages", "ecr:GetDownloadUrlForLayer"], grant.RepositoryArn);
}
