"""Network interfaces: the thing that ties endpoints, load balancers, tasks and Resolver to subnets and groups."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from ...errors import AwsError, not_simulated
from ...service import Call, instead
from .base import Base
from .describing import not_found

RESERVED = 4  # "Subnet sizing" (VPC User Guide): the first four addresses and the last of each subnet are AWS's

FILTERS = {
    "network-interface-id": "NetworkInterfaceId", "vpc-id": "VpcId", "subnet-id": "SubnetId", "status": "Status",
    "group-id": "Groups.GroupId", "group-name": "Groups.GroupName", "description": "Description",
    "requester-id": "RequesterId", "requester-managed": "RequesterManaged", "interface-type": "InterfaceType",
    "availability-zone": "AvailabilityZone", "owner-id": "OwnerId", "private-ip-address": "PrivateIpAddress",
    "addresses.private-ip-address": "PrivateIpAddresses.PrivateIpAddress", "mac-address": "MacAddress",
    "attachment.attachment-id": "Attachment.AttachmentId", "attachment.instance-id": "Attachment.InstanceId",
    "attachment.instance-owner-id": "Attachment.InstanceOwnerId", "attachment.status": "Attachment.Status",
    "source-dest-check": "SourceDestCheck", "private-dns-name": "PrivateDnsName",
}


@dataclass
class Interface:
    id: str
    account: str
    region: str
    vpc_id: str
    subnet_id: str
    zone: str
    zone_id: str
    private_ip: str
    groups: list[str]
    description: str
    type: str
    requester: str  # the AWS service it belongs to; "" for a user's own
    created: float
    mac: str

    @property
    def status(self) -> str:
        return "in-use" if self.requester else "available"


class Interfaces(Base):
    # ---- for the other services

    def interface(self, interface_id: str) -> Interface | None:
        for store in self._stores.values():
            if found := store.interfaces.get(interface_id):
                return found
        return None

    def interfaces(self, account: str, region: str, vpc_id: str = "", subnet_id: str = "") -> list[Interface]:
        interfaces = self.store(account, region).interfaces
        if subnet_id:
            subnet = self.subnet(account, region, subnet_id)
            return [one for one in interfaces.in_vpc(subnet["VpcId"]) if one.subnet_id == subnet_id] if subnet else []
        return interfaces.in_vpc(vpc_id) if vpc_id else list(interfaces.values())

    def create_interface(
        self, account: str, region: str, subnet_id: str, groups: list[str], *, description: str,
        interface_type: str = "interface", requester: str = "", private_ip: str | None = None,
    ) -> Interface:
        """An interface in a subnet; without groups it has none. Raises AwsError (no such subnet or group, no address)."""
        subnet = self.subnet(account, region, subnet_id)
        if subnet is None:
            raise not_found(subnet_id)
        for group_id in groups:
            group = self.security_group(account, region, group_id)
            if group is None or group["VpcId"] != subnet["VpcId"]:
                raise not_found(group_id)
        self.world.quotas.require(
            "network-interfaces", len(self.store(account, region).interfaces), "NetworkInterfaceLimitExceeded",
            "The maximum number of network interfaces has been reached.",
        )
        mac = "06:" + ":".join(f"{self._ids.getrandbits(8):02x}" for _ in range(5))
        interface = Interface(
            self.new_id("eni"), account, region, subnet["VpcId"], subnet_id, subnet["AvailabilityZone"],
            subnet["AvailabilityZoneId"], self._address(account, region, subnet, private_ip), list(groups),
            description, interface_type, requester, self.world.now(), mac,
        )
        self.store(account, region).interfaces[interface.id] = interface
        self._made.append(interface.id)
        return interface

    @contextmanager
    def together(self) -> Iterator[None]:
        """Interfaces that something needs all of: when one cannot be had, those before it go again."""
        self._made.clear()
        try:
            yield
        except AwsError:
            for interface_id in self._made:
                self.release_interface(interface_id)
            raise

    def release_interface(self, interface_id: str, delay: float = 0.0) -> None:
        """The interface vanishes, now or after ``delay`` AWS seconds in which it still holds its subnet and groups."""
        if delay > 0:
            self.world.after(delay, self.release_interface, interface_id)
            return
        for place, store in self._stores.items():
            if interface_id in store.interfaces:
                del store.interfaces[interface_id]
                self.tags_of(*place).pop(interface_id, None)

    def set_interface_groups(self, interface_id: str, groups: list[str]) -> None:
        if interface := self.interface(interface_id):
            interface.groups = list(groups)

    def _address(self, account: str, region: str, subnet: dict, wanted: str | None) -> str:
        network = ipaddress.ip_network(subnet["CidrBlock"])
        used = {interface.private_ip for interface in self.interfaces(account, region, subnet_id=subnet["SubnetId"])}
        if wanted:
            if wanted in used:
                raise AwsError("InvalidIPAddress.InUse", f"The specified address is already in use: {wanted}")
            address = ipaddress.ip_address(wanted)
            if address not in network:
                raise AwsError("InvalidParameterValue", "Address does not fall within the subnet's address range")
            if address in (*(network[n] for n in range(RESERVED)), network[-1]):
                raise AwsError("InvalidParameterValue", "Address is in subnet's reserved address range")
            return wanted
        free = network.num_addresses - RESERVED - 1
        start = self._ids.randrange(free)
        for step in range(free):
            address = str(network[RESERVED + (start + step) % free])
            if address not in used:
                return address
        message = "The specified subnet does not have enough free addresses to satisfy the request."
        raise AwsError("InsufficientFreeAddressesInSubnet", message)

    # ---- EC2's own operations

    @instead("CreateNetworkInterface")
    def create_network_interface(self, call: Call) -> dict:
        if key := self.replayed(call):
            return {"NetworkInterface": self.show_interface(self.interface(key)), "ClientToken": call.params["ClientToken"]}
        p = call.params
        subnet = self.subnet(call.account, call.region, p["SubnetId"])
        if subnet is None:
            raise not_found(p["SubnetId"])
        groups = p.get("Groups") or [self.default_group(call.account, call.region, subnet["VpcId"])]
        interface = self.create_interface(
            call.account, call.region, p["SubnetId"], groups, description=p.get("Description") or "",
            private_ip=_primary_address(call),
        )
        self.tag_on_create(call, "network-interface", interface.id)
        self.created(call, interface.id)
        return {"NetworkInterface": self.show_interface(interface)}

    @instead("DescribeNetworkInterfaces")
    def describe_network_interfaces(self, call: Call) -> dict:
        held = self.store(call.account, call.region).interfaces
        return self.selected(call, held, self.show_interface, "NetworkInterfaceIds", FILTERS, "NetworkInterfaces")

    @instead("DeleteNetworkInterface")
    def delete_network_interface(self, call: Call) -> dict:
        interface = self._own(call)
        if interface.requester:
            message = f"Network interface '{interface.id}' is currently in use."
            if interface.type == "interface":
                message = f"You do not have permission to access the specified resource: {interface.id}."
                raise AwsError("AuthFailure", message, 403)
            raise AwsError("InvalidNetworkInterface.InUse", message)
        self.release_interface(interface.id)
        return {}

    @instead("ModifyNetworkInterfaceAttribute")
    def modify_network_interface_attribute(self, call: Call) -> dict:
        interface = self._own(call)
        if interface.requester:
            raise AwsError("AuthFailure", f"You do not have permission to access the specified resource: {interface.id}.", 403)
        if groups := call.params.get("Groups"):
            interface.groups = list(groups)
        if "Description" in call.params:
            interface.description = call.params["Description"].get("Value", "")
        return {}

    def _own(self, call: Call) -> Interface:
        interface = self.store(call.account, call.region).interfaces.get(call.params["NetworkInterfaceId"])
        if interface is None:
            raise not_found(call.params["NetworkInterfaceId"])
        return interface

    def show_interface(self, interface: Interface) -> dict:
        """As DescribeNetworkInterfaces shows it (API model, NetworkInterface)."""
        place = interface.account, interface.region
        name = f"ip-{interface.private_ip.replace('.', '-')}.{interface.region}.compute.internal"
        groups = [{"GroupId": key, "GroupName": (self.security_group(*place, key) or {}).get("GroupName", "")}
                  for key in interface.groups]
        shown = {
            "NetworkInterfaceId": interface.id, "VpcId": interface.vpc_id, "SubnetId": interface.subnet_id,
            "AvailabilityZone": interface.zone, "AvailabilityZoneId": interface.zone_id,
            "Description": interface.description, "InterfaceType": interface.type, "Status": interface.status,
            "OwnerId": interface.account, "MacAddress": interface.mac, "Groups": groups, "Ipv6Addresses": [],
            "PrivateIpAddress": interface.private_ip, "PrivateDnsName": name,
            "PrivateIpAddresses": [
                {"Primary": True, "PrivateIpAddress": interface.private_ip, "PrivateDnsName": name}
            ],
            "RequesterManaged": bool(interface.requester), "SourceDestCheck": not interface.requester,
            "Operator": {"Managed": False}, "TagSet": self.tag_list(*place, interface.id),
        }
        if interface.requester:
            shown["RequesterId"] = interface.requester
            shown["Attachment"] = {
                "AttachmentId": f"eni-attach-{interface.id[4:]}", "DeleteOnTermination": False, "DeviceIndex": 1,
                "InstanceOwnerId": "amazon-aws", "Status": "attached", "NetworkCardIndex": 0,
                "AttachTime": self.world.datetime(interface.created),
            }
        return shown


def _primary_address(call: Call) -> str | None:
    """Given by itself, or as the primary one of a list (API reference, CreateNetworkInterface)."""
    single, listed = call.params.get("PrivateIpAddress"), call.params.get("PrivateIpAddresses") or []
    primary = [one["PrivateIpAddress"] for one in listed if one.get("Primary")]
    if len(primary) < len(listed):
        raise not_simulated(call.service, f"{call.operation} with secondary addresses")
    if len(primary) + bool(single) > 1:
        raise AwsError("InvalidParameterCombination", "Only one IP address can be designated as primary.")
    return single or next(iter(primary), None)
