"""One stack: how long AWS makes it take, and how many calls, from nothing to ready, changed, watched, and gone."""
import json
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import boto3
from privateapi_sandbox.durations import TABLE

from .. import image, scenes
from ..parts import REGION
from ..progress import Progress, follow, is_ready, watching
from ..stage import Stage, everything
from .measure import Measure, calls, last

# The seed's critical paths, of typical AWS durations: VPC 3, subnets 4, NLB 155, VPC link 180, deployment 3, Ready 2;
# and unlink 3 + VPC link 37 + NLB 45 or ECS service 210, ENIs 120, VPC 5.
CREATE_PATH_SECONDS = 347
DELETE_PATH_SECONDS = 335
DRIFT_SECONDS = 20
WATCHED_SECONDS = 60
# Each look at everything asks for it once, and nothing else does while a stack is as it should be.
ONCE_A_LOOK = "DescribeVpcs"
ANOTHER_IMAGE = "123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/poc_web:next"


def measures(directory: Path, scale: float, _: int) -> list[Measure]:
    with everything(directory, scale, "--rates", "off") as up:
        # The critical paths are of typical durations; a drawn one may be a tenth longer, which is no fault of the operator.
        up.sandbox.send("POST", "durations", {name: typical for name, (_, typical, _) in TABLE.items()})
        with image.operating(up, {}) as stage:
            create = _timed(stage, "apply to Ready", CREATE_PATH_SECONDS, (1.05, 1.02), (140, 100), scenes.create)
            changes = _changed(stage)
        with image.operating(up, {"PRIVATEAPI_DRIFT_INTERVAL": f"{DRIFT_SECONDS}s"}) as stage:
            converged = _converged(stage)
        with image.operating(up, {}) as stage:
            delete = _timed(stage, "delete to gone", DELETE_PATH_SECONDS, (1.10, 1.03), (None, None), scenes.delete)
            scenes.nothing_left(stage)
    return [*create, *changes, *converged, *delete]


def _timed(stage: Stage, what: str, path: float, ratio: tuple, count: tuple, scene) -> list[Measure]:
    before, start = last(stage), time.monotonic()
    scene(stage)
    took = (time.monotonic() - start) * stage.scale
    return [Measure(f"{what} ÷ critical path", took / path, *ratio, f"{took:.0f} s ÷ {path} s"),
            Measure(f"{what}, AWS calls", len(calls(stage, before)), *count)]


def _changed(stage: Stage) -> list[Measure]:
    """What kubectl scale and a new image take, against what ECS alone takes from the call that asks for it."""
    stage.sandbox.send("POST", "images", {"image": ANOTHER_IMAGE})
    patch = json.dumps({"spec": {"service": {"image": ANOTHER_IMAGE}}})
    return [_change(stage, "kubectl scale to Ready ÷ ECS's own time", _running, "scale", "pas", scenes.NAME, "--replicas=4"),
            _change(stage, "new image to Ready ÷ ECS's own time", _steady, "patch", "pas", scenes.NAME, "--type=merge", "-p", patch)]


def _change(stage: Stage, what: str, ended: Callable[[Stage], float], *command: str) -> Measure:
    print(f"\n$ kubectl {' '.join(command)}")
    before, progress = last(stage), Progress()
    now = stage.sandbox.get("time")["now"]
    stage.kube.run(*command)
    with watching(stage.kube, "pas", scenes.NAME) as events:
        follow(events, progress, lambda _, seen: _told(seen), scenes.deadline(stage), stage.check)
    took = stage.sandbox.get("time")["now"] - now
    asked = min(entry["time"] for entry in calls(stage, before) if entry["operation"] == "UpdateService")
    alone = ended(stage) - asked
    return Measure(what, took / alone, 1.05, 1.02, f"{took:.0f} s ÷ {alone:.0f} s")


def _running(stage: Stage) -> float:
    """When the last of the service's tasks began to run, of AWS's time: then the SDKs' waiter takes a service for stable."""
    ecs, cluster, _ = _ecs(stage)
    tasks = ecs.describe_tasks(cluster=cluster, tasks=ecs.list_tasks(cluster=cluster)["taskArns"])["tasks"]
    return max(task["startedAt"].timestamp() for task in tasks) - _began(stage)


def _steady(stage: Stage) -> float:
    """When ECS last said that the service has reached a steady state, of AWS's time."""
    ecs, cluster, service = _ecs(stage)
    events = ecs.describe_services(cluster=cluster, services=[service])["services"][0]["events"]
    said = (event["createdAt"].timestamp() for event in events if "has reached a steady state" in event["message"])
    return max(said) - _began(stage)


def _ecs(stage: Stage) -> tuple:
    ecs = boto3.client("ecs", region_name=REGION, endpoint_url=stage.sandbox.endpoint, aws_access_key_id="bench",
                       aws_secret_access_key="bench")
    cluster = ecs.list_clusters()["clusterArns"][0]
    return ecs, cluster, ecs.list_services(cluster=cluster)["serviceArns"][0]


def _began(stage: Stage) -> float:
    """When AWS's time began, of the calendar's."""
    now = stage.sandbox.get("time")
    return datetime.fromisoformat(now["utc"]).timestamp() - now["now"]


def _told(stack: dict) -> bool:
    """Ready for the spec as it is now: a watch begins with the stack as it was."""
    return is_ready(stack) and stack["status"].get("observedGeneration") == stack["metadata"]["generation"]


def _converged(stage: Stage) -> list[Measure]:
    """Calls of one look at a stack that is as it should be: what comes in some drift intervals, divided."""
    print(f"\nwatching the converged stack for {WATCHED_SECONDS} s with a drift interval of {DRIFT_SECONDS} s")
    time.sleep(2 * DRIFT_SECONDS)  # the first looks of a process read what later ones know
    before = last(stage)
    end = time.monotonic() + WATCHED_SECONDS
    while time.monotonic() < end:
        stage.check()
        time.sleep(1)
    seen = calls(stage, before)
    looks = sum(entry["operation"] == ONCE_A_LOOK for entry in seen)
    return [Measure("a look at the converged stack, AWS calls", len(seen) / looks, 32, 24),
            Measure("a look at the converged stack, changes", sum(entry["mutating"] for entry in seen), 0)]
