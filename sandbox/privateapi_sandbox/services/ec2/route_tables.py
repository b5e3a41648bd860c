"""Route tables: routes, associations, the prefix-list routes of gateway endpoints."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field

from ...errors import AwsError
from ...service import Call, instead
from .base import Base
from .describing import not_found

FILTERS = {
    "route-table-id": "RouteTableId", "vpc-id": "VpcId", "owner-id": "OwnerId",
    "association.main": "Associations.Main", "association.subnet-id": "Associations.SubnetId",
    "association.route-table-id": "Associations.RouteTableId", "association.gateway-id": "Associations.GatewayId",
    "association.route-table-association-id": "Associations.RouteTableAssociationId",
    "route.destination-cidr-block": "Routes.DestinationCidrBlock", "route.gateway-id": "Routes.GatewayId",
    "route.destination-prefix-list-id": "Routes.DestinationPrefixListId", "route.state": "Routes.State",
    "route.origin": "Routes.Origin", "route.nat-gateway-id": "Routes.NatGatewayId",
    "route.vpc-peering-connection-id": "Routes.VpcPeeringConnectionId",
}
TARGETS = ("GatewayId", "NatGatewayId", "VpcPeeringConnectionId", "NetworkInterfaceId", "InstanceId",
           "TransitGatewayId", "EgressOnlyInternetGatewayId", "LocalGatewayId", "CarrierGatewayId")
DESTINATIONS = ("DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId")


@dataclass
class RouteTable:
    id: str
    vpc_id: str
    local: list[str]
    main_association: str = ""
    routes: dict[str, dict] = field(default_factory=dict)  # by destination: target, as DescribeRouteTables names it
    subnets: dict[str, str] = field(default_factory=dict)  # association id -> subnet id

    def digest(self) -> str:
        """Routes and subnets in one line, so that a listing shows whether somebody changed them."""
        routes = (f"{to} via {next(iter(route.values()))}" for to, route in sorted(self.routes.items()))
        return "; ".join([*routes, *sorted(self.subnets.values())])


class RouteTables(Base):
    def adopt_tables(self, account: str, region: str, vpc_id: str = "*") -> None:
        """The main tables that moto made with its VPCs become ours, under their ids."""
        tables, wish = self.store(account, region).tables, [{"Name": "vpc-id", "Values": [vpc_id]}]
        for shown in self.moto("ec2", "DescribeRouteTables", account, region, Filters=wish)["RouteTables"]:
            if shown["RouteTableId"] not in tables:
                local = [route["DestinationCidrBlock"] for route in shown["Routes"] if "DestinationCidrBlock" in route]
                main = f"rtbassoc-0{self._ids.getrandbits(64):016x}"
                tables[shown["RouteTableId"]] = RouteTable(shown["RouteTableId"], shown["VpcId"], local, main)

    # ---- for the other services

    def table_of_subnet(self, account: str, region: str, subnet_id: str) -> RouteTable:
        """The table that rules a subnet: the associated one, else the VPC's main one."""
        subnet = self.subnet(account, region, subnet_id)
        tables = self.tables_of_vpc(account, region, subnet["VpcId"])
        return next((t for t in tables if subnet_id in t.subnets.values()), next(t for t in tables if t.main_association))

    def tables_of_vpc(self, account: str, region: str, vpc_id: str) -> list[RouteTable]:
        return self.store(account, region).tables.in_vpc(vpc_id)

    def joined(self, account: str, region: str, association: str) -> list[str]:
        """The route table and the subnet of an association; nothing where there is no such association."""
        tables = self.store(account, region).tables.values()
        return [key for table in tables if association in table.subnets for key in (table.id, table.subnets[association])]

    def next_hop(self, account: str, region: str, table: RouteTable, ip: str) -> str | None:
        """Where a packet goes: "local", a target's id, or None; the longest prefix wins, a black hole is None."""
        address = ipaddress.ip_address(ip)
        routes = {cidr: {"GatewayId": "local"} for cidr in table.local}
        routes.update({to: route for to, route in table.routes.items() if "/" in to})
        fitting = [to for to in routes if address in ipaddress.ip_network(to)]
        if not fitting:
            return None
        best = routes[max(fitting, key=lambda to: ipaddress.ip_network(to).prefixlen)]
        return None if self._state(best) == "blackhole" else next(iter(best.values()))

    # ---- tables

    @instead("CreateRouteTable")
    def create_route_table(self, call: Call) -> dict:
        store = self.store(call.account, call.region)
        if not (key := self.replayed(call)):
            vpc = self.vpc(call.account, call.region, call.params["VpcId"])
            if vpc is None:
                raise not_found(call.params["VpcId"])
            key = self.new_id("rtb")
            local = [a["CidrBlock"] for a in vpc.get("CidrBlockAssociationSet", [])] or [vpc["CidrBlock"]]
            store.tables[key] = RouteTable(key, vpc["VpcId"], local)
            self.tag_on_create(call, "route-table", key)
            self.created(call, key)
        if key not in store.tables:
            raise not_found(key)
        token = {"ClientToken": call.params["ClientToken"]} if call.params.get("ClientToken") else {}
        return {"RouteTable": self._show_table(call, store.tables[key]), **token}

    @instead("DescribeRouteTables")
    def describe_route_tables(self, call: Call) -> dict:
        held = self.store(call.account, call.region).tables
        return self.selected(call, held, lambda t: self._show_table(call, t), "RouteTableIds", FILTERS, "RouteTables")

    @instead("DeleteRouteTable")
    def delete_route_table(self, call: Call) -> dict:
        table = self._table(call)
        if table.main_association or table.subnets:
            message = f"The routeTable '{table.id}' has dependencies and cannot be deleted."
            raise AwsError("DependencyViolation", message)
        self.forget_table(call.account, call.region, table.id)
        return {}

    def forget_table(self, account: str, region: str, table_id: str) -> None:
        store = self.store(account, region)
        vpc_id = store.tables[table_id].vpc_id
        del store.tables[table_id]
        self.tags_of(account, region).pop(table_id, None)
        for endpoint in store.endpoints.in_vpc(vpc_id):
            if table_id in endpoint.tables:
                endpoint.tables.remove(table_id)

    # ---- associations

    @instead("AssociateRouteTable")
    def associate_route_table(self, call: Call) -> dict:
        table, subnet_id = self._table(call), call.params.get("SubnetId", "")
        subnet = self.subnet(call.account, call.region, subnet_id)
        if subnet is None:
            raise not_found(subnet_id)
        if subnet["VpcId"] != table.vpc_id:
            message = f"Route table {table.id} and network {subnet_id} belong to different networks"
            raise AwsError("InvalidParameterValue", message)
        for other in self.tables_of_vpc(call.account, call.region, table.vpc_id):
            if subnet_id in other.subnets.values():
                message = f"the specified association for route table {table.id} conflicts with an existing association"
                raise AwsError("Resource.AlreadyAssociated", message)
        key = self.new_id("rtbassoc")
        table.subnets[key] = subnet_id
        return {"AssociationId": key, "AssociationState": {"State": "associated"}}

    @instead("DisassociateRouteTable")
    def disassociate_route_table(self, call: Call) -> dict:
        table, key = self._association(call)
        if key == table.main_association:
            message = f"cannot disassociate the main route table association {key}"
            raise AwsError("InvalidParameterValue", message)
        del table.subnets[key]
        return {}

    @instead("ReplaceRouteTableAssociation")
    def replace_route_table_association(self, call: Call) -> dict:
        old, key = self._association(call)
        table, new = self._table(call), self.new_id("rtbassoc")
        if key == old.main_association:
            old.main_association, table.main_association = "", new
        else:
            table.subnets[new] = old.subnets.pop(key)
        return {"NewAssociationId": new, "AssociationState": {"State": "associated"}}

    def forget_subnet(self, account: str, region: str, subnet_id: str) -> None:
        for table in self.store(account, region).tables.values():
            table.subnets = {key: other for key, other in table.subnets.items() if other != subnet_id}

    def _association(self, call: Call) -> tuple[RouteTable, str]:
        key = call.params["AssociationId"]
        for table in self.store(call.account, call.region).tables.values():
            if key in table.subnets or key == table.main_association:
                return table, key
        raise AwsError("InvalidAssociationID.NotFound", f"The association ID '{key}' does not exist")

    # ---- routes

    @instead("CreateRoute")
    def create_route(self, call: Call) -> dict:
        table, to, target = self._table(call), _destination(call), self._target(call)
        if to in table.routes and table.routes[to] == target:
            return {"Return": True}
        if to in table.routes or to in table.local:
            raise AwsError("RouteAlreadyExists", f"The route identified by {to} already exists.")
        if "/" in to and any(_within(to, cidr) for cidr in table.local):
            message = f"The destination CIDR block {to} is equal to or more specific than one of this VPC's CIDR blocks. "
            raise AwsError("InvalidParameterValue", message + "This route can target only an interface or an instance.")
        table.routes[to] = target
        return {"Return": True}

    @instead("ReplaceRoute")
    def replace_route(self, call: Call) -> dict:
        table, to = self._table(call), _destination(call)
        if to not in table.routes:
            message = f"There is no route defined for '{to}' in the route table. Use CreateRoute instead."
            raise AwsError("InvalidParameterValue", message)
        table.routes[to] = self._target(call)
        return {}

    @instead("DeleteRoute")
    def delete_route(self, call: Call) -> dict:
        table, to = self._table(call), _destination(call)
        if to in table.local:
            raise AwsError("InvalidParameterValue", f"cannot remove local route {to} in route table {table.id}")
        if table.routes.pop(to, None) is None:
            message = f"no route with destination-cidr-block {to} in route table {table.id}"
            raise AwsError("InvalidRoute.NotFound", message)
        return {}

    def _target(self, call: Call) -> dict:
        given = {name: call.params[name] for name in TARGETS if call.params.get(name)}
        if len(given) != 1:
            raise AwsError("MissingParameter", "The request must contain exactly one target of the route")
        if peering_id := given.get("VpcPeeringConnectionId"):
            peering = self.peerings.get(peering_id)
            if peering is None or peering.code(self.world.now()) not in ("active", "provisioning", "pending-acceptance"):
                raise not_found(peering_id)
            if self._table(call).vpc_id not in (peering.requester.vpc_id, peering.accepter.vpc_id):
                message = f"route table {call.params['RouteTableId']} and network {peering_id} belong to different networks"
                raise AwsError("InvalidParameterValue", message)
        return given

    def _table(self, call: Call) -> RouteTable:
        table = self.store(call.account, call.region).tables.get(call.params["RouteTableId"])
        if table is None:
            raise not_found(call.params["RouteTableId"])
        return table

    def _state(self, target: dict) -> str:
        """A route whose target is gone stays, as a black hole ("Delete a VPC peering connection", VPC Peering Guide)."""
        peering_id = target.get("VpcPeeringConnectionId")
        if peering_id is None:
            return "active"
        peering = self.peerings.get(peering_id)
        return "active" if peering and peering.code(self.world.now()) == "active" else "blackhole"

    def _show_table(self, call: Call, table: RouteTable) -> dict:
        routes = [{"DestinationCidrBlock": cidr, "GatewayId": "local", "Origin": "CreateRouteTable", "State": "active"}
                  for cidr in table.local]
        for to, target in table.routes.items():
            member = "DestinationPrefixListId" if to.startswith("pl-") else (
                "DestinationIpv6CidrBlock" if ":" in to else "DestinationCidrBlock")
            routes.append({member: to, **target, "Origin": "CreateRoute", "State": self._state(target)})
        for endpoint in self.store(call.account, call.region).endpoints.in_vpc(table.vpc_id):
            if table.id in endpoint.tables:
                routes.append({"DestinationPrefixListId": endpoint.prefix_list, "GatewayId": endpoint.id,
                               "Origin": "CreateRoute", "State": "active"})
        bound = [(key, {"SubnetId": subnet_id}, False) for key, subnet_id in table.subnets.items()]
        if table.main_association:
            bound.insert(0, (table.main_association, {}, True))
        associations = [
            {"RouteTableAssociationId": key, "RouteTableId": table.id, "Main": main, **what,
             "AssociationState": {"State": "associated"}} for key, what, main in bound
        ]
        return {
            "RouteTableId": table.id, "VpcId": table.vpc_id, "OwnerId": call.account, "PropagatingVgws": [],
            "Routes": routes, "Associations": associations, "Tags": self.tag_list(call.account, call.region, table.id),
        }


def _destination(call: Call) -> str:
    given = [call.params[name] for name in DESTINATIONS if call.params.get(name)]
    if len(given) != 1:
        raise AwsError("MissingParameter", "The request must contain exactly one destination of the route")
    to = given[0]
    if "/" in to:
        try:
            return str(ipaddress.ip_network(to, strict=False))
        except ValueError:
            message = f"Value ({to}) for parameter destinationCidrBlock is invalid. This is not a valid CIDR block."
            raise AwsError("InvalidParameterValue", message) from None
    return to


def _within(inner: str, outer: str) -> bool:
    small, large = ipaddress.ip_network(inner), ipaddress.ip_network(outer)
    return small.version == large.version and small.subnet_of(large)
