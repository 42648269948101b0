"""Look-ups and search in the catalogue cache: each is indexed, and a few small tables are kept in memory."""

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

from msgspec import MsgspecError
from sqlalchemy import Connection, Select, TextClause, bindparam, func, select, text

from till_app.catalogue_file import schema as t
from till_app.catalogue_file import values as v
from till_app.catalogue_file.text import customer_key_ranges, item_key_ranges, keys_for, search_expression
from till_app.domain.catalogue import (
    Customer,
    Department,
    Item,
    ListedPrice,
    Location,
    PriceList,
    QuickKey,
    ReceiptText,
    Setting,
    Shop,
    StaffMember,
    StockLevel,
)
from till_app.domain.errors import DomainError
from till_app.domain.promotions import Promotion
from till_app.domain.tax import VatRate
from till_app.store.catalogue_database import CatalogueDatabase
from till_app.store.pictures import PictureFolder

log = logging.getLogger(__name__)

_T = TypeVar("_T")

_KEY_NAMES = ("key_1", "key_2", "key_3", "key_4")
"""As many as a code has kinds."""

_FIND = (
    select(t.item)
    .where(
        t.item.c.number.in_(
            select(t.item_key.c.number).where(t.item_key.c.key.in_([bindparam(name) for name in _KEY_NAMES]))
        )
    )
    .order_by(t.item.c.number)
)
_ITEM = select(t.item).where(t.item.c.item_id == bindparam("item_id"))
_STOCK = select(t.stock).where(t.stock.c.item_id == bindparam("item_id"))
_STOCK_AT = _STOCK.where(t.stock.c.location_id == bindparam("location_id"))
_LOCATIONS = select(t.location).order_by(
    t.location.c.is_default.desc(), t.location.c.name, t.location.c.location_id
)
_DEPARTMENTS = select(t.department).order_by(t.department.c.position, t.department.c.name)
_IN_DEPARTMENT = (
    select(t.item)
    .where(t.item.c.department_id == bindparam("department_id"))
    .order_by(t.item.c.name, t.item.c.number)
    .limit(bindparam("limit"))
    .offset(bindparam("offset"))
)
_QUICK_KEYS = select(t.quick_key).order_by(
    t.quick_key.c.page_position, t.quick_key.c.page, t.quick_key.c.position, t.quick_key.c.quick_key_id
)
_VAT_RATE = select(t.vat_rate).where(t.vat_rate.c.code == bindparam("code"))
_PRICE_LISTS = select(t.price_list)
_PRICES = select(t.price).where(t.price.c.item_id == bindparam("item_id"))
_PROMOTIONS = select(t.promotion).order_by(t.promotion.c.promotion_id)
_CUSTOMER = select(t.customer).where(t.customer.c.customer_id == bindparam("customer_id"))
_RECEIPT_TEXTS = select(t.receipt_text).order_by(
    t.receipt_text.c.place, t.receipt_text.c.position, t.receipt_text.c.receipt_text_id
)
_SETTINGS = select(t.setting).order_by(t.setting.c.name)
_STAFF = select(t.staff).where(t.staff.c.active == 1).order_by(t.staff.c.name, t.staff.c.staff_id)
_SHOP = select(t.shop).order_by(t.shop.c.generation.desc(), t.shop.c.shop_id).limit(1)


class _Search:
    """One kind that is searched by the beginnings of its codes and of the words of its name.

    Two statements are all: each costs more in Python than SQLite takes to answer it.
    """

    def __init__(
        self, ranges: Callable[[str], Iterable[tuple[str, str]]], table: Any, keys: str, words: str
    ) -> None:
        self._ranges = ranges
        self._keys = keys
        self._words = words
        wanted = func.json_each(bindparam("numbers")).table_valued("key", "value")
        self._rows = select(table).join(wanted, table.c.number == wanted.c.value).order_by(wanted.c.key)

    def run(self, connection: Connection, typed: str, limit: int) -> Sequence[v.AnyRow]:
        code, words = typed.strip(), search_expression(typed)
        ranges = tuple(self._ranges(code)) if code else ()
        if not ranges and not words:
            return []
        asked: dict[str, object] = {"limit": limit, "words": words}
        for place, (first, beyond) in enumerate(ranges):
            asked |= {f"first_{place}": first, f"beyond_{place}": beyond}
        statement = _numbers_statement(self._keys, self._words, len(ranges), bool(words))
        numbers = list(dict.fromkeys(connection.execute(statement, asked).scalars()))[:limit]
        return connection.execute(self._rows, {"numbers": str(numbers)}).all()


@cache
def _numbers_statement(keys: str, words: str, ranges: int, has_words: bool) -> TextClause:
    """Those of codes in the order of codes, then those of names, some of them twice."""
    parts = [
        f"SELECT number FROM {keys} WHERE key >= :first_{place} AND key < :beyond_{place} ORDER BY key"
        for place in range(ranges)
    ]
    if has_words:
        parts.append(f"SELECT rowid FROM {words} WHERE {words} MATCH :words ORDER BY rowid")
    return text(" UNION ALL ".join(f"SELECT * FROM ({part} LIMIT :limit)" for part in parts))


_SEARCH_ITEMS = _Search(item_key_ranges, t.item, t.item_key.name, t.ITEM_WORDS)
_SEARCH_CUSTOMERS = _Search(customer_key_ranges, t.customer, t.customer_key.name, t.CUSTOMER_WORDS)


@dataclass(frozen=True, slots=True)
class _Few:
    """Small tables that are asked for with every line of a basket, and with every receipt."""

    as_of: tuple[int, int]
    shop: Shop | None
    receipt_texts: tuple[ReceiptText, ...]
    locations: tuple[Location, ...]
    default_location_id: str
    price_lists: dict[str, PriceList]
    promotions: tuple[Promotion, ...]


class CatalogueLookUps:
    """Implements Catalogue. Any thread may call.

    A row that breaks a rule of the domain, such as a unit that this release does not know, is logged and left
    out: it must not keep the others from being sold.
    """

    def __init__(self, database: CatalogueDatabase, pictures: PictureFolder) -> None:
        self._database = database
        self._pictures = pictures
        self._changes = 0
        """Counts what was written, so that what is kept in memory is read again."""
        self._kept: _Few | None = None

    def find(self, code: str) -> Sequence[Item]:
        keys = keys_for(code)
        parameters = dict.fromkeys(_KEY_NAMES, keys[0]) | dict(zip(_KEY_NAMES, keys, strict=False))
        return _made(v.item_from, self._all(_FIND, **parameters))

    def item(self, item_id: str) -> Item | None:
        return _first(_made(v.item_from, self._all(_ITEM, item_id=item_id)))

    def search(self, text: str, limit: int) -> Sequence[Item]:
        """Codes that begin with the text come first, then names, each in the order of the feed."""
        found = self._database.read(lambda connection: _SEARCH_ITEMS.run(connection, text, limit))
        return _made(v.item_from, found)

    def stock(self, item_id: str) -> StockLevel | None:
        asked = {"item_id": item_id, "location_id": self._few().default_location_id}
        return _first(_made(v.stock_from, self._all(_STOCK_AT, **asked)))

    def stock_levels(self, item_id: str) -> Sequence[StockLevel]:
        levels = _made(v.stock_from, self._all(_STOCK, item_id=item_id))
        order = {location.location_id: place for place, location in enumerate(self._few().locations)}
        return sorted(levels, key=lambda level: (order.get(level.location_id, len(order)), level.location_id))

    def locations(self) -> Sequence[Location]:
        return self._few().locations

    def prices(self, item_id: str) -> Sequence[tuple[PriceList, ListedPrice]]:
        lists = self._few().price_lists
        if not lists:
            return []
        prices = [price for price in self._made_prices(item_id) if price.price_list_id in lists]
        by_list = [(lists[price.price_list_id], price) for price in prices]
        return sorted(by_list, key=lambda each: (-each[0].priority, each[0].price_list_id, each[1].price_id))

    def promotions(self) -> Sequence[Promotion]:
        return self._few().promotions

    def customer(self, customer_id: str) -> Customer | None:
        return _first(_made(v.customer_from, self._all(_CUSTOMER, customer_id=customer_id)))

    def search_customers(self, text: str, limit: int) -> Sequence[Customer]:
        found = self._database.read(lambda connection: _SEARCH_CUSTOMERS.run(connection, text, limit))
        return _made(v.customer_from, found)

    def receipt_texts(self) -> Sequence[ReceiptText]:
        return self._few().receipt_texts

    def settings(self) -> Sequence[Setting]:
        return _made(v.setting_from, self._all(_SETTINGS))

    def departments(self) -> Sequence[Department]:
        return _made(v.department_from, self._all(_DEPARTMENTS))

    def items_in_department(self, department_id: str, limit: int, offset: int = 0) -> Sequence[Item]:
        """By name."""
        asked = {"department_id": department_id, "limit": limit, "offset": offset}
        return _made(v.item_from, self._all(_IN_DEPARTMENT, **asked))

    def quick_keys(self) -> Sequence[QuickKey]:
        return _made(v.quick_key_from, self._all(_QUICK_KEYS))

    def vat_rate(self, code: str) -> VatRate | None:
        return _first(_made(v.vat_rate_from, self._all(_VAT_RATE, code=code)))

    def staff(self) -> Sequence[StaffMember]:
        return _made(v.staff_from, self._all(_STAFF))

    def shop(self) -> Shop | None:
        return self._few().shop

    def picture(self, sha256: str) -> bytes | None:
        return self._pictures.read(sha256)

    def want_picture(self, sha256: str) -> None:
        self._pictures.ask(sha256)

    # ----------------------------------------------------------------- inside

    def _made_prices(self, item_id: str) -> list[ListedPrice]:
        return _made(v.price_from, self._all(_PRICES, item_id=item_id))

    def _few(self) -> _Few:
        # Asked before the reading: what is written during it makes the answer stale, not wrong for good.
        as_of = (self._changes, self._database.renewals)
        kept = self._kept
        if kept is None or kept.as_of != as_of:
            kept = self._kept = self._database.read(lambda connection: _read_few(connection, as_of))
        return kept

    def _all(self, statement: Select[Any], **parameters: object) -> Sequence[v.AnyRow]:
        return self._database.read(lambda connection: connection.execute(statement, parameters).all())


def _read_few(connection: Connection, as_of: tuple[int, int]) -> _Few:
    shop = _first(_made(v.shop_from, connection.execute(_SHOP).all()))
    locations = _made(v.location_from, connection.execute(_LOCATIONS).all())
    own = [location for location in locations if shop is None or location.shop_id == shop.shop_id]
    default = next((location for location in (*own, *locations) if location.is_default), None)
    if default is not None:
        locations.sort(key=lambda location: location is not default)
    return _Few(
        as_of,
        shop,
        tuple(_made(v.receipt_text_from, connection.execute(_RECEIPT_TEXTS).all())),
        tuple(locations),
        default.location_id if default is not None else "",
        {
            each.price_list_id: each
            for each in _made(v.price_list_from, connection.execute(_PRICE_LISTS).all())
        },
        tuple(_made(v.promotion_from, connection.execute(_PROMOTIONS).all())),
    )


def _made(make: Callable[[v.AnyRow], _T], rows: Iterable[v.AnyRow]) -> list[_T]:
    values: list[_T] = []
    for row in rows:
        try:
            values.append(make(row))
        except (ValueError, DomainError, MsgspecError) as error:
            log.warning("left out a row of the catalogue (%s): %s", make.__name__, error)
    return values


def _first(values: Sequence[_T]) -> _T | None:
    return values[0] if values else None
