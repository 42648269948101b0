"""A hub that can be stopped, killed, backed up and put back, on either database, with a small shop."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from sqlalchemy import Column, Row, Select, func, select

from tests.end_to_end.shop import admin
from till_app.domain.times import to_text
from till_app.hub import tables as t
from till_app.hub.catalogue.item_values import ItemEdit
from till_app.hub.catalogue.items import ItemPatch, edit_item, put_item, remove_item
from till_app.hub.custody.quarantine import IS_WAITING
from till_app.hub.custody.resolution import Resolution, resolve
from till_app.hub.engines import sqlite_backup
from till_app.hub.feed import start_new_epoch
from till_app.hub.hub import Hub, utc_now
from till_app.hub.server import RunningHub

if TYPE_CHECKING:
    from tests.hub.postgres import PostgresServer


class Storage(Protocol):
    """Where a hub's data lies, and copies of it."""

    data: Path | None

    @property
    def place(self) -> Path | str:
        """As `RunningHub` takes it."""
        ...

    def back_up(self) -> None:
        """As it is now; the hub does not run."""
        ...

    def put_back(self) -> None:
        """As it was at the backup; the hub does not run."""
        ...


class SqliteStorage:
    def __init__(self, place: Path) -> None:
        self.place = place
        self.data: Path | None = None
        self._copy = place.with_name("yesterday.sqlite")

    def back_up(self) -> None:
        self._copy.unlink(missing_ok=True)
        sqlite_backup(self.place, self._copy)

    def put_back(self) -> None:
        for suffix in ("", "-wal", "-shm"):
            self.place.with_name(self.place.name + suffix).unlink(missing_ok=True)
        shutil.copy(self._copy, self.place)


class PostgresqlStorage:
    def __init__(self, server: "PostgresServer", database: str, data: Path) -> None:
        self._server = server
        self._database = database
        self._copy = ""
        self._copies = 0
        self.place: Path | str = server.url(database)
        self.data: Path | None = data

    def back_up(self) -> None:
        self._copies += 1
        self._copy = f"{self._database}_{self._copies}"
        self._server.create(self._copy, self._database)

    def put_back(self) -> None:
        self._server.drop(self._database)
        self._server.create(self._database, self._copy)


class HubSite:
    """A running hub and what a person there does."""

    def __init__(self, storage: Storage) -> None:
        self.storage = storage
        self.running = RunningHub(storage.place, data=storage.data)

    @property
    def hub(self) -> Hub:
        assert self.running.hub is not None
        return self.running.hub

    @property
    def url(self) -> str:
        return self.running.url

    def stop(self) -> None:
        self.running.stop()

    def start(self) -> None:
        self.running.start()

    def back_up(self) -> None:
        self.stop()
        self.storage.back_up()
        self.start()

    def put_back(self, *, says_so: bool = True, meanwhile: Callable[[], object] | None = None) -> None:
        """The backup in the place of the data; `says_so`: with the command that begins a new epoch;
        `meanwhile`: what others do while the hub is away."""
        self.stop()
        self.storage.put_back()
        if meanwhile is not None:
            meanwhile()
        self.start()
        if says_so:
            with self.hub.database.writing() as connection:
                start_new_epoch(connection, to_text(utc_now()))

    def pairing_code(self) -> str:
        code: str = admin(self.running, "POST", "/v1/admin/pairing-codes").json()["code"]
        return code

    def revoke(self, till_id: str) -> None:
        admin(self.running, "POST", f"/v1/admin/tills/{till_id}/revoke")

    def set_price(self, item_code: str, price_minor: int) -> None:
        with self.hub.database.writing() as connection:
            edit_item(connection, item_code, ItemPatch(price_minor=price_minor))

    def put_item(self, item_code: str, price_minor: int) -> None:
        given = ItemEdit(f"Something new, {item_code}", "GR", "A", price_minor)
        with self.hub.database.writing() as connection:
            put_item(connection, item_code, given, utc_now())

    def set_aside_all(self) -> None:
        """A person looks at each entry that waits."""
        for row in self.rows(select(t.entry.c.till_id, t.entry.c.seq).where(IS_WAITING)):
            resolution = Resolution("set_aside", "seen")
            resolve(self.hub.database, row.till_id, row.seq, resolution, "Morag", utc_now())

    def remove_item(self, item_code: str) -> None:
        with self.hub.database.writing() as connection:
            remove_item(connection, item_code)

    def sum_of(self, column: Column[int]) -> int:
        """0 of no rows."""
        with self.hub.database.reading() as connection:
            return int(connection.execute(select(func.sum(column))).scalar() or 0)

    def rows(self, query: Select[*tuple[object, ...]]) -> list[Row[*tuple[object, ...]]]:
        with self.hub.database.reading() as connection:
            return list(connection.execute(query).all())


@contextmanager
def open_site(storage: Storage) -> Iterator[HubSite]:
    site = HubSite(storage)
    try:
        yield site
    finally:
        site.stop()
