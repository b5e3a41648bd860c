"""Puts the sandbox together: world, services, front, servers."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import threading
from pathlib import Path

from . import services as service_package
from . import snapshot, wire
from .clock import ManualClock, ScaledClock
from .control import Control
from .front import Front
from .server import Server
from .service import Call, Service
from .state import State
from .world import Settings, World


POLL = 0.02  # seconds until a server notices that it is to stop
WARMING = {"ec2": "DescribeVpcEndpointServices", "iam": "ListRoles", "sts": "GetCallerIdentity"}


class Sandbox:
    def __init__(self, settings: Settings, clock: ScaledClock | ManualClock, port: int = 0, data_port: int = 0) -> None:
        self.world = World(settings, clock)
        self.world.data_port = data_port
        for kind in service_classes():
            self.world.services[kind.room or kind.name] = kind(self.world)
        self.front = Front(self.world)
        self.world.internal = self.front.internal
        self.world.quotas = self.front.quotas
        self.world.rates = self.front.rates
        self.state = State(self.world)
        self.world.during(self._begin)
        self.control = Control(self.world, self.front, self.state, lambda file: snapshot.save(self, file), self.load)
        self.server = Server(port, self.front, self.control)

    def _begin(self) -> None:
        for service in self.world.services.values():
            service.start()
        self.state.mark_start()

    def load(self, file: Path) -> None:
        """What another sandbox of this account and Region wrote into a snapshot, in the place of all that is here."""
        self.world.during(lambda: snapshot.load(self, file))

    def start(self) -> None:
        threading.Thread(target=self.server.serve_forever, args=(POLL,), name="aws", daemon=True).start()

    def warm(self) -> None:
        """Loads API models and moto's modules now: the first call of a service would take seconds."""
        for service in {service.name for service in self.world.services.values() if service.has_api}:
            wire.warm(service)
        account, region = self.world.settings.account, self.world.settings.region
        for service, operation in WARMING.items():
            self.world.during(lambda: self.world.internal(Call(service, operation, {}, account, region, "aws")))

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        for service in self.world.services.values():
            service.stop()

    def ready(self) -> dict:
        line = {"endpoint": self.server.endpoint, "control": f"{self.server.endpoint}/_sandbox"}
        for service in self.world.services.values():
            line.update(service.ready())
        return line


def service_classes() -> list[type[Service]]:
    """Every Service in the modules of services/, in the order of module names."""
    found: list[type[Service]] = []
    for module in sorted(pkgutil.iter_modules(service_package.__path__), key=lambda m: m.name):
        loaded = importlib.import_module(f"{service_package.__name__}.{module.name}")
        for _, kind in inspect.getmembers(loaded, inspect.isclass):
            if issubclass(kind, Service) and kind.name and kind.__module__.startswith(loaded.__name__):
                found.append(kind)
    return found
