"""A real hub on a free port of loopback, on its own database file."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hub.building import Client
from till_app.hub.hub import admin_token_path, open_hub
from till_app.hub.server import RunningHub


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


@pytest.fixture
def hub(database_path: Path) -> Iterator[RunningHub]:
    with RunningHub(database_path) as running:
        yield running


@pytest.fixture
def client(hub: RunningHub) -> Iterator[Client]:
    with Client(hub) as client:
        yield client
