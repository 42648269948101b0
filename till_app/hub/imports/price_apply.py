"""Turning staged rows of an accepted price file into prices and feed records."""

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, delete, func, insert, literal, select, update

from till_app.hub import tables
from till_app.hub.database import Database
from till_app.hub.feed import take_numbers
from till_app.hub.imports.parts import each_part

_source = tables.import_price


def bring_in_prices(database: Database, import_id: str, _now: datetime) -> None:
    """What is left of them."""
    each_part(database, _source, _source.c.import_id == import_id, _bring_in)


def _bring_in(connection: Connection, part: ColumnElement[bool]) -> None:
    price, outcome = tables.price, _source.c.outcome
    connection.execute(
        update(price)
        .where(price.c.price_id == _source.c.price_id, part, outcome == "changed")
        .values(price_minor=_source.c.price_minor)
    )
    columns = ["price_id", "item_id", "price_list_id", "price_minor"]
    connection.execute(
        insert(price).from_select(
            columns, select(*(_source.c[name] for name in columns)).where(part, outcome == "added")
        )
    )
    removed = select(_source.c.price_id).where(part, outcome == "removed")
    connection.execute(delete(price).where(price.c.price_id.in_(removed)))
    _append_to_feed(connection, part & (outcome != "unchanged"))
    connection.execute(delete(_source).where(part))


def _append_to_feed(connection: Connection, rows: ColumnElement[bool]) -> None:
    feed = tables.feed
    count = connection.execute(select(func.count()).select_from(_source).where(rows)).scalar_one()
    if not count:
        return
    known = select(_source.c.price_id).where(rows, _source.c.outcome != "added")
    connection.execute(delete(feed).where(feed.c.record_id.in_(known), feed.c.kind == "price"))
    before = take_numbers(connection, count)
    number = func.row_number().over(order_by=_source.c.line) + before
    connection.execute(
        insert(feed).from_select(
            ["seq", "kind", "record_id", "scope", "gone", "payload"],
            select(
                number,
                literal("price"),
                _source.c.price_id,
                _source.c.scope,
                _source.c.outcome == "removed",
                _source.c.payload,
            ).where(rows),
        )
    )
