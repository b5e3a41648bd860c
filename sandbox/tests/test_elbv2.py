"""Network Load Balancers. Sources: Elastic Load Balancing API Reference (2015-12-01), named by operation, and the User
Guide for Network Load Balancers, named by page."""

from __future__ import annotations

import pytest

from parts import load_balancer, network
from stack import REGION, Stack


@pytest.fixture
def stack(aws):
    return Stack(aws).network()


@pytest.fixture
def balanced(stack):
    return stack.load_balancer()


def shown(stack):
    return stack.elbv2.describe_load_balancers(Names=["web"])["LoadBalancers"][0]


def interfaces(stack):
    filters = [{"Name": "description", "Values": ["ELB net/web/*"]}]
    return stack.ec2.describe_network_interfaces(Filters=filters)["NetworkInterfaces"]


def create(stack, **more):
    request = {"Name": "web", "Type": "network", "Scheme": "internal", "Subnets": stack.subnets, **more}
    return stack.elbv2.create_load_balancer(**request)["LoadBalancers"][0]


def test_provisions_before_it_is_active(stack):
    """DescribeLoadBalancers: State is `provisioning`, then `active`; two to three minutes as seen in public logs."""
    made = create(stack)
    assert made["State"]["Code"] == "provisioning"
    assert ":loadbalancer/net/web/" in made["LoadBalancerArn"]
    assert made["DNSName"] == f"web-{made['LoadBalancerArn'][-16:]}.elb.{REGION}.amazonaws.com"
    stack.aws.advance(100)
    assert shown(stack)["State"]["Code"] == "provisioning"
    stack.aws.advance(100)
    assert shown(stack)["State"]["Code"] == "active"


def test_holds_an_interface_in_each_zone(stack):
    """User Guide, "Network Load Balancers": a network interface for each enabled zone, which one cannot delete."""
    create(stack)
    held = interfaces(stack)
    assert sorted(i["SubnetId"] for i in held) == sorted(stack.subnets)
    assert {(i["InterfaceType"], i["RequesterManaged"], i["Status"]) for i in held} == {
        ("network_load_balancer", True, "in-use")}


def test_interfaces_outlive_the_deletion(balanced, refused):
    """User Guide, "Delete a Network Load Balancer": the description is gone at once, its interfaces hold the subnets on."""
    balanced.elbv2.delete_load_balancer(LoadBalancerArn=balanced.balancer_arn)
    assert "LoadBalancerNotFound" in refused(balanced.elbv2.describe_load_balancers, Names=["web"])
    assert len(interfaces(balanced)) == 2
    assert "DependencyViolation" in refused(balanced.ec2.delete_subnet, SubnetId=balanced.subnets[0])
    balanced.aws.advance(60)
    assert interfaces(balanced) == []
    balanced.ec2.delete_subnet(SubnetId=balanced.subnets[0])


def test_same_settings_again_return_the_same_load_balancer(stack, refused):
    """CreateLoadBalancer: "This operation is idempotent … multiple load balancers with the same settings, each call
    succeeds"; with other settings DuplicateLoadBalancerName."""
    tags = [{"Key": "a", "Value": "b"}]
    first = create(stack, Tags=tags)
    assert create(stack, Tags=tags)["LoadBalancerArn"] == first["LoadBalancerArn"]
    for other in ({"Subnets": stack.subnets[:1], "Tags": tags}, {"Tags": [{"Key": "a", "Value": "c"}]}):
        assert refused(create, stack=stack, **other) == (
            "DuplicateLoadBalancerName: A load balancer with the same name 'web' exists, but with different settings")


@pytest.mark.parametrize("name", ["a" * 33, "web_1", "-web", "web-", "internal-web"])
def test_names_that_are_refused(stack, refused, name):
    """CreateLoadBalancer, Name: at most 32 alphanumeric characters or hyphens, not at the ends, not `internal-`."""
    assert refused(create, stack=stack, Name=name).startswith("ValidationError")


def test_subnets_that_are_refused(stack, refused):
    """CreateLoadBalancer: "You can specify only one subnet per Availability Zone"; SubnetNotFound."""
    twin = stack.ec2.create_subnet(VpcId=stack.vpc, CidrBlock="10.1.3.0/24", AvailabilityZone=f"{REGION}a")
    both = [stack.subnets[0], twin["Subnet"]["SubnetId"]]
    assert "in the same Availability Zone" in refused(create, stack=stack, Subnets=both)
    assert refused(create, stack=stack, Subnets=["subnet-0123456789abcdef0"]).startswith("SubnetNotFound")


def test_types_not_simulated_say_so(stack, refused):
    """The sandbox answers clearly instead of half-working."""
    assert refused(create, stack=stack, Type="application").startswith("NotImplemented")


def test_attributes_of_a_network_load_balancer(balanced, refused):
    """LoadBalancerAttribute: the keys of Network Load Balancers with their defaults; other keys are refused."""
    def attributes():
        found = balanced.elbv2.describe_load_balancer_attributes(LoadBalancerArn=balanced.balancer_arn)["Attributes"]
        return {pair["Key"]: pair["Value"] for pair in found}

    assert attributes()["load_balancing.cross_zone.enabled"] == "false"
    change = {"Key": "load_balancing.cross_zone.enabled", "Value": "true"}
    balanced.elbv2.modify_load_balancer_attributes(LoadBalancerArn=balanced.balancer_arn, Attributes=[change])
    assert attributes()["load_balancing.cross_zone.enabled"] == "true"
    wrong = {"Key": "idle_timeout.timeout_seconds", "Value": "60"}
    assert "not recognized" in refused(balanced.elbv2.modify_load_balancer_attributes,
                                       LoadBalancerArn=balanced.balancer_arn, Attributes=[change, wrong])


def test_deletion_protection(balanced, refused):
    """DeleteLoadBalancer: "You can't delete a load balancer if deletion protection is enabled"."""
    balanced.elbv2.modify_load_balancer_attributes(LoadBalancerArn=balanced.balancer_arn, Attributes=[
        {"Key": "deletion_protection.enabled", "Value": "true"}])
    assert refused(balanced.elbv2.delete_load_balancer, LoadBalancerArn=balanced.balancer_arn) == (
        f"OperationNotPermitted: Load balancer '{balanced.balancer_arn}' cannot be deleted because deletion protection "
        "is enabled")


def test_deleting_what_is_gone_succeeds(balanced):
    """DeleteLoadBalancer: "If the load balancer does not exist or has already been deleted, the call succeeds." """
    for _ in range(2):
        balanced.elbv2.delete_load_balancer(LoadBalancerArn=balanced.balancer_arn)
        balanced.elbv2.delete_target_group(TargetGroupArn=balanced.target_group)


def test_a_vpc_link_keeps_its_load_balancer(balanced, refused):
    """DeleteLoadBalancer, ResourceInUse; the message as in public reports of API Gateway's VPC links."""
    balanced.aws.advance(200)
    link = balanced.api.create_vpc_link(name="web", targetArns=[balanced.balancer_arn])["id"]
    balanced.aws.advance(250)
    expected = (f"ResourceInUse: Load balancer '{balanced.balancer_arn}' cannot be deleted because it is currently "
                "associated with another service")
    assert refused(balanced.elbv2.delete_load_balancer, LoadBalancerArn=balanced.balancer_arn) == expected
    balanced.api.delete_vpc_link(vpcLinkId=link)
    assert refused(balanced.elbv2.delete_load_balancer, LoadBalancerArn=balanced.balancer_arn) == expected
    balanced.aws.advance(60)
    balanced.elbv2.delete_load_balancer(LoadBalancerArn=balanced.balancer_arn)


def test_subnets_come_and_go_one_zone_at_a_time(balanced, refused):
    """User Guide, "Update the Availability Zones for your Network Load Balancer": a zone can be disabled at any time; a
    subnet of the same zone can be added only after the other was removed."""
    first, second = balanced.subnets
    twin = balanced.ec2.create_subnet(VpcId=balanced.vpc, CidrBlock="10.1.9.0/24", AvailabilityZone=f"{REGION}a")
    twin = twin["Subnet"]["SubnetId"]

    def set_to(subnets):
        zones = balanced.elbv2.set_subnets(LoadBalancerArn=balanced.balancer_arn, Subnets=subnets)
        return sorted(zone["SubnetId"] for zone in zones["AvailabilityZones"])

    assert "already associated" in refused(set_to, subnets=[twin, second])
    assert set_to([second]) == [second]
    assert set_to([twin, second]) == sorted([twin, second])
    balanced.aws.advance(60)
    assert sorted(i["SubnetId"] for i in interfaces(balanced)) == sorted([twin, second])
    balanced.ec2.delete_subnet(SubnetId=first)


def test_a_vpc_link_keeps_its_subnets(balanced, refused):
    """The same page: "You can't remove a subnet if the Network Load Balancer has active Amazon VPC endpoint associations"."""
    balanced.aws.advance(200)
    balanced.api.create_vpc_link(name="web", targetArns=[balanced.balancer_arn])
    refusal = refused(balanced.elbv2.set_subnets, LoadBalancerArn=balanced.balancer_arn, Subnets=balanced.subnets[:1])
    assert refusal.startswith("InvalidConfigurationRequest") and "VPC endpoint associations" in refusal


def test_security_groups_only_if_given_at_creation(balanced, refused):
    """User Guide, "Update the security groups": without any at creation none can be set later (SetSecurityGroups)."""
    assert refused(balanced.elbv2.set_security_groups, LoadBalancerArn=balanced.balancer_arn,
                   SecurityGroups=[balanced.task_group]) == (
        "InvalidConfigurationRequest: You cannot set security groups on a Network Load Balancer which was created "
        "without any security groups.")
    assert "SecurityGroups" not in shown(balanced)


def test_security_groups_bind_interfaces_and_enforcement(stack):
    """SetSecurityGroups: EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic is `on` unless switched off."""
    made = create(stack, SecurityGroups=[stack.task_group])
    assert made["EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic"] == "on"
    changed = stack.elbv2.set_security_groups(
        LoadBalancerArn=made["LoadBalancerArn"], SecurityGroups=[stack.endpoint_group],
        EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic="off")
    assert changed["SecurityGroupIds"] == [stack.endpoint_group]
    assert shown(stack)["EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic"] == "off"
    assert {g["GroupId"] for i in interfaces(stack) for g in i["Groups"]} == {stack.endpoint_group}


def test_a_used_target_group_stays(balanced, refused):
    """DeleteTargetGroup: "if it is not referenced by any actions"; ResourceInUse."""
    assert refused(balanced.elbv2.delete_target_group, TargetGroupArn=balanced.target_group) == (
        f"ResourceInUse: Target group '{balanced.target_group}' is currently in use by a listener or a rule")
    balanced.elbv2.delete_listener(ListenerArn=balanced.listener)
    balanced.elbv2.delete_target_group(TargetGroupArn=balanced.target_group)


def test_target_group_defaults(balanced):
    """CreateTargetGroup: health checks of TCP groups default to TCP, every 30 s, 5 times healthy, 2 times unhealthy."""
    group = balanced.elbv2.describe_target_groups(TargetGroupArns=[balanced.target_group])["TargetGroups"][0]
    assert {key: group[key] for key in ("HealthCheckProtocol", "HealthCheckPort", "HealthCheckIntervalSeconds",
                                        "HealthCheckTimeoutSeconds", "HealthyThresholdCount", "UnhealthyThresholdCount",
                                        "TargetType", "IpAddressType", "LoadBalancerArns")} == {
        "HealthCheckProtocol": "TCP", "HealthCheckPort": "traffic-port", "HealthCheckIntervalSeconds": 30,
        "HealthCheckTimeoutSeconds": 10, "HealthyThresholdCount": 5, "UnhealthyThresholdCount": 2, "TargetType": "ip",
        "IpAddressType": "ipv4", "LoadBalancerArns": [balanced.balancer_arn]}


def test_target_groups_and_listeners_are_idempotent(balanced, refused):
    """CreateTargetGroup and CreateListener: the same settings succeed; others DuplicateTargetGroupName, DuplicateListener."""
    again = balanced.elbv2.create_target_group(Name="web", Protocol="TCP", Port=80, VpcId=balanced.vpc, TargetType="ip")
    assert again["TargetGroups"][0]["TargetGroupArn"] == balanced.target_group
    assert "DuplicateTargetGroupName" in refused(balanced.elbv2.create_target_group, Name="web", Protocol="TCP", Port=81,
                                                 VpcId=balanced.vpc, TargetType="ip")

    def listen(protocol):
        return balanced.elbv2.create_listener(
            LoadBalancerArn=balanced.balancer_arn, Protocol=protocol, Port=80,
            DefaultActions=[{"Type": "forward", "TargetGroupArn": group}])

    group = balanced.target_group
    assert listen("TCP")["Listeners"][0]["ListenerArn"] == balanced.listener
    group = balanced.elbv2.create_target_group(
        Name="udp", Protocol="TCP_UDP", Port=80, VpcId=balanced.vpc, TargetType="ip")["TargetGroups"][0]["TargetGroupArn"]
    assert refused(listen, protocol="UDP").startswith("DuplicateListener: A listener already exists on this port")


def test_protocols_must_fit(balanced, refused):
    """CreateListener, IncompatibleProtocols: a TCP group behind a UDP listener."""
    assert refused(balanced.elbv2.create_listener, LoadBalancerArn=balanced.balancer_arn, Protocol="UDP", Port=53,
                   DefaultActions=[{"Type": "forward", "TargetGroupArn": balanced.target_group}]
                   ).startswith("IncompatibleProtocols")


def test_tags(balanced, refused):
    """AddTags, RemoveTags, DescribeTags: up to 20 resources of any kind in one call."""
    arns = [balanced.balancer_arn, balanced.target_group, balanced.listener]
    balanced.elbv2.add_tags(ResourceArns=arns, Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}])
    balanced.elbv2.remove_tags(ResourceArns=arns[:1], TagKeys=["a"])
    found = balanced.elbv2.describe_tags(ResourceArns=arns)["TagDescriptions"]
    assert [sorted(tag["Key"] for tag in one["Tags"]) for one in found] == [["b"], ["a", "b"], ["a", "b"]]
    gone = balanced.target_group[:-1] + "0"
    assert refused(balanced.elbv2.describe_tags, ResourceArns=[gone]).startswith("TargetGroupNotFound")
    assert "more than 20" in refused(balanced.elbv2.describe_tags, ResourceArns=arns * 7)


def test_pages(balanced):
    """DescribeTargetGroups: PageSize and Marker, so that clients that page see every group once."""
    for number in range(4):
        balanced.elbv2.create_target_group(Name=f"g{number}", Protocol="TCP", Port=80, VpcId=balanced.vpc, TargetType="ip")
    pages = balanced.elbv2.get_paginator("describe_target_groups").paginate(PaginationConfig={"PageSize": 2})
    assert sorted(g["TargetGroupName"] for p in pages for g in p["TargetGroups"]) == ["g0", "g1", "g2", "g3", "web"]


def health(stack, **more):
    found = stack.elbv2.describe_target_health(TargetGroupArn=stack.target_group, **more)["TargetHealthDescriptions"]
    return [(t["Target"]["Id"], t["TargetHealth"]["State"], t["TargetHealth"].get("Reason")) for t in found]


def test_a_target_that_does_not_answer_becomes_unhealthy(balanced):
    """"Target health status": initial while it registers and is checked, then unhealthy, Target.FailedHealthChecks."""
    balanced.elbv2.register_targets(TargetGroupArn=balanced.target_group, Targets=[{"Id": "10.1.1.99"}])
    assert health(balanced) == [("10.1.1.99", "initial", "Elb.RegistrationInProgress")]
    balanced.aws.advance(180)
    assert health(balanced) == [("10.1.1.99", "unhealthy", "Target.FailedHealthChecks")]


def test_a_group_that_no_listener_uses(balanced):
    """TargetHealth: `unused`, Target.NotInUse, for a group without a load balancer; Target.NotRegistered if asked for."""
    balanced.elbv2.delete_listener(ListenerArn=balanced.listener)
    balanced.elbv2.register_targets(TargetGroupArn=balanced.target_group, Targets=[{"Id": "10.1.1.99"}])
    assert health(balanced) == [("10.1.1.99", "unused", "Target.NotInUse")]
    assert health(balanced, Targets=[{"Id": "10.1.1.98"}]) == [("10.1.1.98", "unused", "Target.NotRegistered")]


def test_deregistration_delay(balanced):
    """TargetGroupAttribute deregistration_delay.timeout_seconds: `draining` for so long, then gone."""
    balanced.elbv2.register_targets(TargetGroupArn=balanced.target_group, Targets=[{"Id": "10.1.1.99"}])
    balanced.elbv2.deregister_targets(TargetGroupArn=balanced.target_group, Targets=[{"Id": "10.1.1.99"}])
    balanced.aws.advance(9)
    assert health(balanced) == [("10.1.1.99", "draining", "Target.DeregistrationInProgress")]
    balanced.aws.advance(2)
    assert health(balanced) == []


def test_addresses_outside_the_vpc_must_be_said_to_be(balanced, refused):
    """RegisterTargets, TargetDescription.AvailabilityZone: `all` for an address outside the VPC; else InvalidTarget."""
    outside = {"Id": "10.9.0.1"}
    assert refused(balanced.elbv2.register_targets, TargetGroupArn=balanced.target_group, Targets=[outside]
                   ).startswith("InvalidTarget")
    balanced.elbv2.register_targets(TargetGroupArn=balanced.target_group, Targets=[{**outside, "AvailabilityZone": "all"}])


def test_unknown_operations_are_refused_clearly(stack, refused):
    """moto would answer from a state in which nothing of ours exists."""
    assert refused(stack.elbv2.describe_trust_stores).startswith("NotImplemented")


def test_a_region_holds_fifty_load_balancers_until_the_quota_is_raised(start, refused):
    """"Quotas for your Network Load Balancers": 50 per Region, adjustable; lowered here to keep the test quick."""
    aws = start(quotas=True)
    aws.control("POST", "/quotas", {"network-load-balancers": 1})
    subnets = network(aws).subnets
    load_balancer(aws, subnets)
    wanted = {"Name": "other", "Type": "network", "Subnets": subnets}
    assert refused(aws.client("elbv2").create_load_balancer, **wanted).startswith("TooManyLoadBalancers")
    load_balancer(aws, subnets)  # the same again is no new one


def test_a_load_balancer_that_lacks_an_interface_leaves_none(start, refused):
    """"Amazon VPC quotas": network interfaces per Region; those that services make count too."""
    aws = start(quotas=True)
    subnets = network(aws).subnets
    here = len(aws.client("ec2").describe_network_interfaces()["NetworkInterfaces"])
    aws.control("POST", "/quotas", {"network-interfaces": here + 1})
    wanted = {"Name": "nlb", "Type": "network", "Subnets": subnets}
    assert refused(aws.client("elbv2").create_load_balancer, **wanted).startswith("NetworkInterfaceLimitExceeded")
    assert len(aws.client("ec2").describe_network_interfaces()["NetworkInterfaces"]) == here
