using FsCheck;
using FsCheck.Fluent;

namespace JwtPizza.Ecr.Tests.Grants;

public sealed class CiPolicyProperties
{
    private static readonly Gen<string> s_foreign = Gen.Elements(
        """{"Sid":"S3","Effect":"Allow","Action":"s3:*","Resource":"*"}""",
        """{ "Effect" : "Deny", "Action" : [ "iam:*" ], "Resource" : "*" }""",
        """{"Sid":"PushToECR","Effect":"Allow","Action":"s3:PutObject","Resource":"*"}""",
        """{"Sid":"DeployContainer2","Effect":"Allow","NotAction":"ecs:*","Resource":"*"}""",
        """{"Sid":"Odd","Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"true"}}}""");

    private static readonly Gen<string> s_document =
        from statements in s_foreign.NonEmptyListOf().Resize(8)
        from gap in Gen.Elements("", " ", "\n    ", "\r\n\t")
        let unique = statements.Distinct().ToList()
        select $"{{\"Version\":\"2012-10-17\",{gap}\"Statement\":{gap}[{gap}{string.Join("," + gap, unique)}{gap}]{gap}}}";

    private static readonly Gen<CiGrant> s_grant =
        from name in Gen.Elements("api", "worker", "team/web", "a-b")
        from pull in Gen.Elements(true, false)
        from verify in Gen.Elements(true, false)
        select CiGrant.For($"arn:aws:ecr:us-east-1:123456789012:repository/{name}", null, null, "jwt-pizza-ecs") with
        {
            IncludePull = pull, IncludeVerify = verify,
        };

    [Fact]
    public void What_is_granted_and_revoked_leaves_the_document_as_it_was() =>
        Prop.ForAll(s_document.Zip(s_grant.NonEmptyListOf().Resize(8)).ToArbitrary(), t =>
    {
        CiPolicy granted = CiPolicy.Parse("ci", t.Item1).Grant(t.Item2).Document;
        return granted.Revoke(t.Item2, alsoTaskRoles: false).Document.Text! == t.Item1;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Granting_again_changes_nothing_in_whatever_order() =>
        Prop.ForAll(s_document.Zip(s_grant.NonEmptyListOf().Resize(8)).ToArbitrary(), t =>
    {
        CiPolicy granted = CiPolicy.Parse("ci", t.Item1).Grant(t.Item2).Document;
        return !granted.Grant(Enumerable.Reverse(t.Item2)).Changed;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Revoking_one_repository_leaves_what_the_others_need() =>
        Prop.ForAll(s_document.Zip(s_grant.NonEmptyListOf().Resize(8)).Zip(s_grant).ToArbitrary(), t =>
    {
        ((string document, IList<CiGrant> all), CiGrant gone) = t;
        CiGrant[] rest = [.. all.Where(g => g.RepositoryName != gone.RepositoryName)];
        CiPolicy left = CiPolicy.Parse("ci", document).Grant(all.Append(gone)).Document.Revoke([gone], alsoTaskRoles: false).Document;
        return !left.Grant(rest).Changed
            && !left.Statements.Any(s => s.Allows && s.CoversAction("ecr:PutImage") && s.CoversResource(gone.RepositoryArn));
    }).QuickCheckThrowOnFailure();
}
