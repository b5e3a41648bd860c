"""Progress for people, on stderr: stdout carries only the JSON that programs read."""
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread


def say(message: str) -> None:
    program = Path(sys.argv[0]).parent.name  # the package that `python -m` runs
    print(f"{program}: {message}", file=sys.stderr, flush=True)


class Failure(Exception):
    """Ends the command with this message, which says what failed and what to do next."""


@contextmanager
def heartbeat(describe, every: float = 15.0):
    """Says `describe(seconds)` at intervals, so that a long step does not look like a hang."""
    start, over = time.monotonic(), Event()

    def beat():
        while not over.wait(every):
            say(describe(int(time.monotonic() - start)))

    thread = Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
