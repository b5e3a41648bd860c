import stat
from pathlib import Path

import pytest


@pytest.fixture
def script():
    """Writes an executable shell script that stands in for a real program."""
    def write(path: Path, body: str = "exit 0") -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"#!/bin/sh\n{body}\n")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        return path
    return write


@pytest.fixture
def machine(tmp_path, script):
    """The environment of a machine that has a kubectl, an empty cache and nothing else of ours."""
    client = '{"clientVersion": {"major": "1", "minor": "35"}}'
    script(tmp_path / "bin" / "kubectl", f"echo '{client}'")
    return {"HOME": str(tmp_path), "PATH": f"{tmp_path / 'bin'}:/usr/bin:/bin"}
