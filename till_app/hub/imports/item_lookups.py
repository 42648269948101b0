"""What the hub, and the rows of a file so far, have of the items of a batch; read once for all of them."""

from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import Connection, select

from till_app.hub import tables
from till_app.hub.catalogue.shops import first_shop_id
from till_app.hub.feed_reading import EVERY_SHOP
from till_app.hub.imports.item_rows import ItemRow


@dataclass(frozen=True, slots=True)
class KnownItem:
    """What the hub has of an item that the file names."""

    item_id: str
    blocked: bool
    pictures: list[str]
    payload: bytes


@dataclass(frozen=True, slots=True)
class StockPlace:
    """Where the stock of new items lies."""

    location_id: str
    shop_id: str


def stock_place(connection: Connection) -> StockPlace:
    """The first shop's default location."""
    location = tables.location.c
    row = connection.execute(
        select(location.location_id, location.shop_id).where(
            location.shop_id == first_shop_id(connection), location.is_default
        )
    ).one()
    return StockPlace(row.location_id, row.shop_id)


def known_items(connection: Connection, batch: list[ItemRow]) -> dict[str, KnownItem]:
    item, feed = tables.item.c, tables.feed.c
    rows = connection.execute(
        select(item.item_code, item.item_id, item.blocked, item.picture_file, feed.payload)
        .join(
            tables.feed,
            (feed.record_id == item.item_id) & (feed.kind == "item") & (feed.scope == EVERY_SHOP),
        )
        .where(item.item_code.in_([row.item_code for row in batch]))
    ).all()
    others = _other_pictures(connection, [row.item_id for row in rows if row.picture_file is not None])
    return {
        row.item_code: KnownItem(
            row.item_id,
            row.blocked,
            [row.picture_file, *others[row.item_id]] if row.picture_file is not None else [],
            row.payload,
        )
        for row in rows
    }


def _other_pictures(connection: Connection, item_ids: list[str]) -> defaultdict[str, list[str]]:
    pictures = tables.item_picture.c
    found: defaultdict[str, list[str]] = defaultdict(list)
    for row in connection.execute(
        select(pictures.item_id, pictures.file_name)
        .where(pictures.item_id.in_(item_ids))
        .order_by(pictures.item_id, pictures.position)
    ):
        found[row.item_id].append(row.file_name)
    return found


def owners_of(connection: Connection, import_id: str, batch: list[ItemRow]) -> dict[tuple[str, str], str]:
    """By (kind, key), the item code of the earlier row that has it; by ("line", item code), its line."""
    wanted: defaultdict[str, list[str]] = defaultdict(list)
    for row in batch:
        for kind, key in row.keys:
            wanted[kind].append(key)
    keys = tables.import_key
    owners: dict[tuple[str, str], str] = {}
    for kind, values in wanted.items():
        for key, item_code, line in connection.execute(
            select(keys.c.key, keys.c.item_code, keys.c.line).where(
                keys.c.import_id == import_id, keys.c.kind == kind, keys.c.key.in_(values)
            )
        ):
            owners[kind, key] = item_code
            owners["line", item_code] = str(line)
    return owners


def hashes_by_file(connection: Connection, batch: list[ItemRow]) -> dict[str, str]:
    names = {name for row in batch for name in row.pictures}
    rows = connection.execute(
        select(tables.picture_file.c.file_name, tables.picture_file.c.sha256).where(
            tables.picture_file.c.file_name.in_(names)
        )
    )
    return {row[0]: row[1] for row in rows}
