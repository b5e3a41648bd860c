"""Journal and objects as a person reads them: one line each. ``GET /_sandbox/journal?format=text``"""

from __future__ import annotations

from collections.abc import Callable


def journal(entries: list[dict]) -> str:
    return _table([
        (f"{entry['time']:10.1f}", entry["caller"].rpartition(":")[2], f"{entry['service']}:{entry['operation']}",
         entry["outcome"], _pairs(entry["params"]))
        for entry in entries
    ])


def objects(live: list[dict]) -> str:
    return _table([
        (one["region"] or "global", f"{one['service']} {one['type']}", one["id"], one["state"], _pairs(one["tags"]))
        for one in live
    ])


def changes(found: list[dict]) -> str:
    lines = []
    for change in found:
        now = objects([change["is"]]).strip() if change["is"] else "gone"
        lines += [f"was {objects([change['was']]).strip()}", f"is  {now}"]
    return "".join(f"{line}\n" for line in lines)


TELLERS: dict[str, Callable[[list[dict]], str]] = {
    "/journal": journal, "/state": objects, "/left": objects, "/changed": changes,
}


def _pairs(values: dict) -> str:
    return " ".join(f"{key}={','.join(map(str, value)) if isinstance(value, list) else value}" for key, value in values.items())


def _table(rows: list[tuple[str, ...]]) -> str:
    """Columns as wide as their widest entry; the last one runs on."""
    widths = [max(map(len, column)) for column in zip(*rows)][:-1] + [0]
    lines = ("  ".join(text.ljust(width) for text, width in zip(row, widths)).rstrip() for row in rows)
    return "".join(f"{line}\n" for line in lines)
