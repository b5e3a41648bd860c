"""`devkube up` as a program: what it prints, and that nothing survives it. With stand-ins and with the real servers."""
import json
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

DEV = Path(__file__).resolve().parent.parent
LISTENING = "0A"
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks at /proc")


@contextmanager
def up(directory, env=None, port=0):
    process = subprocess.Popen([sys.executable, "-m", "devkube", "up", "--dir", str(directory), "--port", str(port)], text=True,
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               env={**(env or os.environ), "PYTHONPATH": str(DEV)})
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout, process.stderr):
            pipe.close()


def servers_of(directory):
    """The pids of etcd and kube-apiserver that work on this directory."""
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                words = (entry / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if len(words) > 1 and str(directory).encode() in b"\0".join(words[1:]) and b"python" not in words[0]:
                found[int(entry.name)] = Path(words[0].decode()).name
    return found


def children_of(process):
    return Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()


def eventually(condition, seconds=20):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not so within {seconds} s: {condition}"
        time.sleep(0.05)


def listeners(pids):
    """Local addresses, in the kernel's hex, on which any of these processes listens."""
    sockets = set()
    for pid in pids:
        for entry in (Path("/proc") / str(pid) / "fd").iterdir():
            with suppress(FileNotFoundError):  # a server closes descriptors while they are listed
                sockets.add(os.readlink(entry))
    lines = [line.split() for table in ("tcp", "tcp6") for line in Path(f"/proc/net/{table}").read_text().splitlines()]
    return {words[1].split(":")[0] for words in lines if words[3] == LISTENING and f"socket:[{words[9]}]" in sockets}


@pytest.mark.parametrize("end", ["stdin", "SIGTERM", "SIGKILL"])
def test_it_serves_on_localhost_and_ends_with_its_parent(tmp_path, end):
    """A test run that is cut off, in whatever way, must not leave servers behind to eat the machine."""
    with up(tmp_path) as process:
        ready = json.loads(process.stdout.readline())
        kubectl = [ready["kubectl"], "--kubeconfig", ready["kubeconfig"]]
        namespaces = subprocess.run([*kubectl, "get", "namespace", "default", "-o", "name"], check=True,
                                    capture_output=True, text=True, timeout=30)
        assert namespaces.stdout.strip() == "namespace/default"
        running = servers_of(tmp_path)
        assert sorted(running.values()) == ["etcd", "kube-apiserver"]
        assert listeners(running) == {"0100007F"}  # 127.0.0.1, little-endian
        if end == "stdin":
            process.stdin.close()
        else:
            process.send_signal(getattr(signal, end))
        code = process.wait(30)
        assert code == (-signal.SIGKILL if end == "SIGKILL" else 0)
        eventually(lambda: not servers_of(tmp_path))


def test_objects_survive_a_restart_on_the_same_directory(tmp_path):
    """Crash tests stop the API server under the operator and start it again."""
    for verb in ("create", "get"):
        with up(tmp_path) as process:
            ready = json.loads(process.stdout.readline())
            kubectl(ready, verb, "namespace", "kept")
            process.stdin.close()
            assert process.wait(30) == 0


def test_clients_of_a_server_that_was_killed_are_known_to_the_next_one(tmp_path):
    """An operator that outlives the API server goes on with the credentials and the address that it has."""
    with up(tmp_path / "data") as process:
        ready = json.loads(process.stdout.readline())
        kubectl(ready, "create", "namespace", "kept")
        (tmp_path / "kubeconfig").write_bytes(Path(ready["kubeconfig"]).read_bytes())
        process.kill()
        eventually(lambda: not servers_of(tmp_path / "data"))
    with up(tmp_path / "data", port=int(ready["server"].rsplit(":", 1)[1])) as process:
        ready = json.loads(process.stdout.readline())
        kubectl({**ready, "kubeconfig": str(tmp_path / "kubeconfig")}, "get", "namespace", "kept")


def kubectl(ready, *arguments):
    subprocess.run([ready["kubectl"], "--kubeconfig", ready["kubeconfig"], *arguments],
                   check=True, capture_output=True, timeout=30)


def test_a_server_that_does_not_come_up_shows_its_last_words(tmp_path, machine, script):
    """`not ready` alone sends people on a hunt for the log."""
    script(tmp_path / "kube" / "etcd", "exec sleep 60")
    script(tmp_path / "kube" / "kube-apiserver", "echo 'flag provided but not defined' >&2; exit 3")
    with up(tmp_path / "data", {**machine, "KUBEBUILDER_ASSETS": str(tmp_path / "kube")}) as process:
        assert process.wait(30) == 1
        out, err = process.stdout.read(), process.stderr.read()
    assert out == ""
    assert "kube-apiserver ended with 3" in err and "flag provided but not defined" in err


@pytest.mark.parametrize("end", ["stdin", "SIGTERM"])
def test_it_can_be_stopped_before_it_is_ready(tmp_path, machine, script, end):
    """A parent that gives up early must not leave etcd behind."""
    script(tmp_path / "kube" / "etcd", "exec sleep 60")
    script(tmp_path / "kube" / "kube-apiserver", "exec sleep 60")
    with up(tmp_path / "data", {**machine, "KUBEBUILDER_ASSETS": str(tmp_path / "kube")}) as process:
        eventually(lambda: len(children_of(process)) == 2)
        children = children_of(process)
        if end == "stdin":
            process.stdin.close()
        else:
            process.terminate()
        assert process.wait(30) == 130
        assert not [pid for pid in children if Path(f"/proc/{pid}").exists()]
