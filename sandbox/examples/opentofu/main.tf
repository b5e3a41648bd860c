# The stack of examples/seed.yaml, as OpenTofu makes it. See README.md.

terraform {
  required_providers {
    aws = { source = "hashicorp/aws", version = "~> 5.46" }
  }
}

variable "endpoint" {
  description = "Where the sandbox listens, such as http://127.0.0.1:5000"
  type        = string
}

variable "openapi" {
  description = "Whether the API's methods come from one OpenAPI document, or each from a resource of its own"
  type        = bool
  default     = false
}

locals {
  region    = "ap-northeast-1"
  cidr      = "10.1.0.0/16"
  subnets   = { "10.1.1.0/24" = "ap-northeast-1a", "10.1.2.0/24" = "ap-northeast-1c" }
  peer_vpc  = "vpc-0123456789abcdef0"
  peer_cidr = "10.4.0.0/16"
  port      = 80
  tags      = { stack = "poc" }
}

provider "aws" {
  region = local.region

  default_tags { tags = local.tags }

  endpoints {
    apigateway      = var.endpoint
    ec2             = var.endpoint
    ecr             = var.endpoint
    ecs             = var.endpoint
    elbv2           = var.endpoint
    iam             = var.endpoint
    logs            = var.endpoint
    route53         = var.endpoint
    route53resolver = var.endpoint
    sts             = var.endpoint
  }
}

data "aws_caller_identity" "current" {}

data "aws_ecr_repository" "web" { name = "poc_web" }
