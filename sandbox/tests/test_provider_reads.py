"""What OpenTofu's AWS provider reads of each resource of the stack (its source, internal/service/…), made with boto3.

A provider compares every attribute that it reads with what was asked for: one that is missing, or has other words than on
AWS, is a difference that no apply removes. Shapes: the API references, "Response Elements" of each operation.
"""

from __future__ import annotations

import json

import pytest
from stack import ACCOUNT, EXECUTION_POLICY, PEER, REGION, Stack

EVERYBODY = [{"CidrIp": "0.0.0.0/0"}]


@pytest.fixture(scope="module")
def stack(shared) -> Stack:
    stack = Stack(shared).all()
    stack.resolver = shared.client("route53resolver")
    stack.inbound = stack.resolver.create_resolver_endpoint(
        CreatorRequestId="in", Name="in", Direction="INBOUND", SecurityGroupIds=[stack.endpoint_group],
        IpAddresses=[{"SubnetId": subnet} for subnet in stack.subnets])["ResolverEndpoint"]["Id"]
    shared.advance(120)
    return stack


def by(**wanted: str) -> list[dict]:
    """Filters; `_` for `-`, `__` for `.`"""
    return [{"Name": name.replace("__", ".").replace("_", "-"), "Values": [value]} for name, value in wanted.items()]


# ---- network


def test_vpc(stack):
    """aws_vpc: the VPC, three attributes, and its default ACL, main route table and default group."""
    ec2 = stack.ec2
    [vpc] = ec2.describe_vpcs(VpcIds=[stack.vpc])["Vpcs"]
    assert (vpc["State"], vpc["InstanceTenancy"], vpc["IsDefault"], vpc["OwnerId"]) == ("available", "default", False, ACCOUNT)
    assert vpc["DhcpOptionsId"].startswith("dopt-") and vpc["CidrBlockAssociationSet"][0]["CidrBlock"] == stack.cidr
    attributes = {name: ec2.describe_vpc_attribute(VpcId=stack.vpc, Attribute=name)[name[0].upper() + name[1:]]["Value"]
                  for name in ("enableDnsSupport", "enableDnsHostnames", "enableNetworkAddressUsageMetrics")}
    assert list(attributes.values()) == [True, True, False]
    [acl] = ec2.describe_network_acls(Filters=by(default="true", vpc_id=stack.vpc))["NetworkAcls"]
    assert {a["SubnetId"] for a in acl["Associations"]} == set(stack.subnets)
    [table] = ec2.describe_route_tables(Filters=by(association__main="true", vpc_id=stack.vpc))["RouteTables"]
    assert table["RouteTableId"] != stack.table
    [group] = ec2.describe_security_groups(Filters=by(group_name="default", vpc_id=stack.vpc))["SecurityGroups"]
    [own] = group["IpPermissions"]
    assert (own["IpProtocol"], own["UserIdGroupPairs"][0]["GroupId"]) == ("-1", group["GroupId"])
    assert group["IpPermissionsEgress"][0]["IpRanges"] == EVERYBODY


def test_subnet(stack):
    [subnet] = stack.ec2.describe_subnets(SubnetIds=[stack.subnets[0]])["Subnets"]
    assert subnet["AvailabilityZone"] == f"{REGION}a" and subnet["AvailabilityZoneId"].startswith("apne1-az")
    assert not any(subnet[name] for name in ("MapPublicIpOnLaunch", "AssignIpv6AddressOnCreation", "Ipv6Native"))
    assert subnet["PrivateDnsNameOptionsOnLaunch"]["HostnameType"] == "ip-name"
    assert subnet["SubnetArn"] == f"arn:aws:ec2:{REGION}:{ACCOUNT}:subnet/{stack.subnets[0]}"


def test_route_table_routes_and_associations(stack):
    [table] = stack.ec2.describe_route_tables(RouteTableIds=[stack.table])["RouteTables"]
    routes = {r.get("DestinationCidrBlock") or r["DestinationPrefixListId"]: r for r in table["Routes"]}
    assert routes[stack.cidr]["GatewayId"] == "local" and routes[stack.cidr]["Origin"] == "CreateRouteTable"
    peered = routes["10.4.0.0/16"]
    assert (peered["VpcPeeringConnectionId"], peered["State"]) == (stack.peering, "active")
    association = table["Associations"][0]
    found = stack.ec2.describe_route_tables(
        Filters=by(association__route_table_association_id=association["RouteTableAssociationId"]))["RouteTables"]
    assert [one["RouteTableId"] for one in found] == [stack.table]
    assert association["AssociationState"]["State"] == "associated"


def test_security_group_rules_by_their_ids(stack, refused):
    """aws_vpc_security_group_ingress_rule and its sibling: authorize with tags, describe, modify, revoke by id."""
    ec2, group = stack.ec2, stack.task_group
    pair = [{"GroupId": stack.endpoint_group, "Description": "d"}]
    made = ec2.authorize_security_group_ingress(
        GroupId=group, IpPermissions=[{"IpProtocol": "tcp", "FromPort": 81, "ToPort": 81, "UserIdGroupPairs": pair}],
        TagSpecifications=[{"ResourceType": "security-group-rule", "Tags": [{"Key": "a", "Value": "b"}]}])
    [rule] = made["SecurityGroupRules"]
    key = rule["SecurityGroupRuleId"]
    assert rule["SecurityGroupRuleArn"].endswith(f":security-group-rule/{key}")
    [seen] = ec2.describe_security_group_rules(SecurityGroupRuleIds=[key])["SecurityGroupRules"]
    assert seen["ReferencedGroupInfo"]["GroupId"] == stack.endpoint_group and seen["Tags"] == [{"Key": "a", "Value": "b"}]
    assert (seen["IsEgress"], seen["FromPort"], seen["ToPort"], seen["Description"]) == (False, 81, 81, "d")
    ec2.create_tags(Resources=[key], Tags=[{"Key": "c", "Value": "d"}])
    wanted = {"IpProtocol": "tcp", "FromPort": 82, "ToPort": 82, "ReferencedGroupId": stack.endpoint_group}
    ec2.modify_security_group_rules(
        GroupId=group, SecurityGroupRules=[{"SecurityGroupRuleId": key, "SecurityGroupRule": wanted}])
    [seen] = ec2.describe_security_group_rules(SecurityGroupRuleIds=[key])["SecurityGroupRules"]
    assert (seen["ReferencedGroupInfo"]["GroupId"], seen["FromPort"]) == (stack.endpoint_group, 82)
    assert {tag["Key"] for tag in seen["Tags"]} == {"a", "c"}
    ec2.revoke_security_group_ingress(GroupId=group, SecurityGroupRuleIds=[key])
    gone = refused(ec2.describe_security_group_rules, SecurityGroupRuleIds=[key])
    assert gone.startswith("InvalidSecurityGroupRuleId.NotFound")
    ports = [p["FromPort"] for p in ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"][0]["IpPermissions"]]
    assert ports == [80]


def test_vpc_endpoints(stack):
    """aws_vpc_endpoint: also the prefix list and its addresses of a gateway endpoint."""
    [endpoint] = stack.ec2.describe_vpc_endpoints(VpcEndpointIds=[stack.endpoint["execute-api"]])["VpcEndpoints"]
    assert set(endpoint["SubnetIds"]) == set(stack.subnets) and len(endpoint["NetworkInterfaceIds"]) == 2
    assert [group["GroupId"] for group in endpoint["Groups"]] == [stack.endpoint_group]
    assert (endpoint["IpAddressType"], endpoint["DnsOptions"]["DnsRecordIpType"]) == ("ipv4", "ipv4")
    assert not endpoint["PrivateDnsEnabled"] and not endpoint["RequesterManaged"]
    assert json.loads(endpoint["PolicyDocument"])["Statement"][0]["Action"] == "*"
    [gateway] = stack.ec2.describe_vpc_endpoints(VpcEndpointIds=[stack.endpoint["s3"]])["VpcEndpoints"]
    assert gateway["RouteTableIds"] == [stack.table] and gateway["SubnetIds"] == []
    [listed] = stack.ec2.describe_prefix_lists(Filters=by(prefix_list_name=f"com.amazonaws.{REGION}.s3"))["PrefixLists"]
    [table] = stack.ec2.describe_route_tables(RouteTableIds=[stack.table])["RouteTables"]
    assert listed["PrefixListId"] in {route.get("DestinationPrefixListId") for route in table["Routes"]}
    assert listed["Cidrs"]


def test_peering(stack):
    [peering] = stack.ec2.describe_vpc_peering_connections(VpcPeeringConnectionIds=[stack.peering])["VpcPeeringConnections"]
    assert peering["Status"]["Code"] == "active" and peering["AccepterVpcInfo"]["VpcId"] == PEER
    for side in ("AccepterVpcInfo", "RequesterVpcInfo"):
        assert peering[side]["PeeringOptions"]["AllowDnsResolutionFromRemoteVpc"] is False
        assert (peering[side]["OwnerId"], peering[side]["Region"]) == (ACCOUNT, REGION)


def test_data_sources(stack, refused):
    """aws_availability_zones, aws_region, aws_vpc_endpoint_service, aws_caller_identity."""
    ec2 = stack.ec2
    zones = ec2.describe_availability_zones(Filters=by(state="available", opt_in_status="opt-in-not-required"))
    assert [zone["ZoneName"] for zone in zones["AvailabilityZones"]] == [f"{REGION}{z}" for z in "acd"]
    assert {zone["NetworkBorderGroup"] for zone in zones["AvailabilityZones"]} == {REGION}
    assert [r["RegionName"] for r in ec2.describe_regions(Filters=by(region_name=REGION))["Regions"]] == [REGION]
    name = f"com.amazonaws.{REGION}.execute-api"
    [service] = ec2.describe_vpc_endpoint_services(Filters=by(service_name=name, service_type="Interface"))["ServiceDetails"]
    assert (service["ServiceName"], service["Owner"], service["ServiceRegion"]) == (name, "amazon", REGION)
    nothing = refused(ec2.describe_vpc_endpoint_services, ServiceNames=["com.amazonaws.nowhere"])
    assert nothing.startswith("InvalidServiceName")
    who = stack.aws.client("sts").get_caller_identity()
    assert (who["Account"], who["Arn"]) == (ACCOUNT, f"arn:aws:iam::{ACCOUNT}:root")


def test_interfaces_that_a_destroy_waits_for(stack):
    """aws_lb waits until no interface `ELB net/…` of amazon-aws is left; aws_subnet and aws_security_group look for what
    lingers in them."""
    ec2 = stack.ec2
    filters = by(attachment__instance_owner_id="amazon-aws", description=f"ELB {stack.balancer_arn.split('loadbalancer/')[1]}")
    assert len(ec2.describe_network_interfaces(Filters=filters)["NetworkInterfaces"]) == 2
    in_group = ec2.describe_network_interfaces(Filters=by(group_id=stack.task_group))["NetworkInterfaces"]
    assert {interface["InterfaceType"] for interface in in_group} == {"interface"} and len(in_group) == 2


# ---- load balancer


def test_load_balancer_target_group_and_listener(stack):
    """aws_lb, aws_lb_target_group, aws_lb_listener: what is described, its attributes, its tags."""
    elbv2 = stack.elbv2
    [balancer] = elbv2.describe_load_balancers(LoadBalancerArns=[stack.balancer_arn])["LoadBalancers"]
    assert (balancer["Type"], balancer["Scheme"], balancer["IpAddressType"]) == ("network", "internal", "ipv4")
    assert balancer["CanonicalHostedZoneId"] and {z["SubnetId"] for z in balancer["AvailabilityZones"]} == set(stack.subnets)
    attributes = pairs(elbv2.describe_load_balancer_attributes(LoadBalancerArn=stack.balancer_arn)["Attributes"])
    assert {"deletion_protection.enabled", "load_balancing.cross_zone.enabled", "dns_record.client_routing_policy",
            "access_logs.s3.enabled", "zonal_shift.config.enabled"} <= set(attributes)
    assert elbv2.describe_capacity_reservation(LoadBalancerArn=stack.balancer_arn)["CapacityReservationState"] == []
    [group] = elbv2.describe_target_groups(TargetGroupArns=[stack.target_group])["TargetGroups"]
    assert (group["TargetType"], group["Protocol"], group["Port"]) == ("ip", "TCP", 80)
    assert (group["HealthCheckProtocol"], group["HealthCheckPort"], group["HealthCheckTimeoutSeconds"]) == (
        "TCP", "traffic-port", 10)
    attributes = pairs(elbv2.describe_target_group_attributes(TargetGroupArn=stack.target_group)["Attributes"])
    assert {"deregistration_delay.timeout_seconds", "preserve_client_ip.enabled", "proxy_protocol_v2.enabled",
            "stickiness.enabled", "stickiness.type"} <= set(attributes)
    [listener] = elbv2.describe_listeners(ListenerArns=[stack.listener])["Listeners"]
    [action] = listener["DefaultActions"]
    assert (action["Type"], action["Order"], action["TargetGroupArn"]) == ("forward", 1, stack.target_group)
    attributes = pairs(elbv2.describe_listener_attributes(ListenerArn=stack.listener)["Attributes"])
    assert attributes == {"tcp.idle_timeout.seconds": "350"}
    arns = [stack.balancer_arn, stack.target_group, stack.listener]
    described = elbv2.describe_tags(ResourceArns=arns)["TagDescriptions"]
    assert [one["ResourceArn"] for one in described] == arns


def pairs(attributes: list[dict]) -> dict[str, str]:
    return {attribute["Key"]: attribute["Value"] for attribute in attributes}


# ---- service


def test_cluster_definition_and_service(stack):
    """aws_ecs_cluster, aws_ecs_task_definition, aws_ecs_service."""
    ecs = stack.ecs
    [cluster] = ecs.describe_clusters(clusters=["main"], include=["TAGS", "CONFIGURATIONS", "SETTINGS"])["clusters"]
    assert cluster["settings"] == [{"name": "containerInsights", "value": "disabled"}]
    [service] = ecs.describe_services(cluster="main", services=["web"], include=["TAGS"])["services"]
    assert service["deploymentController"] == {"type": "ECS"} and service["schedulingStrategy"] == "REPLICA"
    assert (service["launchType"], service["platformVersion"], service["propagateTags"]) == ("FARGATE", "LATEST", "NONE")
    network = service["networkConfiguration"]["awsvpcConfiguration"]
    assert network == {"subnets": stack.subnets, "securityGroups": [stack.task_group], "assignPublicIp": "DISABLED"}
    configuration = service["deploymentConfiguration"]
    assert (configuration["maximumPercent"], configuration["minimumHealthyPercent"]) == (200, 100)
    assert configuration["deploymentCircuitBreaker"] == {"enable": False, "rollback": False}
    definition = ecs.describe_task_definition(taskDefinition=service["taskDefinition"], include=["TAGS"])
    [container] = definition["taskDefinition"]["containerDefinitions"]
    empty = ("environment", "mountPoints", "volumesFrom", "systemControls")
    assert all(container[name] == [] for name in empty) and container["essential"] is True
    assert container["portMappings"] == [{"containerPort": 80, "hostPort": 80, "protocol": "tcp"}]
    assert definition["tags"] == []


def test_role_and_log_group(stack):
    """aws_iam_role, aws_iam_role_policy_attachment, aws_cloudwatch_log_group."""
    iam, logs = stack.iam, stack.logs
    role = iam.get_role(RoleName="execution")["Role"]
    assert (role["Path"], role["MaxSessionDuration"]) == ("/", 3600) and role["RoleId"].startswith("AROA")
    assert role["AssumeRolePolicyDocument"]["Statement"][0]["Principal"] == {"Service": "ecs-tasks.amazonaws.com"}
    assert iam.list_role_policies(RoleName="execution")["PolicyNames"] == []
    [attached] = iam.list_attached_role_policies(RoleName="execution")["AttachedPolicies"]
    assert attached["PolicyArn"] == EXECUTION_POLICY
    assert iam.list_instance_profiles_for_role(RoleName="execution")["InstanceProfiles"] == []
    assert iam.get_user()["User"]["Arn"].endswith(":root"), "asked when the provider looks for its account"
    [group] = logs.describe_log_groups(logGroupNamePrefix="/web")["logGroups"]
    assert group["logGroupArn"] == group["arn"].removesuffix(":*") and group["logGroupClass"] == "STANDARD"
    assert "retentionInDays" not in group and logs.list_tags_for_resource(resourceArn=group["logGroupArn"])["tags"] == {}


# ---- API


def test_rest_api_and_what_lies_below(stack):
    """aws_api_gateway_rest_api, _resource, _method, _integration, _deployment, _stage, _vpc_link, _account."""
    api, on = stack.api, {"restApiId": stack.api_id, "resourceId": stack.root, "httpMethod": "GET"}
    shown = api.get_rest_api(restApiId=stack.api_id)
    assert (shown["apiKeySource"], shown["disableExecuteApiEndpoint"], shown["rootResourceId"]) == ("HEADER", False, stack.root)
    configuration = {"types": ["PRIVATE"], "ipAddressType": "dualstack", "vpcEndpointIds": [stack.endpoint["execute-api"]]}
    assert shown["endpointConfiguration"] == configuration
    written = json.loads(json.loads(f'"{shown["policy"]}"'))
    assert written["Statement"][0]["Resource"] == f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{stack.api_id}/*"
    assert api.get_resources(restApiId=stack.api_id)["items"][0]["path"] == "/"
    assert api.get_method(**on)["authorizationType"] == "NONE"
    integration = api.get_integration(**on)
    assert (integration["connectionType"], integration["connectionId"]) == ("VPC_LINK", stack.link)
    assert (integration["passthroughBehavior"], integration["timeoutInMillis"], integration["cacheNamespace"]) == (
        "WHEN_NO_MATCH", 29000, stack.root)
    stage = api.get_stage(restApiId=stack.api_id, stageName="live")
    assert (stage["cacheClusterEnabled"], stage["tracingEnabled"], stage["cacheClusterStatus"]) == (
        False, False, "NOT_AVAILABLE")
    assert api.get_deployment(restApiId=stack.api_id, deploymentId=stage["deploymentId"])["createdDate"]
    link = api.get_vpc_link(vpcLinkId=stack.link)
    assert (link["status"], link["targetArns"], link["name"]) == ("AVAILABLE", [stack.balancer_arn], "web")
    assert api.get_account()["throttleSettings"] == {"burstLimit": 5000, "rateLimit": 10000.0}


def test_the_account_s_log_role_must_trust_api_gateway(stack, refused):
    """aws_api_gateway_account; Developer Guide, "Set up CloudWatch logging for REST APIs"."""
    change = [{"op": "replace", "path": "/cloudwatchRoleArn", "value": stack.role}]
    assert refused(stack.api.update_account, patchOperations=change).startswith("BadRequestException")


# ---- names


def test_zone_record_and_associations(stack, refused):
    """aws_route53_zone, aws_route53_record, aws_route53_zone_association."""
    route53 = stack.aws.client("route53")
    zone = route53.get_hosted_zone(Id=stack.zone_id)
    assert {vpc["VPCId"] for vpc in zone["VPCs"]} == {stack.vpc, PEER} and "DelegationSet" not in zone
    assert zone["HostedZone"]["Config"]["PrivateZone"] is True
    key = stack.zone_id.rpartition("/")[2]
    assert route53.list_tags_for_resource(ResourceType="hostedzone", ResourceId=key)["ResourceTagSet"]["Tags"] == []
    name = f"{stack.api_id}.execute-api.{REGION}.amazonaws.com"
    listed = route53.list_resource_record_sets(
        HostedZoneId=key, StartRecordName=name, StartRecordType="A", MaxItems="1")["ResourceRecordSets"]
    assert listed[0]["AliasTarget"]["EvaluateTargetHealth"] is False and listed[0]["Name"] == f"{name}."
    summaries = route53.list_hosted_zones_by_vpc(VPCId=PEER, VPCRegion=REGION)["HostedZoneSummaries"]
    assert [summary["HostedZoneId"] for summary in summaries] == [key]
    assert refused(route53.get_dnssec, HostedZoneId=key).startswith("InvalidArgument")


def test_resolver_endpoint(stack):
    """aws_route53_resolver_endpoint: the endpoint, its addresses, its tags."""
    endpoint = stack.resolver.get_resolver_endpoint(ResolverEndpointId=stack.inbound)["ResolverEndpoint"]
    assert (endpoint["Status"], endpoint["HostVPCId"], endpoint["Protocols"]) == ("OPERATIONAL", stack.vpc, ["Do53"])
    assert endpoint["ResolverEndpointType"] == "IPV4" and endpoint["SecurityGroupIds"] == [stack.endpoint_group]
    addresses = stack.resolver.list_resolver_endpoint_ip_addresses(ResolverEndpointId=stack.inbound)["IpAddresses"]
    assert {address["SubnetId"] for address in addresses} == set(stack.subnets)
    assert {address["Status"] for address in addresses} == {"ATTACHED"}
    assert stack.resolver.list_tags_for_resource(ResourceArn=endpoint["Arn"])["Tags"] == []
