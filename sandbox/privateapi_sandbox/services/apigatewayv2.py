"""VPC links V2: network interfaces of API Gateway in the customer's subnets, shared by many load balancers.

Since late 2025 REST APIs can use them too (PutIntegration.integrationTarget).
https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-vpc-links-v2.html
"""

from collections import defaultdict
from dataclasses import dataclass

from ..errors import AwsError
from ..service import LiveObject, instead
from .apigateway.model import found, new_id
from .own import OwnService

MESSAGES = {
    "PENDING": "VPC link is provisioning ENIs",
    "AVAILABLE": "VPC link is ready to route traffic",
    "DELETING": "VPC link is deleting ENIs",
}


@dataclass
class VpcLink:
    wire: dict
    available_at: float
    interfaces: list[str]
    deleting_until: float | None = None

    def status(self, now: float) -> str:
        if self.deleting_until is not None:
            return "DELETING"
        return "PENDING" if now < self.available_at else "AVAILABLE"

    def shown(self, now: float) -> dict:
        status = self.status(now)
        return {**self.wire, "VpcLinkStatus": status, "VpcLinkStatusMessage": MESSAGES[status]}


class ApiGatewayV2(OwnService):
    name = "apigatewayv2"

    def __init__(self, world) -> None:
        super().__init__(world)
        self.chance = world.random("apigatewayv2")
        self.stores: dict[tuple[str, str], dict[str, VpcLink]] = defaultdict(dict)

    @instead("CreateVpcLink")
    def create_vpc_link(self, call) -> dict:
        params, links = call.params, self.stores[call.account, call.region]
        message = "Maximum number of VPC links for this account has been reached. Max {}"
        self.world.quotas.require("vpc-links-v2", len(links), "BadRequestException", message)
        link_id = new_id(self.chance, 6)
        groups = list(params.get("SecurityGroupIds") or [])
        self._check_network(call, params["SubnetIds"], groups)
        wire = {
            "VpcLinkId": link_id,
            "Name": params["Name"],
            "SubnetIds": list(params["SubnetIds"]),
            "SecurityGroupIds": groups,
            "Tags": self.checked_tags(params.get("Tags")),
            "CreatedDate": self.world.datetime(),
            "VpcLinkVersion": "V2",
        }
        with self.world.ec2.together():
            interfaces = [self._interface(call, link_id, subnet_id, groups) for subnet_id in params["SubnetIds"]]
        # "Service-linked role for API Gateway": made when the first VPC link is
        self.world.iam.link(call.account, "ops.apigateway.amazonaws.com")
        self.born(link_id)
        links[link_id] = VpcLink(wire, self.due("vpc-link-v2"), interfaces)
        return links[link_id].shown(self.world.now())

    def _check_network(self, call, subnet_ids: list[str], groups: list[str]) -> None:
        ec2 = self.world.ec2
        subnets = {subnet_id: ec2.subnet(call.account, call.region, subnet_id) for subnet_id in subnet_ids}
        missing = [subnet_id for subnet_id, subnet in subnets.items() if subnet is None]
        if missing:
            raise AwsError("BadRequestException", f"Subnet(s) {', '.join(missing)} not found", 400)
        vpcs = {subnet["VpcId"] for subnet in subnets.values()}
        if len(vpcs) != 1:
            raise AwsError("BadRequestException", "All subnets must belong to the same VPC", 400)
        for group_id in groups:
            group = ec2.security_group(call.account, call.region, group_id)
            if group is None or group["VpcId"] not in vpcs:
                raise AwsError("BadRequestException", f"Security group {group_id} not found in the VPC", 400)

    def _interface(self, call, link_id: str, subnet_id: str, groups: list[str]) -> str:
        return self.world.ec2.create_interface(
            call.account, call.region, subnet_id, groups,
            description=f"VPC Link Interface for {link_id}",
            interface_type="interface",
            requester="amazon-apigateway",
        ).id

    @instead("GetVpcLink")
    def get_vpc_link(self, call) -> dict:
        return self._link(call).shown(self.world.now())

    @instead("GetVpcLinks")
    def get_vpc_links(self, call) -> dict:
        now = self.world.now()
        found = sorted(self.stores[call.account, call.region].items())
        links = [link.shown(now) for link_id, link in found if self.listed(link_id)]
        start = int(call.params.get("NextToken") or 0)
        end = start + int(call.params.get("MaxResults") or 100)
        return {"Items": links[start:end], **({"NextToken": str(end)} if end < len(links) else {})}

    @instead("UpdateVpcLink")
    def update_vpc_link(self, call) -> dict:
        link = self._link(call)
        if call.params.get("Name"):
            link.wire["Name"] = call.params["Name"]
        return link.shown(self.world.now())

    @instead("DeleteVpcLink")
    def delete_vpc_link(self, call) -> dict:
        link = self._link(call)
        link_id = link.wire["VpcLinkId"]
        references = self.world.apigateway.stage_references(call.account, call.region, link_id)
        if references:
            raise AwsError(
                "BadRequestException",
                f"Cannot delete vpc link. Vpc link '{link_id}', is referenced in [{', '.join(references)}] in format "
                "of [RESTApiId:Method:Resource:Stage].",
                400,
            )
        if link.deleting_until is None:
            link.deleting_until = self.due("vpc-link-delete")
            self.at(link.deleting_until, self._gone, (call.account, call.region), link)
        return {}

    def _gone(self, place: tuple[str, str], link: VpcLink) -> None:
        for interface in link.interfaces:
            self.world.ec2.release_interface(interface)
        del self.stores[place][link.wire["VpcLinkId"]]

    @instead("GetTags")
    def get_tags(self, call) -> dict:
        return {"Tags": dict(self._tags(call))}

    @instead("TagResource")
    def tag_resource(self, call) -> dict:
        tags = self._tags(call)
        tags.update(self.checked_tags(call.params["Tags"], tags))
        return {}

    @instead("UntagResource")
    def untag_resource(self, call) -> dict:
        for key in call.params["TagKeys"]:
            self._tags(call).pop(key, None)
        return {}

    def _tags(self, call) -> dict:
        return self._named(call, call.params["ResourceArn"].rpartition("/vpclinks/")[2]).wire["Tags"]

    def _link(self, call) -> VpcLink:
        return self._named(call, call.params["VpcLinkId"])

    def _named(self, call, link_id: str) -> VpcLink:
        return found(self.stores[call.account, call.region], link_id, f"Unable to find VpcLink with id {link_id}")

    def link(self, account: str, region: str, link_id: str) -> VpcLink | None:
        """Named query: a link by its id."""
        return self.stores[account, region].get(link_id)

    def objects(self, account: str, region: str):
        for link in self.stores[account, region].values():
            shown = link.shown(self.world.now())
            yield LiveObject("apigatewayv2", "vpc-link", shown["VpcLinkId"], shown["Name"], shown["VpcLinkStatus"],
                             dict(shown["Tags"]), region, account)
