resource "aws_vpc" "main" {
  cidr_block           = local.cidr
  enable_dns_support   = true
  enable_dns_hostnames = true
  tags                 = { Name = "poc" }
}

resource "aws_subnet" "private" {
  for_each          = local.subnets
  vpc_id            = aws_vpc.main.id
  cidr_block        = each.key
  availability_zone = each.value
  tags              = { Name = "poc ${each.value}" }
}

resource "aws_route_table" "private" {
  vpc_id = aws_vpc.main.id
  tags   = { Name = "poc" }
}

resource "aws_route_table_association" "private" {
  for_each       = aws_subnet.private
  subnet_id      = each.value.id
  route_table_id = aws_route_table.private.id
}

locals { subnet_ids = [for subnet in aws_subnet.private : subnet.id] }

# ---- security groups: who may open which port

locals {
  groups = {
    endpoints   = "HTTPS from the subnets to the endpoints of AWS services"
    execute-api = "HTTPS from the subnets and the peer to the private API"
    tasks       = "The container's port from the VPC to the tasks"
    resolver    = "DNS queries from the peer"
  }
  ingress = merge(
    { for cidr in keys(local.subnets) : "endpoints ${cidr}" => { group = "endpoints", protocol = "tcp", port = 443, cidr = cidr } },
    { for cidr in concat(keys(local.subnets), [local.peer_cidr]) :
    "execute-api ${cidr}" => { group = "execute-api", protocol = "tcp", port = 443, cidr = cidr } },
    { for protocol in ["tcp", "udp"] :
    "resolver ${protocol}" => { group = "resolver", protocol = protocol, port = 53, cidr = local.peer_cidr } },
    { "tasks" = { group = "tasks", protocol = "tcp", port = local.port, cidr = local.cidr } },
  )
}

resource "aws_security_group" "main" {
  for_each    = local.groups
  name        = "poc-${each.key}"
  description = each.value
  vpc_id      = aws_vpc.main.id
}

resource "aws_vpc_security_group_ingress_rule" "main" {
  for_each          = local.ingress
  security_group_id = aws_security_group.main[each.value.group].id
  ip_protocol       = each.value.protocol
  from_port         = each.value.port
  to_port           = each.value.port
  cidr_ipv4         = each.value.cidr
}

resource "aws_vpc_security_group_egress_rule" "all" {
  for_each          = local.groups
  security_group_id = aws_security_group.main[each.key].id
  ip_protocol       = "-1"
  cidr_ipv4         = "0.0.0.0/0"
}

# ---- the ways to AWS's own services

resource "aws_vpc_endpoint" "service" {
  for_each            = toset(["ecr.api", "ecr.dkr", "logs"])
  vpc_id              = aws_vpc.main.id
  service_name        = "com.amazonaws.${local.region}.${each.key}"
  vpc_endpoint_type   = "Interface"
  subnet_ids          = local.subnet_ids
  security_group_ids  = [aws_security_group.main["endpoints"].id]
  private_dns_enabled = true
  tags                = { Name = "poc ${each.key}" }
}

resource "aws_vpc_endpoint" "api" {
  vpc_id              = aws_vpc.main.id
  service_name        = "com.amazonaws.${local.region}.execute-api"
  vpc_endpoint_type   = "Interface"
  subnet_ids          = local.subnet_ids
  security_group_ids  = [aws_security_group.main["execute-api"].id]
  private_dns_enabled = false
  tags                = { Name = "poc execute-api" }
}

resource "aws_vpc_endpoint" "s3" {
  vpc_id          = aws_vpc.main.id
  service_name    = "com.amazonaws.${local.region}.s3"
  route_table_ids = [aws_route_table.private.id]
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = "*"
      Action    = "s3:GetObject"
      Resource  = "arn:aws:s3:::prod-${local.region}-starport-layer-bucket/*"
    }]
  })
  tags = { Name = "poc s3" }
}
