"""Durations as ratios to AWS's critical path, and AWS calls: creating the seed's stack, watching it, deleting it."""
import time
from dataclasses import dataclass
from pathlib import Path

from . import scenes
from .stage import Stage, everything, operating

# The seed's critical paths, of typical AWS durations: VPC 3, subnets 4, NLB 155, VPC link 180, deployment 3, Ready 2;
# and unlink 3 + VPC link 37 + NLB 45 or ECS service 210, ENIs 120, VPC 5.
CREATE_PATH_SECONDS = 347
DELETE_PATH_SECONDS = 335
DRIFT_SECONDS = 20
WATCHED_SECONDS = 60
# Each look at everything asks for it once, and nothing else does while a stack is as it should be.
ONCE_A_LOOK = "DescribeVpcs"


@dataclass(frozen=True)
class Measure:
    what: str
    seconds: float | None
    path: float | None
    calls: float
    wanted: str

    def __str__(self) -> str:
        took = f"{self.seconds:6.0f} s  {self.seconds / self.path:4.2f} x {self.path} s" if self.path else " " * 21
        return f"{self.what:<28} {took:<24} {self.calls:6.0f} calls   wanted: {self.wanted}"


def bench(directory: Path, scale: float) -> int:
    with everything(directory, scale, "--rates", "off") as up:
        with operating(up, {}) as stage:
            create = _timed(stage, "create, apply to Ready", CREATE_PATH_SECONDS, "at most 1.05 x, 140 calls", scenes.create)
        with operating(up, {"PRIVATEAPI_DRIFT_INTERVAL": f"{DRIFT_SECONDS}s"}) as stage:
            converged = _converged(stage)
        with operating(up, {}) as stage:
            delete = _timed(stage, "delete, until gone", DELETE_PATH_SECONDS, "at most 1.10 x", scenes.delete)
            scenes.nothing_left(stage)
    measures = [create, converged, delete]
    print(f"\nSeconds are AWS's, at {scale:g} times its speed" + (
        "." if scale == 1 else "; this machine's own time counts that many times: use SCALE=1 for ratios to quote."))
    print("\n".join(map(str, measures)))
    return 0


def _timed(stage: Stage, what: str, path: float, wanted: str, scene) -> Measure:
    before, start = _last(stage), time.monotonic()
    scene(stage)
    took = (time.monotonic() - start) * stage.scale
    return Measure(what, took, path, len(stage.sandbox.get(f"journal?since={before}")), wanted)


def _converged(stage: Stage) -> Measure:
    """Calls of one look at a stack that is as it should be: what comes in some drift intervals, divided."""
    print(f"\nwatching the converged stack for {WATCHED_SECONDS} s with a drift interval of {DRIFT_SECONDS} s")
    time.sleep(2 * DRIFT_SECONDS)  # the first looks of a process read what later ones know
    before = _last(stage)
    end = time.monotonic() + WATCHED_SECONDS
    while time.monotonic() < end:
        stage.check()
        time.sleep(1)
    calls = stage.sandbox.get(f"journal?since={before}")
    changing = sorted({entry["operation"] for entry in calls if entry["mutating"]})
    note = f" — BUT IT CHANGED: {', '.join(changing)}" if changing else ""
    looks = sum(entry["operation"] == ONCE_A_LOOK for entry in calls)
    return Measure("a look when converged", None, None, len(calls) / looks, "at most 32 calls" + note)


def _last(stage: Stage) -> int:
    return max((entry["seq"] for entry in stage.sandbox.get("journal")), default=0)
