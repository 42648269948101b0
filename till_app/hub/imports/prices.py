"""Importing prices of price lists: judged and staged in batches, then in as a whole, like items."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path

from sqlalchemy import Connection, insert, select

from till_app.domain.ids import new_uuid7
from till_app.hub import tables
from till_app.hub.catalogue.editing import Outcome, checked_code
from till_app.hub.cells import BadCell, checked_flag, checked_price_minor
from till_app.hub.database import Database
from till_app.hub.feed import encode_record, encode_tombstone, identity
from till_app.hub.imports.accepted import accept
from till_app.hub.imports.csv_file import Columns, CsvRow, open_rows
from till_app.hub.imports.item_staging import BATCH_ROWS, ordered_id
from till_app.hub.imports.items import finish
from till_app.hub.imports.parts import discard
from till_app.hub.imports.report import ImportReport, Tally
from till_app.wire.changes import PriceRecord

PRICE_COLUMNS = Columns(required=("price_list_code", "item_code", "price"), optional=("delete",))


@dataclass(frozen=True, slots=True)
class _List:
    price_list_id: str
    scope: str


@dataclass(frozen=True, slots=True)
class _PriceRow:
    line: int
    price_list: _List
    item_code: str
    price_minor: int | None
    """None: to be removed."""


@dataclass(frozen=True, slots=True)
class _Known:
    """What the hub and the file so far have of the items of a batch."""

    item_ids: dict[str, str]
    """By code."""
    prices: dict[tuple[str, str], tuple[str, int]]
    """By item and list: id and price."""
    lines: dict[tuple[str, str], int]
    """By item and list, the line that had it before."""


def import_prices(database: Database, path: Path, now: datetime, *, dry_run: bool) -> ImportReport:
    """Raises FileRefused when nothing went in, ImportUnfinished when the rest will go in later."""
    tally, import_id, source = Tally("prices", dry_run), new_uuid7(now), tables.import_price
    with open_rows(path, PRICE_COLUMNS, tally) as rows:
        with database.reading() as connection:
            seen_version = identity(connection).catalogue_version
            lists = _price_lists(connection)
        good = _good_rows(rows, lists, tally)
        is_accepted = False
        try:
            staged = 0
            while batch := list(islice(good, BATCH_ROWS)):
                with database.writing() as connection:
                    staged += _stage(connection, import_id, batch, now, tally)
            if not dry_run and (tally.added or tally.changed or tally.removed):
                accept(database, "prices", import_id, staged, seen_version, now)
                is_accepted = True
        finally:
            if not is_accepted:
                discard(database, source, source.c.import_id == import_id)
    if is_accepted:
        finish(database, now)
    return tally.report()


def _price_lists(connection: Connection) -> dict[str, _List]:
    columns = tables.price_list.c
    return {
        row.price_list_code: _List(row.price_list_id, row.shop_id or "")
        for row in connection.execute(select(columns.price_list_code, columns.price_list_id, columns.shop_id))
    }


def _good_rows(rows: Iterator[CsvRow], lists: dict[str, _List], tally: Tally) -> Iterator[_PriceRow]:
    for row in rows:
        try:
            yield _parsed(row, lists)
        except BadCell as bad:
            tally.refuse(row.line, bad.code, bad.words)


def _parsed(row: CsvRow, lists: dict[str, _List]) -> _PriceRow:
    list_code = checked_code("price_list_code", row.cells["price_list_code"])
    if list_code not in lists:
        raise BadCell("unknown_price_list", f"there is no price list {list_code!r}")
    item_code = checked_code("item_code", row.cells["item_code"])
    is_removed = checked_flag("delete", row.cells["delete"])
    price_minor = None if is_removed else checked_price_minor(row.cells["price"])
    return _PriceRow(row.line, lists[list_code], item_code, price_minor)


def _stage(
    connection: Connection, import_id: str, batch: Sequence[_PriceRow], now: datetime, tally: Tally
) -> int:
    """How many rows are staged: also those that change nothing, to find second uses."""
    known = _known(connection, import_id, batch)
    values: list[dict[str, object]] = []
    for row in batch:
        item_id = known.item_ids.get(row.item_code)
        if item_id is None:
            tally.refuse(row.line, "unknown_item", f"there is no item {row.item_code!r}")
            continue
        key = (item_id, row.price_list.price_list_id)
        if key in known.lines:
            tally.refuse(
                row.line,
                "duplicate",
                f"the price of item {row.item_code} is used before on line {known.lines[key]}",
            )
            continue
        known.lines[key] = row.line
        present = known.prices.get(key)
        if present is None and row.price_minor is None:
            tally.count(Outcome.UNCHANGED)
            continue
        price_id = present[0] if present else ordered_id(now, row.line)
        outcome = _outcome(row, present)
        tally.count(outcome)
        values.append(
            {
                "import_id": import_id,
                "line": row.line,
                "outcome": outcome.value,
                "price_id": price_id,
                "item_id": item_id,
                "price_list_id": row.price_list.price_list_id,
                "price_minor": row.price_minor or 0,
                "scope": row.price_list.scope,
                "payload": _payload(row, price_id, item_id),
            }
        )
    if values:
        connection.execute(insert(tables.import_price), values)
    return len(values)


def _outcome(row: _PriceRow, present: tuple[str, int] | None) -> Outcome:
    if present is None:
        return Outcome.ADDED
    if row.price_minor is None:
        return Outcome.REMOVED
    return Outcome.UNCHANGED if present[1] == row.price_minor else Outcome.CHANGED


def _payload(row: _PriceRow, price_id: str, item_id: str) -> bytes:
    if row.price_minor is None:
        return encode_tombstone("price", price_id)
    return encode_record(PriceRecord(price_id, row.price_list.price_list_id, item_id, row.price_minor))


def _known(connection: Connection, import_id: str, batch: Sequence[_PriceRow]) -> _Known:
    item, price, staged = tables.item.c, tables.price.c, tables.import_price.c
    codes = {row.item_code for row in batch}
    item_ids = dict(
        connection.execute(select(item.item_code, item.item_id).where(item.item_code.in_(codes))).all()
    )
    ids = list(item_ids.values())
    lists = {row.price_list.price_list_id for row in batch}
    prices = {
        (row.item_id, row.price_list_id): (row.price_id, row.price_minor)
        for row in connection.execute(
            select(price.item_id, price.price_list_id, price.price_id, price.price_minor).where(
                price.item_id.in_(ids), price.price_list_id.in_(lists)
            )
        )
    }
    lines = {
        (row.item_id, row.price_list_id): row.line
        for row in connection.execute(
            select(staged.item_id, staged.price_list_id, staged.line).where(
                staged.item_id.in_(ids), staged.price_list_id.in_(lists), staged.import_id == import_id
            )
        )
    }
    return _Known(item_ids, prices, lines)
