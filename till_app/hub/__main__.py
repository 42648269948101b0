"""The hub's command line: serve, import a folder, make a pairing code, begin a new epoch."""

import argparse
import json
import logging
import signal
import sys
import threading
from pathlib import Path
from types import FrameType

import msgspec

from till_app.domain.times import to_text
from till_app.hub import tills
from till_app.hub.api.access import LOOPBACK_HOSTS
from till_app.hub.database import DatabaseRefused
from till_app.hub.feed import start_new_epoch
from till_app.hub.hub import open_hub
from till_app.hub.imports.folder import import_folder
from till_app.hub.imports.report import FileRefused, ImportUnfinished
from till_app.hub.server import AddressRefused, HubServer, listen, url_of

EXIT_REFUSED = 1
EXIT_PORT_IN_USE = 3
DEFAULT_PORT = 8750


def main(arguments: list[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    commands = {
        "serve": _serve,
        "import": _import,
        "pairing-code": _pairing_code,
        "new-epoch": _new_epoch,
    }
    try:
        return commands[options.command](options)
    except AddressRefused as refused:
        print(refused, file=sys.stderr)
        return EXIT_PORT_IN_USE
    except (DatabaseRefused, FileRefused, ImportUnfinished) as refused:
        print(refused, file=sys.stderr)
        return EXIT_REFUSED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m till_app.hub", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    serve = commands.add_parser(
        "serve", help="answer tills until stopped; prints one line of JSON when ready"
    )
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=int, default=DEFAULT_PORT, help="0 takes a free one")
    serve.add_argument("--until-input-ends", action="store_true", help="stop when standard input is closed")
    importing = commands.add_parser("import", help="read a folder of CSV files; prints a report for each")
    importing.add_argument("folder", type=Path)
    pairing = commands.add_parser("pairing-code", help="a one-time code for a new till")
    epoch = commands.add_parser("new-epoch", help="to be run after the database was restored from a backup")
    for command in (serve, importing, pairing, epoch):
        command.add_argument(
            "--database", type=Path, required=True, help="the SQLite file; made when missing"
        )
    return parser


def _say(document: object) -> None:
    print(json.dumps(document), flush=True)


def _serve(options: argparse.Namespace) -> int:
    listener = listen(options.host, options.port)
    try:
        hub = open_hub(options.database)
    except BaseException:
        listener.close()
        raise
    server = HubServer(
        hub,
        is_on_loopback=options.host in LOOPBACK_HOSTS,
        on_ready=lambda: _say({"url": url_of(listener)}),
    )

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        server.should_exit = True

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, on_signal)
    if options.until_input_ends:
        threading.Thread(target=_stop_at_end_of_input, args=(server,), name="parent", daemon=True).start()
    try:
        server.run_until_stopped(listener)
    finally:
        hub.close()
    return 0


def _stop_at_end_of_input(server: HubServer) -> None:
    """The starter holds the other end; however it ends, the input does too."""
    while sys.stdin.buffer.read(1):
        pass
    server.should_exit = True


def _import(options: argparse.Namespace) -> int:
    hub = open_hub(options.database)
    try:
        for report in import_folder(hub.database, options.folder, hub.clock()):
            _say(msgspec.to_builtins(report))
    finally:
        hub.close()
    return 0


def _pairing_code(options: argparse.Namespace) -> int:
    hub = open_hub(options.database)
    try:
        with hub.database.writing() as connection:
            code, expires_at = tills.new_pairing_code(connection, hub.clock())
    finally:
        hub.close()
    _say({"code": code, "expires_at": expires_at})
    return 0


def _new_epoch(options: argparse.Namespace) -> int:
    hub = open_hub(options.database)
    try:
        with hub.database.writing() as connection:
            epoch = start_new_epoch(connection, to_text(hub.clock()))
    finally:
        hub.close()
    _say({"epoch": epoch})
    return 0


if __name__ == "__main__":
    sys.exit(main())
