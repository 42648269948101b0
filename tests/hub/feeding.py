"""Records in a hub's feed without the tables behind them, and the catalogue file of a snapshot."""

from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

import zstandard

from till_app.hub.database import Database
from till_app.hub.feed import FeedWriter
from till_app.hub.feed_reading import EVERY_SHOP
from till_app.hub.snapshot_build import snapshot_file
from till_app.store.sqlite_engine import DRIVER
from till_app.wire.changes import ItemRecord, StaffRecord

SHOP, OTHER_SHOP = "shop-1", "shop-2"


def item(number: int, price_minor: int = 100) -> ItemRecord:
    return ItemRecord(
        item_id=f"item-{number:06}",
        item_code=f"I{number:06}",
        name=f"Item {number}",
        description="",
        department_id="GR",
        vat_code="A",
        price_minor=price_minor,
        unit="each",
        plu=None,
        barcodes=[],
        minimum_age=0,
        picture=None,
        blocked=False,
    )


def items(count: int, first: int = 1, price_minor: int = 100) -> list[ItemRecord]:
    return [item(number, price_minor) for number in range(first, first + count)]


def staff(name: str) -> StaffRecord:
    return StaffRecord(name, name, name, "cashier", "$argon2id$secret", True)


def put(database: Database, records: Iterable[Any], scope: str = EVERY_SHOP) -> None:
    with database.writing() as connection:
        writer = FeedWriter(connection)
        for record in records:
            writer.put_if_changed(record, scope)
        writer.flush()


def put_new(database: Database, records: Iterable[Any]) -> None:
    """Of every shop, and none of them there before: many take less time so."""
    with database.writing() as connection:
        writer = FeedWriter(connection)
        for record in records:
            writer.put(record)
        writer.flush()


def remove(database: Database, kind: str, record_id: str, scope: str = EVERY_SHOP) -> None:
    with database.writing() as connection:
        writer = FeedWriter(connection)
        writer.remove(kind, record_id, scope)
        writer.flush()


def unpacked(folder: Path, sha256: str, to: Path) -> bytes:
    """Write the catalogue of a snapshot to a file, and its bytes."""
    content = zstandard.ZstdDecompressor().decompress(snapshot_file(folder, sha256).read_bytes())
    to.write_bytes(content)
    return content


def asked(path: Path, sql: str) -> list[tuple[Any, ...]]:
    with closing(DRIVER.connect(path)) as connection:
        rows: list[tuple[Any, ...]] = connection.execute(sql).fetchall()
        return rows
