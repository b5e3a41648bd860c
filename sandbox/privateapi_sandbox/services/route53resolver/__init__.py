"""Route 53 Resolver: endpoints, rules, associations. Ours as a whole: moto's endpoints are operational at once, have no
network interfaces, vanish at once, and outbound ones can be deleted while rules use them."""

from ...errors import AwsError
from ...service import LiveObject, instead
from ..own import OwnService
from .endpoints import Endpoint, Endpoints
from .rules import Association, Rule, Rules


class Route53Resolver(Endpoints, Rules, OwnService):
    name = "route53resolver"
    tag_refusal = "InvalidTagException"

    def __init__(self, world) -> None:
        super().__init__(world)
        self._chance = world.random("route53resolver")
        self.endpoints: dict[str, Endpoint] = {}
        self.rules: dict[str, Rule] = {}
        self.associations: dict[str, Association] = {}

    def inbound_endpoint(self, region: str, ip: str) -> Endpoint | None:
        """Named query: the operational inbound endpoint that answers DNS on an address, if there is one."""
        now = self.world.now()
        return next(
            (endpoint for endpoint in self.endpoints.values()
             if endpoint.region == region and endpoint.wire["Direction"] == "INBOUND"
             and endpoint.status(now) in ("OPERATIONAL", "UPDATING")
             and any(address.ip == ip and address.status(now) == "ATTACHED" for address in endpoint.addresses)),
            None,
        )

    def objects(self, account: str, region: str):
        place, now = (account, region), self.world.now()

        def live(kind: str, holder: Endpoint | Rule | Association, state: str, tags: dict) -> LiveObject:
            name = holder.wire.get("Name", "")
            return LiveObject("route53resolver", kind, holder.id, name, state, dict(tags), region, account)

        found = [
            *(live("resolver-endpoint", e, e.status(now), e.tags) for e in self.endpoints.values() if e.place == place),
            *(live("resolver-rule", r, r.wire["Status"], r.tags) for r in self.rules.values() if r.place == place),
            *(live("resolver-rule-association", a, a.shown(now)["Status"], {})
              for a in self.associations.values() if a.place == place),
        ]
        return found

    def tags_of(self, given: list[dict] | None, present: dict[str, str] | None = None) -> dict[str, str]:
        return self.checked_tags({tag["Key"]: tag["Value"] for tag in given or []}, present)

    def ident(self) -> str:
        return f"{self._chance.getrandbits(68):017x}"

    def stamp(self) -> str:
        return self.world.datetime().isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def listing(self, call, key: str, items: list[dict], filters: dict[str, str]) -> dict:
        for wanted in call.params.get("Filters") or []:
            if wanted["Name"] not in filters:
                message = f"[RSLVR-00601] The filter '{wanted['Name']}' is invalid"
                raise AwsError("InvalidRequestException", message, 400)
            field = filters[wanted["Name"]]
            items = [item for item in items if _matches(item.get(field), wanted["Values"])]
        limit, start = call.params.get("MaxResults") or 100, int(call.params.get("NextToken") or 0)
        more = {"NextToken": str(start + limit)} if len(items) > start + limit else {}
        return {key: items[start:start + limit], "MaxResults": limit, **more}

    @instead("ListTagsForResource")
    def list_tags(self, call) -> dict:
        tags = self._tags(call)
        return {"Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}

    @instead("TagResource")
    def tag_resource(self, call) -> dict:
        tags = self._tags(call)
        tags.update(self.tags_of(call.params["Tags"], tags))
        return {}

    @instead("UntagResource")
    def untag_resource(self, call) -> dict:
        for key in call.params["TagKeys"]:
            self._tags(call).pop(key, None)
        return {}

    def _tags(self, call) -> dict[str, str]:
        arn = call.params["ResourceArn"]
        for holder in (*self.endpoints_of(call), *self.rules_of(call)):
            if holder.wire["Arn"] == arn:
                return holder.tags
        raise AwsError("ResourceNotFoundException", f"[RSLVR-00703] Resource '{arn}' does not exist.", 400)


def _matches(value, wanted: list[str]) -> bool:
    return any(str(entry) in wanted for entry in (value if isinstance(value, list) else [value]))
