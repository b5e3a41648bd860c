"""A VPC endpoint: its names, its state; a gateway one is routes, an interface one network interfaces."""

from __future__ import annotations

from dataclasses import dataclass, field

# Private names that do not follow the rule SERVICE.REGION.amazonaws.com. Source: "AWS services that integrate with AWS
# PrivateLink" and the pages of the services it names (Amazon ECR, API Gateway).
PRIVATE_NAMES = {
    "ecr.api": ["api.ecr.{}.amazonaws.com"],
    "ecr.dkr": ["dkr.ecr.{}.amazonaws.com", "*.dkr.ecr.{}.amazonaws.com"],
    "execute-api": ["execute-api.{}.amazonaws.com", "*.execute-api.{}.amazonaws.com"],
    "s3": ["s3.{}.amazonaws.com", "*.s3.{}.amazonaws.com"],
}
PUBLIC_ZONE = "Z2E726K9Y6RL4W"  # hosted zone of vpce.amazonaws.com in ap-northeast-1 (ELB and VPC endpoint names)
PRIVATE_ZONE = "ZONEIDFORPRIVATEDNS"

@dataclass
class Endpoint:
    id: str
    account: str
    region: str
    vpc_id: str
    service_name: str
    kind: str  # Gateway or Interface
    policy: str
    created: float
    available: float
    suffix: str = ""  # the random part of its DNS names
    private_dns: bool = False
    groups: list[str] = field(default_factory=list)
    tables: list[str] = field(default_factory=list)
    prefix_list: str = ""
    interfaces: dict[str, str] = field(default_factory=dict)  # subnet id -> interface id
    zones: list[str] = field(default_factory=list)
    deleting: bool = False

    @property
    def service(self) -> str:
        """``ecr.api`` of ``com.amazonaws.ap-northeast-1.ecr.api``."""
        return self.service_name.split(".", 3)[3]

    def state(self, now: float) -> str:
        if self.deleting:
            return "deleting"
        return "available" if now >= self.available else "pending"

    @property
    def private_names(self) -> list[str]:
        """The names that its private DNS takes over in its VPC; empty without private DNS."""
        return private_names(self.service, self.region) if self.private_dns else []

    @property
    def public_names(self) -> list[str]:
        """Its own names, resolvable everywhere: the regional one, then one for each zone."""
        base = f"{private_names(self.service, self.region)[0].removesuffix('.amazonaws.com')}.vpce.amazonaws.com"
        stem = f"{self.id}-{self.suffix}"
        return [f"{stem}.{base}", *(f"{stem}-{zone}.{base}" for zone in self.zones)]


def private_names(service: str, region: str) -> list[str]:
    return [name.format(region) for name in PRIVATE_NAMES.get(service, [service + ".{}.amazonaws.com"])]
