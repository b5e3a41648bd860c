"""Every call the sandbox answered, for tests, benchmarks and people."""

from __future__ import annotations

import bisect
import re
import threading
from dataclasses import dataclass
from typing import Any

_READ_ONLY = re.compile(r"^(Describe|Get|List|Search|Lookup|BatchGet|Test|Simulate)")
_TELLING = re.compile(r"(Id|Ids|Arn|Arns|Name|names|CidrBlock|family|cluster|service|services|path)$", re.IGNORECASE)


@dataclass(frozen=True)
class Entry:
    seq: int
    time: float  # AWS-time seconds since the start
    service: str
    operation: str
    region: str  # that the request is signed for: a global service has one of its own
    caller: str
    params: dict[str, Any]  # what the call was about: ids, names, ARNs
    outcome: str  # "ok", an error code, or what a fault did to the connection
    mutating: bool


class Journal:
    def __init__(self) -> None:
        self._entries: list[Entry] = []
        self._next = 1
        self._lock = threading.Lock()

    def record(
        self, time: float, service: str, operation: str, region: str, caller: str, params: dict, outcome: str
    ) -> None:
        mutating = not reads(operation)
        with self._lock:
            self._entries.append(
                Entry(self._next, round(time, 3), service, operation, region, caller, summary(params), outcome, mutating)
            )
            self._next += 1

    def since(self, seq: int) -> list[dict]:
        with self._lock:
            start = bisect.bisect_right(self._entries, seq, key=lambda entry: entry.seq)
            return [vars(entry) for entry in self._entries[start:]]

    def last(self) -> int:
        """The number of the latest entry, to ask later for what came since."""
        with self._lock:
            return self._next - 1

    def reset(self) -> None:
        """Forgets the entries; numbers go on, so that a reader's ``since`` stays right."""
        with self._lock:
            self._entries.clear()


def reads(operation: str) -> bool:
    """Whether it changes nothing, by its name."""
    return _READ_ONLY.match(operation) is not None


def summary(params: dict) -> dict[str, Any]:
    telling: dict[str, Any] = {}
    for key, value in params.items():
        if isinstance(value, (str, int)) and _TELLING.search(key):
            telling[key] = value
        elif isinstance(value, list) and value and isinstance(value[0], str) and _TELLING.search(key):
            telling[key] = value[:10]
    return telling
