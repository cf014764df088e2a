using System.Xml.Linq;

namespace JwtPizza.Ecr.Tests.Support;

/// <summary>The checker of the models tier finds what it is there to find.</summary>
public sealed class ServiceModelTests
{
    [Theory]
    [InlineData("""{"repositoryName":"team/api"}""", null)]
    [InlineData("""{}""", "CreateRepository.repositoryName is required")]
    [InlineData("""{"repositoryName":"a"}""", "1 is below 2")]
    [InlineData("""{"repositoryName":"Team"}""", "does not match")]
    [InlineData("""{"repositoryName":"team","name":"x"}""", "has no member name")]
    [InlineData("""{"repositoryName":"team","tags":{"a":"b"}}""", "tags is Object, not a list")]
    [InlineData("""{"repositoryName":"team","tags":[{"Key":"a"}]}""", "tags[0].Value is required")]
    [InlineData("""{"repositoryName":"team","imageTagMutability":"SOMETIMES"}""", "none of")]
    [InlineData("""{"repositoryName":"team","imageTagMutability":null}""", "should be left out")]
    [InlineData("""{"repositoryName":"team","imageScanningConfiguration":{"scanOnPush":"true"}}""", "not a boolean")]
    public void A_JSON_request_is_held_against_its_shape(string json, string? problem) =>
        Expect(problem, ServiceModel.Load("ecr").CheckInput("CreateRepository", json));

    [Theory]
    [InlineData("""{"repository":{"createdAt":1763750000.5}}""", null)]
    [InlineData("""{"repository":{"createdAt":"2026-11-21T20:00:00Z"}}""", "not a timestamp")]
    [InlineData("""{"repository":{"colour":"red"}}""", "has no member colour")]
    public void A_JSON_answer_is_held_against_its_shape(string json, string? problem) =>
        Expect(problem, ServiceModel.Load("ecr").CheckOutput("CreateRepository", json));

    [Theory]
    [InlineData(
        "Action=CreateRole&Version=2010-05-08&RoleName=r&AssumeRolePolicyDocument=%7B%7D&Tags.member.1.Key=a&Tags.member.1.Value=b&MaxSessionDuration=3600", null)]
    [InlineData("RoleName=r", "AssumeRolePolicyDocument is required")]
    [InlineData("RoleName=r%2F&AssumeRolePolicyDocument=x", "does not match")]
    [InlineData("RoleName=r&AssumeRolePolicyDocument=x&MaxSessionDuration=an+hour", "not a integer")]
    [InlineData("RoleName=r&AssumeRolePolicyDocument=x&Tags.member.1.Key=a", "Tags[0].Value is required")]
    [InlineData("RoleName=r&AssumeRolePolicyDocument=x&Colour=red", "has no member Colour")]
    public void A_Query_request_is_held_against_its_shape(string form, string? problem) =>
        Expect(problem, ServiceModel.Load("iam").CheckInput("CreateRole", QueryForm.Parse(form)));

    [Theory]
    [InlineData(
        "<GetAccountSummaryResponse><GetAccountSummaryResult><SummaryMap><entry><key>Users</key><value>3</value></entry></SummaryMap></GetAccountSummaryResult><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></GetAccountSummaryResponse>", null)]
    [InlineData("<GetAccountSummaryResponse><GetAccountSummaryResult/></GetAccountSummaryResponse>", "RequestId")]
    [InlineData("<GetAccountSummaryResponse><Result/><RequestId/></GetAccountSummaryResponse>", "no GetAccountSummaryResult")]
    [InlineData("<Response><GetAccountSummaryResult/><RequestId/></Response>", "the root is Response")]
    [InlineData(
        "<GetAccountSummaryResponse><GetAccountSummaryResult><SummaryMap><entry><key>Users</key><value>three</value></entry></SummaryMap></GetAccountSummaryResult><RequestId/></GetAccountSummaryResponse>", "not a integer")]
    public void An_XML_answer_is_held_against_its_shape(string xml, string? problem) =>
        Expect(problem, ServiceModel.Load("iam").CheckOutput("GetAccountSummary", XElement.Parse(xml)));

    [Fact]
    public void Error_codes_are_those_on_the_wire() => Assert.Contains("NoSuchEntity", ServiceModel.Load("iam").Errors("GetRole"));

    private static void Expect(string? problem, IReadOnlyList<string> found)
    {
        if (problem is null) Assert.Empty(found);
        else Assert.Contains(found, f => f.Contains(problem, StringComparison.Ordinal));
    }
}
