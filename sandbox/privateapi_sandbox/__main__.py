"""Starts the sandbox AWS; the first line on stdout is a JSON object that says where it listens."""

from __future__ import annotations

import argparse
import json
import logging
import os
import signal
import sys
import tempfile
import threading
from pathlib import Path

from .clock import ManualClock, ScaledClock
from .sandbox import Sandbox
from .world import Settings


def _switch(text: str) -> bool:
    if text not in ("on", "off"):
        raise argparse.ArgumentTypeError(f"on or off, not {text!r}")
    return text == "on"


def arguments(argv: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="privateapi_sandbox", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0: a free one")
    parser.add_argument("--data-port", type=int, default=0, help="of the HTTPS data plane; 0: a free one")
    parser.add_argument("--time-scale", type=float, default=1.0, help="how many times faster than life AWS runs")
    parser.add_argument("--manual-clock", action="store_true", help="time passes only by POST /_sandbox/clock/advance")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--region", default="ap-northeast-1")
    parser.add_argument("--account", default="123456789012")
    parser.add_argument("--lag", type=float, default=0.0, metavar="SECONDS", help="read-after-write lag, AWS time")
    parser.add_argument("--latency", type=float, default=0.0, metavar="MS", help="that each call takes, AWS time")
    parser.add_argument("--rates", type=_switch, default=True, metavar="on|off", help="throttle as AWS does")
    parser.add_argument("--quotas", type=_switch, default=True, metavar="on|off", help="limit numbers as AWS does")
    parser.add_argument("--iam", type=_switch, default=False, metavar="on|off", help="check the caller's policies")
    parser.add_argument("--state-dir", type=Path, help="for the CA's certificate and the like; default: a temporary one")
    parser.add_argument("--load", type=Path, metavar="FILE", help="a snapshot to begin with")
    parser.add_argument("--stay", action="store_true", help="do not end when stdin closes")
    return parser.parse_args(argv)


def main() -> None:
    given = arguments()
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s")
    clock = ManualClock() if given.manual_clock else ScaledClock(given.time_scale)
    with tempfile.TemporaryDirectory(prefix="privateapi-sandbox-") as temporary:
        settings = Settings(
            account=given.account, region=given.region, seed=given.seed, lag=given.lag, rates=given.rates,
            quotas=given.quotas, iam=given.iam, latency=given.latency / 1000, state_dir=given.state_dir or Path(temporary),
        )
        sandbox = Sandbox(settings, clock, given.port, given.data_port)
        if given.load:
            sandbox.load(given.load)
        ended = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: ended.set())
        if not given.stay:
            threading.Thread(target=lambda: (_drain(), ended.set()), daemon=True).start()
        sandbox.warm()
        sandbox.start()
        print(json.dumps(sandbox.ready()), flush=True)
        ended.wait()
        sandbox.stop()


def _drain() -> None:
    while os.read(0, 65536):
        pass


if __name__ == "__main__":
    main()
