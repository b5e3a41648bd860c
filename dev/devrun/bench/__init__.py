"""What the operator costs and how fast it is, part by part; each writes its figures to docs/benchmarks.json."""
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from ..parts import ROOT
from . import converged, edits, rush, stack
from .circumstances import circumstances
from .measure import Measure, keep


class Part(NamedTuple):
    """scale: at which its figures are fit to be quoted: what the machine itself takes counts so many times."""
    measures: Callable[[Path, float, int], list[Measure]]
    scale: float
    large: bool = False  # about a large fleet


PARTS = {"stack": Part(stack.measures, 1), "rush": Part(rush.measures, 4), "fleet": Part(converged.measures, 1, large=True),
         "edits": Part(edits.measures, 1, large=True)}


def bench(directory: Path, parts: list[str], scale: float | None, stacks: int) -> int:
    """Runs these parts and prints a table. Fails if what must hold does not.

    stacks: of a large fleet, where a part needs one.
    """
    table = []
    for name in parts:
        part = PARTS[name]
        at = scale or part.scale
        seen = circumstances(ROOT, at, stacks if part.large else None)
        found = part.measures(directory, at, stacks)
        keep(ROOT, name, seen, found)
        table += found
    print("\n" + "\n".join(map(str, table)))
    return 0 if all(one.holds() for one in table) else 1
