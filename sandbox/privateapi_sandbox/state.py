"""What lives on the sandbox AWS: every object with its tags, and which of them were there from the start."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .service import LiveObject
    from .world import World


class State:
    def __init__(self, world: World) -> None:
        self._world = world
        self.start: dict[tuple, LiveObject] = {}

    def mark_start(self) -> None:
        self.start = {_key(live): live for live in self._live()}

    def all(self) -> list[dict]:
        return [{**asdict(live), "created_by_start": _key(live) in self.start} for live in self._live()]

    def left(self) -> list[dict]:
        """Only what did not exist at the start and is for its maker to take away."""
        return [asdict(live) for live in self._live() if _key(live) not in self.start and not live.made_by_aws]

    def changed(self) -> list[dict]:
        """Objects of the start that are gone or no longer the same: what was foreign to every caller and touched."""
        now = {_key(live): live for live in self._live()}
        return [
            {"was": asdict(was), "is": asdict(now[key]) if key in now else None}
            for key, was in self.start.items()
            if now.get(key) != was
        ]

    def _live(self) -> list[LiveObject]:
        found: list[LiveObject] = []
        for service in self._world.services.values():
            for account, region in service.places():
                found.extend(service.objects(account, region))
        return found


def _key(live: LiveObject) -> tuple:
    return live.account, live.region, live.service, live.type, live.id
