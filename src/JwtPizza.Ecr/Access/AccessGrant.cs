namespace JwtPizza.Ecr;

/// <summary>Something that one principal is to be allowed: a statement of a policy holds it, for this principal and others.</summary>
public sealed record AccessGrant
{
    private const string PullSid = "PullFromECR";

    internal const string OrganizationKey = "aws:PrincipalOrgID";

    internal static readonly string[] PullActions = ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"];

    private AccessGrant(string sid, string[] actions, string[]? resources, AccessPrincipal principal) =>
        Statement = new(principal.IsOrganization ? sid + "ByOrganization" : sid, actions, resources, principal);

    /// <summary>The Sid of the statement; when that is taken by something else, a number follows it.</summary>
    public string Sid => Statement.Sid;

    /// <summary>The actions.</summary>
    public IReadOnlyList<string> Actions => Statement.Actions;

    /// <summary>The resources; null in the policy of a repository, whose statements name none.</summary>
    public IReadOnlyList<string>? Resources => Statement.Resources;

    /// <summary>Who.</summary>
    public AccessPrincipal Principal => Statement.Principal!;

    /// <summary>Whether it is <see cref="Pull"/>.</summary>
    public bool IsPull => Sid.StartsWith(PullSid, StringComparison.Ordinal);

    internal StatementGrant Statement { get; }

    /// <summary>Pulling images of a repository.
    /// https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policy-examples.html</summary>
    /// <param name="principal">Who.</param>
    public static AccessGrant Pull(AccessPrincipal principal) => new(PullSid, PullActions, null, principal);

    /// <summary>Pushing images to a repository. https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html</summary>
    /// <param name="principal">Who.</param>
    public static AccessGrant Push(AccessPrincipal principal) => new(CiStatement.PushSid, [.. CiStatement.PushActions], null, principal);

    /// <summary>Replicating images into a registry.
    /// https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry-permissions-create-replication.html</summary>
    /// <param name="source">The account that replicates.</param>
    /// <param name="resource">ARN of repositories of the registry, with <c>*</c>.</param>
    /// <param name="mayCreate">Whether repositories that are missing may be created.</param>
    public static AccessGrant Replicate(AccessPrincipal source, string resource, bool mayCreate) => mayCreate
        ? new("ReplicateToECR", ["ecr:ReplicateImage", "ecr:CreateRepository"], [resource], source)
        : new("ReplicateToExistingInECR", ["ecr:ReplicateImage"], [resource], source);
}
