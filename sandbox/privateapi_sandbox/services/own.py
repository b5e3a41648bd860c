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

    def due(self, duration: str) -> float:
        """The moment at which something that begins now is done."""
        return self.world.now() + self.world.duration(duration)

    def at(self, moment: float, action: Callable[[], None]) -> None:
        self.world.after(moment - self.world.now(), action)

    def quota(self, count: int, limit: int, code: str, message: str, status: int = 400) -> None:
        """Refuses one more object when `count` exist already."""
        if self.world.quotas.enabled and count >= limit:
            raise AwsError(code, message, status)
