"""Leave for other accounts to associate their VPCs with a private zone.

Sources: Route 53 Developer Guide, "Associating an Amazon VPC and a private hosted zone that you created with different AWS
accounts"; API reference, CreateVPCAssociationAuthorization, DeleteVPCAssociationAuthorization ("Sends a request to delete
the authorization; it doesn't disassociate"), AssociateVPCWithHostedZone (NotAuthorizedException).
"""

from ...errors import AwsError
from ...service import instead
from .zones import Vpc, Zone


class Authorizations:
    @instead("CreateVPCAssociationAuthorization")
    def authorize(self, call) -> dict:
        zone, vpc = self._zone(call, "HostedZoneId"), vpc_of(call)
        if vpc not in zone.authorized:
            zone.authorized.append(vpc)
        return {"HostedZoneId": zone.id, "VPC": call.params["VPC"]}

    @instead("ListVPCAssociationAuthorizations")
    def authorizations(self, call) -> dict:
        zone = self._zone(call, "HostedZoneId")
        return {"HostedZoneId": zone.id, "VPCs": [{"VPCRegion": region, "VPCId": id_} for region, id_ in zone.authorized]}

    @instead("DeleteVPCAssociationAuthorization")
    def withdraw(self, call) -> dict:
        zone, vpc = self._zone(call, "HostedZoneId"), vpc_of(call)
        if vpc not in zone.authorized:
            message = f"The VPC {vpc[1]} is not authorized to be associated with the hosted zone {zone.id}"
            raise AwsError("VPCAssociationAuthorizationNotFound", message, 404)
        zone.authorized.remove(vpc)
        return {}

    def associable(self, call) -> Zone:
        """One's own zone, or another account's that lets the VPC in."""
        zone_id, vpc = call.params["HostedZoneId"].removeprefix("/").removeprefix("hostedzone/"), vpc_of(call)
        foreign = [store.zones[zone_id] for account, store in self.stores.items()
                   if account != call.account and zone_id in store.zones]
        if not foreign:
            return self._zone(call, "HostedZoneId")
        if vpc not in foreign[0].authorized:
            raise AwsError("NotAuthorizedException", "The VPC is not authorized to be associated with the hosted zone.", 401)
        return foreign[0]


def vpc_of(call) -> Vpc:
    vpc = call.params["VPC"]
    return vpc.get("VPCRegion") or call.region, vpc.get("VPCId") or ""
