resource "aws_lb" "main" {
  name                             = "poc"
  load_balancer_type               = "network"
  internal                         = true
  subnets                          = local.subnet_ids
  enable_cross_zone_load_balancing = true
}

resource "aws_lb_target_group" "web" {
  name                 = "poc"
  port                 = local.port
  protocol             = "TCP"
  target_type          = "ip"
  vpc_id               = aws_vpc.main.id
  preserve_client_ip   = false
  deregistration_delay = 10

  health_check {
    protocol            = "TCP"
    interval            = 10
    timeout             = 5
    healthy_threshold   = 2
    unhealthy_threshold = 2
  }
}

resource "aws_lb_listener" "web" {
  load_balancer_arn = aws_lb.main.arn
  port              = local.port
  protocol          = "TCP"

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.web.arn
  }
}

# ---- what tasks may do

locals {
  trust = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "ecs-tasks.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = { StringEquals = { "aws:SourceAccount" = data.aws_caller_identity.current.account_id } }
    }]
  })
}

resource "aws_iam_role" "execution" {
  name               = "poc-execution"
  path               = "/privateapi/"
  assume_role_policy = local.trust
}

resource "aws_iam_role_policy_attachment" "execution" {
  role       = aws_iam_role.execution.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
}

resource "aws_iam_role" "task" {
  name               = "poc-task"
  path               = "/privateapi/"
  assume_role_policy = local.trust
}

resource "aws_iam_role_policy" "task" {
  name = "nothing-but-logs"
  role = aws_iam_role.task.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "logs:PutLogEvents", Resource = "${aws_cloudwatch_log_group.web.arn}:*" }]
  })
}

# ---- the service

resource "aws_cloudwatch_log_group" "web" {
  name              = "/privateapi/poc"
  retention_in_days = 30
}

resource "aws_ecs_cluster" "main" {
  name = "poc"

  setting {
    name  = "containerInsights"
    value = "disabled"
  }
}

resource "aws_ecs_task_definition" "web" {
  family                   = "poc"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = 256
  memory                   = 512
  execution_role_arn       = aws_iam_role.execution.arn
  task_role_arn            = aws_iam_role.task.arn

  runtime_platform {
    operating_system_family = "LINUX"
    cpu_architecture        = "X86_64"
  }

  container_definitions = jsonencode([{
    name         = "web"
    image        = "${data.aws_ecr_repository.web.repository_url}:web"
    essential    = true
    portMappings = [{ containerPort = local.port, hostPort = local.port, protocol = "tcp" }]
    logConfiguration = {
      logDriver = "awslogs"
      options = {
        awslogs-group         = aws_cloudwatch_log_group.web.name
        awslogs-region        = local.region
        awslogs-stream-prefix = "web"
      }
    }
  }])
}

resource "aws_ecs_service" "web" {
  name                               = "poc"
  cluster                            = aws_ecs_cluster.main.id
  task_definition                    = aws_ecs_task_definition.web.arn
  launch_type                        = "FARGATE"
  desired_count                      = 2
  deployment_minimum_healthy_percent = 100
  deployment_maximum_percent         = 200
  health_check_grace_period_seconds  = 60
  propagate_tags                     = "SERVICE"
  wait_for_steady_state              = true

  network_configuration {
    subnets         = local.subnet_ids
    security_groups = [aws_security_group.main["tasks"].id]
  }

  load_balancer {
    target_group_arn = aws_lb_target_group.web.arn
    container_name   = "web"
    container_port   = local.port
  }

  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }

  # What a task pulls and logs through, and what lets it.
  depends_on = [
    aws_lb_listener.web,
    aws_vpc_endpoint.service,
    aws_vpc_endpoint.s3,
    aws_route_table_association.private,
    aws_vpc_security_group_ingress_rule.main,
    aws_vpc_security_group_egress_rule.all,
    aws_iam_role_policy_attachment.execution,
    aws_iam_role_policy.task,
  ]
}
