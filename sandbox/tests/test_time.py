"""AWS takes its time, and tells of new objects late.

The seconds are what public logs of provisioning tools and AWS's documentation show (API Gateway Developer Guide: a VPC link
takes 2 to 4 minutes), ten per cent more or less by the seed. Lag: "Eventual consistency in the Amazon EC2 API" (EC2 Developer
Guide), and what the documentation of the other services says of lists that follow writes.
"""

from __future__ import annotations

import json

import pytest
from parts import load_balancer, network
from stack import REGION, Stack

SPREAD = 0.1


def after_how_long(aws, there, limit: float = 400) -> float:
    """AWS seconds until something is so, to a second."""
    for step in range(int(limit)):
        if there():
            return step
        aws.advance(1)
    raise AssertionError(f"not within {limit} s")


def typical(seconds: float, took: float) -> bool:
    return seconds * (1 - SPREAD) <= took <= seconds * (1 + SPREAD) + 1


def test_vpc_and_subnet(aws):
    ec2 = aws.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    assert typical(3, after_how_long(aws, lambda: ec2.describe_vpcs(VpcIds=[vpc])["Vpcs"][0]["State"] == "available"))
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.1.1.0/24")["Subnet"]["SubnetId"]

    def available():
        return ec2.describe_subnets(SubnetIds=[subnet])["Subnets"][0]["State"] == "available"

    assert typical(4, after_how_long(aws, available))


@pytest.mark.parametrize(("kind", "begin", "end"), [("s3", 6, 6), ("logs", 60, 90)])
def test_endpoints(aws, kind, begin, end):
    stack = Stack(aws).network().endpoints(kind)
    wish = [{"Name": "vpc-id", "Values": [stack.vpc]}]

    def seen():
        return [one["State"] for one in stack.ec2.describe_vpc_endpoints(Filters=wish)["VpcEndpoints"]]

    assert typical(begin, after_how_long(aws, lambda: seen() == ["available"]))
    stack.ec2.delete_vpc_endpoints(VpcEndpointIds=[stack.endpoint[kind]])
    assert seen() == ["deleting"]
    assert typical(end, after_how_long(aws, lambda: seen() == []))


def test_load_balancer_link_and_their_ends(aws):
    subnets = network(aws).subnets
    arn = load_balancer(aws, subnets)["LoadBalancerArn"]
    elbv2, gateway, ec2 = aws.client("elbv2"), aws.client("apigateway"), aws.client("ec2")

    def state():
        return elbv2.describe_load_balancers(LoadBalancerArns=[arn])["LoadBalancers"][0]["State"]["Code"]

    assert typical(155, after_how_long(aws, lambda: state() == "active"))
    link = gateway.create_vpc_link(name="l", targetArns=[arn])["id"]
    took = after_how_long(aws, lambda: gateway.get_vpc_link(vpcLinkId=link)["status"] == "AVAILABLE")
    assert typical(180, took)
    gateway.delete_vpc_link(vpcLinkId=link)
    assert typical(37, after_how_long(aws, lambda: gateway.get_vpc_links()["items"] == []))
    elbv2.delete_load_balancer(LoadBalancerArn=arn)
    wish = [{"Name": "description", "Values": ["ELB net/*"]}]
    took = after_how_long(aws, lambda: ec2.describe_network_interfaces(Filters=wish)["NetworkInterfaces"] == [])
    assert typical(45, took)


def test_link_v2(aws):
    v2 = aws.client("apigatewayv2")
    link = v2.create_vpc_link(Name="l", SubnetIds=network(aws).subnets)["VpcLinkId"]
    assert typical(180, after_how_long(aws, lambda: v2.get_vpc_link(VpcLinkId=link)["VpcLinkStatus"] == "AVAILABLE"))


def test_tasks_targets_and_the_end_of_a_service(aws):
    stack = Stack(aws).network().endpoints().load_balancer().roles()
    aws.advance(400)
    stack.service(desiredCount=1)
    assert typical(45, after_how_long(aws, lambda: stack.described()["runningCount"] == 1))
    assert typical(150, after_how_long(aws, lambda: stack.health() == ["healthy"]))
    [task] = stack.tasks()
    interface = {d["name"]: d["value"] for d in task["attachments"][0]["details"]}["networkInterfaceId"]
    stack.ecs.delete_service(cluster="main", service="web", force=True)
    assert typical(210, after_how_long(aws, lambda: stack.described()["status"] == "INACTIVE"))
    wish = [{"Name": "network-interface-id", "Values": [interface]}]
    took = after_how_long(aws, lambda: stack.ec2.describe_network_interfaces(Filters=wish)["NetworkInterfaces"] == [])
    assert typical(120, took + 10), "from when the last task was detached, some seconds before its service is INACTIVE"


def test_resolver_endpoint(aws):
    net, resolver = network(aws), aws.client("route53resolver")
    addresses = [{"SubnetId": subnet} for subnet in net.subnets]
    made = resolver.create_resolver_endpoint(
        CreatorRequestId="r", Direction="INBOUND", IpAddresses=addresses, SecurityGroupIds=[net.group])
    key = made["ResolverEndpoint"]["Id"]

    def status():
        return [one["Status"] for one in resolver.list_resolver_endpoints()["ResolverEndpoints"]]

    assert typical(90, after_how_long(aws, lambda: status() == ["OPERATIONAL"]))
    resolver.delete_resolver_endpoint(ResolverEndpointId=key)
    assert typical(60, after_how_long(aws, lambda: status() == []))


def test_peering_and_zone_change(aws):
    net, ec2, route53 = network(aws), aws.client("ec2"), aws.client("route53")
    made = ec2.create_vpc_peering_connection(VpcId=net.vpc, PeerVpcId="vpc-0123456789abcdef0")
    key = made["VpcPeeringConnection"]["VpcPeeringConnectionId"]
    ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=key)

    def code():
        shown = ec2.describe_vpc_peering_connections(VpcPeeringConnectionIds=[key])["VpcPeeringConnections"]
        return shown[0]["Status"]["Code"]

    assert typical(4, after_how_long(aws, lambda: code() == "active"))
    zone = route53.create_hosted_zone(
        Name="a.example", CallerReference="a", VPC={"VPCRegion": REGION, "VPCId": net.vpc})
    change = zone["ChangeInfo"]["Id"]
    assert typical(60, after_how_long(aws, lambda: route53.get_change(Id=change)["ChangeInfo"]["Status"] == "INSYNC"))


def test_the_seed_alone_decides_how_long(start):
    """What one seed gives, it gives again, whatever else was made before; another seed gives something else."""

    def took(seed: int, before: int = 0) -> float:
        aws = start(seed=seed)
        subnets = network(aws).subnets
        for _ in range(before):
            aws.client("ec2").create_vpc(CidrBlock="10.9.0.0/16")
        load_balancer(aws, subnets)
        return aws.sandbox.world.elbv2.load_balancers.popitem()[1].active_at

    assert took(1) == took(1, before=3) != took(2)


# ---- lag

TRUST = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}]})


def made_and_listed(aws, kind: str):
    """Makes one; returns what is to be found, and a list in which to find it."""
    net = network(aws)
    if kind == "load balancer":
        return load_balancer(aws, net.subnets)["LoadBalancerArn"], aws.client("elbv2").describe_load_balancers
    if kind == "target group":
        made = aws.client("elbv2").create_target_group(Name="t", Protocol="TCP", Port=80, VpcId=net.vpc, TargetType="ip")
        return made["TargetGroups"][0]["TargetGroupArn"], aws.client("elbv2").describe_target_groups
    if kind == "cluster":
        return aws.client("ecs").create_cluster(clusterName="c")["cluster"]["clusterArn"], aws.client("ecs").list_clusters
    if kind == "log group":
        aws.client("logs").create_log_group(logGroupName="/l")
        return "/l", aws.client("logs").describe_log_groups
    if kind == "role":
        made = aws.client("iam").create_role(RoleName="r", AssumeRolePolicyDocument=TRUST)
        return made["Role"]["Arn"], aws.client("iam").get_account_authorization_details
    if kind == "zone":
        vpc = {"VPCRegion": REGION, "VPCId": net.vpc}
        made = aws.client("route53").create_hosted_zone(Name="a.example", CallerReference="a", VPC=vpc)
        return made["HostedZone"]["Id"], aws.client("route53").list_hosted_zones
    if kind == "endpoint":
        made = aws.client("ec2").create_vpc_endpoint(VpcId=net.vpc, ServiceName=f"com.amazonaws.{REGION}.s3")
        return made["VpcEndpoint"]["VpcEndpointId"], aws.client("ec2").describe_vpc_endpoints
    return aws.client("apigateway").create_rest_api(name="a")["id"], aws.client("apigateway").get_rest_apis


@pytest.mark.parametrize("kind", [
    "load balancer", "target group", "cluster", "log group", "role", "zone", "endpoint", "API"])
def test_lists_follow_writes_late(start, kind):
    aws = start(lag=10)
    key, listed = made_and_listed(aws, kind)
    assert key not in str(listed())
    aws.advance(11)
    assert key in str(listed())


def test_a_new_log_group_is_there_by_its_name_at_once(start):
    """Terraform's AWS provider, internal/service/logs/group.go: after CreateLogGroup one DescribeLogGroups with the name as
    prefix, without a second try."""
    aws = start(lag=10)
    logs = aws.client("logs")
    for name in ("/l", "/l/more"):
        logs.create_log_group(logGroupName=name)
    assert [group["logGroupName"] for group in logs.describe_log_groups(logGroupNamePrefix="/l")["logGroups"]] == ["/l"]


def test_a_new_load_balancer_is_not_found_by_its_arn_but_can_be_used(start, refused):
    """Reads lag; what the create call answered can be named in the next call."""
    aws = start(lag=10)
    net = network(aws)
    arn = load_balancer(aws, net.subnets)["LoadBalancerArn"]
    elbv2 = aws.client("elbv2")
    assert refused(elbv2.describe_load_balancers, LoadBalancerArns=[arn]).startswith("LoadBalancerNotFound")
    elbv2.modify_load_balancer_attributes(LoadBalancerArn=arn, Attributes=[
        {"Key": "load_balancing.cross_zone.enabled", "Value": "true"}])
