"""The sandbox as its users meet it: an HTTP server, and boto3 as a client that knows nothing of how it is made.

The clock is manual: a test says how much AWS time passes, and waits for none.
"""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import botocore.config
import pytest

from privateapi_sandbox.clock import ManualClock
from privateapi_sandbox.sandbox import Sandbox
from privateapi_sandbox.world import Settings

REGION = "ap-northeast-1"


class Aws:
    """A running sandbox and the means to talk to it."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.endpoint = sandbox.server.endpoint
        self._clients: dict[tuple, Any] = {}

    def client(self, service: str, key: str = "test", secret: str = "test", token: str | None = None, region: str = REGION,
               **more: Any) -> Any:
        """A boto3 client that tries once: a refusal is to be seen, not retried."""
        config = botocore.config.Config(retries={"total_max_attempts": 1}, **more)
        wanted = (service, key, token, region, tuple(more))
        if wanted not in self._clients:
            self._clients[wanted] = boto3.client(
                service, endpoint_url=self.endpoint, region_name=region, config=config,
                aws_access_key_id=key, aws_secret_access_key=secret, aws_session_token=token,
            )
        return self._clients[wanted]

    def control(self, method: str, path: str, body: dict | None = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.endpoint}/_sandbox{path}", data, method=method)
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def text(self, path: str) -> str:
        with urllib.request.urlopen(f"{self.endpoint}/_sandbox{path}?format=text", timeout=10) as answer:
            return answer.read().decode()

    def advance(self, seconds: float) -> None:
        self.control("POST", "/clock/advance", {"seconds": seconds})

    def left(self) -> list[dict]:
        return self.control("GET", "/left")


def begun(folder: Path, **settings: Any) -> Sandbox:
    sandbox = Sandbox(Settings(**{"rates": False, "quotas": False, "state_dir": folder, **settings}), ManualClock())
    sandbox.start()
    return sandbox


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Aws]]:
    """Starts a sandbox with other settings than the usual: ``start(lag=5)``."""
    running: list[Sandbox] = []

    def begin(**settings: Any) -> Aws:
        running.append(begun(tmp_path, **settings))
        return Aws(running[-1])

    yield begin
    for sandbox in running:
        sandbox.stop()


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aws]:
    """One sandbox for all tests of a module that only read."""
    sandbox = begun(tmp_path_factory.mktemp("shared"))
    yield Aws(sandbox)
    sandbox.stop()


@pytest.fixture
def aws(start: Callable[..., Aws]) -> Aws:
    """A sandbox without rates, quotas and lag."""
    return start()


@pytest.fixture
def caller() -> Callable[[Sandbox], Aws]:
    """Another one who talks to a running sandbox."""
    return Aws


@pytest.fixture
def refused() -> Callable[..., str]:
    """Makes a call that must be refused; returns ``Code: message``."""
    import botocore.exceptions

    def call(function: Callable[..., Any], **params: Any) -> str:
        with pytest.raises(botocore.exceptions.ClientError) as caught:
            function(**params)
        error = caught.value.response["Error"]
        return f"{error['Code']}: {error.get('Message', '')}"

    return call
