"""What a bench's figures depend on, and are of no use without: when, of which commit, on what, of how many stacks."""
import os
import subprocess
from datetime import date
from pathlib import Path

from .. import image
from .measure import DATA


def circumstances(root: Path, scale: float, stacks: int | None) -> dict:
    """To be asked before a part begins: it takes a while, in which somebody may go on with the tree.

    stacks: of a part that is about a large fleet.
    """
    told = {"date": date.today().isoformat(), "commit": commit(root), "java": image.java(), "cores": os.cpu_count(), "scale": scale}
    return told if stacks is None else {**told, "stacks": stacks}


def commit(root: Path) -> str:
    """With a + if the tree is not as it was committed; figures of the parts before do not count."""
    try:
        changed = _git(root, "status", "--porcelain", "--", ".", f":!{DATA}")
        return _git(root, "rev-parse", "--short", "HEAD") + ("+" if changed else "")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"  # an archive of the tree can be measured, too


def _git(root: Path, *words: str) -> str:
    return subprocess.run(["git", "-C", root, *words], capture_output=True, text=True, check=True).stdout.strip()
