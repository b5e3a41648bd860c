"""The processes that make up a run, each with its log, its deadline and its end."""
import json
import os
import queue
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from threading import Thread

from devkube.interrupts import held
from devkube.say import Failure
from devkube.server import die_with_parent, end, free_ports

ROOT = Path(__file__).resolve().parent.parent.parent
JAR = ROOT / "target" / "private-api-operator.jar"
REGION = "ap-northeast-1"
READY_SECONDS = 120
STOP_SECONDS = 20
TAIL_LINES = 15
NO_PROXY = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # all of it is on this machine


class Part:
    """A child process in a session of its own: Ctrl-C reaches this program alone, which stops the parts in order.

    Make it in the main thread: Linux ends the child when the thread that made it ends.
    """

    def __init__(self, name: str, command: list, log: Path, env: dict[str, str] | None = None, announces: bool = True):
        self.name, self.log, self.started = name, log, time.monotonic()
        with open(log, "wb") as out:
            self.process = subprocess.Popen([str(word) for word in command], cwd=ROOT, env=env, stdin=subprocess.PIPE,
                                            stdout=subprocess.PIPE if announces else out, stderr=out,
                                            start_new_session=True, preexec_fn=die_with_parent)

    def announced(self) -> dict:
        """The JSON object that the part prints when it is ready."""
        lines: queue.Queue = queue.Queue()
        Thread(target=lambda: lines.put(self.process.stdout.readline()), daemon=True).start()
        try:
            line = lines.get(timeout=READY_SECONDS)
        except queue.Empty:
            raise Failure(f"{self.name} was not ready within {READY_SECONDS} s. {self.last_words()}") from None
        if not line:
            raise Failure(f"{self.name} did not come up. {self.last_words()}")
        return json.loads(line)

    def check(self) -> None:
        """Raises Failure if the part has ended by itself."""
        if self.process.poll() is not None:
            raise Failure(f"{self.name} ended with {self.process.returncode}. {self.last_words()}")

    def stop(self) -> None:
        with held():
            end(self.process, STOP_SECONDS)

    def last_words(self) -> str:
        lines = self.log.read_text(errors="replace").splitlines()[-TAIL_LINES:]
        return f"The end of {self.log}:\n  " + "\n  ".join(lines)


class Kube(Part):
    """etcd and kube-apiserver, and kubectl talking to them."""

    def __init__(self, directory: Path):
        super().__init__("the API server", [sys.executable, "-m", "devkube", "up", "--dir", directory / "kube"],
                         directory / "devkube.log")
        self.kubeconfig = self.kubectl = ""

    def await_ready(self) -> None:
        ready = self.announced()
        self.kubeconfig, self.kubectl = ready["kubeconfig"], ready["kubectl"]

    def command(self, *words) -> list[str]:
        return [self.kubectl, "--kubeconfig", self.kubeconfig, *map(str, words)]

    def run(self, *words, seconds: float = 60) -> str:
        done = subprocess.run(self.command(*words), cwd=ROOT, capture_output=True, text=True, timeout=seconds,
                              check=False)
        if done.returncode != 0:
            raise Failure(f"kubectl {' '.join(map(str, words))}: {done.stderr.strip()}")
        return done.stdout

    def get(self, path: str) -> dict | None:
        """What is at that path of the API; None if nothing is."""
        try:
            return self._ask("GET", path)
        except urllib.error.HTTPError as error:
            if error.code == 404:
                return None
            raise

    def patch(self, path: str, change: dict) -> None:
        """A merge patch."""
        self._ask("PATCH", path, change)

    def _ask(self, method: str, path: str, body: dict | None = None) -> dict:
        """Without a kubectl, whose start would be most of the time that it takes."""
        config = json.loads(Path(self.kubeconfig).read_text(encoding="ascii"))
        request = urllib.request.Request(
            config["clusters"][0]["cluster"]["server"] + path, None if body is None else json.dumps(body).encode(), method=method,
            headers={"Content-Type": "application/merge-patch+json", "Authorization": f"Bearer {config['users'][0]['user']['token']}"})
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # the default one would read all of the system's authorities each time
        tls.check_hostname, tls.verify_mode = False, ssl.CERT_NONE  # this machine's own, of a minute ago
        with urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=tls)).open(
                request, timeout=30) as response:
            return json.load(response)


class Sandbox(Part):
    """The sandbox AWS and its control API."""

    def __init__(self, directory: Path, scale: float, *options: str):
        super().__init__("the sandbox AWS",
                         [sys.executable, "-m", "privateapi_sandbox", "--port", 0, "--time-scale", scale, "--seed", 1,
                          "--region", REGION, "--state-dir", directory / "aws", *options],
                         directory / "sandbox.log")
        self.ready: dict = {}

    def await_ready(self) -> None:
        self.ready = self.announced()

    @property
    def endpoint(self) -> str:
        return self.ready["endpoint"]

    def get(self, path: str):
        """An answer of the control API, such as `left` or `journal?since=7`."""
        with NO_PROXY.open(f"{self.endpoint}/_sandbox/{path}", timeout=30) as response:
            return json.load(response)

    def send(self, method: str, path: str, body: dict | None = None, seconds: float = 30):
        """The same, for what changes something, such as `faults`."""
        request = urllib.request.Request(f"{self.endpoint}/_sandbox/{path}", method=method,
                                         data=None if body is None else json.dumps(body).encode(),
                                         headers={"Content-Type": "application/json"})
        with NO_PROXY.open(request, timeout=seconds) as response:
            return json.load(response)

    def settings(self) -> dict[str, str]:
        """What leads an AWS SDK or CLI to the sandbox."""
        return {"AWS_ENDPOINT_URL": self.endpoint, "AWS_REGION": REGION, "AWS_DEFAULT_REGION": REGION,
                "AWS_ACCESS_KEY_ID": "sandbox", "AWS_SECRET_ACCESS_KEY": "sandbox"}

    def environment(self) -> dict[str, str]:
        """This process's environment with the sandbox instead of any AWS account that it knows."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        return {**kept, **self.settings(), "AWS_EC2_METADATA_DISABLED": "true",
                "AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}


class Operator(Part):
    """The operator's jar, with the JVM's own defaults unless told otherwise."""

    def __init__(self, directory: Path, kube: Kube, sandbox: Sandbox, scale: float, settings: dict[str, str],
                 jvm: tuple[str, ...] = ()):
        port = free_ports(1)[0]
        self.address = f"http://127.0.0.1:{port}"
        env = {**sandbox.environment(), "KUBECONFIG": kube.kubeconfig, "PRIVATEAPI_CLUSTER_ID": "sandbox",
               "PRIVATEAPI_HTTP_ADDRESS": "127.0.0.1", "PRIVATEAPI_HTTP_PORT": str(port),
               "PRIVATEAPI_TIME_SCALE": f"{scale:g}", "PRIVATEAPI_LEADER_ELECTION": "false", **settings}
        super().__init__("the operator", [ROOT / "dev" / "java25", *jvm, "-jar", JAR], directory / "operator.log", env,
                         announces=False)

    def await_ready(self) -> None:
        deadline, answer = time.monotonic() + READY_SECONDS, ""
        while time.monotonic() < deadline:
            self.check()
            try:
                with NO_PROXY.open(f"{self.address}/readyz", timeout=5):
                    return
            except urllib.error.HTTPError as error:
                answer = f"{error.code} {error.read(400).decode(errors='replace')}"
            except OSError as error:
                answer = str(error)
            time.sleep(0.05)
        raise Failure(f"the operator was not ready within {READY_SECONDS} s; /readyz last said: {answer}. "
                      + self.last_words())
