namespace JwtPizza.Ecr.Tests.Sandbox;

public sealed class IamConditionTests
{
    [Theory]
    [InlineData("StringEquals", "repo:o/r:x", "repo:o/r:x", true)]
    [InlineData("StringEquals", "repo:o/r:x", "repo:O/r:x", false)]
    [InlineData("StringEquals", "repo:o/r:x", "repo:o/*", false)]
    [InlineData("StringEquals", "a.c", "abc", false)]
    [InlineData("StringEqualsIgnoreCase", "repo:o/r:x", "REPO:o/r:x", true)]
    [InlineData("StringNotEquals", "a", "b", true)]
    [InlineData("StringNotEquals", "a", "a", false)]
    [InlineData("StringNotEqualsIgnoreCase", "a", "A", false)]
    [InlineData("StringLike", "repo:o/r:ref:refs/heads/main", "repo:o/*", true)]
    [InlineData("StringLike", "repo:o/r", "repo:o/?", true)]
    [InlineData("StringLike", "repo:o/rr", "repo:o/?", false)]
    [InlineData("StringLike", "repo:o/r\nx", "repo:*x", true)]
    [InlineData("StringLike", "repo:o/r", "REPO:*", false)]
    [InlineData("StringNotLike", "repo:o/r", "repo:*", false)]
    [InlineData("ArnLike", "arn:aws:iam::1:role/a/b", "arn:aws:iam::*:role/*", true)]
    [InlineData("ArnLike", "arn:aws:iam::1:role/a", "arn:aws:*:role/a", false)]
    [InlineData("ArnEquals", "arn:aws:iam::1:role/a", "arn:aws:iam::1:role/?", true)]
    [InlineData("ArnNotEquals", "arn:aws:iam::1:role/a", "arn:aws:iam::2:role/a", true)]
    [InlineData("NumericLessThan", "9", "10", true)]
    [InlineData("NumericGreaterThanEquals", "10", "10.0", true)]
    [InlineData("NumericEquals", "ten", "10", false)]
    [InlineData("NumericNotEquals", "9", "10", true)]
    [InlineData("DateLessThan", "2026-11-21T00:00:00Z", "2026-11-21T00:00:01Z", true)]
    [InlineData("DateGreaterThan", "1800000000", "2026-11-21", true)]
    [InlineData("Bool", "true", "True", true)]
    [InlineData("Bool", "false", "true", false)]
    [InlineData("IpAddress", "203.0.113.9", "203.0.113.0/24", true)]
    [InlineData("IpAddress", "203.0.114.9", "203.0.113.0/24", false)]
    [InlineData("IpAddress", "2001:db8::1", "2001:db8::/32", true)]
    [InlineData("NotIpAddress", "127.0.0.1", "127.0.0.1", false)]
    [InlineData("BinaryEquals", "QmluYXJ5", "QmluYXJ5", true)]
    [InlineData("Null", "a", "false", true)]
    [InlineData("Null", "a", "true", false)]
    public void An_operator_compares_as_IAM_does(string name, string actual, string value, bool holds) =>
        Assert.Equal(holds, Holds(name, [actual], [value]));

    [Theory]
    [InlineData("StringEquals", false)]
    [InlineData("StringNotEquals", true)]
    [InlineData("StringEqualsIfExists", true)]
    [InlineData("ForAnyValue:StringEquals", false)]
    [InlineData("ForAnyValue:StringNotEquals", false)]
    [InlineData("ForAllValues:StringEquals", true)]
    [InlineData("ForAnyValue:StringLikeIfExists", true)]
    [InlineData("Bool", false)]
    public void A_key_that_the_request_lacks_is_judged_as_IAM_judges_it(string name, bool holds) =>
        Assert.Equal(holds, Holds(name, null, ["true"]));

    [Fact]
    public void Null_true_wants_the_key_to_be_missing() => Assert.True(Holds("Null", null, ["true"]));

    [Theory]
    [InlineData("ForAllValues:StringLike", "a,b", "a,b,c", true)]
    [InlineData("ForAllValues:StringLike", "a,x", "a,b,c", false)]
    [InlineData("ForAnyValue:StringLike", "a,x", "a,b,c", true)]
    [InlineData("ForAnyValue:StringLike", "x,y", "a,b,c", false)]
    [InlineData("ForAllValues:StringNotEquals", "x,y", "a,b", true)]
    [InlineData("ForAllValues:StringNotEquals", "x,a", "a,b", false)]
    public void Set_operators_look_at_every_value(string name, string actual, string values, bool holds) =>
        Assert.Equal(holds, Holds(name, actual.Split(','), values.Split(',')));

    [Fact]
    public void Values_are_alternatives_and_a_negated_operator_excludes_all_of_them()
    {
        Assert.True(Holds("StringEquals", ["b"], ["a", "b"]));
        Assert.False(Holds("StringNotEquals", ["b"], ["a", "b"]));
    }

    [Theory]
    [InlineData("home/${aws:username}/*", "home/sandbox/x", true)]
    [InlineData("home/${AWS:UserName}/*", "home/other/x", false)]
    [InlineData("home/${aws:nothing}/*", "home//x", false)]
    [InlineData("home/${aws:nothing, 'public'}/*", "home/public/x", true)]
    [InlineData("a${*}b", "a*b", true)]
    [InlineData("a${*}b", "axb", false)]
    [InlineData("${$}", "$", true)]
    public void Policy_variables_stand_for_what_the_request_brings(string pattern, string text, bool matches) =>
        Assert.Equal(matches, new IamPattern(pattern).Matches(text, new RequestContext().With("aws:username", "sandbox")));

    [Theory]
    [InlineData("""{"Effect":"Allow","Action":"ECR:put*","Resource":"arn:aws:ecr:*:*:repository/jwt-*"}""", "Allowed")]
    [InlineData("""{"Effect":"Allow","NotAction":"s3:*","Resource":"*"}""", "Allowed")]
    [InlineData("""{"Effect":"Allow","NotAction":"ecr:*","Resource":"*"}""", "ImplicitDeny")]
    [InlineData("""{"Effect":"Allow","Action":"ecr:PutImage","NotResource":"arn:aws:ecr:*:*:repository/other"}""", "Allowed")]
    [InlineData("""{"Effect":"Allow","Action":"ecr:PutImage","Resource":"arn:aws:ecr:us-east-1:123456789012:repository/other"}""",
        "ImplicitDeny")]
    [InlineData("""{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"ecr:PutImage","Resource":"*"}""",
        "ExplicitDeny")]
    [InlineData(
        """{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:RequestedRegion":"eu-west-1"}}}""", "Allowed")]
    [InlineData(
        """{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:RequestedRegion":"us-east-1"},"Bool":{"aws:SecureTransport":true}}}""", "ImplicitDeny")]
    public void Policies_are_judged_as_a_whole(string statements, string decision)
    {
        string document = $$"""{"Version":"2012-10-17","Statement":[{{statements}}]}""";
        RequestContext context = new RequestContext().With("aws:RequestedRegion", "us-east-1");
        Assert.Equal(decision,
            Evaluate(document, new("ecr:PutImage", "arn:aws:ecr:us-east-1:123456789012:repository/jwt-pizza-service", context)).Decision
                .ToString());
    }

    [Fact]
    public void A_refusal_tells_the_clause_that_failed()
    {
        string document =
            """{"Version":"2012-10-17","Statement":[{"Sid":"CI","Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringLike":{"x:sub":["repo:a/*","repo:b/*"]}}}]}""";
        PolicyEvaluation evaluation = Evaluate(document, new("ecr:PutImage", "*", new RequestContext().With("x:sub", "repo:c/r")));
        Assert.Equal(["statement 1 ('CI'): StringLike x:sub wants 'repo:a/*' or 'repo:b/*', and it is 'repo:c/r'"], evaluation.Reasons);
    }

    [Theory]
    [InlineData("arn:aws:iam::1:role/${aws:username}", true)]
    [InlineData("arn:aws:iam::${aws:username, 'x:y'}:role/*", false)]
    [InlineData("arn:*:iam::?:role/*", true)]
    public void The_colon_of_a_variable_separates_no_parts_of_an_ARN(string value, bool holds) => Assert.Equal(holds,
        new PolicyCondition("ArnLike", "k", [value])
            .Holds(new RequestContext().With("k", "arn:aws:iam::1:role/sandbox").With("aws:username", "sandbox")));

    [Theory]
    [InlineData("2012-10-17", "Allowed")]
    [InlineData("2008-10-17", "ImplicitDeny")]
    public void Only_policies_of_the_newer_version_have_variables(string version, string decision)
    {
        string document =
            $$"""{"Version":"{{version}}","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::home/${aws:username}"}]}""";
        Assert.Equal(decision,
            Evaluate(document,
                new("s3:GetObject", "arn:aws:s3:::home/sandbox", new RequestContext().With("aws:username", "sandbox"))).Decision
                .ToString());
    }

    [Fact]
    public void A_wildcard_in_the_value_of_a_variable_is_plain_text()
    {
        RequestContext context = new RequestContext().With("aws:username", "*");
        Assert.True(new IamPattern("home/${aws:username}").Matches("home/*", context));
        Assert.False(new IamPattern("home/${aws:username}").Matches("home/other", context));
    }

    [Fact]
    public void A_document_is_read_once() =>
        Assert.Same(CompiledPolicy.Of(IamBox.AllowAll), CompiledPolicy.Of(new string(IamBox.AllowAll)));

    private static bool Holds(string name, string[]? actual, string[] values) =>
        new PolicyCondition(name, "k", values).Holds(actual is null ? new() : new RequestContext().With("k", actual));

    private static PolicyEvaluation Evaluate(string document, AccessRequest request) =>
        PolicyEvaluation.Of([CompiledPolicy.Of(document)], request);
}
