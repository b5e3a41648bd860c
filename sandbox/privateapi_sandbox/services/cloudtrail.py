"""What CloudTrail records of each call, passed on by EventBridge's rules to SQS queues and to buses of other Regions.

EventBridge is moto's as far as rules and targets go. The trail is always on: a rule hears of what happens after it was made.

* The record: CloudTrail User Guide, "CloudTrail record contents" and "CloudTrail userIdentity element".
* What EventBridge gets: EventBridge User Guide, "AWS service events delivered via AWS CloudTrail"; reads are not among it.
* Who may send to a queue: EventBridge User Guide, "Using resource-based policies", "Amazon SQS permissions".
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable
from typing import Any

from ..iam_actions import PREFIX
from ..journal import reads
from ..policies import ALLOW, Access, decide, parsed
from ..service import Call, Service, after

# Data events, which trails do not record unless told to (SQS Developer Guide, "Logging Amazon SQS API calls").
DATA = {("sqs", "SendMessage"), ("sqs", "SendMessageBatch"), ("sqs", "ReceiveMessage"), ("sqs", "DeleteMessage"),
        ("sqs", "DeleteMessageBatch"), ("sqs", "ChangeMessageVisibility"), ("events", "PutEvents")}
# What happens in a global service is an event of this Region (CloudTrail User Guide, "Global service events").
GLOBAL_REGION = "us-east-1"
GLOBAL = {"iam", "route53"}
_SESSION = re.compile(r"arn:([\w-]+):sts::(\d+):assumed-role/([^/]+)/(.+)")


class CloudTrail(Service):
    name = "events"
    room = "cloudtrail"

    def __init__(self, world) -> None:
        super().__init__(world)
        self._heeded = False

    @after("PutRule")
    def heed(self, call: Call, result: dict) -> None:
        """Until there is a rule, nothing is worth writing down."""
        self._heeded = True

    def heard(self, call: Call, error: str, result: Callable[[], dict]) -> None:
        """A call was answered, with an error of that code if it is not empty."""
        if not self._heeded or reads(call.operation) or (call.service, call.operation) in DATA:
            return
        region = GLOBAL_REGION if call.service in GLOBAL else call.region
        self.world.after(self.world.duration("cloudtrail-event"), self.deliver,
                         _event(call, region, error, result(), self.world.datetime()), call.account, region, "default")

    def deliver(self, event: dict, account: str, region: str, bus: str) -> None:
        found = self.world.moto.backend("events", account, region).event_buses.get(bus)
        for rule in list(found.rules.values()) if found else ():
            if rule.state == "ENABLED" and rule.event_pattern.matches_event(event):
                for target in rule.targets:
                    self._send(event, target["Arn"], rule.arn, bus == "default")

    def _send(self, event: dict, target: str, rule: str, first: bool) -> None:
        """A queue whose policy does not let the rule in gets nothing, and nobody is told; events cross Regions once."""
        _, _, service, region, account, name = target.split(":", 5)
        if service == "sqs":
            queue = self.world.moto.backend("sqs", account, region).queues.get(name)
            policy = queue.policy if queue is not None else None
            access = Access("sqs:SendMessage", target, "events.amazonaws.com", {"aws:SourceArn": [rule]})
            if policy and decide([policy if isinstance(policy, dict) else parsed(policy)], access) == ALLOW:
                url = f"https://sqs.{region}.amazonaws.com/{account}/{name}"
                self.moto("sqs", "SendMessage", account, region, QueueUrl=url, MessageBody=json.dumps(event))
        elif service == "events" and first:
            self.deliver(event, account, region, name.removeprefix("event-bus/"))


def _event(call: Call, region: str, error: str, result: dict, at) -> dict:
    time = at.strftime("%Y-%m-%dT%H:%M:%SZ")
    prefix = PREFIX.get(call.service, call.service).removesuffix("v2")
    record: dict[str, Any] = {
        "eventVersion": "1.11",
        "userIdentity": _identity(call),
        "eventTime": time,
        "eventSource": f"{prefix}.amazonaws.com",
        "eventName": call.operation,
        "awsRegion": region,
        "sourceIPAddress": "127.0.0.1",
        "userAgent": "sandbox",
        "requestParameters": _parameters(call),
        "responseElements": None if error else _lowered(result, call.service == "ec2"),
        "requestID": str(uuid.uuid4()),
        "eventID": str(uuid.uuid4()),
        "readOnly": False,
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": call.account,
        "eventCategory": "Management",
    }
    if error:
        record["errorCode"] = error
    event = {"version": "0", "id": str(uuid.uuid4()), "detail-type": "AWS API Call via CloudTrail", "source": f"aws.{prefix}",
             "account": call.account, "time": time, "region": region, "resources": [], "detail": record}
    return json.loads(json.dumps(event, default=str))


def _identity(call: Call) -> dict:
    session = _SESSION.match(call.caller)
    common = {"arn": call.caller, "accountId": call.account, "accessKeyId": call.access_key}
    if session:
        partition, account, role, _ = session.groups()
        issuer = {"type": "Role", "arn": f"arn:{partition}:iam::{account}:role/{role}", "accountId": account, "userName": role}
        return {"type": "AssumedRole", **common, "sessionContext": {"sessionIssuer": issuer}}
    kind = "Root" if call.caller.endswith(":root") else "IAMUser"
    return {"type": kind, **common, "userName": call.caller.rpartition("/")[2]}


def _parameters(call: Call) -> dict:
    """As the services write them: EC2 in the shape of its XML requests, the others as their parameters."""
    if call.service == "ec2" and call.operation in ("CreateTags", "DeleteTags"):
        tags = [{"key": tag["Key"], "value": tag.get("Value", "")} for tag in call.params.get("Tags", [])]
        return {"resourcesSet": {"items": [{"resourceId": key} for key in call.params["Resources"]]},
                "tagSet": {"items": tags}}
    if call.service == "ec2" and "VpcEndpoint" in call.operation:
        named = {key.removesuffix("s") if isinstance(value, list) else key:
                 [{"tag": number, "content": one} for number, one in enumerate(value, 1)] if isinstance(value, list) else value
                 for key, value in call.params.items()}
        return {f"{call.operation}Request": named}
    return _lowered(call.params, call.service == "ec2")


def _lowered(value: Any, sets: bool) -> Any:
    if isinstance(value, dict):
        return {key[:1].lower() + key[1:]: _lowered(each, sets) for key, each in value.items()
                if not isinstance(each, (bytes, bytearray))}
    if isinstance(value, list):
        items = [_lowered(each, sets) for each in value]
        return {"items": items} if sets else items
    return value
