"""Runs every operation of the sandbox through the AWS CLI's own parser and printer: its driver, once, in place of a process for each command."""
import contextlib, hashlib, io, json, os, sys, tempfile
from awscli.clidriver import create_clidriver

driver = create_clidriver()


def aws(service, command, /, **options):
    words = [service, command, '--output', 'json', '--region', 'us-east-1']
    for name, value in options.items():
        words.append('--' + name.replace('_', '-'))
        if value is not True: words.append(json.dumps(value) if isinstance(value, (list, dict)) else str(value))
    out, errors = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(errors): code = driver.main(words)
    if code: sys.exit(f'aws {" ".join(words)}: {errors.getvalue()}')
    return json.loads(out.getvalue()) if out.getvalue().strip() else None


def push(service, repository, tag, text, subject=None):
    """A push layer by layer, as the API has it."""
    def blob(content):
        upload = aws(service, 'initiate-layer-upload', repository_name=repository)['uploadId']
        with tempfile.NamedTemporaryFile() as part:
            part.write(content)
            part.flush()
            aws(service, 'upload-layer-part', repository_name=repository, upload_id=upload, part_first_byte=0, part_last_byte=len(content) - 1, layer_part_blob='fileb://' + part.name)
        digest = 'sha256:' + hashlib.sha256(content).hexdigest()
        aws(service, 'complete-layer-upload', repository_name=repository, upload_id=upload, layer_digests=[digest])
        return {'digest': digest, 'size': len(content)}
    config = blob(json.dumps({'os': 'linux', 'architecture': 'arm64', 'text': text}).encode())
    layer = blob(text.encode())
    manifest = {'schemaVersion': 2, 'mediaType': 'application/vnd.oci.image.manifest.v1+json',
                'config': {'mediaType': 'application/vnd.oci.image.config.v1+json', **config}, 'layers': [{'mediaType': 'application/vnd.oci.image.layer.v1.tar', **layer}]}
    if subject: manifest['subject'] = subject
    body = json.dumps(manifest)
    names = {'image_tag': tag} if tag else {'image_digest': 'sha256:' + hashlib.sha256(body.encode()).hexdigest()}
    image = aws(service, 'put-image', repository_name=repository, image_manifest=body, **names)['image']['imageId']
    return {'mediaType': manifest['mediaType'], 'digest': image['imageDigest'], 'size': len(body)}, layer['digest']


def ecr():
    def do(command, /, **options): return aws('ecr', command, **options)
    pizza = {'repository_name': 'pizza'}
    arn = do('create-repository', **pizza, tags=[{'Key': 'a', 'Value': 'b'}])['repository']['repositoryArn']
    assert do('describe-repositories')['repositories'][0]['repositoryName'] == 'pizza'
    do('put-image-tag-mutability', **pizza, image_tag_mutability='IMMUTABLE_WITH_EXCLUSION', image_tag_mutability_exclusion_filters=[{'filterType': 'WILDCARD', 'filter': 'latest'}])
    do('put-image-scanning-configuration', **pizza, image_scanning_configuration={'scanOnPush': False})
    do('tag-resource', resource_arn=arn, tags=[{'Key': 'c', 'Value': 'd'}])
    do('untag-resource', resource_arn=arn, tag_keys=['a'])
    assert do('list-tags-for-resource', resource_arn=arn)['tags'] == [{'Key': 'c', 'Value': 'd'}]

    do('put-account-setting', name='BLOB_MOUNTING', value='ENABLED')
    assert do('get-account-setting', name='BLOB_MOUNTING')['value'] == 'ENABLED'
    do('put-registry-scanning-configuration', scan_type='BASIC', rules=[{'scanFrequency': 'SCAN_ON_PUSH', 'repositoryFilters': [{'filter': '*', 'filterType': 'WILDCARD'}]}])
    assert do('get-registry-scanning-configuration')['scanningConfiguration']['scanType'] == 'BASIC'
    assert do('batch-get-repository-scanning-configuration', repository_names=['pizza'])['scanningConfigurations'][0]['scanFrequency'] == 'SCAN_ON_PUSH'
    do('put-replication-configuration', replication_configuration={'rules': [{'destinations': [{'region': 'eu-west-1', 'registryId': '123456789012'}]}]})
    assert len(do('describe-registry')['replicationConfiguration']['rules']) == 1

    image, layer = push('ecr', 'pizza', 'latest', 'one')
    push('ecr', 'pizza', 'v2', 'two')
    referrer, _ = push('ecr', 'pizza', None, 'signature', subject=image)
    latest = {'imageTag': 'latest'}
    assert do('describe-image-replication-status', **pizza, image_id=latest)['replicationStatuses'][0]['status'] == 'COMPLETE'
    assert {i.get('imageTag') for i in do('list-images', **pizza)['imageIds']} == {'latest', 'v2', None}
    assert do('describe-images', **pizza, image_ids=[latest])['imageDetails'][0]['imageDigest'] == image['digest']
    assert do('list-image-referrers', **pizza, subject_id={'imageDigest': image['digest']})['referrers'][0]['digest'] == referrer['digest']
    assert do('batch-get-image', **pizza, image_ids=[latest])['images'][0]['imageId']['imageTag'] == 'latest'
    assert do('batch-check-layer-availability', **pizza, layer_digests=[layer])['layers'][0]['layerAvailability'] == 'AVAILABLE'
    assert '/_layers/' in do('get-download-url-for-layer', **pizza, layer_digest=layer)['downloadUrl']
    assert 'findings' in do('describe-image-scan-findings', **pizza, image_id=latest)['imageScanFindings']
    do('put-registry-scanning-configuration', scan_type='BASIC', rules=[])
    push('ecr', 'pizza', 'v3', 'three')
    assert do('start-image-scan', **pizza, image_id={'imageTag': 'v3'})['imageScanStatus']['status'] == 'IN_PROGRESS'
    do('update-image-storage-class', **pizza, image_id={'imageTag': 'v3'}, target_storage_class='ARCHIVE')

    policy = json.dumps({'rules': [{'rulePriority': 1, 'selection': {'tagStatus': 'untagged', 'countType': 'sinceImagePushed', 'countUnit': 'days', 'countNumber': 1}, 'action': {'type': 'expire'}}]})
    do('put-lifecycle-policy', **pizza, lifecycle_policy_text=policy)
    assert json.loads(do('get-lifecycle-policy', **pizza)['lifecyclePolicyText']) == json.loads(policy)
    do('start-lifecycle-policy-preview', **pizza)
    assert do('get-lifecycle-policy-preview', **pizza)['status'] == 'COMPLETE'
    do('delete-lifecycle-policy', **pizza)
    statement = {'Version': '2012-10-17', 'Statement': [{'Sid': 'A', 'Effect': 'Allow', 'Principal': {'AWS': 'arn:aws:iam::999999999999:root'}, 'Action': 'ecr:BatchGetImage'}]}
    do('set-repository-policy', **pizza, policy_text=json.dumps(statement))
    assert 'BatchGetImage' in do('get-repository-policy', **pizza)['policyText']
    do('delete-repository-policy', **pizza)
    statement['Statement'][0] |= {'Action': 'ecr:ReplicateImage', 'Resource': 'arn:aws:ecr:us-east-1:123456789012:repository/*'}
    do('put-registry-policy', policy_text=json.dumps(statement))
    assert 'ReplicateImage' in do('get-registry-policy')['policyText']
    do('delete-registry-policy')

    do('create-pull-through-cache-rule', ecr_repository_prefix='cache', upstream_registry_url='public.ecr.aws', upstream_registry='ecr-public')
    assert do('describe-pull-through-cache-rules')['pullThroughCacheRules'][0]['ecrRepositoryPrefix'] == 'cache'
    do('update-pull-through-cache-rule', ecr_repository_prefix='cache', credential_arn='arn:aws:secretsmanager:us-east-1:123456789012:secret:ecr-pullthroughcache/a')
    assert do('validate-pull-through-cache-rule', ecr_repository_prefix='cache')['isValid']
    do('delete-pull-through-cache-rule', ecr_repository_prefix='cache')
    do('create-repository-creation-template', prefix='made', applied_for=['REPLICATION'])
    do('update-repository-creation-template', prefix='made', image_tag_mutability='IMMUTABLE')
    assert do('describe-repository-creation-templates')['repositoryCreationTemplates'][0]['imageTagMutability'] == 'IMMUTABLE'
    do('delete-repository-creation-template', prefix='made')
    do('put-signing-configuration', signing_configuration={'rules': [{'signingProfileArn': 'arn:aws:signer:us-east-1:123456789012:/signing-profiles/pizza'}]})
    assert len(do('get-signing-configuration')['signingConfiguration']['rules']) == 1
    push('ecr', 'pizza', 'signed', 'four')
    assert do('describe-image-signing-status', **pizza, image_id={'imageTag': 'signed'})['signingStatuses'][0]['status'] == 'COMPLETE'
    do('delete-signing-configuration')
    scanner = {'principal_arn': 'arn:aws:iam::123456789012:role/scanner'}
    do('register-pull-time-update-exclusion', **scanner)
    assert do('list-pull-time-update-exclusions')['pullTimeUpdateExclusions'] == [scanner['principal_arn']]
    do('deregister-pull-time-update-exclusion', **scanner)

    assert do('get-authorization-token')['authorizationData'][0]['proxyEndpoint'].startswith('http')
    assert do('batch-delete-image', **pizza, image_ids=[{'imageTag': 'v2'}])['imageIds'][0]['imageTag'] == 'v2'
    do('delete-repository', **pizza, force=True)


def ecr_public():
    def do(command, /, **options): return aws('ecr-public', command, **options)
    pizza = {'repository_name': 'pizza'}
    arn = do('create-repository', **pizza)['repository']['repositoryArn']
    assert do('describe-repositories')['repositories'][0]['repositoryArn'] == arn
    assert do('describe-registries')['registries'][0]['aliases'][0]['primaryRegistryAlias']
    do('put-repository-catalog-data', **pizza, catalog_data={'description': 'Pizza'})
    assert do('get-repository-catalog-data', **pizza)['catalogData']['description'] == 'Pizza'
    do('put-registry-catalog-data', display_name='Pizza')
    assert do('get-registry-catalog-data')['registryCatalogData']['displayName'] == 'Pizza'
    _, layer = push('ecr-public', 'pizza', 'latest', 'one')
    assert do('describe-images', **pizza)['imageDetails'][0]['imageTags'] == ['latest']
    assert do('describe-image-tags', **pizza)['imageTagDetails'][0]['imageTag'] == 'latest'
    assert do('batch-check-layer-availability', **pizza, layer_digests=[layer])['layers'][0]['layerAvailability'] == 'AVAILABLE'
    do('set-repository-policy', **pizza, policy_text=json.dumps({'Version': '2012-10-17', 'Statement': [{'Effect': 'Allow', 'Principal': '*', 'Action': 'ecr-public:DescribeImages'}]}))
    assert 'DescribeImages' in do('get-repository-policy', **pizza)['policyText']
    do('delete-repository-policy', **pizza)
    do('tag-resource', resource_arn=arn, tags=[{'Key': 'c', 'Value': 'd'}])
    assert do('list-tags-for-resource', resource_arn=arn)['tags'] == [{'Key': 'c', 'Value': 'd'}]
    do('untag-resource', resource_arn=arn, tag_keys=['c'])
    assert 'authorizationToken' in do('get-authorization-token')['authorizationData']
    do('batch-delete-image', **pizza, image_ids=[{'imageTag': 'latest'}])
    do('delete-repository', **pizza)


def ecs():
    def do(command, /, **options): return aws('ecs', command, **options)
    repository = {'repository_name': 'web'}
    uri = aws('ecr', 'create-repository', **repository)['repository']['repositoryUri']
    push('ecr', 'web', 'latest', 'one')
    do('create-cluster', cluster_name='oven')
    assert any(a.endswith('cluster/oven') for a in do('list-clusters')['clusterArns'])
    assert do('describe-clusters', clusters=['oven'])['clusters'][0]['status'] == 'ACTIVE'
    do('update-cluster', cluster='oven', settings=[{'name': 'containerInsights', 'value': 'enabled'}])
    do('update-cluster-settings', cluster='oven', settings=[{'name': 'containerInsights', 'value': 'disabled'}])
    do('put-cluster-capacity-providers', cluster='oven', capacity_providers=['FARGATE'], default_capacity_provider_strategy=[])
    do('register-task-definition', family='web', requires_compatibilities=['FARGATE'], network_mode='awsvpc', cpu='256', memory='512',
       runtime_platform={'cpuArchitecture': 'ARM64', 'operatingSystemFamily': 'LINUX'}, container_definitions=[{'name': 'web', 'image': uri + ':latest'}])
    assert do('describe-task-definition', task_definition='web')['taskDefinition']['revision'] == 1
    do('create-service', cluster='oven', service_name='web', task_definition='web', desired_count=1, launch_type='FARGATE', network_configuration={'awsvpcConfiguration': {'subnets': ['subnet-1']}})
    do('update-service', cluster='oven', service='web', force_new_deployment=True)
    assert do('list-services', cluster='oven')['serviceArns'][0].endswith('web')
    do('describe-services', cluster='oven', services=['web'])
    assert do('describe-services', cluster='oven', services=['web'])['services'][0]['runningCount'] == 1
    tasks = do('list-tasks', cluster='oven')['taskArns']
    assert do('describe-tasks', cluster='oven', tasks=tasks)['tasks'][0]['lastStatus'] == 'RUNNING'
    run = do('run-task', cluster='oven', task_definition='web', network_configuration={'awsvpcConfiguration': {'subnets': ['subnet-1']}})['tasks'][0]['taskArn']
    do('tag-resource', resource_arn=run, tags=[{'key': 'a', 'value': 'b'}])
    assert do('list-tags-for-resource', resource_arn=run)['tags'][0]['key'] == 'a'
    do('untag-resource', resource_arn=run, tag_keys=['a'])
    assert do('stop-task', cluster='oven', task=run)['task']['stopCode'] == 'UserInitiated'
    assert 'web' in do('list-task-definition-families')['families']
    do('delete-service', cluster='oven', service='web', force=True)
    do('deregister-task-definition', task_definition='web:1')
    assert do('list-task-definitions', status='INACTIVE')['taskDefinitionArns']
    assert do('delete-task-definitions', task_definitions=['web:1'])['taskDefinitions'][0]['status'] == 'DELETE_IN_PROGRESS'
    assert do('delete-cluster', cluster='oven')['cluster']['status'] == 'INACTIVE'


def iam():
    def do(command, /, **options): return aws('iam', command, **options)
    allow = json.dumps({'Version': '2012-10-17', 'Statement': [{'Sid': 'A', 'Effect': 'Allow', 'Action': 'ecr:*', 'Resource': '*'}]})
    trust = json.dumps({'Version': '2012-10-17', 'Statement': [{'Effect': 'Allow', 'Principal': {'AWS': 'arn:aws:iam::123456789012:root'}, 'Action': 'sts:AssumeRole'}]})
    role = {'role_name': 'cook'}
    role_arn = do('create-role', **role, assume_role_policy_document=trust)['Role']['Arn']
    assert do('get-role', **role)['Role']['AssumeRolePolicyDocument'] == json.loads(trust)
    do('update-assume-role-policy', **role, policy_document=trust)
    assert {r['RoleName'] for r in do('list-roles')['Roles']} == {'cook', 'github-ci', 'jwt-pizza-ecs', 'aws-elasticbeanstalk-ec2-role'}
    do('list-instance-profiles-for-role', **role)
    arn = do('create-policy', policy_name='bake', policy_document=allow)['Policy']['Arn']
    bake = {'policy_arn': arn}
    assert do('get-policy', **bake)['Policy']['DefaultVersionId'] == 'v1'
    assert do('list-policies', scope='Local')['Policies']
    do('create-policy-version', **bake, policy_document=allow)
    do('set-default-policy-version', **bake, version_id='v2')
    assert do('get-policy-version', **bake, version_id='v2')['PolicyVersion']['Document'] == json.loads(allow)
    assert len(do('list-policy-versions', **bake)['Versions']) == 2
    do('delete-policy-version', **bake, version_id='v1')
    do('attach-role-policy', **role, **bake)
    assert do('list-attached-role-policies', **role)['AttachedPolicies'][0]['PolicyArn'] == arn
    assert do('list-entities-for-policy', **bake)['PolicyRoles'][0]['RoleName'] == 'cook'
    assert do('simulate-principal-policy', policy_source_arn=role_arn, action_names=['ecr:PutImage'])['EvaluationResults'][0]['EvalDecision'] == 'allowed'
    assert do('simulate-custom-policy', policy_input_list=[allow], action_names=['s3:PutObject'])['EvaluationResults'][0]['EvalDecision'] == 'implicitDeny'
    do('put-role-policy', **role, policy_name='inline', policy_document=allow)
    assert do('get-role-policy', **role, policy_name='inline')['PolicyDocument'] == json.loads(allow)
    assert do('list-role-policies', **role)['PolicyNames'] == ['inline']
    assert aws('sts', 'assume-role', role_arn=role_arn, role_session_name='me')['Credentials']['SessionToken']
    do('delete-role-policy', **role, policy_name='inline')
    do('detach-role-policy', **role, **bake)
    do('delete-policy', **bake)
    do('delete-role', **role)
    provider = do('create-open-id-connect-provider', url='https://ci.example.com', client_id_list=['a'])['OpenIDConnectProviderArn']
    given = {'open_id_connect_provider_arn': provider}
    do('add-client-id-to-open-id-connect-provider', **given, client_id='b')
    do('remove-client-id-from-open-id-connect-provider', **given, client_id='a')
    do('update-open-id-connect-provider-thumbprint', **given, thumbprint_list=['f' * 40])
    assert do('get-open-id-connect-provider', **given)['ClientIDList'] == ['b']
    assert len(do('list-open-id-connect-providers')['OpenIDConnectProviderList']) == 2
    tags(do, 'open-id-connect-provider', given)
    do('delete-open-id-connect-provider', **given)
    assert do('get-account-summary')['SummaryMap']['Roles'] == 3
    people(do, allow, trust)


def tags(do, kind, of):
    plural = kind + '-tags'
    do('tag-' + kind, **of, tags=[{'Key': 'team', 'Value': 'pizza'}])
    assert do('list-' + plural, **of)['Tags'] == [{'Key': 'team', 'Value': 'pizza'}]
    do('untag-' + kind, **of, tag_keys=['team'])


def policies(do, kind, of, allow):
    do(f'put-{kind}-policy', **of, policy_name='own', policy_document=allow)
    assert do(f'get-{kind}-policy', **of, policy_name='own')['PolicyDocument'] == json.loads(allow)
    assert do(f'list-{kind}-policies', **of)['PolicyNames'] == ['own']
    do(f'delete-{kind}-policy', **of, policy_name='own')
    aws_policy = {'policy_arn': 'arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryPullOnly'}
    do(f'attach-{kind}-policy', **of, **aws_policy)
    assert do(f'list-attached-{kind}-policies', **of)['AttachedPolicies'][0]['PolicyName'] == 'AmazonEC2ContainerRegistryPullOnly'
    do(f'detach-{kind}-policy', **of, **aws_policy)


def people(do, allow, trust):
    boundary = {'permissions_boundary': 'arn:aws:iam::aws:policy/PowerUserAccess'}
    user, group, role, profile = {'user_name': 'ada'}, {'group_name': 'bakers'}, {'role_name': 'cook'}, {'instance_profile_name': 'box'}
    assert do('create-user', **user)['User']['Path'] == '/'
    do('update-user', **user, new_path='/team/')
    assert do('get-user', **user)['User']['Arn'].endswith('user/team/ada')
    assert {u['UserName'] for u in do('list-users')['Users']} == {'ada', 'sandbox'}
    do('put-user-permissions-boundary', **user, **boundary)
    do('delete-user-permissions-boundary', **user)
    tags(do, 'user', user)
    policies(do, 'user', user, allow)
    key = do('create-access-key', **user)['AccessKey']['AccessKeyId']
    assert aws('sts', 'get-access-key-info', access_key_id=key)['Account'] == '123456789012'
    do('update-access-key', **user, access_key_id=key, status='Inactive')
    assert do('list-access-keys', **user)['AccessKeyMetadata'][0]['Status'] == 'Inactive'
    assert do('get-access-key-last-used', access_key_id=key)['UserName'] == 'ada'
    do('create-group', **group)
    policies(do, 'group', group, allow)
    do('add-user-to-group', **group, **user)
    assert do('get-group', **group)['Users'][0]['UserName'] == 'ada'
    assert do('list-groups-for-user', **user)['Groups'][0]['GroupName'] == 'bakers'
    do('update-group', **group, new_group_name='cooks')
    assert do('list-groups')['Groups'][0]['GroupName'] == 'cooks'
    do('create-role', **role, assume_role_policy_document=trust)
    do('update-role', **role, max_session_duration=7200)
    assert do('update-role-description', **role, description='cooks')['Role']['Description'] == 'cooks'
    do('put-role-permissions-boundary', **role, **boundary)
    do('delete-role-permissions-boundary', **role)
    tags(do, 'role', role)
    do('create-instance-profile', **profile)
    do('add-role-to-instance-profile', **profile, **role)
    tags(do, 'instance-profile', profile)
    assert do('get-instance-profile', **profile)['InstanceProfile']['Roles'][0]['RoleName'] == 'cook'
    assert do('list-instance-profiles')['InstanceProfiles']
    assert {r['RoleName'] for r in do('get-account-authorization-details')['RoleDetailList']} == {'cook', 'github-ci', 'jwt-pizza-ecs', 'aws-elasticbeanstalk-ec2-role'}
    do('remove-role-from-instance-profile', **profile, **role)
    do('delete-instance-profile', **profile)
    do('delete-role', **role)
    do('remove-user-from-group', group_name='cooks', **user)
    do('delete-group', group_name='cooks')
    do('delete-access-key', **user, access_key_id=key)
    do('delete-user', **user)
    policy = {'policy_arn': do('create-policy', policy_name='bake', policy_document=allow)['Policy']['Arn']}
    tags(do, 'policy', policy)
    do('delete-policy', **policy)
    linked = do('create-service-linked-role', aws_service_name='replication.ecr.amazonaws.com')['Role']['RoleName']
    task = do('delete-service-linked-role', role_name=linked)['DeletionTaskId']
    assert do('get-service-linked-role-deletion-status', deletion_task_id=task)['Status'] == 'SUCCEEDED'
    do('create-account-alias', account_alias='pizza')
    assert do('list-account-aliases')['AccountAliases'] == ['pizza']
    do('delete-account-alias', account_alias='pizza')


def sts():
    assert aws('sts', 'get-caller-identity')['Account'] == '123456789012'
    assert aws('sts', 'get-session-token')['Credentials']['SessionToken']
    assert aws('sts', 'get-federation-token', name='ada')['FederatedUser']['FederatedUserId'] == '123456789012:ada'
    assert aws('sts', 'assume-role-with-web-identity', role_arn='arn:aws:iam::123456789012:role/github-ci', role_session_name='me', web_identity_token=os.environ['GITHUB_JWT'])['Credentials']


for walk in ecr, ecr_public, ecs, iam, sts: walk()
