"""A world written into a file goes on in another sandbox as if nothing had happened."""

from __future__ import annotations

import urllib.error

import pytest
from stack import ANSWER, PEER, Stack

KINDS = ("service", "type", "id", "name", "state", "tags")


def seen(aws) -> list[tuple]:
    return sorted(tuple(str(live[kind]) for kind in KINDS) for live in aws.control("GET", "/state"))


def test_what_was_running_runs_on_elsewhere(start, tmp_path):
    first = start()
    stack = Stack(first).all()
    first.control("POST", "/quotas", {"vpcs": 700})
    saved = first.control("POST", "/snapshot", {"file": str(tmp_path / "fleet")})
    before, time = seen(first), first.control("GET", "/time")["now"]

    second = start(quotas=True)
    second.sandbox.load(tmp_path / "fleet")
    assert seen(second) == before and len(before) == saved["objects"]
    assert second.control("GET", "/time")["now"] == time
    there = second.control("POST", "/invoke", {"vpc": PEER, "url": stack.url})
    assert (there["status"], there["body"]) == (200, ANSWER)
    assert second.control("POST", "/quotas", {})["vpcs"] == 700
    second.client("ecs").update_service(cluster="main", service="web", desiredCount=3)
    second.advance(300)
    assert second.client("ecs").describe_services(cluster="main", services=["web"])["services"][0]["runningCount"] == 3
    assert {live["id"] for live in second.left()} > {stack.vpc}
    assert second.control("GET", "/changed") != [], "the peer's route tables have routes of the stack"


def test_what_was_under_way_comes_to_its_end(start, tmp_path):
    """What was to fall due is part of the snapshot."""
    first = start()
    stack = Stack(first).network().endpoints("logs")
    first.advance(80)
    stack.ec2.delete_vpc_endpoints(VpcEndpointIds=[stack.endpoint["logs"]])
    first.control("POST", "/snapshot", {"file": str(tmp_path / "s")})
    second = start()
    second.sandbox.load(tmp_path / "s")
    ec2 = second.client("ec2")
    assert [e["State"] for e in ec2.describe_vpc_endpoints()["VpcEndpoints"]] == ["deleting"]
    second.advance(120)
    assert ec2.describe_vpc_endpoints()["VpcEndpoints"] == []
    ec2.delete_subnet(SubnetId=stack.subnets[0])  # its interface is gone too
    ec2.create_vpc(CidrBlock="10.9.0.0/16")


def test_a_sandbox_goes_back_to_where_it_was(start, tmp_path):
    """Tests that begin at the same moment need not build it, nor start a sandbox, each time."""
    aws = start()
    stack = Stack(aws).network().endpoints("logs")
    aws.control("POST", "/snapshot", {"file": str(tmp_path / "s")})
    before, time = seen(aws), aws.control("GET", "/time")["now"]
    for _ in range(2):
        stack.ec2.delete_vpc_endpoints(VpcEndpointIds=[stack.endpoint["logs"]])
        aws.advance(300)
        stack.ec2.delete_subnet(SubnetId=stack.subnets[0])
        assert seen(aws) != before
        aws.control("POST", "/restore", {"file": str(tmp_path / "s")})
        assert (seen(aws), aws.control("GET", "/time")["now"]) == (before, time)


def test_a_snapshot_belongs_to_its_account(start, tmp_path):
    start().control("POST", "/snapshot", {"file": str(tmp_path / "s")})
    other = start(account="999999999999")
    with pytest.raises(ValueError, match="of account 123456789012"):
        other.sandbox.load(tmp_path / "s")


def test_a_file_that_cannot_be_written_is_told(start, tmp_path):
    with pytest.raises(urllib.error.HTTPError):
        start().control("POST", "/snapshot", {"file": str(tmp_path / "no" / "s")})
