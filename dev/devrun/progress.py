"""Follows a PrivateApiStack and says, one line a change, how far it is and what waits for what."""
import json
import queue
import subprocess
import time
from contextlib import contextmanager
from threading import Thread
from typing import Callable, Iterator

from devkube.say import Failure

from .parts import Kube

HEADER = f"{'TIME':>8}  {'LAYERS':<6}  {'TASKS':<5}  WHAT CHANGED"


class Progress:
    """Remembers what was shown, so that only changes are."""

    def __init__(self, out: Callable[[str], None] = print):
        self.out = out
        self.start = time.monotonic()
        self.shown: dict[str, tuple] = {}
        self.counts = ("", "")

    def elapsed(self) -> float:
        return time.monotonic() - self.start

    def show(self, stack: dict) -> None:
        status = stack.get("status", {})
        self.counts = (status.get("layersReady") or "", status.get("tasksReady") or "")
        for condition in status.get("conditions", []):
            seen = tuple(condition.get(key) or "" for key in ("status", "reason", "message"))
            if self.shown.get(condition["type"]) != seen:
                self.shown[condition["type"]] = seen
                self.line(_sentence(condition["type"], *seen))

    def line(self, text: str) -> None:
        layers, tasks = self.counts
        self.out(f"{self.elapsed():7.1f}s  {layers:<6}  {tasks:<5}  {text}")

    def unfinished(self) -> str:
        """Which conditions are not as they should be, for the message of a failure."""
        open_ones = [_sentence(kind, *seen) for kind, seen in self.shown.items()
                     if (seen[0] == "True") == (kind in ("Reconciling", "Stalled"))]
        return "\n  ".join(open_ones or ["no condition was ever reported"])


def _sentence(kind: str, status: str, reason: str, message: str) -> str:
    return f"{kind}={status}" + (f" {reason}" if reason else "") + (f": {message}" if message else "")


def is_ready(stack: dict) -> bool:
    """Ready for the spec that was applied, not for one before it."""
    generation = stack["metadata"]["generation"]
    return any(one["type"] == "Ready" and one["status"] == "True" and one.get("observedGeneration", generation) == generation
               for one in stack.get("status", {}).get("conditions", []))


@contextmanager
def watching(kube: Kube, kind: str, name: str):
    """A queue of the object's watch events; None when the watch has ended."""
    events: queue.Queue = queue.Queue()
    command = kube.command("get", kind, name, "--output-watch-events", "--watch", "-o", "json")
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True) as process:
        Thread(target=_read, args=(process.stdout, events), daemon=True).start()
        try:
            yield events
        finally:
            process.terminate()


def _read(lines: Iterator[str], events: queue.Queue) -> None:
    text = ""
    for line in lines:
        text += line
        if line.endswith("}\n"):  # kubectl 1.35 writes an event a line, others indent it
            try:
                events.put(json.loads(text))
            except ValueError:
                continue  # a brace inside the event: there is more to come
            text = ""
    events.put(None)


def follow(events: queue.Queue, progress: Progress, until: Callable[[str, dict], bool], deadline: float,
           check: Callable[[], None]) -> dict:
    """Shows events until one satisfies `until` and returns its object. Raises Failure at the deadline (seconds)."""
    while progress.elapsed() < deadline:
        check()
        try:
            event = events.get(timeout=0.5)
        except queue.Empty:
            continue
        if event is None:
            raise Failure("kubectl's watch ended before the stack was where it should be")
        progress.show(event["object"])
        if until(event["type"], event["object"]):
            return event["object"]
    raise Failure(f"not there within {deadline:.0f} s. What is open:\n  {progress.unfinished()}")
