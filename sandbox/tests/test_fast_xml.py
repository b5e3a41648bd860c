"""The sandbox's own writer of XML against the one that moto uses: a byte's difference would be moto's answer no more."""

from __future__ import annotations

import re
from datetime import datetime, timezone

import pytest
import xmltodict
from moto.core.serialize import SerializationContext, get_serializer_class

from privateapi_sandbox import fast_xml, wire

BODIES = [
    {"R": None}, {"R": {}}, {"R": ""}, {"R": "a<b>&\"'c"}, {"R": 7}, {"R": 0.5}, {"R": True}, {"R": {"a": False}},
    {"R": {"a": [], "b": [1, None, "", {"c": "d"}]}},
    {"R": {"@xmlns": "http://x/?a=1&b='\"", "item": [{"k": "v"}, {"k": ["v", "w"]}]}},
    {"R": {"@a": "b", "#text": "t<"}}, {"R": {"@a": "b"}}, {"R": {"a": {"b": {"c": "ü\n\t"}}}},
]


@pytest.mark.parametrize("body", BODIES, ids=str)
@pytest.mark.parametrize("options", [{"full_document": True}, {"full_document": False},
                                     {"full_document": False, "short_empty_elements": True}], ids=str)
def test_it_writes_what_xmltodict_writes(body, options):
    assert fast_xml.unparse(body, pretty=False, **options) == xmltodict.unparse(body, pretty=False, **options)


def plain(service: str, operation: str, result: dict) -> str:
    """What moto's own serializer makes of a result."""
    made = get_serializer_class(service, wire.protocol(service))(
        wire.operation_model(service, operation), SerializationContext("id"))
    return made.serialize(result)["body"]


LISTINGS = [
    ("ec2", "DescribeVpcs", "Vpcs", {"VpcId": "vpc-1", "IsDefault": False, "Tags": [{"Key": "a<", "Value": "&"}, {"Key": "b", "Value": ""}]}),
    ("iam", "ListRoles", "Roles", {"RoleName": "r", "CreateDate": datetime(2026, 1, 2, tzinfo=timezone.utc), "Tags": []}),
    ("elbv2", "DescribeTargetGroups", "TargetGroups", {"TargetGroupArn": "arn", "Matcher": {"HttpCode": "200"}, "Port": 80}),
    ("ecs", "DescribeClusters", "clusters", {"clusterName": "c", "tags": [{"key": "k", "value": "v"}]}),
    ("apigateway", "GetRestApis", "items", {"id": "a", "tags": {"k": "v"}, "createdDate": datetime(2026, 1, 2, tzinfo=timezone.utc)}),
    ("route53", "ListHostedZones", "HostedZones", {"Id": "/hostedzone/Z1", "Name": "a.", "CallerReference": "x", "Config": {"PrivateZone": True}}),
]


@pytest.mark.parametrize(("service", "operation", "member", "item"), LISTINGS, ids=lambda it: it if isinstance(it, str) else "")
def test_what_was_listed_before_is_answered_as_moto_would_anew_and_what_changed_as_it_is_now(service, operation, member, item):
    name = next(key for key, value in item.items() if isinstance(value, str))
    for items in ([item, item], [item, {**item, name: "another"}], [{**item, name: "a third"}, item], []):
        answer = wire.response_for(service, operation, {member: items}).body.decode()
        assert _without_id(answer) == _without_id(plain(service, operation, {member: items}))


def _without_id(answer: str) -> str:
    return re.sub(r"(?i)(<requestId>)[^<]*", r"\1", answer)
