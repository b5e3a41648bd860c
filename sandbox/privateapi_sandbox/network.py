"""What reaches what inside VPCs: security groups, routes, and the ways to AWS's own services.

Sources: VPC User Guide ("Security group rules", "Route priority"), VPC Peering Guide, AWS PrivateLink Guide ("Private
DNS", "Gateway endpoints"). Network ACLs are the default ones, which let everything pass.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .world import World

Place = tuple[str, str]  # account, Region


@dataclass(frozen=True)
class Interface:
    """One end of a connection."""

    ip: str
    subnet_id: str
    vpc_id: str
    groups: tuple[str, ...]


class Network:
    def __init__(self, world: World) -> None:
        self._ec2 = world.ec2

    def interface(self, place: Place, interface_id: str) -> Interface | None:
        shown = self._ec2.interface(*place, interface_id)
        if shown is None:
            return None
        groups = tuple(group["GroupId"] for group in shown.get("Groups", ()))
        return Interface(shown["PrivateIpAddress"], shown["SubnetId"], shown["VpcId"], groups)

    # ---- security groups ----

    def admits(self, place: Place, target: Interface, port: int, source_ip: str, source_groups: Iterable[str] = (),
               protocol: str = "tcp") -> bool:
        """Whether the target's groups let the source in on a port."""
        return self._any_rule(place, target.groups, "IpPermissions", protocol, port, source_ip, set(source_groups))

    def lets_out(self, place: Place, source: Interface, port: int, target_ip: str, target_groups: Iterable[str] = (),
                 prefix_lists: Iterable[str] = ()) -> bool:
        """Whether the source's groups let it connect to a port of the target."""
        return self._any_rule(place, source.groups, "IpPermissionsEgress", "tcp", port, target_ip,
                              set(target_groups) | set(prefix_lists))

    def open_to_all(self, place: Place, groups: Iterable[str], port: int) -> bool:
        """Whether groups admit every IPv4 address on a port."""
        return any(
            _covers(rule, "tcp", port) and any(r["CidrIp"] == "0.0.0.0/0" for r in rule.get("IpRanges", ()))
            for rule in self._rules(place, groups, "IpPermissions")
        )

    def _any_rule(self, place: Place, groups, side: str, protocol: str, port: int, ip: str, peers: set[str]) -> bool:
        return any(_covers(rule, protocol, port) and _names(rule, ip, peers)
                   for rule in self._rules(place, groups, side))

    def _rules(self, place: Place, groups: Iterable[str], side: str) -> list[dict]:
        found = [self._ec2.security_group(*place, group_id) for group_id in groups]
        return [rule for group in found if group for rule in group.get(side, ())]

    # ---- routes ----

    def route(self, place: Place, subnet_id: str, ip: str) -> dict | None:
        """The most specific active route of a subnet's table for an address."""
        address = ipaddress.ip_address(ip)
        fitting = [
            route for route in self._ec2.routes(*place, subnet_id)
            if route.get("State", "active") == "active" and route.get("DestinationCidrBlock")
            and address in ipaddress.ip_network(route["DestinationCidrBlock"])
        ]
        return max(fitting, key=lambda r: ipaddress.ip_network(r["DestinationCidrBlock"]).prefixlen, default=None)

    def path_problem(self, place: Place, source: Interface, target_place: Place, target: Interface) -> str | None:
        """Why packets do not get from one interface to the other and back; nothing when they do."""
        if source.vpc_id == target.vpc_id:
            return None
        there = self.route(place, source.subnet_id, target.ip)
        peering = (there or {}).get("VpcPeeringConnectionId")
        if not peering:
            return f"the route table of {source.subnet_id} has no peering route to {target.ip}"
        if not self._ec2.peering_joins(peering, source.vpc_id, target.vpc_id):
            return f"{peering} is not active between {source.vpc_id} and {target.vpc_id}"
        back = self.route(target_place, target.subnet_id, source.ip)
        if (back or {}).get("VpcPeeringConnectionId") != peering:
            return f"the route table of {target.subnet_id} has no route back to {source.ip} through {peering}"
        return None

    def internet(self, place: Place, subnet_id: str) -> bool:
        """Whether a private address in the subnet gets out: by a NAT gateway (there are no public addresses here)."""
        out = self.route(place, subnet_id, "52.0.0.1")
        return bool(out and out.get("NatGatewayId"))

    # ---- AWS's services ----

    def endpoint(self, place: Place, vpc_id: str, service: str) -> dict | None:
        """The available interface endpoint that answers a service's own name in a VPC (private DNS on)."""
        name = f"com.amazonaws.{place[1]}.{service}"
        return next((e for e in self._ec2.endpoints(*place, vpc_id)
                     if e["ServiceName"] == name and e["State"] == "available" and e.get("PrivateDnsEnabled")), None)

    def gateway(self, place: Place, source: Interface, service: str) -> dict | None:
        """The gateway endpoint of a service that the subnet's route table leads to."""
        name = f"com.amazonaws.{place[1]}.{service}"
        used = {route.get("GatewayId") for route in self._ec2.routes(*place, source.subnet_id)
                if route.get("DestinationPrefixListId")}
        return next((e for e in self._ec2.endpoints(*place, source.vpc_id) if e["ServiceName"] == name
                     and e["State"] == "available" and e["VpcEndpointId"] in used), None)

    def enters(self, place: Place, endpoint: dict, source: Interface) -> Interface | None:
        """The endpoint's interface that the source reaches on 443, in its own zone if there is one."""
        interfaces = [i for i in (self.interface(place, name) for name in endpoint["NetworkInterfaceIds"]) if i]
        interfaces.sort(key=lambda i: i.subnet_id != source.subnet_id)
        return next((i for i in interfaces
                     if self.admits(place, i, 443, source.ip, source.groups)
                     and self.lets_out(place, source, 443, i.ip, i.groups)), None)


def _covers(rule: dict, protocol: str, port: int) -> bool:
    if rule["IpProtocol"] == "-1":
        return True
    return rule["IpProtocol"] == protocol and rule.get("FromPort", 0) <= port <= rule.get("ToPort", 65535)


def _names(rule: dict, ip: str, peers: set[str]) -> bool:
    address = ipaddress.ip_address(ip)
    return (
        any(address in ipaddress.ip_network(r["CidrIp"]) for r in rule.get("IpRanges", ()))
        or any(pair.get("GroupId") in peers for pair in rule.get("UserIdGroupPairs", ()))
        or any(entry["PrefixListId"] in peers for entry in rule.get("PrefixListIds", ()))
    )
