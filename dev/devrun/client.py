"""Calls the private API as a client inside a VPC does: through the sandbox's data plane, over HTTPS, by its name."""
import http.client
import socket
import ssl
from urllib.parse import urlsplit

TIMEOUT_SECONDS = 30


def get(url: str, vpc: str, data_plane: str, ca: str) -> tuple[int, str]:
    """Status and body of a GET, sent from `vpc` to the name in `url` with the data plane as that name's address."""
    target = urlsplit(url)
    host, port = data_plane.rsplit(":", 1)
    context = ssl.create_default_context(cafile=ca)
    connection = http.client.HTTPSConnection(target.hostname, timeout=TIMEOUT_SECONDS)
    connection.sock = context.wrap_socket(socket.create_connection((host, int(port)), TIMEOUT_SECONDS),
                                          server_hostname=target.hostname)
    try:
        connection.request("GET", target.path or "/", headers={"X-Sandbox-Vpc": vpc})
        response = connection.getresponse()
        return response.status, response.read().decode(errors="replace").strip()
    finally:
        connection.close()


def curl(url: str, vpc: str, data_plane: str, ca: str) -> str:
    """The same call as a command line."""
    host, port = data_plane.rsplit(":", 1)
    target = urlsplit(url)
    return (f"curl --cacert {ca} --resolve {target.hostname}:{port}:{host} -H 'X-Sandbox-Vpc: {vpc}' "
            f"https://{target.hostname}:{port}{target.path or '/'}")
