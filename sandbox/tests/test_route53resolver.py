"""Route 53 Resolver."""

from __future__ import annotations

import pytest
from parts import network

READY = 100  # seconds: a Resolver endpoint is OPERATIONAL after about 90
GONE = 70


@pytest.fixture
def resolver(aws):
    return aws.client("route53resolver")


@pytest.fixture
def net(aws):
    return network(aws)


def request(net, reference: str = "one", direction: str = "INBOUND", **more) -> dict:
    addresses = [{"SubnetId": subnet} for subnet in net.subnets]
    return {"CreatorRequestId": reference, "Direction": direction, "SecurityGroupIds": [net.group],
            "IpAddresses": addresses, **more}


def outbound(aws, resolver, net) -> str:
    made = resolver.create_resolver_endpoint(**request(net, "out", "OUTBOUND"))["ResolverEndpoint"]["Id"]
    aws.advance(READY)
    return made


def rule(endpoint: str, domain: str = "corp.example", reference: str = "r") -> dict:
    return {"CreatorRequestId": reference, "RuleType": "FORWARD", "DomainName": domain, "ResolverEndpointId": endpoint,
            "TargetIps": [{"Ip": "10.4.0.10"}]}


def test_an_endpoint_lives_from_creating_to_gone_with_its_interfaces(aws, resolver, net, refused):
    """API reference, ResolverEndpoint.Status; each address is a network interface in the subnet with the groups."""
    ec2 = aws.client("ec2")
    endpoint = resolver.create_resolver_endpoint(**request(net))["ResolverEndpoint"]
    which = {"ResolverEndpointId": endpoint["Id"]}
    assert (endpoint["Status"], endpoint["IpAddressCount"], endpoint["HostVPCId"]) == ("CREATING", 2, net.vpc)
    aws.advance(READY)
    assert resolver.get_resolver_endpoint(**which)["ResolverEndpoint"]["Status"] == "OPERATIONAL"
    addresses = resolver.list_resolver_endpoint_ip_addresses(**which)["IpAddresses"]
    interfaces = ec2.describe_network_interfaces(Filters=[{"Name": "vpc-id", "Values": [net.vpc]}])["NetworkInterfaces"]
    assert {a["Ip"] for a in addresses} == {i["PrivateIpAddress"] for i in interfaces}
    assert {a["SubnetId"] for a in addresses} == set(net.subnets)
    assert all(i["Groups"][0]["GroupId"] == net.group for i in interfaces)
    assert resolver.delete_resolver_endpoint(**which)["ResolverEndpoint"]["Status"] == "DELETING"
    assert refused(ec2.delete_security_group, GroupId=net.group).startswith("DependencyViolation")
    aws.advance(GONE)
    assert refused(resolver.get_resolver_endpoint, **which).startswith("ResourceNotFoundException")
    ec2.delete_security_group(GroupId=net.group)


def test_an_endpoint_has_two_addresses_at_least(aws, net, refused):
    """API reference, CreateResolverEndpoint: "The minimum is 2"; SDKs check it before they call: off here."""
    resolver = aws.client("route53resolver", parameter_validation=False)
    one = request(net, IpAddresses=[{"SubnetId": net.subnets[0]}])
    assert refused(resolver.create_resolver_endpoint, **one).startswith("InvalidRequestException")


def test_an_address_may_be_chosen(resolver, net):
    addresses = [{"SubnetId": net.subnets[0], "Ip": "10.1.1.99"}, {"SubnetId": net.subnets[1], "Ip": "10.1.2.99"}]
    made = resolver.create_resolver_endpoint(**request(net, IpAddresses=addresses))["ResolverEndpoint"]["Id"]
    shown = resolver.list_resolver_endpoint_ip_addresses(ResolverEndpointId=made)["IpAddresses"]
    assert {a["Ip"] for a in shown} == {"10.1.1.99", "10.1.2.99"}


def test_a_creator_request_id_is_used_once(resolver, net, refused):
    """API reference, CreatorRequestId: a retry with the same id does not make a second endpoint."""
    resolver.create_resolver_endpoint(**request(net))
    assert refused(resolver.create_resolver_endpoint, **request(net)).startswith("ResourceExistsException")
    assert len(resolver.list_resolver_endpoints()["ResolverEndpoints"]) == 1


def test_an_account_has_four_endpoints(start, refused):
    """Developer Guide, "Quotas on Route 53 Resolver": 4 endpoints per Region."""
    aws = start(quotas=True)
    net, resolver = network(aws), aws.client("route53resolver")
    for number in range(4):
        resolver.create_resolver_endpoint(**request(net, str(number)))
    assert refused(resolver.create_resolver_endpoint, **request(net, "5")).startswith("LimitExceededException")


def test_unknown_subnets_and_groups_are_refused(resolver, net, refused):
    bad = request(net, IpAddresses=[{"SubnetId": "subnet-00000000000000000"}] * 2)
    assert "does not exist" in refused(resolver.create_resolver_endpoint, **bad)
    bad = request(net, SecurityGroupIds=["sg-00000000000000000"])
    assert "does not exist" in refused(resolver.create_resolver_endpoint, **bad)
    assert resolver.list_resolver_endpoints()["ResolverEndpoints"] == []


def test_endpoints_are_filtered(resolver, net, refused):
    """API reference, Filter."""
    made = resolver.create_resolver_endpoint(**request(net, Name="mine"))["ResolverEndpoint"]["Id"]
    for name, value in (("Name", "mine"), ("Direction", "INBOUND"), ("HostVPCId", net.vpc), ("Status", "CREATING")):
        found = resolver.list_resolver_endpoints(Filters=[{"Name": name, "Values": [value]}])["ResolverEndpoints"]
        assert [endpoint["Id"] for endpoint in found] == [made], name
    other = resolver.list_resolver_endpoints(Filters=[{"Name": "Name", "Values": ["other"]}])
    assert other["ResolverEndpoints"] == []
    assert refused(resolver.list_resolver_endpoints, Filters=[{"Name": "Nope", "Values": ["x"]}]).startswith(
        "InvalidRequestException")


def test_addresses_come_and_go_but_two(aws, resolver, net, refused):
    """API reference, AssociateResolverEndpointIpAddress and its counterpart."""
    made = resolver.create_resolver_endpoint(**request(net))["ResolverEndpoint"]["Id"]
    aws.advance(READY)
    first = resolver.list_resolver_endpoint_ip_addresses(ResolverEndpointId=made)["IpAddresses"][0]
    remove = {"ResolverEndpointId": made, "IpAddress": {"IpId": first["IpId"]}}
    assert refused(resolver.disassociate_resolver_endpoint_ip_address, **remove).startswith("InvalidRequestException")
    updating = resolver.associate_resolver_endpoint_ip_address(
        ResolverEndpointId=made, IpAddress={"SubnetId": net.subnets[0]})["ResolverEndpoint"]
    assert (updating["Status"], updating["IpAddressCount"]) == ("UPDATING", 3)
    aws.advance(READY)
    resolver.disassociate_resolver_endpoint_ip_address(**remove)
    aws.advance(GONE)
    shown = resolver.get_resolver_endpoint(ResolverEndpointId=made)["ResolverEndpoint"]
    assert (shown["Status"], shown["IpAddressCount"]) == ("OPERATIONAL", 2)


def test_a_rule_needs_an_outbound_endpoint(aws, resolver, net, refused):
    """API reference, CreateResolverRule."""
    inbound = resolver.create_resolver_endpoint(**request(net))["ResolverEndpoint"]["Id"]
    assert "OUTBOUND resolver endpoints" in refused(resolver.create_resolver_rule, **rule(inbound))
    assert refused(resolver.create_resolver_rule, **rule("rslvr-out-0")).startswith("ResourceNotFoundException")


def test_rules_and_associations_go_before_what_they_use(aws, resolver, net, refused):
    """Developer Guide, "Deleting rules", "Deleting outbound endpoints": association, rule, endpoint, in this order."""
    endpoint = outbound(aws, resolver, net)
    made = resolver.create_resolver_rule(**rule(endpoint))["ResolverRule"]
    assert (made["DomainName"], made["TargetIps"][0]["Port"], made["Status"]) == ("corp.example.", 53, "COMPLETE")
    pair = {"ResolverRuleId": made["Id"], "VPCId": net.vpc}
    association = resolver.associate_resolver_rule(**pair)["ResolverRuleAssociation"]
    assert association["Status"] == "CREATING"
    aws.advance(15)
    assert refused(resolver.delete_resolver_rule, ResolverRuleId=made["Id"]).startswith("ResourceInUseException")
    assert refused(resolver.delete_resolver_endpoint, ResolverEndpointId=endpoint).startswith("InvalidRequestException")
    assert resolver.disassociate_resolver_rule(**pair)["ResolverRuleAssociation"]["Status"] == "DELETING"
    aws.advance(15)
    gone = {"ResolverRuleAssociationId": association["Id"]}
    assert refused(resolver.get_resolver_rule_association, **gone).startswith("ResourceNotFoundException")
    resolver.delete_resolver_rule(ResolverRuleId=made["Id"])
    resolver.delete_resolver_endpoint(ResolverEndpointId=endpoint)
    aws.advance(GONE)
    assert not [live for live in aws.left() if live["service"] == "route53resolver"]


def test_a_vpc_forwards_a_domain_by_one_rule(aws, resolver, net, refused):
    """API reference, AssociateResolverRule: one association per domain and VPC."""
    endpoint = outbound(aws, resolver, net)
    first = resolver.create_resolver_rule(**rule(endpoint))["ResolverRule"]["Id"]
    second = resolver.create_resolver_rule(**rule(endpoint, reference="s"))["ResolverRule"]["Id"]
    resolver.associate_resolver_rule(ResolverRuleId=first, VPCId=net.vpc)
    again = refused(resolver.associate_resolver_rule, ResolverRuleId=first, VPCId=net.vpc)
    assert again.startswith("ResourceExistsException")
    assert "same domain name" in refused(resolver.associate_resolver_rule, ResolverRuleId=second, VPCId=net.vpc)


def test_the_most_specific_rule_says_where_a_name_is_asked(aws, resolver, net):
    endpoint = outbound(aws, resolver, net)
    near = {**rule(endpoint, "near.corp.example", "near"), "TargetIps": [{"Ip": "10.4.0.11"}]}
    for wanted in (rule(endpoint), near):
        made = resolver.create_resolver_rule(**wanted)["ResolverRule"]["Id"]
        resolver.associate_resolver_rule(ResolverRuleId=made, VPCId=net.vpc)
    aws.advance(15)
    forwarding = aws.sandbox.world.route53resolver.forwarding
    assert forwarding("ap-northeast-1", net.vpc, "a.near.corp.example") == ["10.4.0.11"]
    assert forwarding("ap-northeast-1", net.vpc, "far.corp.example") == ["10.4.0.10"]
    assert forwarding("ap-northeast-1", net.vpc, "notcorp.example") == []


def test_the_rule_for_the_internet_is_always_there(resolver):
    """Developer Guide, "Autodefined rules"."""
    rules = resolver.list_resolver_rules()["ResolverRules"]
    assert [(r["Id"], r["RuleType"]) for r in rules] == [("rslvr-autodefined-rr-internet-resolver", "RECURSIVE")]


def test_tags_go_by_arn(aws, resolver, net, refused):
    tags = [{"Key": "one", "Value": "1"}]
    endpoint = resolver.create_resolver_endpoint(**request(net, Tags=tags))["ResolverEndpoint"]
    resolver.tag_resource(ResourceArn=endpoint["Arn"], Tags=[{"Key": "two", "Value": "2"}])
    resolver.untag_resource(ResourceArn=endpoint["Arn"], TagKeys=["one"])
    assert resolver.list_tags_for_resource(ResourceArn=endpoint["Arn"])["Tags"] == [{"Key": "two", "Value": "2"}]
    assert refused(resolver.list_tags_for_resource, ResourceArn=endpoint["Arn"] + "x").startswith(
        "ResourceNotFoundException")
