using JwtPizza.Ecr.Sandbox.Enforcement;
using JwtPizza.Ecr.Sandbox.Http;

namespace JwtPizza.Ecr.Sandbox.Ecr;

/// <summary>
/// On which resource an operation of ECR or ECR Public needs its permission:
/// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerregistry.html and …publicregistry.html
/// The action has the operation's name.
/// </summary>
internal static class EcrNeeds
{
    public static IEnumerable<Need> OfRegistry(EcrCall call) =>
        [new($"{call.Registry.Service}:{call.Operation}", "*") { Registry = call.Registry }];

    private const string ReplicationRole = "role/aws-service-role/replication.ecr.amazonaws.com/AWSServiceRoleForECRReplication";

    /// <summary>The first rule of an account makes its service-linked role:
    /// https://docs.aws.amazon.com/AmazonECR/latest/userguide/using-service-linked-roles.html</summary>
    public static IEnumerable<Need> OfReplication(EcrCall call) => call.World.HasReplicated(call.Registry.RegistryId) ? OfRegistry(call)
        : [.. OfRegistry(call),
            new("iam:CreateServiceLinkedRole", $"{Arn.OfIam(call.Registry.Partition.Name, call.Registry.RegistryId, ReplicationRole)}")];

    /// <summary>The public registry's login needs a second permission:
    /// https://docs.aws.amazon.com/AmazonECR/latest/public/public-registry-auth.html</summary>
    public static IEnumerable<Need> OfLogin(EcrCall call) =>
        call.Registry.IsPublic ? [.. OfRegistry(call), new("sts:GetServiceBearerToken", "*")] : OfRegistry(call);

    public static IEnumerable<Need> OfRepository(EcrCall call)
    {
        string name = call.NewRepositoryName();
        Dictionary<string, string[]> tags = RequestTags(call);
        yield return Need.On(call.Registry, call.Operation, name) with { Context = tags };
        if (tags.Count > 0) yield return Need.On(call.Registry, "TagResource", name) with { Context = tags };
    }

    /// <summary>Whoever pushes into a repository that is to be made must be allowed to make it.</summary>
    public static IEnumerable<Need> OfPush(EcrCall call) =>
        call.Registry.Run(() => CreationTemplate.WouldCreate(call.Registry, call.NewRepositoryName()), writes: false)
        ? [.. OfRepository(call), Need.On(call.Registry, "CreateRepository", call.NewRepositoryName())]
        : OfRepository(call);

    /// <summary>And whoever pulls what is not here yet, to bring it:
    /// https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-iam.html</summary>
    public static IEnumerable<Need> OfPull(EcrCall call) => [.. OfRepository(call), .. OfImport(call.Registry, call.NewRepositoryName())];

    /// <summary>What a pull needs to bring an image from upstream; nothing where no rule says so.</summary>
    public static IEnumerable<Need> OfImport(EcrRegistry registry, string repository) => registry.Run<string[]>(() =>
        PullThroughCache.RuleFor(registry, repository) is null
            ? []
            : registry.Repositories.ContainsKey(repository)
                ? ["BatchImportUpstreamImage"] : ["BatchImportUpstreamImage", "CreateRepository"], writes: false)
        .Select(action => Need.On(registry, action, repository));

    /// <summary>ListImageReferrers has no permission of its own:
    /// https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ListImageReferrers.html</summary>
    public static IEnumerable<Need> OfReferrers(EcrCall call) => [Need.On(call.Registry, "BatchGetImage", call.NewRepositoryName())];

    /// <summary>A template that names a role hands it to ECR.</summary>
    public static IEnumerable<Need> OfTemplate(EcrCall call) => call.Input.Text("customRoleArn") is { } role
        ? [.. OfRegistry(call),
            new("iam:PassRole", role) { Context = new Dictionary<string, string[]> { ["iam:PassedToService"] = ["ecr.amazonaws.com"] } }]
        : OfRegistry(call);

    public static IEnumerable<Need> OfRepositories(EcrCall call) =>
        (call.Input.Texts("repositoryNames", 0, int.MaxValue) ?? ["*"]).Select(name => Need.On(call.Registry, call.Operation, name));

    public static IEnumerable<Need> OfArn(EcrCall call)
    {
        string arn = call.Input.RequiredText("resourceArn"), prefix = call.Registry.ArnOf("");
        return
        [
            new($"{call.Registry.Service}:{call.Operation}", arn)
            {
                Registry = call.Registry, Repository = arn.StartsWith(prefix, StringComparison.Ordinal) ? arn[prefix.Length..] : null,
                Context = RequestTags(call),
            },
        ];
    }

    private static Dictionary<string, string[]> RequestTags(EcrCall call)
    {
        Dictionary<string, string[]> context = [];
        if (call.Input.Objects("tags", 0, int.MaxValue) is not { Count: > 0 } tags) return context;
        foreach (JsonArguments tag in tags) context["aws:RequestTag/" + tag.RequiredText("Key")] = [tag.Text("Value") ?? ""];
        context["aws:TagKeys"] = [.. tags.Select(t => t.RequiredText("Key"))];
        return context;
    }
}
