"""API Gateway, the REST API part. All of it is ours: moto keeps no connections, snapshots or policies as AWS does.

Gaps of moto that made it so: `connectionId` is lost, UpdateIntegration, UpdateVpcLink and TestInvokeMethod fail,
GetTags answers 404 for an API, deployments are no snapshots, VPC links have no life of their own.
"""

from collections import defaultdict
from dataclasses import dataclass, field

from ...service import LiveObject
from ..own import OwnService
from .account import Account
from .deployments import Deployments
from .invoke import Invocations
from .methods import Methods
from .model import RestApi, with_variables
from .resources import Resources
from .rest_apis import RestApis
from .routing import Deployed, Match, match
from .vpc_links import VpcLink, VpcLinks

__all__ = ["ApiGateway", "Deployed", "Match", "match"]


@dataclass
class Store:
    apis: dict[str, RestApi] = field(default_factory=dict)
    links: dict[str, VpcLink] = field(default_factory=dict)
    log_role: str = ""  # the account's role for CloudWatch Logs


class ApiGateway(RestApis, Resources, Methods, Deployments, VpcLinks, Invocations, Account, OwnService):
    name = "apigateway"

    def __init__(self, world) -> None:
        super().__init__(world)
        self.chance = world.random("apigateway")
        self.stores: dict[tuple[str, str], Store] = defaultdict(Store)

    def store(self, call) -> Store:
        return self.stores[call.account, call.region]

    def deployed(self, region: str, api_id: str, stage: str) -> Deployed | None:
        """Named query: what a stage serves now; nothing when there is no such API or stage, or not yet."""
        for (account, where), store in self.stores.items():
            api = store.apis.get(api_id) if where == region else None
            if api and stage in api.stages:
                return self._deployed(account, region, api, stage)
        return None

    def _deployed(self, account: str, region: str, api: RestApi, stage_name: str) -> Deployed | None:
        stage, now = api.stages[stage_name], self.world.now()
        effective = [d for since, d in stage.served if since <= now and d in api.deployments]
        if not effective:
            return None
        deployment, variables = api.deployments[effective[-1]], stage.wire["variables"]
        links = {with_variables(i.get("connectionId", ""), variables) for _, _, i in deployment.integrations()}
        return Deployed(
            api_id=api.id,
            stage=stage_name,
            private=api.private,
            endpoint_ids=tuple(api.wire["endpointConfiguration"].get("vpcEndpointIds", ())),
            policy=deployment.policy,
            policy_arn=api.arn,
            variables=dict(variables),
            resources=deployment.resources,
            waits_for=tuple(sorted(i for i in links if self.link_status(account, region, i) == "PENDING")),
        )

    def endpoints_of(self, region: str, api_id: str) -> list[str]:
        """Named query: the VPC endpoints that an API, of whatever account, is associated with."""
        for (_, where), store in self.stores.items():
            if where == region and api_id in store.apis:
                return list(store.apis[api_id].wire["endpointConfiguration"].get("vpcEndpointIds", ()))
        return []

    def link(self, account: str, region: str, link_id: str) -> VpcLink | None:
        """Named query: a V1 link by its id; `target` is its load balancer, `status(now)` its state."""
        return self.stores[account, region].links.get(link_id)

    def link_status(self, account: str, region: str, link_id: str) -> str | None:
        """Named query: the status of a link, V1 or V2."""
        link = self.link(account, region, link_id) or self.world.apigatewayv2.link(account, region, link_id)
        return link.status(self.world.now()) if link else None

    def tags_at(self, account: str, region: str, arn: str) -> dict[str, str]:
        """What lies below a REST API inherits the API's tags for access control, a stage's own tags win ("Tag inheritance
        in the Amazon API Gateway V1 API", API Gateway Developer Guide)."""
        path = [*arn.partition("::/")[2].split("/"), "", "", ""]
        store = self.stores[account, region]
        if path[0] == "vpclinks":
            return dict(store.links[path[1]].wire["tags"]) if path[1] in store.links else {}
        api = store.apis.get(path[1]) if path[0] == "restapis" else None
        stage = api.stages.get(path[3]) if api and path[2] == "stages" else None
        return {**(api.wire["tags"] if api else {}), **(stage.wire["tags"] if stage else {})}

    def objects(self, account: str, region: str):
        now, store = self.world.now(), self.stores[account, region]

        def live(kind: str, key: str, name: str, state: str, tags: dict) -> LiveObject:
            return LiveObject("apigateway", kind, key, name, state, dict(tags), region, account)

        if store.log_role:
            yield live("account-settings", account, "", store.log_role, {})
        for api in store.apis.values():
            yield live("rest-api", api.id, api.wire["name"], "", api.wire["tags"])
            for name, stage in api.stages.items():
                yield live("stage", f"{api.id}/stages/{name}", name, "", stage.wire["tags"])
        for key, link in store.links.items():
            yield live("vpc-link", key, link.wire["name"], link.status(now), link.wire["tags"])
