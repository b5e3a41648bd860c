"""Route 53 hosted zones. Ours as a whole: moto applies every change at once, lets zones of one name overlap in a
VPC, accepts records outside their zone and reuses of a caller reference."""

from collections import defaultdict
from dataclasses import dataclass, field

from ...errors import AwsError
from ...service import LiveObject, instead
from ..ec2.endpoint import PUBLIC_ZONE
from ..own import OwnService
from . import changes
from .authorizations import Authorizations
from .zones import Change, Resolved, Zone, listing_order, normal, resolve

PROCESSING = 0.1  # seconds from a change of a zone to its answer
CHANGE_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


@dataclass
class Store:
    zones: dict[str, Zone] = field(default_factory=dict)
    changes: dict[str, Change] = field(default_factory=dict)


class Route53(Authorizations, OwnService):
    name = "route53"
    is_global = True
    tag_refusal = "InvalidInput"

    def __init__(self, world) -> None:
        super().__init__(world)
        self.chance = world.random("route53")
        self.stores: dict[str, Store] = defaultdict(Store)  # by account: Route 53 is global

    def resolve(self, region: str, vpc_id: str, name: str) -> Resolved | None:
        """Named query: how a private zone of any account answers the VPC's Resolver."""
        zones = [zone for store in self.stores.values() for zone in store.zones.values() if zone.private]
        return resolve(zones, region, vpc_id, name)

    def objects(self, account: str, region: str):
        for zone in self.stores[account].zones.values():
            yield LiveObject("route53", "hosted-zone", zone.id, zone.name, "", dict(zone.tags), "", account)

    @instead("CreateHostedZone")
    def create_hosted_zone(self, call) -> dict:
        params, store = call.params, self.stores[call.account]
        name, vpc = normal(params["Name"]), params.get("VPC")
        if any(zone.caller_reference == params["CallerReference"] for zone in store.zones.values()):
            message = "A hosted zone has already been created with the specified caller reference."
            raise AwsError("HostedZoneAlreadyExists", message, 409)
        message = "Limits Exceeded: MAX_HOSTED_ZONES_BY_OWNER - Cannot create more than {} hosted zones."
        self.world.quotas.require("hosted-zones", len(store.zones), "TooManyHostedZones", message)
        config = params.get("HostedZoneConfig") or {}
        zone = Zone(self._id("Z", 20), name, params["CallerReference"], config.get("Comment") or "", bool(vpc))
        if vpc:
            self._associate(call, zone, vpc)
        store.zones[zone.id] = zone
        self.born(zone.id)
        answer = {"HostedZone": zone.shown(), "ChangeInfo": self._changed(call, zone, None)}
        location = f"https://route53.amazonaws.com/2013-04-01/hostedzone/{zone.id}"
        return answer | {"Location": location, **self._delegation_set(zone), **({"VPC": vpc} if vpc else {})}

    def _delegation_set(self, zone: Zone) -> dict:
        return {} if zone.private else {"DelegationSet": {"NameServers": [s.rstrip(".") for s in zone.name_servers()]}}

    def _associate(self, call, zone: Zone, vpc: dict) -> None:
        region, vpc_id = vpc.get("VPCRegion") or call.region, vpc.get("VPCId") or ""
        if self.world.ec2.vpc(call.account, region, vpc_id) is None:
            raise AwsError("InvalidVPCId", f"The VPC: {vpc_id} that you provided does not exist.", 400)
        # "A VPC can't be associated with two private hosted zones of the same name"
        # https://docs.aws.amazon.com/Route53/latest/APIReference/API_AssociateVPCWithHostedZone.html
        for other in self.stores[call.account].zones.values():
            if other.name == zone.name and (region, vpc_id) in other.vpcs:
                raise AwsError(
                    "ConflictingDomainExists",
                    f"The VPC {vpc_id} in region {region} has already been associated with the hosted zone {other.id} "
                    "with the same domain name.",
                    400,
                )
        zone.vpcs.append((region, vpc_id))

    def _begin_change(self, call, zone: Zone) -> None:
        """ "If Amazon Route 53 can't process a request before the next request arrives, it will reject subsequent requests
        for the same hosted zone" (API reference, Errors of ChangeResourceRecordSets)."""
        now = self.world.now()
        if now < zone.busy_until:
            message = "The request was rejected because Route 53 was still processing a prior request."
            raise AwsError("PriorRequestNotComplete", message, 400)
        if self.world.rates.enabled:
            call.takes = PROCESSING
            zone.busy_until = now + PROCESSING

    def _changed(self, call, zone: Zone, comment: str | None) -> dict:
        """Name servers see the zone as it is now once the change is INSYNC."""
        change = Change(self._id("C", 20), self.world.datetime(), self.due("hosted-zone-change"), comment)
        changes_so_far = self.stores[call.account].changes
        changes_so_far[change.id] = change
        self.at(change.insync_at, self._serve, zone, len(changes_so_far), dict(zone.records), list(zone.vpcs))
        return change.shown(self.world.now())

    def _serve(self, zone: Zone, number: int, records: dict, vpcs: list) -> None:
        if zone.served < number:  # a later change may be in sync before an earlier one
            zone.served, zone.served_records, zone.served_vpcs = number, records, vpcs

    def _id(self, prefix: str, length: int) -> str:
        return prefix + "".join(self.chance.choices(CHANGE_ALPHABET, k=length))

    @instead("GetHostedZone")
    def get_hosted_zone(self, call) -> dict:
        zone = self._zone(call, "Id")
        vpcs = {"VPCs": zone.shown_vpcs()} if zone.private else {}
        return {"HostedZone": zone.shown(), **self._delegation_set(zone), **vpcs}

    def _listed(self, call) -> list[Zone]:
        return [zone for zone in self.stores[call.account].zones.values() if self.listed(zone.id)]

    def _zone(self, call, key: str) -> Zone:
        zone_id = call.params[key].removeprefix("/").removeprefix("hostedzone/")
        zone = self.stores[call.account].zones.get(zone_id)
        if zone is None:
            raise AwsError("NoSuchHostedZone", f"No hosted zone found with ID: {zone_id}", 404)
        return zone

    @instead("UpdateHostedZoneComment")
    def update_hosted_zone_comment(self, call) -> dict:
        zone = self._zone(call, "Id")
        zone.comment = call.params.get("Comment") or ""
        return {"HostedZone": zone.shown()}

    @instead("DeleteHostedZone")
    def delete_hosted_zone(self, call) -> dict:
        zone = self._zone(call, "Id")
        if not all(zone.required(key) for key in zone.records):
            message = "The specified hosted zone contains non-required resource record sets and so cannot be deleted."
            raise AwsError("HostedZoneNotEmpty", message, 400)
        del self.stores[call.account].zones[zone.id]
        return {"ChangeInfo": self._changed(call, zone, None)}

    @instead("GetHostedZoneCount")
    def get_hosted_zone_count(self, call) -> dict:
        return {"HostedZoneCount": len(self.stores[call.account].zones)}

    @instead("ListHostedZones")
    def list_hosted_zones(self, call) -> dict:
        zones = sorted(self._listed(call), key=lambda zone: zone.id)
        if call.params.get("HostedZoneType") == "PrivateHostedZone":
            zones = [zone for zone in zones if zone.private]
        marker, limit = call.params.get("Marker") or "", int(call.params.get("MaxItems") or 100)
        rest = [zone for zone in zones if zone.id >= marker]
        more = {"NextMarker": rest[limit].id} if len(rest) > limit else {}
        shown = [zone.shown() for zone in rest[:limit]]
        return {"HostedZones": shown, "Marker": marker, "IsTruncated": bool(more), "MaxItems": str(limit), **more}

    @instead("ListHostedZonesByName")
    def list_hosted_zones_by_name(self, call) -> dict:
        params, limit = call.params, int(call.params.get("MaxItems") or 100)
        zones = sorted(self._listed(call), key=lambda z: (listing_order(z.name), z.id))
        start = (listing_order(normal(params["DNSName"])), params.get("HostedZoneId") or "") \
            if params.get("DNSName") else ([], "")
        rest = [zone for zone in zones if (listing_order(zone.name), zone.id) >= start]
        more = {"NextDNSName": rest[limit].name, "NextHostedZoneId": rest[limit].id} if len(rest) > limit else {}
        echoed = {key: params[key] for key in ("DNSName", "HostedZoneId") if params.get(key)}
        shown = [zone.shown() for zone in rest[:limit]]
        return {"HostedZones": shown, "IsTruncated": bool(more), "MaxItems": str(limit), **echoed, **more}

    @instead("ListHostedZonesByVPC")
    def list_hosted_zones_by_vpc(self, call) -> dict:
        vpc, limit = (call.params["VPCRegion"], call.params["VPCId"]), int(call.params.get("MaxItems") or 100)
        zones = sorted((z for z in self._listed(call) if vpc in z.vpcs), key=lambda z: z.id)
        start = int(call.params.get("NextToken") or 0)
        summaries = [
            {"HostedZoneId": zone.id, "Name": zone.name, "Owner": {"OwningAccount": call.account}}
            for zone in zones[start:start + limit]
        ]
        more = {"NextToken": str(start + limit)} if len(zones) > start + limit else {}
        return {"HostedZoneSummaries": summaries, "MaxItems": str(limit), **more}

    @instead("AssociateVPCWithHostedZone")
    def associate_vpc(self, call) -> dict:
        zone = self.associable(call)
        if not zone.private:
            raise AwsError(
                "PublicZoneVPCAssociation",
                "You're trying to associate a VPC with a public hosted zone. Amazon Route 53 doesn't support "
                "associating a VPC with a public hosted zone.",
                400,
            )
        message = "Cannot associate more than {} VPCs with a hosted zone."
        self.world.quotas.require("vpcs-per-hosted-zone", len(zone.vpcs), "LimitsExceeded", message)
        self._begin_change(call, zone)
        self._associate(call, zone, call.params["VPC"])
        return {"ChangeInfo": self._changed(call, zone, call.params.get("Comment"))}

    @instead("DisassociateVPCFromHostedZone")
    def disassociate_vpc(self, call) -> dict:
        zone, vpc = self._zone(call, "HostedZoneId"), call.params["VPC"]
        key = (vpc.get("VPCRegion") or call.region, vpc.get("VPCId"))
        if key not in zone.vpcs:
            message = f"The VPC: {key[1]} is not associated with the hosted zone {zone.id}"
            raise AwsError("VPCAssociationNotFound", message, 404)
        if len(zone.vpcs) == 1:
            raise AwsError(
                "LastVPCAssociation",
                "The VPC that you're trying to disassociate from the private hosted zone is the last VPC that is "
                "associated with the hosted zone. Amazon Route 53 doesn't support disassociating the last VPC from a "
                "hosted zone.",
                400,
            )
        self._begin_change(call, zone)
        zone.vpcs.remove(key)
        return {"ChangeInfo": self._changed(call, zone, call.params.get("Comment"))}

    @instead("ChangeResourceRecordSets")
    def change_resource_record_sets(self, call) -> dict:
        zone, batch = self._zone(call, "HostedZoneId"), call.params["ChangeBatch"]
        self._begin_change(call, zone)
        changes.apply(zone, batch["Changes"], lambda *target: self._alias_problem(call, *target))
        return {"ChangeInfo": self._changed(call, zone, batch.get("Comment"))}

    def _alias_problem(self, call, zone_id: str, name: str, kind: str) -> str | None:
        own = self.stores[call.account].zones.get(zone_id)
        if own is not None:
            exists = any(key[:2] == (name, kind) for key in own.records)
            return None if exists else "that target was not found"
        if not name.endswith(".vpce.amazonaws.com."):
            return None
        if zone_id != PUBLIC_ZONE:
            return "the alias target name does not lie within the target zone"
        return None if self.world.ec2.endpoint_named(name.rstrip(".")) else "that target was not found"

    @instead("ListResourceRecordSets")
    def list_resource_record_sets(self, call) -> dict:
        zone, params = self._zone(call, "HostedZoneId"), call.params
        limit = min(int(params.get("MaxItems") or 300), 300)

        def order(key) -> tuple:
            return listing_order(key[0]), key[1], key[2]

        start = ([], "", "")
        if params.get("StartRecordName"):
            start = order((normal(params["StartRecordName"]), params.get("StartRecordType") or "",
                           params.get("StartRecordIdentifier") or ""))
        keys = [key for key in sorted(zone.records, key=order) if order(key) >= start]
        more = {}
        if len(keys) > limit:
            names = ("NextRecordName", "NextRecordType", "NextRecordIdentifier")
            more = {name: value for name, value in zip(names, keys[limit], strict=True) if value}
        shown = [zone.records[key] for key in keys[:limit]]
        return {"ResourceRecordSets": shown, "IsTruncated": bool(more), "MaxItems": str(limit), **more}

    @instead("GetChange")
    def get_change(self, call) -> dict:
        change_id = call.params["Id"].removeprefix("/").removeprefix("change/")
        change = self.stores[call.account].changes.get(change_id)
        if change is None:
            message = f"Could not find resource with ID: {change_id}"
            raise AwsError("NoSuchChange", message, 404)
        return {"ChangeInfo": change.shown(self.world.now())}

    @instead("GetDNSSEC")
    def get_dnssec(self, call) -> dict:
        if self._zone(call, "HostedZoneId").private:
            raise AwsError("InvalidArgument", "Operation is unsupported for private hosted zones", 400)
        return {"Status": {"ServeSignature": "NOT_SIGNING"}, "KeySigningKeys": []}

    @instead("ChangeTagsForResource")
    def change_tags(self, call) -> dict:
        zone = self._tagged(call, call.params["ResourceId"])
        added = {tag["Key"]: tag.get("Value", "") for tag in call.params.get("AddTags") or []}
        zone.tags.update(self.checked_tags(added, zone.tags))
        for key in call.params.get("RemoveTagKeys") or []:
            zone.tags.pop(key, None)
        return {}

    @instead("ListTagsForResource")
    def list_tags(self, call) -> dict:
        return {"ResourceTagSet": self._tag_set(self._tagged(call, call.params["ResourceId"]))}

    @instead("ListTagsForResources")
    def list_tags_of_many(self, call) -> dict:
        zones = [self._tagged(call, zone_id) for zone_id in call.params["ResourceIds"]]
        return {"ResourceTagSets": [self._tag_set(zone) for zone in zones]}

    def _tagged(self, call, zone_id: str) -> Zone:
        if call.params["ResourceType"] != "hostedzone":
            raise AwsError("InvalidInput", "Only hosted zones exist in this sandbox; no health checks", 400)
        call.params["ResourceId"] = zone_id
        return self._zone(call, "ResourceId")

    def _tag_set(self, zone: Zone) -> dict:
        tags = [{"Key": key, "Value": value} for key, value in zone.tags.items()]
        return {"ResourceType": "hostedzone", "ResourceId": zone.id, "Tags": tags}
