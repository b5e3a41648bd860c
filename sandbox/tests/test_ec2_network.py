"""EC2's network: states that take time, refusals by what depends on what, idempotency, lag."""

from __future__ import annotations

import pytest

REGION = "ap-northeast-1"
PEER = "vpc-0123456789abcdef0"


class Network:
    """A VPC with two subnets and a group."""

    def __init__(self, aws) -> None:
        self.ec2 = ec2 = aws.client("ec2")
        self.vpc = ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
        for name in ("EnableDnsSupport", "EnableDnsHostnames"):
            ec2.modify_vpc_attribute(VpcId=self.vpc, **{name: {"Value": True}})
        self.subnets = [
            ec2.create_subnet(VpcId=self.vpc, CidrBlock=cidr, AvailabilityZone=REGION + zone)["Subnet"]["SubnetId"]
            for cidr, zone in (("10.1.1.0/24", "a"), ("10.1.2.0/24", "c"))
        ]
        self.group = ec2.create_security_group(VpcId=self.vpc, GroupName="g", Description="d")["GroupId"]
        aws.advance(10)

    def endpoint(self, service="logs", **more):
        given = {
            "VpcId": self.vpc, "VpcEndpointType": "Interface", "ServiceName": f"com.amazonaws.{REGION}.{service}",
            "SubnetIds": self.subnets, "SecurityGroupIds": [self.group], **more,
        }
        return self.ec2.create_vpc_endpoint(**given)["VpcEndpoint"]

    def table(self, **more):
        return self.ec2.create_route_table(VpcId=self.vpc, **more)["RouteTable"]["RouteTableId"]


@pytest.fixture
def net(aws) -> Network:
    return Network(aws)


def by(name, *values):
    return [{"Name": name, "Values": list(values)}]


# ---- VPC and subnets


def test_a_vpc_and_a_subnet_are_pending_before_they_are_available(aws):
    """API model: VpcState and SubnetState are pending | available."""
    ec2 = aws.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]
    assert vpc["State"] == "pending"
    aws.advance(4)
    assert ec2.describe_vpcs(VpcIds=[vpc["VpcId"]])["Vpcs"][0]["State"] == "available"
    subnet = ec2.create_subnet(VpcId=vpc["VpcId"], CidrBlock="10.1.1.0/24")["Subnet"]
    assert subnet["State"] == "pending"
    aws.advance(5)
    assert ec2.describe_subnets(SubnetIds=[subnet["SubnetId"]])["Subnets"][0]["State"] == "available"


def test_subnets_must_not_overlap_nor_leave_the_vpc(net, refused):
    """EC2 API reference, CreateSubnet; error codes InvalidSubnet.Conflict and InvalidSubnet.Range."""
    create = net.ec2.create_subnet
    assert refused(create, VpcId=net.vpc, CidrBlock="10.1.1.128/25").startswith("InvalidSubnet.Conflict")
    assert refused(create, VpcId=net.vpc, CidrBlock="10.9.0.0/24").startswith("InvalidSubnet.Range")
    assert "availability zones" in refused(create, VpcId=net.vpc, CidrBlock="10.1.3.0/24", AvailabilityZone="eu-west-1a")


def test_a_vpc_is_deleted_only_when_nothing_is_in_it(net, aws, refused):
    """API reference, DeleteVpc: gateways, groups, tables, interfaces go first; main table and default group with it."""
    assert refused(net.ec2.delete_vpc, VpcId=net.vpc).startswith("DependencyViolation")
    for subnet in net.subnets:
        net.ec2.delete_subnet(SubnetId=subnet)
    assert refused(net.ec2.delete_vpc, VpcId=net.vpc).startswith("DependencyViolation"), "the group is still there"
    net.ec2.delete_security_group(GroupId=net.group)
    net.ec2.delete_vpc(VpcId=net.vpc)
    assert aws.left() == []
    assert refused(net.ec2.delete_vpc, VpcId=net.vpc).startswith("InvalidVpcID.NotFound")


# ---- interface endpoints


def test_an_interface_endpoint_takes_a_minute_and_has_an_interface_in_each_subnet(net, aws):
    """AWS PrivateLink guide: "we create an endpoint network interface in each subnet"."""
    endpoint = net.endpoint(TagSpecifications=[{"ResourceType": "vpc-endpoint", "Tags": [{"Key": "k", "Value": "v"}]}])
    assert endpoint["State"] == "pending" and endpoint["Tags"] == [{"Key": "k", "Value": "v"}]
    aws.advance(70)
    [seen] = net.ec2.describe_vpc_endpoints(Filters=by("tag:k", "v"))["VpcEndpoints"]
    assert seen["State"] == "available"
    interfaces = net.ec2.describe_network_interfaces(Filters=by("group-id", net.group))["NetworkInterfaces"]
    assert {i["NetworkInterfaceId"] for i in interfaces} == set(seen["NetworkInterfaceIds"])
    assert {i["SubnetId"] for i in interfaces} == set(net.subnets)
    assert {(i["InterfaceType"], i["Status"], i["RequesterManaged"]) for i in interfaces} == {("vpc_endpoint", "in-use", True)}
    [subnet] = net.ec2.describe_subnets(SubnetIds=net.subnets[:1])["Subnets"]
    assert subnet["AvailableIpAddressCount"] == 250, "five addresses are AWS's, one the endpoint's"


def test_an_endpoint_holds_its_group_and_subnets_until_it_is_gone(net, aws, refused):
    """API reference, DeleteSecurityGroup and DeleteSubnet: DependencyViolation while an interface uses them."""
    endpoint = net.endpoint()["VpcEndpointId"]
    aws.advance(70)
    assert net.ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint])["Unsuccessful"] == []
    [seen] = net.ec2.describe_vpc_endpoints(VpcEndpointIds=[endpoint])["VpcEndpoints"]
    assert seen["State"] == "deleting"
    assert refused(net.ec2.delete_security_group, GroupId=net.group).startswith("DependencyViolation")
    assert refused(net.ec2.delete_subnet, SubnetId=net.subnets[0]).startswith("DependencyViolation")
    aws.advance(100)
    assert refused(net.ec2.describe_vpc_endpoints, VpcEndpointIds=[endpoint]).startswith("InvalidVpcEndpointId.NotFound")
    net.ec2.delete_security_group(GroupId=net.group)
    net.ec2.delete_subnet(SubnetId=net.subnets[0])


def test_a_client_token_makes_one_endpoint_and_refuses_other_parameters(net, refused):
    """EC2 Developer Guide, "Ensuring idempotency": IdempotentParameterMismatch."""
    first = net.endpoint(ClientToken="t1")["VpcEndpointId"]
    assert net.endpoint(ClientToken="t1")["VpcEndpointId"] == first
    assert len(net.ec2.describe_vpc_endpoints(Filters=by("vpc-id", net.vpc))["VpcEndpoints"]) == 1
    message = refused(net.endpoint, ClientToken="t1", SubnetIds=net.subnets[:1])
    assert message.startswith("IdempotentParameterMismatch")


def test_private_dns_needs_the_vpc_attributes_and_its_name_once(net, refused):
    """PrivateLink guide: private DNS names need enableDnsSupport and enableDnsHostnames; one endpoint per name."""
    net.endpoint("ecr.api")
    assert "conflicting DNS domain for api.ecr." in refused(net.endpoint, service="ecr.api")
    net.ec2.modify_vpc_attribute(VpcId=net.vpc, EnableDnsHostnames={"Value": False})
    assert "requires both enableDnsSupport and enableDnsHostnames" in refused(net.endpoint, service="ecr.dkr")
    assert net.endpoint("execute-api", PrivateDnsEnabled=False)["PrivateDnsEnabled"] is False


def test_unknown_references_of_an_endpoint_are_refused(net, refused):
    """API reference, CreateVpcEndpoint, and "Client error codes"."""
    assert refused(net.endpoint, service="no-such").startswith("InvalidServiceName")
    assert refused(net.endpoint, VpcId="vpc-0aaaaaaaaaaaaaaaa").startswith("InvalidVpcId.NotFound")
    assert refused(net.endpoint, SubnetIds=["subnet-0aaaaaaaaaaaaaaaa"]).startswith("InvalidSubnetId.NotFound")
    assert refused(net.endpoint, SecurityGroupIds=["sg-0aaaaaaaaaaaaaaaa"]).startswith("InvalidSecurityGroupID.NotFound")
    assert refused(net.endpoint, VpcEndpointType="Gateway").startswith("InvalidParameter")


def test_modifying_an_endpoint_moves_its_interfaces(net, aws):
    """API reference, ModifyVpcEndpoint: subnets and groups can be added and removed."""
    endpoint = net.endpoint(SubnetIds=net.subnets[:1])["VpcEndpointId"]
    aws.advance(70)
    net.ec2.modify_vpc_endpoint(VpcEndpointId=endpoint, AddSubnetIds=net.subnets[1:])
    [seen] = net.ec2.describe_vpc_endpoints(VpcEndpointIds=[endpoint])["VpcEndpoints"]
    assert seen["SubnetIds"] == net.subnets and len(seen["NetworkInterfaceIds"]) == 2
    net.ec2.modify_vpc_endpoint(VpcEndpointId=endpoint, RemoveSubnetIds=net.subnets[:1])
    [seen] = net.ec2.describe_vpc_endpoints(VpcEndpointIds=[endpoint])["VpcEndpoints"]
    assert seen["SubnetIds"] == net.subnets[1:]


# ---- gateway endpoint, route tables


def test_a_gateway_endpoint_is_a_prefix_list_route(net, aws, refused):
    """"Gateway endpoints" (PrivateLink guide): a route with the service's prefix list in each associated table."""
    table = net.table()
    given = {"VpcId": net.vpc, "ServiceName": f"com.amazonaws.{REGION}.s3", "RouteTableIds": [table]}
    endpoint = net.ec2.create_vpc_endpoint(**given)["VpcEndpoint"]["VpcEndpointId"]
    [shown] = net.ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"]
    [route] = [r for r in shown["Routes"] if r.get("GatewayId") == endpoint]
    assert route["DestinationPrefixListId"].startswith("pl-")
    assert refused(net.ec2.create_vpc_endpoint, **given).startswith("RouteAlreadyExists")
    net.ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint])
    [shown] = net.ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"]
    assert [r["GatewayId"] for r in shown["Routes"]] == ["local"]


def test_a_table_goes_only_without_associations_and_a_subnet_has_one(net, refused):
    """API reference, DeleteRouteTable ("You must disassociate the route table"), AssociateRouteTable."""
    table, other = net.table(ClientToken="a"), net.table(ClientToken="b")
    assert net.table(ClientToken="a") == table, "the token makes one table"
    bound = net.ec2.associate_route_table(RouteTableId=table, SubnetId=net.subnets[0])["AssociationId"]
    again = refused(net.ec2.associate_route_table, RouteTableId=other, SubnetId=net.subnets[0])
    assert again.startswith("Resource.AlreadyAssociated")
    assert refused(net.ec2.delete_route_table, RouteTableId=table).startswith("DependencyViolation")
    [main] = net.ec2.describe_route_tables(
        Filters=by("vpc-id", net.vpc) + by("association.main", "true"))["RouteTables"]
    assert refused(net.ec2.delete_route_table, RouteTableId=main["RouteTableId"]).startswith("DependencyViolation")
    net.ec2.disassociate_route_table(AssociationId=bound)
    net.ec2.delete_route_table(RouteTableId=table)


# ---- security groups


def test_groups_are_unique_by_name_and_held_by_rules_that_name_them(net, refused):
    """Error codes InvalidGroup.Duplicate, InvalidPermission.Duplicate; DeleteSecurityGroup: DependencyViolation."""
    ec2 = net.ec2
    duplicate = refused(ec2.create_security_group, VpcId=net.vpc, GroupName="g", Description="d")
    assert duplicate.startswith("InvalidGroup.Duplicate")
    other = ec2.create_security_group(VpcId=net.vpc, GroupName="h", Description="d")["GroupId"]
    rule = [{"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "UserIdGroupPairs": [{"GroupId": net.group}]}]
    ec2.authorize_security_group_ingress(GroupId=other, IpPermissions=rule)
    again = refused(ec2.authorize_security_group_ingress, GroupId=other, IpPermissions=rule)
    assert again.startswith("InvalidPermission.Duplicate")
    assert refused(ec2.delete_security_group, GroupId=net.group).startswith("DependencyViolation")
    ec2.revoke_security_group_ingress(GroupId=other, IpPermissions=rule)
    ec2.delete_security_group(GroupId=net.group)
    assert refused(ec2.delete_security_group, GroupId=net.group).startswith("InvalidGroup.NotFound")


# ---- peering


def peer(net, **more):
    return net.ec2.create_vpc_peering_connection(VpcId=net.vpc, PeerVpcId=PEER, **more)["VpcPeeringConnection"]


def code(net, peering):
    [seen] = net.ec2.describe_vpc_peering_connections(VpcPeeringConnectionIds=[peering])["VpcPeeringConnections"]
    return seen["Status"]["Code"]


def test_peering_is_requested_accepted_and_active_and_its_routes_turn_black(net, aws, refused):
    """"VPC peering connection lifecycle"; a route to a deleted connection stays as a black hole."""
    key = peer(net)["VpcPeeringConnectionId"]
    assert code(net, key) == "pending-acceptance"
    accepted = net.ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=key)["VpcPeeringConnection"]
    assert accepted["Status"]["Code"] == "provisioning"
    aws.advance(5)
    assert code(net, key) == "active"
    table = net.table()
    route = {"RouteTableId": table, "DestinationCidrBlock": "10.4.0.0/16", "VpcPeeringConnectionId": key}
    net.ec2.create_route(**route)
    assert state_of(net, table) == "active"
    assert refused(net.ec2.delete_vpc, VpcId=net.vpc).startswith("DependencyViolation")
    net.ec2.delete_vpc_peering_connection(VpcPeeringConnectionId=key)
    aws.advance(2)
    assert code(net, key) == "deleted"
    assert state_of(net, table) == "blackhole"
    assert not [live for live in aws.left() if live["type"] == "vpc-peering-connection"]


def test_the_same_request_again_returns_the_same_connection_with_its_old_tags(net):
    """As reported in https://github.com/hashicorp/terraform-provider-aws/issues/27750; the API reference is silent."""
    def tagged(value):
        return [{"ResourceType": "vpc-peering-connection", "Tags": [{"Key": "a", "Value": value}]}]

    first = peer(net, TagSpecifications=tagged("1"))
    again = peer(net, TagSpecifications=tagged("2"))
    assert again["VpcPeeringConnectionId"] == first["VpcPeeringConnectionId"]
    assert again["Tags"] == [{"Key": "a", "Value": "1"}]


def test_the_opposite_request_can_be_made_but_not_accepted(net, refused):
    """As reported in https://github.com/hashicorp/terraform-provider-aws/issues/44315."""
    key = peer(net)["VpcPeeringConnectionId"]
    back = net.ec2.create_vpc_peering_connection(VpcId=PEER, PeerVpcId=net.vpc)["VpcPeeringConnection"]
    net.ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=key)
    refusal = refused(net.ec2.accept_vpc_peering_connection, VpcPeeringConnectionId=back["VpcPeeringConnectionId"])
    assert refusal.startswith("VpcPeeringConnectionAlreadyExists")


def state_of(net, table):
    filters = by("route.destination-cidr-block", "10.4.0.0/16")
    [shown] = net.ec2.describe_route_tables(RouteTableIds=[table], Filters=filters)["RouteTables"]
    [route] = [r for r in shown["Routes"] if r.get("DestinationCidrBlock") == "10.4.0.0/16"]
    return route["State"]


def test_a_request_expires_after_a_week_and_cannot_be_accepted(net, aws, refused):
    """Lifecycle page: "Expired: the VPC peering connection request has expired" after 7 days."""
    key = peer(net)["VpcPeeringConnectionId"]
    aws.advance(7 * 86400 + 1)
    assert code(net, key) == "expired"
    assert refused(net.ec2.accept_vpc_peering_connection, VpcPeeringConnectionId=key).startswith("InvalidStateTransition")


def test_overlapping_cidrs_make_a_failed_connection(aws):
    """VPC Peering Guide, limitations: no peering between VPCs with overlapping CIDR blocks; lifecycle: "Failed"."""
    ec2 = aws.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.4.128.0/17")["Vpc"]["VpcId"]
    made = ec2.create_vpc_peering_connection(VpcId=vpc, PeerVpcId=PEER)["VpcPeeringConnection"]
    assert made["Status"]["Code"] == "failed"


# ---- tags, lag, quotas


def test_tags_are_put_on_what_exists_and_found_by_filter(net, refused):
    table = net.table(TagSpecifications=[{"ResourceType": "route-table", "Tags": [{"Key": "a", "Value": "1"}]}])
    net.ec2.create_tags(Resources=[table, net.vpc], Tags=[{"Key": "b", "Value": "2"}])
    net.ec2.delete_tags(Resources=[table], Tags=[{"Key": "a", "Value": "other"}])
    [seen] = net.ec2.describe_route_tables(Filters=by("tag:a", "1") + by("tag-key", "b"))["RouteTables"]
    assert seen["RouteTableId"] == table
    missing = refused(net.ec2.create_tags, Resources=["rtb-0aaaaaaaaaaaaaaaa"], Tags=[{"Key": "b", "Value": "2"}])
    assert missing.startswith("InvalidRouteTableID.NotFound")


@pytest.mark.parametrize("kind", ["vpc", "route-table"])
def test_with_lag_a_new_object_is_not_seen_at_once(start, refused, kind):
    """EC2 Developer Guide, "Eventual consistency": a describe right after a create may not know the object."""
    aws = start(lag=10)
    ec2 = aws.client("ec2")
    made = ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    describe, wanted = ec2.describe_vpcs, {"VpcIds": [made]}
    if kind == "route-table":
        aws.advance(11)
        made = ec2.create_route_table(VpcId=made)["RouteTable"]["RouteTableId"]
        describe, wanted = ec2.describe_route_tables, {"RouteTableIds": [made]}
    assert ".NotFound" in refused(describe, **wanted)
    assert made not in str(describe())
    aws.advance(11)
    assert made in str(describe(**wanted))


def test_a_region_holds_five_vpcs_until_the_quota_is_raised(start, refused):
    """"Amazon VPC quotas": VPCs per Region 5, adjustable."""
    aws = start(quotas=True)
    ec2 = aws.client("ec2")
    for _ in range(3):  # the default VPC and the peer VPC are there from the start
        ec2.create_vpc(CidrBlock="10.1.0.0/16")
    assert refused(ec2.create_vpc, CidrBlock="10.1.0.0/16").startswith("VpcLimitExceeded")
    aws.control("POST", "/quotas", {"vpcs": 6})
    ec2.create_vpc(CidrBlock="10.1.0.0/16")


@pytest.mark.parametrize("given", [
    {"PrivateIpAddress": "10.1.1.50"}, {"PrivateIpAddresses": [{"PrivateIpAddress": "10.1.1.50", "Primary": True}]}])
def test_an_interface_has_the_address_that_is_asked_for(net, refused, given):
    """API reference, CreateNetworkInterface; "Subnet sizing": the first four addresses and the last are AWS's."""
    create = net.ec2.create_network_interface
    made = create(SubnetId=net.subnets[0], **given)["NetworkInterface"]
    assert [one["PrivateIpAddress"] for one in made["PrivateIpAddresses"]] == ["10.1.1.50"]
    assert refused(create, SubnetId=net.subnets[0], **given).startswith("InvalidIPAddress.InUse")
    both = {"PrivateIpAddress": "10.1.1.60", "PrivateIpAddresses": [{"PrivateIpAddress": "10.1.1.61", "Primary": True}]}
    assert refused(create, SubnetId=net.subnets[0], **both).startswith("InvalidParameterCombination")
    for address, why in (("10.1.2.50", "does not fall within"), ("10.1.1.3", "reserved"), ("10.1.1.255", "reserved")):
        assert why in refused(create, SubnetId=net.subnets[0], PrivateIpAddress=address)


@pytest.mark.parametrize("more", [
    {"SecondaryPrivateIpAddressCount": 1}, {"InterfaceType": "efa"},
    {"PrivateIpAddresses": [{"PrivateIpAddress": "10.1.1.50", "Primary": True}, {"PrivateIpAddress": "10.1.1.51"}]}])
def test_an_interface_that_would_be_half_simulated_is_refused(net, refused, more):
    assert refused(net.ec2.create_network_interface, SubnetId=net.subnets[0], **more).startswith("NotImplemented")


def test_pages_of_a_describe_join_without_loss(net):
    """API reference, DescribeNetworkInterfaces: MaxResults and NextToken."""
    for _ in range(7):
        net.ec2.create_network_interface(SubnetId=net.subnets[0])
    pages = net.ec2.get_paginator("describe_network_interfaces").paginate(
        Filters=by("vpc-id", net.vpc), PaginationConfig={"PageSize": 5})
    sizes = [len(page["NetworkInterfaces"]) for page in pages]
    assert sizes == [5, 2]


def test_a_listing_is_of_one_moment_and_its_token_its_own(net, refused):
    """A page that is asked for twice, for its answer was lost, is the same; a made-up token is none."""
    for _ in range(7):
        net.ec2.create_network_interface(SubnetId=net.subnets[0])
    wanted = {"Filters": by("vpc-id", net.vpc), "MaxResults": 5}
    token = net.ec2.describe_network_interfaces(**wanted)["NextToken"]
    net.ec2.create_network_interface(SubnetId=net.subnets[0])
    rest = [net.ec2.describe_network_interfaces(**wanted, NextToken=token)["NetworkInterfaces"] for _ in range(2)]
    assert rest[0] == rest[1] and len(rest[0]) == 2
    assert refused(net.ec2.describe_network_interfaces, **wanted, NextToken="MTAwMA==").startswith("InvalidParameterValue")


def test_what_existed_at_the_start_is_watched(aws):
    """So that a test can say that nothing foreign was touched."""
    ec2 = aws.client("ec2")
    assert aws.left() == [] and aws.control("GET", "/changed") == []
    ec2.create_tags(Resources=[PEER], Tags=[{"Key": "x", "Value": "y"}])
    [change] = aws.control("GET", "/changed")
    assert change["is"]["tags"]["x"] == "y" and "x" not in change["was"]["tags"]


def test_ec2_refuses_what_would_be_half_simulated(aws, refused):
    """moto could start an instance, but in a world without our network interfaces."""
    message = refused(aws.client("ec2").run_instances, ImageId="ami-12345678", MinCount=1, MaxCount=1)
    assert message == "NotImplemented: The sandbox does not simulate ec2:RunInstances"


def test_ids_that_are_none_are_malformed(aws, refused):
    """"Client error codes": InvalidVpcID.Malformed and the like."""
    assert refused(aws.client("ec2").describe_vpcs, VpcIds=["vpc-no"]).startswith("InvalidVpcID.Malformed")
    assert refused(aws.client("ec2").describe_vpcs, VpcIds=["vpc-0aaaaaaaaaaaaaaaa"]).startswith("InvalidVpcID.NotFound")
