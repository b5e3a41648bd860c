"""Services that the sandbox simulates by itself, with nothing of moto behind them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from ..errors import AwsError, not_simulated
from ..service import Call, Service, before

if TYPE_CHECKING:
    from ..world import World


class OwnService(Service):
    def __init__(self, world: World) -> None:
        super().__init__(world)
        self._listed_at: dict[str, float] = {}
        self._places = {(world.settings.account, "" if self.is_global else world.settings.region)}

    @cached_property
    def _operations(self) -> set[str]:
        return {operation for operation, _ in self.hooks("instead")}

    def places(self) -> set[tuple[str, str]]:
        return self._places

    @before("*")
    def enter(self, call: Call) -> None:
        """Refuses what is not ours: moto would answer it from a state of its own, in which nothing of ours exists."""
        self._places.add((call.account, "" if self.is_global else call.region))
        if call.operation not in self._operations:
            raise not_simulated(call.service, call.operation)

    def born(self, key: str) -> None:
        """Notes a new object: with read-after-write lag it is missing from lists for a while."""
        if lag := self.world.settings.lag:
            self._listed_at[key] = self.world.now() + self.world.random("lag", key).uniform(0.2, 1.0) * lag

    def listed(self, key: str) -> bool:
        return self._listed_at.get(key, 0.0) <= self.world.now()

    def due(self, duration: str) -> float:
        """The moment at which something that begins now is done."""
        return self.world.now() + self.world.duration(duration)

    def at(self, moment: float, action: Callable[[], None]) -> None:
        self.world.after(moment - self.world.now(), action)

    def quota(self, count: int, limit: int, code: str, message: str, status: int = 400) -> None:
        """Refuses one more object when `count` exist already."""
        if self.world.quotas.enabled and count >= limit:
            raise AwsError(code, message, status)
