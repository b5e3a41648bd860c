"""Ctrl-C, SIGTERM and SIGHUP as KeyboardInterrupt, wherever the program is, except where that would lose a child."""
import signal
from contextlib import contextmanager

_holders = 0
_pending = False


def raise_on_signals() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)


@contextmanager
def held():
    """Puts an interrupt off until the block is left: one between a child's start and its entry in the books of those
    to stop would leave the child running. In the main thread only.
    """
    global _holders, _pending
    _holders += 1
    try:
        yield
    finally:
        _holders -= 1
        if _pending and not _holders:
            _pending = False
            raise KeyboardInterrupt


def _interrupt(*_) -> None:
    global _pending
    if _holders:
        _pending = True
    else:
        raise KeyboardInterrupt
