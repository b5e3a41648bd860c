"""Builds etcd and kube-apiserver from the Go modules that dev/kube/go.mod and go.sum pin."""
import re
import shutil
import subprocess
from pathlib import Path
from typing import Mapping

from .say import Failure, heartbeat, say

MODULES = Path(__file__).resolve().parent.parent / "kube"
GO_WANTED = (1, 25)
TAIL_LINES = 15


def build(target: Path, kubernetes: str, env: Mapping[str, str]) -> None:
    """Writes both binaries to `target`. Raises Failure with the compiler's last lines and what to install."""
    go = _go(env)
    say("this happens once: about 90 MB to download and 4 to 12 minutes on two cores")
    _compile(go, target / "etcd", "go.etcd.io/etcd/server/v3", [], env)
    major, minor, _ = kubernetes.split(".")
    version = "k8s.io/component-base/version."
    stamps = [f"-X {version}gitVersion=v{kubernetes}", f"-X {version}gitMajor={major}", f"-X {version}gitMinor={minor}"]
    _compile(go, target / "kube-apiserver", "k8s.io/kubernetes/cmd/kube-apiserver", stamps, env)


def _go(env: Mapping[str, str]) -> str:
    wanted = ".".join(map(str, GO_WANTED))
    go = shutil.which("go", path=env.get("PATH"))
    if go is None:
        raise Failure("neither the envtest archive nor a Go compiler can be had. Install Go "
                      f"{wanted} or newer, or set KUBEBUILDER_ASSETS to a directory with etcd and kube-apiserver.")
    told = subprocess.run([go, "version"], capture_output=True, text=True, check=False).stdout
    found = re.search(r"go(\d+)\.(\d+)", told)
    if not found or tuple(map(int, found.groups())) < (1, 21):  # from 1.21 on, go fetches the toolchain it lacks
        raise Failure(f"{go} is {told.strip() or 'not a working Go'}; Kubernetes needs Go {wanted} or newer. Install it, "
                      "or set KUBEBUILDER_ASSETS to a directory with etcd and kube-apiserver.")
    return go


def _compile(go: str, output: Path, package: str, stamps: list[str], env: Mapping[str, str]) -> None:
    command = [go, "build", "-v", "-trimpath", "-ldflags", " ".join(["-s", "-w", *stamps]), "-o", str(output), package]
    say(f"building {output.name}")
    lines: list[str] = []
    with subprocess.Popen(command, cwd=MODULES, env={**env, "CGO_ENABLED": "0", "GOWORK": "off"},
                          stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        try:
            with heartbeat(lambda seconds: f"building {output.name}: {len(lines)} modules and packages done, {seconds} s"):
                lines.extend(process.stderr)  # -v names each download and each compiled package
        except BaseException:
            process.terminate()
            raise
    if process.returncode != 0:
        tail = "\n  ".join(line.rstrip() for line in lines[-TAIL_LINES:])
        raise Failure(f"go build of {output.name} ended with {process.returncode}:\n  {tail}\n"
                      "If modules cannot be downloaded, set GOPROXY to a module proxy that can be reached, "
                      "or KUBEBUILDER_ASSETS to a directory with etcd and kube-apiserver.")
