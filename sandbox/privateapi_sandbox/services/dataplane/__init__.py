"""The data plane: what a client in a VPC gets when it asks for an https:// URL of a private API.

    name → way to the VPC endpoint → its group → API, stage, policies, method → VPC link → listener → target → task

Every answer tells where it stopped, and why. Two ways in: `POST /_sandbox/invoke` with the VPC and the URL, and an HTTPS
listener whose certificates come from the sandbox's own authority, for curl and other clients.
"""

from __future__ import annotations

from ...network import Network
from ...service import Service, control
from .answer import Answer
from .gateway import Gateway
from .https import Listener
from .link import Link
from .names import Names
from .request import Client, HttpRequest
from .way import Way

__all__ = ["Answer", "DataPlane"]

PEER_VPC = "vpc-0123456789abcdef0"


class DataPlane(Service):
    name = "dataplane"
    has_api = False
    tools = Service.tools | {"names", "way", "link", "gateway", "listener"}

    def __init__(self, world) -> None:
        super().__init__(world)
        network = Network(world)
        self.names, self.way = Names(world, network), Way(world, network)
        self.link = Link(world, network)
        self.gateway = Gateway(world, self.link)
        self.listener: Listener | None = None

    def places(self):
        return ()

    def start(self) -> None:
        self.listener = Listener(self.world, self.fetch)
        self.listener.start()

    def stop(self) -> None:
        if self.listener:
            self.listener.stop()

    def ready(self) -> dict:
        return {"ca": str(self.listener.ca), "dataPlane": self.listener.address} if self.listener else {}

    @control("POST", "/invoke")
    def invoke(self, given: dict) -> dict:
        """{vpc, url, method, headers, body, nameservers} → {status, headers, body, stoppedAt, reason, hops}."""
        request = HttpRequest.of(given["url"], given.get("method", "GET"), given.get("headers") or {},
                                 given.get("body") or "")
        return self.fetch(given.get("vpc") or PEER_VPC, request, given.get("nameservers") or []).shown()

    def fetch(self, vpc_id: str | None, request: HttpRequest, nameservers: list[str]) -> Answer:
        """What a client in a VPC gets, asking its VPC's Resolver or the given name servers for the name."""
        hops: list[str] = []
        answer = self._fetch(vpc_id or PEER_VPC, request, nameservers, hops)
        return answer.after(hops)

    def _fetch(self, vpc_id: str, request: HttpRequest, nameservers: list[str], hops: list[str]) -> Answer:
        if request.scheme != "https":
            return Answer.stopped("scheme", f"API Gateway speaks HTTPS only; nothing answers {request.scheme}://")
        client = Client.in_vpc(self.world, vpc_id, request.region)
        if client is None:
            return Answer.stopped("client", f"there is no VPC {vpc_id} with a subnet in {request.region}")
        found = self.names.resolve(client, request.host, nameservers)
        if found.problem:
            return Answer.stopped("name", found.problem)
        hops.append(f"name: {request.host} is {', '.join(found.addresses)} ({found.by})")
        entry = self.way.to_endpoint(client, found.addresses)
        if isinstance(entry, Answer):
            return entry
        hops.append(f"endpoint: {entry.endpoint.id} entered at {entry.interface.ip}")
        return self.gateway.answer(client, entry, request, hops)

    def through_link(self, account: str, region: str, request: dict) -> Answer:
        """Named query: what the integration request of a method gets through its VPC link."""
        hops: list[str] = []
        return self.link.send(account, region, request, hops).after(hops)
