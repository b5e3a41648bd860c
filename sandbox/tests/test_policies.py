"""IAM's policy language. Source: IAM User Guide, "IAM JSON policy elements: Condition operators" and "Policy evaluation
logic"."""

from __future__ import annotations

import pytest

from privateapi_sandbox.policies import ALLOW, DENY, Access, decide

BASE = {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "arn:aws:execute-api:r:1:api/*"}
ACCESS = Access("execute-api:Invoke", "arn:aws:execute-api:r:1:api/live/GET/", "*",
                {"aws:SourceVpce": "vpce-1", "aws:VpcSourceIp": "10.4.0.10"})


def verdict(*statements, access=ACCESS):
    return decide([{"Version": "2012-10-17", "Statement": list(statements)}], access)


def test_nothing_allows_by_itself():
    """"By default, all requests are implicitly denied." """
    assert verdict() is None


def test_an_explicit_deny_wins():
    """"An explicit deny in any policy overrides any allows." """
    assert verdict(BASE, {**BASE, "Effect": "Deny"}) == DENY


@pytest.mark.parametrize(("condition", "holds"), [
    ({"StringEquals": {"aws:SourceVpce": "vpce-1"}}, True),
    ({"StringEquals": {"aws:sourcevpce": ["vpce-0", "vpce-1"]}}, True),
    ({"StringEquals": {"aws:SourceVpce": "vpce-2"}}, False),
    ({"StringNotEquals": {"aws:SourceVpce": "vpce-2"}}, True),
    ({"StringNotEquals": {"aws:SourceVpce": ["vpce-1", "vpce-2"]}}, False),
    ({"StringLike": {"aws:SourceVpce": "vpce-?"}}, True),
    ({"IpAddress": {"aws:VpcSourceIp": "10.4.0.0/16"}}, True),
    ({"NotIpAddress": {"aws:VpcSourceIp": ["10.4.0.0/16", "10.1.0.0/16"]}}, False),
    ({"NotIpAddress": {"aws:VpcSourceIp": "10.1.0.0/16"}}, True),
    ({"StringEquals": {"aws:SourceVpc": "10.4.0.0/16"}}, False),  # a key that the request lacks
    ({"StringNotEquals": {"aws:SourceVpc": "vpc-1"}}, True),
    ({"StringEqualsIfExists": {"aws:SourceVpc": "vpc-1"}}, True),
    ({"Null": {"aws:SourceVpc": "true"}}, True),
    ({"Null": {"aws:SourceVpce": "true"}}, False),
    ({"StringEquals": {"aws:SourceVpce": "vpce-1"}, "IpAddress": {"aws:VpcSourceIp": "10.1.0.0/16"}}, False),
    ({"MadeUp": {"aws:SourceVpce": "vpce-1"}}, False),
])
def test_conditions(condition, holds):
    """Positive operators fail without the key, negated ones hold; all operators and keys must hold."""
    assert (verdict({**BASE, "Condition": condition}) == ALLOW) is holds


def test_wildcards_cross_slashes_and_case_counts_in_resources_only():
    """"IAM JSON policy elements": actions compare without case; * and ? stand for any characters, slashes too."""
    assert verdict({**BASE, "Action": "EXECUTE-API:inv*"}) == ALLOW
    assert verdict({**BASE, "Resource": "arn:aws:execute-api:r:1:API/*"}) is None
    assert verdict({**BASE, "Resource": "arn:aws:execute-api:r:1:api/[l]ive/*"}) is None


def test_negated_elements():
    """NotAction and NotResource apply to everything but what they name."""
    rest = {key: value for key, value in BASE.items() if key not in ("Action", "Resource")}
    assert verdict({**rest, "NotAction": "execute-api:ManageConnections", "Resource": "*"}) == ALLOW
    assert verdict({**rest, "Action": "*", "NotResource": "arn:aws:execute-api:*"}) is None


def test_principals():
    """A service principal, a role, or the role's whole account."""
    role = "arn:aws:iam::123456789012:role/a"
    for named, access in (
        ({"Service": "ecs-tasks.amazonaws.com"}, "ecs-tasks.amazonaws.com"),
        ({"AWS": role}, role), ({"AWS": "arn:aws:iam::123456789012:root"}, role), ({"AWS": "123456789012"}, role),
    ):
        statement = {"Effect": "Allow", "Principal": named, "Action": "sts:AssumeRole"}
        assert verdict(statement, access=Access("sts:AssumeRole", "", access)) == ALLOW
        assert verdict(statement, access=Access("sts:AssumeRole", "", "ec2.amazonaws.com")) is None
