resource "aws_route53_zone" "api" {
  name = "${aws_api_gateway_rest_api.main.id}.execute-api.${local.region}.amazonaws.com"

  vpc { vpc_id = aws_vpc.main.id }

  lifecycle { ignore_changes = [vpc] } # the peer's VPC is associated by a resource of its own
}

resource "aws_route53_zone_association" "peer" {
  zone_id = aws_route53_zone.api.zone_id
  vpc_id  = local.peer_vpc
}

resource "aws_route53_record" "api" {
  zone_id = aws_route53_zone.api.zone_id
  name    = aws_route53_zone.api.name
  type    = "A"

  alias {
    name                   = aws_vpc_endpoint.api.dns_entry[0].dns_name
    zone_id                = aws_vpc_endpoint.api.dns_entry[0].hosted_zone_id
    evaluate_target_health = false
  }
}

resource "aws_route53_resolver_endpoint" "main" {
  for_each           = toset(["INBOUND", "OUTBOUND"])
  name               = "poc-${lower(each.key)}"
  direction          = each.key
  security_group_ids = [aws_security_group.main["resolver"].id]

  dynamic "ip_address" {
    for_each = local.subnet_ids
    content { subnet_id = ip_address.value }
  }
}

resource "aws_route53_resolver_rule" "corp" {
  name                 = "poc-corp"
  domain_name          = "corp.example"
  rule_type            = "FORWARD"
  resolver_endpoint_id = aws_route53_resolver_endpoint.main["OUTBOUND"].id

  target_ip { ip = "10.4.0.10" }
}

resource "aws_route53_resolver_rule_association" "corp" {
  resolver_rule_id = aws_route53_resolver_rule.corp.id
  vpc_id           = aws_vpc.main.id
}
