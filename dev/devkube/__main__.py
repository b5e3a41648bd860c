"""python -m devkube up --dir DIR [--port 0] | assets

`up` prints one JSON line when the API server is ready and ends, servers and all, on SIGTERM or when its stdin closes.
`assets` prints one JSON line naming the binaries, after downloading or building what is missing.
"""
import argparse
import json
import os
import signal
import sys
import time
from pathlib import Path
from threading import Thread

from .assets import ensure
from .interrupts import raise_on_signals
from .say import Failure, say
from .server import ApiServer


def main() -> int:
    parser = argparse.ArgumentParser(prog="devkube", description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    up = commands.add_parser("up", help="run etcd and kube-apiserver")
    up.add_argument("--dir", type=Path, required=True, help="data, certificates, logs and the kubeconfig")
    up.add_argument("--port", type=int, default=0, help="of the API server; 0 takes a free one")
    commands.add_parser("assets", help="only make sure that the binaries are there")
    arguments = parser.parse_args()
    try:
        return run(arguments) if arguments.command == "up" else assets()
    except Failure as failure:
        say(str(failure))
        return 1
    except KeyboardInterrupt:
        say("interrupted")
        return 130


def assets() -> int:
    found = ensure()
    announce({"assets": str(found.directory), "kubectl": str(found.kubectl), "origin": found.origin})
    return 0


def run(arguments) -> int:
    raise_on_signals()
    Thread(target=end_with_stdin, daemon=True).start()
    server = ApiServer(ensure(), arguments.dir, arguments.port)
    try:
        server.start()
        announce({"kubeconfig": str(server.kubeconfig), "kubectl": str(server.assets.kubectl), "server": server.url})
        return watch(server)
    finally:
        server.stop()


def watch(server: ApiServer) -> int:
    try:
        while True:
            dead = server.died()
            if dead:
                raise Failure(dead)
            time.sleep(0.2)
    except KeyboardInterrupt:
        return 0


def end_with_stdin() -> None:
    try:
        while os.read(sys.stdin.fileno(), 4096):  # sys.stdin's own lock, held here, would abort Python at its exit
            pass
    finally:
        os.kill(os.getpid(), signal.SIGTERM)


def announce(ready: dict) -> None:
    print(json.dumps(ready), flush=True)


if __name__ == "__main__":
    sys.exit(main())
