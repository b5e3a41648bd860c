"""The sandbox's one world: clock, seeded chance, things that fall due, and the services."""

from __future__ import annotations

import datetime
import heapq
import itertools
import random
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .clock import ManualClock, ScaledClock
from .durations import Durations
from .service import Call, Service


@dataclass(frozen=True)
class Settings:
    account: str = "123456789012"
    region: str = "ap-northeast-1"
    seed: int = 1
    lag: float = 0.0  # AWS seconds until a new object is seen by Describe and List
    rates: bool = True
    quotas: bool = True
    iam: bool = False
    latency: float = 0.0  # AWS seconds that each call takes
    state_dir: Path = field(default=Path("."))


class World:
    """State changes under one lock, call by call; before each call the events that fell due meanwhile are settled.

    Time stands still while a call or an event runs, so that the same calls at the same times give the same world.
    """

    def __init__(self, settings: Settings, clock: ScaledClock | ManualClock) -> None:
        from .moto_backend import Moto

        self.settings = settings
        self.clock = clock
        self.durations = Durations(settings.seed)
        self.lock = threading.RLock()
        self.moto = Moto(settings.account, settings.seed)
        self.services: dict[str, Service] = {}
        self.internal: Callable[[Call], dict]  # a call through all hooks, made by the sandbox itself
        self.data_port = 0
        self._began = datetime.datetime.now(datetime.timezone.utc)
        self._pinned: float | None = None
        self._due: list[tuple[float, int, Callable[..., None], tuple]] = []
        self._order = itertools.count()

    def __getattr__(self, room: str) -> Service:
        try:
            return self.__dict__["services"][room]
        except KeyError:
            raise AttributeError(f"no service room {room}") from None

    def now(self) -> float:
        """AWS-time seconds since the start."""
        return self.clock.now() if self._pinned is None else self._pinned

    def datetime(self, at: float | None = None) -> datetime.datetime:
        return self._began + datetime.timedelta(seconds=self.now() if at is None else at)

    def duration(self, name: str) -> float:
        return self.durations.draw(name)

    def random(self, *key: object) -> random.Random:
        """Chance that depends on the seed and the key only."""
        return random.Random("/".join(map(str, (self.settings.seed, *key))))

    def after(self, seconds: float, action: Callable[..., None], *given: Any) -> None:
        """Runs a service's method when that much AWS time has passed."""
        heapq.heappush(self._due, (self.now() + seconds, next(self._order), action, given))

    def kept(self) -> dict[str, Any]:
        """Time and what is to come, for a snapshot."""
        return {"now": self.now(), "began": self._began, "due": self._due, "order": next(self._order),
                "drawn": self.durations.drawn, "overrides": self.durations.overrides}

    def restore(self, kept: dict[str, Any]) -> None:
        """Goes on where the snapshot was taken; AWS was stopped in between."""
        self.clock.advance(kept["now"] - self.now())
        if self._pinned is not None:
            self._pinned = self.clock.now()
        self._began, self._due, self._order = kept["began"], kept["due"], itertools.count(kept["order"])
        self.durations.drawn, self.durations.overrides = kept["drawn"], kept["overrides"]

    def settle(self) -> None:
        """Runs every event that is due, each at its own moment, in the order of these moments."""
        with self.lock:
            outer, target = self._pinned, self.now()
            try:
                while self._due and self._due[0][0] <= target:
                    due, _, action, given = heapq.heappop(self._due)
                    self._pinned = due
                    action(*given)
                self._pinned = target
            finally:
                self._pinned = outer

    def advance(self, seconds: float) -> None:
        """Jumps forward in time and settles what fell due on the way."""
        with self.lock:
            self.clock.advance(seconds)
            self._pinned = self.clock.now() if self._pinned is not None else None
            self.settle()

    def during(self, work: Callable[[], object]) -> object:
        """Settles, then runs the work at one moment of time."""
        with self.lock:
            if self._pinned is not None:
                return work()
            self._pinned = self.clock.now()
            try:
                self.settle()
                return work()
            finally:
                self._pinned = None
