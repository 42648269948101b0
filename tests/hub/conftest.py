"""One hub behind one server for all tests, on a free port of loopback; each begins with a fresh database."""

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pysqlite3.dbapi2
import pytest

from tests.hub.building import Client, ServedHub
from till_app.hub.database import Database
from till_app.hub.hub import Hub, admin_token_path, open_hub
from till_app.hub.server import HubServer, listen, url_of

_sqlite: Any = pysqlite3.dbapi2
"""The library ships no types."""


@pytest.fixture(scope="session")
def migrated_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Migrations take half a second: one file is copied for each test."""
    path = tmp_path_factory.mktemp("hub") / "hub.sqlite"
    open_hub(path).close()
    admin_token_path(path).unlink()
    return path


@pytest.fixture
def database_path(migrated_database: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(migrated_database, tmp_path / "hub.sqlite"))


@pytest.fixture(scope="session")
def lasting_hub(migrated_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    """Its engines keep the statements that they have compiled, which a new one would compile again."""
    hub = open_hub(Path(shutil.copy(migrated_database, tmp_path_factory.mktemp("lasting") / "hub.sqlite")))
    yield hub
    hub.close()


@pytest.fixture
def fresh_hub(lasting_hub: Hub, migrated_database: Path) -> Hub:
    """The same hub for every test, its database as it was after the migrations."""
    source, target = _sqlite.connect(str(migrated_database)), _sqlite.connect(str(lasting_hub.database.path))
    try:
        source.backup(target)
    finally:
        target.close()
        source.close()
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
