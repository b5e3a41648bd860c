"""AWS's quotas on numbers of objects: one switch, and limits that can be raised at run time, as on AWS.

Sources: "Amazon VPC quotas" (VPC User Guide), "AWS PrivateLink quotas", "VPC peering quotas". Services whose quotas are
fixed or rarely met hold the number themselves and ask only whether quotas are on.
"""

from __future__ import annotations

from .errors import AwsError

LIMITS = {
    "vpcs": 5,
    "subnets-per-vpc": 200,
    "route-tables-per-vpc": 200,
    "security-groups": 2500,
    "network-interfaces": 5000,
    "interface-endpoints-per-vpc": 50,
    "gateway-endpoints": 20,
    "peerings-per-vpc": 50,
}


class Quotas:
    def __init__(self, enabled: bool) -> None:
        self.enabled = enabled
        self.limits = dict(LIMITS)

    def require(self, name: str, existing: int, code: str, message: str, more: int = 1) -> None:
        """Refuses ``more`` new objects where they would exceed the quota."""
        if self.enabled and existing + more > self.limits[name]:
            raise AwsError(code, message)

    def change(self, given: dict) -> dict[str, int]:
        """Sets limits by name; null gives AWS's default back."""
        for name, limit in given.items():
            if name not in LIMITS:
                raise ValueError(f"unknown quota {name!r}; known: {', '.join(LIMITS)}")
            self.limits[name] = LIMITS[name] if limit is None else int(limit)
        return self.limits
