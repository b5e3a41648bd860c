"""The Helm chart, judged by Helm and by a real API server."""
import subprocess
from pathlib import Path

import pytest
import yaml

from devkube import assets
from devkube.server import ApiServer

ROOT = Path(__file__).resolve().parent.parent.parent
CHART = ROOT / "charts" / "private-api-operator"
EVERYTHING = """
image: {repository: registry.example/operator, digest: "sha256:%s"}
imagePullSecrets: [{name: pull}]
replicas: 2
serviceAccount: {name: operator, annotations: {eks.amazonaws.com/role-arn: "arn:aws:iam::123456789012:role/operator"}}
settings:
  watchNamespaces: [team-a, team-b]
  labelSelector: shard=1,tier in (a,b)
  driftInterval: 30s
  driftQueues: [https://sqs.ap-northeast-1.amazonaws.com/123456789012/a, https://sqs.us-east-1.amazonaws.com/123456789012/a]
  safetyInterval: 2h
  orphanInterval: 2h
  removeOrphans: [all]
  clusterId: blue
  timeScale: 20
  accountRoles:
    "210987654321": arn:aws:iam::210987654321:role/peer;secret-id
    "310987654321": arn:aws:iam::310987654321:role/peer
  awsRates: {ec2-write: 20/2.5}
  rateShare: 0.5
  maxConcurrent: 10
  logLevel: debug
  logFormat: json
aws: {region: ap-northeast-1, endpointUrl: "http://sandbox:4566"}
extraEnv: [{name: JAVA_TOOL_OPTIONS, value: -Xmx300m}]
podDisruptionBudget: {enabled: true}
priorityClassName: system-cluster-critical
podAnnotations: {a: b}
podLabels: {c: d}
nodeSelector: {kubernetes.io/os: linux}
tolerations: [{key: x, operator: Exists}]
affinity: {nodeAffinity: {}}
topologySpreadConstraints:
- {maxSkew: 1, topologyKey: zone, whenUnsatisfiable: ScheduleAnyway, labelSelector: {matchLabels: {c: d}}}
""" % ("0" * 64)


def helm(*words, given=""):
    done = subprocess.run([ROOT / "dev" / "helm", *map(str, words)], input=given, capture_output=True, text=True,
                          timeout=900, check=False)
    if done.returncode == 127:
        pytest.skip(f"the chart was not tested: {done.stderr.strip()}")
    return done


def rendered(values=""):
    done = helm("template", "rel", CHART, "--namespace", "ops", "--values", "-", given=values)
    assert done.returncode == 0, done.stderr
    return [one for one in yaml.safe_load_all(done.stdout) if one]


def the(kind, objects):
    return next(one for one in objects if one["kind"] == kind)


def environment(objects):
    container = the("Deployment", objects)["spec"]["template"]["spec"]["containers"][0]
    return {one["name"]: one["value"] for one in container["env"]}


@pytest.fixture(scope="module")
def kubectl(tmp_path_factory):
    server = ApiServer(assets.ensure(), tmp_path_factory.mktemp("chart"))
    server.start()

    def run(*words, given=""):
        return subprocess.run([server.assets.kubectl, "--kubeconfig", server.kubeconfig, *map(str, words)], input=given,
                              capture_output=True, text=True, timeout=60, check=False)
    for namespace in ("ops", "team-a", "team-b"):
        run("create", "namespace", namespace)
    run("label", "namespace", "ops", "pod-security.kubernetes.io/warn=restricted")
    yield run
    server.stop()


def test_helm_finds_nothing_to_say():
    done = helm("lint", "--strict", CHART)
    assert done.returncode == 0, done.stdout
    assert "[WARNING]" not in done.stdout


@pytest.mark.parametrize("values", ["", EVERYTHING], ids=["defaults", "everything"])
def test_the_api_server_takes_every_object(kubectl, values):
    """Lint knows no schemas: a misspelt field is dropped in silence, unless the server is asked to be strict.

    The warnings are those of Pod Security's `restricted` level, which the namespace asks for.
    """
    done = kubectl("apply", "--dry-run=server", "--validate=strict", "-f", "-", given=yaml.safe_dump_all(rendered(values)))
    assert done.returncode == 0, done.stderr
    assert "Warning" not in done.stderr


def test_each_setting_reaches_the_operator():
    """A value that no template uses looks as if it worked."""
    assert environment(rendered(EVERYTHING)) == {
        "PRIVATEAPI_WATCH_NAMESPACES": "team-a,team-b", "PRIVATEAPI_LABEL_SELECTOR": "shard=1,tier in (a,b)",
        "PRIVATEAPI_LEADER_ELECTION": "true", "PRIVATEAPI_DRIFT_INTERVAL": "30s", "PRIVATEAPI_CLUSTER_ID": "blue",
        "PRIVATEAPI_DRIFT_QUEUES": "https://sqs.ap-northeast-1.amazonaws.com/123456789012/a,"
                                   "https://sqs.us-east-1.amazonaws.com/123456789012/a",
        "PRIVATEAPI_SAFETY_INTERVAL": "2h", "PRIVATEAPI_ORPHAN_INTERVAL": "2h", "PRIVATEAPI_REMOVE_ORPHANS": "all",
        "PRIVATEAPI_TIME_SCALE": "20", "PRIVATEAPI_HTTP_PORT": "8080",
        "PRIVATEAPI_ACCOUNT_ROLES": "210987654321=arn:aws:iam::210987654321:role/peer;secret-id,"
                                    "310987654321=arn:aws:iam::310987654321:role/peer",
        "PRIVATEAPI_AWS_RATES": "ec2-write=20/2.5", "PRIVATEAPI_RATE_SHARE": "0.5", "PRIVATEAPI_MAX_CONCURRENT": "10",
        "PRIVATEAPI_LOG_LEVEL": "debug", "PRIVATEAPI_LOG_FORMAT": "json",
        "AWS_REGION": "ap-northeast-1", "AWS_ENDPOINT_URL": "http://sandbox:4566", "JAVA_TOOL_OPTIONS": "-Xmx300m"}


@pytest.mark.parametrize("values, told", [
    ("{settings: {driftInterval: 5 minutes}}", "driftInterval"),
    ("{settings: {driftInterval: 0s}}", "driftInterval"),
    ("{settings: {driftQueues: [drift]}}", "driftQueues"),
    ("{settings: {watchNamespace: [a]}}", "watchNamespace"),
    ("{settings: {timeScale: 0}}", "timeScale"),
    ("{settings: {rateShare: 0}}", "rateShare"),
    ("{settings: {accountRoles: {'1': x}}}", "accountRoles"),
    ("{image: {digest: latest}}", "digest"),
    ("{replicas: 2, settings: {leaderElection: false}}", "two operators change the same AWS objects")])
def test_wrong_values_are_refused(values, told):
    """Found at install, by name, instead of in a crash loop."""
    done = helm("template", "rel", CHART, "--values", "-", given=values)
    assert done.returncode != 0
    assert told in done.stderr


RIGHTS = [
    ("yes", "patch", "privateapistacks.privateapi.dev", "team-a"), ("yes", "watch", "privateapistacks.privateapi.dev", "team-a"),
    ("yes", "patch", "privateapistacks.privateapi.dev/status", "team-a"), ("yes", "create", "events", "team-a"),
    ("yes", "update", "events.events.k8s.io", "team-a"),
    ("yes", "create", "leases.coordination.k8s.io", "ops"),
    ("no", "create", "privateapistacks.privateapi.dev", "team-a"), ("no", "delete", "privateapistacks.privateapi.dev", "team-a"),
    ("no", "get", "secrets", "team-a"), ("no", "get", "pods", "ops"), ("no", "create", "leases.coordination.k8s.io", "team-a"),
    ("no", "list", "namespaces", ""), ("no", "get", "secrets", "ops")]


@pytest.mark.parametrize("watched", [[], ["team-a"]], ids=["everywhere", "team-a"])
def test_the_operator_may_what_it_does_and_no_more(kubectl, watched):
    """Its AWS rights make the operator worth attacking; in the cluster it needs next to none."""
    objects = [one for one in rendered(yaml.safe_dump({"settings": {"watchNamespaces": watched}}))
               if one["apiVersion"].startswith("rbac.")]
    elsewhere = [("no" if watched else "yes", "list", "privateapistacks.privateapi.dev", "team-b")]
    kubectl("apply", "--server-side", "-f", ROOT / "crds")
    manifest = yaml.safe_dump_all(objects)
    assert kubectl("apply", "-f", "-", given=manifest).returncode == 0
    try:
        told = [(kubectl("auth", "can-i", verb, what, "--as=system:serviceaccount:ops:rel-private-api-operator",
                         *(["-n", namespace] if namespace else [])).stdout.strip(), verb, what, namespace)
                for _, verb, what, namespace in RIGHTS + elsewhere]
        assert told == RIGHTS + elsewhere
    finally:
        kubectl("delete", "-f", "-", given=manifest)


def test_the_service_monitor_finds_the_service():
    objects = rendered("{metrics: {serviceMonitor: true}}")
    wanted = the("ServiceMonitor", objects)["spec"]["selector"]["matchLabels"]
    assert wanted.items() <= the("Service", objects)["metadata"]["labels"].items()


def test_the_chart_installs_the_crd_of_this_version():
    """Helm reads crds/ inside the chart only, so there is a copy."""
    generated = {path.name: path.read_text() for path in (ROOT / "crds").iterdir()}
    assert {path.name: path.read_text() for path in (CHART / "crds").iterdir()} == generated, "run `make crds`"
