using System.Text.Json;
using System.Xml.Linq;

namespace JwtPizza.Ecr.Tests.Sandbox;

public sealed class IamSeedTests
{
    [Fact]
    public void The_account_starts_as_the_course_leaves_it()
    {
        IamBox iam = new(seeded: true);
        JsonElement statement = JsonDocument.Parse(iam.Trust("github-ci")).RootElement.GetProperty("Statement")[0];
        Assert.Equal("repo:my-account/jwt-pizza:ref:refs/heads/main",
            statement.GetProperty("Condition").GetProperty("StringLike").GetProperty("token.actions.githubusercontent.com:sub")
                .GetString());
        string arn = iam.Call("ListAttachedRolePolicies", ("RoleName", "github-ci")).Descendants("PolicyArn").Single().Value;
        Assert.Equal("arn:aws:iam::012345678901:policy/jwt-pizza-ci-deployment", arn);
        string policy = Uri.UnescapeDataString(iam.Call("GetPolicyVersion", ("PolicyArn", arn), ("VersionId", "v1")).Descendants("Document")
            .Single().Value);
        Assert.Equal(["ListObjectsInBucket", "AllObjectActions", "InvalidateCloudFront"],
            JsonDocument.Parse(policy).RootElement.GetProperty("Statement").EnumerateArray().Select(s => s.GetProperty("Sid").GetString()));
        Assert.Equal(statement.GetProperty("Principal").GetProperty("Federated").GetString(),
            iam.Call("ListOpenIDConnectProviders").Descendants("Arn").Single().Value);
    }

    [Fact]
    public void The_summary_counts_what_is_there()
    {
        XElement map = new IamBox(seeded: true).Call("GetAccountSummary").Element("SummaryMap")!;
        Dictionary<string, string> summary =
            map.Elements("entry").ToDictionary(e => e.Element("key")!.Value, e => e.Element("value")!.Value);
        Assert.Equal(("3", "1", "1", "5"),
            (summary["Roles"], summary["Policies"], summary["Providers"], summary["VersionsPerPolicyQuota"]));
    }

    [Fact]
    public async Task An_empty_sandbox_is_empty()
    {
        await using TestSandbox sandbox = new(new() { Empty = true });
        (_, XElement roles) = await sandbox.Query("ListRoles", "2010-05-08");
        Assert.DoesNotContain(roles.Descendants(), e => e.Name.LocalName == "RoleName");
    }
}
