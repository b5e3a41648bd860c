"""VPC links of REST APIs ("V1"): a private path from API Gateway to one Network Load Balancer."""

from dataclasses import dataclass

from ...errors import AwsError
from ...service import instead
from . import patch
from .model import found, new_id, page

UPDATES = {"/name": patch.scalar(), "/description": patch.scalar()}


@dataclass
class VpcLink:
    wire: dict  # without status
    settles_at: float  # PENDING until then
    failure: str | None = None  # the status message it settles with, when it cannot be provisioned
    deleting_until: float | None = None

    @property
    def target(self) -> str:
        return self.wire["targetArns"][0]

    def status(self, now: float) -> str:
        if self.deleting_until is not None:
            return "DELETING"
        if now < self.settles_at:
            return "PENDING"
        return "FAILED" if self.failure else "AVAILABLE"

    def shown(self, now: float) -> dict:
        status = self.status(now)
        message = {"AVAILABLE": "Your vpc link is ready for use", "FAILED": self.failure}.get(status)
        return {**self.wire, "status": status, **({"statusMessage": message} if message else {})}


class VpcLinks:
    """Mixin of the API Gateway service."""

    @instead("CreateVpcLink")
    def create_vpc_link(self, call) -> dict:
        targets = call.params["targetArns"]
        if not call.params["name"]:
            raise AwsError("BadRequestException", "Name cannot be empty", 400)
        for arn in targets:
            if not arn.startswith("arn:"):
                raise AwsError("BadRequestException", f"Invalid ARN. ARN is not well formed {arn}", 400)
        if len(targets) != 1:
            raise AwsError("BadRequestException", "More than one target arn specified for vpc link.", 400)
        store = self.store(call)
        message = "Maximum number of Vpc links for this account has been reached. Max {}"
        self.world.quotas.require("vpc-links", len(store.links), "LimitExceededException", message, 429)
        wire = {
            "id": new_id(self.chance, 6),
            "name": call.params["name"],
            **({"description": call.params["description"]} if call.params.get("description") else {}),
            "targetArns": list(targets),
            "tags": self.checked_tags(call.params.get("tags")),
        }
        failure = self._refusal(call, targets[0])
        duration = "vpc-link-failure" if failure else "vpc-link"
        link = store.links[wire["id"]] = VpcLink(wire, self.due(duration), failure)
        self.born(wire["id"])
        return link.shown(self.world.now())

    def _refusal(self, call, target: str) -> str | None:
        """Why the link will end as FAILED: the checks run after the call was accepted."""
        if ":loadbalancer/net/" not in target:
            return "NLB ARN is malformed."
        if not self.world.elbv2.is_active(target):
            return ("NLB is not in active state. If you recently created this NLB, please wait for it to become "
                    "active and try again.")
        if self.links_of(target):
            return "NLB is already associated with another VPC Endpoint Service"
        return None

    @instead("GetVpcLink")
    def get_vpc_link(self, call) -> dict:
        return self._link(call).shown(self.world.now())

    @instead("GetVpcLinks")
    def get_vpc_links(self, call) -> dict:
        now = self.world.now()
        links = [link.shown(now) for key, link in self.store(call).links.items() if self.listed(key)]
        return page(links, call.params)

    @instead("UpdateVpcLink")
    def update_vpc_link(self, call) -> dict:
        link = self._link(call)
        patch.apply(link.wire, call.params.get("patchOperations") or [], UPDATES)
        return link.shown(self.world.now())

    @instead("DeleteVpcLink")
    def delete_vpc_link(self, call) -> dict:
        link = self._link(call)
        if link.deleting_until is None:
            self._check_unreferenced(call, link.wire["id"])
            link.deleting_until = self.due("vpc-link-delete")
            self.at(link.deleting_until, self._forget_link, (call.account, call.region), link.wire["id"])
        return {}

    def _forget_link(self, place: tuple[str, str], link_id: str) -> None:
        self.stores[place].links.pop(link_id, None)

    def _link(self, call) -> VpcLink:
        return found(self.store(call).links, call.params["vpcLinkId"], "Invalid Vpc Link identifier specified")

    def _check_unreferenced(self, call, link_id: str) -> None:
        """A link cannot go while the deployment of a stage names it. The message is AWS's, as seen in
        https://github.com/klothoplatform/klotho/issues/202"""
        references = self.stage_references(call.account, call.region, link_id)
        if references:
            raise AwsError(
                "BadRequestException",
                f"Cannot delete vpc link. Vpc link '{link_id}', is referenced in [{', '.join(references)}] in format "
                "of [RESTApiId:Method:Resource:Stage].",
                400,
            )

    def stage_references(self, account: str, region: str, link_id: str) -> list[str]:
        """Named query: the integrations of deployed stages that name a link (V1 or V2) literally."""
        return sorted(
            f"{api.id}:{verb}:{resource_id}:{name}"
            for api in self.stores[account, region].apis.values()
            for name, stage in api.stages.items()
            for verb, resource_id in api.deployments[stage.wire["deploymentId"]].references(link_id)
        )

    def links_of(self, load_balancer_arn: str) -> list[str]:
        """Named query: the links that keep a load balancer from being deleted, until they are gone."""
        return [link.wire["id"] for store in self.stores.values() for link in store.links.values()
                if link.target == load_balancer_arn and not link.failure]
