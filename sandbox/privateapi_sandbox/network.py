"""What reaches what inside VPCs: interfaces, routes there and back, and the ways to AWS's own services.

Sources: VPC Peering Guide ("Update your route tables"), AWS PrivateLink Guide ("Private DNS", "Gateway endpoints"), VPC
User Guide ("Route priority", "Security groups"). Network ACLs are the default ones, which let everything pass.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .policies import ALLOW, Access, decide

if TYPE_CHECKING:
    from .world import World

Place = tuple[str, str]  # account, Region
OUTSIDE = "54.239.96.190"  # an address of AWS's on the internet


@dataclass(frozen=True)
class Interface:
    """One end of a connection; a host outside our knowledge of groups has none and lets everything out."""

    ip: str
    subnet_id: str
    vpc_id: str
    groups: tuple[str, ...] = ()


class Network:
    def __init__(self, world: World) -> None:
        self._world = world

    @property
    def _ec2(self) -> Any:
        return self._world.ec2  # asked for late: services come to be one after the other

    def interface(self, interface_id: str) -> Interface | None:
        found = self._ec2.interface(interface_id)
        return found and Interface(found.private_ip, found.subnet_id, found.vpc_id, tuple(found.groups))

    def interfaces(self, ids: Iterable[str]) -> list[Interface]:
        return [found for found in map(self.interface, ids) if found]

    # ---- security groups ----

    def connects(self, place: Place, source: Interface, target: Interface, port: int, protocol: str = "tcp") -> bool:
        """Whether the source's groups let a connection out and the target's let it in; no groups: no limits."""
        out = not source.groups or self._ec2.admits(
            *place, list(source.groups), target.ip, port, protocol, list(target.groups), egress=True)
        into = not target.groups or self._ec2.admits(
            *place, list(target.groups), source.ip, port, protocol, list(source.groups))
        return out and into

    def open_to_all(self, place: Place, groups: Iterable[str], port: int) -> bool:
        """Whether groups admit addresses that nobody in the VPC knows."""
        return self._ec2.admits(*place, list(groups), OUTSIDE, port)

    def lets_out_to_prefix_list(self, place: Place, source: Interface, prefix_list: str) -> bool:
        """Whether the source's groups let HTTPS out to a service that is known by its prefix list only."""
        rules = [rule for group_id in source.groups
                 for rule in (self._ec2.security_group(*place, group_id) or {}).get("IpPermissionsEgress", ())]
        return self._ec2.admits(*place, list(source.groups), OUTSIDE, 443, egress=True) or any(
            entry["PrefixListId"] == prefix_list and (rule["IpProtocol"] == "-1" or rule["FromPort"] <= 443 <= rule["ToPort"])
            for rule in rules for entry in rule.get("PrefixListIds", ())
        )

    # ---- routes ----

    def next_hop(self, place: Place, subnet_id: str, ip: str) -> str | None:
        """`local`, or the id of what the subnet's route table sends packets for an address to."""
        return self._ec2.next_hop(*place, self._ec2.table_of_subnet(*place, subnet_id), ip)

    def path_problem(self, place: Place, source: Interface, target_place: Place, target: Interface) -> str | None:
        """Why packets do not get from one interface to the other and back; nothing when they do."""
        if source.vpc_id == target.vpc_id:
            return None
        hop = self.next_hop(place, source.subnet_id, target.ip) or ""
        if not hop.startswith("pcx-"):
            return f"the route table of {source.subnet_id} has no peering route to {target.ip}"
        if self.other_side(hop, source.vpc_id) != target.vpc_id:
            return f"{hop} is not an active peering of {source.vpc_id} with {target.vpc_id}"
        if self.next_hop(target_place, target.subnet_id, source.ip) != hop:
            return f"the route table of {target.subnet_id} has no route back to {source.ip} through {hop}"
        return None

    def other_side(self, peering_id: str, vpc_id: str) -> str | None:
        """The VPC at the other end of an active peering."""
        peering = self._ec2.active_peering(peering_id)
        ends = {peering.requester.vpc_id, peering.accepter.vpc_id} if peering else set()
        return next(iter(ends - {vpc_id}), None) if vpc_id in ends else None

    def internet(self, place: Place, subnet_id: str) -> bool:
        """Whether a private address in the subnet gets out: by a NAT gateway (tasks here have no public addresses)."""
        return (self.next_hop(place, subnet_id, OUTSIDE) or "").startswith("nat-")

    # ---- AWS's services ----

    def dns_support(self, place: Place, vpc_id: str) -> bool:
        found = self._world.moto.call("ec2", "DescribeVpcAttribute",
                                      {"VpcId": vpc_id, "Attribute": "enableDnsSupport"}, *place)
        return found["EnableDnsSupport"]["Value"]

    def endpoint(self, place: Place, vpc_id: str, service: str):
        """The available interface endpoint that answers a service's own name in a VPC (private DNS on)."""
        return next((e for e in self._ec2.endpoints_of(*place, vpc_id)
                     if e.service == service and e.kind == "Interface" and e.private_dns), None)

    def gateway(self, place: Place, source: Interface, service: str):
        """The gateway endpoint of a service that the subnet's route table leads to."""
        table = self._ec2.table_of_subnet(*place, source.subnet_id).id
        return next((e for e in self._ec2.endpoints_of(*place, source.vpc_id)
                     if e.service == service and e.kind == "Gateway" and table in e.tables), None)

    def enters(self, place: Place, endpoint, source: Interface) -> bool:
        """Whether the source gets into an interface endpoint on 443."""
        return any(self.connects(place, source, interface, 443)
                   for interface in self.interfaces(endpoint.interfaces.values()))


def endpoint_allows(endpoint, access: Access) -> bool:
    """What an endpoint's own policy says."""
    return decide([json.loads(endpoint.policy)], access) == ALLOW
