"""VPC links of both kinds."""

from __future__ import annotations

import json

import pytest
from parts import load_balancer, network

ACTIVE = 200  # seconds: a load balancer is active after about 155
LINKED = 200  # and a link AVAILABLE after about 180
UNLINKED = 45
OPEN = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/*"}]})


@pytest.fixture
def gateway(aws):
    return aws.client("apigateway")


@pytest.fixture
def balancer(aws) -> dict:
    made = load_balancer(aws, network(aws).subnets)
    aws.advance(ACTIVE)
    return made


@pytest.fixture
def link(aws, gateway, balancer) -> str:
    made = gateway.create_vpc_link(name="l", targetArns=[balancer["LoadBalancerArn"]])["id"]
    aws.advance(LINKED)
    return made


def api_with(gateway, link: str, target: str | None = None) -> dict:
    """An API whose root's GET goes through a link."""
    api = gateway.create_rest_api(name="a", endpointConfiguration={"types": ["PRIVATE"]}, policy=OPEN)
    on = {"restApiId": api["id"], "resourceId": api["rootResourceId"], "httpMethod": "GET"}
    gateway.put_method(**on, authorizationType="NONE")
    more = {"integrationTarget": target} if target else {}
    gateway.put_integration(
        **on, type="HTTP_PROXY", integrationHttpMethod="GET", uri="http://nlb.example/", connectionType="VPC_LINK",
        connectionId=link, **more)
    return api


def test_a_link_is_pending_then_available(aws, gateway, balancer):
    """API reference, VpcLink.status."""
    made = gateway.create_vpc_link(name="l", targetArns=[balancer["LoadBalancerArn"]], tags={"one": "1"})
    assert made["status"] == "PENDING"
    aws.advance(LINKED)
    shown = gateway.get_vpc_link(vpcLinkId=made["id"])
    assert (shown["status"], shown["tags"]) == ("AVAILABLE", {"one": "1"})
    rename = [{"op": "replace", "path": "/name", "value": "m"}]
    assert gateway.update_vpc_link(vpcLinkId=made["id"], patchOperations=rename)["name"] == "m"


def test_a_link_to_a_balancer_that_is_not_active_fails(aws, gateway):
    """https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/1951"""
    young = load_balancer(aws, network(aws).subnets)
    made = gateway.create_vpc_link(name="l", targetArns=[young["LoadBalancerArn"]])
    assert made["status"] == "PENDING", "the call itself succeeds"
    aws.advance(10)
    shown = gateway.get_vpc_link(vpcLinkId=made["id"])
    assert shown["status"] == "FAILED" and shown["statusMessage"].startswith("NLB is not in active state.")
    gateway.delete_vpc_link(vpcLinkId=made["id"])


def test_a_balancer_has_one_link(aws, gateway, balancer, link):
    """https://github.com/hashicorp/terraform-provider-aws/issues/12796"""
    second = gateway.create_vpc_link(name="l2", targetArns=[balancer["LoadBalancerArn"]])["id"]
    aws.advance(10)
    shown = gateway.get_vpc_link(vpcLinkId=second)
    assert (shown["status"], shown["statusMessage"]) == (
        "FAILED", "NLB is already associated with another VPC Endpoint Service")


def test_only_network_load_balancers_can_be_linked(aws, gateway):
    """https://github.com/hashicorp/terraform-provider-aws/issues/30910"""
    arn = "arn:aws:elasticloadbalancing:ap-northeast-1:123456789012:loadbalancer/app/a/0123456789abcdef"
    made = gateway.create_vpc_link(name="l", targetArns=[arn])["id"]
    aws.advance(10)
    assert gateway.get_vpc_link(vpcLinkId=made)["statusMessage"] == "NLB ARN is malformed."


def test_a_link_goes_after_the_stage_that_uses_it(aws, gateway, link, refused):
    """https://github.com/klothoplatform/klotho/issues/202"""
    api = api_with(gateway, link)
    gateway.create_deployment(restApiId=api["id"], stageName="live")
    answer = refused(gateway.delete_vpc_link, vpcLinkId=link)
    assert answer == (f"BadRequestException: Cannot delete vpc link. Vpc link '{link}', is referenced in "
                      f"[{api['id']}:GET:{api['rootResourceId']}:live] in format of [RESTApiId:Method:Resource:Stage].")
    gateway.delete_stage(restApiId=api["id"], stageName="live")
    gateway.delete_vpc_link(vpcLinkId=link)
    assert gateway.get_vpc_link(vpcLinkId=link)["status"] == "DELETING"
    aws.advance(UNLINKED)
    assert refused(gateway.get_vpc_link, vpcLinkId=link).startswith("NotFoundException")


def test_a_reference_through_a_stage_variable_does_not_hold_the_link(gateway, link):
    api = api_with(gateway, "${stageVariables.link}")
    gateway.create_deployment(restApiId=api["id"], stageName="live", variables={"link": link})
    gateway.delete_vpc_link(vpcLinkId=link)


def test_a_balancer_goes_after_its_link(aws, gateway, balancer, link, refused):
    """ELB API reference, DeleteLoadBalancer: ResourceInUse, "associated with another service"."""
    elbv2 = aws.client("elbv2")
    arn = balancer["LoadBalancerArn"]
    assert refused(elbv2.delete_load_balancer, LoadBalancerArn=arn).startswith("ResourceInUse")
    gateway.delete_vpc_link(vpcLinkId=link)
    assert refused(elbv2.delete_load_balancer, LoadBalancerArn=arn).startswith("ResourceInUse"), "still DELETING"
    aws.advance(UNLINKED)
    elbv2.delete_load_balancer(LoadBalancerArn=arn)


def test_a_deployment_waits_for_a_pending_link_and_fails_on_a_deleting_one(aws, gateway, balancer, refused):
    """API reference, VpcLink.status: "Deploying an API will wait if the status is PENDING and will fail if the
    status is DELETING"."""
    link = gateway.create_vpc_link(name="l", targetArns=[balancer["LoadBalancerArn"]])["id"]
    api = api_with(gateway, link)
    gateway.create_deployment(restApiId=api["id"], stageName="live")
    aws.advance(5)
    deployed = aws.sandbox.world.apigateway.deployed
    assert deployed("ap-northeast-1", api["id"], "live").waits_for == (link,)
    aws.advance(LINKED)
    assert deployed("ap-northeast-1", api["id"], "live").waits_for == ()
    gateway.delete_stage(restApiId=api["id"], stageName="live")
    gateway.delete_vpc_link(vpcLinkId=link)
    answer = refused(gateway.create_deployment, restApiId=api["id"], stageName="live")
    assert answer.startswith("BadRequestException") and "DELETING" in answer


def test_a_v2_link_has_interfaces_and_serves_rest_apis(aws, gateway, refused):
    """Developer Guide, "Private integrations for REST APIs with VPC links V2": connectionId and integrationTarget."""
    net, v2, ec2 = network(aws), aws.client("apigatewayv2"), aws.client("ec2")
    made = v2.create_vpc_link(Name="l", SubnetIds=net.subnets, SecurityGroupIds=[net.group], Tags={"one": "1"})
    link = made["VpcLinkId"]
    assert (made["VpcLinkStatus"], made["VpcLinkVersion"]) == ("PENDING", "V2")
    aws.advance(LINKED)
    assert v2.get_vpc_link(VpcLinkId=link)["VpcLinkStatus"] == "AVAILABLE"
    here = {"Filters": [{"Name": "vpc-id", "Values": [net.vpc]}]}
    assert len(ec2.describe_network_interfaces(**here)["NetworkInterfaces"]) == 2
    with pytest.raises(Exception, match="Integration target must be specified"):
        api_with(gateway, link)
    target = load_balancer(aws, net.subnets)["LoadBalancerArn"]
    api = api_with(gateway, link, target)
    shown = gateway.get_integration(restApiId=api["id"], resourceId=api["rootResourceId"], httpMethod="GET")
    assert (shown["connectionId"], shown["integrationTarget"]) == (link, target)
    gateway.create_deployment(restApiId=api["id"], stageName="live")
    assert "is referenced in" in refused(v2.delete_vpc_link, VpcLinkId=link)
    gateway.delete_stage(restApiId=api["id"], stageName="live")
    v2.delete_vpc_link(VpcLinkId=link)
    aws.advance(UNLINKED)
    assert refused(v2.get_vpc_link, VpcLinkId=link).startswith("NotFoundException")
    owners = {i["Description"] for i in ec2.describe_network_interfaces(**here)["NetworkInterfaces"]}
    assert not any("VPC Link" in description for description in owners), "its interfaces are gone with it"


def test_v2_tags_go_by_arn(aws):
    net, v2 = network(aws), aws.client("apigatewayv2")
    link = v2.create_vpc_link(Name="l", SubnetIds=net.subnets, Tags={"one": "1"})["VpcLinkId"]
    arn = f"arn:aws:apigateway:ap-northeast-1::/vpclinks/{link}"
    v2.tag_resource(ResourceArn=arn, Tags={"two": "2"})
    v2.untag_resource(ResourceArn=arn, TagKeys=["one"])
    assert v2.get_tags(ResourceArn=arn)["Tags"] == {"two": "2"}


def test_links_have_quotas(start, refused):
    """Developer Guide, "Quotas": 20 links for REST APIs; lowered here to keep the test quick."""
    aws = start(quotas=True)
    aws.control("POST", "/quotas", {"vpc-links": 1})
    gateway = aws.client("apigateway")
    arn = "arn:aws:elasticloadbalancing:ap-northeast-1:123456789012:loadbalancer/net/a/0123456789abcdef"
    gateway.create_vpc_link(name="l", targetArns=[arn])
    assert refused(gateway.create_vpc_link, name="l", targetArns=[arn]).startswith("LimitExceededException")
