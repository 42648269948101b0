"""Applying the hub's feed to the cache within a transaction that the caller holds."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Delete, Table, bindparam, delete, func, select, text, update
from sqlalchemy.dialects.sqlite import Insert
from sqlalchemy.dialects.sqlite import insert as upsert

from till_app.domain.catalogue import Department, Item, QuickKey, Shop, StaffMember, StockLevel
from till_app.domain.tax import VatRate
from till_app.services.ports import CatalogueRecord, Gone
from till_app.store import catalogue_rows as rows
from till_app.store import catalogue_tables as t
from till_app.store.catalogue_text import folded_words, item_keys
from till_app.store.pictures import PictureFolder

_BATCH = 500
"""Ids asked for in one statement."""


def _replacing(table: Table, key: str) -> Insert:
    statement = upsert(table)
    columns = [column.name for column in table.columns if column.name not in (key, "number")]
    return statement.on_conflict_do_update(
        index_elements=[key], set_={name: statement.excluded[name] for name in columns}
    )


@dataclass(frozen=True, slots=True)
class _Kind:
    """How one kind of small record is kept."""

    table: Table
    key: str
    row_of: Callable[[Any], rows.Parameters]

    @property
    def replace(self) -> Insert:
        return _REPLACE[self.table.name]

    @property
    def remove(self) -> Delete:
        return _REMOVE[self.table.name]


_KINDS = {
    StockLevel: _Kind(t.stock, "item_id", rows.stock_row),
    Department: _Kind(t.department, "department_id", rows.department_row),
    VatRate: _Kind(t.vat_rate, "code", rows.vat_rate_row),
    QuickKey: _Kind(t.quick_key, "quick_key_id", rows.quick_key_row),
    StaffMember: _Kind(t.staff, "staff_id", rows.staff_row),
    Shop: _Kind(t.shop, "shop_id", rows.shop_row),
}
_ITEM_KIND = "item"
_KINDS_BY_NAME = {kind.table.name: kind for kind in _KINDS.values()}
"""The feed's names of kinds are those of the tables."""

_REPLACE = {kind.table.name: _replacing(kind.table, kind.key) for kind in _KINDS.values()}
_REMOVE = {
    kind.table.name: delete(kind.table).where(kind.table.c[kind.key] == bindparam("record_id"))
    for kind in _KINDS.values()
}
_FORGOTTEN = {
    kind.table.name: delete(kind.table).where(kind.table.c.generation < bindparam("generation"))
    for kind in _KINDS.values()
}
_REPLACE_ITEMS = _replacing(t.item, "item_id")
_PRESENT_ITEMS = select(t.item).where(t.item.c.item_id.in_(bindparam("item_ids", expanding=True)))
_FORGOTTEN_ITEMS = select(t.item).where(t.item.c.generation < bindparam("generation"))
_REMOVE_ITEM = delete(t.item).where(t.item.c.number == bindparam("of_number"))
_LAST_NUMBER = select(func.coalesce(func.max(t.item.c.number), 0))
# As SQL with plain tuples: a first load has several of them for each item, and a compiled statement makes a
# dictionary of each, which costs more than writing it.
_ADD_KEYS = "INSERT INTO item_key (key, number) VALUES (?, ?)"
_ADD_WORDS = "INSERT INTO item_words (rowid, words) VALUES (?, ?)"
_REMOVE_KEYS = delete(t.item_key).where(
    t.item_key.c.key == bindparam("of_key"), t.item_key.c.number == bindparam("of_number")
)
_REMOVE_WORDS = text("DELETE FROM item_words WHERE rowid = :number")
_OPTIMISE_WORDS = text("INSERT INTO item_words (item_words) VALUES ('optimize')")
_COUNT_ITEMS = select(func.count()).select_from(t.item)
_COUNT_KNOWN = (
    select(func.count())
    .select_from(t.item)
    .where(t.item.c.item_id.in_(bindparam("item_ids", expanding=True)))
)
_COUNT_FORGOTTEN = (
    select(func.count())
    .select_from(t.item)
    .where(t.item.c.generation < select(t.feed_state.c.generation).scalar_subquery())
)
_WANT_ALL_PICTURES = (
    upsert(t.wanted_picture)
    .from_select(["sha256"], select(t.item.c.picture).where(t.item.c.picture.is_not(None)).distinct())
    .on_conflict_do_nothing()
)
_WANT_PICTURE = upsert(t.wanted_picture).on_conflict_do_nothing()
_GENERATION = select(t.feed_state.c.generation)
_SAVE_CURSOR = update(t.feed_state).values(cursor=bindparam("next_cursor"))
_NEXT_GENERATION = update(t.feed_state).values(cursor="", generation=t.feed_state.c.generation + 1)


def apply_page(
    connection: Connection, records: Sequence[CatalogueRecord], next_cursor: str, pictures: PictureFolder
) -> None:
    """Records are whole, so of several for one id only the last counts."""
    latest = {_identity_of(record): record for record in records}
    generation = connection.execute(_GENERATION).scalar_one()
    items = [record for record in latest.values() if isinstance(record, Item)]
    _replace_items(connection, items, generation, pictures)
    _remove_items(connection, [key for (kind, key), record in latest.items() if _is_gone(record, kind)])
    for record_type, kind in _KINDS.items():
        parameters = [
            kind.row_of(record) | {"generation": generation}
            for record in latest.values()
            if isinstance(record, record_type)
        ]
        if parameters:
            connection.execute(kind.replace, parameters)
    for record in latest.values():
        if isinstance(record, Gone) and record.kind in _KINDS_BY_NAME:
            connection.execute(_KINDS_BY_NAME[record.kind].remove, {"record_id": record.record_id})
    connection.execute(_SAVE_CURSOR, {"next_cursor": next_cursor})


def begin_generation(connection: Connection) -> None:
    connection.execute(_NEXT_GENERATION)


def remove_forgotten(connection: Connection) -> None:
    """What no record of this generation mentioned. The words, written in hundreds of pages, become one index:
    of a million items that takes seconds and makes a search ten times as fast."""
    generation = {"generation": connection.execute(_GENERATION).scalar_one()}
    forgotten = connection.execute(_FORGOTTEN_ITEMS, generation).all()
    _remove_rows(connection, forgotten)
    for statement in _FORGOTTEN.values():
        connection.execute(statement, generation)
    connection.execute(_OPTIMISE_WORDS)


def count_items(connection: Connection) -> int:
    count: int = connection.execute(_COUNT_ITEMS).scalar_one()
    return count


def count_known(connection: Connection, item_ids: Iterable[str]) -> int:
    ids = iter(set(item_ids))
    count = 0
    while batch := list(islice(ids, _BATCH)):
        count += connection.execute(_COUNT_KNOWN, {"item_ids": batch}).scalar_one()
    return count


def count_forgotten(connection: Connection) -> int:
    count: int = connection.execute(_COUNT_FORGOTTEN).scalar_one()
    return count


def want_all_pictures(connection: Connection) -> None:
    """After the folder was lost."""
    connection.execute(_WANT_ALL_PICTURES)


def _identity_of(record: CatalogueRecord) -> tuple[str, str]:
    if isinstance(record, Gone):
        return record.kind, record.record_id
    if isinstance(record, Item):
        return _ITEM_KIND, record.item_id
    kind = _KINDS[type(record)]
    key: str = getattr(record, kind.key)
    return kind.table.name, key


def _is_gone(record: CatalogueRecord, kind: str) -> bool:
    return isinstance(record, Gone) and kind == _ITEM_KIND


def _present(connection: Connection, item_ids: Iterable[str]) -> list[rows.AnyRow]:
    ids = iter(item_ids)
    found: list[rows.AnyRow] = []
    while batch := list(islice(ids, _BATCH)):
        found.extend(connection.execute(_PRESENT_ITEMS, {"item_ids": batch}).all())
    return found


def _replace_items(
    connection: Connection, items: Collection[Item], generation: int, pictures: PictureFolder
) -> None:
    """Codes and words are touched only where they changed: most changes are of prices."""
    present = {row.item_id: row for row in _present(connection, (item.item_id for item in items))}
    next_number = connection.execute(_LAST_NUMBER).scalar_one() + 1
    parameters: list[rows.Parameters] = []
    old_keys: list[tuple[str, int]] = []
    new_keys: list[tuple[str, int]] = []
    old_words: list[int] = []
    new_words: list[tuple[int, str]] = []
    wanted: set[str] = set()
    for item in items:
        row = present.get(item.item_id)
        keys = item_keys(item)
        if row is None:
            number, next_number = next_number, next_number + 1
            keys_before: frozenset[str] = frozenset()
        else:
            number = row.number
            keys_before = item_keys(rows.item_from(row))
        parameters.append(rows.item_row(item) | {"number": number, "generation": generation})
        old_keys.extend((key, number) for key in keys_before - keys)
        new_keys.extend((key, number) for key in keys - keys_before)
        if row is None or row.name != item.name:
            if row is not None:
                old_words.append(number)
            new_words.append((number, " ".join(folded_words(item.name))))
        if item.picture is not None and (row is None or row.picture != item.picture):
            wanted.add(item.picture)
    if parameters:
        connection.execute(_REPLACE_ITEMS, parameters)
    _change_keys(connection, old_keys, new_keys)
    _change_words(connection, old_words, new_words)
    missing = [{"sha256": sha256} for sha256 in sorted(wanted) if not pictures.has(sha256)]
    if missing:
        connection.execute(_WANT_PICTURE, missing)


def _remove_items(connection: Connection, item_ids: Sequence[str]) -> None:
    _remove_rows(connection, _present(connection, item_ids))


def _remove_rows(connection: Connection, present: Sequence[rows.AnyRow]) -> None:
    if not present:
        return
    _change_keys(
        connection, [(key, row.number) for row in present for key in item_keys(rows.item_from(row))], ()
    )
    _change_words(connection, [row.number for row in present], ())
    connection.execute(_REMOVE_ITEM, [{"of_number": row.number} for row in present])


def _change_keys(
    connection: Connection, old: Sequence[tuple[str, int]], new: Sequence[tuple[str, int]]
) -> None:
    if old:
        connection.execute(_REMOVE_KEYS, [{"of_key": key, "of_number": number} for key, number in old])
    if new:
        connection.exec_driver_sql(_ADD_KEYS, sorted(new))


def _change_words(connection: Connection, old: Sequence[int], new: Sequence[tuple[int, str]]) -> None:
    if old:
        connection.execute(_REMOVE_WORDS, [{"number": number} for number in old])
    if new:
        connection.exec_driver_sql(_ADD_WORDS, list(new))
