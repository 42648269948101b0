"""Price lists by shop, by date and for customers, and the single prices in them."""

from datetime import datetime
from typing import Annotated

import msgspec
from sqlalchemy import Connection, delete, exists, select

from till_app.domain.basket_line import MAX_LINE_MINOR
from till_app.hub.catalogue.customers import customer_record
from till_app.hub.catalogue.editing import (
    AnyRow,
    Editing,
    Outcome,
    checked_code,
    editing,
    id_of,
    not_found,
    row_of,
)
from till_app.hub.catalogue.shops import shop_codes, shop_id_of
from till_app.hub.cells import MAX_NAME_LENGTH, BadCell, checked_days, checked_text
from till_app.hub.database import Database
from till_app.hub.tables import customer, item, price, price_list
from till_app.wire.changes import PriceListRecord, PriceRecord

MAX_PRIORITY = 1_000_000
_ENDED = "0001-01-01"
_PART_ROWS = 1_000


class PriceListEdit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A price list, whole, but for its prices."""

    name: str
    shop: str | None = None
    """Its code; null: every shop's."""
    priority: int = 0
    """Of the lists that hold, the one with the highest has its way, item by item."""
    valid_from: str | None = None
    """Days, ISO, both included; null is open-ended."""
    valid_until: str | None = None
    customers_only: bool = False
    """Holds only for customers who have this list."""


class PriceListView(msgspec.Struct, frozen=True):
    price_list_code: str
    price_list_id: str
    name: str
    shop: str | None
    priority: int
    valid_from: str | None
    valid_until: str | None
    customers_only: bool


class PriceEdit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    price_minor: Annotated[int, msgspec.Meta(ge=0, le=MAX_LINE_MINOR)]


class PriceView(msgspec.Struct, frozen=True):
    price_list: str
    item_code: str
    price_minor: int


def price_list_views(connection: Connection) -> list[PriceListView]:
    codes = shop_codes(connection)
    rows = connection.execute(select(price_list).order_by(price_list.c.price_list_code))
    return [_view(row, codes) for row in rows]


def price_list_view(connection: Connection, code: str) -> PriceListView:
    """Raises Refused 404."""
    return _view(_list_row(connection, code), shop_codes(connection))


def _view(row: AnyRow, codes: dict[str | None, str | None]) -> PriceListView:
    fields = {name: getattr(row, name) for name in PriceListView.__struct_fields__ if name != "shop"}
    return PriceListView(shop=codes[row.shop_id], **fields)


def _list_row(connection: Connection, code: str) -> AnyRow:
    return row_of(connection, price_list.c.price_list_code, code, "price list")


def put_price_list(edit: Editing, code: str, given: PriceListEdit) -> Outcome:
    """Raises BadCell. A list with prices stays with its shop: they would all have to move."""
    code = checked_code("price_list_code", code)
    name = checked_text("name", given.name, MAX_NAME_LENGTH, required=True)
    shop_id = shop_id_of(edit.connection, given.shop)
    days = checked_days(given.valid_from or "", given.valid_until or "")
    if abs(given.priority) > MAX_PRIORITY:
        raise BadCell("out_of_range", f"priority is beyond {MAX_PRIORITY}")
    present = edit.row(price_list, price_list_code=code)
    price_list_id = str(present.price_list_id) if present else edit.new_id()
    if present is not None and present.shop_id != shop_id:
        has_prices = exists().where(price.c.price_list_id == price_list_id)
        if edit.connection.execute(select(has_prices)).scalar_one():
            raise BadCell("has_prices", f"price list {code} has prices: make another one for the other shop")
    values: dict[str, object] = {
        "price_list_code": code,
        "name": name,
        "shop_id": shop_id,
        "priority": given.priority,
        "valid_from": days[0],
        "valid_until": days[1],
        "customers_only": given.customers_only,
    }
    edit.store(price_list, {"price_list_id": price_list_id}, values, present is not None)
    record = PriceListRecord(price_list_id, name, given.priority, *days, given.customers_only)
    has_changed = edit.feed.put_if_changed(record, shop_id or "")
    return edit.outcome(is_known=present is not None, has_changed=has_changed)


def remove_price_list(database: Database, code: str, now: datetime) -> None:
    """In short transactions: first it holds no longer, then its prices go, then the list itself.

    Raises Refused 404.
    """
    with database.writing() as connection, editing(connection, now) as edit:
        row = _list_row(connection, code)
        record = PriceListRecord(
            row.price_list_id, row.name, row.priority, row.valid_from, _ENDED, row.customers_only
        )
        edit.feed.put_if_changed(record, row.shop_id or "")
        edit.store(price_list, {"price_list_id": row.price_list_id}, {"valid_until": _ENDED}, True)
    is_left = True
    while is_left:
        with database.writing() as connection, editing(connection, now) as edit:
            is_left = _remove_part(edit, row.price_list_id, row.shop_id or "")
    with database.writing() as connection, editing(connection, now) as edit:
        while _remove_part(edit, row.price_list_id, row.shop_id or ""):
            """What somebody added meanwhile."""
        connection.execute(delete(price_list).where(price_list.c.price_list_id == row.price_list_id))
        edit.feed.remove_everywhere("price_list", row.price_list_id)


def _remove_part(edit: Editing, price_list_id: str, scope: str) -> bool:
    """Prices, or customers who had the list; whether there were any."""
    price_ids = (
        edit.connection.execute(
            select(price.c.price_id).where(price.c.price_list_id == price_list_id).limit(_PART_ROWS)
        )
        .scalars()
        .all()
    )
    if price_ids:
        edit.connection.execute(delete(price).where(price.c.price_id.in_(price_ids)))
        for price_id in price_ids:
            edit.feed.remove("price", price_id, scope)
        return True
    customers = edit.connection.execute(
        select(customer).where(customer.c.price_list_id == price_list_id).limit(_PART_ROWS)
    ).all()
    for row in customers:
        edit.store(customer, {"customer_id": row.customer_id}, {"price_list_id": None}, True)
        edit.feed.put_if_changed(msgspec.structs.replace(customer_record(row), price_list_id=None))
    return bool(customers)


def price_view(connection: Connection, list_code: str, item_code: str) -> PriceView:
    """Raises Refused 404."""
    found = _price_row(connection, list_code, item_code)
    return PriceView(list_code, item_code, found.price_minor)


def _price_row(connection: Connection, list_code: str, item_code: str) -> AnyRow:
    row: AnyRow | None = None
    if "\0" not in list_code + item_code:
        row = connection.execute(
            select(price)
            .join(price_list, price_list.c.price_list_id == price.c.price_list_id)
            .join(item, item.c.item_id == price.c.item_id)
            .where(price_list.c.price_list_code == list_code, item.c.item_code == item_code)
        ).first()
    if row is None:
        raise not_found("price in that list of item", item_code)
    return row


def put_price(edit: Editing, list_code: str, item_code: str, given: PriceEdit) -> Outcome:
    """Raises BadCell, and Refused 404 for the list."""
    row = _list_row(edit.connection, list_code)
    item_id = id_of(edit.connection, item.c.item_id, item.c.item_code, item_code, "item")
    key: dict[str, object] = {"item_id": item_id, "price_list_id": row.price_list_id}
    present = edit.row(price, **key)
    price_id = str(present.price_id) if present else edit.new_id()
    values: dict[str, object] = {"price_id": price_id, "price_minor": given.price_minor}
    edit.store(price, key, values, present is not None)
    record = PriceRecord(price_id, row.price_list_id, item_id, given.price_minor)
    has_changed = edit.feed.put_if_changed(record, row.shop_id or "")
    return edit.outcome(is_known=present is not None, has_changed=has_changed)


def remove_price(edit: Editing, list_code: str, item_code: str) -> None:
    """Raises Refused 404."""
    price_id = _price_row(edit.connection, list_code, item_code).price_id
    edit.connection.execute(delete(price).where(price.c.price_id == price_id))
    edit.feed.remove_everywhere("price", price_id)
