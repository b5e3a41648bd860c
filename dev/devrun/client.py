"""Calls the private API as a client inside a VPC does: through the sandbox's data plane, over HTTPS, by its name."""
import http.client
import socket
import ssl
from dataclasses import dataclass
from urllib.parse import urlsplit

TIMEOUT_SECONDS = 30


@dataclass(frozen=True)
class Client:
    """A client in `vpc` whose /etc/resolv.conf names `nameservers`; none of them: the VPC's own Resolver."""

    vpc: str
    nameservers: tuple[str, ...]

    def headers(self) -> dict[str, str]:
        """What tells the data plane who calls, beside the request itself."""
        asked = {"X-Sandbox-Nameservers": ",".join(self.nameservers)} if self.nameservers else {}
        return {"X-Sandbox-Vpc": self.vpc, **asked}


def get(url: str, client: Client, data_plane: str, ca: str) -> tuple[int, str]:
    """Status and body of a GET, sent by `client` to the name in `url` with the data plane as that name's address."""
    target = urlsplit(url)
    host, port = data_plane.rsplit(":", 1)
    context = ssl.create_default_context(cafile=ca)
    connection = http.client.HTTPSConnection(target.hostname, timeout=TIMEOUT_SECONDS)
    connection.sock = context.wrap_socket(socket.create_connection((host, int(port)), TIMEOUT_SECONDS),
                                          server_hostname=target.hostname)
    try:
        connection.request("GET", target.path or "/", headers=client.headers())
        response = connection.getresponse()
        return response.status, response.read().decode(errors="replace").strip()
    finally:
        connection.close()


def curl(url: str, client: Client, data_plane: str, ca: str) -> str:
    """The same call as a command line."""
    host, port = data_plane.rsplit(":", 1)
    target = urlsplit(url)
    headers = " ".join(f"-H '{name}: {value}'" for name, value in client.headers().items())
    return (f"curl --cacert {ca} --resolve {target.hostname}:{port}:{host} {headers} "
            f"https://{target.hostname}:{port}{target.path or '/'}")
