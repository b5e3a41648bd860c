"""What a simulated service is: hooks around moto's answer to each operation, and its part of the state.

    class Elbv2(Service):
        name = "elbv2"

        @before("DeleteTargetGroup")
        def in_use(self, call):                       # refuse: raise AwsError
            ...

        @instead("TestInvokeMethod")                  # answer in moto's place: return the result as a dict
        def invoke(self, call): ...

        @after("DescribeLoadBalancers")               # repair moto's result (a dict as boto3 shows it) in place
        def states(self, call, result): ...

Several classes may serve one AWS service (same ``name``, different ``room``); every class in ``services/`` is found by
itself. ``room`` is how others reach it: ``world.elbv2``. Others ask through small named methods, never through moto.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .wire import Request
    from .world import World


@dataclass
class Call:
    """One call of an AWS operation, parsed."""

    service: str  # botocore's name: ec2, elbv2, …
    operation: str
    params: dict[str, Any]
    account: str
    region: str
    caller: str  # ARN
    access_key: str = ""
    request: Request | None = None  # None when the sandbox calls itself
    forward: Callable[[], dict] | None = None  # moto's own answer, for an @instead that wants it
    takes: float = 0.0  # AWS seconds until the answer is sent


@dataclass(frozen=True)
class LiveObject:
    """One object that exists on the sandbox AWS, for "what is there" and "what is left"."""

    service: str
    type: str
    id: str
    name: str = ""
    state: str = ""
    tags: dict[str, str] = field(default_factory=dict)
    region: str = ""
    account: str = ""
    made_by_aws: bool = False  # for its own use, once per account (a service-linked role): nobody has to clean it up


def before(*operations: str):
    return _mark("before", operations)


def instead(*operations: str):
    return _mark("instead", operations)


def after(*operations: str):
    return _mark("after", operations)


def done(*operations: str):
    """Runs when a call is over, whatever came of it."""
    return _mark("done", operations)


def held(*operations: str):
    """Asked again and again before the call, outside the world's lock: whether it waits, after so many AWS seconds."""
    return _mark("held", operations)


def control(method: str, path: str):
    """A control route of the service's own, below ``/_sandbox``: takes the JSON body, returns what to answer."""
    return _mark("control", ((method, path),))


def _mark(kind: str, keys: tuple):
    def mark(function):
        function.hooks = getattr(function, "hooks", []) + [(kind, key) for key in keys]
        return function

    return mark


class Service:
    name = ""
    room = ""
    is_global = False  # no Region: IAM, Route 53, STS
    has_api = True  # False: ours alone, without an AWS API of this name
    tools = frozenset({"world", "own_operations"})  # attributes that are no state: not part of a snapshot

    def __init__(self, world: World) -> None:
        self.world = world
        self._listed_at: dict[str, float] = {}

    def born(self, key: str) -> None:
        """Notes a new object: with read-after-write lag Describe and List do not know it for a while."""
        if lag := self.world.settings.lag:
            self._listed_at[key] = self.world.now() + self.world.random("lag", key).uniform(0.2, 1.0) * lag

    def listed(self, key: str) -> bool:
        """Whether Describe and List know an object by now."""
        return self._listed_at.get(key, 0.0) <= self.world.now()

    def kept(self) -> dict[str, Any]:
        """The state, for a snapshot."""
        return {name: value for name, value in vars(self).items() if name not in self.tools}

    def restore(self, kept: dict[str, Any]) -> None:
        vars(self).update(kept)

    def start(self) -> None:
        """What the account holds before its first caller comes. All services exist when this runs."""

    def stop(self) -> None:
        """Ends what ``start`` began (a listener, say)."""

    def ready(self) -> dict:
        """What the service adds to the line that tells that the sandbox is ready."""
        return {}

    def aws(self, service: str, operation: str, account: str, region: str, **params: Any) -> dict:
        """A call that AWS makes itself, hooks included. Raises AwsError."""
        return self.world.internal(Call(service, operation, params, account, region, "aws"))

    def moto(self, service: str, operation: str, account: str, region: str, **params: Any) -> dict:
        """moto's own operation, without our hooks. Raises AwsError."""
        return self.world.moto.call(service, operation, params, account, region)

    def objects(self, account: str, region: str) -> Iterable[LiveObject]:
        """The live objects of one account and Region (a global service: of one account, Region "")."""
        return ()

    def tags_at(self, account: str, region: str, arn: str) -> dict[str, str]:
        """The tags that a live object has for access control, by its ARN."""
        for live in self.objects(account, region):
            if arn == live.id or arn.endswith((f"/{live.id}", f":{live.id}", f":{live.id}:*")):
                return live.tags
        return {}

    def places(self) -> Iterable[tuple[str, str]]:
        """The accounts and Regions in which the service may hold objects."""
        return self.world.moto.places(self.name, self.is_global)

    def hooks(self, kind: str) -> Iterable[tuple[Any, Callable]]:
        """The hooks of the class and of its mixins."""
        for name in dir(type(self)):
            for marked, key in getattr(getattr(type(self), name, None), "hooks", ()):
                if marked == kind:
                    yield key, getattr(self, name)
