"""`python -m till_app.hub.worker`: one of several processes that serve a hub; `supervisor` starts it."""

import logging
import signal
import socket
import sys
from pathlib import Path

import msgspec

from till_app.hub.hub import open_hub
from till_app.hub.parent import when_input_ends
from till_app.hub.server import HubServer
from till_app.hub.supervisor import READY, WorkerOptions


def main() -> int:
    logging.basicConfig(
        level=logging.WARNING, format="%(asctime)s %(process)d %(levelname)s %(name)s: %(message)s"
    )
    options = msgspec.json.decode(sys.stdin.buffer.readline(), type=WorkerOptions)
    listener = socket.socket(options.family, socket.SOCK_STREAM, socket.IPPROTO_TCP, fileno=options.listener)
    hub = open_hub(options.database_url, data=Path(options.data) if options.data else None, is_prepared=True)
    try:
        server = HubServer(hub, is_on_loopback=options.is_on_loopback, on_ready=_say_ready, tls=options.tls)

        def stop(*_: object) -> None:
            server.should_exit = True

        signal.signal(signal.SIGTERM, stop)
        when_input_ends(stop)
        server.run_until_stopped(listener)
    finally:
        hub.close()
    return 0


def _say_ready() -> None:
    sys.stdout.buffer.write(READY)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    sys.exit(main())
