"""The whole stack by a polite client: built, used, taken down in the documented order, and nothing is left.

Sources of the order: the "Delete…" pages of the services' API references; each refusal has its own test elsewhere.
"""

from __future__ import annotations

import pytest
from stack import ANSWER, PEER, Stack


@pytest.fixture
def stack(aws) -> Stack:
    stack = Stack(aws).all()
    stack.dns_group = stack.group("dns", 53, ["10.4.0.0/16"], "udp")
    resolver = aws.client("route53resolver")
    addresses = [{"SubnetId": subnet} for subnet in stack.subnets]
    stack.resolvers = [
        resolver.create_resolver_endpoint(
            CreatorRequestId=direction, Direction=direction, IpAddresses=addresses, SecurityGroupIds=[stack.dns_group],
        )["ResolverEndpoint"]["Id"]
        for direction in ("INBOUND", "OUTBOUND")
    ]
    aws.advance(120)
    stack.rule = resolver.create_resolver_rule(
        CreatorRequestId="r", RuleType="FORWARD", DomainName="corp.example", ResolverEndpointId=stack.resolvers[1],
        TargetIps=[{"Ip": "10.4.0.10"}])["ResolverRule"]["Id"]
    resolver.associate_resolver_rule(ResolverRuleId=stack.rule, VPCId=stack.vpc)
    aws.advance(20)
    return stack


def test_everything_goes_in_order_and_nothing_is_left(aws, stack):
    assert stack.invoke(PEER)["body"] == ANSWER
    take_down_dns(aws, stack)
    take_down_peering(stack)
    take_down_api(aws, stack)
    take_down_service(aws, stack)
    take_down_network(aws, stack)
    assert aws.left() == []
    assert aws.control("GET", "/changed") == [], "what existed before is as it was"


def test_nothing_of_the_stack_is_unknown_to_the_listing(stack, aws):
    """What the listing does not know cannot be found missing or left."""
    kinds = {live["type"] for live in aws.left()}
    assert {"rest-api", "stage", "vpc-link", "hosted-zone", "resolver-endpoint", "resolver-rule",
            "resolver-rule-association", "role", "log-group"} <= kinds


def take_down_dns(aws, stack: Stack) -> None:
    resolver, route53 = aws.client("route53resolver"), aws.client("route53")
    resolver.disassociate_resolver_rule(ResolverRuleId=stack.rule, VPCId=stack.vpc)
    aws.advance(20)
    resolver.delete_resolver_rule(ResolverRuleId=stack.rule)
    for endpoint in stack.resolvers:
        resolver.delete_resolver_endpoint(ResolverEndpointId=endpoint)
    records = route53.list_resource_record_sets(HostedZoneId=stack.zone_id)["ResourceRecordSets"]
    own = [record for record in records if record["Type"] not in ("NS", "SOA")]
    route53.change_resource_record_sets(HostedZoneId=stack.zone_id, ChangeBatch={
        "Changes": [{"Action": "DELETE", "ResourceRecordSet": record} for record in own]})
    route53.delete_hosted_zone(Id=stack.zone_id)


def take_down_peering(stack: Stack) -> None:
    for table in stack.peer_tables:
        stack.ec2.delete_route(RouteTableId=table, DestinationCidrBlock=stack.cidr)
    stack.ec2.delete_route(RouteTableId=stack.table, DestinationCidrBlock="10.4.0.0/16")
    stack.ec2.delete_vpc_peering_connection(VpcPeeringConnectionId=stack.peering)


def take_down_api(aws, stack: Stack) -> None:
    stack.api.delete_stage(restApiId=stack.api_id, stageName="live")
    stack.api.delete_vpc_link(vpcLinkId=stack.link)
    stack.api.delete_rest_api(restApiId=stack.api_id)
    aws.advance(45)
    stack.elbv2.delete_load_balancer(LoadBalancerArn=stack.balancer_arn)


def take_down_service(aws, stack: Stack) -> None:
    stack.ecs.delete_service(cluster="main", service="web", force=True)
    aws.advance(300)
    stack.elbv2.delete_target_group(TargetGroupArn=stack.target_group)
    definitions = stack.ecs.list_task_definitions(familyPrefix="web")["taskDefinitionArns"]
    for definition in definitions:
        stack.ecs.deregister_task_definition(taskDefinition=definition)
    stack.ecs.delete_task_definitions(taskDefinitions=definitions)
    stack.ecs.delete_cluster(cluster="main")
    for policy in stack.iam.list_attached_role_policies(RoleName="execution")["AttachedPolicies"]:
        stack.iam.detach_role_policy(RoleName="execution", PolicyArn=policy["PolicyArn"])
    stack.iam.delete_role(RoleName="execution")
    stack.logs.delete_log_group(logGroupName="/web")


def take_down_network(aws, stack: Stack) -> None:
    stack.ec2.delete_vpc_endpoints(VpcEndpointIds=list(stack.endpoint.values()))
    aws.advance(300)
    for group in (stack.endpoint_group, stack.task_group, stack.dns_group):
        stack.ec2.delete_security_group(GroupId=group)
    for subnet in stack.subnets:
        stack.ec2.delete_subnet(SubnetId=subnet)
    stack.ec2.delete_route_table(RouteTableId=stack.table)
    stack.ec2.delete_vpc(VpcId=stack.vpc)
