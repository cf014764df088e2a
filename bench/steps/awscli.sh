#!/usr/bin/env bash
# The exercise as it is done by hand today: AWS CLI, jq, docker. Arguments: repository name, folder with a Dockerfile, push (1 or 0).
set -euo pipefail
repository=$1 folder=$2 push=$3
role=github-ci policy=jwt-pizza-ci-deployment
aws ecr create-repository --repository-name "$repository" --image-scanning-configuration scanOnPush=true >/dev/null
uri=$(aws ecr describe-repositories --repository-names "$repository" --query 'repositories[0].repositoryUri' --output text)
account=$(aws sts get-caller-identity --query Account --output text)

aws ecr put-lifecycle-policy --repository-name "$repository" --lifecycle-policy-text '{"rules":[{"rulePriority":1,"selection":{"tagStatus":"untagged","countType":"sinceImagePushed","countUnit":"days","countNumber":1},"action":{"type":"expire"}}]}' >/dev/null

aws iam get-role --role-name $role --query Role.AssumeRolePolicyDocument |
  jq -c --arg sub "repo:my-account/$repository:ref:refs/heads/main" \
    '.Statement[0].Condition.StringLike["token.actions.githubusercontent.com:sub"] |= ((if type == "array" then . else [.] end) + [$sub] | unique)' >"$TMPDIR/trust.json"
aws iam update-assume-role-policy --role-name $role --policy-document "file://$TMPDIR/trust.json"

arn=arn:aws:iam::$account:policy/$policy
version=$(aws iam get-policy --policy-arn "$arn" --query Policy.DefaultVersionId --output text)
aws iam get-policy-version --policy-arn "$arn" --version-id "$version" --query PolicyVersion.Document |
  jq -c --arg repository "arn:aws:ecr:$AWS_REGION:$account:repository/$repository" --arg service "arn:aws:ecs:$AWS_REGION:$account:service/$repository/$repository" --arg task "arn:aws:iam::$account:role/jwt-pizza-ecs" \
    '.Statement |= map(select(.Sid | IN("AuthenticateWithECR", "PushToECR", "DeployContainer", "PassRolesInTaskDefinition") | not)) + [
      {Sid: "AuthenticateWithECR", Effect: "Allow", Action: ["ecr:GetAuthorizationToken"], Resource: ["*"]},
      {Sid: "PushToECR", Effect: "Allow", Action: ["ecr:CompleteLayerUpload", "ecr:UploadLayerPart", "ecr:InitiateLayerUpload", "ecr:BatchCheckLayerAvailability", "ecr:PutImage", "ecr:BatchGetImage"], Resource: [$repository]},
      {Sid: "DeployContainer", Effect: "Allow", Action: ["ecs:UpdateService"], Resource: [$service]},
      {Sid: "PassRolesInTaskDefinition", Effect: "Allow", Action: ["iam:PassRole"], Resource: [$task]}]' >"$TMPDIR/policy.json"
versions=$(aws iam list-policy-versions --policy-arn "$arn" --query 'Versions[?!IsDefaultVersion].VersionId' --output text)
[ "$(wc -w <<<"$versions")" -lt 4 ] || aws iam delete-policy-version --policy-arn "$arn" --version-id "${versions##*[[:space:]]}"
aws iam create-policy-version --policy-arn "$arn" --policy-document "file://$TMPDIR/policy.json" --set-as-default >/dev/null

if [ "$push" = 1 ]; then
  export DOCKER_CONFIG=$TMPDIR/docker
  aws ecr get-login-password | docker login --username AWS --password-stdin "${uri%%/*}" >/dev/null 2>&1
  docker buildx build --platform linux/arm64 --provenance=false --tag "$uri:latest" --push "$folder" >/dev/null 2>&1
fi
aws ecr describe-images --repository-name "$repository" >/dev/null
