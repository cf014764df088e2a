# Every resource of ECR, ECR Public and ECS that Terraform has for the sandbox. The variable changes each that can change in place.
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}
variable "mutability" { default = "MUTABLE" }
provider "aws" {
  region                      = "us-east-1"
  skip_metadata_api_check     = true
  skip_region_validation      = true
}
resource "aws_ecr_repository" "pizza" {
  name                 = "team/pizza"
  image_tag_mutability = var.mutability
  force_delete         = true
  image_scanning_configuration { scan_on_push = true }
  encryption_configuration { encryption_type = "KMS" }
  tags = { team = var.mutability }
}
resource "aws_ecr_lifecycle_policy" "pizza" {
  repository = aws_ecr_repository.pizza.name
  policy     = jsonencode({ rules = [{ rulePriority = 1, description = var.mutability, selection = { tagStatus = "untagged", countType = "sinceImagePushed", countUnit = "days", countNumber = 1 }, action = { type = "expire" } }] })
}
resource "aws_ecr_repository_policy" "pizza" {
  repository = aws_ecr_repository.pizza.name
  policy     = jsonencode({ Version = "2012-10-17", Statement = [{ Sid = "Pull", Effect = "Allow", Principal = { AWS = "123456789012" }, Action = ["ecr:BatchGetImage"] }] })
}
resource "aws_ecr_registry_policy" "all" {
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Sid = "Copy", Effect = "Allow", Principal = { AWS = "arn:aws:iam::123456789012:root" }, Action = ["ecr:ReplicateImage"], Resource = ["arn:aws:ecr:us-east-1:123456789012:repository/*"] }] })
}
resource "aws_ecr_replication_configuration" "all" {
  replication_configuration {
    rule {
      destination {
        region      = "eu-west-1"
        registry_id = "123456789012"
      }
    }
  }
}
resource "aws_ecr_registry_scanning_configuration" "all" {
  scan_type = "ENHANCED"
  rule {
    scan_frequency = "SCAN_ON_PUSH"
    repository_filter {
      filter      = "team*"
      filter_type = "WILDCARD"
    }
  }
}
resource "aws_ecr_pull_through_cache_rule" "public" {
  ecr_repository_prefix = "ecr-public"
  upstream_registry_url = "public.ecr.aws"
}
resource "aws_ecr_repository_creation_template" "made" {
  prefix               = "made"
  description          = var.mutability
  image_tag_mutability = var.mutability
  applied_for          = ["PULL_THROUGH_CACHE", "REPLICATION"]
  encryption_configuration { encryption_type = "AES256" }
}
resource "aws_ecr_account_setting" "scan" {
  name  = "BASIC_SCAN_TYPE_VERSION"
  value = var.mutability == "MUTABLE" ? "AWS_NATIVE" : "CLAIR"
}
resource "aws_ecrpublic_repository" "open" {
  repository_name = "open"
  force_destroy = true
  catalog_data { description = var.mutability }
}
resource "aws_ecrpublic_repository" "bare" {
  repository_name = "bare"
}
resource "aws_ecrpublic_repository_policy" "open" {
  repository_name = aws_ecrpublic_repository.open.repository_name
  policy          = jsonencode({ Version = "2012-10-17", Statement = [{ Sid = "Pull", Effect = "Allow", Principal = "*", Action = ["ecr-public:DescribeImages"] }] })
}
resource "aws_ecs_cluster" "oven" {
  name = "oven"
  tags = { team = var.mutability }
  setting {
    name  = "containerInsights"
    value = var.mutability == "MUTABLE" ? "enabled" : "disabled"
  }
}
resource "aws_ecs_cluster_capacity_providers" "oven" {
  cluster_name       = aws_ecs_cluster.oven.name
  capacity_providers = ["FARGATE"]
}
resource "aws_ecs_task_definition" "web" {
  family                   = "web"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = "256"
  memory                   = "512"
  container_definitions    = jsonencode([{ name = "web", image = "${aws_ecr_repository.pizza.repository_url}:${lower(var.mutability)}", essential = true, portMappings = [{ containerPort = 80 }] }])
}
resource "aws_ecs_service" "web" {
  name            = "web"
  cluster         = aws_ecs_cluster.oven.id
  task_definition = aws_ecs_task_definition.web.arn
  desired_count   = 0
  launch_type     = "FARGATE"
  network_configuration { subnets = ["subnet-1"] }
}
resource "aws_ecs_tag" "oven" {
  resource_arn = "arn:aws:ecs:us-east-1:123456789012:cluster/jwt-pizza-service"
  key          = "oven"
  value        = var.mutability
}
data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["ecs-tasks.amazonaws.com"]
    }
  }
}
data "aws_iam_policy_document" "pull" {
  statement {
    sid       = var.mutability
    actions   = ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
    resources = [aws_ecr_repository.pizza.arn]
  }
}
resource "aws_iam_openid_connect_provider" "issuer" {
  url             = "https://issuer.example"
  client_id_list  = ["sts.amazonaws.com"]
  thumbprint_list = [var.mutability == "MUTABLE" ? "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" : "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"]
  tags            = { team = var.mutability }
}
resource "aws_iam_role" "task" {
  name                 = "task"
  description          = var.mutability
  max_session_duration = var.mutability == "MUTABLE" ? 3600 : 7200
  assume_role_policy   = data.aws_iam_policy_document.trust.json
  permissions_boundary = aws_iam_policy.pull.arn
  tags                 = { team = var.mutability }
}
resource "aws_iam_role_policy" "task" {
  name   = "inline"
  role   = aws_iam_role.task.id
  policy = data.aws_iam_policy_document.pull.json
}
resource "aws_iam_policy" "pull" {
  name   = "pull"
  policy = data.aws_iam_policy_document.pull.json
  tags   = { team = var.mutability }
}
resource "aws_iam_role_policy_attachment" "task" {
  role       = aws_iam_role.task.name
  policy_arn = aws_iam_policy.pull.arn
}
resource "aws_iam_role_policy_attachment" "aws" {
  role       = aws_iam_role.task.name
  policy_arn = "arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryReadOnly"
}
resource "aws_iam_instance_profile" "task" {
  name = "task"
  role = aws_iam_role.task.name
  tags = { team = var.mutability }
}
resource "aws_iam_user" "cook" {
  name = "cook"
  tags = { team = var.mutability }
}
resource "aws_iam_user_policy" "cook" {
  name   = "inline"
  user   = aws_iam_user.cook.name
  policy = data.aws_iam_policy_document.pull.json
}
resource "aws_iam_user_policy_attachment" "cook" {
  user       = aws_iam_user.cook.name
  policy_arn = aws_iam_policy.pull.arn
}
resource "aws_iam_access_key" "cook" {
  user   = aws_iam_user.cook.name
  status = var.mutability == "MUTABLE" ? "Active" : "Inactive"
}
resource "aws_iam_group" "cooks" {
  name = "cooks"
}
resource "aws_iam_group_policy" "cooks" {
  name   = "inline"
  group  = aws_iam_group.cooks.name
  policy = data.aws_iam_policy_document.pull.json
}
resource "aws_iam_group_policy_attachment" "cooks" {
  group      = aws_iam_group.cooks.name
  policy_arn = aws_iam_policy.pull.arn
}
resource "aws_iam_user_group_membership" "cook" {
  user   = aws_iam_user.cook.name
  groups = [aws_iam_group.cooks.name]
}
resource "aws_iam_service_linked_role" "replication" {
  aws_service_name = "replication.ecr.amazonaws.com"
  description      = var.mutability
}
resource "aws_iam_account_alias" "pizza" {
  account_alias = lower("pizza-${var.mutability}")
}
