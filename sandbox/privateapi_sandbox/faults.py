"""Faults on demand: on the n-th call of an operation, or with a probability, an error, a delay, a broken connection."""

from __future__ import annotations

import itertools
import os
import random
import signal
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from fnmatch import fnmatchcase

from .errors import AwsError, access_denied, throttled
from .iam_actions import Requirement

KINDS = ("error", "throttle", "denied", "timeout", "latency", "cut-before", "cut-after", "kill-before", "kill-after")
_ids = itertools.count(1)
# Their one endpoint is in no Region that fails alone, whatever Region a client with an endpoint of its own signs for (IAM User Guide
# and Route 53 in AWS General Reference, "Service endpoints").
GLOBAL = {"iam", "route53"}


class Cut(Exception):
    """The connection breaks without an answer; ``wait`` seconds (AWS time) of silence come first."""

    def __init__(self, outcome: str, wait: float = 0.0) -> None:
        super().__init__(outcome)
        self.outcome = outcome
        self.wait = wait


Rights = Callable[[], list[Requirement]]


@dataclass
class Fault:
    """``operation`` is ``CreateVpc``, ``ec2:CreateVpc`` or a pattern (``ec2:Create*``).

    ``action`` hits every call that needs such a right (``iam:PassRole``, ``ec2:CreateTags``), whatever its operation:
    with the kind ``denied``, the caller is one who lacks it.

    ``region`` hits calls to that Region only, and none to a service that is global; ``account`` those of identities of that account.

    ``kill-…`` ends the process ``pid`` of this machine at once, before or after the call has its effect: a crash.

    ``nth`` counts matching calls from 1 and hits that one and the ``times - 1`` after it; without ``nth`` each matching
    call is hit with ``probability`` until ``times`` hits were made (0: for ever).
    """

    operation: str = ""
    kind: str = ""
    action: str = ""
    region: str = ""
    account: str = ""
    nth: int = 0
    probability: float = 1.0
    times: int = 1
    code: str = "InternalError"
    message: str = "An internal error has occurred"
    status: int = 500
    seconds: float = 30.0  # of latency, or of silence before a time-out; AWS time
    pid: int = 0
    id: int = field(default_factory=lambda: next(_ids))
    seen: int = 0
    hits: int = 0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"unknown kind of fault {self.kind!r}; known: {', '.join(KINDS)}")
        if not (self.operation or self.action):
            raise ValueError("a fault needs an operation or an action")
        if self.kind.startswith("kill") and self.pid <= 1:
            raise ValueError("a fault that kills needs the pid of a process")
        self.operation, self.action = self.operation or "*", self.action or "*"

    def wanted(self, rights: list[Requirement]) -> Requirement | None:
        """The first of a call's rights that the fault is about."""
        return next((right for right in rights if fnmatchcase(right.action.lower(), self.action.lower())), None)

    def strikes(
        self, service: str, operation: str, account: str, region: str, rights: Rights, chance: random.Random
    ) -> bool:
        if self.region not in ("", "" if service in GLOBAL else region) or self.account not in ("", account):
            return False
        if not (fnmatchcase(operation, self.operation) or fnmatchcase(f"{service}:{operation}", self.operation)):
            return False
        if self.action != "*" and self.wanted(rights()) is None:
            return False
        self.seen += 1
        if self.times and self.hits >= self.times:
            return False
        if (self.nth and self.seen < self.nth) or chance.random() >= self.probability:
            return False
        self.hits += 1
        return True


class Faults:
    def __init__(self, seed: int) -> None:
        self._chance = random.Random(f"{seed}/faults")
        self._faults: list[Fault] = []

    def add(self, description: dict) -> dict:
        try:
            fault = Fault(**description)
        except TypeError as e:
            raise ValueError(f"a fault needs operation and kind, and takes nth, probability, times, …: {e}") from e
        self._faults.append(fault)
        return asdict(fault)

    def all(self) -> list[dict]:
        return [asdict(fault) for fault in self._faults]

    def clear(self, fault_id: int | None = None) -> None:
        self._faults = [fault for fault in self._faults if fault_id is not None and fault.id != fault_id]

    def striking(self, service: str, operation: str, account: str, region: str, rights: Rights) -> list[Fault]:
        return [
            fault for fault in self._faults
            if fault.strikes(service, operation, account, region, rights, self._chance)
        ]


def raise_before(fault: Fault, service: str, caller: str, rights: Rights) -> None:
    """What a fault does before the call has its effect."""
    if fault.kind == "error":
        raise AwsError(fault.code, fault.message, fault.status)
    if fault.kind == "throttle":
        raise throttled(service)
    if fault.kind == "denied":
        lacking = fault.wanted(rights())
        raise access_denied(service, caller, lacking.action if lacking else fault.action,
                            lacking.resource if lacking else "*")
    if fault.kind == "timeout":
        raise Cut("timeout", fault.seconds)
    if fault.kind in ("cut-before", "kill-before"):
        kill(fault)
        raise Cut(fault.kind)


def kill(fault: Fault) -> None:
    """Whose call it is, dies; a process that is gone already is as good."""
    if fault.kind.startswith("kill"):
        try:
            os.kill(fault.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
