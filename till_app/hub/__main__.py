"""The hub's command line: serve, import a folder, pair tills, move the schema, begin a new epoch."""

import argparse
import json
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import msgspec
from sqlalchemy import Column, Connection, select

from till_app.domain.times import to_text
from till_app.hub.api.access import LOOPBACK_HOSTS
from till_app.hub.custody.journal_files import import_journal_file
from till_app.hub.database import Database
from till_app.hub.engines import POSTGRESQL, DatabaseRefused
from till_app.hub.feed import start_new_epoch
from till_app.hub.files import HubFiles
from till_app.hub.hub import open_hub
from till_app.hub.imports.folder import import_folder
from till_app.hub.imports.report import FileRefused, ImportUnfinished
from till_app.hub.parent import when_input_ends
from till_app.hub.refusals import Refused
from till_app.hub.server import AddressRefused, HubServer, allow_many_connections, listen, url_of
from till_app.hub.supervisor import Supervisor, WorkerOptions, WorkersFailed
from till_app.hub.tables import shop, till
from till_app.hub.tills import new_pairing_code
from till_app.hub.tls import (
    TLS_FOLDER,
    CertificateRefused,
    GivenTls,
    OwnAuthority,
    OwnTls,
    TlsChoice,
    certificate_for,
    names_of,
)

EXIT_REFUSED = 1
EXIT_PORT_IN_USE = 3
DEFAULT_PORT = 8750
DATABASE_VARIABLE = "TILL_HUB_DATABASE"
DATA_VARIABLE = "TILL_HUB_DATA"


class OptionsRefused(Exception):
    """The options do not go together, in words for the person who gave them."""


def main(arguments: list[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    commands = {
        "serve": _serve,
        "import": _import,
        "import-journal": _import_journal,
        "pairing-code": _pairing_code,
        "fingerprint": _fingerprint,
        "migrate": _migrate,
        "new-epoch": _new_epoch,
    }
    try:
        if not options.database:
            raise OptionsRefused(f"Say where the hub's data is: --database, or {DATABASE_VARIABLE}.")
        return commands[options.command](options)
    except AddressRefused as refused:
        print(refused, file=sys.stderr)
        return EXIT_PORT_IN_USE
    except (
        CertificateRefused,
        DatabaseRefused,
        FileRefused,
        ImportUnfinished,
        OptionsRefused,
        Refused,
        WorkersFailed,
    ) as refused:
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
    serve.add_argument(
        "--workers", type=int, default=1, help="processes that share the port; PostgreSQL only"
    )
    serve.add_argument(
        "--tls", choices=["own"], help="make and renew certificates of the hub's own authority"
    )
    serve.add_argument(
        "--tls-name", action="append", default=[], help="by which tills call this hub, for --tls"
    )
    serve.add_argument("--tls-certificate", type=Path, help="a certificate from elsewhere, PEM")
    serve.add_argument("--tls-key", type=Path, help="its key, PEM")
    serve.add_argument("--insecure-http", action="store_true", help="plain HTTP beyond this computer")
    serve.add_argument("--until-input-ends", action="store_true", help="stop when standard input is closed")
    importing = commands.add_parser("import", help="read a folder of CSV files; prints a report for each")
    importing.add_argument("folder", type=Path)
    journal = commands.add_parser(
        "import-journal", help="take what a till exported to a file; prints a report"
    )
    journal.add_argument("file", type=Path)
    pairing = commands.add_parser("pairing-code", help="a one-time code for a new till")
    pairing.add_argument("--url", help="of this hub as the till calls it; adds what the till can scan")
    pairing.add_argument("--shop", metavar="CODE", help="in which the till stands; else the first shop")
    pairing.add_argument("--continues", metavar="TILL", help="code of the till whose machine is paired anew")
    fingerprint = commands.add_parser(
        "fingerprint", help="of the hub's own authority, to compare at the till"
    )
    migrate = commands.add_parser("migrate", help="move the schema, up or down; copies an SQLite file first")
    migrate.add_argument("--to", required=True, metavar="REVISION", help="such as 0002, base or head")
    epoch = commands.add_parser("new-epoch", help="to be run after the database was restored from a backup")
    for command in (serve, importing, journal, pairing, fingerprint, migrate, epoch):
        command.add_argument(
            "--database",
            default=os.environ.get(DATABASE_VARIABLE),
            help="an SQLite file, made when missing, or a postgresql:// URL;"
            f" {DATABASE_VARIABLE} keeps a password out of the list of processes",
        )
        command.add_argument(
            "--data",
            type=Path,
            default=os.environ.get(DATA_VARIABLE),
            help=f"folder of the hub's own files, or {DATA_VARIABLE}; beside an SQLite file by itself",
        )
    return parser


def _say(document: object) -> None:
    print(json.dumps(document), flush=True)


def _serve(options: argparse.Namespace) -> int:
    tls = _tls_choice(options)
    if options.workers != 1:
        _require_workers_possible(options)
    allow_many_connections()
    listener = listen(options.host, options.port)
    try:
        hub = open_hub(options.database, data=options.data)
    except BaseException:
        listener.close()
        raise
    try:
        url = url_of(listener, is_tls=tls is not None)
        is_on_loopback = options.host in LOOPBACK_HOSTS
        if options.workers == 1:
            server = HubServer(
                hub, is_on_loopback=is_on_loopback, on_ready=lambda: _say({"url": url}), tls=tls
            )
            _when_told_to_stop(options, lambda: setattr(server, "should_exit", True))
            server.run_until_stopped(listener)
            return 0
        if tls is not None:  # made once, before all workers look for it
            certificate_for(tls, hub.files.path(TLS_FOLDER), hub.clock())
        data = str(options.data.absolute())
        stop = threading.Event()
        _when_told_to_stop(options, stop.set)
        supervisor = Supervisor(
            listener, WorkerOptions(hub.database.url, data, is_on_loopback, tls), options.workers
        )
        supervisor.start()
        try:
            _say({"url": url})
            stop.wait()
        finally:
            supervisor.stop()
    finally:
        listener.close()
        hub.close()
    return 0


def _tls_choice(options: argparse.Namespace) -> TlsChoice | None:
    """Raises OptionsRefused for plain HTTP where others could read it."""
    if bool(options.tls_certificate) != bool(options.tls_key):
        raise OptionsRefused("A certificate needs its key: --tls-certificate FILE --tls-key FILE.")
    if options.tls_certificate and options.tls:
        raise OptionsRefused("The hub has one certificate: --tls own, or --tls-certificate with --tls-key.")
    if options.tls_certificate:
        return GivenTls(str(options.tls_certificate.absolute()), str(options.tls_key.absolute()))
    if options.tls:
        return OwnTls(names_of(options.host, options.tls_name))
    if options.host not in LOOPBACK_HOSTS and not options.insecure_http:
        raise OptionsRefused(
            f"On {options.host} the sales and the tills' credentials would travel readable over plain HTTP."
            " Add --tls own, or --tls-certificate FILE --tls-key FILE;"
            " --insecure-http allows it all the same."
        )
    return None


def _require_workers_possible(options: argparse.Namespace) -> None:
    if options.workers < 1:
        raise OptionsRefused("The hub needs one worker process at least: --workers 1.")
    if os.name != "posix":
        raise OptionsRefused("Several worker processes need Linux or macOS: leave out --workers.")
    if Database(options.database).backend != POSTGRESQL:
        raise OptionsRefused(
            "Several worker processes need PostgreSQL, for SQLite has one writer: leave out --workers,"
            " or give --database a postgresql:// URL."
        )


def _when_told_to_stop(options: argparse.Namespace, stop: Callable[[], None]) -> None:
    def on_signal(_number: int, _frame: FrameType | None) -> None:
        stop()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, on_signal)
    if options.until_input_ends:
        when_input_ends(stop)


def _import(options: argparse.Namespace) -> int:
    hub = open_hub(options.database, data=options.data)
    try:
        for report in import_folder(hub.database, options.folder, hub.clock()):
            _say(msgspec.to_builtins(report))
    finally:
        hub.close()
    return 0


def _import_journal(options: argparse.Namespace) -> int:
    hub = open_hub(options.database, data=options.data)
    try:
        report = import_journal_file(hub.database, options.file, hub.clock())
    finally:
        hub.close()
    _say(msgspec.to_builtins(report))
    return EXIT_REFUSED if report.refused else 0


def _pairing_code(options: argparse.Namespace) -> int:
    hub = open_hub(options.database, data=options.data)
    try:
        with hub.database.writing() as connection:
            shop_id = _id_of(connection, shop.c.shop_code, shop.c.shop_id, options.shop)
            till_id = _id_of(connection, till.c.till_code, till.c.till_id, options.continues)
            code, expires_at = new_pairing_code(connection, hub.clock(), shop_id, till_id)
        answer = {"code": code, "expires_at": expires_at}
        if options.url:
            fingerprint = OwnAuthority(hub.files.path(TLS_FOLDER)).fingerprint()
            answer["pairing_url"] = _pairing_url(options.url, code, fingerprint)
    finally:
        hub.close()
    _say(answer)
    return 0


def _id_of(connection: Connection, code: Column[str], key: Column[str], given: str | None) -> str | None:
    if given is None:
        return None
    found = connection.execute(select(key).where(code == given)).scalar()
    if found is None:
        raise OptionsRefused(f"There is no {code.table.name} with the code {given}.")
    return found


def _pairing_url(hub_url: str, code: str, fingerprint: str | None) -> str:
    """What a till scans instead of typing address, code and the authority's fingerprint."""
    authority = f"&ca={fingerprint}" if fingerprint and hub_url.startswith("https:") else ""
    return f"tillpair:{hub_url.rstrip('/')}?code={code}{authority}"


def _fingerprint(options: argparse.Namespace) -> int:
    files = HubFiles.of(Database(options.database).path, options.data)
    fingerprint = OwnAuthority(files.path(TLS_FOLDER)).fingerprint()
    if fingerprint is None:
        raise OptionsRefused("This hub has no authority of its own yet; `serve --tls own` makes it.")
    _say({"sha256": fingerprint})
    return 0


def _migrate(options: argparse.Namespace) -> int:
    database = Database(options.database)
    try:
        database.migrate(options.to)
        _say({"schema": database.revision() or "base"})
    finally:
        database.close()
    return 0


def _new_epoch(options: argparse.Namespace) -> int:
    hub = open_hub(options.database, data=options.data)
    try:
        with hub.database.writing() as connection:
            epoch = start_new_epoch(connection, to_text(hub.clock()))
    finally:
        hub.close()
    _say({"epoch": epoch})
    return 0


if __name__ == "__main__":
    sys.exit(main())
