using System.Text.Json.Nodes;

namespace JwtPizza.Ecr;

/// <summary>One of the statements that make a CI role: some actions on one resource.</summary>
/// <param name="Sid">Its Sid; when that is taken by something else, a number follows it.</param>
/// <param name="Actions">The actions.</param>
/// <param name="Resource">The one resource.</param>
/// <param name="IsShared">Whether other repositories need the same, so that it goes with the last of them only.</param>
/// <param name="PassedToService">The service that a role may be passed to; null for no condition.</param>
internal sealed record CiStatement(string Sid, string[] Actions, string Resource, bool IsShared = false, string? PassedToService = null)
{
    /// <summary>The key of <see cref="PassedToService"/>: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html</summary>
    public const string PassedToServiceKey = "iam:PassedToService";

    private const string Tasks = "ecs-tasks.amazonaws.com";

    /// <summary>AWS's own list: https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html</summary>
    public static IReadOnlyList<string> PushActions { get; } =
    [
        "ecr:CompleteLayerUpload", "ecr:UploadLayerPart", "ecr:InitiateLayerUpload", "ecr:BatchCheckLayerAvailability", "ecr:PutImage", "ecr:BatchGetImage",
    ];

    public const string PushSid = "PushToECR";

    /// <summary>What the grant comes to, in the order of the course.</summary>
    public static IReadOnlyList<CiStatement> Of(CiGrant grant) =>
    [
        new("AuthenticateWithECR", ["ecr:GetAuthorizationToken"], "*", IsShared: true),
        new(PushSid, [.. PushActions], grant.RepositoryArn),
        .. grant.IncludePull ? [Pull(grant)] : (CiStatement[])[],
        .. grant.IncludeVerify ? [Verify(grant)] : (CiStatement[])[],
        new("DeployContainer", ["ecs:UpdateService"], Service(grant)),
        .. grant.IncludeVerify || grant.IncludeDeploy ? [new("VerifyInECS", ["ecs:DescribeServices"], Service(grant))] : (CiStatement[])[],
        .. grant.IncludeDeploy ? [Deploy] : (CiStatement[])[],
        .. grant.TaskRoles.Select(role => new CiStatement("PassRolesInTaskDefinition", ["iam:PassRole"], grant.Arn("iam", "", $"role/{role}"), IsShared: true, grant.IncludeDeploy ? Tasks : null)),
    ];

    /// <summary>Everything that a grant may have put in, in the order in which it is taken out.</summary>
    public static IReadOnlyList<CiStatement> AllOf(CiGrant grant) => [.. Of(grant with { IncludePull = true, IncludeVerify = true, IncludeDeploy = true }).OrderBy(s => s.IsShared).ThenBy(s => s.Resource == "*")];

    /// <summary>Whether the Sid is ours, with or without a number.</summary>
    public bool Names(string? sid) => sid is not null && sid.StartsWith(Sid, StringComparison.Ordinal) && sid.AsSpan(Sid.Length).IndexOfAnyExceptInRange('0', '9') < 0;

    public JsonObject ToJson(string sid)
    {
        JsonObject statement = new()
        {
            [nameof(Sid)] = sid, ["Effect"] = "Allow", ["Action"] = new JsonArray([.. Actions.Select(a => JsonValue.Create(a))]), [nameof(Resource)] = new JsonArray(Resource),
        };
        if (PassedToService is not null) statement["Condition"] = new JsonObject { ["StringEquals"] = new JsonObject { [PassedToServiceKey] = PassedToService } };
        return statement;
    }

    private static string Service(CiGrant grant) => grant.Arn("ecs", grant.Region, $"service/{grant.Cluster}/{grant.Service}");

    /// <summary>What Update-PizzaService does beside UpdateService. Most of it knows no resource in IAM, and tasks have new names each time.</summary>
    private static CiStatement Deploy { get; } = new("DeployImageInECS", ["ecs:DescribeTaskDefinition", "ecs:RegisterTaskDefinition", "ecs:ListTasks", "ecs:DescribeTasks"], "*", IsShared: true);

    private static CiStatement Pull(CiGrant grant) => new("PullFromECR", ["ecr:GetDownloadUrlForLayer"], grant.RepositoryArn);

    /// <summary>GetDownloadUrlForLayer, because the platform of a plain manifest stands in the image's configuration only.</summary>
    private static CiStatement Verify(CiGrant grant) => new("VerifyInECR", ["ecr:DescribeRepositories", "ecr:DescribeImages", "ecr:GetDownloadUrlForLayer"], grant.RepositoryArn);
}
