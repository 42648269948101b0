"""Turning staged rows into items and feed records: accepted as a whole, then brought in part by part.

Accepting is the moment at which a file is in: one small transaction. From there on it only goes
forward: a part becomes items and its staged rows go away in one transaction, so that a till's sales
wait for the write lock no longer than one part takes. After a crash whoever opens the hub next goes on
with the rows that are left. Until the last one is in, nothing else may edit the catalogue.
"""

import time
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Table, delete, func, insert, literal, select, true, update

from till_app.domain.times import to_text
from till_app.hub import tables
from till_app.hub.database import Database
from till_app.hub.feed import accepted_import_id, bump_catalogue_version, identity, take_numbers
from till_app.hub.imports.report import FileRefused

PART_LINES = 1_000
_PAUSE_S = 0.002
"""Between two parts, so that whoever waits for the write lock gets it."""
_pause = time.sleep
_source, _keys = tables.import_item, tables.import_key


def accept(database: Database, import_id: str, staged: int, seen_version: int, now: datetime) -> None:
    """Raises FileRefused when the catalogue is not the one that the rows were judged against."""
    with database.writing() as connection:
        count = connection.execute(
            select(func.count()).select_from(_source).where(_source.c.import_id == import_id)
        ).scalar_one()
        is_same_catalogue = identity(connection).catalogue_version == seen_version
        if not is_same_catalogue or count != staged or accepted_import_id(connection) is not None:
            raise FileRefused(
                "Somebody changed the catalogue while the file was read."
                " Nothing was imported; import it again."
            )
        if staged:
            bump_catalogue_version(connection)
            connection.execute(
                insert(tables.accepted_import).values(import_id=import_id, accepted_at=to_text(now))
            )


def finish_accepted(database: Database, now: datetime) -> None:
    """Bring in what is left of an accepted import; two that do so at the same time share the work."""
    with database.reading() as connection:
        import_id = accepted_import_id(connection)
    if import_id is None:
        return
    mine = _source.c.import_id == import_id
    _each_part(database, mine & ~_source.c.is_new, _release_codes)
    _each_part(database, mine, lambda connection, part: _bring_in(connection, import_id, part, now))
    with database.writing() as connection:
        connection.execute(
            delete(tables.accepted_import).where(tables.accepted_import.c.import_id == import_id)
        )
        bump_catalogue_version(connection)
    # Ids follow time: what an earlier import left behind belongs to a crash, or will be refused.
    for table in (_source, _keys):
        discard(database, table, table.c.import_id <= import_id)


def discard(database: Database, table: Table, rows: ColumnElement[bool]) -> None:
    """Delete staged rows, part by part."""
    _each_part(database, rows, lambda connection, part: connection.execute(delete(table).where(part)), table)


def _each_part(
    database: Database,
    rows: ColumnElement[bool],
    act: Callable[[Connection, ColumnElement[bool]], object],
    table: Table = _source,
) -> None:
    """Each part in a transaction of its own, in the order of lines."""
    start = 0
    while True:
        with database.reading() as connection:
            first = connection.execute(
                select(func.min(table.c.line)).where(rows, table.c.line >= start)
            ).scalar()
        if first is None:
            return
        start = first + PART_LINES
        with database.writing() as connection:
            act(connection, rows & table.c.line.between(first, start - 1))
        _pause(_PAUSE_S)


def _release_codes(connection: Connection, part: ColumnElement[bool]) -> None:
    """PLUs and barcodes may move from one item to another: none of them has them for a moment."""
    changed_ids = select(_source.c.item_id).where(part)
    connection.execute(update(tables.item).where(tables.item.c.item_id.in_(changed_ids)).values(plu=None))
    connection.execute(delete(tables.item_barcode).where(tables.item_barcode.c.item_id.in_(changed_ids)))


def _bring_in(connection: Connection, import_id: str, part: ColumnElement[bool], now: datetime) -> None:
    columns = [column.name for column in tables.item.columns]
    connection.execute(
        update(tables.item)
        .where(tables.item.c.item_id == _source.c.item_id, part, ~_source.c.is_new)
        .values({name: _source.c[name] for name in columns if name not in ("item_id", "item_code")})
    )
    connection.execute(
        insert(tables.item).from_select(
            columns, select(*(_source.c[name] for name in columns)).where(part, _source.c.is_new)
        )
    )
    lines = select(_source.c.line).where(part)
    keys_of_part = (_keys.c.import_id == import_id) & _keys.c.line.in_(lines)
    connection.execute(
        insert(tables.item_barcode).from_select(
            ["barcode_key", "item_id", "position", "barcode"],
            select(_keys.c.key, _keys.c.item_id, _keys.c.position, _keys.c.text).where(
                keys_of_part, _keys.c.kind == "barcode"
            ),
        )
    )
    _begin_stock(connection, part, to_text(now))
    connection.execute(delete(_keys).where(keys_of_part))
    _append_to_feed(connection, part)
    connection.execute(delete(_source).where(part))


def _begin_stock(connection: Connection, part: ColumnElement[bool], now_text: str) -> None:
    item_id, quantity, as_of = _source.c.item_id, _source.c.stock_milli, literal(now_text)
    begun = part & quantity.is_not(None)
    # An item begins once, so its own id serves as that of its first movement.
    connection.execute(
        insert(tables.stock_movement).from_select(
            ["movement_id", "item_id", "kind", "quantity_milli", "at"],
            select(item_id, item_id.label("moved_id"), literal("initial"), quantity, as_of).where(begun),
        )
    )
    connection.execute(
        insert(tables.stock).from_select(
            ["item_id", "quantity_milli", "as_of"], select(item_id, quantity, as_of).where(begun)
        )
    )


def _append_to_feed(connection: Connection, part: ColumnElement[bool]) -> None:
    feed = tables.feed
    items, with_stock = connection.execute(
        select(func.count(), func.count(_source.c.stock_payload)).where(part)
    ).one()
    changed_ids = select(_source.c.item_id).where(part, ~_source.c.is_new)
    connection.execute(delete(feed).where(feed.c.kind == "item", feed.c.record_id.in_(changed_ids)))
    before = take_numbers(connection, items + with_stock)
    for kind, payload, condition, first in (
        ("item", _source.c.payload, true(), before),
        ("stock", _source.c.stock_payload, _source.c.stock_payload.is_not(None), before + items),
    ):
        number = func.row_number().over(order_by=_source.c.line) + first
        connection.execute(
            insert(feed).from_select(
                ["seq", "kind", "record_id", "gone", "payload"],
                select(number, literal(kind), _source.c.item_id, literal(False), payload).where(
                    part, condition
                ),
            )
        )
