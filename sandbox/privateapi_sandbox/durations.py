"""How long AWS takes, in seconds: minimum, typical, maximum.

Collected from public logs of provisioning tools and from AWS's documentation where it gives figures (the API Gateway
guide says that a VPC link takes 2 to 4 minutes). A drawn duration is the typical one, 10 % more or less by the seed.
"""

from __future__ import annotations

import random

TABLE: dict[str, tuple[float, float, float]] = {
    "vpc": (1, 3, 60),
    "subnet": (1, 4, 60),
    "gateway-endpoint": (5, 6, 60),
    "interface-endpoint": (40, 60, 600),
    "interface-endpoint-delete": (30, 90, 600),
    "eni-release": (0, 120, 900),
    "role-usable": (5, 10, 60),
    "nlb": (120, 155, 600),
    "nlb-delete": (35, 45, 600),
    "target-healthy": (60, 150, 360),
    "vpc-link": (110, 180, 1200),
    "vpc-link-failure": (1, 5, 60),
    "vpc-link-v2": (60, 180, 1200),
    "vpc-link-delete": (30, 37, 1200),
    "deployment": (1, 3, 60),
    "task-running": (20, 45, 300),
    "service-delete": (60, 210, 1200),
    "resolver-endpoint": (45, 90, 600),
    "resolver-endpoint-delete": (30, 60, 600),
    "resolver-rule-association": (1, 10, 60),
    "peering": (2, 4, 60),
    "hosted-zone-change": (20, 60, 1800),
    "cloudtrail-event": (1, 5, 900),
}

SPREAD = 0.10


class Durations:
    """Draws durations. The n-th draw of a name depends on the seed only, not on what else was drawn before."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self.drawn: dict[str, int] = {}
        self.overrides: dict[str, float] = {}

    def draw(self, name: str) -> float:
        low, typical, high = TABLE[name]
        if name in self.overrides:
            return self.overrides[name]
        count = self.drawn[name] = self.drawn.get(name, 0) + 1
        factor = random.Random(f"{self._seed}/{name}/{count}").uniform(1 - SPREAD, 1 + SPREAD)
        return min(max(typical * factor, low), high)
