using System.Xml.Linq;

namespace JwtPizza.Ecr.Tests.Sandbox;

/// <summary>IAM's eventual consistency, on request: writers see what is, readers see what was.</summary>
public sealed class IamConsistencyTests
{
    private static readonly TimeSpan s_delay = TimeSpan.FromSeconds(5);
    private readonly SteppingClock _clock = new();
    private readonly IamBox _iam;

    public IamConsistencyTests() => _iam = new(seeded: true, _clock, s_delay);

    [Fact]
    public void A_change_is_seen_only_after_the_delay_and_changes_come_in_their_order()
    {
        string first = _iam.Trust("github-ci"), second = Named("b2"), third = Named("b3");
        Update(second);
        _clock.Now += TimeSpan.FromSeconds(2);
        Update(third);
        Assert.Equal(first, _iam.Trust("github-ci"));
        _clock.Now += TimeSpan.FromSeconds(3);
        Assert.Equal(second, _iam.Trust("github-ci"));
        _clock.Now += TimeSpan.FromSeconds(2);
        Assert.Equal(third, _iam.Trust("github-ci"));

        string Named(string branch) => first.Replace("heads/main", "heads/" + branch, StringComparison.Ordinal);
        void Update(string trust) => _iam.Call("UpdateAssumeRolePolicy", ("RoleName", "github-ci"), ("PolicyDocument", trust));
    }

    [Fact]
    public void A_new_role_cannot_be_read_yet_nor_made_again()
    {
        _iam.CreateRole("new");
        Assert.Equal("NoSuchEntity", _iam.Refused("GetRole", ("RoleName", "new")).Code);
        Assert.Equal("EntityAlreadyExists",
            _iam.Refused("CreateRole", ("RoleName", "new"), ("AssumeRolePolicyDocument", IamBox.ServiceTrust)).Code);
        _clock.Now += s_delay;
        Assert.Single(_iam.Call("GetRole", ("RoleName", "new")).Elements("Role"));
    }

    [Fact]
    public void Versions_and_attachments_are_seen_late_as_well()
    {
        const string Arn = "arn:aws:iam::012345678901:policy/jwt-pizza-ci-deployment";
        _iam.Call("CreatePolicyVersion", ("PolicyArn", Arn), ("PolicyDocument", IamBox.AllowAll), ("SetAsDefault", "true"));
        _iam.Call("DetachRolePolicy", ("RoleName", "github-ci"), ("PolicyArn", Arn));
        Assert.Equal(("v1", "1"), Policy());
        _clock.Now += s_delay;
        Assert.Equal(("v2", "0"), Policy());

        (string, string) Policy()
        {
            XElement policy = _iam.Call("GetPolicy", ("PolicyArn", Arn)).Element("Policy")!;
            return (policy.Element("DefaultVersionId")!.Value, policy.Element("AttachmentCount")!.Value);
        }
    }
}
