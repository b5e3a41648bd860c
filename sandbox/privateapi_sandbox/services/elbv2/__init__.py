"""Elastic Load Balancing v2, Network Load Balancers: with interfaces, provisioning, and targets that become healthy.

All of it is ours: moto's load balancers are Application Load Balancers (`app/` ARNs) without interfaces, states in time
or health. Sources: Elastic Load Balancing API Reference, version 2015-12-01; User Guide for Network Load Balancers.
"""

from ...service import LiveObject
from ..own import OwnService
from . import errors
from .listeners import Listeners
from .load_balancers import LoadBalancers
from .tags import Tags
from .target_groups import TargetGroups

__all__ = ["Elbv2"]


class Elbv2(LoadBalancers, Listeners, TargetGroups, Tags, OwnService):
    name = "elbv2"

    def __init__(self, world) -> None:
        super().__init__(world)
        self.chance = world.random("elbv2")
        self.load_balancers, self.listeners, self.target_groups = {}, {}, {}  # by ARN, of every account and Region
        self.tags: dict[str, dict[str, str]] = {}  # by ARN

    def hex(self) -> str:
        return f"{self.chance.getrandbits(64):016x}"

    def must_be_listed(self, found: list, kind: str, plural: str) -> None:
        """A Describe right after the create may not find the object yet, even by its ARN."""
        if not all(self.listed(thing.arn) for thing in found):
            raise errors.not_found(kind, plural)

    def is_active(self, load_balancer_arn: str) -> bool:
        """Named query: whether a load balancer exists and is `active`, as a VPC link needs it."""
        lb = self.load_balancers.get(load_balancer_arn)
        return lb is not None and self.world.now() >= lb.active_at

    def by_dns_name(self, name: str):
        """Named query: the load balancer behind a DNS name."""
        return next((lb for lb in self.load_balancers.values() if lb.dns_name == name.lower()), None)

    def objects(self, account: str, region: str):
        def live(kind, thing, name="", state=""):
            return LiveObject("elbv2", kind, thing.arn, name, state, self.tags[thing.arn], region, account)

        def here(things):
            return [thing for thing in things.values() if thing.arn.split(":")[3:5] == [region, account]]

        for lb in here(self.load_balancers):
            yield live("load-balancer", lb, lb.name, "active" if self.is_active(lb.arn) else "provisioning")
        for listener in here(self.listeners):
            yield live("listener", listener)
        for group in here(self.target_groups):
            yield live("target-group", group, group.name)
