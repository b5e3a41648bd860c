"""What was measured, against what is wanted; and what the sandbox's journal tells."""
import json
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path

from ..stage import Stage

DATA = Path("docs") / "benchmarks.json"


@dataclass(frozen=True)
class Measure:
    """must and aim are upper bounds, in the value's own unit; of a value without them it is only told."""
    what: str
    value: float
    must: float | None = None
    aim: float | None = None
    how: str = ""

    def holds(self) -> bool:
        return self.must is None or self.value <= self.must

    def __str__(self) -> str:
        bounds = "" if self.must is None else f"must {self.must:g}" + ("" if self.aim is None else f", aim {self.aim:g}")
        return f"{self.what:<58} {self.value:>9.4g}  {bounds:<22} {'' if self.holds() else 'NOT HELD  '}{self.how}"


def keep(root: Path, part: str, circumstances: dict, measures: list[Measure]) -> None:
    """Writes one part's measures; the other parts' stay as they were measured, each with its own circumstances."""
    path = root / DATA
    known = json.loads(path.read_text()) if path.exists() else {}
    known[part] = {**circumstances, "measures": [asdict(one) for one in measures]}
    path.write_text(json.dumps(dict(sorted(known.items())), indent=1, ensure_ascii=False) + "\n")


def last(stage: Stage) -> int:
    """The number of the journal's latest entry."""
    return stage.sandbox.get("journal/last")["seq"]


def calls(stage: Stage, since: int) -> list[dict]:
    """The calls after that entry."""
    return stage.sandbox.get(f"journal?since={since}")


def refused(made: list[dict]) -> tuple[int, str]:
    """How many of these calls were throttled, and which."""
    which = Counter(f"{entry['service']}:{entry['operation']} {entry['region']}" for entry in made if _throttled(entry))
    return which.total(), ", ".join(f"{count} {call}" for call, count in which.most_common())


def _throttled(entry: dict) -> bool:
    return "Throttl" in entry["outcome"] or entry["outcome"] in ("RequestLimitExceeded", "TooManyRequestsException", "SlowDown")
