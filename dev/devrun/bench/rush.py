"""A hundred stacks at once, in an account that has AWS's published rates."""
import time
from pathlib import Path

from .. import image
from ..stage import everything
from . import fleet
from .measure import Measure, calls, refused

STACKS = 100
# The scarcest thing that a stack needs: five VPC endpoints, of which an account may create 4 at once and then 0.3 a second.
ENDPOINTS, BURST, PER_SECOND = 5, 4, 0.3
# Of the last one: an interface endpoint takes 60 s. The tasks need the four others, and then 45 s to run and 150 s to be healthy.
ENDPOINT_SECONDS, TASKS_SECONDS = 60, 195
PATIENCE = 3


def measures(directory: Path, scale: float, _: int) -> list[Measure]:
    with everything(directory, scale, "--rates", "on", "--quotas", "off") as up, image.operating(up, {}) as stage:
        start = time.monotonic()
        fleet.apply(stage, [fleet.stack(number) for number in range(STACKS)])
        fleet.await_ready(stage, STACKS, PATIENCE * _bound() / scale)
        took = (time.monotonic() - start) * scale
        made = calls(stage, 0)
    count, which = refused(made)
    return [Measure(f"{STACKS} stacks at once ÷ what the rates allow", took / _bound(), 1.25, 1.10, f"{took:.0f} s ÷ {_bound():.0f} s"),
            Measure(f"{STACKS} stacks at once, % of calls refused", 100 * count / len(made), 1, 0, f"{count} of {len(made)}: {which}"),
            Measure(f"{STACKS} stacks at once, calls each", len(made) / STACKS)]


def _bound() -> float:
    """No order of the calls can be faster: all endpoints and one's own time, or those for tasks and the tasks' time."""
    every = (STACKS * ENDPOINTS - BURST) / PER_SECOND + ENDPOINT_SECONDS
    for_tasks = (STACKS * (ENDPOINTS - 1) - BURST) / PER_SECOND + ENDPOINT_SECONDS + TASKS_SECONDS
    return max(every, for_tasks)
