"""The data plane as an HTTPS server on this machine: certificates of the sandbox's own authority, any API name.

    curl --cacert CA --resolve NAME:PORT:127.0.0.1 https://NAME:PORT/STAGE/

`X-Sandbox-Vpc` says in which VPC the client is (the peer VPC, if not), `X-Sandbox-Nameservers` which name servers its
/etc/resolv.conf has. Where AWS would give no HTTP response at all (no such name, no way, a time-out), 504 comes back with
`X-Sandbox-Stopped-At`; responses that AWS itself gives carry that header too when they are refusals.
"""

from __future__ import annotations

import json
import ssl
import sys
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from .answer import Answer
from .authority import Authority
from .request import HttpRequest

HANDSHAKE = 10  # seconds a client may take

POLL = 0.02  # seconds until the server notices that it is to stop


class Listener:
    def __init__(self, world, fetch: Callable[..., Answer]) -> None:
        folder = world.settings.state_dir
        folder.mkdir(parents=True, exist_ok=True)
        authority = Authority(folder)
        self.ca = authority.pem
        self._server = _Server(("127.0.0.1", world.data_port), _Handler)
        self._server.world, self._server.fetch = world, fetch
        self._server.tls = authority.server()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self._server.server_address[1]}"

    def start(self) -> None:
        threading.Thread(target=self._server.serve_forever, args=(POLL,), name="data-plane", daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    world: object
    fetch: Callable[..., Answer]
    tls: ssl.SSLContext

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that does not speak TLS, or leaves, is its own affair; a defect of ours is told."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 60
    server: _Server

    def setup(self) -> None:
        """The handshake happens here, in the connection's own thread: a slow client holds up nobody."""
        self.request.settimeout(HANDSHAKE)
        self.request = self.server.tls.wrap_socket(self.request, server_side=True)
        super().setup()

    def handle(self) -> None:
        try:
            super().handle()
        except OSError:
            self.close_connection = True  # the client went away

    def do_GET(self) -> None:  # noqa: N802 - http.server's names
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode("utf-8", "replace")
        host = self.headers.get("Host", "").partition(":")[0]
        request = HttpRequest.of(f"https://{host}{self.path}", self.command, dict(self.headers.items()), body)
        nameservers = [ip.strip() for ip in self.headers.get("X-Sandbox-Nameservers", "").split(",") if ip.strip()]
        world, vpc_id = self.server.world, self.headers.get("X-Sandbox-Vpc")
        self._send(world.during(lambda: self.server.fetch(vpc_id, request, nameservers)))

    do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = do_OPTIONS = do_GET

    def _send(self, answer: Answer) -> None:
        headers = dict(answer.headers)
        body = answer.body.encode()
        if answer.stopped_at:
            headers["X-Sandbox-Stopped-At"] = answer.stopped_at
            headers["X-Sandbox-Reason"] = answer.reason.encode("ascii", "replace").decode()
        if answer.status is None:
            body = json.dumps(answer.shown()).encode()
            headers["Content-Type"] = "application/json"
        self.send_response(answer.status or 504)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """The caller sees what happened."""
