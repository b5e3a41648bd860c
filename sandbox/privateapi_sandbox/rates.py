"""AWS's request rates as token buckets per account, Region and kind of call.

Sources: "Request throttling for the Amazon EC2 API" (EC2 Developer Guide); "Amazon API Gateway quotas", table "API
Gateway quotas for creating, deploying and managing an API"; "Amazon ECS service quotas", API throttling (API reference,
"Request throttling for the Amazon ECS API"); ELB API throttling; "Amazon Route 53 quotas" (five requests per second per
account; Resolver the same per Region).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from .errors import throttled


@dataclass(frozen=True)
class Rate:
    service: str
    operations: str  # regular expression, matched whole
    burst: float
    refill: float  # per second
    per_account: bool = False  # one bucket for all Regions


RATES = [
    Rate("ec2", "CreateVpcEndpoint", 4, 0.3),
    Rate("ec2", "CreateTags", 100, 10),
    Rate("ec2", "filtered:(Describe|Get|List|Search).*", 100, 20),
    Rate("ec2", "(Describe|Get|List|Search).*", 50, 10),
    Rate("ec2", "(?!Describe|Get|List|Search|CreateTags|filtered:).*", 50, 5),
    Rate("apigateway", ".*", 40, 10),
    Rate("apigateway", "CreateDeployment", 1, 1 / 5),
    Rate("apigateway", "CreateRestApi|ImportRestApi", 1, 1 / 3),
    Rate("apigateway", "DeleteRestApi", 1, 1 / 30, per_account=True),
    Rate("apigateway", "CreateResource|DeleteResource", 5, 5),
    Rate("apigateway", "GetResources", 5, 5 / 2),
    Rate("apigateway", "PutRestApi", 1, 1),
    Rate("apigatewayv2", "CreateVpcLink", 1, 1 / 15),
    Rate("apigatewayv2", "DeleteVpcLink", 1, 1 / 30),
    Rate("elbv2", "Describe.*", 40, 10),
    Rate("elbv2", "(?!Describe).*", 20, 3),
    Rate("ecs", "(Create|Update|Put|Delete)Cluster.*", 20, 1),
    Rate("ecs", "(Register|Deregister)TaskDefinition", 20, 1),
    Rate("ecs", "DeleteTaskDefinitions", 5, 1),
    Rate("ecs", "(Create|Update|Delete)Service", 50, 5),
    Rate("ecs", "(Describe|List)Services.*", 100, 20),
    Rate("route53", ".*", 5, 5, per_account=True),
    Rate("route53resolver", ".*", 5, 5),
]


class Rates:
    """A call takes one token from every bucket it falls under, or from none and is refused."""

    def __init__(self, enabled: bool) -> None:
        self.enabled = enabled
        self._rates: dict[str, list[tuple[int, Rate, re.Pattern]]] = {}
        for index, rate in enumerate(RATES):
            self._rates.setdefault(rate.service, []).append((index, rate, re.compile(rate.operations)))
        self._buckets: dict[tuple, tuple[float, float]] = {}

    def take(self, service: str, operation: str, params: dict, account: str, region: str, now: float) -> None:
        if not self.enabled:
            return
        taken = {}
        for index, rate, pattern in self._matching(service, operation, params):
            key = (account, "" if rate.per_account else region, index)
            level, at = self._buckets.get(key, (rate.burst, now))
            level = min(rate.burst, level + (now - at) * rate.refill)
            if level < 1 - 1e-9:
                raise throttled(service)
            taken[key] = (level - 1, now)
        self._buckets.update(taken)

    def _matching(self, service: str, operation: str, params: dict):
        if service == "ec2":  # the first that fits: EC2's buckets are disjoint
            filtered = "filtered:" if operation.startswith("Describe") and _filtered(params) else ""
            for entry in self._rates["ec2"]:
                if entry[2].fullmatch(filtered + operation):
                    return [entry]
            return []
        return [entry for entry in self._rates.get(service, ()) if entry[2].fullmatch(operation)]


def _filtered(params: dict) -> bool:
    """EC2 counts a Describe as filtered when it names what it wants, by filters, ids or pages."""
    return any(params.get(key) for key in params if key not in ("DryRun",))
