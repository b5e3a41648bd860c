"""EC2's quotas on numbers of objects. Codes: EC2 API reference, "Client error codes"."""

from __future__ import annotations

from ...service import Call, before
from .base import Base


class Quotas(Base):
    @before("CreateVpc")
    def vpc_quota(self, call: Call) -> None:
        existing = len(self.held.of((call.account, call.region), "vpc"))
        self.world.quotas.require(
            "vpcs", existing, "VpcLimitExceeded", "The maximum number of VPCs has been reached."
        )

    @before("CreateSubnet")
    def subnet_quota(self, call: Call) -> None:
        existing = len(self.subnets(call.account, call.region, call.params["VpcId"]))
        self.world.quotas.require(
            "subnets-per-vpc", existing, "SubnetLimitExceeded", "The maximum number of subnets has been reached."
        )

    @before("CreateRouteTable")
    def route_table_quota(self, call: Call) -> None:
        existing = len(self.tables_of_vpc(call.account, call.region, call.params["VpcId"]))
        self.world.quotas.require(
            "route-tables-per-vpc", existing, "RouteTableLimitExceeded",
            "The maximum number of route tables has been reached.",
        )

    @before("CreateSecurityGroup")
    def security_group_quota(self, call: Call) -> None:
        existing = len(self.held.of((call.account, call.region), "security-group"))
        self.world.quotas.require(
            "security-groups", existing, "SecurityGroupLimitExceeded",
            "The maximum number of security groups has been reached.",
        )

    @before("CreateVpcEndpoint")
    def endpoint_quota(self, call: Call) -> None:
        gateway = (call.params.get("VpcEndpointType") or "Gateway") == "Gateway"
        alike = [
            endpoint for endpoint in self.store(call.account, call.region).endpoints.values()
            if (endpoint.kind == "Gateway") == gateway
            and (gateway or endpoint.vpc_id == call.params["VpcId"])
        ]
        self.world.quotas.require(
            "gateway-endpoints" if gateway else "interface-endpoints-per-vpc", len(alike), "VpcEndpointLimitExceeded",
            "The maximum number of VPC endpoints has been reached.",
        )

    @before("CreateVpcPeeringConnection")
    def peering_quota(self, call: Call) -> None:
        self.world.quotas.require(
            "peerings-per-vpc", len(self.live_peerings(call.params["VpcId"])),
            "ActiveVpcPeeringConnectionPerVpcLimitExceeded",
            "The maximum number of active VPC peering connections per VPC has been reached.",
        )
