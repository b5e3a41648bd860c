"""Finds or makes the binaries: KUBEBUILDER_ASSETS, the cache, the envtest archive, a build from Go modules.

What is downloaded or built goes to a directory of its own beside its place in the cache and is renamed when it is
whole, under a file lock: an interrupted build leaves nothing half done, and two callers never build twice.
"""
import fcntl
import os
import shutil
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Mapping

from . import envtest, gobuild, kubectl
from .say import Failure, say

KUBERNETES = "1.35.4"
SERVERS = ("etcd", "kube-apiserver")


@dataclass(frozen=True)
class Assets:
    etcd: Path
    apiserver: Path
    kubectl: Path
    origin: str

    @property
    def directory(self) -> Path:
        """What KUBEBUILDER_ASSETS is set to for tools that look there."""
        return self.apiserver.parent


def cache_root(env: Mapping[str, str]) -> Path:
    base = env.get("XDG_CACHE_HOME") or str(Path(env.get("HOME") or Path.home()) / ".cache")
    return Path(base) / "private-api-operator" / "kube"


def ensure(env: Mapping[str, str] = os.environ) -> Assets:
    """The three binaries, obtained in the order above. Raises Failure saying what to install."""
    given = env.get("KUBEBUILDER_ASSETS")
    if given:
        directory, origin = _checked(Path(given)), "KUBEBUILDER_ASSETS"
    else:
        directory, origin = _from_cache(cache_root(env), env)
    say(f"kube-apiserver and etcd: {directory} ({origin})")
    client = kubectl.find(directory, cache_root(env), env, locked)
    return Assets(directory / "etcd", directory / "kube-apiserver", client, origin)


def _checked(directory: Path) -> Path:
    missing = [name for name in SERVERS if not os.access(directory / name, os.X_OK)]
    if missing:
        raise Failure(f"KUBEBUILDER_ASSETS={directory} has no executable {' or '.join(missing)}. "
                      "Correct the variable, or unset it to let devkube download or build them.")
    return directory


def _whole(directory: Path) -> bool:
    return all(os.access(directory / name, os.X_OK) for name in SERVERS)


def _from_cache(root: Path, env: Mapping[str, str]) -> tuple[Path, str]:
    built, downloaded = root / KUBERNETES, root / f"{envtest.VERSION}-envtest"

    def cached():
        return next(((d, "cache") for d in (built, downloaded) if _whole(d)), None)

    found = cached()
    if found:
        return found
    with locked(root):
        found = cached()  # another process may have finished while this one waited for the lock
        if found:
            return found
        try:
            with staging(root, downloaded) as target:
                envtest.download(target)
            return downloaded, f"envtest archive {envtest.VERSION}"
        except envtest.Unavailable as reason:
            say(f"no envtest archive ({reason}); building Kubernetes {KUBERNETES} and etcd from Go modules instead")
        with staging(root, built) as target:
            gobuild.build(target, KUBERNETES, env)
        return built, "built from Go modules"


@contextmanager
def locked(root: Path):
    root.mkdir(parents=True, exist_ok=True)
    with open(root / ".lock", "w", encoding="ascii") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another process is preparing the binaries; waiting for it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def staging(root: Path, destination: Path):
    """A temporary directory that becomes `destination` if the body succeeds. Call under the lock."""
    for leftover in root.glob(".staging-*"):  # of a process that was killed: the lock proves that it is gone
        shutil.rmtree(leftover, ignore_errors=True)
    target = Path(tempfile.mkdtemp(prefix=".staging-", dir=root))
    try:
        yield target
        target.chmod(0o755)
        shutil.rmtree(destination, ignore_errors=True)
        target.rename(destination)
    finally:
        shutil.rmtree(target, ignore_errors=True)
