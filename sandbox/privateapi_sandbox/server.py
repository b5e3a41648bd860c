"""The HTTP server: AWS's API and the control API on one address of this machine."""

from __future__ import annotations

import socket
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from botocore.awsrequest import HeadersDict

from .control import PREFIX, Control
from .faults import Cut
from .front import Front
from .wire import Request, Response


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def __init__(self, port: int, front: Front, control: Control) -> None:
        self.front = front
        self.control = control
        super().__init__(("127.0.0.1", port), Handler)

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 600
    server: Server

    def handle_one_request(self) -> None:
        try:
            super().handle_one_request()
        except (ConnectionError, TimeoutError):
            self.close_connection = True  # the client went away

    def do_GET(self) -> None:  # noqa: N802 - http.server's names
        path, _, query = self.path.partition("?")
        request = Request(self.command, path, query, HeadersDict(self.headers.items()), self._body())
        if path.startswith(PREFIX):
            self._send(self.server.control.answer(request))
            return
        scale = self.server.front.world.clock.scale
        try:
            response, latency = self.server.front.answer(request)
        except Cut as cut:
            time.sleep(cut.wait / scale)
            self._cut()
            return
        if latency:
            time.sleep(latency / scale)
        self._send(response)

    do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = do_GET

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            return b"".join(iter(self._chunk, b""))
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def _chunk(self) -> bytes:
        size = int(self.rfile.readline().split(b";")[0], 16)
        data = self.rfile.read(size)
        self.rfile.readline()
        return data

    def _send(self, response: Response) -> None:
        headers = {**response.headers, "Content-Length": str(len(response.body))}
        head = f"HTTP/1.1 {response.status} {self.responses.get(response.status, ('',))[0]}\r\n"
        head += "".join(f"{key}: {value}\r\n" for key, value in headers.items()) + "\r\n"
        # One write: head and body in two packets would wait for the client's delayed acknowledgement.
        self.wfile.write(head.encode("latin-1") + (b"" if self.command == "HEAD" else response.body))

    def _cut(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, *_: object) -> None:
        """The journal tells it."""
