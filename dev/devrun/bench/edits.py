"""How soon one person's edit reaches AWS while a thousand stacks are being made."""
import json
import time
from pathlib import Path

from devkube.say import Failure

from ..stage import Stage, everything, operating
from . import fleet
from .measure import Measure, calls, last

EDITED = 6
EDITS = 100
PAUSE_SECONDS = 3
PATIENCE_SECONDS = 120
STACKS = f"/apis/privateapi.dev/v1alpha1/namespaces/{fleet.NAMESPACE}/privateapistacks"
# What people edit, and the call by which AWS hears of it first.
KINDS = (
    ({"service": {"taskCount": 2}}, "UpdateService"),
    ({"service": {"env": [{"name": "LOG_LEVEL", "value": "debug"}]}}, "RegisterTaskDefinition"),
    ({"api": {"routes": [{"path": "/", "methods": ["GET", "POST"]}]}}, "PutRestApi"),
    ({"service": {"taskCount": 1}}, "UpdateService"),
    ({"service": {"env": []}}, "RegisterTaskDefinition"),
    ({"api": {"routes": [{"path": "/", "methods": ["GET"]}]}}, "PutRestApi"),
)


def measures(directory: Path, scale: float, stacks: int) -> list[Measure]:
    base = directory / f"fleet-{EDITED}"
    fleet.build(directory, base, EDITED)
    with everything(directory, scale, "--rates", "on", "--quotas", "off", kept=base) as up, \
            operating(up, {}, fleet.JVM) as stage:
        time.sleep(60 / scale)  # the process has looked at what it found
        fleet.apply(stage, [fleet.stack(EDITED + number, fleet.region(number)) for number in range(stacks)])
        took = sorted(_edit(stage, number) for number in range(EDITS))
        busy = len(calls(stage, 0))
    worst = took[int(len(took) * 0.99) - 1] if len(took) >= 100 else took[-1]
    return [Measure(f"an edit among {stacks} stacks in the making, s to its first write: the slowest of {EDITS}", worst, 2, 0.5,
                    f"median {took[len(took) // 2]:.2f} s; {busy} calls meanwhile")]


def _edit(stage: Stage, number: int) -> float:
    time.sleep(PAUSE_SECONDS / stage.scale)
    stack, (spec, operation) = fleet.name(number % EDITED), KINDS[number // EDITED % len(KINDS)]
    names = (stack, _api(stage, stack))
    before, now = last(stage), stage.sandbox.get("time")["now"]
    stage.kube.patch(f"{STACKS}/{stack}", {"spec": spec})
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        stage.check()
        for entry in calls(stage, before):
            if entry["operation"] == operation and any(it in json.dumps(entry["params"]) for it in names):
                return entry["time"] - now
        time.sleep(0.2)
    raise Failure(f"the edit of {stack}, {json.dumps(spec)}, did not reach AWS within {PATIENCE_SECONDS} s")


def _api(stage: Stage, stack: str) -> str:
    status = json.loads(stage.kube.run("get", "pas", stack, "-o", "json"))["status"]
    return next(one["id"] for one in status["resources"] if one["name"] == "api/rest-api")
