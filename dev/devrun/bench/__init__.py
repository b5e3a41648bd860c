"""What the operator costs and how fast it is, part by part; each writes its figures to docs/benchmarks.json."""
from pathlib import Path

from ..parts import ROOT
from . import converged, edits, rush, stack
from .measure import keep

# Each with the scale at which its figures are fit to be quoted: what the machine itself takes counts so many times.
PARTS = {"stack": (stack.measures, 1), "rush": (rush.measures, 4), "fleet": (converged.measures, 1), "edits": (edits.measures, 1)}


def bench(directory: Path, parts: list[str], scale: float | None, stacks: int) -> int:
    """Runs these parts and prints a table. Fails if what must hold does not.

    stacks: of a large fleet, where a part needs one.
    """
    table = []
    for part in parts:
        measure, own = PARTS[part]
        found = measure(directory, scale or own, stacks)
        keep(ROOT, part, scale or own, found)
        table += found
    print("\n" + "\n".join(map(str, table)))
    return 0 if all(one.holds() for one in table) else 1
