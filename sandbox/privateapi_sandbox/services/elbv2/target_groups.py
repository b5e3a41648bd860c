"""Target groups of type `ip`: their settings, their targets, and how these become healthy, unhealthy and drained."""

import ipaddress
from dataclasses import dataclass, field

from ...errors import AwsError
from ...service import instead
from . import errors

# API reference, TargetGroupAttribute: those of TCP target groups with targets of type ip, and their defaults.
ATTRIBUTES = {
    "deregistration_delay.timeout_seconds": "300",
    "deregistration_delay.connection_termination.enabled": "false",
    "load_balancing.cross_zone.enabled": "use_load_balancer_configuration",
    "preserve_client_ip.enabled": "false",
    "proxy_protocol_v2.enabled": "false",
    "stickiness.enabled": "false",
    "stickiness.type": "source_ip",
    "target_group_health.dns_failover.minimum_healthy_targets.count": "1",
    "target_group_health.dns_failover.minimum_healthy_targets.percentage": "off",
    "target_group_health.unhealthy_state_routing.minimum_healthy_targets.count": "1",
    "target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage": "off",
    "target_health_state.unhealthy.connection_termination.enabled": "true",
    "target_health_state.unhealthy.draining_interval_seconds": "0",
}
PROTOCOLS = ("TCP", "TLS", "UDP", "TCP_UDP")
# What ModifyTargetGroup may change, in the names of the wire.
CHECK_SETTINGS = ("HealthCheckProtocol", "HealthCheckPort", "HealthCheckPath", "HealthCheckEnabled",
                  "HealthCheckIntervalSeconds", "HealthCheckTimeoutSeconds", "HealthyThresholdCount",
                  "UnhealthyThresholdCount", "Matcher")
STATES = {
    # state: (reason, description), API reference, TargetHealth
    "healthy": (None, None),
    "registering": ("Elb.RegistrationInProgress", "Target registration is in progress"),
    "initial": ("Elb.InitialHealthChecking", "Initial health checks in progress"),
    "unhealthy": ("Target.FailedHealthChecks", "Health checks failed"),
    "draining": ("Target.DeregistrationInProgress", "Target deregistration is in progress"),
    "unused": ("Target.NotInUse", "Target group is not configured to receive traffic from the load balancer"),
    "unregistered": ("Target.NotRegistered", "Target is not registered to the target group"),
}


@dataclass
class Target:
    ip: str
    port: int
    zone: str
    judged_at: float  # when the checks that run now come to their result
    state: str = "initial"
    answers: bool | None = None  # what the last look at the target said
    drained_at: float | None = None


@dataclass
class TargetGroup:
    arn: str
    name: str
    protocol: str
    port: int
    vpc_id: str
    checks: dict
    settings: dict  # what a repeated create is compared with
    attributes: dict = field(default_factory=lambda: dict(ATTRIBUTES))
    targets: dict[tuple[str, int], Target] = field(default_factory=dict)


class TargetGroups:
    """Mixin of the Elastic Load Balancing service."""

    @instead("CreateTargetGroup")
    def create_target_group(self, call) -> dict:
        p = call.params
        errors.bad_name("target group", p["Name"])
        tags = self.checked_tags(p.get("Tags"))
        self._check_new_group(call, p)
        checks = _checks(p)
        settings = {**checks, **{key: p.get(key) for key in ("Protocol", "Port", "VpcId", "TargetType")}}
        account, region = call.account, call.region
        existing = next((g for g in self._groups(call) if g.name == p["Name"]), None)
        if existing:
            # "This operation is idempotent. If you attempt to create multiple target groups with the same settings,
            # each call succeeds."
            if existing.settings != settings or self.tags[existing.arn] != tags:
                raise errors.duplicate("TargetGroup", "target group", p["Name"])
            return {"TargetGroups": [self._shown_group(existing)]}
        self.world.quotas.require("target-groups", len(self._groups(call)), "TooManyTargetGroups",
                                  "The maximum number of target groups has been reached")
        arn = f"arn:aws:elasticloadbalancing:{region}:{account}:targetgroup/{p['Name']}/{self.hex()}"
        group = TargetGroup(arn, p["Name"], p["Protocol"], p["Port"], p["VpcId"], checks, settings)
        self.target_groups[arn] = group
        self.tags[arn] = tags
        self.born(arn)
        return {"TargetGroups": [self._shown_group(group)]}

    @instead("DescribeTargetGroups")
    def describe_target_groups(self, call) -> dict:
        p, found = call.params, [group for group in self._groups(call) if self.listed(group.arn)]
        if p.get("TargetGroupArns"):
            found = [self.target_group(arn) for arn in p["TargetGroupArns"]]
            self.must_be_listed(found, "TargetGroup", "target groups")
        elif p.get("Names"):
            by_name = {group.name: group for group in found}
            if not set(p["Names"]) <= set(by_name):
                raise errors.not_found("TargetGroup", "target groups")
            found = [by_name[name] for name in p["Names"]]
        elif p.get("LoadBalancerArn"):
            arn = self.load_balancer(p["LoadBalancerArn"]).arn
            found = [group for group in found if arn in self.load_balancers_of(group.arn)]
        page, marker = errors.page(found, p, 400)
        return {"TargetGroups": [self._shown_group(group) for group in page], **marker}

    @instead("ModifyTargetGroup")
    def modify_target_group(self, call) -> dict:
        group = self.target_group(call.params["TargetGroupArn"])
        group.checks.update({key: call.params[key] for key in CHECK_SETTINGS if call.params.get(key) is not None})
        return {"TargetGroups": [self._shown_group(group)]}

    @instead("DeleteTargetGroup")
    def delete_target_group(self, call) -> dict:
        """A group that is gone already is no error: the API model knows ResourceInUse only."""
        arn = call.params["TargetGroupArn"]
        if arn in self.target_groups:
            if self.load_balancers_of(arn):
                raise AwsError("ResourceInUse", f"Target group '{arn}' is currently in use by a listener or a rule")
            del self.target_groups[arn], self.tags[arn]
        return {}

    @instead("DescribeTargetGroupAttributes")
    def describe_group_attributes(self, call) -> dict:
        return {"Attributes": errors.pairs(self.target_group(call.params["TargetGroupArn"]).attributes)}

    @instead("ModifyTargetGroupAttributes")
    def modify_group_attributes(self, call) -> dict:
        group = self.target_group(call.params["TargetGroupArn"])
        for change in call.params["Attributes"]:
            if change["Key"] == "deregistration_delay.timeout_seconds" and not 0 <= int(change["Value"]) <= 3600:
                raise AwsError("ValidationError",
                               "Target group attribute deregistration_delay.timeout_seconds must be between 0 and 3600")
        errors.update(group.attributes, call.params["Attributes"], "target group")
        return {"Attributes": errors.pairs(group.attributes)}

    @instead("RegisterTargets")
    def register_targets(self, call) -> dict:
        group = self.target_group(call.params["TargetGroupArn"])
        targets = [(t["Id"], t.get("Port") or group.port, t.get("AvailabilityZone")) for t in call.params["Targets"]]
        zones = [self._zone_of(group, ip, zone) for ip, _, zone in targets]
        for (ip, port, _), zone in zip(targets, zones):
            self.register(group.arn, ip, port, zone)
        return {}

    @instead("DeregisterTargets")
    def deregister_targets(self, call) -> dict:
        group = self.target_group(call.params["TargetGroupArn"])
        for target in call.params["Targets"]:
            self.deregister(group.arn, target["Id"], target.get("Port") or group.port)
        return {}

    @instead("DescribeTargetHealth")
    def describe_target_health(self, call) -> dict:
        group = self.target_group(call.params["TargetGroupArn"])
        self.look(group)
        wanted = call.params.get("Targets")
        if wanted:
            keys = [(target["Id"], target.get("Port") or group.port) for target in wanted]
        else:
            keys = list(group.targets)
        return {"TargetHealthDescriptions": [self._shown_health(group, key) for key in keys]}

    def target_group(self, arn: str) -> TargetGroup:
        if arn not in self.target_groups:
            raise errors.not_found("TargetGroup", "target groups")
        return self.target_groups[arn]

    def load_balancers_of(self, group_arn: str) -> list[str]:
        """Named query: the load balancers whose listeners forward to a group."""
        return sorted({one.load_balancer for one in self.listeners.values() if one.target_group == group_arn})

    def register(self, group_arn: str, ip: str, port: int, zone: str) -> None:
        """Named action: a target comes (again); it is judged once its first checks are through."""
        group = self.target_groups[group_arn]
        known = group.targets.get((ip, port))
        if known is None or known.drained_at is not None:
            judged_at = self.world.now() + self.world.duration("target-healthy")
            group.targets[ip, port] = Target(ip, port, zone, judged_at)

    def deregister(self, group_arn: str, ip: str, port: int) -> float:
        """Named action: a target drains, then is forgotten. Returns the moment when it is drained."""
        group = self.target_groups.get(group_arn)
        target = group and group.targets.get((ip, port))
        if not target:
            return self.world.now()
        if target.drained_at is None:
            delay = float(group.attributes["deregistration_delay.timeout_seconds"])
            used = bool(self.load_balancers_of(group_arn))
            target.drained_at = self.world.now() + (delay if used else 0)
        return target.drained_at

    def health(self, group_arn: str, ip: str, port: int) -> str | None:
        """Named query: `healthy`, `initial`, `unhealthy`, `draining`, `unused`; nothing for a target unknown."""
        group = self.target_groups.get(group_arn)
        if group is None:
            return None
        self.look(group)
        target = group.targets.get((ip, port))
        return target and {"registering": "initial"}.get(target.state, target.state)

    def look(self, group: TargetGroup) -> None:
        """Brings the targets' states up to this moment: initial for the first checks, then a threshold of them."""
        now = self.world.now()
        balancers = [self.load_balancers[arn] for arn in self.load_balancers_of(group.arn)]
        for key, target in list(group.targets.items()):
            if target.drained_at is not None:
                target.state = "draining"
                if now >= target.drained_at:
                    del group.targets[key]
                continue
            if not balancers or not any(target.zone in lb.zones.values() or target.zone == "all" for lb in balancers):
                target.state = "unused"
                continue
            self._judge(group, target, balancers[0], now)

    def _judge(self, group: TargetGroup, target: Target, lb, now: float) -> None:
        if now < lb.active_at:
            target.state = "registering"
            return
        answers = self.world.ecs.answers(lb, target.ip, target.port)
        if target.state in ("healthy", "unhealthy") and answers != target.answers:
            count = group.checks["HealthyThresholdCount" if answers else "UnhealthyThresholdCount"]
            target.judged_at = now + group.checks["HealthCheckIntervalSeconds"] * count
        target.answers = answers
        if now >= target.judged_at:
            target.state = "healthy" if answers else "unhealthy"
        elif target.state in ("registering", "unused"):
            target.state = "initial"

    def _shown_health(self, group: TargetGroup, key: tuple[str, int]) -> dict:
        target = group.targets.get(key)
        state = target.state if target else "unregistered"
        reason, description = STATES[state]
        shown = {"registering": "initial", "unregistered": "unused"}.get(state, state)
        health = {"State": shown, **({"Reason": reason, "Description": description} if reason else {})}
        zone = {"AvailabilityZone": target.zone} if target else {}
        port = group.checks["HealthCheckPort"]
        return {
            "Target": {"Id": key[0], "Port": key[1], **zone},
            "HealthCheckPort": str(key[1]) if port == "traffic-port" else port,
            "TargetHealth": health,
        }

    def _groups(self, call) -> list[TargetGroup]:
        return [g for g in self.target_groups.values() if g.arn.split(":")[3:5] == [call.region, call.account]]

    def _shown_group(self, group: TargetGroup) -> dict:
        return {
            "TargetGroupArn": group.arn,
            "TargetGroupName": group.name,
            "Protocol": group.protocol,
            "Port": group.port,
            "VpcId": group.vpc_id,
            **group.checks,
            "LoadBalancerArns": self.load_balancers_of(group.arn),
            "TargetType": "ip",
            "IpAddressType": "ipv4",
        }

    def _check_new_group(self, call, p: dict) -> None:
        if p.get("TargetType", "instance") != "ip" or p.get("Protocol") not in PROTOCOLS:
            raise AwsError("NotImplemented",
                           "The sandbox simulates target groups of type 'ip' of Network Load Balancers only", 501)
        for needed, noun in (("Port", "port"), ("VpcId", "VPC ID")):
            if not p.get(needed):
                raise AwsError("ValidationError", f"A {noun} must be specified")
        if self.world.ec2.vpc(call.account, call.region, p["VpcId"]) is None:
            raise AwsError("ValidationError", f"The VPC ID '{p['VpcId']}' is not found")

    def _zone_of(self, group: TargetGroup, ip: str, zone: str | None) -> str:
        """The zone of the subnet that holds the address; outside the VPC "all" must be said (RegisterTargets)."""
        account, region = group.arn.split(":")[4], group.arn.split(":")[3]
        try:
            address = ipaddress.ip_address(ip)
        except ValueError:
            raise AwsError("ValidationError", f"The IP address '{ip}' is not a valid IPv4 address") from None
        for subnet in self.world.ec2.subnets(account, region, group.vpc_id):
            if address in ipaddress.ip_network(subnet["CidrBlock"]):
                return subnet["AvailabilityZone"]
        if zone != "all":
            raise AwsError("InvalidTarget",
                           f"The IP address '{ip}' must be specified with AvailabilityZone 'all' because it is not "
                           f"within the CIDR of VPC '{group.vpc_id}'")
        return zone


def _checks(p: dict) -> dict:
    """Health check settings with their defaults (API reference, CreateTargetGroup): TCP, 30 s, 10 s, 5 and 2 times."""
    protocol = p.get("HealthCheckProtocol", "TCP")
    http = protocol in ("HTTP", "HTTPS")
    if protocol not in ("TCP", "HTTP", "HTTPS"):
        raise AwsError("ValidationError", f"Health check protocol '{protocol}' must be one of 'HTTP, HTTPS, TCP'")
    interval = p.get("HealthCheckIntervalSeconds", 30)
    timeout = p.get("HealthCheckTimeoutSeconds", 6 if protocol == "HTTP" else 10)
    if timeout > interval:
        raise AwsError("ValidationError", "Health check interval must be greater than the timeout.")
    return {
        "HealthCheckProtocol": protocol,
        "HealthCheckPort": p.get("HealthCheckPort", "traffic-port"),
        "HealthCheckEnabled": p.get("HealthCheckEnabled", True),
        "HealthCheckIntervalSeconds": interval,
        "HealthCheckTimeoutSeconds": timeout,
        "HealthyThresholdCount": p.get("HealthyThresholdCount", 5),
        "UnhealthyThresholdCount": p.get("UnhealthyThresholdCount", 2),
        **({"HealthCheckPath": p.get("HealthCheckPath", "/"), "Matcher": p.get("Matcher", {"HttpCode": "200-399"})}
           if http else {}),
    }
