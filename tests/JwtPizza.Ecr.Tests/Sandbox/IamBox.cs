using System.Xml.Linq;
using JwtPizza.Ecr.Sandbox.Http;
using JwtPizza.Ecr.Sandbox.Iam;

namespace JwtPizza.Ecr.Tests.Sandbox;

/// <summary>The sandbox's IAM without HTTP around it.</summary>
internal sealed class IamBox
{
    public const string AccountId = "012345678901";
    public const string GitHubTrust =
        """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::012345678901:oidc-provider/token.actions.githubusercontent.com"},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{"StringEquals":{"token.actions.githubusercontent.com:aud":"sts.amazonaws.com","token.actions.githubusercontent.com:sub":"repo:o/r:ref:refs/heads/main"}}}]}""";
    public const string ServiceTrust =
        """{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Service":"ecs-tasks.amazonaws.com"},"Action":"sts:AssumeRole"}}""";
    public const string AllowAll = """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}""";
    private readonly QueryService _iam;

    public IamBox(bool seeded = false, TimeProvider? clock = null, TimeSpan delay = default)
    {
        World = new(AccountId, clock ?? TimeProvider.System, delay, seeded ? CourseSeed.Plant : null);
        Readers readers = World.Of("aws", AccountId);
        Account = readers.Account;
        Identity who = new(Account.Arn("user/sandbox"), "AIDASANDBOXUSER234567") { UserName = "sandbox" };
        _iam = IamApi.Over(World, _ => (readers, who));
    }

    public IamWorld World { get; }

    public IamAccount Account { get; }

    public IReadOnlyCollection<string> Operations => [.. _iam.Operations.Select(o => o.Name)];

    /// <summary>The content of the result; no content for an operation without one.</summary>
    public XElement Call(string action, params (string Name, string Value)[] fields)
    {
        QueryCall call = new(action, fields.ToDictionary(f => f.Name, f => f.Value), new("AKIATEST", "us-east-1", null));
        Task<IEnumerable<XElement>?> answer = _iam.Find(action)!.RunAsync(call, TestContext.Current.CancellationToken);
        Assert.True(answer.IsCompletedSuccessfully);
        return new("Result", answer.GetAwaiter().GetResult());
    }

    public ApiError Refused(string action, params (string Name, string Value)[] fields) =>
        Assert.Throws<ApiError>(() => Call(action, fields));

    public void CreateRole(string name, string trust = ServiceTrust) =>
        Call("CreateRole", ("RoleName", name), ("AssumeRolePolicyDocument", trust));

    public string CreatePolicy(string name, string document = AllowAll) =>
        Call("CreatePolicy", ("PolicyName", name), ("PolicyDocument", document)).Descendants("Arn").Single().Value;

    public string Trust(string role) =>
        Uri.UnescapeDataString(Call("GetRole", ("RoleName", role)).Descendants("AssumeRolePolicyDocument").Single().Value);
}
