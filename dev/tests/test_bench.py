"""What `make bench` calls held, and what its fleets are made of; the measuring itself is too long for `make test`."""
import ipaddress
import json
import os
import re
import subprocess
import sys
import time
from itertools import combinations, count
from pathlib import Path
from types import SimpleNamespace

import pytest

import devrun.bench
from devkube.say import Failure
from devrun import image
from devrun.bench import PARTS, Part, bench, converged, edits, fleet, rush
from devrun.bench.circumstances import commit
from devrun.bench.measure import DATA, Measure, keep, refused


def test_a_bound_is_held_up_to_its_own_value():
    assert Measure("calls", 140, 140).holds() and not Measure("calls", 141, 140).holds()
    assert Measure("calls", 1e9).holds(), "what has no bound is only told"
    assert "NOT HELD" in str(Measure("calls", 141, 140)) and "NOT HELD" not in str(Measure("calls", 140, 140))


def test_a_part_measured_again_leaves_the_others_as_they_were(tmp_path):
    """A whole bench takes an hour: one part's figures must not cost another's."""
    (tmp_path / DATA).parent.mkdir()
    keep(tmp_path, "stack", {"commit": "1234567"}, [Measure("calls", 140, 140)])
    keep(tmp_path, "rush", {"commit": "1234567"}, [Measure("refused", 0, 1, 0)])
    keep(tmp_path, "stack", {"commit": "89abcde+"}, [Measure("calls", 130, 140)])
    kept = json.loads((tmp_path / DATA).read_text())
    assert {part: [one["value"] for one in it["measures"]] for part, it in kept.items()} == {"rush": [0], "stack": [130]}
    assert {part: it["commit"] for part, it in kept.items()} == {"rush": "1234567", "stack": "89abcde+"}


def test_figures_are_kept_with_what_they_depend_on(tmp_path, monkeypatch):
    """Of which code, on what, and of how many stacks: months later nobody knows."""
    (tmp_path / DATA).parent.mkdir()
    monkeypatch.setattr(devrun.bench, "ROOT", tmp_path)
    monkeypatch.setattr(image, "java", lambda: "Somebody 25")
    monkeypatch.setitem(PARTS, "fleet", Part(lambda *_: [Measure("calls", 1)], 1, large=True))
    monkeypatch.setitem(PARTS, "rush", Part(lambda *_: [Measure("calls", 1)], 4))
    assert bench(tmp_path, ["fleet", "rush"], None, 700) == 0
    kept = json.loads((tmp_path / DATA).read_text())
    assert list(kept["fleet"]) == ["date", "commit", "java", "cores", "scale", "stacks", "measures"]
    assert (kept["fleet"]["java"], kept["fleet"]["stacks"], kept["rush"]["scale"]) == ("Somebody 25", 700, 4)
    assert "stacks" not in kept["rush"], "it has a number of its own"


def test_a_commit_is_told_from_a_tree_that_is_not_committed(tmp_path):
    def git(*words):
        return subprocess.run(["git", "-C", tmp_path, "-c", "user.name=a", "-c", "user.email=a@b.example", *words], check=True,
                              capture_output=True, text=True).stdout.strip()
    assert commit(tmp_path) == "unknown"
    git("init", "-q")
    (tmp_path / "code").write_text("1")
    git("add", ".")
    git("commit", "-qm", "One")
    committed = git("rev-parse", "--short", "HEAD")
    (tmp_path / DATA).parent.mkdir()
    (tmp_path / DATA).write_text("{}")
    assert commit(tmp_path) == committed, "a part before this one has written its figures"
    (tmp_path / "code").write_text("2")
    assert commit(tmp_path) == committed + "+"


def test_stacks_of_a_fleet_have_networks_and_names_of_their_own():
    """A clash would be refused by the sandbox after minutes, or measured as an operator's fault."""
    stacks = [fleet.stack(number) for number in range(1000)]
    assert len({one["metadata"]["name"] for one in stacks}) == 1000
    nets = sorted(ipaddress.ip_network(one["spec"]["vpc"]["cidr"]) for one in stacks)
    assert not any(one.overlaps(other) for one, other in zip(nets, nets[1:]))
    for one in stacks[::97]:
        vpc = ipaddress.ip_network(one["spec"]["vpc"]["cidr"])
        subnets = [ipaddress.ip_network(it["cidr"]) for it in one["spec"]["vpc"]["subnets"]]
        assert all(it.subnet_of(vpc) for it in subnets) and not any(a.overlaps(b) for a, b in combinations(subnets, 2))


def test_what_the_rates_allow_is_the_later_of_all_endpoints_and_the_last_ones_tasks():
    """Of 100 stacks: 496 endpoints after the burst at 0.3 a second, and 60 s for the last one to be there."""
    assert round(rush._bound()) == round(496 / 0.3 + 60)


def test_each_edit_changes_what_it_is_about():
    """An edit that says what is there already would never reach AWS."""
    for stack in range(edits.EDITED):
        of_stack = [edits.change(number)[0] for number in range(edits.EDITS) if number % edits.EDITED == stack]
        for part in ("taskCount", "env", "routes"):
            values = [{**change.get("service", {}), **change.get("api", {})}.get(part) for change in of_stack]
            said = [value for value in values if value is not None]
            assert len(said) > 4 and all(one != other for one, other in zip(said, said[1:]))


def test_the_busiest_rate_is_told_by_its_share():
    made = [{"service": "route53", "operation": "GetHostedZone", "region": "us-east-1"}] * 750
    made += [{"service": "ec2", "operation": "DescribeVpcs", "region": "ap-northeast-1"}] * 600
    assert converged._busiest(made) == (0.5, "route53 .* ")


def test_calls_each_count_all_that_uses_the_accounts_rates():
    """Six hundred stacks of a Region share Route 53's rate with all others of the account."""
    made = [{"service": "ec2", "region": "ap-northeast-1"}] * 4 + [{"service": "ec2", "region": fleet.ANOTHER_REGION}] * 9
    made += [{"service": "route53", "region": "us-east-1"}] * 2
    assert converged._each(made, 2) == (4 + 2) / 2


def test_a_process_leads_when_the_lease_names_it():
    """It is ready before that: a standby is, too."""
    answers = iter([None, {"spec": {}}, {"spec": {"holderIdentity": ""}}, {"spec": {"holderIdentity": "operator-1234"}}])
    asked = []
    kube = SimpleNamespace(get=lambda path: asked.append(path) or next(answers))
    stage = SimpleNamespace(kube=kube, check=lambda: None, operator=SimpleNamespace(started=time.monotonic() - 5))
    assert 5 < converged._leading(stage) < 10
    assert asked == ["/apis/coordination.k8s.io/v1/namespaces/default/leases/private-api-operator"] * 4


def test_a_process_that_never_leads_ends_the_bench():
    operator = SimpleNamespace(started=time.monotonic() - converged.LEADING_SECONDS, last_words=lambda: "Its last words.")
    stage = SimpleNamespace(kube=SimpleNamespace(get=lambda _: None), check=lambda: None, operator=operator)
    with pytest.raises(Failure, match="does not lead.*Its last words"):
        converged._leading(stage)


@pytest.mark.skipif(sys.platform != "linux", reason="looks at /proc")
def test_memory_is_told_with_its_peak():
    process = fleet.Process.of(SimpleNamespace(process=SimpleNamespace(pid=os.getpid())))
    assert 1 < process.rss_mib <= process.peak_mib


def test_aws_has_many_words_for_throttled():
    for code in ("ThrottlingException", "Throttling", "RequestLimitExceeded", "TooManyRequestsException"):
        assert refused([_made("ec2", "CreateVpc", code)])[0] == 1
    assert refused([_made("ec2", "CreateVpc", "ok"), _made("ec2", "CreateVpc", "DryRunOperation")]) == (0, "")


def test_which_calls_were_refused_is_told():
    """Without it a run of half an hour says that one of ten thousand calls was, and its journal is gone."""
    made = [_made("ec2", "CreateVpc", "Throttling")] + 2 * [_made("route53", "GetHostedZone", "Throttling")]
    assert refused(made) == (3, "2 route53:GetHostedZone ap-northeast-1, 1 ec2:CreateVpc ap-northeast-1")


def _made(service: str, operation: str, outcome: str) -> dict:
    return {"service": service, "operation": operation, "region": "ap-northeast-1", "outcome": outcome}


def test_every_part_says_at_which_scale_its_figures_may_be_quoted():
    assert set(PARTS) == {"stack", "rush", "fleet", "edits"} and all(part.scale >= 1 for part in PARTS.values())


def test_a_bench_runs_the_operator_as_the_image_does(tmp_path, monkeypatch):
    """Figures of other options than the image's would be of no use to anybody."""
    monkeypatch.setattr(image, "_cache", lambda: tmp_path / "operator.aot")
    options = image.options(512)
    assert f"-XX:AOTCache={tmp_path}/operator.aot" in options and "-Xmx220200k" in options, "42 % of 512 MiB, as the image has it"
    assert len(options) == len(image.entry_point()) + 1 and image.environment() == {"MALLOC_ARENA_MAX": "2"}
    assert options[-1] == "-XX:AOTMode=on", "a JVM that cannot use the cache ends instead of being measured"


def test_no_part_measures_an_operator_that_the_image_would_not_run(monkeypatch):
    """Making a fleet is no measure; whatever else starts the operator does it by way of the image's options."""
    monkeypatch.setattr(image, "options", lambda memory: (f"for {memory} MiB",))
    monkeypatch.setattr(image.stage, "operating", lambda *given: given)
    assert image.operating("up", {"A": "b"}) == ("up", {"MALLOC_ARENA_MAX": "2", "A": "b"}, ("for 512 MiB",))
    starts = {path.name: re.findall(r"(?:image\.)?operating\(", path.read_text()) for path in Path(devrun.bench.__file__).parent.glob("*.py")}
    assert {name for name, found in starts.items() if "operating(" in found} == {"fleet.py"}


def test_each_jar_has_a_cache_of_its_own(tmp_path, monkeypatch):
    """The JVM runs the classes of another jar's cache without a word: a bench would measure the code of yesterday."""
    made = count(1)
    monkeypatch.setattr(image, "JAR", tmp_path / "private-api-operator.jar")
    monkeypatch.setattr(image, "java", lambda: "Somebody 25")
    monkeypatch.setattr(image, "_train", lambda cache: cache.write_text(f"cache {next(made)}"))
    image.JAR.write_text("jar")
    os.utime(image.JAR, (2, 2))
    first = image._cache()
    assert image._cache() == first and first.read_text() == "cache 1"
    os.utime(image.JAR, (1, 1))  # an older one, brought back
    assert image._cache().read_text() == "cache 2" and not first.exists(), "and none is kept for nothing"


def test_a_cache_whose_making_was_cut_off_is_made_anew(tmp_path, monkeypatch):
    monkeypatch.setattr(image, "JAR", tmp_path / "private-api-operator.jar")
    monkeypatch.setattr(image, "java", lambda: "Somebody 25")
    image.JAR.write_text("jar")

    def cut_off(cache):
        cache.write_text("half")
        raise KeyboardInterrupt
    monkeypatch.setattr(image, "_train", cut_off)
    with pytest.raises(KeyboardInterrupt):
        image._cache()
    monkeypatch.setattr(image, "_train", lambda cache: cache.write_text("whole"))
    assert image._cache().read_text() == "whole"


def test_whose_java_it_is_is_told_by_its_release():
    assert re.fullmatch(r"\w.* 25\b.*", image.java())


def test_the_cache_is_made_with_the_options_that_it_is_used_with():
    """With another collector or other object headers the JVM leaves the cache aside, and says so only when asked.

    With another compiler it is full of what nobody uses.
    """
    assert image.training(), "or nothing is compared"
    assert set(image.training()) <= set(image.entry_point())
    layout = {word for word in image.entry_point() if re.match("-XX:(.Use|Tiered)", word)}
    assert layout <= set(image.training())
