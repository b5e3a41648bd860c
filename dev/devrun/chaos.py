"""Kills the operator's process at every call that it makes, and starts it again: nothing may leak, nothing be made twice.

A round is the life of one stack: create, one change after another, delete. An undisturbed round tells which calls each of
these makes and what is there at its end; in each further round every one of them is disturbed once, at another point: the
process dies, or the connection breaks, before or after the effect of the n-th AWS call or of the n-th write of the status.
"""
import json
import os
import random
import signal
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from devkube.say import Failure, say

from . import scenes
from .parts import Operator
from .progress import is_ready
from .stage import Stage, everything
from .wire import Door, Shut, kubeconfig_through

STACKS = "/apis/privateapi.dev/v1alpha1/namespaces/default/privateapistacks"
PATIENCE_SECONDS = 180
# A restart looks at everything, waits until AWS must have shown what may have been created, and polls meanwhile.
EXTRA_CALLS = 200
CHANGES = {
    "more tasks": {"service": {"taskCount": 3}},
    "another environment": {"service": {"env": [{"name": "LOG_LEVEL", "value": "debug"}]}},
    "a bigger task": {"service": {"cpu": 512, "memory": 1024}},
    "another route": {"api": {"routes": [{"path": "/", "methods": ["GET"]}, {"path": "/more", "methods": ["ANY"]}]}},
    "another stage": {"api": {"stage": "next"}},
    "another port": {"service": {"port": 8080}},
    "no Resolver": {"dns": {"resolver": "None"}},
    "no peer": {"peers": []},
}
KINDS = ("aws kill", "status kill", "aws cut")


@dataclass(frozen=True)
class Point:
    kind: str
    nth: int
    side: str

    def __str__(self) -> str:
        what = {"aws kill": "killed {} AWS call {}", "status kill": "killed {} status write {}",
                "aws cut": "connection cut {} the effect of AWS call {}"}[self.kind]
        return what.format(self.side, self.nth)


@dataclass
class Undisturbed:
    calls: int
    writes: int
    objects: Counter

    def points(self) -> list[Point]:
        counts = {"aws kill": self.calls, "status kill": self.writes, "aws cut": self.calls}
        return [Point(kind, nth, side) for kind in KINDS for nth in range(1, counts[kind] + 1) for side in ("before", "after")]


@dataclass
class Tally:
    points: int = 0
    missed: int = 0
    by_kind: Counter = field(default_factory=Counter)
    extra: int = 0
    leaks: list[str] = field(default_factory=list)
    doubles: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(self.by_kind.items()))
        return (f"{self.points} crash points ({kinds}), {len(self.leaks)} leaks, {len(self.doubles)} duplicates, "
                f"{len(self.others)} other findings; at most {self.extra} calls more than undisturbed; "
                f"{self.missed} points not reached")


class Chaos:
    """One stack, one operator, and the door between the operator and the API server."""

    def __init__(self, stage: Stage, parts: ExitStack):
        self.stage = stage
        self.tally = Tally()
        self.operator: Operator | None = None
        self.disturbance: Point | None = None
        self.writes = 0
        self.hit = False
        self.door = Door(json.loads(Path(stage.kube.kubeconfig).read_text())["clusters"][0]["cluster"]["server"], self._status_write)
        parts.callback(self.door.close)
        parts.callback(self.stop)
        self.settings = {"KUBECONFIG": str(kubeconfig_through(
            self.door, Path(stage.kube.kubeconfig), stage.directory / "kubeconfig-operator"))}

    def stop(self) -> None:
        if self.operator:
            self.operator.stop()
            self.operator = None

    def start(self) -> None:
        self.operator = Operator(self.stage.directory, self.stage.kube, self.stage.sandbox, self.stage.scale, self.settings)
        self.operator.await_ready()

    def _status_write(self, side: str) -> None:
        if side == "before":
            self.writes += 1
        point = self.disturbance
        if point and point.kind == "status kill" and not self.hit and (point.nth, point.side) == (self.writes, side):
            self.hit = True
            os.kill(self.operator.process.pid, signal.SIGKILL)
            raise Shut

    def round(self, plan: dict[str, Point], expected: dict[str, Undisturbed]) -> dict[str, Undisturbed]:
        """One life of a stack, disturbed as planned. What each part of it came to."""
        seen = {}
        for name, begin, ended in self._acts():
            seen[name] = self._act(name, begin, ended, plan.get(name), expected.get(name))
        return seen

    def _acts(self):
        kube = self.stage.kube
        yield "create", lambda: kube.run("apply", "-f", scenes.SEED), self._ready
        for name, spec in CHANGES.items():
            patch = json.dumps({"spec": spec})
            yield name, lambda patch=patch: kube.run("patch", "pas", scenes.NAME, "--type=merge", "-p", patch), self._ready
        yield "delete", lambda: kube.run("delete", "pas", scenes.NAME, "--wait=false"), self._gone

    def _act(self, name: str, begin, ended, point: Point | None, expected: Undisturbed | None) -> Undisturbed:
        self.writes, self.hit, self.disturbance = 0, False, point
        self.stage.sandbox.send("POST", "journal/reset", {})
        fault = self._arrange(point)
        begin()
        self._until(f"{name}, {point or 'undisturbed'}", ended)
        reached = self.hit or bool(fault and self._faults(fault)["hits"])
        self.stage.sandbox.send("DELETE", "faults")
        self.disturbance = None
        came = Undisturbed(len(self.stage.sandbox.get("journal")), self.writes, self._objects())
        if point and expected:
            self._judge(name, point, reached, came, expected)
        return came

    def _arrange(self, point: Point | None) -> int | None:
        if point is None or point.kind == "status kill":
            return None
        kind = f"{point.kind.removeprefix('aws ')}-{point.side}"
        return self.stage.sandbox.send("POST", "faults", {
            "operation": "*", "kind": kind, "nth": point.nth, "pid": self.operator.process.pid})["id"]

    def _faults(self, fault: int) -> dict:
        return next(it for it in self.stage.sandbox.get("faults") if it["id"] == fault)

    def _until(self, what: str, ended) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not ended():
            if self.operator.process.poll() is not None:
                if self.operator.process.returncode != -signal.SIGKILL:
                    self.operator.check()
                self.start()
            if time.monotonic() > deadline:
                raise Failure(f"{what}: did not end within {PATIENCE_SECONDS} s: {self._told()}")
            time.sleep(0.2)
        if self.operator.process.poll() is not None:
            self.start()

    def _stack(self) -> dict | None:
        stacks = json.loads(self.stage.kube.run("get", "--raw", STACKS))["items"]
        return stacks[0] if stacks else None

    def _ready(self) -> bool:
        stack = self._stack()
        return stack is not None and is_ready(stack)

    def _gone(self) -> bool:
        return self._stack() is None

    def _told(self) -> str:
        stack = self._stack() or {}
        return json.dumps(stack.get("status", {}).get("conditions", []))[:3000]

    def _objects(self) -> Counter:
        """What carries a stack's tags, by what it is to the stack; tasks come and go by themselves."""
        return Counter(f"{it['service']} {it['type']} {it['tags']['privateapi.dev/resource']}"
                       for it in self.stage.sandbox.get("left")
                       if "privateapi.dev/resource" in it["tags"] and it["type"] != "task" and "DELETE" not in it["state"])

    def _judge(self, name: str, point: Point, reached: bool, came: Undisturbed, expected: Undisturbed) -> None:
        where = f"{name}, {point}"
        if not reached:
            self.tally.missed += 1
            return
        self.tally.points += 1
        self.tally.by_kind[point.kind] += 1
        self.tally.extra = max(self.tally.extra, came.calls - expected.calls)
        if came.calls > expected.calls + EXTRA_CALLS:
            self.tally.others.append(f"{where}: {came.calls} calls instead of {expected.calls}")
        for kind, count in (came.objects - expected.objects).items():
            self.tally.doubles.append(f"{where}: {count} more {kind}")
        for kind in expected.objects - came.objects:
            self.tally.others.append(f"{where}: no {kind}")

    def judge_end(self, plan: dict[str, Point]) -> None:
        """After a deletion; AWS is given time to end what it ends by itself."""
        deadline = time.monotonic() + 60
        while (left := self.stage.sandbox.get("left")) and time.monotonic() < deadline:
            time.sleep(0.2)
        plans = "; ".join(f"{name}: {point}" for name, point in plan.items())
        self.tally.leaks += [f"{it['service']} {it['type']} {it['id']} ({plans})" for it in left]
        self.tally.others += [f"foreign, and changed: {json.dumps(it)} ({plans})" for it in self.stage.sandbox.get("changed")]


def chaos(directory: Path, scale: float, points: int, seed: int) -> int:
    """@return the exit code: 0 if nothing leaked, nothing was doubled and nothing else was found."""
    with everything(directory, scale, "--rates", "off", "--lag", "2") as stage, ExitStack() as parts:
        run = Chaos(stage, parts)
        say("an undisturbed round")
        run.start()
        expected = run.round({}, {})
        run.judge_end({})
        rounds = _plan(expected, points, seed)
        total = sum(len(undisturbed.points()) for undisturbed in expected.values())
        say(f"{total} points in all; {sum(map(len, rounds))} of them in {len(rounds)} rounds")
        for number, plan in enumerate(rounds, 1):
            run.round(plan, expected)
            run.judge_end(plan)
            say(f"round {number} of {len(rounds)}: {run.tally}")
    findings = run.tally.leaks + run.tally.doubles + run.tally.others
    print("\n".join(["", *findings, str(run.tally)]))
    return 1 if findings else 0


def _plan(expected: dict[str, Undisturbed], wanted: int, seed: int) -> list[dict[str, Point]]:
    """Rounds that together have so many points: of each kind as many, spread evenly over an act's own; 0: all of them."""
    every = {name: undisturbed.points() for name, undisturbed in expected.items()}
    longest = max(map(len, every.values()))
    count = min(longest, -(-wanted // len(every))) if wanted else longest
    rounds: list[dict[str, Point]] = [{} for _ in range(count)]
    for act, (name, points) in enumerate(every.items()):
        chance = random.Random(f"{seed}/{name}")
        chosen = points if len(points) <= count else [
            point for number, kind in enumerate(KINDS)
            for point in _spread([it for it in points if it.kind == kind], len(range((number - act) % len(KINDS), count, len(KINDS))), chance)]
        chance.shuffle(chosen)
        for plan, point in zip(rounds, chosen):
            plan[name] = point
    return rounds


def _spread(points: list[Point], count: int, chance: random.Random) -> list[Point]:
    if len(points) <= count:
        return points
    return [points[int((part + chance.random()) * len(points) / count)] for part in range(count)]
