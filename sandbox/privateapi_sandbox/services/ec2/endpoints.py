"""VPC endpoints: gateway ones that are routes, interface ones that are network interfaces and names."""

from __future__ import annotations

import json

from ...errors import AwsError
from ...service import Call, instead
from .describing import not_found
from .endpoint import PRIVATE_ZONE, PUBLIC_ZONE, Endpoint, private_names
from .regions import Regions

FILTERS = {
    "vpc-endpoint-id": "VpcEndpointId", "vpc-id": "VpcId", "service-name": "ServiceName",
    "vpc-endpoint-state": "State", "vpc-endpoint-type": "VpcEndpointType", "ip-address-type": "IpAddressType",
    "service-region": "ServiceRegion",
}


class Endpoints(Regions):
    # ---- for the other services

    def endpoint(self, account: str, region: str, endpoint_id: str) -> Endpoint | None:
        return self.store(account, region).endpoints.get(endpoint_id)

    def endpoints_of(self, account: str, region: str, vpc_id: str) -> list[Endpoint]:
        """The endpoints of a VPC that work: state available."""
        now = self.world.now()
        return [e for e in self.store(account, region).endpoints.in_vpc(vpc_id) if e.state(now) == "available"]

    def find_endpoint(self, endpoint_id: str) -> Endpoint | None:
        """Wherever it is."""
        return next((s.endpoints[endpoint_id] for s in self._stores.values() if endpoint_id in s.endpoints), None)

    def endpoint_named(self, name: str) -> Endpoint | None:
        """Wherever it is, by one of its public names."""
        found = (e for store in self._stores.values() for e in store.endpoints.values())
        return next((e for e in found if e.kind == "Interface" and name in e.public_names), None)

    # ---- create

    @instead("CreateVpcEndpoint")
    def create_vpc_endpoint(self, call: Call) -> dict:
        store, p = self.store(call.account, call.region), call.params
        token = {"ClientToken": p["ClientToken"]} if p.get("ClientToken") else {}
        if key := self.replayed(call):
            if key not in store.endpoints:
                raise not_found(key)
            return {"VpcEndpoint": self._show_endpoint(store.endpoints[key]), **token}
        kind = p.get("VpcEndpointType") or "Gateway"
        if self.vpc(call.account, call.region, p["VpcId"]) is None:
            raise AwsError("InvalidVpcId.NotFound", f"The Vpc Id {p['VpcId']} does not exist")
        self._check_service(call, kind)
        duration = "gateway-endpoint" if kind == "Gateway" else "interface-endpoint"
        now = self.world.now()
        endpoint = Endpoint(
            self.new_id("vpce"), call.account, call.region, p["VpcId"], p["ServiceName"], kind,
            _policy(p.get("PolicyDocument"), kind), now, now + self.world.duration(duration),
        )
        if kind == "Gateway":
            endpoint.prefix_list = self._prefix_list(call, endpoint.service_name)
            self._add_tables(endpoint, p.get("RouteTableIds") or [])
        else:
            self._build_interface(call, endpoint)
        self.tag_on_create(call, "vpc-endpoint", endpoint.id)
        store.endpoints[endpoint.id] = endpoint
        self.created(call, endpoint.id)
        return {"VpcEndpoint": self._show_endpoint(endpoint), **token}

    def _build_interface(self, call: Call, endpoint: Endpoint) -> None:
        p = call.params
        endpoint.suffix = f"{self._ids.getrandbits(40):08x}"[:8]
        wants_dns = p.get("PrivateDnsEnabled")
        endpoint.private_dns = True if wants_dns is None else wants_dns
        if endpoint.private_dns:
            self._check_private_dns(endpoint)
        endpoint.groups = list(p.get("SecurityGroupIds") or [
            self.default_group(call.account, call.region, endpoint.vpc_id)])
        self._check_groups(endpoint, endpoint.groups)
        self._add_subnets(endpoint, p.get("SubnetIds") or [])

    def _check_service(self, call: Call, kind: str) -> None:
        name = call.params["ServiceName"]
        offered = sorted(self.service_types(call, name))
        if not offered:
            raise AwsError("InvalidServiceName", f"The Vpc Endpoint Service '{name}' does not exist")
        if kind not in offered:
            message = f"Endpoint type ({kind}) does not match available service types ([{', '.join(offered)}])."
            raise AwsError("InvalidParameter", message)

    def _check_private_dns(self, endpoint: Endpoint) -> None:
        """Sources: "Manage DNS names for VPC endpoint services"; messages as seen in public logs."""
        place = endpoint.account, endpoint.region
        for attribute in ("enableDnsSupport", "enableDnsHostnames"):
            shown = self.moto("ec2", "DescribeVpcAttribute", *place, VpcId=endpoint.vpc_id, Attribute=attribute)
            if not shown[attribute[0].upper() + attribute[1:]]["Value"]:
                message = ("Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes "
                           f"set to true for {endpoint.vpc_id}")
                raise AwsError("InvalidParameter", message)
        taken = {name for other in self.store(*place).endpoints.in_vpc(endpoint.vpc_id)
                 if other.id != endpoint.id and not other.deleting for name in other.private_names}
        for name in private_names(endpoint.service, endpoint.region):
            if name in taken:
                message = ("private-dns-enabled cannot be set because there is already a conflicting DNS domain for "
                           f"{name} in the VPC {endpoint.vpc_id}")
                raise AwsError("InvalidParameter", message)

    def _check_groups(self, endpoint: Endpoint, groups: list[str]) -> None:
        for key in groups:
            group = self.security_group(endpoint.account, endpoint.region, key)
            if group is None:
                raise AwsError("InvalidSecurityGroupID.NotFound", f"The security group ID '{key}' does not exist")
            if group["VpcId"] != endpoint.vpc_id:
                message = f"Security group {key} and VPC {endpoint.vpc_id} belong to different networks"
                raise AwsError("InvalidParameter", message)

    def _add_subnets(self, endpoint: Endpoint, subnet_ids: list[str]) -> None:
        place = endpoint.account, endpoint.region
        subnets = [self.subnet(*place, key) for key in subnet_ids]
        zones = list(endpoint.zones)
        for key, subnet in zip(subnet_ids, subnets):
            if subnet is None:
                raise AwsError("InvalidSubnetId.NotFound", f"The subnet ID '{key}' does not exist")
            if subnet["VpcId"] != endpoint.vpc_id:
                message = f"The subnet {key} does not belong to the VPC {endpoint.vpc_id}"
                raise AwsError("InvalidParameter", message)
            if subnet["AvailabilityZone"] in zones and key not in endpoint.interfaces:
                message = f"Found another VPC endpoint subnet in the availability zone of {key}"
                raise AwsError("DuplicateSubnetsInSameZone", message)
            zones.append(subnet["AvailabilityZone"])
        new = [key for key in subnet_ids if key not in endpoint.interfaces]
        with self.together():
            made = [self.create_interface(
                *place, key, endpoint.groups, description=f"VPC Endpoint Interface {endpoint.id}",
                interface_type="vpc_endpoint", requester="amazon-vpc-endpoints") for key in new]
        endpoint.interfaces |= {interface.subnet_id: interface.id for interface in made}
        endpoint.zones += [interface.zone for interface in made]

    def _add_tables(self, endpoint: Endpoint, table_ids: list[str]) -> None:
        store = self.store(endpoint.account, endpoint.region)
        for key in table_ids:
            if key not in store.tables or store.tables[key].vpc_id != endpoint.vpc_id:
                raise AwsError("InvalidRouteTableId.NotFound", f"The route table ID '{key}' does not exist")
            if any(key in other.tables and other.prefix_list == endpoint.prefix_list
                   for other in store.endpoints.in_vpc(endpoint.vpc_id) if other.id != endpoint.id):
                message = f"route table {key} already has a route with destination-prefix-list-id {endpoint.prefix_list}"
                raise AwsError("RouteAlreadyExists", message)
        endpoint.tables += [key for key in table_ids if key not in endpoint.tables]

    def _prefix_list(self, call: Call, service_name: str) -> str:
        key = (call.region, service_name)
        if key not in self._prefix_lists:
            found = self.moto("ec2", "DescribeManagedPrefixLists", call.account, call.region)["PrefixLists"]
            self._prefix_lists[key] = next(pl["PrefixListId"] for pl in found if pl["PrefixListName"] == service_name)
        return self._prefix_lists[key]

    # ---- describe, modify, delete

    @instead("DescribeVpcEndpoints")
    def describe_vpc_endpoints(self, call: Call) -> dict:
        held = self.store(call.account, call.region).endpoints
        return self.selected(call, held, self._show_endpoint, "VpcEndpointIds", FILTERS, "VpcEndpoints")

    @instead("ModifyVpcEndpoint")
    def modify_vpc_endpoint(self, call: Call) -> dict:
        p, endpoint = call.params, self.endpoint(call.account, call.region, call.params["VpcEndpointId"])
        if endpoint is None:
            raise not_found(p["VpcEndpointId"])
        if endpoint.deleting:
            raise AwsError("IncorrectState", f"The Vpc Endpoint {endpoint.id} is being deleted")
        if p.get("PolicyDocument") or p.get("ResetPolicy"):
            endpoint.policy = _policy(None if p.get("ResetPolicy") else p["PolicyDocument"], endpoint.kind)
        self._add_tables(endpoint, p.get("AddRouteTableIds") or [])
        endpoint.tables = [key for key in endpoint.tables if key not in (p.get("RemoveRouteTableIds") or [])]
        self._modify_groups(endpoint, p.get("AddSecurityGroupIds") or [], p.get("RemoveSecurityGroupIds") or [])
        for key in p.get("RemoveSubnetIds") or []:
            if interface := endpoint.interfaces.pop(key, None):
                endpoint.zones.remove(self.interface(interface).zone)
                self.release_interface(interface)
        self._add_subnets(endpoint, p.get("AddSubnetIds") or [])
        if p.get("PrivateDnsEnabled") is not None and p["PrivateDnsEnabled"] != endpoint.private_dns:
            if p["PrivateDnsEnabled"]:
                self._check_private_dns(endpoint)
            endpoint.private_dns = p["PrivateDnsEnabled"]
        return {"Return": True}

    def _modify_groups(self, endpoint: Endpoint, added: list[str], removed: list[str]) -> None:
        if not added and not removed:
            return
        self._check_groups(endpoint, added)
        groups = [key for key in endpoint.groups if key not in removed]
        groups += [key for key in added if key not in groups]
        if not groups:
            raise AwsError("InvalidParameter", "At least one security group must remain")
        endpoint.groups = groups
        for interface in endpoint.interfaces.values():
            self.set_interface_groups(interface, groups)

    @instead("DeleteVpcEndpoints")
    def delete_vpc_endpoints(self, call: Call) -> dict:
        """Deletes what it can; the rest is told in the answer, not as an error (API reference, DeleteVpcEndpoints)."""
        unsuccessful = []
        for key in call.params.get("VpcEndpointIds") or []:
            endpoint = self.endpoint(call.account, call.region, key)
            if endpoint is None or not self.listed(key):
                error = {"Code": "InvalidVpcEndpoint.NotFound", "Message": f"The VpcEndpoint Id '{key}' does not exist"}
                unsuccessful.append({"ResourceId": key, "Error": error})
            elif not endpoint.deleting:
                self._begin_delete(endpoint)
        return {"Unsuccessful": unsuccessful}

    def _begin_delete(self, endpoint: Endpoint) -> None:
        gateway = endpoint.kind == "Gateway"
        delay = self.world.duration("gateway-endpoint" if gateway else "interface-endpoint-delete")
        endpoint.deleting = True
        endpoint.tables.clear()
        self.world.after(delay, self._vanish, endpoint)

    def _vanish(self, endpoint: Endpoint) -> None:
        for interface in endpoint.interfaces.values():
            self.release_interface(interface)
        self.tags_of(endpoint.account, endpoint.region).pop(endpoint.id, None)
        del self.store(endpoint.account, endpoint.region).endpoints[endpoint.id]

    def _show_endpoint(self, endpoint: Endpoint) -> dict:
        """As DescribeVpcEndpoints shows it (API model, VpcEndpoint)."""
        place = endpoint.account, endpoint.region
        interface = endpoint.kind == "Interface"
        names = [{"DnsName": name, "HostedZoneId": PUBLIC_ZONE} for name in endpoint.public_names] if interface else []
        names += [{"DnsName": name, "HostedZoneId": PRIVATE_ZONE} for name in endpoint.private_names]
        return {
            "VpcEndpointId": endpoint.id, "VpcEndpointType": endpoint.kind, "VpcId": endpoint.vpc_id,
            "ServiceName": endpoint.service_name, "State": endpoint.state(self.world.now()),
            "PolicyDocument": endpoint.policy, "RouteTableIds": list(endpoint.tables),
            "SubnetIds": list(endpoint.interfaces), "NetworkInterfaceIds": list(endpoint.interfaces.values()),
            "Groups": [{"GroupId": key, "GroupName": (self.security_group(*place, key) or {}).get("GroupName", "")}
                       for key in endpoint.groups],
            "IpAddressType": "ipv4", "PrivateDnsEnabled": endpoint.private_dns, "RequesterManaged": False,
            "DnsOptions": {"DnsRecordIpType": "ipv4" if interface else "service-defined"}, "DnsEntries": names,
            "CreationTimestamp": self.world.datetime(endpoint.created), "OwnerId": endpoint.account,
            "ServiceRegion": endpoint.region, "Tags": self.tag_list(*place, endpoint.id),
        }


def _policy(document: str | None, kind: str) -> str:
    """Without a policy, full access, worded as EC2 words it for each type."""
    if document:
        try:
            json.loads(document)
        except ValueError:
            raise AwsError("InvalidParameter", "Policy document is not valid JSON") from None
        return document
    statement = {"Action": "*", "Effect": "Allow", "Principal": "*", "Resource": "*"}
    if kind == "Gateway":
        return json.dumps({"Version": "2008-10-17", "Statement": [statement]}, separators=(",", ":"))
    return json.dumps({"Statement": [statement]}, indent="\t")

