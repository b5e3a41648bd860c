"""Network Load Balancers themselves: their interfaces, states and attributes."""

from dataclasses import dataclass, field

from ...errors import AwsError
from ...service import instead
from . import errors

# "Elastic Load Balancing endpoints and quotas", hosted zone ids of Network Load Balancers.
HOSTED_ZONES = {
    "ap-northeast-1": "Z31USIVHYNEOWT",
    "ap-northeast-2": "ZIBE1TIR4HY56",
    "ap-southeast-1": "ZKVM4W9LS7TM",
    "eu-central-1": "Z3F0SRJ5LGBH90",
    "eu-west-1": "Z2IFOLAFXWLO4F",
    "us-east-1": "Z26RNL4JYFTOTI",
    "us-west-2": "Z18D5FSROUN65G",
}

# API reference, LoadBalancerAttribute: what a Network Load Balancer has and its default.
ATTRIBUTES = {
    "access_logs.s3.enabled": "false",
    "access_logs.s3.bucket": "",
    "access_logs.s3.prefix": "",
    "deletion_protection.enabled": "false",
    "dns_record.client_routing_policy": "any_availability_zone",
    "ipv6.deny_all_igw_traffic": "false",
    "load_balancing.cross_zone.enabled": "false",
    "secondary_ips.auto_assigned.per_subnet": "0",
    "zonal_shift.config.enabled": "false",
}


@dataclass
class LoadBalancer:
    arn: str
    name: str
    account: str
    region: str
    scheme: str
    vpc_id: str
    zones: dict  # subnet id -> Availability Zone
    security_groups: list
    ip_address_type: str
    dns_name: str
    created: float
    active_at: float
    settings: dict  # what a repeated create is compared with
    attributes: dict = field(default_factory=lambda: dict(ATTRIBUTES))
    enforce_on_private_link: str = "on"
    interfaces: dict = field(default_factory=dict)  # subnet id -> network interface id


class LoadBalancers:
    """Mixin of the Elastic Load Balancing service."""

    @instead("CreateLoadBalancer")
    def create_load_balancer(self, call):
        p = call.params
        if p.get("Type", "application") != "network":
            raise AwsError("NotImplemented", "The sandbox simulates load balancers of type 'network' only.", 501)
        errors.bad_name("load balancer", p["Name"])
        tags = self.checked_tags(p.get("Tags"))
        subnets = self._subnets(call, p)
        settings = {
            "scheme": p.get("Scheme", "internet-facing"),
            "subnets": sorted(s["SubnetId"] for s in subnets),
            "groups": sorted(p.get("SecurityGroups", [])),
            "ip": p.get("IpAddressType", "ipv4"),
        }
        existing = next((lb for lb in self._mine(call) if lb.name == p["Name"]), None)
        if existing:
            # "If you attempt to create multiple load balancers with the same settings, each call succeeds."
            if existing.settings != settings or self.tags[existing.arn] != tags:
                raise errors.duplicate("LoadBalancer", "load balancer", p["Name"])
            return {"LoadBalancers": [self.describe(existing)]}
        self.world.quotas.require("network-load-balancers", len(self._mine(call)), "TooManyLoadBalancers",
                                  "The maximum number of load balancers has been reached")
        lb = self._build(call, p["Name"], subnets, settings)
        # "Elastic Load Balancing creates the service-linked role for you when you create a load balancer"
        self.world.iam.link(call.account, "elasticloadbalancing.amazonaws.com")
        self.load_balancers[lb.arn] = lb
        self.tags[lb.arn] = tags
        self.born(lb.arn)
        return {"LoadBalancers": [self.describe(lb)]}

    @instead("DescribeLoadBalancers")
    def describe_load_balancers(self, call):
        p = call.params
        found = [lb for lb in self._mine(call) if self.listed(lb.arn)]
        if p.get("LoadBalancerArns"):
            found = [self.load_balancer(arn) for arn in p["LoadBalancerArns"]]
            self.must_be_listed(found, "LoadBalancer", "load balancers")
        elif p.get("Names"):
            by_name = {lb.name: lb for lb in found}
            if not set(p["Names"]) <= set(by_name):
                raise errors.not_found("LoadBalancer", "load balancers")
            found = [by_name[name] for name in p["Names"]]
        page, marker = errors.page(found, p, 400)
        return {"LoadBalancers": [self.describe(lb) for lb in page], **marker}

    @instead("DeleteLoadBalancer")
    def delete_load_balancer(self, call):
        lb = self.load_balancers.get(call.params["LoadBalancerArn"])
        if lb is None:  # "If the load balancer does not exist or has already been deleted, the call succeeds."
            return {}
        if lb.attributes["deletion_protection.enabled"] == "true":
            raise AwsError(
                "OperationNotPermitted",
                f"Load balancer '{lb.arn}' cannot be deleted because deletion protection is enabled",
            )
        if self.world.apigateway.links_of(lb.arn):
            raise AwsError(
                "ResourceInUse",
                f"Load balancer '{lb.arn}' cannot be deleted because it is currently associated with another service",
            )
        for arn in [listener.arn for listener in self.listeners.values() if listener.load_balancer == lb.arn]:
            self.forget_listener(arn)
        del self.load_balancers[lb.arn], self.tags[lb.arn]
        # The description disappears at once; the interfaces hold subnets and groups for a while longer.
        delay = self.world.duration("nlb-delete")
        for interface in lb.interfaces.values():
            self.world.ec2.release_interface(interface, delay)
        return {}

    @instead("DescribeLoadBalancerAttributes")
    def describe_attributes(self, call):
        return {"Attributes": errors.pairs(self.load_balancer(call.params["LoadBalancerArn"]).attributes)}

    @instead("ModifyLoadBalancerAttributes")
    def modify_attributes(self, call):
        lb = self.load_balancer(call.params["LoadBalancerArn"])
        errors.update(lb.attributes, call.params["Attributes"], "load balancer")
        return {"Attributes": errors.pairs(lb.attributes)}

    @instead("DescribeCapacityReservation")
    def capacity_reservation(self, call):
        self.load_balancer(call.params["LoadBalancerArn"])
        return {"DecreaseRequestsRemaining": 2, "CapacityReservationState": []}

    @instead("SetSecurityGroups")
    def set_security_groups(self, call):
        lb = self.load_balancer(call.params["LoadBalancerArn"])
        if not lb.security_groups:
            raise AwsError(
                "InvalidConfigurationRequest",
                "You cannot set security groups on a Network Load Balancer which was created without any security "
                "groups.",
            )
        groups = call.params["SecurityGroups"]
        if not groups:
            raise AwsError("InvalidConfigurationRequest", "At least one security group is required.")
        self._check_groups(call, groups, lb.vpc_id)
        lb.security_groups = list(groups)
        for interface in lb.interfaces.values():
            self.world.ec2.set_interface_groups(interface, groups)
        enforce = call.params.get("EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic")
        lb.enforce_on_private_link = enforce or lb.enforce_on_private_link
        return {
            "SecurityGroupIds": lb.security_groups,
            "EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic": lb.enforce_on_private_link,
        }

    @instead("SetSubnets")
    def set_subnets(self, call):
        lb = self.load_balancer(call.params["LoadBalancerArn"])
        subnets = self._subnets(call, call.params)
        wanted = {s["SubnetId"]: s["AvailabilityZone"] for s in subnets}
        added, removed = set(wanted) - set(lb.zones), set(lb.zones) - set(wanted)
        self._check_change_of_subnets(lb, [wanted[s] for s in added], removed)
        for subnet_id in added:
            lb.interfaces[subnet_id] = self._interface(lb, subnet_id)
        for subnet_id in removed:
            self.world.ec2.release_interface(lb.interfaces.pop(subnet_id), self.world.duration("nlb-delete"))
        lb.zones = wanted
        lb.settings["subnets"] = sorted(wanted)
        return {"AvailabilityZones": self._zones(lb), "IpAddressType": lb.ip_address_type}

    def _check_change_of_subnets(self, lb, zones_added, removed):
        """User Guide, "Update the Availability Zones for your Network Load Balancer"; a VPC link is an association."""
        for zone in zones_added:
            if zone in lb.zones.values():
                raise AwsError(
                    "InvalidConfigurationRequest",
                    "You cannot specify an additional subnet from an Availability Zone that is already associated with "
                    f"the load balancer. The Availability Zone '{zone}' is already associated with the load balancer.",
                )
        if removed and self.world.apigateway.links_of(lb.arn):
            raise AwsError(
                "InvalidConfigurationRequest",
                f"Subnets cannot be removed from load balancer '{lb.arn}' because it has active VPC endpoint associations",
            )

    def load_balancer(self, arn):
        if arn not in self.load_balancers:
            raise errors.not_found("LoadBalancer", "load balancers")
        return self.load_balancers[arn]

    def describe(self, lb):
        result = {
            "LoadBalancerArn": lb.arn,
            "DNSName": lb.dns_name,
            "CanonicalHostedZoneId": HOSTED_ZONES.get(lb.region, HOSTED_ZONES["ap-northeast-1"]),
            "CreatedTime": self.world.datetime(lb.created),
            "LoadBalancerName": lb.name,
            "Scheme": lb.scheme,
            "VpcId": lb.vpc_id,
            "State": {"Code": "active" if self.is_active(lb.arn) else "provisioning"},
            "Type": "network",
            "AvailabilityZones": self._zones(lb),
            "IpAddressType": lb.ip_address_type,
            "EnablePrefixForIpv6SourceNat": "off",
        }
        if lb.security_groups:
            result["SecurityGroups"] = lb.security_groups
            result["EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic"] = lb.enforce_on_private_link
        return result

    def _mine(self, call):
        return [lb for lb in self.load_balancers.values() if (lb.account, lb.region) == (call.account, call.region)]

    def _build(self, call, name, subnets, settings):
        ident = self.hex()
        now = self.world.now()
        arn = f"arn:aws:elasticloadbalancing:{call.region}:{call.account}:loadbalancer/net/{name}/{ident}"
        vpc_id = subnets[0]["VpcId"]
        self._check_groups(call, call.params.get("SecurityGroups", []), vpc_id)
        lb = LoadBalancer(
            arn=arn,
            name=name,
            account=call.account,
            region=call.region,
            scheme=settings["scheme"],
            vpc_id=vpc_id,
            zones={s["SubnetId"]: s["AvailabilityZone"] for s in subnets},
            security_groups=list(call.params.get("SecurityGroups", [])),
            ip_address_type=settings["ip"],
            dns_name=f"{name}-{ident}.elb.{call.region}.amazonaws.com".lower(),
            created=now,
            active_at=now + self.world.duration("nlb"),
            settings=settings,
        )
        with self.world.ec2.together():
            lb.interfaces = {subnet_id: self._interface(lb, subnet_id) for subnet_id in lb.zones}
        return lb

    def _interface(self, lb, subnet_id):
        """One requester-managed interface per zone; its description is how people find whose it is."""
        return self.world.ec2.create_interface(
            lb.account, lb.region, subnet_id, lb.security_groups,
            description="ELB " + lb.arn.split(":loadbalancer/")[1],
            interface_type="network_load_balancer",
            requester="amazon-elb",
        ).id

    def _subnets(self, call, params):
        ids = params.get("Subnets") or [m["SubnetId"] for m in params.get("SubnetMappings", [])]
        if not ids:
            raise AwsError("ValidationError", "At least one subnet must be specified")
        subnets = []
        for subnet_id in ids:
            subnet = self.world.ec2.subnet(call.account, call.region, subnet_id)
            if subnet is None:
                raise AwsError("SubnetNotFound", f"The subnet ID '{subnet_id}' does not exist")
            subnets.append(subnet)
        if len({s["VpcId"] for s in subnets}) > 1:
            raise AwsError("InvalidConfigurationRequest", "All subnets must belong to the same VPC")
        if len({s["AvailabilityZone"] for s in subnets}) < len(subnets):
            raise AwsError(
                "InvalidConfigurationRequest",
                "A load balancer cannot be attached to multiple subnets in the same Availability Zone",
            )
        return subnets

    def _check_groups(self, call, groups, vpc_id):
        for group_id in groups:
            group = self.world.ec2.security_group(call.account, call.region, group_id)
            if group is None or group["VpcId"] != vpc_id:
                raise AwsError("InvalidSecurityGroup", f"Security group '{group_id}' is not valid for VPC '{vpc_id}'")

    def _zones(self, lb):
        return [
            {"ZoneName": zone, "SubnetId": subnet_id, "LoadBalancerAddresses": []}
            for subnet_id, zone in lb.zones.items()
        ]
