"""One hub behind one server for all tests of a database, on a free port of loopback; each begins afresh.

What is asked of a hub is asked of both its databases: fixtures that say nothing else come once on SQLite and
once on PostgreSQL. Those with `sqlite_` or `postgresql_` in the name are about what only that one has: the
one its file, the other its processes and connections.
"""

import itertools
import shutil
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import insert, make_url

from tests.hub.building import Client, ServedHub
from till_app.hub import tables
from till_app.hub.database import Database
from till_app.hub.engines import POSTGRESQL, SQLITE, sqlite_backup
from till_app.hub.hub import Hub, admin_token_path, open_hub
from till_app.hub.server import HubServer, listen, url_of

if TYPE_CHECKING:
    from tests.hub.postgres import PostgresServer

_TEMPLATE = "hub_template"


@dataclass(frozen=True, slots=True)
class HubPlace:
    """What `open_hub` and RunningHub take."""

    database: Path | str
    data: Path | None

    @property
    def arguments(self) -> list[str]:
        """Of the command line."""
        data = ["--data", str(self.data)] if self.data is not None else []
        return ["--database", str(self.database), *data]


@pytest.fixture(scope="session")
def postgresql_server() -> "Iterator[PostgresServer]":
    """Started when the first test asks for it. A machine that cannot run it fails the test and says why."""
    if sys.platform == "win32":
        pytest.skip("no package brings a PostgreSQL server for Windows that could be started here")
    from tests.hub.postgres import NoPostgres, PostgresServer

    try:
        server = PostgresServer()
    except NoPostgres as missing:
        pytest.fail(str(missing), pytrace=False)
    with server:
        yield server


@pytest.fixture(scope="session")
def new_postgresql_database(
    postgresql_server: "PostgresServer", tmp_path_factory: pytest.TempPathFactory
) -> Callable[[], str]:
    """Makes migrated databases: copies of one, which takes a thirtieth of a second."""
    url = postgresql_server.create(_TEMPLATE)
    open_hub(url, data=tmp_path_factory.mktemp("template")).close()
    numbers = itertools.count(1)
    return lambda: postgresql_server.create(f"hub_{next(numbers)}", _TEMPLATE)


@pytest.fixture(scope="session")
def migrated_sqlite_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Migrations take half a second: one file is copied for each test."""
    path = tmp_path_factory.mktemp("hub") / "hub.sqlite"
    open_hub(path).close()
    admin_token_path(path).unlink()
    return path


@pytest.fixture
def sqlite_path(migrated_sqlite_file: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(migrated_sqlite_file, tmp_path / "hub.sqlite"))


@pytest.fixture
def postgresql_place(
    new_postgresql_database: Callable[[], str], postgresql_server: "PostgresServer", tmp_path: Path
) -> Iterator[HubPlace]:
    url = new_postgresql_database()
    yield HubPlace(url, tmp_path / "data")
    postgresql_server.drop(make_url(url).database or "")


@pytest.fixture(scope="session", params=[SQLITE, POSTGRESQL])
def backend(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def place(backend: str, request: pytest.FixtureRequest) -> HubPlace:
    """A migrated database that no other test has."""
    if backend == SQLITE:
        return HubPlace(request.getfixturevalue("sqlite_path"), None)
    postgresql: HubPlace = request.getfixturevalue("postgresql_place")
    return postgresql


@pytest.fixture(scope="session")
def lasting_hub(
    backend: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Hub]:
    """Its engines keep the statements that they have compiled, which a new one would compile again."""
    folder = tmp_path_factory.mktemp("lasting")
    if backend == SQLITE:
        path = request.getfixturevalue("migrated_sqlite_file")
        hub = open_hub(Path(shutil.copy(path, folder / "hub.sqlite")))
    else:
        hub = open_hub(request.getfixturevalue("new_postgresql_database")(), data=folder)
    yield hub
    hub.close()


@pytest.fixture(scope="session")
def begin_afresh(lasting_hub: Hub, request: pytest.FixtureRequest) -> Callable[[], None]:
    """Puts the lasting hub's database back to what it was after the migrations."""
    if lasting_hub.database.path is not None:
        source, target = request.getfixturevalue("migrated_sqlite_file"), lasting_hub.database.path
        return lambda: sqlite_backup(source, target)
    migrated = {}
    with lasting_hub.database.reading() as connection:
        for table in tables.metadata.sorted_tables:
            if rows := connection.execute(table.select()).mappings().all():
                migrated[table] = [dict(row) for row in rows]
    emptied = ";".join(f'DELETE FROM "{table.name}"' for table in reversed(tables.metadata.sorted_tables))

    def empty_and_fill() -> None:
        with lasting_hub.database.writing() as connection:
            connection.exec_driver_sql(emptied)
            for table, rows in migrated.items():
                connection.execute(insert(table), rows)

    return empty_and_fill


@pytest.fixture
def fresh_hub(lasting_hub: Hub, begin_afresh: Callable[[], None]) -> Hub:
    """The same hub for every test, its database as it was after the migrations."""
    begin_afresh()
    return lasting_hub


@pytest.fixture
def database(fresh_hub: Hub) -> Database:
    return fresh_hub.database


@pytest.fixture(scope="session")
def server(lasting_hub: Hub) -> Iterator[str]:
    """The address of the real server. A start takes a quarter of a second: one serves all tests."""
    listener = listen("127.0.0.1", 0)
    url, ready = url_of(listener), threading.Event()
    server = HubServer(lasting_hub, is_on_loopback=True, on_ready=ready.set)
    thread = threading.Thread(target=server.run_until_stopped, args=(listener,), name="hub", daemon=True)
    thread.start()
    assert ready.wait(20)
    yield url
    server.should_exit = True
    thread.join()


@pytest.fixture
def client(server: str, fresh_hub: Hub) -> Iterator[Client]:
    with Client(ServedHub(server, fresh_hub)) as client:
        yield client


@pytest.fixture
def together() -> Callable[..., None]:
    """Runs callables side by side, and raises what the first of them to fail raised."""

    def run(*works: Callable[[], object]) -> None:
        with ThreadPoolExecutor(len(works)) as threads:
            for done in [threads.submit(work) for work in works]:
                done.result()

    return run
