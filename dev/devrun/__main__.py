"""python -m devrun run [--once] | sandbox | bench [PART…] | chaos [--points N], each with --scale: how many times faster than life AWS runs."""
import argparse
import sys
from pathlib import Path

from devkube.interrupts import raise_on_signals
from devkube.say import Failure, say

from . import bench, chaos, scenes
from .parts import ROOT


def main() -> int:
    parser = argparse.ArgumentParser(prog="devrun", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="the seed's stack end to end")
    run.add_argument("--once", action="store_true", help="delete it again, check that nothing is left, and end")
    killing = commands.add_parser("chaos", help="kill the operator at every call")
    killing.add_argument("--points", type=int, default=0, help="so many, spread evenly; 0: all")
    killing.add_argument("--seed", type=int, default=1, help="which ones")
    measuring = commands.add_parser("bench", help="how fast, in how many calls")
    measuring.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(bench.PARTS)}; all by default")
    measuring.add_argument("--stacks", type=int, default=1000, help="of a large fleet")
    for command in (run, killing, commands.add_parser("sandbox", help="the two servers alone"), measuring):
        command.add_argument("--scale", type=scale, default=None if command is measuring else 20)
        command.add_argument("--dir", type=Path, default=ROOT / ".run", help="logs, data, the kubeconfig")
    given = parser.parse_args()
    if strange := set(getattr(given, "parts", ())) - set(bench.PARTS):
        parser.error(f"no part {', '.join(sorted(strange))}; there are {', '.join(bench.PARTS)}")
    raise_on_signals()
    sys.stdout.reconfigure(line_buffering=True)  # so that a log shows it in the order of what happened
    try:
        directory = given.dir.resolve()
        if given.command == "run":
            return scenes.run(directory, given.scale, given.once)
        if given.command == "chaos":
            return chaos.chaos(directory, given.scale, given.points, given.seed)
        if given.command == "bench":
            return bench.bench(directory, given.parts or list(bench.PARTS), given.scale, given.stacks)
        return scenes.sandbox(directory, given.scale)
    except Failure as failure:
        say(f"FAILED: {failure}")
        say(f"logs: {given.dir}")
        return 1
    except KeyboardInterrupt:
        say("stopped")
        endless = given.command == "sandbox" or given.command == "run" and not given.once
        return 0 if endless else 130  # for what has no end of its own, Ctrl-C is the end


def scale(text: str) -> float:
    value = float(text)
    if not 0 < value <= 1000:
        raise argparse.ArgumentTypeError(f"between 0 and 1000, not {text}")
    return value


if __name__ == "__main__":
    sys.exit(main())
