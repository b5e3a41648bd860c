"""Runs etcd and kube-apiserver until told to stop; nothing listens beyond 127.0.0.1.

There are no controllers: deployments make no pods, namespaces stay Terminating, no default ServiceAccounts appear,
and owner references do not collect garbage. CRDs, CEL, server-side apply, watches, RBAC and leases are the real ones.
"""
import base64
import ctypes
import json
import secrets
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from .assets import Assets
from .interrupts import held
from .say import Failure, say

READY_SECONDS = 90
STOP_SECONDS = 10
PORT_ATTEMPTS = 3
TAIL_LINES = 15
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


class PortTaken(Exception):
    """Another process took the port between its choice and its use."""


class ApiServer:
    """One etcd and one kube-apiserver with their data, certificates and logs under `directory`, which may be reused."""

    def __init__(self, assets: Assets, directory: Path, port: int = 0):
        self.assets = assets
        self.directory = directory.resolve()
        self.requested_port = port
        self.processes: dict[str, subprocess.Popen] = {}
        self.url = ""
        self.token = ""

    @property
    def kubeconfig(self) -> Path:
        return self.directory / "kubeconfig"

    def start(self) -> None:
        """Returns when /readyz answers ok and the namespace `default` exists. Raises Failure with the log's end."""
        certificates = self.directory / "certs"
        certificates.mkdir(parents=True, exist_ok=True)
        tokens = self._write_tokens()
        for attempt in range(1, PORT_ATTEMPTS + 1):
            try:
                self._launch(certificates, tokens)
                self._await_ready()
                break
            except PortTaken as taken:
                self.stop()
                if self.requested_port or attempt == PORT_ATTEMPTS:
                    raise Failure(f"{taken} Choose another one with --port, or 0 for any.") from None
                say(f"{taken} Trying other ones.")
        self._write_kubeconfig()

    def died(self) -> str | None:
        """Tells which server ended by itself and its last words, or None while both run."""
        for name, process in self.processes.items():
            if process.poll() is not None:
                return f"{name} ended with {process.returncode}. {self._last_words(name)}"
        return None

    def stop(self) -> None:
        """Stops the API server before its etcd; kills what does not stop in time. Idempotent."""
        with held():
            for name in reversed(list(self.processes)):
                end(self.processes.pop(name), STOP_SECONDS)

    def _write_tokens(self) -> Path:
        """Those of the directory's earlier servers stay: clients that outlive one must not be strangers to the next."""
        tokens = self.directory / "tokens.csv"
        if not tokens.exists():
            tokens.touch(mode=0o600)
            tokens.write_text(f"{secrets.token_urlsafe(32)},admin,admin,system:masters\n", encoding="ascii")
        self.token = tokens.read_text(encoding="ascii").split(",", 1)[0]
        return tokens

    def _launch(self, certificates: Path, tokens: Path) -> None:
        client_port, peer_port, secure_port = free_ports(3)
        secure_port = self.requested_port or secure_port
        client, peer = f"http://127.0.0.1:{client_port}", f"http://127.0.0.1:{peer_port}"
        self.url = f"https://127.0.0.1:{secure_port}"
        self._spawn("etcd", self.assets.etcd, {
            "data-dir": self.directory / "etcd", "listen-client-urls": client, "advertise-client-urls": client,
            "listen-peer-urls": peer, "initial-advertise-peer-urls": peer, "initial-cluster": f"default={peer}",
            "unsafe-no-fsync": "true"})
        key = certificates / "apiserver.key"  # the server makes it at its first start, before it reads the next two
        self._spawn("kube-apiserver", self.assets.apiserver, {
            "etcd-servers": client, "bind-address": "127.0.0.1", "secure-port": secure_port,
            "advertise-address": "127.0.0.1", "endpoint-reconciler-type": "none", "cert-dir": certificates,
            "service-account-issuer": "https://kubernetes.default.svc", "service-account-key-file": key,
            "service-account-signing-key-file": key, "service-cluster-ip-range": "10.0.0.0/24",
            "token-auth-file": tokens, "authorization-mode": "RBAC", "disable-admission-plugins": "ServiceAccount",
            "enable-priority-and-fairness": "false"})

    def _spawn(self, name: str, binary: Path, flags: dict) -> None:
        command = [str(binary), *(f"--{flag}={value}" for flag, value in flags.items())]
        with open(self._log(name), "wb") as log, held():
            # A session of its own: Ctrl-C reaches devkube alone, which then stops the two in order.
            self.processes[name] = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                                    start_new_session=True, preexec_fn=die_with_parent)

    def _await_ready(self) -> None:
        deadline, answer = time.monotonic() + READY_SECONDS, ""
        while time.monotonic() < deadline:
            dead = self.died()
            if dead:
                raise PortTaken(f"A port was taken: {dead}") if "address already in use" in dead else Failure(dead)
            try:
                answer = self.request("GET", "/readyz")
                self._ensure_default_namespace()
                return
            except urllib.error.HTTPError as error:
                answer = f"{error.code} {error.read(400).decode(errors='replace')}"
            except OSError as error:  # not listening yet, or no certificate yet
                answer = str(error)
            time.sleep(0.1)
        raise Failure(f"kube-apiserver was not ready within {READY_SECONDS} s; /readyz last said: {answer}. "
                      + self._last_words("kube-apiserver"))

    def _ensure_default_namespace(self) -> None:
        namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "default"}}
        try:
            self.request("POST", "/api/v1/namespaces", namespace)
        except urllib.error.HTTPError as error:
            if error.code != 409:
                raise

    def request(self, method: str, path: str, body: dict | None = None) -> str:
        context = ssl.create_default_context(cafile=self.directory / "certs" / "apiserver.crt")
        request = urllib.request.Request(self.url + path, method=method, data=body and json.dumps(body).encode(),
                                         headers={"Authorization": f"Bearer {self.token}",
                                                  "Content-Type": "application/json"})
        # No proxy: this address is on this machine whatever the environment says.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}),
                                             urllib.request.HTTPSHandler(context=context))
        with opener.open(request, timeout=5) as response:
            return response.read().decode()

    def _write_kubeconfig(self) -> None:
        authority = (self.directory / "certs" / "apiserver.crt").read_bytes()
        config = {
            "apiVersion": "v1", "kind": "Config", "current-context": "devkube",
            "clusters": [{"name": "devkube", "cluster": {
                "server": self.url, "certificate-authority-data": base64.b64encode(authority).decode()}}],
            "users": [{"name": "admin", "user": {"token": self.token}}],
            "contexts": [{"name": "devkube", "context": {
                "cluster": "devkube", "user": "admin", "namespace": "default"}}]}
        self.kubeconfig.touch(mode=0o600)
        self.kubeconfig.write_text(json.dumps(config, indent=2) + "\n", encoding="ascii")  # JSON is YAML

    def _log(self, name: str) -> Path:
        return self.directory / f"{name}.log"

    def _last_words(self, name: str) -> str:
        lines = self._log(name).read_text(errors="replace").splitlines()[-TAIL_LINES:]
        return f"The end of {self._log(name)}:\n  " + "\n  ".join(lines)


def free_ports(count: int) -> list[int]:
    """Ports that are free now, all different because they are held at the same time."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()


def end(process: subprocess.Popen, seconds: float) -> None:
    """Asks the process to end and kills it if it does not in time."""
    process.terminate()
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def die_with_parent() -> None:
    """Linux kills the child when devkube is killed outright, which no handler of ours could notice.

    SIGTERM would end etcd first, and leave an API server that waits for its etcd before it goes.
    """
    if LIBC:
        LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
