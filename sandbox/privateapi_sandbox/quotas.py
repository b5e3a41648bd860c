"""AWS's quotas on numbers of objects: one switch, and limits that can be raised at run time, as on AWS.

Sources: "Amazon VPC quotas" (VPC User Guide), "AWS PrivateLink quotas", "VPC peering quotas", "Quotas for your Network
Load Balancers", "Amazon API Gateway quotas and important notes", "Amazon Route 53 quotas", "IAM and AWS STS quotas".
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
    "network-load-balancers": 50,
    "target-groups": 3000,
    "rest-apis": 600,
    "private-rest-apis": 600,
    "vpc-links": 20,
    "vpc-links-v2": 10,
    "hosted-zones": 500,
    "vpcs-per-hosted-zone": 300,
    "resolver-endpoints": 4,
    "resolver-rules": 1000,
    "roles": 1000,
}
# "Can be increased: No" in API Gateway's table
FIXED = {"rest-apis", "private-rest-apis"}


class Quotas:
    def __init__(self, enabled: bool) -> None:
        self.enabled = enabled
        self.limits = dict(LIMITS)

    def require(self, name: str, existing: int, code: str, message: str, status: int = 400) -> None:
        """Refuses one more object where that would exceed the quota; ``{}`` in the message is the limit."""
        if self.enabled and existing >= self.limits[name]:
            raise AwsError(code, message.format(self.limits[name]), status)

    def change(self, given: dict) -> dict[str, int]:
        """Sets limits by name; null gives AWS's default back."""
        for name, limit in given.items():
            if name not in LIMITS or name in FIXED:
                known = ", ".join(name for name in LIMITS if name not in FIXED)
                raise ValueError(f"{name!r} is no quota that AWS would raise; those are {known}")
            self.limits[name] = LIMITS[name] if limit is None else int(limit)
        return self.limits
