"""The whole world in a file, and back: a fleet that took long to build is there at once in the next sandbox.

    POST /_sandbox/snapshot {"file": "/tmp/fleet"}       python -m privateapi_sandbox --load /tmp/fleet

All objects, what is still to fall due, the AWS clock, raised quotas, and which objects were there from the start. Switches,
faults and the journal are the new sandbox's own. The file is a pickle: load none that you have not made yourself with this
version.
"""

from __future__ import annotations

import io
import pickle
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .service import Service

if TYPE_CHECKING:
    from .sandbox import Sandbox

_LOCK = type(threading.RLock())


class _Pickler(pickle.Pickler):
    """Services stay what they are; only what they hold is written."""

    def persistent_id(self, thing: Any) -> str | None:
        return (thing.room or thing.name) if isinstance(thing, Service) else None

    def reducer_override(self, thing: Any) -> Any:
        return (threading.RLock, ()) if isinstance(thing, _LOCK) else NotImplemented


class _Unpickler(pickle.Unpickler):
    def __init__(self, data: io.BytesIO, services: dict[str, Service]) -> None:
        super().__init__(data)
        self._services = services

    def persistent_load(self, room: str) -> Service:
        return self._services[room]


def save(sandbox: Sandbox, file: Path) -> dict:
    world, held = sandbox.world, io.BytesIO()
    _Pickler(held, protocol=pickle.HIGHEST_PROTOCOL).dump({
        "account": world.settings.account,
        "region": world.settings.region,
        "world": world.kept(),
        "services": {room: service.kept() for room, service in world.services.items()},
        "moto": world.moto.kept(),
        "quotas": sandbox.front.quotas.limits,
        "start": sandbox.state.start,
    })
    file.write_bytes(held.getvalue())
    return {"file": str(file), "bytes": len(held.getvalue()), "objects": len(sandbox.state.all())}


def load(sandbox: Sandbox, file: Path) -> None:
    """Into a sandbox that has just been made, of the same account and Region."""
    world = sandbox.world
    saved = _Unpickler(io.BytesIO(file.read_bytes()), world.services).load()
    here = (world.settings.account, world.settings.region)
    if (saved["account"], saved["region"]) != here:
        raise ValueError(f"{file} is of account {saved['account']} in {saved['region']}, this sandbox of {' in '.join(here)}")
    world.moto.restore(saved["moto"])
    world.restore(saved["world"])
    for room, kept in saved["services"].items():
        world.services[room].restore(kept)
    sandbox.front.quotas.limits = saved["quotas"]
    sandbox.state.start = saved["start"]
