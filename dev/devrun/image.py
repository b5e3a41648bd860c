"""How the image runs the operator, read from the Dockerfile, so that a bench without an image measures the same."""
import hashlib
import json
import re
import subprocess
from pathlib import Path

from devkube.say import Failure, say

from . import stage
from .parts import JAR, ROOT

DOCKERFILE = ROOT / "Dockerfile"
REHEARSAL = ROOT / "dev" / "train" / "Rehearsal.java"
TRAINING_SECONDS = 300
MEMORY_MIB = 512  # the chart's limit


def operating(up: stage.Stage, settings: dict[str, str]):
    """As `stage.operating`, with the operator as it is in a container of the chart's."""
    return stage.operating(up, {**environment(), **settings}, options(MEMORY_MIB))


def java() -> str:
    """Whose JDK runs the operator here, and its version."""
    done = subprocess.run([ROOT / "dev" / "java25"], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Failure(done.stderr.strip())
    release = (Path(done.stdout.strip()) / "release").read_text(encoding="utf-8")
    told = dict(re.findall(r'^(\w+)="(.*)"$', release, re.MULTILINE))
    return f"{told['IMPLEMENTOR']} {told['JAVA_RUNTIME_VERSION']}"


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
    """As in a container with so much memory, for this machine, which has more; makes the AOT cache if there is none of this jar.

    A container starts without its cache if it must. A bench does not: its figures would be of something else.
    """
    return *(_here(word, memory_mib) for word in entry_point()), "-XX:AOTMode=on"


def _here(word: str, memory_mib: int) -> str:
    name, _, value = word.partition("=")
    if name == "-XX:MaxRAMPercentage":
        return f"-Xmx{memory_mib * 1024 * int(value) // 100}k"
    return f"{name}={_cache()}" if name == "-XX:AOTCache" else word


def _cache() -> Path:
    cache = JAR.with_name(f"operator-{_made_of()}.aot")
    if not cache.exists():
        say("making the AOT cache")
        for old in JAR.parent.glob("operator-*"):
            old.unlink()
        unfinished = cache.with_suffix(".part")
        _train(unfinished)
        unfinished.rename(cache)
    return cache


def _made_of() -> str:
    """Something else for each jar, whatever its age.

    Java 25.0.3 takes the cache of another jar without a word and runs the classes that are in it (JDK-8377932).
    """
    jar = JAR.stat()
    made_of = [jar.st_size, jar.st_mtime_ns, java(), training(), REHEARSAL.read_text(encoding="utf-8")]
    return hashlib.sha256(json.dumps(made_of).encode()).hexdigest()[:12]


def _train(cache: Path) -> None:
    done = subprocess.run([ROOT / "dev" / "java25", REHEARSAL, JAR, cache, *training()], capture_output=True, text=True,
                          stdin=subprocess.DEVNULL, timeout=TRAINING_SECONDS, check=False)
    if done.returncode != 0:
        raise Failure(f"the AOT cache could not be made:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
