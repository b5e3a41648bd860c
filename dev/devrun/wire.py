"""A plain door in front of the API server, which can be shut on a status write: before it is passed on, or after."""
import json
import socket
import ssl
from contextlib import suppress
from pathlib import Path
from threading import Lock, Thread
from typing import Callable
from urllib.parse import urlsplit

CHUNK = 65536


class Door:
    """Passes bytes between clients, without TLS, and the API server, and reads the head of each request on the way.

    `on_status_write` is called with "before" or "after" around each PATCH of a status; what it raises shuts the connection.
    """

    def __init__(self, url: str, on_status_write: Callable[[str], None]):
        self._upstream = urlsplit(url)
        self._on_status_write = on_status_write
        self._tls = ssl.create_default_context()
        self._tls.check_hostname, self._tls.verify_mode = False, ssl.CERT_NONE  # this machine's own, of a minute ago
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, suppress(OSError, Shut):
            raw = socket.create_connection((self._upstream.hostname, self._upstream.port))
            with self._tls.wrap_socket(raw, server_hostname=self._upstream.hostname) as server:
                answers = _Answers(self._on_status_write)
                back = Thread(target=self._back, args=(server, client, answers), daemon=True)
                back.start()
                try:
                    self._forth(client, server, answers)
                finally:
                    # Closed under a thread that still reads, the number of the socket could be another file's by then.
                    for end in (server, client):
                        with suppress(OSError):
                            end.shutdown(socket.SHUT_RDWR)
                    back.join()

    def _forth(self, client: socket.socket, server: ssl.SSLSocket, answers: "_Answers") -> None:
        held = b""
        while True:
            while b"\r\n\r\n" not in held:
                more = client.recv(CHUNK)
                if not more:
                    return
                held += more
            head, held = held.split(b"\r\n\r\n", 1)
            request, *headers = head.split(b"\r\n")
            named = {name.strip().lower(): value.strip() for name, value in (line.split(b":", 1) for line in headers)}
            writes = request.startswith(b"PATCH") and b"/status?" in request
            if writes:
                self._on_status_write("before")
                answers.expect()
            server.sendall(head + b"\r\n\r\n")
            missing = int(named.get(b"content-length", 0))
            chunked = named.get(b"transfer-encoding") == b"chunked"
            if b"upgrade" in named and b"websocket" in named[b"upgrade"]:
                missing = 1 << 62
            while missing > 0 or chunked:
                part, held = (held, b"") if chunked else (held[:missing], held[missing:])
                server.sendall(part)
                missing -= len(part)
                if chunked and part.endswith(b"0\r\n\r\n"):
                    break
                if missing > 0 or chunked:
                    held = client.recv(CHUNK)
                    if not held:
                        return

    def _back(self, server: ssl.SSLSocket, client: socket.socket, answers: "_Answers") -> None:
        with suppress(OSError, Shut):
            while part := server.recv(CHUNK):
                answers.came()
                client.sendall(part)
        with suppress(OSError):
            client.shutdown(socket.SHUT_RDWR)


class Shut(Exception):
    """The connection breaks here."""


class _Answers:
    """Whether the next bytes from the server answer a status write."""

    def __init__(self, on_status_write: Callable[[str], None]):
        self._on_status_write = on_status_write
        self._expected = False
        self._lock = Lock()

    def expect(self) -> None:
        with self._lock:
            self._expected = True

    def came(self) -> None:
        with self._lock:
            expected, self._expected = self._expected, False
        if expected:
            self._on_status_write("after")


def kubeconfig_through(door: Door, kubeconfig: Path, there: Path) -> Path:
    """The same credentials, through the door."""
    config = json.loads(kubeconfig.read_text())
    for cluster in config["clusters"]:
        cluster["cluster"] = {"server": door.url}
    there.write_text(json.dumps(config))
    there.chmod(0o600)
    return there
