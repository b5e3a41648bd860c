"""VPCs, subnets and security groups as moto shows them: read once, then again one by one as calls change them.

To ask moto for all of a kind at each call would make a fleet of stacks slow: the time would grow with the fleet.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable

from ...errors import AwsError

# kind: (prefix of its ids, Describe operation, its list, the member that is the id, the parameter that asks for ids)
KINDS = {
    "vpc": ("vpc-", "DescribeVpcs", "Vpcs", "VpcId", "VpcIds"),
    "subnet": ("subnet-", "DescribeSubnets", "Subnets", "SubnetId", "SubnetIds"),
    "security-group": ("sg-", "DescribeSecurityGroups", "SecurityGroups", "GroupId", "GroupIds"),
}
Place = tuple[str, str]  # account, Region
Ask = Callable[..., dict]  # moto's answer to an operation in a place: ask(operation, place, **params)


class Held:
    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._held: dict[tuple[Place, str], dict[str, dict]] = {}
        self._stale: dict[tuple[Place, str], set[str]] = defaultdict(set)

    def of(self, place: Place, kind: str) -> dict[str, dict]:
        """All of a kind by id, in the order in which they were made."""
        key = (place, kind)
        if key not in self._held:
            self._held[key] = self._read(place, kind)
        for changed in self._stale.pop(key, ()):
            self._read_again(place, kind, changed)
        return self._held[key]

    def changed(self, place: Place, ids: Iterable[str]) -> None:
        """Something about these may be different from now on. A VPC brings its default group, and takes it away."""
        for key in ids:
            for kind, (prefix, *_) in KINDS.items():
                if key.startswith(prefix) or (kind == "security-group" and key.startswith("vpc-")):
                    self._stale[place, kind].add(key)

    def forget(self) -> None:
        self._held.clear()
        self._stale.clear()

    def _read(self, place: Place, kind: str, **params) -> dict[str, dict]:
        _, operation, member, key, _ = KINDS[kind]
        return {shown[key]: shown for shown in self._ask(operation, place, **params)[member]}

    def _read_again(self, place: Place, kind: str, changed: str) -> None:
        held, ids = self._held[place, kind], KINDS[kind][4]
        if kind == "security-group" and changed.startswith("vpc-"):
            for key in [key for key, group in held.items() if group["VpcId"] == changed]:
                del held[key]
            held |= self._read(place, kind, Filters=[{"Name": "vpc-id", "Values": [changed]}])
            return
        try:
            held |= self._read(place, kind, **{ids: [changed]})
        except AwsError:
            held.pop(changed, None)  # it is gone, or never was
