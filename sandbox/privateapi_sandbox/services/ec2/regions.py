"""What EC2 tells of itself: Regions, Availability Zones, the services that VPC endpoints lead to."""

from __future__ import annotations

from ...errors import AwsError
from ...service import Call, after, instead
from .base import Base
from .describing import matches

REGION_FILTERS = {"region-name": "RegionName", "opt-in-status": "OptInStatus", "endpoint": "Endpoint"}
ZONE_FILTERS = {
    "zone-name": "ZoneName", "zone-id": "ZoneId", "zone-type": "ZoneType", "state": "State", "region-name": "RegionName",
    "opt-in-status": "OptInStatus", "group-name": "GroupName", "network-border-group": "NetworkBorderGroup",
}
SERVICE_FILTERS = {
    "service-name": "ServiceName", "service-type": "ServiceType.ServiceType", "owner": "Owner",
    "service-region": "ServiceRegion", "supported-ip-address-types": "SupportedIpAddressTypes",
}


class Regions(Base):
    @instead("DescribeRegions")
    def describe_regions(self, call: Call) -> dict:
        found = self.moto("ec2", "DescribeRegions", call.account, call.region, AllRegions=True)["Regions"]
        if not call.params.get("AllRegions"):
            found = [region for region in found if region["OptInStatus"] != "not-opted-in"]
        found = _named(call, found, "RegionNames", "RegionName", "Invalid region name")
        return {"Regions": matches(call, found, REGION_FILTERS)}

    @instead("DescribeAvailabilityZones")
    def describe_availability_zones(self, call: Call) -> dict:
        zones = [
            {**zone, "OptInStatus": "opt-in-not-required", "GroupName": f"{call.region}-zg-1",
             "GroupLongName": f"{call.region} 1", "NetworkBorderGroup": call.region}
            for zone in self._zones_of(call.account, call.region)
        ]
        zones = _named(call, zones, "ZoneNames", "ZoneName", "Invalid availability zone")
        zones = _named(call, zones, "ZoneIds", "ZoneId", "Invalid availability zone-id")
        return {"AvailabilityZones": matches(call, zones, ZONE_FILTERS)}

    @instead("DescribeVpcEndpointServices")
    def describe_vpc_endpoint_services(self, call: Call) -> dict:
        """moto takes filters by a wrong name, so that any filter failed."""
        services = self._endpoint_services(call)
        if unknown := set(call.params.get("ServiceNames") or []) - {service["ServiceName"] for service in services}:
            raise AwsError("InvalidServiceName", f"The Vpc Endpoint Service '{min(unknown)}' does not exist")
        wanted = call.params.get("ServiceNames") or [service["ServiceName"] for service in services]
        found = [service for service in services if service["ServiceName"] in wanted]
        answer = self.listings.page(call, "ServiceDetails", lambda: matches(call, found, SERVICE_FILTERS))
        return {**answer, "ServiceNames": list(dict.fromkeys(one["ServiceName"] for one in answer["ServiceDetails"]))}

    @after("DescribePrefixLists")
    def show_cidrs(self, call: Call, result: dict) -> None:
        for shown in result["PrefixLists"]:
            entries = self.moto("ec2", "GetManagedPrefixListEntries", call.account, call.region,
                                PrefixListId=shown["PrefixListId"])["Entries"]
            shown["Cidrs"] = [entry["Cidr"] for entry in entries]

    # ---- for the other kinds

    def zone_names(self, account: str, region: str) -> set[str]:
        return {zone["ZoneName"] for zone in self._zones_of(account, region)}

    def service_types(self, call: Call, name: str) -> set[str]:
        """Gateway, Interface or both; nothing for a service that does not exist."""
        found = [service for service in self._endpoint_services(call) if service["ServiceName"] == name]
        return {kind["ServiceType"] for service in found for kind in service["ServiceType"]}

    def _zones_of(self, account: str, region: str) -> list[dict]:
        if region not in self._zones:
            self._zones[region] = self.moto("ec2", "DescribeAvailabilityZones", account, region)["AvailabilityZones"]
        return self._zones[region]

    def _endpoint_services(self, call: Call) -> list[dict]:
        if call.region not in self._services:
            found = self.moto("ec2", "DescribeVpcEndpointServices", call.account, call.region)["ServiceDetails"]
            self._services[call.region] = [
                {**one, "ServiceRegion": call.region, "SupportedIpAddressTypes": ["ipv4"]} for one in found
            ]
        return self._services[call.region]


def _named(call: Call, found: list[dict], wanted: str, member: str, problem: str) -> list[dict]:
    names = call.params.get(wanted)
    if not names:
        return found
    if unknown := set(names) - {one[member] for one in found}:
        raise AwsError("InvalidParameterValue", f"{problem}: [{', '.join(sorted(unknown))}]")
    return [one for one in found if one[member] in names]
