"""What `make run` shows and how it fails; the run itself, with the operator, is its own test (ONCE=1)."""
import queue
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from devkube.say import Failure
from devrun import parts, scenes
from devrun.progress import Progress, follow, is_ready

ROOT = Path(__file__).resolve().parent.parent.parent


def stack(generation=1, **conditions):
    """A PrivateApiStack with conditions given as Type=(status, reason, message)."""
    return {"metadata": {"generation": generation},
            "status": {"layersReady": "1/7", "tasksReady": "0/2", "conditions": [
                {"type": kind, "status": status, "reason": reason, "message": message, "observedGeneration": 1}
                for kind, (status, reason, message) in conditions.items()]}}


WAITING = ("False", "Waiting", "waiting for the load balancer to become active")


def test_each_change_is_one_line_and_no_change_is_none():
    """A status that is written without news must not scroll the news away."""
    lines = []
    progress = Progress(lines.append)
    progress.show(stack(LoadBalancerReady=WAITING))
    progress.show(stack(LoadBalancerReady=WAITING))
    progress.show(stack(LoadBalancerReady=("True", "Ready", "")))
    assert [line.split("  ")[-1] for line in lines] == [
        "LoadBalancerReady=False Waiting: waiting for the load balancer to become active", "LoadBalancerReady=True Ready"]


def test_a_deadline_tells_what_is_still_open():
    """`timed out` alone says nothing about which of seven layers to look at."""
    events = queue.Queue()
    events.put({"type": "MODIFIED", "object": stack(LoadBalancerReady=WAITING, NetworkReady=("True", "Ready", ""),
                                                    Stalled=("False", "Converging", ""))})
    with pytest.raises(Failure) as failure:
        follow(events, Progress(lambda _: None), lambda *_: False, 0.6, lambda: None)
    assert "LoadBalancerReady=False Waiting" in str(failure.value)
    assert "NetworkReady" not in str(failure.value) and "Stalled" not in str(failure.value)


def test_a_dead_part_ends_the_waiting_at_once():
    """An operator that crashed would otherwise be noticed at the deadline."""
    def check():
        raise Failure("the operator ended with 1.")
    with pytest.raises(Failure, match="the operator ended"):
        follow(queue.Queue(), Progress(lambda _: None), lambda *_: False, 60, check)


def test_ready_for_an_older_spec_is_not_ready():
    assert is_ready(stack(generation=1, Ready=("True", "Ready", "")))
    assert not is_ready(stack(generation=2, Ready=("True", "Ready", "")))
    assert not is_ready(stack(Ready=("Unknown", "Reconciling", "")))


def test_the_operator_cannot_reach_a_real_account(monkeypatch):
    """A developer's profile or a per-service endpoint in the environment would win over the sandbox's."""
    for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL_EC2", "AWS_SESSION_TOKEN", "AWS_ACCESS_KEY_ID"):
        monkeypatch.setenv(name, "real")
    sandbox = parts.Sandbox.__new__(parts.Sandbox)
    sandbox.ready = {"endpoint": "http://127.0.0.1:1"}
    settings = {name: value for name, value in sandbox.environment().items() if name.startswith("AWS_")}
    assert "real" not in settings.values()
    assert settings["AWS_ENDPOINT_URL"] == "http://127.0.0.1:1"


def test_what_is_left_and_what_was_touched_are_both_failures():
    """An operator that deletes what is not its own leaves nothing behind, either."""
    answers = {"left": [{"service": "ec2", "type": "vpc", "id": "vpc-1", "name": "poc", "state": "available"}],
               "changed": [{"was": {"id": "rtb-1"}, "is": None}]}
    stage = SimpleNamespace(sandbox=SimpleNamespace(get=answers.get))
    with pytest.raises(Failure, match=r"(?s)\(2\).*left on AWS: ec2 vpc vpc-1 poc available.*changed:.*rtb-1"):
        scenes.nothing_left(stage)
    answers.update(left=[], changed=[])
    scenes.nothing_left(stage)


@pytest.mark.skipif(sys.platform != "linux", reason="looks at /proc")
def test_the_two_servers_come_up_together_and_go_together(tmp_path):
    """`make sandbox`: addresses to paste, one run per directory, and nothing left running after it."""
    command = [sys.executable, "-m", "devrun", "sandbox", "--scale", "100", "--dir", tmp_path]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT)
    try:
        printed = []
        for line in process.stdout:
            printed.append(line)
            if "Ctrl-C" in line:
                break
        text = "".join(printed)
        assert f"export KUBECONFIG={tmp_path}/kube/kubeconfig" in text, process.stderr.read()
        assert "AWS_ENDPOINT_URL=http://127.0.0.1:" in text
        second = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert second.returncode == 1 and f"another run is up in {tmp_path}" in second.stderr
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        assert len(children) == 2
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
        assert not [pid for pid in children if Path(f"/proc/{pid}").exists()]
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def test_make_help_knows_every_target():
    """The list is made from comments; a target without one would be a secret."""
    makefile = (ROOT / "Makefile").read_text()
    phony = next(line for line in makefile.splitlines() if line.startswith(".PHONY:")).split()[1:]
    told = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert [target for target in phony if f"make {target} " not in told] == []


@pytest.fixture
def java25(tmp_path):
    def run(*arguments, **env):
        return subprocess.run([ROOT / "dev" / "java25", *arguments], capture_output=True, text=True, check=False,
                              env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin", **env})
    return run


def test_the_jdk_of_JAVA_HOME_is_taken_if_it_is_a_25(java25, script, tmp_path):
    script(tmp_path / "jdk" / "bin" / "java", 'echo "this java, $1"')
    (tmp_path / "jdk" / "release").write_text('JAVA_VERSION="25.0.1"\n')
    assert java25(JAVA_HOME=str(tmp_path / "jdk")).stdout.strip() == str(tmp_path / "jdk")
    assert java25("-jar", JAVA_HOME=str(tmp_path / "jdk")).stdout.strip() == "this java, -jar"


def test_another_JDK_in_JAVA_HOME_is_not_taken(java25, script, tmp_path):
    """The jar's classes are of 25: an older java ends with UnsupportedClassVersionError."""
    script(tmp_path / "jdk" / "bin" / "java")
    (tmp_path / "jdk" / "release").write_text('JAVA_VERSION="21.0.9"\n')
    assert java25(JAVA_HOME=str(tmp_path / "jdk")).stdout.strip() != str(tmp_path / "jdk")
