"""How the image runs the operator, read from the Dockerfile, so that a bench without an image measures the same."""
import json
import re
import subprocess
from pathlib import Path

from devkube.say import Failure, say

from .parts import JAR, ROOT

DOCKERFILE = ROOT / "Dockerfile"
REHEARSAL = ROOT / "dev" / "train" / "Rehearsal.java"
CACHE = ROOT / "target" / "operator.aot"
TRAINING_SECONDS = 300


def _instruction(pattern: str) -> re.Match:
    return re.search(pattern, DOCKERFILE.read_text(encoding="utf-8").replace("\\\n", ""), re.MULTILINE)


def entry_point() -> list[str]:
    """The JVM's options in it."""
    words = json.loads(_instruction(r"^ENTRYPOINT (\[.*])$")[1])
    return words[1:words.index("-jar")]


def training() -> list[str]:
    """The JVM's options with which the AOT cache is made."""
    return _instruction(r"^RUN java -cp /train Rehearsal \S+ \S+ (.*)$")[1].split()


def environment() -> dict[str, str]:
    return dict([_instruction(r"^ENV (MALLOC_ARENA_MAX=\d+)$")[1].split("=")])


def options(memory_mib: int) -> tuple[str, ...]:
    """As in a container with so much memory, for this machine, which has more; makes the AOT cache if it is older than the jar."""
    return tuple(_here(word, memory_mib) for word in entry_point())


def _here(word: str, memory_mib: int) -> str:
    name, _, value = word.partition("=")
    if name == "-XX:MaxRAMPercentage":
        return f"-Xmx{memory_mib * 1024 * int(value) // 100}k"
    return f"{name}={_cache()}" if name == "-XX:AOTCache" else word


def _cache() -> Path:
    if not CACHE.exists() or CACHE.stat().st_mtime < JAR.stat().st_mtime:
        say("making the AOT cache")
        done = subprocess.run([ROOT / "dev" / "java25", REHEARSAL, JAR, CACHE, *training()], capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, timeout=TRAINING_SECONDS, check=False)
        if done.returncode != 0:
            raise Failure(f"the AOT cache could not be made:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return CACHE
