"""The core: protocols, journal, faults, rates."""

from __future__ import annotations

import json
import signal
import subprocess
import urllib.error
import urllib.parse
import urllib.request

import botocore.exceptions
import pytest

from stack import REGION


def test_dry_run_is_refused_as_ec2_does(aws, refused):
    """EC2 API reference, common parameter DryRun."""
    assert refused(aws.client("ec2").create_vpc, CidrBlock="10.9.0.0/16", DryRun=True).startswith("DryRunOperation")
    assert aws.left() == [], "a dry run must not create anything"


def test_an_unknown_service_says_that_it_is_not_simulated(aws, refused):
    """Half-working would be worse than a refusal that names the gap."""
    assert "does not simulate the service" in refused(aws.client("dynamodb").list_tables)


def test_the_journal_tells_operation_outcome_and_what_it_was_about(aws, refused):
    refused(aws.client("ec2").describe_vpcs, VpcIds=["vpc-00000000000000000"])
    entry = aws.control("GET", "/journal")[-1]
    assert (entry["service"], entry["operation"], entry["mutating"]) == ("ec2", "DescribeVpcs", False)
    assert entry["outcome"] == "InvalidVpcID.NotFound"
    assert entry["params"] == {"VpcIds": ["vpc-00000000000000000"]}
    assert aws.control("GET", "/journal/last") == {"seq": entry["seq"]}


def test_a_fault_hits_the_nth_call_and_no_other(aws, refused):
    aws.control("POST", "/faults", {"operation": "ec2:DescribeVpcs", "kind": "throttle", "nth": 2})
    ec2 = aws.client("ec2")
    ec2.describe_vpcs()
    assert refused(ec2.describe_vpcs).startswith("RequestLimitExceeded")
    ec2.describe_vpcs()


def test_a_fault_may_be_one_region_s(aws, refused):
    """Regions fail alone (AWS Fault Isolation Boundaries, "Regions")."""
    aws.control("POST", "/faults", {"operation": "*", "region": "eu-west-1", "kind": "throttle", "times": 0})
    aws.client("ec2").describe_vpcs()
    aws.control("POST", "/faults", {"operation": "*", "region": REGION, "kind": "throttle", "times": 0})
    assert refused(aws.client("ec2").describe_vpcs).startswith("RequestLimitExceeded")
    assert [fault["hits"] for fault in aws.control("GET", "/faults")] == [0, 1]


def test_a_fault_of_a_region_is_none_of_a_global_service(aws):
    """A client that is given an endpoint signs for its own Region; AWS has IAM and Route 53 in none of those."""
    aws.control("POST", "/faults", {"operation": "*", "region": REGION, "kind": "throttle", "times": 0})
    aws.client("iam").list_roles()
    aws.client("route53").list_hosted_zones()
    assert aws.control("GET", "/faults")[0]["hits"] == 0


def test_a_fault_may_be_one_account_s(aws, refused):
    """Request rates are an account's own in a Region (EC2 Developer Guide, "Request throttling"), whoever of it calls."""
    other = "222222222222"
    trust = {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}]}
    role = aws.client("iam", key=other).create_role(RoleName="peer", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    given = aws.client("sts").assume_role(RoleArn=role, RoleSessionName="op")["Credentials"]
    theirs = aws.client("ec2", key=given["AccessKeyId"], token=given["SessionToken"])
    aws.control("POST", "/faults", {"operation": "*", "account": other, "kind": "throttle", "times": 0})
    aws.client("ec2").describe_vpcs()
    for ec2 in (aws.client("ec2", key=other), theirs):
        assert refused(ec2.describe_vpcs).startswith("RequestLimitExceeded")


@pytest.mark.parametrize(("kind", "made"), [("cut-before", 0), ("cut-after", 1)])
def test_a_cut_connection_leaves_the_effect_or_not(aws, kind, made):
    """A client that sees a broken connection cannot know which of both it was."""
    aws.control("POST", "/faults", {"operation": "CreateVpc", "kind": kind})
    ec2 = aws.client("ec2")
    before = len(ec2.describe_vpcs()["Vpcs"])
    with pytest.raises((botocore.exceptions.ConnectionClosedError, botocore.exceptions.HTTPClientError)):
        ec2.create_vpc(CidrBlock="10.9.0.0/16")
    assert len(ec2.describe_vpcs()["Vpcs"]) - before == made
    assert aws.control("GET", "/journal")[-2]["outcome"] == kind


@pytest.mark.parametrize(("kind", "made"), [("timeout", 0), ("latency", 1)])
def test_a_client_gives_up_on_an_answer_that_does_not_come(aws, kind, made):
    """Silence tells as little as a broken connection: one call was lost, the other only slow."""
    before = len(aws.client("ec2").describe_vpcs()["Vpcs"])
    aws.control("POST", "/faults", {"operation": "CreateVpc", "kind": kind, "seconds": 3})
    with pytest.raises(botocore.exceptions.ReadTimeoutError):
        aws.client("ec2", read_timeout=1).create_vpc(CidrBlock="10.9.0.0/16")
    assert len(aws.client("ec2").describe_vpcs()["Vpcs"]) - before == made


def test_a_fault_by_chance_is_the_seed_s_and_ends_when_told(start):
    def story(seed: int) -> str:
        aws = start(seed=seed)
        fault = aws.control("POST", "/faults", {
            "operation": "sts:*", "kind": "error", "code": "ServiceUnavailable", "status": 503, "probability": 0.5, "times": 0})
        for _ in range(20):
            try:
                aws.client("sts").get_caller_identity()
            except botocore.exceptions.ClientError as e:
                assert e.response["Error"]["Code"] == "ServiceUnavailable"
        told = "".join("." if entry["outcome"] == "ok" else "x" for entry in aws.control("GET", "/journal"))
        assert aws.control("GET", "/faults")[0]["hits"] == told.count("x")
        aws.control("DELETE", f"/faults?id={fault['id']}")
        aws.client("sts").get_caller_identity()
        return told

    first = story(1)
    assert 0 < first.count("x") < 20 and story(1) == first != story(2)


def test_rates_throttle_and_refill_with_aws_time(start, refused):
    """EC2 Developer Guide, "Request throttling": CreateVpcEndpoint has a bucket of 4 that refills 0.3 a second."""
    aws = start(rates=True)
    create = {"VpcId": "vpc-00000000000000000", "ServiceName": "com.amazonaws.ap-northeast-1.logs"}
    ec2 = aws.client("ec2")
    codes = [refused(ec2.create_vpc_endpoint, **create).split(":")[0] for _ in range(5)]
    assert codes[3] != "RequestLimitExceeded" and codes[4] == "RequestLimitExceeded"
    aws.advance(4)
    assert not refused(ec2.create_vpc_endpoint, **create).startswith("RequestLimitExceeded")


def test_a_call_that_is_none_is_in_the_journal_too(aws, refused):
    """Whoever looks for what a client did must see what it tried."""
    refused(aws.client("dynamodb").list_tables)
    with pytest.raises(urllib.error.HTTPError):
        urllib.request.urlopen(f"{aws.endpoint}/nothing", timeout=10)
    seen = [(entry["service"], entry["operation"], entry["outcome"]) for entry in aws.control("GET", "/journal")]
    assert seen == [("dynamodb", "ListTables", "NotImplemented"), ("", "GET /nothing", "MissingAuthenticationToken")]


@pytest.mark.parametrize(("action", "service", "call", "code"), [
    ("ec2:CreateTags", "ec2", ("create_vpc", {"CidrBlock": "10.9.0.0/16", "TagSpecifications": [
        {"ResourceType": "vpc", "Tags": [{"Key": "a", "Value": "b"}]}]}), "UnauthorizedOperation"),
    ("apigateway:POST", "apigateway", ("create_rest_api", {"name": "a"}), "AccessDeniedException"),
    ("elasticloadbalancing:DescribeTags", "elbv2", ("describe_tags", {"ResourceArns": ["arn:aws:x"]}), "AccessDenied"),
    ("iam:PassRole", "ecs", ("register_task_definition", {
        "family": "a", "executionRoleArn": "arn:aws:iam::123456789012:role/x",
        "containerDefinitions": [{"name": "a", "image": "b"}]}), "AccessDeniedException"),
])
def test_a_right_can_be_taken_away_by_its_action(aws, refused, action, service, call, code):
    """Service Authorization Reference: some calls need rights that are not named like them."""
    aws.control("POST", "/faults", {"action": action, "kind": "denied", "times": 0})
    name, params = call
    said = refused(getattr(aws.client(service), name), **params)
    assert said.startswith(code) and action in said
    aws.client("ec2").describe_vpcs()  # which needs another right


def test_journal_and_objects_are_lines_for_a_person(aws):
    vpc = aws.client("ec2").create_vpc(CidrBlock="10.9.0.0/16", TagSpecifications=[
        {"ResourceType": "vpc", "Tags": [{"Key": "owner", "Value": "me"}]}])["Vpc"]["VpcId"]
    journal = aws.text("/journal").splitlines()
    assert journal[-1].split()[1:4] == ["root", "ec2:CreateVpc", "ok"]
    line = next(line for line in aws.text("/left").splitlines() if vpc in line)
    assert line.split()[:3] == ["ap-northeast-1", "ec2", "vpc"] and line.endswith("owner=me")
    assert aws.text("/changed") == ""


def test_an_internet_gateway_is_among_the_objects(aws):
    """What the listing does not know cannot be found left."""
    gateway = aws.client("ec2").create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    assert [(live["type"], live["id"]) for live in aws.left()] == [("internet-gateway", gateway)]


@pytest.mark.parametrize(("scope", "form", "headers", "code"), [
    ("ec2", {"Action": "CreateSubnet", "Version": "2016-11-15"}, {}, "MissingParameter"),
    ("elasticloadbalancing", {"Action": "CreateTargetGroup", "Version": "2015-12-01"}, {}, "ValidationError"),
    ("ecs", None, {"X-Amz-Target": "AmazonEC2ContainerServiceV20141113.RegisterTaskDefinition",
                   "Content-Type": "application/x-amz-json-1.1"}, "InvalidParameterException"),
])
def test_a_request_without_what_it_must_have_is_refused(aws, scope, form, headers, code):
    """Common errors of the services' API references: MissingParameter, ValidationError; SDKs check it themselves."""
    credential = f"AWS4-HMAC-SHA256 Credential=test/20250101/ap-northeast-1/{scope}/aws4_request"
    body = urllib.parse.urlencode(form).encode() if form else b"{}"
    request = urllib.request.Request(aws.endpoint, body, {"Authorization": credential, **headers})
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request, timeout=10)
    assert caught.value.code == 400 and code in caught.value.read().decode()


@pytest.mark.parametrize(("kind", "made"), [("kill-before", 0), ("kill-after", 1)])
def test_a_process_dies_at_a_call(aws, kind, made):
    """A crash between a create and its being remembered, at the very place."""
    with subprocess.Popen(["sleep", "60"]) as process:
        aws.control("POST", "/faults", {"operation": "CreateVpc", "kind": kind, "pid": process.pid})
        before = len(aws.client("ec2").describe_vpcs()["Vpcs"])
        with pytest.raises((botocore.exceptions.ConnectionClosedError, botocore.exceptions.HTTPClientError)):
            aws.client("ec2").create_vpc(CidrBlock="10.9.0.0/16")
        assert process.wait(10) == -signal.SIGKILL
    assert len(aws.client("ec2").describe_vpcs()["Vpcs"]) - before == made
    assert [entry["outcome"] for entry in aws.control("GET", "/journal") if entry["mutating"]] == [kind]


def test_a_fault_that_kills_says_whom(aws):
    with pytest.raises(urllib.error.HTTPError):
        aws.control("POST", "/faults", {"operation": "CreateVpc", "kind": "kill-after"})
