"""How soon one person's edit reaches AWS while a thousand stacks are being made."""
import json
import time
from pathlib import Path

from devkube.say import Failure

from .. import image
from ..stage import Stage, everything
from . import fleet
from .measure import Measure, calls, last

EDITED = 6
EDITS = 100
PAUSE_SECONDS = 3
PATIENCE_SECONDS = 120
STACKS = f"/apis/privateapi.dev/v1alpha1/namespaces/{fleet.NAMESPACE}/privateapistacks"


def measures(directory: Path, scale: float, stacks: int) -> list[Measure]:
    base = directory / f"fleet-{EDITED}"
    fleet.build(directory, base, EDITED)
    with everything(directory, scale, "--rates", "on", "--quotas", "off", kept=base) as up, \
            image.operating(up, {}) as stage:
        time.sleep(60 / scale)  # the process has looked at what it found
        fleet.apply(stage, [fleet.stack(EDITED + number, fleet.region(number)) for number in range(stacks)])
        took = sorted((_edit(stage, number), change(number)[1]) for number in range(EDITS))
        busy, memory = len(calls(stage, 0)), fleet.Process.of(stage.operator).peak_mib
    slowest = ", ".join(f"{seconds:.2f} s {operation}" for seconds, operation in took[-5:])
    return [Measure(f"an edit among {stacks} stacks in the making, s to its first write, p99", took[int(EDITS * 0.99) - 1][0], 2, 0.5,
                    f"median {took[EDITS // 2][0]:.2f} s; slowest {slowest}; {busy} calls meanwhile"),
            Measure("RSS while they are made, MiB at most", memory, 512, 300)]


def change(number: int) -> tuple[dict, str]:
    """What people edit, never twice the same, and the call by which AWS hears of it first."""
    kind, there = number // EDITED % 3, number // EDITED // 3 % 2
    if kind == 0:
        return {"service": {"taskCount": 1 if there else 2}}, "UpdateService"
    if kind == 1:  # a definition that was registered before would not be registered again
        return {"service": {"env": [{"name": "EDIT", "value": str(number)}]}}, "RegisterTaskDefinition"
    return {"api": {"routes": [{"path": "/", "methods": ["GET"] if there else ["GET", "POST"]}]}}, "PutRestApi"


def _edit(stage: Stage, number: int) -> float:
    time.sleep(PAUSE_SECONDS / stage.scale)
    stack, (spec, operation) = fleet.name(number % EDITED), change(number)
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
