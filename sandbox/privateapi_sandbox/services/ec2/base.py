"""What EC2's kinds share: state by account and Region, filters, pages, tokens, read-after-write lag."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from ...errors import AwsError
from ...service import Call, Service
from .describing import Listings, matches, missing
from .held import Held

if TYPE_CHECKING:
    from .endpoint import Endpoint
    from .interfaces import Interface
    from .route_tables import RouteTable

T = TypeVar("T")


class Shelf(dict[str, T], Generic[T]):
    """Objects by id, and at hand by the VPC that they are in: what is asked of one VPC must not grow with the fleet."""

    def __init__(self, things: Iterable[T] = ()) -> None:
        super().__init__()
        self._by_vpc: dict[str, dict[str, T]] = {}
        for thing in things:
            self[thing.id] = thing

    def __reduce__(self) -> tuple:
        return Shelf, (list(self.values()),)

    def __setitem__(self, key: str, thing: T) -> None:
        super().__setitem__(key, thing)
        self._by_vpc.setdefault(thing.vpc_id, {})[key] = thing

    def __delitem__(self, key: str) -> None:
        del self._by_vpc[self[key].vpc_id][key]
        super().__delitem__(key)

    def in_vpc(self, vpc_id: str) -> list[T]:
        return list(self._by_vpc.get(vpc_id, {}).values())


@dataclass
class Store:
    """EC2 in one account and Region, as far as it is ours."""

    interfaces: Shelf[Interface] = field(default_factory=Shelf)
    endpoints: Shelf[Endpoint] = field(default_factory=Shelf)
    tables: Shelf[RouteTable] = field(default_factory=Shelf)
    ready_at: dict[str, float] = field(default_factory=dict)  # VPC or subnet: when no longer "pending"
    tokens: dict[tuple[str, str], tuple[dict, str]] = field(default_factory=dict)


class Base(Service):
    tools = Service.tools | {"held", "listings"}

    def restore(self, kept: dict[str, Any]) -> None:
        super().restore(kept)
        self.held.forget()

    def __init__(self, world: Any) -> None:
        super().__init__(world)
        self._stores: dict[tuple[str, str], Store] = {}
        self.held = Held(lambda operation, place, **params: self.moto("ec2", operation, *place, **params),
                         world.moto.only_groups_of)
        self.listings = Listings()
        self._ids = world.random("ec2-ids")
        self._made: list[str] = []  # interfaces, see together()
        self._zones: dict[str, list[dict]] = {}  # by Region
        self._services: dict[str, list[dict]] = {}
        self._prefix_lists: dict[tuple[str, str], str] = {}  # by Region and service
        self.peerings: dict[str, Any] = {}

    def store(self, account: str, region: str) -> Store:
        if (account, region) not in self._stores:
            self._stores[account, region] = Store()
            self.adopt_tables(account, region)
            for vpc_id in list(self.held.of((account, region), "vpc")):
                self.open_default_group(account, region, vpc_id)
        return self._stores[account, region]

    def places(self) -> Iterable[tuple[str, str]]:
        return list(self._stores)

    def seeded_regions(self) -> set[str]:
        """The seed's peer VPC lives in ap-northeast-1, wherever the sandbox's own Region is."""
        return {"ap-northeast-1", self.world.settings.region}

    # ---- what moto holds

    def vpc(self, account: str, region: str, vpc_id: str) -> dict | None:
        return self.held.of((account, region), "vpc").get(vpc_id)

    def subnet(self, account: str, region: str, subnet_id: str) -> dict | None:
        return self.held.of((account, region), "subnet").get(subnet_id)

    def subnets(self, account: str, region: str, vpc_id: str) -> list[dict]:
        return [shown for shown in self.held.of((account, region), "subnet").values() if shown["VpcId"] == vpc_id]

    def security_group(self, account: str, region: str, group_id: str) -> dict | None:
        return self.held.of((account, region), "security-group").get(group_id)

    def security_groups(self, account: str, region: str, vpc_id: str) -> list[dict]:
        groups = self.held.of((account, region), "security-group").values()
        return [group for group in groups if group["VpcId"] == vpc_id]

    def tags_of(self, account: str, region: str) -> dict[str, dict[str, str]]:
        return self.world.moto.backend("ec2", account, region).tags

    def tag_list(self, account: str, region: str, key: str) -> list[dict]:
        return [{"Key": k, "Value": v} for k, v in self.tags_of(account, region).get(key, {}).items()]

    def tag_on_create(self, call: Call, kind: str, key: str) -> None:
        """Applies the call's TagSpecifications, which must be of the created kind."""
        for specification in call.params.get("TagSpecifications") or []:
            if specification.get("ResourceType") != kind:
                message = f"'{specification.get('ResourceType')}' is not a valid taggable resource type for this operation."
                raise AwsError("InvalidParameterValue", message)
            tags = self.tags_of(call.account, call.region)[key]
            tags.update({tag["Key"]: tag.get("Value", "") for tag in specification.get("Tags", [])})

    # ---- identity, idempotency, visibility

    def new_id(self, prefix: str) -> str:
        return f"{prefix}-0{self._ids.getrandbits(64):016x}"

    def replayed(self, call: Call) -> str:
        """The id that an earlier call with this ClientToken made, or "".

        "Ensuring idempotency in Amazon EC2 API requests" (EC2 Developer Guide): the same token with other parameters is
        refused with IdempotentParameterMismatch.
        """
        token = call.params.get("ClientToken")
        if not token:
            return ""
        if len(token) > 64 or not token.isascii():
            raise AwsError("InvalidParameterValue", "ClientToken may be at most 64 ASCII characters")
        known = self.store(call.account, call.region).tokens.get((call.operation, token))
        if known is None:
            return ""
        if known[0] != call.params:
            message = f"The client token '{token}' was already used for a request with different parameters."
            raise AwsError("IdempotentParameterMismatch", message)
        return known[1]

    def created(self, call: Call, key: str) -> None:
        """Notes a new object: its token, and from when on Describe shows it."""
        if token := call.params.get("ClientToken"):
            self.store(call.account, call.region).tokens[call.operation, token] = (dict(call.params), key)
        self.born(key)

    # ---- Describe

    def selected(
        self, call: Call, held: dict[str, Any], show: Callable[[Any], dict], wanted: str, filters: dict[str, str],
        member: str,
    ) -> dict:
        """The answer of a Describe: by ids (each must exist), by filters, in pages.

        Describe follows a write with a delay: "Eventual consistency in the Amazon EC2 API" (EC2 Developer Guide).

        ``filters`` gives each filter's path in what is shown (``Groups.GroupId``); tag filters come by themselves. Only
        what may be wanted is shown first: a fleet has thousands of each kind.
        """
        wishes = call.params.get("Filters") or []
        if not wishes:
            return self.listings.page(call, member, lambda: self._candidates(call, held, wanted, wishes), show)
        return self.listings.page(call, member, lambda: matches(
            call, [show(thing) for thing in self._candidates(call, held, wanted, wishes)], filters))

    def _candidates(self, call: Call, held: dict[str, Any], wanted: str, wishes: list[dict]) -> list[Any]:
        ids = call.params.get(wanted)
        for key in ids or []:
            if key not in held or not self.listed(key):
                raise missing(key, _PREFIX[wanted])
        if ids:
            return [held[key] for key in dict.fromkeys(ids)]
        vpcs = next((wish.get("Values") or [] for wish in wishes if wish["Name"] == "vpc-id"), ["*"])
        exact = not any(c in vpc for vpc in vpcs for c in "*?")
        if exact and isinstance(held, Shelf):
            return [thing for vpc in vpcs for thing in held.in_vpc(vpc) if self.listed(thing.id)]
        return [thing for key, thing in held.items() if self.listed(key) and (not exact or thing["VpcId"] in vpcs)]


_PREFIX = {"NetworkInterfaceIds": "eni", "VpcEndpointIds": "vpce", "RouteTableIds": "rtb", "VpcPeeringConnectionIds": "pcx",
           "VpcIds": "vpc", "SubnetIds": "subnet", "GroupIds": "sg"}
