"""Listeners of Network Load Balancers: one per port, each forwards to one target group."""

from dataclasses import dataclass, field

from ...errors import AwsError
from ...service import instead
from . import errors

# API reference, CreateListener: "For Network Load Balancers, the supported protocols are TCP, TLS, UDP, and TCP_UDP."
PROTOCOLS = {"TCP": {"TCP", "TCP_UDP"}, "UDP": {"UDP", "TCP_UDP"}, "TCP_UDP": {"TCP_UDP"}, "TLS": {"TCP", "TLS"}}


@dataclass
class Listener:
    arn: str
    load_balancer: str
    port: int
    protocol: str
    target_group: str
    attributes: dict = field(default_factory=lambda: {"tcp.idle_timeout.seconds": "350"})

    def shown(self) -> dict:
        return {
            "ListenerArn": self.arn,
            "LoadBalancerArn": self.load_balancer,
            "Port": self.port,
            "Protocol": self.protocol,
            "DefaultActions": self.actions(),
        }

    def actions(self) -> list[dict]:
        forward = {"TargetGroups": [{"TargetGroupArn": self.target_group}]}
        return [{"Type": "forward", "TargetGroupArn": self.target_group, "Order": 1, "ForwardConfig": forward}]


class Listeners:
    """Mixin of the Elastic Load Balancing service."""

    @instead("CreateListener")
    def create_listener(self, call) -> dict:
        p = call.params
        lb = self.load_balancer(p["LoadBalancerArn"])
        for needed, noun in (("Port", "port"), ("Protocol", "protocol")):
            if p.get(needed) is None:
                raise AwsError("ValidationError", f"A listener {noun} must be specified")
        tags = self.checked_tags(p.get("Tags"))
        wanted = Listener(f"{lb.arn.replace(':loadbalancer/', ':listener/')}/{self.hex()}", lb.arn, p["Port"],
                          p["Protocol"], self._forward_to(p["DefaultActions"]))
        self._check(wanted)
        existing = self._on_port(lb.arn, wanted.port)
        if existing:
            # "This operation is idempotent": the same settings return the listener that is there.
            if (existing.protocol, existing.target_group) != (wanted.protocol, wanted.target_group):
                raise _duplicate(lb.arn)
            return {"Listeners": [existing.shown()]}
        self.listeners[wanted.arn] = wanted
        self.tags[wanted.arn] = tags
        self.born(wanted.arn)
        return {"Listeners": [wanted.shown()]}

    @instead("DescribeListeners")
    def describe_listeners(self, call) -> dict:
        p = call.params
        if p.get("ListenerArns"):
            found = [self.listener(arn) for arn in p["ListenerArns"]]
            self.must_be_listed(found, "Listener", "listeners")
        elif p.get("LoadBalancerArn"):
            listeners = self.listeners_of(self.load_balancer(p["LoadBalancerArn"]).arn)
            found = [listener for listener in listeners if self.listed(listener.arn)]
        else:
            raise AwsError("ValidationError", "You must specify either listener ARNs or a load balancer ARN")
        page, marker = errors.page(found, p, 400)
        return {"Listeners": [listener.shown() for listener in page], **marker}

    @instead("ModifyListener")
    def modify_listener(self, call) -> dict:
        p = call.params
        listener = self.listener(p["ListenerArn"])
        group = self._forward_to(p["DefaultActions"]) if p.get("DefaultActions") else listener.target_group
        changed = Listener(listener.arn, listener.load_balancer, p.get("Port") or listener.port,
                           p.get("Protocol") or listener.protocol, group, listener.attributes)
        other = self._on_port(changed.load_balancer, changed.port)
        if other and other.arn != changed.arn:
            raise _duplicate(changed.load_balancer)
        self._check(changed)
        self.listeners[changed.arn] = changed
        return {"Listeners": [changed.shown()]}

    @instead("DeleteListener")
    def delete_listener(self, call) -> dict:
        self.forget_listener(self.listener(call.params["ListenerArn"]).arn)
        return {}

    @instead("DescribeListenerAttributes")
    def describe_listener_attributes(self, call) -> dict:
        return {"Attributes": errors.pairs(self.listener(call.params["ListenerArn"]).attributes)}

    @instead("ModifyListenerAttributes")
    def modify_listener_attributes(self, call) -> dict:
        listener = self.listener(call.params["ListenerArn"])
        errors.update(listener.attributes, call.params["Attributes"], "listener")
        return {"Attributes": errors.pairs(listener.attributes)}

    @instead("DescribeRules")
    def describe_rules(self, call) -> dict:
        """A listener of a Network Load Balancer has its default rule and no other."""
        if not call.params.get("ListenerArn"):
            raise AwsError("ValidationError", "You must specify either listener rule ARNs or a listener ARN")
        listener = self.listener(call.params["ListenerArn"])
        arn = listener.arn.replace(":listener/", ":listener-rule/") + "/" + listener.arn[-16:]
        rule = {"RuleArn": arn, "Priority": "default", "Conditions": [], "IsDefault": True}
        return {"Rules": [{**rule, "Actions": listener.actions()}]}

    def listener(self, arn: str) -> Listener:
        if arn not in self.listeners:
            raise errors.not_found("Listener", "listeners")
        return self.listeners[arn]

    def listeners_of(self, load_balancer_arn: str) -> list[Listener]:
        """Named query: the listeners of a load balancer."""
        return [one for one in self.listeners.values() if one.load_balancer == load_balancer_arn]

    def forget_listener(self, arn: str) -> None:
        del self.listeners[arn], self.tags[arn]

    def _on_port(self, load_balancer_arn: str, port: int) -> Listener | None:
        return next((one for one in self.listeners_of(load_balancer_arn) if one.port == port), None)

    def _forward_to(self, actions: list[dict]) -> str:
        if len(actions) != 1 or actions[0]["Type"] != "forward":
            raise AwsError("InvalidLoadBalancerAction",
                           "Network Load Balancer listeners take exactly one default action, of type 'forward'")
        arn = actions[0].get("TargetGroupArn")
        if not arn:
            arn = actions[0].get("ForwardConfig", {}).get("TargetGroups", [{}])[0].get("TargetGroupArn")
        return self.target_group(arn).arn

    def _check(self, listener: Listener) -> None:
        if listener.protocol not in PROTOCOLS:
            allowed = ", ".join(sorted(PROTOCOLS))
            raise AwsError("ValidationError", f"Listener protocol '{listener.protocol}' must be one of '{allowed}'")
        group, lb = self.target_group(listener.target_group), self.load_balancer(listener.load_balancer)
        if group.protocol not in PROTOCOLS[listener.protocol]:
            raise AwsError("IncompatibleProtocols",
                           f"Listener protocol '{listener.protocol}' is not supported with a target group with the "
                           f"protocol '{group.protocol}'")
        if group.vpc_id != lb.vpc_id:
            raise AwsError("InvalidConfigurationRequest",
                           f"The target group with ARN '{group.arn}' is not in the same VPC as the load balancer")
        owners = {one.load_balancer for one in self.listeners.values() if one.target_group == group.arn}
        if owners - {lb.arn}:
            # API reference: "A target group can be associated with one load balancer only" (NLB: by quota).
            raise AwsError("TargetGroupAssociationLimit",
                           f"The following target groups cannot be associated with more than one load balancer: "
                           f"{group.arn}")


def _duplicate(load_balancer_arn: str) -> AwsError:
    message = f"A listener already exists on this port for this load balancer '{load_balancer_arn}'"
    return AwsError("DuplicateListener", message)
