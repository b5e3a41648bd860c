"""What a request came to: an HTTP response, from the task or from where it was refused, or nothing at all."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace


@dataclass(frozen=True)
class Answer:
    status: int | None = None  # nothing when no HTTP response came (no name, no way, no connection)
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""
    stopped_at: str | None = None  # the hop; nothing when the task answered
    reason: str = ""
    timed_out: bool = False
    latency_ms: int = 0
    hops: tuple[str, ...] = ()

    @classmethod
    def stopped(cls, hop: str, reason: str, timed_out: bool = False) -> Answer:
        return cls(stopped_at=hop, reason=reason, timed_out=timed_out)

    @classmethod
    def refused(cls, hop: str, reason: str, status: int, body: dict, error_type: str = "") -> Answer:
        """API Gateway's own responses ("Gateway response types in API Gateway"), in their body and headers."""
        headers = {"Content-Type": "application/json", **({"x-amzn-ErrorType": error_type} if error_type else {})}
        return cls(status, headers, json.dumps(body, separators=(",", ":")), hop, reason)

    def after(self, hops: list[str]) -> Answer:
        return replace(self, hops=(*hops, *self.hops))

    def shown(self) -> dict:
        return {"status": self.status, "headers": self.headers, "body": self.body, "stoppedAt": self.stopped_at,
                "reason": self.reason, "hops": list(self.hops)}
