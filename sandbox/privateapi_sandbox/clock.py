"""AWS time: seconds since the sandbox started, running ``scale`` times faster than the machine's clock."""

from __future__ import annotations

import time


class ScaledClock:
    def __init__(self, scale: float) -> None:
        self.scale = scale
        self._start = time.monotonic()

    def now(self) -> float:
        return (time.monotonic() - self._start) * self.scale

    def advance(self, seconds: float) -> None:
        """Jumps forward, on top of the time that passes by itself."""
        self._start -= seconds / self.scale


class ManualClock:
    """Stands still until told to advance: tests wait for nothing and see every moment they ask for."""

    scale = 1.0

    def __init__(self) -> None:
        self._now = 0.0

    def now(self) -> float:
        return self._now

    def advance(self, seconds: float) -> None:
        self._now += seconds
