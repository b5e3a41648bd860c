resource "aws_vpc_peering_connection" "peer" {
  vpc_id      = aws_vpc.main.id
  peer_vpc_id = local.peer_vpc
  auto_accept = true
  tags        = { Name = "poc" }

  requester { allow_remote_vpc_dns_resolution = true }
  accepter { allow_remote_vpc_dns_resolution = true }
}

resource "aws_route" "there" {
  route_table_id            = aws_route_table.private.id
  destination_cidr_block    = local.peer_cidr
  vpc_peering_connection_id = aws_vpc_peering_connection.peer.id
}

data "aws_route_tables" "peer" { vpc_id = local.peer_vpc }

resource "aws_route" "back" {
  for_each                  = toset(data.aws_route_tables.peer.ids)
  route_table_id            = each.key
  destination_cidr_block    = local.cidr
  vpc_peering_connection_id = aws_vpc_peering_connection.peer.id
}
