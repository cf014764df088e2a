# What is there already, taken over into a state that is empty.
locals {
  account = "123456789012"
}
import {
  to = aws_ecr_repository.pizza
  id = "team/pizza"
}
import {
  to = aws_ecr_lifecycle_policy.pizza
  id = "team/pizza"
}
import {
  to = aws_ecr_repository_policy.pizza
  id = "team/pizza"
}
import {
  to = aws_ecr_registry_policy.all
  id = local.account
}
import {
  to = aws_ecr_replication_configuration.all
  id = local.account
}
import {
  to = aws_ecr_registry_scanning_configuration.all
  id = local.account
}
import {
  to = aws_ecr_pull_through_cache_rule.public
  id = "ecr-public"
}
import {
  to = aws_ecr_repository_creation_template.made
  id = "made"
}
import {
  to = aws_ecr_account_setting.scan
  id = "BASIC_SCAN_TYPE_VERSION"
}
import {
  to = aws_ecrpublic_repository.open
  id = "open"
}
import {
  to = aws_ecrpublic_repository.bare
  id = "bare"
}
import {
  to = aws_ecrpublic_repository_policy.open
  id = "open"
}
import {
  to = aws_ecs_cluster.oven
  id = "oven"
}
import {
  to = aws_ecs_cluster_capacity_providers.oven
  id = "oven"
}
import {
  to = aws_ecs_task_definition.web
  id = "arn:aws:ecs:us-east-1:${local.account}:task-definition/web:2"
}
import {
  to = aws_ecs_service.web
  id = "oven/web"
}
import {
  to = aws_ecs_tag.oven
  id = "arn:aws:ecs:us-east-1:${local.account}:cluster/jwt-pizza-service,oven"
}
import {
  to = aws_iam_openid_connect_provider.issuer
  id = "arn:aws:iam::${local.account}:oidc-provider/issuer.example"
}
import {
  to = aws_iam_role.task
  id = "task"
}
import {
  to = aws_iam_role_policy.task
  id = "task:inline"
}
import {
  to = aws_iam_policy.pull
  id = "arn:aws:iam::${local.account}:policy/pull"
}
import {
  to = aws_iam_role_policy_attachment.task
  id = "task/arn:aws:iam::${local.account}:policy/pull"
}
import {
  to = aws_iam_role_policy_attachment.aws
  id = "task/arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryReadOnly"
}
import {
  to = aws_iam_instance_profile.task
  id = "task"
}
import {
  to = aws_iam_user.cook
  id = "cook"
}
import {
  to = aws_iam_user_policy.cook
  id = "cook:inline"
}
import {
  to = aws_iam_user_policy_attachment.cook
  id = "cook/arn:aws:iam::${local.account}:policy/pull"
}
import {
  to = aws_iam_access_key.cook
  id = var.key
}
import {
  to = aws_iam_group.cooks
  id = "cooks"
}
import {
  to = aws_iam_group_policy.cooks
  id = "cooks:inline"
}
import {
  to = aws_iam_group_policy_attachment.cooks
  id = "cooks/arn:aws:iam::${local.account}:policy/pull"
}
import {
  to = aws_iam_user_group_membership.cook
  id = "cook/cooks"
}
import {
  to = aws_iam_service_linked_role.replication
  id = "arn:aws:iam::${local.account}:role/aws-service-role/replication.ecr.amazonaws.com/AWSServiceRoleForECRReplication"
}
import {
  to = aws_iam_account_alias.pizza
  id = "pizza-immutable"
}
variable "key" { type = string }
