"""VPCs and subnets: moto's, with the states of their beginning and the refusals of their end."""

from __future__ import annotations

import zlib

from ...errors import AwsError
from ...service import Call, after, before, instead
from .base import Base
from .describing import not_found

PEER_VPC = "vpc-0123456789abcdef0"
PEER_CIDR = "10.4.0.0/16"
PEER_CLIENT = "10.4.0.10"
UNBLOCKED = {"BlockPublicAccessStates": {"InternetGatewayBlockMode": "off"}}

VPC_FILTERS = {
    "vpc-id": "VpcId", "cidr": "CidrBlock", "state": "State", "is-default": "IsDefault", "owner-id": "OwnerId",
    "dhcp-options-id": "DhcpOptionsId", "cidr-block-association.cidr-block": "CidrBlockAssociationSet.CidrBlock",
    "cidr-block-association.association-id": "CidrBlockAssociationSet.AssociationId",
    "cidr-block-association.state": "CidrBlockAssociationSet.CidrBlockState.State",
}
SUBNET_FILTERS = {
    "subnet-id": "SubnetId", "vpc-id": "VpcId", "availability-zone": "AvailabilityZone", "owner-id": "OwnerId",
    "availability-zone-id": "AvailabilityZoneId", "state": "State", "cidr-block": "CidrBlock", "subnet-arn": "SubnetArn",
    "default-for-az": "DefaultForAz", "map-public-ip-on-launch": "MapPublicIpOnLaunch",
    "available-ip-address-count": "AvailableIpAddressCount",
    # older spellings that EC2 still takes
    "availabilityZone": "AvailabilityZone", "cidr": "CidrBlock", "cidrBlock": "CidrBlock", "defaultForAz": "DefaultForAz",
}


class Vpcs(Base):
    # ---- VPC

    @after("CreateVpc")
    def vpc_created(self, call: Call, result: dict) -> None:
        self.adopt_tables(call.account, call.region, result["Vpc"]["VpcId"])
        self._begin(call, result["Vpc"], "VpcId", "vpc")
        self.open_default_group(call.account, call.region, result["Vpc"]["VpcId"])
        result["Vpc"]["DhcpOptionsId"] = _dhcp_options(call)
        result["Vpc"]["Tags"] = self.tag_list(call.account, call.region, result["Vpc"]["VpcId"])

    @instead("DescribeVpcs")
    def describe_vpcs(self, call: Call) -> dict:
        about = {"DhcpOptionsId": _dhcp_options(call), **UNBLOCKED}
        held = self.held.of((call.account, call.region), "vpc")
        return self.selected(call, held, lambda vpc: {**vpc, **about, **self._beginning(call, vpc["VpcId"])}, "VpcIds",
                             VPC_FILTERS, "Vpcs")

    @before("DeleteVpc")
    def check_deleted_vpc(self, call: Call) -> None:
        """API reference, DeleteVpc: "You must detach or delete all gateways and resources that are associated with the
        VPC before you can delete it"; its main route table and default group go with it."""
        key = call.params["VpcId"]
        if self.vpc(call.account, call.region, key) is None:
            raise not_found(key)
        store, place = self.store(call.account, call.region), (call.account, call.region)
        groups = [group for group in self.security_groups(*place, key) if group["GroupName"] != "default"]
        endpoints = store.endpoints.in_vpc(key)
        tables = [table for table in self.tables_of_vpc(*place, key) if not table.main_association]
        gateways = self.moto(
            "ec2", "DescribeInternetGateways", *place, Filters=[{"Name": "attachment.vpc-id", "Values": [key]}]
        )["InternetGateways"]
        subnets, interfaces = self.subnets(*place, key), self.interfaces(*place, key)
        if any((groups, endpoints, tables, gateways, subnets, interfaces, self.live_peerings(key))):
            raise AwsError("DependencyViolation", f"The vpc '{key}' has dependencies and cannot be deleted.")

    @after("DeleteVpc")
    def vpc_deleted(self, call: Call, _: dict) -> None:
        for table in self.tables_of_vpc(call.account, call.region, call.params["VpcId"]):
            self.forget_table(call.account, call.region, table.id)

    @after("DescribeDhcpOptions")
    def show_dhcp_options(self, call: Call, result: dict) -> None:
        """Every Region has a default set ("DHCP option sets in Amazon VPC")."""
        domain = {"Key": "domain-name", "Values": [{"Value": f"{call.region}.compute.internal"}]}
        servers = {"Key": "domain-name-servers", "Values": [{"Value": "AmazonProvidedDNS"}]}
        if not call.params.get("DhcpOptionsIds") or _dhcp_options(call) in call.params["DhcpOptionsIds"]:
            result["DhcpOptions"].append({
                "DhcpOptionsId": _dhcp_options(call), "OwnerId": call.account, "Tags": [],
                "DhcpConfigurations": [domain, servers],
            })

    @after("AssociateVpcCidrBlock")
    def cidr_associated(self, call: Call, result: dict) -> None:
        if cidr := result.get("CidrBlockAssociation", {}).get("CidrBlock"):
            for table in self.tables_of_vpc(call.account, call.region, call.params["VpcId"]):
                table.local.append(cidr)

    # ---- subnet

    @instead("DescribeSubnets")
    def describe_subnets(self, call: Call) -> dict:
        held = self.held.of((call.account, call.region), "subnet")
        return self.selected(call, held, lambda subnet: self._show_subnet(call, subnet), "SubnetIds", SUBNET_FILTERS,
                             "Subnets")

    @before("CreateSubnet")
    def check_new_subnet(self, call: Call) -> None:
        p, place = call.params, (call.account, call.region)
        if self.vpc(*place, p["VpcId"]) is None:
            raise not_found(p["VpcId"])
        zones = self.zone_names(*place)
        zone = p.get("AvailabilityZone")
        if zone and zone not in zones:
            message = (f"Value ({zone}) for parameter availabilityZone is invalid. Subnets can currently only be created "
                       f"in the following availability zones: {', '.join(sorted(zones))}.")
            raise AwsError("InvalidParameterValue", message)

    @after("CreateSubnet")
    def subnet_created(self, call: Call, result: dict) -> None:
        subnet = result["Subnet"]
        self._begin(call, subnet, "SubnetId", "subnet")
        result["Subnet"] = self._show_subnet(call, subnet)

    @before("DeleteSubnet")
    def check_deleted_subnet(self, call: Call) -> None:
        """API reference, DeleteSubnet: refused while something runs in it, which is to say has an interface there."""
        key = call.params["SubnetId"]
        if self.interfaces(call.account, call.region, subnet_id=key):
            message = f"The subnet '{key}' has dependencies and cannot be deleted."
            raise AwsError("DependencyViolation", message)

    @after("DeleteSubnet")
    def subnet_deleted(self, call: Call, _: dict) -> None:
        self.forget_subnet(call.account, call.region, call.params["SubnetId"])

    def _show_subnet(self, call: Call, subnet: dict) -> dict:
        """moto counts its own interfaces; ours take addresses too."""
        used = len(self.interfaces(call.account, call.region, subnet_id=subnet["SubnetId"]))
        free = subnet.get("AvailableIpAddressCount", 0) - used
        return {"MapPublicIpOnLaunch": bool(subnet.get("DefaultForAz")), **subnet, **UNBLOCKED,
                "AvailableIpAddressCount": free, **self._beginning(call, subnet["SubnetId"])}

    # ---- states

    def _begin(self, call: Call, shown: dict, member: str, duration: str) -> None:
        ready = self.world.now() + self.world.duration(duration)
        self.store(call.account, call.region).ready_at[shown[member]] = ready
        self.held.changed((call.account, call.region), [shown[member]])
        shown["State"] = "pending"
        self.created(call, shown[member])

    def _beginning(self, call: Call, key: str) -> dict:
        ready_at = self.store(call.account, call.region).ready_at.get(key, 0.0)
        return {"State": "pending"} if ready_at > self.world.now() else {}

    # ---- the VPC that is there from the start

    def seed_peer_vpc(self) -> None:
        """A consumer's VPC with a subnet, its main route table and one more, and a host at 10.4.0.10."""
        place = self.world.settings.account, "ap-northeast-1"
        self.world.moto.create_vpc(*place, PEER_VPC, PEER_CIDR)
        self.held.forget()
        self.adopt_tables(*place)
        self.open_default_group(*place, PEER_VPC)
        tagged = [{"ResourceType": "subnet", "Tags": [{"Key": "Name", "Value": "consumer"}]}]
        subnet = self.moto(
            "ec2", "CreateSubnet", *place, VpcId=PEER_VPC, CidrBlock="10.4.0.0/24",
            AvailabilityZone="ap-northeast-1a", TagSpecifications=tagged,
        )["Subnet"]["SubnetId"]
        self.moto("ec2", "CreateTags", *place, Resources=[PEER_VPC], Tags=[{"Key": "Name", "Value": "consumer"}])
        self.moto("ec2", "ModifyVpcAttribute", *place, VpcId=PEER_VPC, EnableDnsHostnames={"Value": True})
        self.held.forget()
        call = Call("ec2", "CreateRouteTable", {"VpcId": PEER_VPC}, *place, "aws")
        self.create_route_table(call)
        self.create_interface(
            *place, subnet, [self.default_group(*place, PEER_VPC)], description="client host", private_ip=PEER_CLIENT
        )


def _dhcp_options(call: Call) -> str:
    return f"dopt-0{zlib.crc32(f'{call.account}/{call.region}'.encode()):016x}"
