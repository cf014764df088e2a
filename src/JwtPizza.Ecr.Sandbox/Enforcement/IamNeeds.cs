using JwtPizza.Ecr.Sandbox.Http;
using JwtPizza.Ecr.Sandbox.Iam;

namespace JwtPizza.Ecr.Sandbox.Enforcement;

/// <summary>
/// On which resource an action of IAM needs its permission, which has its name:
/// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
/// </summary>
internal static class IamNeeds
{
    /// <summary>Every permission that a call needs.</summary>
    public static IReadOnlyList<Need> Of(IamCall call, Func<IamCall, string> resource)
    {
        string arn = resource(call);
        Dictionary<string, string[]> context = Context(call, arn);
        List<Need> needs = [new("iam:" + call.Action, arn) { Context = context }];
        if (call.Tags().Count > 0 && call.Action.StartsWith("Create", StringComparison.Ordinal))
            needs.Add(new("iam:Tag" + call.Action["Create".Length..], arn) { Context = context });
        if (call.Action == "AddRoleToInstanceProfile")
            needs.Add(
                new("iam:PassRole",
                    OfRole(call)) { Context = new Dictionary<string, string[]> { ["iam:PassedToService"] = ["ec2.amazonaws.com"] } });
        return needs;
    }

    public static string OfAll(IamCall call) => "*";

    public static string OfRole(IamCall call) =>
        call.Account.Roles.GetValueOrDefault(call["RoleName"] ?? "*")?.Arn ?? New("role", "RoleName", call);

    public static string OfUser(IamCall call) =>
        (call["UserName"] ?? call.Who.UserName) is { } name && call.Account.Users.GetValueOrDefault(name) is { } user
            ? user.Arn : New("user", "UserName", call);

    public static string OfGroup(IamCall call) =>
        call.Account.Groups.GetValueOrDefault(call["GroupName"] ?? "*")?.Arn ?? New("group", "GroupName", call);

    public static string OfInstanceProfile(IamCall call) =>
        call.Account.InstanceProfiles.GetValueOrDefault(call["InstanceProfileName"] ?? "*")?.Arn
            ?? New("instance-profile", "InstanceProfileName", call);

    public static string OfPolicy(IamCall call) => call["PolicyArn"] ?? "*";

    public static string OfNewPolicy(IamCall call) => New("policy", "PolicyName", call);

    public static string OfProvider(IamCall call) => call["OpenIDConnectProviderArn"] ?? "*";

    public static string OfNewProvider(IamCall call) => call.Account.Arn($"oidc-provider/{call["Url"]?.Split("://")[^1].TrimEnd('/')}");

    public static string OfServiceRole(IamCall call) => call.Account.Arn($"role{Role.ServicePath}{call["AWSServiceName"]}/*");

    public static string OfSource(IamCall call) => call["PolicySourceArn"] ?? "*";

    public static string OfRoles(IamCall call) => call.Account.Arn("role" + call.PathPrefix);

    public static string OfUsers(IamCall call) => call.Account.Arn("user" + call.PathPrefix);

    public static string OfGroups(IamCall call) => call.Account.Arn("group" + call.PathPrefix);

    public static string OfInstanceProfiles(IamCall call) => call.Account.Arn("instance-profile" + call.PathPrefix);

    private static string New(string kind, string parameter, IamCall call) =>
        call.Account.Arn($"{kind}{call["Path"] ?? "/"}{call[parameter] ?? "*"}");

    private static Dictionary<string, string[]> Context(IamCall call, string arn)
    {
        Dictionary<string, string[]> context = [];
        if (call["PolicyArn"] is { } policy && (call["RoleName"] ?? call["UserName"] ?? call["GroupName"]) is not null)
            context["iam:PolicyARN"] = [policy];
        if (call["PermissionsBoundary"] is { } boundary) context["iam:PermissionsBoundary"] = [boundary];
        if (call["AWSServiceName"] is { } service) context["iam:AWSServiceName"] = [service];
        foreach ((string key, string value) in call.Tags()) context["aws:RequestTag/" + key] = [value];
        string[] keys = [.. call.Tags().Select(t => t.Key), .. call.Texts("TagKeys")];
        if (keys.Length > 0) context["aws:TagKeys"] = keys;
        foreach ((string key, string value) in call.Account.FindHolder(arn)?.Tags ?? [])
            context["aws:ResourceTag/" + key] = context["iam:ResourceTag/" + key] = [value];
        return context;
    }
}
