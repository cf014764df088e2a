namespace JwtPizza.Ecr.Tests.Trust;

/// <summary>Trust policies as people have them.</summary>
internal static class Policies
{
    public const string RoleArn = "arn:aws:iam::123456789012:role/github-ci";
    public const string Provider = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com";
    public const string Sub = "token.actions.githubusercontent.com:sub";
    public const string Aud = "token.actions.githubusercontent.com:aud";

    /// <summary>As the course leaves it: one statement, audience under StringEquals, subject under StringLike.</summary>
    public const string Course = """
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {
                        "Federated": "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"
                    },
                    "Action": "sts:AssumeRoleWithWebIdentity",
                    "Condition": {
                        "StringEquals": {
                            "token.actions.githubusercontent.com:aud": "sts.amazonaws.com"
                        },
                        "StringLike": {
                            "token.actions.githubusercontent.com:sub": "repo:octo-org/jwt-pizza:ref:refs/heads/main"
                        }
                    }
                }
            ]
        }
        """;

    /// <summary>A role of ECS that trusts nobody outside yet.</summary>
    public const string Ecs =
        """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ecs-tasks.amazonaws.com"},"Action":"sts:AssumeRole"}]}""";

    /// <summary>A compact policy around a condition.</summary>
    public static string With(string condition, string principal = $$"""{"Federated":"{{Provider}}"}""", string more = "") =>
        $$"""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{{principal}},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{{condition}}}{{more}}]}""";

    public static TrustPolicy Parse(string document) => TrustPolicy.Parse("github-ci", RoleArn, document);

    public static Edit<TrustPolicy, TrustSubject> Add(string document, params string[] subjects) =>
        Parse(document).Add([.. subjects.Select(GitHubSubject.Parse)]);
}
