"""The control API under ``/_sandbox``: JSON in, JSON out, for tests and for people."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from . import telling
from .front import Front
from .state import State
from .wire import Request, Response
from .world import World

PREFIX = "/_sandbox"


class Control:
    def __init__(self, world: World, front: Front, state: State, save: Callable[[Path], dict],
                 load: Callable[[Path], None]) -> None:
        self.world = world
        self.front = front
        self.state = state
        self._routes: dict[tuple[str, str], Callable[[dict], Any]] = {
            ("GET", "/time"): lambda _: {"now": world.now(), "scale": world.clock.scale, "utc": world.datetime().isoformat()},
            ("POST", "/clock/advance"): self._advance,
            ("GET", "/journal"): lambda q: front.journal.since(int(q.get("since", 0))),
            ("GET", "/journal/last"): lambda _: {"seq": front.journal.last()},
            ("POST", "/journal/reset"): lambda _: front.journal.reset(),
            ("GET", "/state"): lambda _: state.all(),
            ("GET", "/left"): lambda _: state.left(),
            ("GET", "/changed"): lambda _: state.changed(),
            ("GET", "/faults"): lambda _: front.faults.all(),
            ("POST", "/faults"): front.faults.add,
            ("DELETE", "/faults"): lambda q: front.faults.clear(int(q["id"]) if "id" in q else None),
            ("GET", "/settings"): lambda _: self._settings({}),
            ("POST", "/settings"): self._settings,
            ("POST", "/durations"): self._durations,
            ("POST", "/quotas"): front.quotas.change,
            ("POST", "/snapshot"): lambda given: save(Path(given["file"])),
            ("POST", "/restore"): lambda given: load(Path(given["file"])),
        }
        for service in world.services.values():
            for (method, path), route in service.hooks("control"):
                self._routes[method, path] = route

    def answer(self, request: Request) -> Response:
        path = request.path[len(PREFIX):].rstrip("/")
        route = self._routes.get((request.method, path))
        if route is None:
            known = ", ".join(f"{method} {PREFIX}{path}" for method, path in self._routes)
            return _json(404, {"error": f"no {request.method} {request.path}; there is {known}"})
        try:
            given = dict(parse_qsl(request.query))
            if request.body:
                given.update(json.loads(request.body))
            as_text = given.pop("format", "json") == "text" and path in telling.TELLERS
            answer = self.world.during(lambda: route(given))
            return _text(telling.TELLERS[path](answer)) if as_text else _json(200, answer)
        except (ValueError, KeyError, TypeError, OSError) as e:
            return _json(400, {"error": f"{type(e).__name__}: {e}"})

    def _advance(self, given: dict) -> dict:
        self.world.advance(float(given["seconds"]))
        return {"now": self.world.now()}

    def _settings(self, given: dict) -> dict:
        """Switches that may change while the sandbox runs: rates, quotas, iam."""
        for name in ("rates", "quotas", "iam"):
            if name in given:
                getattr(self.front, name).enabled = bool(given[name])
        return {name: getattr(self.front, name).enabled for name in ("rates", "quotas", "iam")}

    def _durations(self, given: dict) -> dict:
        """Fixes durations by name (AWS seconds); null gives one back to the table."""
        for name, seconds in given.items():
            if seconds is None:
                self.world.durations.overrides.pop(name, None)
            else:
                self.world.durations.overrides[name] = float(seconds)
        return self.world.durations.overrides


def _text(answer: str) -> Response:
    return Response(200, {"Content-Type": "text/plain; charset=utf-8"}, answer.encode())


def _json(status: int, answer: Any) -> Response:
    body = json.dumps(answer, default=str, indent=1).encode() + b"\n"
    return Response(status, {"Content-Type": "application/json"}, body)
