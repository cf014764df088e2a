namespace JwtPizza.Ecr.Sandbox.Iam;

/// <summary>
/// What the course has left in the account before the exercise on ECR: GitHub's provider, a role that deploys the frontend
/// (https://github.com/devops329/devops, the exercises on S3 and CloudFront), the role of ECS's tasks, and the role that Elastic Beanstalk
/// gives its instances. Made by the same operations that users call.
/// </summary>
internal static class CourseSeed
{
    private const string BeanstalkRole = "aws-elasticbeanstalk-ec2-role";

    public static void Plant(IamAccount account)
    {
        ProviderOperations.Create(
            Call("CreateOpenIDConnectProvider", ("Url", "https://token.actions.githubusercontent.com"),
                ("ClientIDList.member.1", account.Partition.TokenAudience)));
        RoleOperations.Create(Call("CreateRole", ("RoleName", Defaults.RoleName), ("AssumeRolePolicyDocument", Trust(account))));
        PolicyOperations.Create(Call("CreatePolicy", ("PolicyName", Defaults.PolicyName), ("PolicyDocument", Policy(account))));
        IamCall attach =
            Call("AttachRolePolicy", ("RoleName", Defaults.RoleName), ("PolicyArn", account.Arn("policy/" + Defaults.PolicyName)));
        AttachmentOperations.Attach(attach, attach.Role);
        ServiceRole(Defaults.TaskRole, "ecs-tasks.amazonaws.com", "service-role/AmazonECSTaskExecutionRolePolicy");
        ServiceRole(BeanstalkRole, "ec2.amazonaws.com", "AWSElasticBeanstalkWebTier", "AWSElasticBeanstalkWorkerTier",
            "AWSElasticBeanstalkMulticontainerDocker");
        InstanceProfileOperations.Create(Call("CreateInstanceProfile", ("InstanceProfileName", BeanstalkRole)));
        InstanceProfileOperations.AddRole(
            Call("AddRoleToInstanceProfile", ("InstanceProfileName", BeanstalkRole), ("RoleName", BeanstalkRole)));

        void ServiceRole(string name, string service, params string[] policies)
        {
            RoleOperations.Create(Call("CreateRole", ("RoleName", name), ("AssumeRolePolicyDocument", ServiceTrust(service))));
            foreach (string policy in policies)
            {
                IamCall call =
                    Call("AttachRolePolicy", ("RoleName", name), ("PolicyArn", $"arn:{account.Partition}:iam::aws:policy/{policy}"));
                AttachmentOperations.Attach(call, call.Role);
            }
        }

        IamCall Call(string action, params (string Name, string Value)[] fields) =>
            new(new(action, fields.ToDictionary(f => f.Name, f => f.Value), new("AKIASEED", "us-east-1", null)), account,
                new(account.Arn("root"), account.AccountId));
    }

    private static string ServiceTrust(string service) =>
        $$"""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"{{service}}"},"Action":"sts:AssumeRole"}]}""";

    private static string Trust(IamAccount account) =>
        $$$$"""
        {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Federated":"{{{{account.Arn("oidc-provider/token.actions.githubusercontent.com")}}}}"},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{"StringEquals":{"token.actions.githubusercontent.com:aud":"{{{{account.Partition.TokenAudience}}}}"},"StringLike":{"token.actions.githubusercontent.com:sub":"repo:my-account/jwt-pizza:ref:refs/heads/main"}}}]}
        """;

    private static string Policy(IamAccount account) =>
        $$"""
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "ListObjectsInBucket",
                    "Effect": "Allow",
                    "Action": [
                        "s3:ListBucket"
                    ],
                    "Resource": [
                        "arn:{{account.Partition}}:s3:::pizza.my-account.click"
                    ]
                },
                {
                    "Sid": "AllObjectActions",
                    "Effect": "Allow",
                    "Action": "s3:*Object",
                    "Resource": [
                        "arn:{{account.Partition}}:s3:::pizza.my-account.click/*"
                    ]
                },
                {
                    "Sid": "InvalidateCloudFront",
                    "Effect": "Allow",
                    "Action": [
                        "cloudfront:CreateInvalidation"
                    ],
                    "Resource": [
                        "arn:{{account.Partition}}:cloudfront::{{account.AccountId}}:distribution/E1PIZZA2EXAMPLE"
                    ]
                }
            ]
        }
        """;
}
