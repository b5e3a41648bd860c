"""Resolver endpoints: addresses in a VPC's subnets through which DNS queries come in or go out."""

from dataclasses import dataclass, field

from ...errors import AwsError
from ...service import instead

# "The minimum number of IP addresses is 2 per endpoint", at most 6.
# https://docs.aws.amazon.com/Route53/latest/APIReference/API_route53resolver_CreateResolverEndpoint.html
MIN_ADDRESSES, MAX_ADDRESSES = 2, 6
FILTERS = {
    "CreatorRequestId": "CreatorRequestId",
    "Direction": "Direction",
    "HostVPCId": "HostVPCId",
    "IpAddressCount": "IpAddressCount",
    "Name": "Name",
    "SecurityGroupIds": "SecurityGroupIds",
    "Status": "Status",
}


@dataclass
class Address:
    id: str
    subnet_id: str
    ip: str
    interface_id: str
    created: str
    attached_at: float
    detached_at: float | None = None

    def status(self, now: float) -> str:
        if self.detached_at is not None:
            return "DETACHING"
        return "ATTACHED" if now >= self.attached_at else "CREATING"

    def shown(self, now: float) -> dict:
        return {
            "IpId": self.id,
            "SubnetId": self.subnet_id,
            "Ip": self.ip,
            "Status": self.status(now),
            "StatusMessage": "This IP address is operational." if self.status(now) == "ATTACHED" else "",
            "CreationTime": self.created,
            "ModificationTime": self.created,
        }


@dataclass
class Endpoint:
    wire: dict  # without Status and IpAddressCount
    account: str
    region: str
    operational_at: float
    addresses: list[Address]
    tags: dict[str, str] = field(default_factory=dict)
    deleting_until: float | None = None

    @property
    def place(self) -> tuple[str, str]:
        return self.account, self.region

    @property
    def id(self) -> str:
        return self.wire["Id"]

    def status(self, now: float) -> str:
        if self.deleting_until is not None:
            return "DELETING"
        if now < self.operational_at:
            return "CREATING"
        settled = all(address.status(now) == "ATTACHED" for address in self.addresses)
        return "OPERATIONAL" if settled else "UPDATING"

    def shown(self, now: float) -> dict:
        status = self.status(now)
        message = {
            "CREATING": f"[Trace id: 1-{self.id[-8:]}] Creating the Resolver Endpoint",
            "DELETING": f"[Trace id: 1-{self.id[-8:]}] Deleting the Resolver Endpoint",
            "OPERATIONAL": "This Resolver Endpoint is operational.",
        }.get(status, "This Resolver Endpoint is being updated.")
        return {**self.wire, "IpAddressCount": len(self.addresses), "Status": status, "StatusMessage": message}


class Endpoints:
    """Mixin of the Route 53 Resolver service."""

    @instead("CreateResolverEndpoint")
    def create_resolver_endpoint(self, call) -> dict:
        params = call.params
        if any(e.wire["CreatorRequestId"] == params["CreatorRequestId"] for e in self.endpoints_of(call)):
            raise AwsError(
                "ResourceExistsException",
                f"[RSLVR-00501] Resolver endpoint with creator request ID '{params['CreatorRequestId']}' already "
                "exists.",
                400,
            )
        self._check_request(call, params)
        message = "[RSLVR-00305] Resolver endpoint limit exceeded: {}"
        self.world.quotas.require("resolver-endpoints", len(self.endpoints_of(call)), "LimitExceededException", message)
        endpoint = self._new_endpoint(call, params)
        self.endpoints[endpoint.id] = endpoint
        self.born(endpoint.id)
        return {"ResolverEndpoint": endpoint.shown(self.world.now())}

    def _check_request(self, call, params: dict) -> None:
        addresses = params["IpAddresses"]
        if params["Direction"] not in ("INBOUND", "OUTBOUND"):
            raise _invalid("RSLVR-00401", f"Direction {params['Direction']} is not simulated")
        if not MIN_ADDRESSES <= len(addresses) <= MAX_ADDRESSES:
            raise _invalid(
                "RSLVR-00411",
                f"Resolver endpoint must have between {MIN_ADDRESSES} and {MAX_ADDRESSES} IP addresses.",
            )
        subnets = [self._subnet(call, address["SubnetId"]) for address in addresses]
        if len({subnet["VpcId"] for subnet in subnets}) != 1:
            raise _invalid("RSLVR-00405", "All subnets must be in the same VPC.")
        for group_id in params["SecurityGroupIds"]:
            group = self.world.ec2.security_group(call.account, call.region, group_id)
            if group is None or group["VpcId"] != subnets[0]["VpcId"]:
                raise _invalid(
                    "RSLVR-00408", f"The security group '{group_id}' does not exist in VPC {subnets[0]['VpcId']}."
                )

    def _subnet(self, call, subnet_id: str) -> dict:
        subnet = self.world.ec2.subnet(call.account, call.region, subnet_id)
        if subnet is None:
            raise _invalid("RSLVR-00402", f"The subnet ID '{subnet_id}' does not exist")
        return subnet

    def _new_endpoint(self, call, params: dict) -> Endpoint:
        inbound = params["Direction"] == "INBOUND"
        endpoint_id = f"rslvr-{'in' if inbound else 'out'}-{self.ident()}"
        now = self.stamp()
        wire = {
            "Id": endpoint_id,
            "CreatorRequestId": params["CreatorRequestId"],
            "Arn": f"arn:aws:route53resolver:{call.region}:{call.account}:resolver-endpoint/{endpoint_id}",
            **({"Name": params["Name"]} if params.get("Name") else {}),
            "SecurityGroupIds": list(params["SecurityGroupIds"]),
            "Direction": params["Direction"],
            "HostVPCId": self._subnet(call, params["IpAddresses"][0]["SubnetId"])["VpcId"],
            "CreationTime": now,
            "ModificationTime": now,
            "ResolverEndpointType": params.get("ResolverEndpointType") or "IPV4",
            "Protocols": list(params.get("Protocols") or ["Do53"]),
        }
        ready = self.due("resolver-endpoint")
        endpoint = Endpoint(wire, call.account, call.region, ready, [], self.tags_of(params.get("Tags")))
        with self.world.ec2.together():
            endpoint.addresses += [self._new_address(endpoint, address, ready) for address in params["IpAddresses"]]
        return endpoint

    def _new_address(self, endpoint: Endpoint, given: dict, attached_at: float) -> Address:
        address_id = f"rni-{self.ident()}"
        interface = self.world.ec2.create_interface(
            endpoint.account, endpoint.region, given["SubnetId"], endpoint.wire["SecurityGroupIds"],
            description=f"Route 53 Resolver: {endpoint.id}:{address_id}",
            interface_type="interface",
            requester="amazon-route53-resolver",
            private_ip=given.get("Ip"),
        )
        return Address(address_id, given["SubnetId"], interface.private_ip, interface.id, self.stamp(), attached_at)

    @instead("GetResolverEndpoint")
    def get_resolver_endpoint(self, call) -> dict:
        return {"ResolverEndpoint": self._endpoint(call).shown(self.world.now())}

    def _endpoint(self, call) -> Endpoint:
        endpoint_id = call.params["ResolverEndpointId"]
        endpoint = next((e for e in self.endpoints_of(call) if e.id == endpoint_id), None)
        if endpoint is None:
            message = f"[RSLVR-00703] Resolver endpoint with ID '{endpoint_id}' does not exist."
            raise AwsError("ResourceNotFoundException", message, 400)
        return endpoint

    @instead("ListResolverEndpoints")
    def list_resolver_endpoints(self, call) -> dict:
        shown = [endpoint.shown(self.world.now()) for endpoint in self.endpoints_of(call) if self.listed(endpoint.id)]
        return self.listing(call, "ResolverEndpoints", shown, FILTERS)

    @instead("ListResolverEndpointIpAddresses")
    def list_addresses(self, call) -> dict:
        now = self.world.now()
        shown = [address.shown(now) for address in self._endpoint(call).addresses]
        return self.listing(call, "IpAddresses", shown, {})

    @instead("UpdateResolverEndpoint")
    def update_resolver_endpoint(self, call) -> dict:
        endpoint = self._endpoint(call)
        changes = {key: call.params[key] for key in ("Name", "Protocols") if call.params.get(key)}
        endpoint.wire |= {**changes, "ModificationTime": self.stamp()}
        return {"ResolverEndpoint": endpoint.shown(self.world.now())}

    @instead("AssociateResolverEndpointIpAddress")
    def associate_address(self, call) -> dict:
        endpoint = self._endpoint(call)
        if len(endpoint.addresses) >= MAX_ADDRESSES:
            raise AwsError("LimitExceededException", "[RSLVR-00305] Too many IP addresses in the endpoint.", 400)
        address = self._new_address(endpoint, call.params["IpAddress"], self.due("resolver-endpoint"))
        endpoint.addresses.append(address)
        return {"ResolverEndpoint": endpoint.shown(self.world.now())}

    @instead("DisassociateResolverEndpointIpAddress")
    def disassociate_address(self, call) -> dict:
        endpoint, wanted = self._endpoint(call), call.params["IpAddress"]
        address = next((a for a in endpoint.addresses if a.detached_at is None
                        and wanted.get("IpId", a.id) == a.id and wanted.get("Ip", a.ip) == a.ip), None)
        if address is None:
            raise AwsError("ResourceNotFoundException", "[RSLVR-00706] The IP address does not exist.", 400)
        if sum(a.detached_at is None for a in endpoint.addresses) <= MIN_ADDRESSES:
            raise _invalid("RSLVR-00411", f"Resolver endpoint must have at least {MIN_ADDRESSES} IP addresses.")
        address.detached_at = self.due("resolver-endpoint-delete")
        self.at(address.detached_at, self._detach, endpoint, address)
        return {"ResolverEndpoint": endpoint.shown(self.world.now())}

    def _detach(self, endpoint: Endpoint, address: Address) -> None:
        endpoint.addresses.remove(address)
        self.world.ec2.release_interface(address.interface_id)

    @instead("DeleteResolverEndpoint")
    def delete_resolver_endpoint(self, call) -> dict:
        endpoint = self._endpoint(call)
        users = [rule.id for rule in self.rules_of(call) if rule.wire.get("ResolverEndpointId") == endpoint.id]
        if users:
            # "If you want to delete an outbound endpoint, first delete the rules that use it"
            # https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-forwarding-outbound-queries-endpoint-values.html
            raise _invalid(
                "RSLVR-00904",
                f"Cannot delete Resolver endpoint '{endpoint.id}' because it is used by resolver rules: "
                f"{', '.join(sorted(users))}",
            )
        if endpoint.deleting_until is None:
            endpoint.deleting_until = self.due("resolver-endpoint-delete")
            self.at(endpoint.deleting_until, self._vanish, endpoint)
        return {"ResolverEndpoint": endpoint.shown(self.world.now())}

    def _vanish(self, endpoint: Endpoint) -> None:
        for address in endpoint.addresses:
            self.world.ec2.release_interface(address.interface_id)
        del self.endpoints[endpoint.id]

    def endpoints_of(self, call) -> list[Endpoint]:
        return [e for e in self.endpoints.values() if e.place == (call.account, call.region)]


def _invalid(number: str, message: str) -> AwsError:
    return AwsError("InvalidRequestException", f"[{number}] {message}", 400)
