"""The archive of etcd, kube-apiserver and kubectl that controller-tools publishes for tests."""
import hashlib
import platform
import tarfile
import urllib.error
import urllib.request
from pathlib import Path

from .say import heartbeat, say

VERSION = "1.35.0"
URL = ("https://github.com/kubernetes-sigs/controller-tools/releases/download/"
       "envtest-v{version}/envtest-v{version}-{platform}.tar.gz")
# Only platforms whose checksum is known are downloaded; the others build from source, where go.sum is the check.
SHA512 = {
    "linux-amd64": "130369c16f076e724d089189afaede960316f5f5dea6cf57be7a4fc6f09c7734"
                   "2893192509790e4056e116e232dff832ed863f5bd55dcb55d38f3ab834828a11",
}
CONNECT_SECONDS = 10


class Unavailable(Exception):
    """The archive cannot be had here, for the reason in the message; something else must be tried."""


def this_platform() -> str:
    machine = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
    return f"{platform.system().lower()}-{machine}"


def download(target: Path, url: str = URL, checksums: dict[str, str] | None = None) -> None:
    """Fills `target` with the archive's binaries. Raises Unavailable; never leaves an unverified binary behind."""
    here = this_platform()
    expected = (SHA512 if checksums is None else checksums).get(here)
    if expected is None:
        raise Unavailable(f"no pinned checksum for {here}")
    address = url.format(version=VERSION, platform=here)
    archive = target / "envtest.tar.gz"
    say(f"trying the envtest archive {address}")
    try:
        with urllib.request.urlopen(address, timeout=CONNECT_SECONDS) as response, open(archive, "wb") as out:
            actual = _copy(response, out)
        if actual != expected:
            raise Unavailable(f"{address} has sha512 {actual[:16]}…, expected {expected[:16]}…")
        _unpack(archive, target)
    except (OSError, tarfile.TarError) as error:  # URLError and timeouts are OSErrors
        raise Unavailable(getattr(error, "reason", error)) from error
    finally:
        archive.unlink(missing_ok=True)


def _copy(response, out) -> str:
    digest, done = hashlib.sha512(), 0
    with heartbeat(lambda seconds: f"downloaded {done >> 20} MiB in {seconds} s", every=5):
        while chunk := response.read(1 << 20):
            out.write(chunk)
            digest.update(chunk)
            done += len(chunk)
    return digest.hexdigest()


def _unpack(archive: Path, target: Path) -> None:
    with tarfile.open(archive) as tar:
        for member in tar:
            name = Path(member.name).name
            if member.isfile() and name in ("etcd", "kube-apiserver", "kubectl"):
                (target / name).write_bytes(tar.extractfile(member).read())
                (target / name).chmod(0o755)
