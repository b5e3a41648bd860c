"""AWS's quotas on numbers of objects. Filled in by service; ``limits`` can be raised at run time, as on AWS."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .service import Call
    from .world import World


class Quotas:
    def __init__(self, world: World, enabled: bool) -> None:
        self.enabled = enabled
        self._world = world
        self._checks: dict[tuple[str, str], Callable[[Call], None]] = {}

    def check(self, call: Call) -> None:
        if self.enabled and (check := self._checks.get((call.service, call.operation))):
            check(call)
