"""The cache of what the hub owns, as one object: look-ups, search, the feed; damaged, it is made anew."""

import errno
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Select, bindparam, delete, exists, select, text

from till_app.domain.catalogue import Department, Item, QuickKey, Shop, StaffMember, StockLevel
from till_app.domain.tax import VatRate
from till_app.services.ports import CatalogueRecord, CatalogueUnavailable
from till_app.store import catalogue_feed as feed
from till_app.store import catalogue_rows as rows
from till_app.store import catalogue_tables as t
from till_app.store.catalogue_file import CatalogueFile
from till_app.store.catalogue_text import key_ranges, keys_for, search_expression
from till_app.store.pictures import PictureFolder

log = logging.getLogger(__name__)

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
_ITEMS_BY_NUMBER = select(t.item).where(t.item.c.number.in_(bindparam("numbers", expanding=True)))
_NUMBERS_OF_CODES = (
    select(t.item_key.c.number)
    .where(t.item_key.c.key >= bindparam("first"), t.item_key.c.key < bindparam("beyond"))
    .order_by(t.item_key.c.key)
    .limit(bindparam("limit"))
)
_NUMBERS_OF_WORDS = text(
    "SELECT rowid FROM item_words WHERE item_words MATCH :words ORDER BY rowid LIMIT :limit"
)
_STOCK = select(t.stock).where(t.stock.c.item_id == bindparam("item_id"))
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
_STAFF = select(t.staff).where(t.staff.c.active == 1).order_by(t.staff.c.name, t.staff.c.staff_id)
_SHOP = select(t.shop).order_by(t.shop.c.generation.desc(), t.shop.c.shop_id).limit(1)
_CURSOR = select(t.feed_state.c.cursor)
_MISSING_OF_QUICK_KEYS = (
    select(t.wanted_picture.c.sha256)
    .where(
        t.wanted_picture.c.sha256.in_(
            select(t.item.c.picture).where(t.item.c.item_id.in_(select(t.quick_key.c.item_id)))
        )
    )
    .limit(bindparam("limit"))
)
_MISSING = (
    select(t.wanted_picture.c.sha256)
    .where(exists().where(t.item.c.picture == t.wanted_picture.c.sha256))
    .limit(bindparam("limit"))
)
_PICTURE_IS_THERE = delete(t.wanted_picture).where(t.wanted_picture.c.sha256 == bindparam("sha256"))


class SqliteCatalogue:
    """Implements Catalogue and CatalogueFeed. Any thread may call, while one of them applies the feed.

    Nothing here is worth saving: a file that is damaged, or of another schema, is put aside and an empty one
    takes its place, at the opening as in the middle of a search. The feed then fills it from the start.
    """

    def __init__(self, path: Path) -> None:
        """Pictures live beside the file in `pictures/`. Raises CatalogueUnavailable, SqliteTooOld."""
        folder = path.parent / "pictures"
        self._pictures = PictureFolder(folder)
        self._file = CatalogueFile(path)
        self._renewals_at_cursor = 0
        """Of the file, when the feed last asked where it is."""
        if not folder.exists():
            self._file.write(feed.want_all_pictures)

    def close(self) -> None:
        """Every connection of every thread; stop those that use it first."""
        self._file.close()

    # --------------------------------------------------------------- look-ups

    def find(self, code: str) -> Sequence[Item]:
        keys = keys_for(code)
        parameters = dict.fromkeys(_KEY_NAMES, keys[0]) | dict(zip(_KEY_NAMES, keys, strict=False))
        return [rows.item_from(row) for row in self._all(_FIND, **parameters)]

    def item(self, item_id: str) -> Item | None:
        row = self._first(_ITEM, item_id=item_id)
        return rows.item_from(row) if row is not None else None

    def search(self, text: str, limit: int) -> Sequence[Item]:
        """Codes that begin with the text come first, then names, each in the order of the feed."""

        def numbers_then_items(connection: Connection) -> list[Item]:
            numbers: dict[int, None] = {}
            code = text.strip()
            for first, beyond in key_ranges(code) if code else ():
                bounds = {"first": first, "beyond": beyond, "limit": limit}
                numbers |= dict.fromkeys(connection.execute(_NUMBERS_OF_CODES, bounds).scalars())
            words = search_expression(text)
            if words:
                asked = {"words": words, "limit": limit}
                numbers |= dict.fromkeys(connection.execute(_NUMBERS_OF_WORDS, asked).scalars())
            wanted = list(numbers)[:limit]
            found = connection.execute(_ITEMS_BY_NUMBER, {"numbers": wanted}).all() if wanted else []
            by_number = {row.number: row for row in found}
            return [rows.item_from(by_number[number]) for number in wanted if number in by_number]

        return self._file.read(numbers_then_items)

    def stock(self, item_id: str) -> StockLevel | None:
        row = self._first(_STOCK, item_id=item_id)
        return rows.stock_from(row) if row is not None else None

    def departments(self) -> Sequence[Department]:
        return [rows.department_from(row) for row in self._all(_DEPARTMENTS)]

    def items_in_department(self, department_id: str, limit: int, offset: int = 0) -> Sequence[Item]:
        """By name."""
        found = self._all(_IN_DEPARTMENT, department_id=department_id, limit=limit, offset=offset)
        return [rows.item_from(row) for row in found]

    def quick_keys(self) -> Sequence[QuickKey]:
        return [rows.quick_key_from(row) for row in self._all(_QUICK_KEYS)]

    def vat_rate(self, code: str) -> VatRate | None:
        row = self._first(_VAT_RATE, code=code)
        return rows.vat_rate_from(row) if row is not None else None

    def staff(self) -> Sequence[StaffMember]:
        return [rows.staff_from(row) for row in self._all(_STAFF)]

    def shop(self) -> Shop | None:
        row = self._first(_SHOP)
        return rows.shop_from(row) if row is not None else None

    def picture(self, sha256: str) -> bytes | None:
        return self._pictures.read(sha256)

    # --------------------------------------------------------------- the feed

    def cursor(self) -> str:
        def read(connection: Connection) -> str:
            self._renewals_at_cursor = self._file.renewals
            cursor: str = connection.execute(_CURSOR).scalar_one()
            return cursor

        return self._file.read(read)

    def apply(self, records: Sequence[CatalogueRecord], next_cursor: str) -> None:
        def apply_page(connection: Connection) -> None:
            if self._renewals_at_cursor == self._file.renewals:
                feed.apply_page(connection, records, next_cursor, self._pictures)
            else:
                log.info("a page was dropped: the catalogue cache was made anew since the feed asked")

        self._file.write(apply_page)

    def begin_again(self) -> None:
        def begin(connection: Connection) -> None:
            self._renewals_at_cursor = self._file.renewals
            feed.begin_generation(connection)

        self._file.write(begin)

    def end_again(self) -> None:
        self._file.write(feed.remove_forgotten)

    def item_count(self) -> int:
        return self._file.read(feed.count_items)

    def known_items(self, item_ids: Sequence[str]) -> int:
        return self._file.read(lambda connection: feed.count_known(connection, item_ids))

    def unmentioned_items(self) -> int:
        return self._file.read(feed.count_forgotten)

    def missing_pictures(self, limit: int) -> Sequence[str]:
        first = self._all(_MISSING_OF_QUICK_KEYS, limit=limit)
        names = dict.fromkeys(row.sha256 for row in first)
        if len(names) < limit:
            names |= dict.fromkeys(row.sha256 for row in self._all(_MISSING, limit=limit))
        return list(names)[:limit]

    def add_picture(self, sha256: str, content: bytes) -> None:
        """Raises PictureDiffers, and CatalogueUnavailable when the disk is full or fails."""
        try:
            self._pictures.add(sha256, content)
        except OSError as error:
            code = "disk_full" if error.errno == errno.ENOSPC else "disk_failed"
            raise CatalogueUnavailable(code, str(error)) from error
        self._file.write(lambda connection: connection.execute(_PICTURE_IS_THERE, {"sha256": sha256}))

    # ----------------------------------------------------------------- inside

    def _all(self, statement: Select[Any], **parameters: object) -> Sequence[rows.AnyRow]:
        return self._file.read(lambda connection: connection.execute(statement, parameters).all())

    def _first(self, statement: Select[Any], **parameters: object) -> rows.AnyRow | None:
        return next(iter(self._all(statement, **parameters)), None)
