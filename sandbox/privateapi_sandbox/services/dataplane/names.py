"""Name resolution as a VPC sees it.

Sources: Route 53 Developer Guide ("Resolving DNS queries between VPCs and your network", "How Amazon Route 53 Resolver
forwards DNS queries", "Working with private hosted zones"); API Gateway Developer Guide, "How to invoke a private API".
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ...network import Place
from .request import Client

OWN_NAME = re.compile(r"(?P<api>[a-z0-9]+)(?:-(?P<endpoint>vpce-[0-9a-f]+))?\.execute-api\.(?P<region>[a-z0-9-]+)"
                      r"\.amazonaws\.com")
PUBLIC_API_GATEWAY = "54.239.99.1"  # any address outside of every VPC
MAX_STEPS = 8


@dataclass(frozen=True)
class Found:
    addresses: tuple[str, ...] = ()
    by: str = ""
    problem: str = ""


class Names:
    def __init__(self, world, network) -> None:
        self._world = world
        self._network = network

    def resolve(self, client: Client, name: str, nameservers: list[str]) -> Found:
        """As the client's /etc/resolv.conf has it: the VPC's Resolver, or the first name server that answers."""
        if not nameservers:
            return self._in_vpc(client.place[1], client.at.vpc_id, name, MAX_STEPS)
        problems = []
        for ip in nameservers:
            vpc_id, problem = self._ask(client, ip)
            if vpc_id:
                found = self._in_vpc(client.place[1], vpc_id, name, MAX_STEPS)
                return Found(found.addresses, f"name server {ip}: {found.by}", found.problem)
            problems.append(problem)
        return Found(problem="; ".join(problems))

    def _ask(self, client: Client, ip: str) -> tuple[str, str]:
        """The VPC whose view an inbound Resolver endpoint gives, or why no answer comes from there."""
        region = client.place[1]
        endpoint = self._world.route53resolver.inbound_endpoint(region, ip)
        if endpoint is None:
            return "", f"no Resolver endpoint answers on {ip}"
        address = next(a for a in endpoint.addresses if a.ip == ip)
        interface = self._network.interface(address.interface_id)
        place = (endpoint.account, endpoint.region)
        problem = self._network.path_problem(client.place, client.at, place, interface)
        if problem:
            return "", f"{ip} is out of reach: {problem}"
        if not self._network.connects(place, client.at, interface, 53, "udp"):
            return "", f"the groups of {endpoint.id} do not let {client.at.ip} in on 53/udp"
        return endpoint.wire["HostVPCId"], ""

    def _in_vpc(self, region: str, vpc_id: str, name: str, steps: int) -> Found:
        if not steps:
            return Found(problem=f"{name} leads in a circle")
        if not self._network.dns_support(self._place(region, vpc_id), vpc_id):
            return Found(problem=f"DNS support of {vpc_id} is off")
        return (
            self._forwarded(region, vpc_id, name, steps)
            or self._zone(region, vpc_id, name, steps)
            or self._private_dns(region, vpc_id, name)
            or self._public(name)
            or Found(problem=f"{name} does not exist (NXDOMAIN) for {vpc_id}")
        )

    def _forwarded(self, region: str, vpc_id: str, name: str, steps: int) -> Found | None:
        targets = self._world.route53resolver.forwarding(region, vpc_id, name)
        for ip in targets:
            endpoint = self._world.route53resolver.inbound_endpoint(region, ip)
            if endpoint is not None:
                return self._in_vpc(region, endpoint.wire["HostVPCId"], name, steps - 1)
        return Found(problem=f"{name} is forwarded to {', '.join(targets)}, which do not answer") if targets else None

    def _zone(self, region: str, vpc_id: str, name: str, steps: int) -> Found | None:
        """A private zone answers for all below its name, even if it has no such record."""
        answer = self._world.route53.resolve(region, vpc_id, name)
        if answer is None:
            return None
        if answer.record is None:
            return Found(problem=f"{name} has no record in the private zone {answer.zone_id} ({answer.zone_name})")
        by = f"private zone {answer.zone_id}"
        alias = answer.record.get("AliasTarget")
        if alias or answer.record["Type"] == "CNAME":
            target = (alias["DNSName"] if alias else answer.record["ResourceRecords"][0]["Value"]).rstrip(".").lower()
            found = self._in_vpc(region, vpc_id, target, steps - 1)
            return Found(found.addresses, by, found.problem)
        return Found(tuple(r["Value"] for r in answer.record["ResourceRecords"]), by)

    def _private_dns(self, region: str, vpc_id: str, name: str) -> Found | None:
        """Private DNS of an execute-api endpoint takes over every API Gateway name of the Region in its VPC."""
        match = OWN_NAME.fullmatch(name)
        if match is None or match["region"] != region:
            return None
        endpoint = self._network.endpoint(self._place(region, vpc_id), vpc_id, "execute-api")
        return endpoint and Found(self._addresses(endpoint), f"private DNS of {endpoint.id}")

    def _place(self, region: str, vpc_id: str) -> Place:
        return next((account, where) for account, where in self._world.ec2.places()
                    if where == region and self._world.ec2.vpc(account, where, vpc_id))

    def _public(self, name: str) -> Found | None:
        """Public DNS knows an endpoint's own name, `<api>-<vpce>` where the API is associated with the endpoint, and
        leads every other API name to API Gateway on the internet."""
        endpoint = self._world.ec2.endpoint_named(name)
        match = OWN_NAME.fullmatch(name)
        if match and match["endpoint"]:
            endpoint = self._world.ec2.find_endpoint(match["endpoint"])
            if endpoint and endpoint.id not in self._world.apigateway.endpoints_of(match["region"], match["api"]):
                endpoint = None
        if endpoint:
            return Found(self._addresses(endpoint), "public DNS, private addresses")
        return Found((PUBLIC_API_GATEWAY,), "public DNS") if match and not match["endpoint"] else None

    def _addresses(self, endpoint) -> tuple[str, ...]:
        return tuple(interface.ip for interface in self._network.interfaces(endpoint.interfaces.values()))
