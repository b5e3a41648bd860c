"""EC2, the part that a private network is made of.

VPCs, subnets, security groups and network ACLs are moto's, with AWS's states and refusals added. Network interfaces,
VPC endpoints, route tables and peering connections are our own: moto's know neither time nor each other.
"""

from __future__ import annotations

from functools import cached_property

from ...errors import AwsError, not_simulated
from ...service import Call, LiveObject, before, done
from .base import Base
from .endpoints import Endpoints
from .interfaces import Interfaces
from .peerings import Peerings
from .quotas import Quotas
from .regions import Regions
from .route_tables import RouteTables
from .security_groups import SecurityGroups
from .tags import Tags
from .vpcs import Vpcs

# What moto answers as it is; other operations are refused, since moto would answer from a world without our objects.
FORWARDED = {
    "CreateVpc", "DeleteVpc", "ModifyVpcAttribute", "DescribeVpcAttribute", "AssociateVpcCidrBlock",
    "CreateSubnet", "DeleteSubnet", "ModifySubnetAttribute",
    "CreateSecurityGroup", "DeleteSecurityGroup", "DescribeSecurityGroupRules",
    "AuthorizeSecurityGroupIngress", "AuthorizeSecurityGroupEgress", "RevokeSecurityGroupIngress",
    "RevokeSecurityGroupEgress", "ModifySecurityGroupRules", "UpdateSecurityGroupRuleDescriptionsIngress",
    "UpdateSecurityGroupRuleDescriptionsEgress", "DescribeNetworkAcls", "DescribeDhcpOptions", "DescribeTags",
    "DescribeAccountAttributes", "DescribePrefixLists",
    "DescribeManagedPrefixLists", "GetManagedPrefixListEntries",
    "CreateInternetGateway", "AttachInternetGateway", "DetachInternetGateway", "DeleteInternetGateway",
    "DescribeInternetGateways", "DescribeInstances", "DescribeAddresses", "DescribeNatGateways",
    "DescribeEgressOnlyInternetGateways", "DescribeVpnGateways", "DescribeFlowLogs",
}
_IDS = {"vpc": "VpcId", "subnet": "SubnetId", "security-group": "GroupId"}


class Ec2(Vpcs, SecurityGroups, RouteTables, Interfaces, Endpoints, Peerings, Tags, Regions, Quotas, Base):
    name = "ec2"

    @before("*")
    def enter(self, call: Call) -> None:
        """EC2 API reference, "DryRun": a call that would succeed is answered with the error DryRunOperation."""
        if call.operation not in FORWARDED and call.operation not in self._own_operations:
            raise not_simulated(call.service, call.operation)
        self.store(call.account, call.region)
        if call.params.get("DryRun"):
            message = "Request would have succeeded, but DryRun flag is set."
            raise AwsError("DryRunOperation", message, 412)

    @done("*")
    def leave(self, call: Call) -> None:
        """What a call named may have changed."""
        if not call.operation.startswith(("Describe", "Get")):
            named = [key for value in call.params.values() for key in (value if isinstance(value, list) else [value])]
            self.held.changed((call.account, call.region), [key for key in named if isinstance(key, str)])
            if "GroupName" in call.params and call.operation != "CreateSecurityGroup":
                self.held.forget()  # a group of the default VPC, by its name

    @cached_property
    def _own_operations(self) -> set[str]:
        return {operation for operation, _ in self.hooks("instead")}

    def start(self) -> None:
        for region in self.seeded_regions():
            self.store(self.world.settings.account, region)
        self.seed_peer_vpc()

    def tags_at(self, account: str, region: str, arn: str) -> dict[str, str]:
        return dict(self.tags_of(account, region).get(arn.rpartition("/")[2], {}))

    def objects(self, account: str, region: str):
        """Live objects; a route counts as part of its table, a rule as part of its group."""
        tags = self.tags_of(account, region)

        def live(kind: str, key: str, state: str = "", name: str = "") -> LiveObject:
            own = dict(tags.get(key, {}))
            return LiveObject("ec2", kind, key, name or own.get("Name", ""), state, own, region, account)

        store = self.store(account, region)
        now = self.world.now()
        for kind, key in _IDS.items():
            for shown in self.held.of((account, region), kind).values():
                state = shown.get("State", "") if kind != "security-group" else _rules(shown)
                yield live(kind, shown[key], state, shown.get("GroupName", ""))
        for gateway in self.moto("ec2", "DescribeInternetGateways", account, region)["InternetGateways"]:
            attached = ", ".join(attachment["VpcId"] for attachment in gateway["Attachments"])
            yield live("internet-gateway", gateway["InternetGatewayId"], attached)
        for table in store.tables.values():
            yield live("route-table", table.id, state=table.digest())
        for interface in store.interfaces.values():
            yield live("network-interface", interface.id, interface.status, interface.description)
        for endpoint in store.endpoints.values():
            yield live("vpc-endpoint", endpoint.id, endpoint.state(now), endpoint.service_name)
        for peering in self.peerings.values():
            if peering.requester.place == (account, region) and peering.alive(now):
                yield live("vpc-peering-connection", peering.id, peering.code(now))


def _rules(group: dict) -> str:
    """How many rules a group has, so that a listing shows whether somebody changed it."""
    return f"{len(group.get('IpPermissions', []))} in, {len(group.get('IpPermissionsEgress', []))} out"
