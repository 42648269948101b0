"""Hubs with a small shop, one copy for each test, on SQLite and on PostgreSQL."""

import itertools
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.end_to_end.shop import FILES, admin
from tests.hub.conftest import postgresql_server
from tests.scenarios.lane import Lane, open_lane
from tests.scenarios.site import HubSite, PostgresqlStorage, SqliteStorage, Storage, open_site
from till_app.hub.engines import POSTGRESQL, SQLITE
from till_app.hub.server import RunningHub

if TYPE_CHECKING:
    from tests.hub.postgres import PostgresServer

__all__ = ["postgresql_server"]

_TEMPLATE = "scenario_template"


def _stock(hub: RunningHub) -> None:
    for kind, text in FILES.items():
        admin(hub, "POST", f"/v1/admin/imports/{kind}", data=text.encode())


@pytest.fixture(scope="session")
def stocked_sqlite_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("stocked") / "hub.sqlite"
    with RunningHub(path) as hub:
        _stock(hub)
    return path


@pytest.fixture(scope="session")
def new_postgresql_shop(
    postgresql_server: "PostgresServer", tmp_path_factory: pytest.TempPathFactory
) -> Callable[[], str]:
    """Makes databases that hold the shop; their names."""
    postgresql_server.create(_TEMPLATE)
    with RunningHub(postgresql_server.url(_TEMPLATE), data=tmp_path_factory.mktemp("template")) as hub:
        _stock(hub)
    numbers = itertools.count(1)

    def new() -> str:
        name = f"scenario_{next(numbers)}"
        postgresql_server.create(name, _TEMPLATE)
        return name

    return new


@pytest.fixture
def new_sqlite_storage(stocked_sqlite_file: Path, tmp_path: Path) -> Callable[[], Storage]:
    numbers = itertools.count(1)

    def new() -> Storage:
        folder = tmp_path / f"hub {next(numbers)}"
        folder.mkdir()
        return SqliteStorage(Path(shutil.copy(stocked_sqlite_file, folder / "hub.sqlite")))

    return new


@pytest.fixture(params=[SQLITE, POSTGRESQL])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    """What is asked of both databases."""
    if request.param == SQLITE:
        made: Storage = request.getfixturevalue("new_sqlite_storage")()
        return made
    name = request.getfixturevalue("new_postgresql_shop")()
    data = tmp_path / "hub data"
    return PostgresqlStorage(request.getfixturevalue("postgresql_server"), name, data)


@pytest.fixture
def site(storage: Storage) -> Iterator[HubSite]:
    """On each of the two databases."""
    with open_site(storage) as site:
        yield site


@pytest.fixture
def sqlite_site(new_sqlite_storage: Callable[[], Storage]) -> Iterator[HubSite]:
    """Where the hub's storage does not matter."""
    with open_site(new_sqlite_storage()) as site:
        yield site


@pytest.fixture
def lane(site: HubSite, tmp_path: Path) -> Iterator[Lane]:
    with open_lane(tmp_path / "till", site) as lane:
        yield lane


@pytest.fixture
def sqlite_lane(sqlite_site: HubSite, tmp_path: Path) -> Iterator[Lane]:
    with open_lane(tmp_path / "till", sqlite_site) as lane:
        yield lane
