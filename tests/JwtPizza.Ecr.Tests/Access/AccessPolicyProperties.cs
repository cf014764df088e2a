using FsCheck;
using FsCheck.Fluent;

namespace JwtPizza.Ecr.Tests.Access;

public sealed class AccessPolicyProperties
{
    private static readonly Gen<string> s_foreign = Gen.Elements(
        """{"Sid":"LambdaECRImageRetrievalPolicy","Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":["ecr:BatchGetImage","ecr:GetDownloadUrlForLayer"]}""",
        """{ "Effect" : "Deny", "Principal" : "*", "Action" : [ "ecr:DeleteRepository" ] }""",
        """{"Sid":"PullFromECR","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::999999999999:root"},"Action":"ecr:DescribeImages"}""",
        """{"Sid":"PushToECR2","Effect":"Allow","Principal":{"AWS":["arn:aws:iam::999999999999:role/a","AROAEXAMPLEEXAMPLE123"]},"NotAction":"ecr:Put*"}""",
        """{"Sid":"Odd","Effect":"Allow","Principal":"*","Action":"ecr:BatchGetImage","Condition":{"StringEquals":{"aws:SourceVpce":"vpce-1"}}}""");

    private static readonly Gen<string> s_document =
        from statements in s_foreign.NonEmptyListOf().Resize(8)
        from gap in Gen.Elements("", " ", "\n    ", "\r\n\t")
        let unique = statements.Distinct().ToList()
        select $"{{\"Version\":\"2012-10-17\",{gap}\"Statement\":{gap}[{gap}{string.Join("," + gap, unique)}{gap}]{gap}}}";

    private static readonly Gen<AccessGrant> s_grant =
        from principal in Gen.Elements(
            AccessPrincipal.OfAccount("aws", "111111111111"), AccessPrincipal.OfAccount("aws", "222222222222"),
            AccessPrincipal.OfRole("aws", "111111111111", "ci"), AccessPrincipal.OfOrganization("o-a1b2c3d4e5"))
        from pull in Gen.Elements(true, false)
        select pull ? AccessGrant.Pull(principal) : AccessGrant.Push(principal);

    private static AccessPolicy Parse(string document) => AccessPolicy.Parse("the repository 'api'", document);

    [Fact]
    public void What_is_granted_and_revoked_leaves_the_document_as_it_was() =>
        Prop.ForAll(s_document.Zip(s_grant.NonEmptyListOf().Resize(8)).ToArbitrary(), t =>
        Parse(t.Item1).Grant(t.Item2).Document.Revoke(t.Item2).After == t.Item1).QuickCheckThrowOnFailure();

    [Fact]
    public void Granting_again_changes_nothing_in_whatever_order() =>
        Prop.ForAll(s_document.Zip(s_grant.NonEmptyListOf().Resize(8)).ToArbitrary(), t =>
        !Parse(t.Item1).Grant(t.Item2).Document.Grant(Enumerable.Reverse(t.Item2)).Changed).QuickCheckThrowOnFailure();

    [Fact]
    public void The_statements_of_others_do_not_change_by_a_character() =>
        Prop.ForAll(s_document.Zip(s_grant.NonEmptyListOf().Resize(8)).ToArbitrary(), t =>
    {
        AccessPolicy before = Parse(t.Item1), after = before.Grant(t.Item2).Document;
        return before.Statements.Select(s => before.Json.Raw(s.Part))
            .SequenceEqual(after.Statements.Take(before.Statements.Count).Select(s => after.Json.Raw(s.Part)));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Revoking_one_principal_leaves_what_the_others_need() =>
        Prop.ForAll(s_document.Zip(s_grant.NonEmptyListOf().Resize(8)).Zip(s_grant).ToArbitrary(), t =>
    {
        ((string document, IList<AccessGrant> all), AccessGrant gone) = t;
        AccessGrant[] rest = [.. all.Where(g => g.Sid != gone.Sid || g.Principal != gone.Principal)];
        AccessPolicy left = Parse(document).Grant(all.Append(gone)).Document.Revoke([gone]).Document;
        return !left.Grant(rest).Changed && left.Revoke([gone]).Results.Single().Status == ChangeStatus.Unchanged;
    }).QuickCheckThrowOnFailure();
}
