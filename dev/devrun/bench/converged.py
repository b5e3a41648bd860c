"""A thousand stacks that are as they should be: what they cost in calls, writes, memory and time of the CPU."""
import re
import time
from collections import Counter
from pathlib import Path

from privateapi_sandbox.rates import RATES

from devkube.say import Failure, say

from .. import image
from ..parts import REGION
from ..stage import Stage, everything
from . import fleet
from .measure import Measure, calls, last, refused

DRIFT_SECONDS = 300
# The first looks of a process are at everything, at the pace of AWS's rates; the next ones share answers.
SETTLING_INTERVALS = 3
GLOBAL = ("route53", "iam")
LEASE = f"/apis/coordination.k8s.io/v1/namespaces/{fleet.NAMESPACE}/leases/private-api-operator"
LEADING_SECONDS = 60
# How the sandbox's table of rates spells EC2's calls with filters, and the operator makes no others.
FILTERED = {"ec2": "filtered:"}
WRITES = re.compile(r'apiserver_request_total\{[^}]*group="privateapi.dev"[^}]*verb="(?!GET|LIST|WATCH)\w+"[^}]*\} (\d+)')


def measures(directory: Path, scale: float, stacks: int) -> list[Measure]:
    kept = directory / f"fleet-{stacks}"
    fleet.build(directory, kept, stacks)
    settings = {"PRIVATEAPI_LEADER_ELECTION": "true", "PRIVATEAPI_LEASE_NAMESPACE": fleet.NAMESPACE}
    with everything(directory, scale, "--rates", "on", "--quotas", "off", kept=kept) as up, image.operating(up, settings) as stage:
        found = [Measure(f"process start to leading with {stacks} stacks known, s", _leading(stage), 8, 4)]
        say(f"{SETTLING_INTERVALS} drift intervals until all have been looked at twice")
        _pass(stage, SETTLING_INTERVALS * DRIFT_SECONDS)
        return found + _watched(stage, stacks)


def _leading(stage: Stage) -> float:
    """Seconds from the start of the process until it has the lease, which it asks for when it knows all stacks.

    Nobody had the lease before: a fleet is made without an election.
    """
    while not (stage.kube.get(LEASE) or {"spec": {}})["spec"].get("holderIdentity"):
        stage.check()
        if time.monotonic() - stage.operator.started > LEADING_SECONDS:
            raise Failure(f"the operator does not lead after {LEADING_SECONDS} s. {stage.operator.last_words()}")
        time.sleep(0.02)
    return time.monotonic() - stage.operator.started


def _pass(stage: Stage, seconds: float) -> None:
    end = time.monotonic() + seconds / stage.scale
    while time.monotonic() < end:
        stage.check()
        time.sleep(1)


def _watched(stage: Stage, stacks: int) -> list[Measure]:
    ready, writes, before = fleet.ready(stage.operator), _writes(stage), last(stage)
    process = fleet.Process.of(stage.operator)
    _pass(stage, DRIFT_SECONDS)
    after, made = fleet.Process.of(stage.operator), calls(stage, before)
    first = sum(fleet.region(number) == REGION for number in range(stacks))
    read = {entry["params"]["restApiId"] for entry in made if entry["operation"] == "GetStages"}
    share, what = _busiest(made)
    throttled, which = refused(made)
    print("\n".join(f"  {count / stacks:5.2f} {name}" for name, count in Counter(
        f"{entry['service']}:{entry['operation']}" for entry in made).most_common()))
    return [
        Measure(f"calls a stack and drift interval, of {first} in one Region", _each(made, first), 12, 5),
        Measure("the busiest of AWS's rates, used share", share, 0.5, None, what),
        Measure("calls refused", throttled, 0, None, which),
        Measure("changing calls to AWS", sum(entry["mutating"] for entry in made), 0),
        Measure("writes of stacks to the API server", _writes(stage) - writes, 0),
        Measure("stacks not ready", stacks - ready, 0),
        # Not a fault: with so many, reads of an API class take turns, and one may miss this window by a little.
        Measure("stacks whose stages were not read", stacks - len(read)),
        Measure("RSS, MiB", after.rss_mib, 512, 300, f"peak {after.peak_mib:.0f} MiB"),
        Measure("CPU a drift interval, s", after.cpu_seconds - process.cpu_seconds, 30, 10),
    ]


def _each(made: list[dict], first: int) -> float:
    """Calls for each of so many stacks in the first Region."""
    # An upper bound: global services have one rate for an account, so that the other Regions' calls count here, too.
    return sum(entry["service"] in GLOBAL or entry["region"] == REGION for entry in made) / first


def _writes(stage: Stage) -> int:
    return sum(int(match) for match in WRITES.findall(stage.kube.run("get", "--raw", "/metrics")))


def _busiest(made: list[dict]) -> tuple[float, str]:
    """How much of what AWS's rates allow in an interval was used, of the rate of which it was most."""
    used = Counter()
    for entry in made:
        for number, rate in enumerate(RATES):
            if rate.service == entry["service"] and re.fullmatch(rate.operations, FILTERED.get(rate.service, "") + entry["operation"]):
                used[number, "" if rate.per_account else entry["region"]] += 1
    shares = {key: count / (RATES[key[0]].refill * DRIFT_SECONDS) for key, count in used.items()}
    (number, region), share = max(shares.items(), key=lambda it: it[1])
    return share, f"{RATES[number].service} {RATES[number].operations} {region}"
