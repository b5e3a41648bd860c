"""Many stacks: how they are made for a bench, and what is read of the operator while it has them."""
import json
import os
import time
from dataclasses import dataclass
from pathlib import Path

from devkube.say import Failure, say

from ..parts import NO_PROXY, REGION, Operator
from ..stage import Stage, everything, keep, operating

ANOTHER_REGION = "ap-southeast-2"
IN_FIRST_REGION = 600  # of a thousand: AWS has room for so many private APIs in an account and Region
BUILD_SCALE = 500
BUILD_SECONDS_EACH = 3
WAVE = 100  # made at once: those in the making ask again and again for all there is, and the sandbox has one core
IMAGE = "123456789012.dkr.ecr.{region}.amazonaws.com/poc_web:web"
NAMESPACE = "default"
CLOCK_TICKS = os.sysconf("SC_CLK_TCK")


def stack(number: int, region: str = REGION) -> dict:
    """A stack with a network of its own and nobody to call it: AWS has room for 4 Resolver endpoints, and for 125 peerings a VPC."""
    net = f"10.{16 + number // 64}.{number % 64 * 4}"
    return {
        "apiVersion": "privateapi.dev/v1alpha1", "kind": "PrivateApiStack",
        "metadata": {"name": name(number), "namespace": NAMESPACE},
        "spec": {
            "region": region,
            "vpc": {"cidr": f"{net}.0/22", "subnets": [
                {"cidr": f"{net}.0/24", "availabilityZone": f"{region}a"},
                {"cidr": f"{net[:net.rindex('.')]}.{number % 64 * 4 + 1}.0/24", "availabilityZone": f"{region}c"}]},
            "service": {"image": IMAGE.format(region=region), "taskCount": 1, "port": 80},
            "api": {"routes": [{"path": "/", "methods": ["GET"]}]},
        },
    }


def name(number: int) -> str:
    return f"fleet-{number:04d}"


def region(number: int) -> str:
    return REGION if number < IN_FIRST_REGION else ANOTHER_REGION


def build(directory: Path, kept: Path, count: int) -> None:
    """Makes so many stacks, hundreds of times faster than life, and keeps them; does nothing if they have been kept before."""
    if kept.exists():
        say(f"going on with the stacks in {kept}; remove it to have them made anew")
        return
    with everything(directory, BUILD_SCALE, "--rates", "off", "--quotas", "off") as up:
        with operating(up, {"PRIVATEAPI_DRIFT_INTERVAL": "24h"}) as stage:
            for wave in range(0, count, WAVE):
                numbers = range(wave, min(wave + WAVE, count))
                apply(stage, [stack(number, region(number)) for number in numbers])
                await_ready(stage, numbers.stop, BUILD_SECONDS_EACH * len(numbers) + 120)
        keep(stage, kept)


def apply(stage: Stage, stacks: list[dict]) -> None:
    path = stage.directory / "fleet.json"
    path.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": stacks}))
    for place in {one["spec"]["region"] for one in stacks}:
        stage.sandbox.send("POST", "images", {"image": IMAGE.format(region=place)})
    stage.kube.run("create", "-f", path, seconds=600)


def ready(operator: Operator) -> int:
    """Stacks whose Ready is True, as the operator's metrics tell."""
    return int(metric(operator, 'privateapi_stacks{ready="True"}'))


def metric(operator: Operator, series: str) -> float:
    with NO_PROXY.open(f"{operator.address}/metrics", timeout=30) as response:
        for line in response.read().decode().splitlines():
            if line.startswith(series + " "):
                return float(line.rsplit(" ", 1)[1])
    return 0.0


def await_ready(stage: Stage, count: int, seconds: float) -> float:
    """Seconds of this machine until so many stacks are ready."""
    start = told = time.monotonic()
    while (so_far := ready(stage.operator)) < count:
        stage.check()
        now = time.monotonic()
        if now - start > seconds:
            raise Failure(f"{so_far} of {count} stacks are ready after {seconds:.0f} s")
        if now - told > 20:
            say(f"{so_far} of {count} stacks are ready after {now - start:.0f} s")
            told = now
        time.sleep(0.5)
    return time.monotonic() - start


@dataclass(frozen=True)
class Process:
    """What the kernel tells of a process; on Linux."""
    rss_mib: float
    peak_mib: float  # of its RSS, since it began
    cpu_seconds: float

    @staticmethod
    def of(operator: Operator) -> "Process":
        directory = Path("/proc") / str(operator.process.pid)
        status = dict(line.split(":", 1) for line in (directory / "status").read_text().splitlines() if ":" in line)
        fields = (directory / "stat").read_text().rsplit(")", 1)[1].split()
        rss, peak = (int(status[name].split()[0]) / 1024 for name in ("VmRSS", "VmHWM"))
        return Process(rss, peak, (int(fields[11]) + int(fields[12])) / CLOCK_TICKS)
