"""Turning staged rows into items and feed records, set by set, in the caller's transaction."""

from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, literal, select, true, update

from till_app.domain.ids import new_uuid7
from till_app.domain.times import to_text
from till_app.hub import tables
from till_app.hub.catalogue import initial_movement
from till_app.hub.feed import bump_catalogue_version, identity, take_numbers
from till_app.hub.imports.item_staging import BATCH_ROWS
from till_app.hub.imports.report import FileRefused


def apply_staged(
    connection: Connection, import_id: str, staged: int, seen_version: int, now: datetime
) -> None:
    """Turn the staged rows into items and feed records, set by set."""
    source = tables.import_item
    mine = source.c.import_id == import_id
    count = connection.execute(select(func.count()).select_from(source).where(mine)).scalar_one()
    if identity(connection).catalogue_version != seen_version or count != staged:
        raise FileRefused(
            "Somebody changed the catalogue while the file was read. Nothing was imported; import it again."
        )
    if staged == 0:
        return
    columns = [column.name for column in tables.item.columns]
    changed_ids = select(source.c.item_id).where(mine, ~source.c.is_new)
    # A PLU may move from one item to another: none of them has it for a moment.
    connection.execute(update(tables.item).where(tables.item.c.item_id.in_(changed_ids)).values(plu=None))
    connection.execute(
        update(tables.item)
        .where(tables.item.c.item_id == source.c.item_id, mine, ~source.c.is_new)
        .values({name: source.c[name] for name in columns if name not in ("item_id", "item_code")})
    )
    connection.execute(
        insert(tables.item).from_select(
            columns, select(*(source.c[name] for name in columns)).where(mine, source.c.is_new)
        )
    )
    _replace_barcodes(connection, import_id)
    now_text = to_text(now)
    begun = connection.execute(
        select(source.c.item_id, source.c.stock_milli).where(mine, source.c.stock_milli.is_not(None))
    )
    for part in begun.partitions(BATCH_ROWS):
        connection.execute(
            insert(tables.stock_movement),
            [initial_movement(new_uuid7(now), item_id, milli, now) for item_id, milli in part],
        )
    connection.execute(
        insert(tables.stock).from_select(
            ["item_id", "quantity_milli", "as_of"],
            select(source.c.item_id, source.c.stock_milli, literal(now_text)).where(
                mine, source.c.stock_milli.is_not(None)
            ),
        )
    )
    bump_catalogue_version(connection)
    for table in (tables.import_item, tables.import_key):
        # Left over from a crash, or of an import that this one has overtaken and that will be refused.
        connection.execute(delete(table).where(table.c.import_id != import_id))
    _append_to_feed(connection, import_id, staged)


def _replace_barcodes(connection: Connection, import_id: str) -> None:
    source, keys = tables.import_item, tables.import_key
    staged_ids = select(source.c.item_id).where(source.c.import_id == import_id)
    connection.execute(delete(tables.item_barcode).where(tables.item_barcode.c.item_id.in_(staged_ids)))
    connection.execute(
        insert(tables.item_barcode).from_select(
            ["barcode_key", "item_id", "position", "barcode"],
            select(keys.c.key, keys.c.item_id, keys.c.position, keys.c.text).where(
                keys.c.import_id == import_id, keys.c.kind == "barcode", keys.c.item_id.in_(staged_ids)
            ),
        )
    )


def _append_to_feed(connection: Connection, import_id: str, staged: int) -> None:
    source, feed = tables.import_item, tables.feed
    mine = source.c.import_id == import_id
    with_stock = connection.execute(
        select(func.count()).select_from(source).where(mine, source.c.stock_payload.is_not(None))
    ).scalar_one()
    connection.execute(
        delete(feed).where(feed.c.kind == "item", feed.c.record_id.in_(select(source.c.item_id).where(mine)))
    )
    before = take_numbers(connection, staged + with_stock)
    for kind, payload, condition, first in (
        ("item", source.c.payload, true(), before),
        ("stock", source.c.stock_payload, source.c.stock_payload.is_not(None), before + staged),
    ):
        number = func.row_number().over(order_by=source.c.line) + first
        connection.execute(
            insert(feed).from_select(
                ["seq", "kind", "record_id", "gone", "payload"],
                select(number, literal(kind), source.c.item_id, literal(False), payload).where(
                    mine, condition
                ),
            )
        )
