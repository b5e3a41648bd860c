"""Builds what is missing, starts the parts in order and stops them in reverse."""
import fcntl
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Callable, TypeVar

from devkube import assets
from devkube.interrupts import held
from devkube.say import Failure, heartbeat, say

from .parts import ROOT, TAIL_LINES, Kube, Operator, Part, Sandbox

BUILD_SECONDS = 1800
OURS = ("kube", "aws", "build.log", "devkube.log", "sandbox.log", "operator.log")


P = TypeVar("P", bound=Part)


@dataclass(frozen=True)
class Stage:
    directory: Path
    kube: Kube
    sandbox: Sandbox
    operator: Operator | None
    scale: float

    def check(self) -> None:
        """Raises Failure if one of the parts has ended."""
        for part in (self.kube, self.sandbox, self.operator):
            if part:
                part.check()


@contextmanager
def servers(directory: Path, scale: float, *sandbox_options: str):
    """The API server and the sandbox AWS, without an operator."""
    with _alone_in(directory), ExitStack() as parts:
        say(f"logs are in {directory}")
        assets.ensure()
        yield _servers(parts, directory, scale, sandbox_options)


@contextmanager
def everything(directory: Path, scale: float, *sandbox_options: str, kept: Path | None = None):
    """The two servers, with the CRD on one of them and a jar to run between them.

    kept: where an earlier stage was kept, to go on from there; see `keep`.
    """
    with _alone_in(directory), ExitStack() as parts:
        say(f"logs are in {directory}")
        _build(directory)
        if kept:
            shutil.copytree(kept / "kube", directory / "kube")
            sandbox_options += ("--load", str(kept / "aws"))
        stage = _servers(parts, directory, scale, sandbox_options)
        say("installing the CRD")
        stage.kube.run("apply", "--server-side", "-f", ROOT / "crds")
        stage.kube.run("wait", "--for=condition=Established", "--timeout=30s", "-f", ROOT / "crds")
        yield stage


def keep(stage: Stage, place: Path) -> None:
    """Writes down what both servers hold, ending the API server. Of an operator's work: end that first."""
    stage.kube.stop()
    shutil.rmtree(place, ignore_errors=True)
    unfinished = place.with_suffix(".part")
    shutil.rmtree(unfinished, ignore_errors=True)
    shutil.copytree(stage.directory / "kube", unfinished / "kube")
    stage.sandbox.send("POST", "snapshot", {"file": str(unfinished / "aws")}, seconds=300)
    unfinished.rename(place)


@contextmanager
def operating(stage: Stage, settings: dict[str, str], jvm: tuple[str, ...] = ()):
    """The same stage with the operator, which ends with the block."""
    say("starting the operator")
    with ExitStack() as parts:
        operator = _started(parts, lambda: Operator(stage.directory, stage.kube, stage.sandbox, stage.scale, settings, jvm))
        operator.await_ready()
        yield replace(stage, operator=operator)


def _servers(parts: ExitStack, directory: Path, scale: float, sandbox_options: tuple[str, ...]) -> Stage:
    say("starting the API server and the sandbox AWS")
    kube = _started(parts, lambda: Kube(directory))
    sandbox = _started(parts, lambda: Sandbox(directory, scale, *sandbox_options))
    kube.await_ready()
    sandbox.await_ready()
    return Stage(directory, kube, sandbox, None, scale)


def _started(parts: ExitStack, start: Callable[[], P]) -> P:
    with held():
        part = start()
        parts.callback(part.stop)
    return part


@contextmanager
def _alone_in(directory: Path):
    """Empties the directory, which no other run may be using; its logs stay when the run is over."""
    directory.mkdir(parents=True, exist_ok=True)
    with open(directory / ".lock", "w", encoding="ascii") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Failure(f"another run is up in {directory}; end it first, or choose another --dir") from None
        for name in OURS:
            old = directory / name
            if old.is_dir():
                shutil.rmtree(old)
            else:
                old.unlink(missing_ok=True)
        yield


def _build(directory: Path) -> None:
    """The API server's binaries and the jar, side by side: on a new machine both take minutes."""
    with ThreadPoolExecutor() as pool:
        for work in [pool.submit(assets.ensure), pool.submit(_build_jar, directory / "build.log")]:
            work.result()


def _build_jar(log: Path) -> None:
    with open(log, "wb") as out, heartbeat(lambda seconds: f"building the operator, {seconds} s"):
        done = subprocess.run([ROOT / "dev" / "build"], stdout=out, stderr=out, stdin=subprocess.DEVNULL, check=False,
                              timeout=BUILD_SECONDS)
    if done.returncode != 0:
        tail = "\n  ".join(log.read_text(errors="replace").splitlines()[-TAIL_LINES:])
        raise Failure(f"the operator could not be built. The end of {log}:\n  {tail}")
