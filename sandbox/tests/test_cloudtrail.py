"""CloudTrail's records by EventBridge in an SQS queue: what somebody writes is told, to whom the queue lets tell it.

Sources: EventBridge User Guide, "AWS service events delivered via AWS CloudTrail"; CloudTrail User Guide, "CloudTrail record
contents"; SQS API reference, ReceiveMessage.
"""

import json
import threading
import time

import pytest

from privateapi_sandbox.clock import ScaledClock
from privateapi_sandbox.sandbox import Sandbox
from privateapi_sandbox.world import Settings

RULE = "arn:aws:events:ap-northeast-1:123456789012:rule/drift"
QUEUE = "arn:aws:sqs:ap-northeast-1:123456789012:drift"
PATTERN = {"detail-type": ["AWS API Call via CloudTrail"], "detail": {"readOnly": [False]}}


def policy(rule: str = RULE, queue: str = QUEUE) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": queue,
        "Condition": {"ArnEquals": {"aws:SourceArn": rule}}}]})


def listen(aws, lets: str = policy(), pattern: dict = PATTERN) -> str:
    queue = aws.client("sqs").create_queue(QueueName="drift", Attributes={"Policy": lets} if lets else {})["QueueUrl"]
    aws.client("events").put_rule(Name="drift", EventPattern=json.dumps(pattern))
    aws.client("events").put_targets(Rule="drift", Targets=[{"Id": "queue", "Arn": QUEUE}])
    aws.advance(60)
    return queue


def heard(aws, queue: str) -> list[dict]:
    """The operations on the stack's services that were told by now."""
    told = []
    while messages := aws.client("sqs").receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"):
        told += [json.loads(message["Body"]) for message in messages]
        aws.client("sqs").delete_message_batch(QueueUrl=queue, Entries=[
            {"Id": message["MessageId"], "ReceiptHandle": message["ReceiptHandle"]} for message in messages])
    return [event for event in told if event["source"] not in ("aws.events", "aws.sqs")]


def test_a_write_is_told_some_seconds_later_with_who_and_what(aws) -> None:
    queue = listen(aws)
    group = aws.client("ec2").create_security_group(GroupName="g", Description="d")["GroupId"]

    assert heard(aws, queue) == []
    aws.advance(10)
    [event] = heard(aws, queue)

    record = event["detail"]
    assert (event["source"], record["eventSource"], record["eventName"]) == (
        "aws.ec2", "ec2.amazonaws.com", "CreateSecurityGroup")
    assert record["userIdentity"]["arn"] == "arn:aws:iam::123456789012:root"
    assert record["requestParameters"]["groupName"] == "g"
    assert record["responseElements"]["groupId"] == group
    assert "errorCode" not in record


def test_the_parameters_of_ec2_have_the_shape_of_its_requests(aws) -> None:
    queue = listen(aws)
    group = aws.client("ec2").create_security_group(GroupName="g", Description="d")["GroupId"]
    aws.client("ec2").create_tags(Resources=[group], Tags=[{"Key": "a", "Value": "b"}])
    aws.client("ec2").authorize_security_group_ingress(GroupId=group, IpPermissions=[
        {"IpProtocol": "tcp", "FromPort": 1, "ToPort": 2, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}])
    aws.advance(10)

    by_name = {event["detail"]["eventName"]: event["detail"]["requestParameters"] for event in heard(aws, queue)}
    assert by_name["CreateTags"] == {"resourcesSet": {"items": [{"resourceId": group}]},
                                     "tagSet": {"items": [{"key": "a", "value": "b"}]}}
    assert by_name["AuthorizeSecurityGroupIngress"]["ipPermissions"]["items"][0]["ipRanges"] == {
        "items": [{"cidrIp": "10.0.0.0/8"}]}


def test_a_read_is_not_told_and_a_refusal_with_its_code(aws, refused) -> None:
    queue = listen(aws)
    aws.client("ec2").describe_vpcs()
    refused(aws.client("ec2").delete_vpc, VpcId="vpc-00000000000000000")
    aws.advance(10)

    [event] = heard(aws, queue)
    assert event["detail"]["errorCode"] == "InvalidVpcID.NotFound"
    assert event["detail"]["responseElements"] is None


def test_the_rules_pattern_chooses(aws) -> None:
    queue = listen(aws, pattern={"detail": {"eventSource": ["logs.amazonaws.com"], "readOnly": [False]}})
    aws.client("ec2").create_security_group(GroupName="g", Description="d")
    aws.client("logs").create_log_group(logGroupName="/x")
    aws.advance(10)

    assert [event["detail"]["eventName"] for event in heard(aws, queue)] == ["CreateLogGroup"]


@pytest.mark.parametrize("lets", ["", policy(rule=RULE + "2"), policy(queue=QUEUE + "2")],
                         ids=["no policy", "another rule", "another queue"])
def test_a_queue_whose_policy_does_not_let_the_rule_in_hears_nothing(aws, lets: str) -> None:
    queue = listen(aws, lets)
    aws.client("ec2").create_security_group(GroupName="g", Description="d")
    aws.advance(10)

    assert heard(aws, queue) == []


def test_global_services_tell_in_virginia_and_a_bus_brings_it_home(aws) -> None:
    queue = listen(aws)
    there = aws.client("events", region="us-east-1")
    aws.client("iam").create_user(UserName="before")
    aws.advance(10)
    assert heard(aws, queue) == [], "the rule of ap-northeast-1 hears nothing of IAM"

    there.put_rule(Name="home", EventPattern=json.dumps(PATTERN))
    there.put_targets(Rule="home", Targets=[
        {"Id": "bus", "Arn": "arn:aws:events:ap-northeast-1:123456789012:event-bus/default", "RoleArn": "arn:aws:iam::1:role/r"}])
    aws.client("iam").create_user(UserName="after")
    aws.advance(10)
    told = [event for event in heard(aws, queue) if event["detail"]["eventName"] == "CreateUser"]
    assert [event["detail"]["requestParameters"]["userName"] for event in told] == ["after"]
    assert told[0]["region"] == "us-east-1"


def test_a_waiting_receive_holds_nothing_up_and_ends_with_the_first_message(tmp_path, caller) -> None:
    sandbox = Sandbox(Settings(rates=False, quotas=False, state_dir=tmp_path), ScaledClock(1))
    sandbox.start()
    try:
        aws = caller(sandbox)
        queue = aws.client("sqs").create_queue(QueueName="q")["QueueUrl"]
        got: list = []
        waiting = threading.Thread(target=lambda: got.extend(
            caller(sandbox).client("sqs").receive_message(QueueUrl=queue, WaitTimeSeconds=20).get("Messages", [])))
        waiting.start()
        time.sleep(0.2)
        aws.client("ec2").describe_vpcs()
        assert waiting.is_alive() and not got
        aws.client("sqs").send_message(QueueUrl=queue, MessageBody="now")
        waiting.join(timeout=15)
        assert [message["Body"] for message in got] == ["now"]
    finally:
        sandbox.stop()


def test_a_snapshot_takes_rules_queues_and_what_is_still_to_be_told_with_it(aws, tmp_path) -> None:
    queue = listen(aws)
    aws.client("ec2").create_security_group(GroupName="g", Description="d")
    aws.control("POST", "/snapshot", {"file": str(tmp_path / "snapshot")})
    aws.control("POST", "/restore", {"file": str(tmp_path / "snapshot")})
    aws.advance(10)

    assert [event["detail"]["eventName"] for event in heard(aws, queue)] == ["CreateSecurityGroup"]
