"""CloudWatch Logs."""

from __future__ import annotations

import pytest


@pytest.fixture
def logs(aws):
    client = aws.client("logs")
    client.create_log_group(logGroupName="/group", tags={"one": "1"})
    return client


def test_a_group_s_name_is_unique(logs, refused):
    assert refused(logs.create_log_group, logGroupName="/group").startswith("ResourceAlreadyExistsException")


def test_a_group_s_name_has_plain_characters(logs, refused):
    """API reference, CreateLogGroup: pattern [\\.\\-_/#A-Za-z0-9]+"""
    assert refused(logs.create_log_group, logGroupName="a group").startswith("InvalidParameterException")


def test_retention_takes_the_documented_days_only(logs, refused):
    """API reference, PutRetentionPolicy: "Possible values are: 1, 3, 5, 7, 14, 30, …"."""
    assert refused(logs.put_retention_policy, logGroupName="/group", retentionInDays=2).startswith(
        "InvalidParameterException")
    logs.put_retention_policy(logGroupName="/group", retentionInDays=7)
    assert logs.describe_log_groups()["logGroups"][0]["retentionInDays"] == 7
    logs.delete_retention_policy(logGroupName="/group")
    assert "retentionInDays" not in logs.describe_log_groups()["logGroups"][0]


def test_a_group_tells_its_class_and_both_arns(logs):
    """API reference, LogGroup: `arn` ends with :*, `logGroupArn` does not; the class is STANDARD unless chosen."""
    group = logs.describe_log_groups(logGroupNamePrefix="/gr")["logGroups"][0]
    assert group["logGroupClass"] == "STANDARD"
    assert group["arn"] == group["logGroupArn"] + ":*"


def test_tags_go_by_the_arn_without_the_star(logs, refused, aws):
    """API reference, ListTagsForResource: "do not include :* at the end"."""
    arn = logs.describe_log_groups()["logGroups"][0]["logGroupArn"]
    logs.tag_resource(resourceArn=arn, tags={"two": "2"})
    logs.untag_resource(resourceArn=arn, tagKeys=["one"])
    assert logs.list_tags_for_resource(resourceArn=arn)["tags"] == {"two": "2"}
    assert refused(logs.list_tags_for_resource, resourceArn=arn + ":*").startswith("InvalidParameterException")
    assert [(live["id"], live["tags"]) for live in aws.left()] == [("/group", {"two": "2"})]


def test_a_deleted_group_is_gone(logs, refused, aws):
    arn = logs.describe_log_groups()["logGroups"][0]["logGroupArn"]
    logs.delete_log_group(logGroupName="/group")
    assert refused(logs.delete_log_group, logGroupName="/group").startswith("ResourceNotFoundException")
    assert refused(logs.list_tags_for_resource, resourceArn=arn).startswith("ResourceNotFoundException")
    assert aws.left() == []
    logs.create_log_group(logGroupName="/group")
    assert logs.list_tags_for_resource(resourceArn=arn)["tags"] == {}, "the next group of the name starts without tags"
