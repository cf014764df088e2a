using System.Text.Json;
using JwtPizza.Ecr.Tests.Support;

namespace JwtPizza.Ecr.Tests.Sandbox;

/// <summary>The AWS CLI and boto3 as clients of the sandbox's IAM and STS.</summary>
public sealed class IamPeerTests
{
    [Fact]
    public async Task The_AWS_CLI_reads_what_the_course_left()
    {
        await using TestSandbox sandbox = new();
        JsonElement role = (await Peer.Aws(sandbox, "iam", "get-role", "--role-name", "github-ci")).GetProperty("Role");
        Assert.Equal("sts:AssumeRoleWithWebIdentity",
            role.GetProperty("AssumeRolePolicyDocument").GetProperty("Statement")[0].GetProperty("Action").GetString());
        JsonElement version =
            (await Peer.Aws(sandbox, "iam", "get-policy-version", "--policy-arn",
                "arn:aws:iam::123456789012:policy/jwt-pizza-ci-deployment", "--version-id", "v1")).GetProperty("PolicyVersion");
        Assert.Equal(3, version.GetProperty("Document").GetProperty("Statement").GetArrayLength());
        Assert.Equal("123456789012", (await Peer.Aws(sandbox, "sts", "get-caller-identity")).GetProperty("Account").GetString());
    }

    [Fact]
    public async Task The_AWS_CLI_shows_a_refusal_by_its_code()
    {
        await using TestSandbox sandbox = new();
        (int exit, _, string errors) = await Peer.TryAws(sandbox, "iam", "get-role", "--role-name", "nobody");
        Assert.NotEqual(0, exit);
        Assert.Contains("An error occurred (NoSuchEntity) when calling the GetRole operation: The role with name nobody cannot be found.",
            errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_AWS_CLI_follows_every_page()
    {
        await using TestSandbox sandbox = new();
        for (int i = 0; i < 7; i++)
            await sandbox.Query("CreateRole", "2010-05-08", ("RoleName", $"r{i}"), ("AssumeRolePolicyDocument", IamBox.ServiceTrust));
        JsonElement roles = (await Peer.Aws(sandbox, "iam", "list-roles", "--page-size", "3")).GetProperty("Roles");
        Assert.Equal(10, roles.GetArrayLength());
    }

    [Fact]
    public async Task Boto3_does_everything_that_IAM_can_do_here()
    {
        await using TestSandbox sandbox = new();
        Assert.Equal("done", (await Peer.Boto3(sandbox, Script)).Trim());
    }

    private const string Script = """
        import boto3, json
        from botocore.exceptions import ClientError
        iam, sts = boto3.client('iam'), boto3.client('sts')
        account = sts.get_caller_identity()['Account']
        trust = {'Version': '2012-10-17', 'Statement': [{'Effect': 'Allow', 'Principal': {'Service': 'ecs-tasks.amazonaws.com'}, 'Action': 'sts:AssumeRole'}]}
        allow = {'Version': '2012-10-17', 'Statement': [{'Effect': 'Allow', 'Action': 'ecr:*', 'Resource': '*'}]}

        def refused(code, call, **arguments):
            try: call(**arguments)
            except ClientError as e: assert e.response['Error']['Code'] == code, e
            else: raise AssertionError(f'not refused: {arguments}')

        made = iam.create_role(RoleName='task', Path='/pizza/', AssumeRolePolicyDocument=json.dumps(trust), Tags=[{'Key': 'a', 'Value': 'b'}])['Role']
        assert made['AssumeRolePolicyDocument'] == trust and made['Tags'] == [{'Key': 'a', 'Value': 'b'}]
        iam.get_waiter('role_exists').wait(RoleName='task')
        trust['Statement'][0]['Sid'] = 'Changed'
        iam.update_assume_role_policy(RoleName='task', PolicyDocument=json.dumps(trust))
        assert iam.get_role(RoleName='task')['Role']['AssumeRolePolicyDocument'] == trust
        refused('EntityAlreadyExists', iam.create_role, RoleName='TASK', AssumeRolePolicyDocument=json.dumps(trust))
        refused('MalformedPolicyDocument', iam.update_assume_role_policy, RoleName='task', PolicyDocument='{}')
        assert [r['RoleName'] for p in iam.get_paginator('list_roles').paginate(PaginationConfig={'PageSize': 1}) for r in p['Roles']] == ['aws-elasticbeanstalk-ec2-role', 'github-ci', 'jwt-pizza-ecs', 'task']

        arn = iam.create_policy(PolicyName='deploy', PolicyDocument=json.dumps(allow), Description='d')['Policy']['Arn']
        iam.get_waiter('policy_exists').wait(PolicyArn=arn)
        for n in range(2, 6): assert iam.create_policy_version(PolicyArn=arn, PolicyDocument=json.dumps(allow), SetAsDefault=n == 5)['PolicyVersion']['VersionId'] == f'v{n}'
        refused('LimitExceeded', iam.create_policy_version, PolicyArn=arn, PolicyDocument=json.dumps(allow))
        versions = [v for p in iam.get_paginator('list_policy_versions').paginate(PolicyArn=arn, PaginationConfig={'PageSize': 2}) for v in p['Versions']]
        assert [(v['VersionId'], v['IsDefaultVersion']) for v in versions][:2] == [('v5', True), ('v4', False)]
        iam.set_default_policy_version(PolicyArn=arn, VersionId='v2')
        assert iam.get_policy(PolicyArn=arn)['Policy']['DefaultVersionId'] == 'v2'
        assert iam.get_policy_version(PolicyArn=arn, VersionId='v2')['PolicyVersion']['Document'] == allow
        for v in ('v1', 'v3', 'v4', 'v5'): iam.delete_policy_version(PolicyArn=arn, VersionId=v)
        refused('DeleteConflict', iam.delete_policy_version, PolicyArn=arn, VersionId='v2')

        iam.attach_role_policy(RoleName='task', PolicyArn=arn)
        iam.attach_role_policy(RoleName='task', PolicyArn='arn:aws:iam::aws:policy/AmazonDynamoDBFullAccess')
        attached = [a['PolicyName'] for p in iam.get_paginator('list_attached_role_policies').paginate(RoleName='task', PaginationConfig={'PageSize': 1}) for a in p['AttachedPolicies']]
        assert attached == ['AmazonDynamoDBFullAccess', 'deploy'], attached
        assert [r['RoleName'] for r in iam.list_entities_for_policy(PolicyArn=arn)['PolicyRoles']] == ['task']
        assert {p['PolicyName'] for p in iam.list_policies(OnlyAttached=True)['Policies']} == {'deploy', 'jwt-pizza-ci-deployment', 'AmazonDynamoDBFullAccess', 'AdministratorAccess',
            'AmazonECSTaskExecutionRolePolicy', 'AWSElasticBeanstalkMulticontainerDocker', 'AWSElasticBeanstalkWebTier', 'AWSElasticBeanstalkWorkerTier'}
        refused('DeleteConflict', iam.delete_policy, PolicyArn=arn)
        refused('DeleteConflict', iam.delete_role, RoleName='task')
        for a in (arn, 'arn:aws:iam::aws:policy/AmazonDynamoDBFullAccess'): iam.detach_role_policy(RoleName='task', PolicyArn=a)
        iam.delete_policy(PolicyArn=arn)

        iam.put_role_policy(RoleName='task', PolicyName='inline', PolicyDocument=json.dumps(allow))
        assert iam.get_role_policy(RoleName='task', PolicyName='inline')['PolicyDocument'] == allow
        assert [n for p in iam.get_paginator('list_role_policies').paginate(RoleName='task') for n in p['PolicyNames']] == ['inline']
        iam.delete_role_policy(RoleName='task', PolicyName='inline')
        assert iam.list_instance_profiles_for_role(RoleName='task')['InstanceProfiles'] == []
        iam.delete_role(RoleName='task')
        refused('NoSuchEntity', iam.get_role, RoleName='task')

        provider = iam.create_open_id_connect_provider(Url='https://ci.example.com/x', ClientIDList=['a'])['OpenIDConnectProviderArn']
        iam.add_client_id_to_open_id_connect_provider(OpenIDConnectProviderArn=provider, ClientID='b')
        iam.remove_client_id_from_open_id_connect_provider(OpenIDConnectProviderArn=provider, ClientID='a')
        iam.update_open_id_connect_provider_thumbprint(OpenIDConnectProviderArn=provider, ThumbprintList=['f' * 40])
        read = iam.get_open_id_connect_provider(OpenIDConnectProviderArn=provider)
        assert (read['Url'], read['ClientIDList'], read['ThumbprintList']) == ('ci.example.com/x', ['b'], ['f' * 40]), read
        assert len(iam.list_open_id_connect_providers()['OpenIDConnectProviderList']) == 2
        iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=provider)
        assert iam.get_account_summary()['SummaryMap']['Roles'] == 3

        iam.create_user(UserName='ada', Path='/team/', Tags=[{'Key': 'a', 'Value': 'b'}])
        iam.get_waiter('user_exists').wait(UserName='ada')
        iam.put_user_policy(UserName='ada', PolicyName='own', PolicyDocument=json.dumps(allow))
        iam.create_group(GroupName='bakers')
        iam.add_user_to_group(GroupName='bakers', UserName='ada')
        key = iam.create_access_key(UserName='ada')['AccessKey']
        ada = boto3.Session(key['AccessKeyId'], key['SecretAccessKey'])
        assert ada.client('sts').get_caller_identity()['Arn'] == f'arn:aws:iam::{account}:user/team/ada'
        assert ada.client('iam').get_user()['User']['UserName'] == 'ada'
        assert iam.get_access_key_last_used(AccessKeyId=key['AccessKeyId'])['AccessKeyLastUsed']['ServiceName'] == 'iam'
        found = [u for p in iam.get_paginator('get_account_authorization_details').paginate(PaginationConfig={'PageSize': 2}) for u in p['UserDetailList']]
        assert [(u['UserName'], u['GroupList']) for u in found] == [('ada', ['bakers']), ('sandbox', [])], found
        refused('DeleteConflict', iam.delete_user, UserName='ada')
        iam.delete_access_key(UserName='ada', AccessKeyId=key['AccessKeyId'])
        iam.remove_user_from_group(GroupName='bakers', UserName='ada')
        iam.delete_user_policy(UserName='ada', PolicyName='own')
        iam.delete_user(UserName='ada')
        iam.delete_group(GroupName='bakers')
        iam.create_instance_profile(InstanceProfileName='box')
        iam.get_waiter('instance_profile_exists').wait(InstanceProfileName='box')
        iam.add_role_to_instance_profile(InstanceProfileName='box', RoleName='github-ci')
        assert iam.list_instance_profiles_for_role(RoleName='github-ci')['InstanceProfiles'][0]['Roles'][0]['RoleName'] == 'github-ci'
        refused('DeleteConflict', iam.delete_instance_profile, InstanceProfileName='box')
        print('done')
        """;
}
