"""What `make run` and `make sandbox` do on the stage."""
import json
import shlex
import time
from pathlib import Path

from devkube.say import Failure

from . import client
from .parts import ROOT
from .progress import HEADER, Progress, follow, is_ready, watching
from .stage import Stage, everything, operating, servers

SEED = ROOT / "examples" / "seed.yaml"
NAME = "poc"
PEER_VPC = "vpc-0123456789abcdef0"
EXPECTED = {"a": 1, "b": 2, "c": 3, "d": 4, "e": 5}
# Of AWS's time, far beyond the seed's critical paths (347 s and 335 s): the run ends by itself when it hangs.
AWS_SECONDS = 1500
# Until a stage serves what was deployed, as the sandbox draws it; AWS tells nobody when it does.
DEPLOYMENT_SECONDS = 60
GRACE_SECONDS = 120  # of this machine's time, for what does not run faster with the scale


def run(directory: Path, scale: float, once: bool) -> int:
    with everything(directory, scale) as servers_up, operating(servers_up, {}) as stage:
        stack = create(stage)
        fetch(stage, stack)
        print(around(stage, stack))
        if once:
            delete(stage)
            nothing_left(stage)
            print("\nAll of it held.")
        else:
            _until_interrupted(stage)
    return 0


def sandbox(directory: Path, scale: float) -> int:
    with servers(directory, scale) as stage:
        print(around(stage, None))
        _until_interrupted(stage)
    return 0


def deadline(stage: Stage) -> float:
    return AWS_SECONDS / stage.scale + GRACE_SECONDS


def create(stage: Stage) -> dict:
    """Applies the seed and follows it to Ready=True."""
    print(f"\n$ kubectl apply -f {SEED.relative_to(ROOT)}    (AWS runs {stage.scale:g} times faster than life)\n{HEADER}")
    progress = Progress()
    stage.kube.run("apply", "-f", SEED)
    with watching(stage.kube, "pas", NAME) as events:
        stack = follow(events, progress, lambda _, seen: is_ready(seen), deadline(stage), stage.check)
    print(f"\nReady after {progress.elapsed():.1f} s, which are {progress.elapsed() * stage.scale:.0f} s of AWS's time.\n")
    print(stage.kube.run("get", "pas", "-o", "wide"))
    return stack


def fetch(stage: Stage, stack: dict) -> None:
    """Gets the JSON through the private API as a client in the peer VPC, or says where the call stopped."""
    url = stack["status"].get("endpoint")
    if not url:
        raise Failure("Ready=True, but status.endpoint is empty; the conditions and the operator's log say more")
    caller = _client(stack)
    by = f", whose /etc/resolv.conf names {' and '.join(caller.nameservers)}" if caller.nameservers else ""
    print(f"As a client in the peer VPC {PEER_VPC}{by}:\n$ GET {url}")
    end = time.monotonic() + DEPLOYMENT_SECONDS / stage.scale
    while True:
        status, body = client.get(url, caller, stage.sandbox.ready["dataPlane"], stage.sandbox.ready["ca"])
        if status != 403 or time.monotonic() > end:
            break
        time.sleep(1 / stage.scale)
    print(f"{status} {body}\n")
    if status != 200 or _json(body) != EXPECTED:
        raise Failure(f"the API answered {status} {body}, expected 200 {json.dumps(EXPECTED)}. "
                      "POST /_sandbox/invoke with the same vpc, url and nameservers tells at which hop the call stops.")


def _client(stack: dict) -> client.Client:
    """In the peer VPC, asking the inbound Resolver endpoint where the stack has one."""
    return client.Client(PEER_VPC, tuple(stack["status"].get("dns", {}).get("resolverInboundIps") or ()))


def delete(stage: Stage) -> None:
    """Deletes the stack and follows it until it is gone."""
    print(f"\n$ kubectl delete pas {NAME}\n{HEADER}")
    progress = Progress()
    with watching(stage.kube, "pas", NAME) as events:
        stage.kube.run("delete", "pas", NAME, "--wait=false")
        follow(events, progress, lambda kind, _: kind == "DELETED", deadline(stage), stage.check)
    print(f"\nGone after {progress.elapsed():.1f} s, which are {progress.elapsed() * stage.scale:.0f} s of AWS's time.")


def nothing_left(stage: Stage) -> None:
    """Nothing of the stack is on AWS any more, and what was there before is as it was."""
    left, changed = stage.sandbox.get("left"), stage.sandbox.get("changed")
    problems = [f"left on AWS: {one['service']} {one['type']} {one['id']} {one['name']} {one['state']}" for one in left]
    problems += [f"not the stack's, and changed: {json.dumps(one)}" for one in changed]
    if problems:
        raise Failure(f"the stack is gone, but AWS is not as it was before ({len(problems)}):\n  " + "\n  ".join(problems))
    print("Nothing is left on AWS, and what was there before is unchanged.")


def around(stage: Stage, stack: dict | None) -> str:
    """Commands to look around with, ready to paste."""
    aws = " ".join(f"{name}={shlex.quote(value)}" for name, value in stage.sandbox.settings().items())
    lines = ["Look around:",
             f"  export KUBECONFIG={stage.kube.kubeconfig}",
             f"  alias kubectl={stage.kube.kubectl}",
             f"  export {aws}",
             "  kubectl get pas -o wide" if stack else "  kubectl apply --server-side -f crds/",
             f"  alias aws='{ROOT}/dev/python -m awscli'    # or an AWS CLI of your own",
             "  aws ec2 describe-vpcs",
             f"  curl '{stage.sandbox.endpoint}/_sandbox/journal?format=text'    # every AWS call",
             f"  curl '{stage.sandbox.endpoint}/_sandbox/left?format=text'    # every object made since the start; /state: all"]
    if stack:
        ready = stage.sandbox.ready
        lines.append("  " + client.curl(stack["status"]["endpoint"], _client(stack), ready["dataPlane"], ready["ca"]))
    if stage.operator:
        lines.append(f"  curl {stage.operator.address}/metrics")
    return "\n".join([*lines, f"  logs: {stage.directory}"])


def _until_interrupted(stage: Stage) -> None:
    print("\nCtrl-C ends it.")
    while True:
        stage.check()
        time.sleep(0.5)


def _json(text: str):
    try:
        return json.loads(text)
    except ValueError:
        return None
