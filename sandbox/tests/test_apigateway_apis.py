"""REST APIs and their resource policies."""

from __future__ import annotations

import json
import urllib.error

import pytest
from parts import network

OPEN = {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/*"}


def policy(*statements: dict) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)}, indent=2)


@pytest.fixture
def gateway(aws):
    return aws.client("apigateway")


@pytest.fixture
def private(gateway) -> str:
    return gateway.create_rest_api(name="a", endpointConfiguration={"types": ["PRIVATE"]}, policy=policy(OPEN))["id"]


def test_the_stored_policy_names_the_api_and_is_escaped_once_more(gateway, private):
    """Developer Guide, "Create and attach an API Gateway resource policy": `execute-api:/…` is short for the API's
    ARN; GetRestApi prints the policy as the inside of a JSON string (Terraform's provider unquotes it for that reason)."""
    printed = gateway.get_rest_api(restApiId=private)["policy"]
    assert printed.startswith('{\\"Version\\":\\"2012-10-17\\",\\"Statement\\":[{\\"Effect\\":\\"Allow\\"')
    stored = json.loads(json.loads(f'"{printed}"'))
    arn = f"arn:aws:execute-api:ap-northeast-1:123456789012:{private}/*"
    assert stored["Statement"] == [{**OPEN, "Resource": arn}]


@pytest.mark.parametrize(
    "text",
    [
        "{nope",
        policy({**OPEN, "Effect": "Perhaps"}),
        policy({key: value for key, value in OPEN.items() if key != "Principal"}),
        policy({**OPEN, "Action": "s3:GetObject"}),
        policy({**OPEN, "Resource": "arn:aws:s3:::bucket"}),
        policy({**OPEN, "Principal": {"AWS": "arn:aws:iam::123456789012:role/nobody"}}),
    ],
    ids=["no JSON", "unknown effect", "no principal", "foreign action", "foreign resource", "a role that is not there"],
)
def test_a_policy_that_aws_cannot_take_is_refused(gateway, refused, text):
    """Developer Guide, "API Gateway resource policies": principals are resolved when the policy is stored."""
    answer = refused(gateway.create_rest_api, name="a", endpointConfiguration={"types": ["PRIVATE"]}, policy=text)
    assert answer.startswith("BadRequestException: Invalid policy document.")
    assert gateway.get_rest_apis()["items"] == [], "a refused create must leave nothing"


def test_a_policy_may_have_8192_characters_and_no_more(gateway, private, refused):
    """Developer Guide, "Quotas": resource policy size 8192 bytes."""
    long = policy({**OPEN, "Sid": "x" * 8192})
    change = [{"op": "replace", "path": "/policy", "value": long}]
    assert "exceeds the limit" in refused(gateway.update_rest_api, restApiId=private, patchOperations=change)


def test_a_policy_can_be_replaced_and_taken_away(gateway, private):
    """API reference, UpdateRestApi, patch operations: replace /policy; an empty value removes it."""
    deny = {**OPEN, "Effect": "Deny", "Condition": {"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}}
    change = [{"op": "replace", "path": "/policy", "value": policy(OPEN, deny)}]
    updated = gateway.update_rest_api(restApiId=private, patchOperations=change)
    assert len(json.loads(json.loads(f'"{updated["policy"]}"'))["Statement"]) == 2
    change = [{"op": "replace", "path": "/policy", "value": ""}]
    assert "policy" not in gateway.update_rest_api(restApiId=private, patchOperations=change)


def test_vpc_endpoints_belong_to_private_apis_only(gateway, refused):
    """The message is the one seen in https://github.com/clouddrove/terraform-aws-api-gateway/issues/24"""
    configuration = {"types": ["REGIONAL"], "vpcEndpointIds": ["vpce-0123456789abcdef0"]}
    answer = refused(gateway.create_rest_api, name="a", endpointConfiguration=configuration)
    assert answer == "BadRequestException: VPCEndpoints can only be specified with PRIVATE apis."


def test_a_private_api_is_associated_with_endpoints_that_exist(aws, gateway, refused):
    """Developer Guide, "Associate or disassociate a VPC endpoint with a private REST API": add and remove by value."""
    net = network(aws)
    endpoint = aws.client("ec2").create_vpc_endpoint(
        VpcId=net.vpc, VpcEndpointType="Interface", ServiceName="com.amazonaws.ap-northeast-1.execute-api",
        SubnetIds=net.subnets, SecurityGroupIds=[net.group])["VpcEndpoint"]["VpcEndpointId"]
    unknown = {"types": ["PRIVATE"], "vpcEndpointIds": ["vpce-0123456789abcdef0"]}
    assert refused(gateway.create_rest_api, name="a", endpointConfiguration=unknown).startswith("BadRequestException")
    api = gateway.create_rest_api(name="a", endpointConfiguration={"types": ["PRIVATE"], "vpcEndpointIds": [endpoint]})
    assert api["endpointConfiguration"]["vpcEndpointIds"] == [endpoint]
    change = {"path": "/endpointConfiguration/vpcEndpointIds", "value": endpoint}
    for op, expected in (("remove", []), ("add", [endpoint])):
        shown = gateway.update_rest_api(restApiId=api["id"], patchOperations=[{"op": op, **change}])
        assert shown["endpointConfiguration"].get("vpcEndpointIds", []) == expected


def test_private_apis_are_dualstack(gateway, private):
    """Developer Guide, "IP address types for REST APIs": private APIs can only have dualstack."""
    assert gateway.get_rest_api(restApiId=private)["endpointConfiguration"]["ipAddressType"] == "dualstack"


def test_names_are_not_unique_and_every_create_makes_an_api(gateway):
    """CreateRestApi takes no client token: two equal calls make two APIs."""
    ids = {gateway.create_rest_api(name="same")["id"] for _ in range(2)}
    assert {api["id"] for api in gateway.get_rest_apis()["items"]} == ids and len(ids) == 2


def test_tags_come_with_the_create_call_and_change_by_arn(gateway, aws):
    """API reference, TagResource: arn:aws:apigateway:region::/restapis/id"""
    api = gateway.create_rest_api(name="a", tags={"one": "1", "two": "2"})["id"]
    arn = f"arn:aws:apigateway:ap-northeast-1::/restapis/{api}"
    gateway.tag_resource(resourceArn=arn, tags={"three": "3"})
    gateway.untag_resource(resourceArn=arn, tagKeys=["one"])
    expected = {"two": "2", "three": "3"}
    assert gateway.get_tags(resourceArn=arn)["tags"] == expected
    assert gateway.get_rest_api(restApiId=api)["tags"] == expected
    assert [live["tags"] for live in aws.left()] == [expected]


@pytest.mark.parametrize("tags", [{"aws:mine": "x"}, {"k": "v" * 257}, {"k": "what?"}, {str(n): "" for n in range(51)}],
                         ids=["reserved", "long", "character", "many"])
def test_tags_keep_to_the_rules_of_tags(gateway, refused, tags):
    """Tagging AWS Resources User Guide, "Tag naming limits and requirements"."""
    assert refused(gateway.create_rest_api, name="a", tags=tags).startswith("BadRequestException")
    assert gateway.get_rest_apis()["items"] == []


def test_pages_hold_25_by_default_and_500_at_most(gateway):
    """API reference, GetRestApis: limit, "The default value is 25 and the maximum value is 500"."""
    made = {gateway.create_rest_api(name=str(number))["id"] for number in range(30)}
    first = gateway.get_rest_apis()
    assert len(first["items"]) == 25
    rest = gateway.get_rest_apis(position=first["position"])["items"]
    assert {api["id"] for api in first["items"] + rest} == made
    assert len(gateway.get_rest_apis(limit=500)["items"]) == 30


def test_a_patch_that_aws_does_not_define_is_refused_and_changes_nothing(gateway, private, refused):
    """https://docs.aws.amazon.com/apigateway/latest/api/patch-operations.html"""
    operations = [
        {"op": "replace", "path": "/name", "value": "other"},
        {"op": "add", "path": "/nonsense", "value": "x"},
    ]
    answer = refused(gateway.update_rest_api, restApiId=private, patchOperations=operations)
    assert answer.startswith("BadRequestException: Invalid patch path  '/nonsense' specified for op 'add'")
    assert gateway.get_rest_api(restApiId=private)["name"] == "a"


def test_binary_media_types_are_members_named_by_the_path(gateway, private):
    """Patch operations: "/binaryMediaTypes/image~1png" with add and remove."""
    add = [{"op": "add", "path": "/binaryMediaTypes/image~1png"}]
    assert gateway.update_rest_api(restApiId=private, patchOperations=add)["binaryMediaTypes"] == ["image/png"]
    remove = [{"op": "remove", "path": "/binaryMediaTypes/image~1png"}]
    assert not gateway.update_rest_api(restApiId=private, patchOperations=remove).get("binaryMediaTypes")


def test_a_deleted_api_is_not_found(gateway, private, refused):
    gateway.delete_rest_api(restApiId=private)
    answer = refused(gateway.get_rest_api, restApiId=private)
    assert answer == f"NotFoundException: Invalid API identifier specified 123456789012:{private}"


def test_what_is_not_simulated_says_so(gateway, refused):
    assert "does not simulate apigateway:CreateApiKey" in refused(gateway.create_api_key)


def test_private_apis_have_a_quota_that_nobody_raises(start, refused):
    """Developer Guide, "Quotas": 600 private REST APIs per account and Region, "Can be increased: No"; lowered here to keep
    the test quick."""
    aws = start(quotas=True)
    with pytest.raises(urllib.error.HTTPError):
        aws.control("POST", "/quotas", {"private-rest-apis": 700})
    aws.sandbox.world.quotas.limits["private-rest-apis"] = 2
    private = {"name": "a", "endpointConfiguration": {"types": ["PRIVATE"]}}
    for _ in range(2):
        aws.client("apigateway").create_rest_api(**private)
    assert refused(aws.client("apigateway").create_rest_api, **private).startswith("LimitExceededException")
