"""From the client's host to the interface of an execute-api endpoint."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ...network import Interface, Place
from .answer import Answer
from .request import Client


@dataclass(frozen=True)
class Entry:
    endpoint: Any  # EC2's Endpoint
    place: Place
    interface: Interface


class Way:
    def __init__(self, world, network) -> None:
        self._world = world
        self._network = network

    def to_endpoint(self, client: Client, addresses: tuple[str, ...]) -> Entry | Answer:
        """The first of the addresses that a connection to port 443 gets through to, as a client tries them."""
        answer = Answer.stopped("name", "the name has no address")
        for ip in addresses:
            entry = self._entry(client, ip)
            answer = entry if isinstance(entry, Answer) else self._connect(client, entry)
            if isinstance(answer, Entry):
                return answer
        return answer

    def _entry(self, client: Client, ip: str) -> Entry | Answer:
        hop = self._network.next_hop(client.place, client.at.subnet_id, ip) or ""
        vpc_id = client.at.vpc_id if hop == "local" else self._network.other_side(hop, client.at.vpc_id)
        for account, region in self._world.ec2.places():
            for endpoint in self._world.ec2.endpoints_of(account, region, vpc_id or ""):
                for interface in self._network.interfaces(endpoint.interfaces.values()):
                    if interface.ip == ip:
                        return Entry(endpoint, (account, region), interface)
        if hop.startswith("nat-"):
            return Answer.refused("api", "API Gateway on the internet serves no private API", 403,
                                  {"message": "Forbidden"}, "ForbiddenException")
        where = f"no available endpoint has it in {vpc_id}" if vpc_id else f"the route table leads to {hop or 'nothing'}"
        return Answer.stopped("route", f"{client.at.ip} does not reach {ip}: {where}", timed_out=True)

    def _connect(self, client: Client, entry: Entry) -> Entry | Answer:
        endpoint = entry.endpoint
        problem = self._network.path_problem(client.place, client.at, entry.place, entry.interface)
        if problem:
            return Answer.stopped("route", problem, timed_out=True)
        if endpoint.service != "execute-api":
            return Answer.stopped("endpoint", f"{endpoint.id} is an endpoint of {endpoint.service_name}")
        if not self._network.connects(entry.place, client.at, entry.interface, 443):
            groups = ", ".join(entry.interface.groups)
            return Answer.stopped("endpoint-security-group",
                                  f"the groups of {endpoint.id} ({groups}) do not let {client.at.ip} in on 443/tcp",
                                  timed_out=True)
        return entry
