"""python -m devrun run [--once] | sandbox | bench, each with --scale: how many times faster than life AWS runs."""
import argparse
import sys
from pathlib import Path

from devkube.interrupts import raise_on_signals
from devkube.say import Failure, say

from . import bench, scenes
from .parts import ROOT


def main() -> int:
    parser = argparse.ArgumentParser(prog="devrun", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="the seed's stack end to end")
    run.add_argument("--once", action="store_true", help="delete it again, check that nothing is left, and end")
    for command in (run, commands.add_parser("sandbox", help="the two servers alone"),
                    commands.add_parser("bench", help="how fast, in how many calls")):
        command.add_argument("--scale", type=scale, default=20)
        command.add_argument("--dir", type=Path, default=ROOT / ".run", help="logs, data, the kubeconfig")
    given = parser.parse_args()
    raise_on_signals()
    sys.stdout.reconfigure(line_buffering=True)  # so that a log shows it in the order of what happened
    try:
        directory = given.dir.resolve()
        if given.command == "run":
            return scenes.run(directory, given.scale, given.once)
        return (scenes.sandbox if given.command == "sandbox" else bench.bench)(directory, given.scale)
    except Failure as failure:
        say(f"FAILED: {failure}")
        say(f"logs: {given.dir}")
        return 1
    except KeyboardInterrupt:
        say("stopped")
        return 130 if getattr(given, "once", False) else 0  # for what has no end of its own, Ctrl-C is the end


def scale(text: str) -> float:
    value = float(text)
    if not 0 < value <= 1000:
        raise argparse.ArgumentTypeError(f"between 0 and 1000, not {text}")
    return value


if __name__ == "__main__":
    sys.exit(main())
