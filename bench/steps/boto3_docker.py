"""The exercise with boto3 and docker. Arguments: repository name, folder with a Dockerfile, push (1 or 0)."""
import base64, json, os, subprocess, sys
import boto3

repository, folder, push = sys.argv[1], sys.argv[2], sys.argv[3] == "1"
role, policy, region = "github-ci", "jwt-pizza-ci-deployment", os.environ["AWS_REGION"]
ecr, iam, sts = boto3.client("ecr"), boto3.client("iam"), boto3.client("sts")

uri = ecr.create_repository(repositoryName=repository, imageScanningConfiguration={"scanOnPush": True})["repository"]["repositoryUri"]
account = sts.get_caller_identity()["Account"]
ecr.put_lifecycle_policy(repositoryName=repository, lifecyclePolicyText=json.dumps({"rules": [{"rulePriority": 1, "selection": {
    "tagStatus": "untagged", "countType": "sinceImagePushed", "countUnit": "days", "countNumber": 1}, "action": {"type": "expire"}}]}))

trust = iam.get_role(RoleName=role)["Role"]["AssumeRolePolicyDocument"]
like, key = trust["Statement"][0]["Condition"]["StringLike"], "token.actions.githubusercontent.com:sub"
subjects = like[key] if isinstance(like[key], list) else [like[key]]
like[key] = sorted({*subjects, f"repo:my-account/{repository}:ref:refs/heads/main"})
iam.update_assume_role_policy(RoleName=role, PolicyDocument=json.dumps(trust, separators=(",", ":")))

arn = f"arn:aws:iam::{account}:policy/{policy}"
version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
document = iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]
ours = [
    {"Sid": "AuthenticateWithECR", "Effect": "Allow", "Action": ["ecr:GetAuthorizationToken"], "Resource": ["*"]},
    {"Sid": "PushToECR", "Effect": "Allow", "Action": ["ecr:" + a for a in ("CompleteLayerUpload", "UploadLayerPart", "InitiateLayerUpload",
        "BatchCheckLayerAvailability", "PutImage", "BatchGetImage")], "Resource": [f"arn:aws:ecr:{region}:{account}:repository/{repository}"]},
    {"Sid": "DeployContainer", "Effect": "Allow", "Action": ["ecs:UpdateService"], "Resource": [f"arn:aws:ecs:{region}:{account}:service/{repository}/{repository}"]},
    {"Sid": "PassRolesInTaskDefinition", "Effect": "Allow", "Action": ["iam:PassRole"], "Resource": [f"arn:aws:iam::{account}:role/jwt-pizza-ecs"]},
]
document["Statement"] = [s for s in document["Statement"] if s.get("Sid") not in {o["Sid"] for o in ours}] + ours
versions = [v["VersionId"] for v in iam.list_policy_versions(PolicyArn=arn)["Versions"] if not v["IsDefaultVersion"]]
if len(versions) >= 4:
    iam.delete_policy_version(PolicyArn=arn, VersionId=versions[-1])
iam.create_policy_version(PolicyArn=arn, PolicyDocument=json.dumps(document, separators=(",", ":")), SetAsDefault=True)

if push:
    token = base64.b64decode(ecr.get_authorization_token()["authorizationData"][0]["authorizationToken"]).decode().split(":", 1)[1]
    os.environ["DOCKER_CONFIG"] = os.path.join(os.environ["TMPDIR"], "docker")
    subprocess.run(["docker", "login", "--username", "AWS", "--password-stdin", uri.split("/")[0]], input=token.encode(), check=True, capture_output=True)
    subprocess.run(["docker", "buildx", "build", "--platform", "linux/arm64", "--provenance=false", "--tag", uri + ":latest", "--push", folder], check=True, capture_output=True)
ecr.describe_images(repositoryName=repository)
