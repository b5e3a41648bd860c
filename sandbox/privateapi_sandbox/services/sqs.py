"""SQS: moto's queues. A receive that waits must not hold up the whole world, which is under one lock."""

from __future__ import annotations

from ..clock import ManualClock
from ..service import Call, Service, held, instead

# What moto itself reads of a receive, beside the wait.
PASSED_ON = ("QueueUrl", "MaxNumberOfMessages", "VisibilityTimeout", "AttributeNames", "MessageAttributeNames",
             "MessageSystemAttributeNames")


class Sqs(Service):
    name = "sqs"

    @held("ReceiveMessage")
    def waits(self, call: Call, seconds: float) -> bool:
        """Long polling ends when there is a message. A clock that only tests move would never end it.
        https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html"""
        queue = self.world.moto.backend("sqs", call.account, call.region).queues.get(_name(call))
        wait = int(call.params.get("WaitTimeSeconds") or 0)
        return (queue is not None and not queue.messages and seconds < wait
                and not isinstance(self.world.clock, ManualClock))

    @instead("ReceiveMessage")
    def receive(self, call: Call) -> dict:
        given = {name: call.params[name] for name in PASSED_ON if name in call.params}
        return self.moto("sqs", "ReceiveMessage", call.account, call.region, WaitTimeSeconds=0, **given)


def _name(call: Call) -> str:
    return call.params.get("QueueUrl", "").rpartition("/")[2]
