"""A client in a VPC and what it asks for."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from ...network import Interface, Place

REGION = re.compile(r"\.execute-api\.([a-z0-9-]+)\.(?:vpce\.)?amazonaws\.com$")
HOST_NUMBER = 10  # the client host of a subnet: 10.4.0.10 in the peer VPC


@dataclass(frozen=True)
class HttpRequest:
    method: str
    scheme: str
    host: str  # the name that is resolved, lower case
    path: str
    query: str
    headers: dict[str, str]
    body: str
    region: str

    @classmethod
    def of(cls, url: str, method: str, headers: dict[str, str], body: str) -> HttpRequest:
        parts = urlsplit(url)
        host = (parts.hostname or "").lower()
        region = REGION.search(host)
        lowered = {key.lower(): value for key, value in headers.items()}
        return cls(method.upper(), parts.scheme, host, parts.path or "/", parts.query, lowered, body,
                   region.group(1) if region else "")


@dataclass(frozen=True)
class Client:
    place: Place
    at: Interface

    @classmethod
    def in_vpc(cls, world, vpc_id: str, region: str) -> Client | None:
        """The host in a VPC: in the peer VPC of the start the one with 10.4.0.10, elsewhere the tenth of a subnet."""
        for account, where in world.ec2.places():
            if region in ("", where) and world.ec2.vpc(account, where, vpc_id):
                subnets = sorted(world.ec2.subnets(account, where, vpc_id), key=lambda s: s["CidrBlock"])
                if subnets:
                    ip = str(ipaddress.ip_network(subnets[0]["CidrBlock"])[HOST_NUMBER])
                    return cls((account, where), Interface(ip, subnets[0]["SubnetId"], vpc_id, ()))
        return None
