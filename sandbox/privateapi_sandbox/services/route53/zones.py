"""What Route 53 keeps: hosted zones, their records and VPCs, and changes on their way to the name servers."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

# Name servers of every private zone.
# https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/hosted-zone-private-considerations.html
PRIVATE_NAME_SERVERS = (
    "ns-0.awsdns-00.com.", "ns-512.awsdns-00.net.", "ns-1024.awsdns-00.org.", "ns-1536.awsdns-00.co.uk.",
)
PUBLIC_NAME_SERVERS = (
    "ns-2048.awsdns-64.com.", "ns-2049.awsdns-65.net.", "ns-2050.awsdns-66.org.", "ns-2051.awsdns-67.co.uk.",
)
Key = tuple[str, str, str]  # record name, type, set identifier
Vpc = tuple[str, str]  # Region, id


@dataclass(frozen=True)
class Change:
    id: str
    submitted: Any
    insync_at: float
    comment: str | None

    def shown(self, now: float) -> dict:
        status = "INSYNC" if now >= self.insync_at else "PENDING"
        info = {"Id": f"/change/{self.id}", "Status": status, "SubmittedAt": self.submitted}
        return info | ({"Comment": self.comment} if self.comment else {})


@dataclass
class Zone:
    id: str
    name: str
    caller_reference: str
    comment: str
    private: bool
    vpcs: list[Vpc] = field(default_factory=list)
    authorized: list[Vpc] = field(default_factory=list)  # that other accounts may associate
    records: dict[Key, dict] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    # What the name servers answer: the state of the last change that is INSYNC
    served_records: dict[Key, dict] = field(default_factory=dict)
    served_vpcs: list[Vpc] = field(default_factory=list)
    served: int = 0  # which change that was, by number
    busy_until: float = 0.0  # until then another change is refused

    def __post_init__(self) -> None:
        servers = self.name_servers()
        soa = f"{servers[0]} awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400"
        for kind, ttl, values in (("NS", 172800, servers), ("SOA", 900, (soa,))):
            record = {"Name": self.name, "Type": kind, "TTL": ttl, "ResourceRecords": [{"Value": v} for v in values]}
            self.records[self.name, kind, ""] = record

    def name_servers(self) -> tuple[str, ...]:
        return PRIVATE_NAME_SERVERS if self.private else PUBLIC_NAME_SERVERS

    def required(self, key: Key) -> bool:
        return key[0] == self.name and key[1] in ("NS", "SOA")

    def shown(self) -> dict:
        config = {"PrivateZone": self.private, **({"Comment": self.comment} if self.comment else {})}
        return {
            "Id": f"/hostedzone/{self.id}",
            "Name": self.name,
            "CallerReference": self.caller_reference,
            "Config": config,
            "ResourceRecordSetCount": len(self.records),
        }

    def shown_vpcs(self) -> list[dict]:
        return [{"VPCRegion": region, "VPCId": vpc_id} for region, vpc_id in self.vpcs]


@dataclass(frozen=True)
class Resolved:
    """The answer of a private zone: nothing when the zone has no such record (the Resolver then asks nobody else)."""

    zone_id: str
    zone_name: str
    record: dict | None


def normal(name: str) -> str:
    """A domain name as Route 53 stores it: lower case, dot at the end, `*` in its octal form."""
    name = name.lower().replace("*", "\\052")
    return name if name.endswith(".") else name + "."


def listing_order(name: str) -> list[str]:
    """Route 53 sorts by the labels in reverse.
    https://docs.aws.amazon.com/Route53/latest/APIReference/API_ListResourceRecordSets.html"""
    return list(reversed(name.rstrip(".").split(".")))


def resolve(zones: Iterable[Zone], region: str, vpc_id: str, name: str) -> Resolved | None:
    """The most specific private zone associated with the VPC answers; none associated: not private."""
    wanted = normal(name)
    fitting = [zone for zone in zones if (region, vpc_id) in zone.served_vpcs and _contains(zone.name, wanted)]
    if not fitting:
        return None
    zone = max(fitting, key=lambda candidate: len(candidate.name))
    return Resolved(zone.id, zone.name, _record(zone, wanted))


def _contains(zone_name: str, name: str) -> bool:
    return name == zone_name or name.endswith("." + zone_name)


def _record(zone: Zone, name: str) -> dict | None:
    while _contains(zone.name, name):
        for kind in ("A", "CNAME"):
            record = next((r for key, r in zone.served_records.items() if key[:2] == (name, kind)), None)
            if record:
                return record
        # *.example.com answers for names below example.com that have no record of their own
        name = "\\052." + name.removeprefix("\\052.").partition(".")[2]
        if name == "\\052.":
            return None
    return None
