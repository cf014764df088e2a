using System.Xml.Linq;
using JwtPizza.Ecr.Sandbox.Http;

namespace JwtPizza.Ecr.Tests.Sandbox;

public sealed class IamProviderTests
{
    private const string Arn = "arn:aws:iam::012345678901:oidc-provider/token.actions.githubusercontent.com";

    [Fact]
    public void A_provider_is_known_by_its_URL_without_the_scheme()
    {
        IamBox iam = new();
        XElement created = iam.Call("CreateOpenIDConnectProvider", ("Url", "https://token.actions.githubusercontent.com"),
            ("ClientIDList.member.1", "sts.amazonaws.com"),
            ("ThumbprintList.member.1", "6938fd4d98bab03faadb97b34396831e3780aea1"));
        Assert.Equal(Arn, created.Element("OpenIDConnectProviderArn")!.Value);
        XElement read = iam.Call("GetOpenIDConnectProvider", ("OpenIDConnectProviderArn", Arn));
        Assert.Equal("token.actions.githubusercontent.com", read.Element("Url")!.Value);
        Assert.Equal("sts.amazonaws.com", read.Element("ClientIDList")!.Value);
        Assert.Equal("6938fd4d98bab03faadb97b34396831e3780aea1", read.Element("ThumbprintList")!.Value);
        Assert.Equal([Arn], iam.Call("ListOpenIDConnectProviders").Descendants("Arn").Select(a => a.Value));
    }

    [Fact]
    public void A_second_provider_of_the_URL_is_refused()
    {
        ApiError e =
            new IamBox(seeded: true).Refused("CreateOpenIDConnectProvider", ("Url", "https://token.actions.githubusercontent.com"));
        Assert.Equal(("EntityAlreadyExists", 409, "Provider with url https://token.actions.githubusercontent.com already exists."),
            (e.Code, e.Status, e.Message));
    }

    [Theory]
    [InlineData("http://token.actions.githubusercontent.com")]
    [InlineData("token.actions.githubusercontent.com")]
    [InlineData("https://example.com/?x=1")]
    [InlineData("https://example.com:8443")]
    [InlineData("https://")]
    public void A_URL_that_no_provider_can_have_is_refused(string url)
    {
        ApiError e = new IamBox().Refused("CreateOpenIDConnectProvider", ("Url", url));
        Assert.Equal(("ValidationError", "Invalid Open ID Connect Provider URL"), (e.Code, e.Message));
    }

    [Fact]
    public void Client_ids_are_added_once_and_removed()
    {
        IamBox iam = new(seeded: true);
        for (int i = 0; i < 2; i++)
            iam.Call("AddClientIDToOpenIDConnectProvider", ("OpenIDConnectProviderArn", Arn), ("ClientID", "sts.amazonaws.com.cn"));
        Assert.Equal(["sts.amazonaws.com", "sts.amazonaws.com.cn"], Ids());
        iam.Call("RemoveClientIDFromOpenIDConnectProvider", ("OpenIDConnectProviderArn", Arn), ("ClientID", "sts.amazonaws.com"));
        Assert.Equal(["sts.amazonaws.com.cn"], Ids());

        IEnumerable<string> Ids() =>
            iam.Call("GetOpenIDConnectProvider", ("OpenIDConnectProviderArn", Arn)).Element("ClientIDList")!.Elements()
                .Select(i => i.Value);
    }

    [Fact]
    public void A_hundred_client_ids_are_enough()
    {
        IamBox iam = new();
        iam.Call("CreateOpenIDConnectProvider",
            [("Url", "https://token.actions.githubusercontent.com"),
                .. Enumerable.Range(1, 100).Select(i => ($"ClientIDList.member.{i}", $"c{i}"))]);
        ApiError e = iam.Refused("AddClientIDToOpenIDConnectProvider", ("OpenIDConnectProviderArn", Arn), ("ClientID", "c101"));
        Assert.Equal(("LimitExceeded", "Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: 100"), (e.Code, e.Message));
    }

    [Fact]
    public void A_deleted_provider_is_gone()
    {
        IamBox iam = new(seeded: true);
        iam.Call("DeleteOpenIDConnectProvider", ("OpenIDConnectProviderArn", Arn));
        Assert.Equal($"OpenId connect Provider {Arn} cannot be found.",
            iam.Refused("DeleteOpenIDConnectProvider", ("OpenIDConnectProviderArn", Arn)).Message);
        ApiError e = iam.Refused("GetOpenIDConnectProvider", ("OpenIDConnectProviderArn", Arn));
        Assert.Equal(("NoSuchEntity", 404, $"OpenIDConnect Provider not found for arn {Arn}"), (e.Code, e.Status, e.Message));
        Assert.Equal("InvalidInput",
            iam.Refused("GetOpenIDConnectProvider", ("OpenIDConnectProviderArn", "arn:aws:iam::012345678901:role/x")).Code);
    }
}
