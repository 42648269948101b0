"""Applying the hub's feed to the cache within a transaction that the caller holds."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Connection

from till_app.catalogue_file.records import ITEM, KIND_OF, KINDS, Kind, Row
from till_app.catalogue_file.searching import SEARCHED, Searched
from till_app.catalogue_file.values import record_of
from till_app.services.ports import CatalogueRecord, Gone

_T = TypeVar("_T")

_BATCH = 500
"""Ids asked for in one statement."""
_PICTURE = ITEM.fields.index("picture")

_GENERATION = "SELECT generation FROM feed_state"
_CURSOR = "SELECT cursor FROM feed_state"
_SAVE_CURSOR = "UPDATE feed_state SET cursor = ?"
_NEXT_GENERATION = "UPDATE feed_state SET cursor = '', generation = generation + 1"
_COUNT_FORGOTTEN = "SELECT count(*) FROM item WHERE generation < (SELECT generation FROM feed_state)"
_LOOKED_THROUGH = "SELECT pictures_looked_through FROM feed_state"
_WANT_PICTURE = "INSERT INTO wanted_picture (sha256) VALUES (?) ON CONFLICT DO NOTHING"


def apply_page(
    connection: Connection,
    records: Sequence[CatalogueRecord],
    next_cursor: str | None,
    has_picture: Callable[[str], bool],
) -> None:
    """Records are whole, so of several for one id only the last counts. Without a cursor the one that is
    there stays."""
    (generation,) = connection.exec_driver_sql(_GENERATION).one()
    rows, gone = _latest(records)
    for name, of_kind in rows.items():
        if name in SEARCHED:
            _replace_searched(connection, SEARCHED[name], of_kind, generation, has_picture)
        else:
            # SQL with plain tuples: a compiled statement makes a dictionary of each row, which costs more
            # than writing it.
            connection.exec_driver_sql(
                KINDS[name].replace_statement, [(*row, generation) for row in of_kind.values()]
            )
    for name, record_ids in gone.items():
        if name in SEARCHED:
            _remove_searched(connection, SEARCHED[name], _present(connection, KINDS[name], record_ids))
        else:
            connection.exec_driver_sql(
                KINDS[name].remove_statement, [KINDS[name].split_id(each) for each in record_ids]
            )
    if next_cursor is not None:
        connection.exec_driver_sql(_SAVE_CURSOR, (next_cursor,))


def cursor(connection: Connection) -> str:
    saved: str = connection.exec_driver_sql(_CURSOR).scalar_one()
    return saved


def begin_generation(connection: Connection) -> None:
    connection.exec_driver_sql(_NEXT_GENERATION)


def remove_forgotten(connection: Connection) -> None:
    """What no record of this generation mentioned. The words, written in hundreds of pages, become one index:
    of a million items that takes seconds and makes a search ten times as fast."""
    (generation,) = connection.exec_driver_sql(_GENERATION).one()
    for kind in KINDS.values():
        if kind.name in SEARCHED:
            searched = SEARCHED[kind.name]
            while forgotten := _numbered_rows(
                connection, kind, f"generation < ? LIMIT {_BATCH}", (generation,)
            ):
                _remove_searched(connection, searched, forgotten)
            words = searched.words_table
            connection.exec_driver_sql(f"INSERT INTO {words} ({words}) VALUES ('optimize')")
        else:
            connection.exec_driver_sql(f"DELETE FROM {kind.name} WHERE generation < ?", (generation,))


def count_items(connection: Connection) -> int:
    return _number(connection, "SELECT count(*) FROM item")


def has_items(connection: Connection) -> bool:
    """At once, however many there are."""
    return _number(connection, "SELECT EXISTS (SELECT 1 FROM item)") == 1


def count_known(connection: Connection, item_ids: Iterable[str]) -> int:
    return sum(
        _number(connection, f"SELECT count(*) FROM item WHERE item_id IN ({_places(batch)})", batch)
        for batch in _batches(set(item_ids))
    )


def count_forgotten(connection: Connection) -> int:
    return _number(connection, _COUNT_FORGOTTEN)


def _number(connection: Connection, statement: str, asked: tuple[Any, ...] = ()) -> int:
    return int(connection.exec_driver_sql(statement, asked).scalar_one())


def _latest(
    records: Sequence[CatalogueRecord],
) -> tuple[dict[str, dict[str, Row]], dict[str, dict[str, None]]]:
    """Rows and tombstones by kind and id, without tombstones of kinds that this release does not know."""
    rows: dict[str, dict[str, Row]] = {}
    gone: dict[str, dict[str, None]] = {}
    for record in records:
        if isinstance(record, Gone):
            if record.kind in KINDS:
                kind = KINDS[record.kind]
                record_id = kind.joined_id(kind.split_id(record.record_id))
                rows.get(kind.name, {}).pop(record_id, None)
                gone.setdefault(kind.name, {})[record_id] = None
        else:
            message = record_of(record)
            kind = KIND_OF[type(message)]
            row = kind.row(message)
            record_id = kind.record_id(row)
            gone.get(kind.name, {}).pop(record_id, None)
            rows.setdefault(kind.name, {})[record_id] = row
    return _without_empty(rows), _without_empty(gone)


def _without_empty(of_kinds: dict[str, dict[str, _T]]) -> dict[str, dict[str, _T]]:
    return {name: of_kind for name, of_kind in of_kinds.items() if of_kind}


def _replace_searched(
    connection: Connection,
    searched: Searched,
    rows: Mapping[str, Row],
    generation: int,
    has_picture: Callable[[str], bool],
) -> None:
    """Codes and words are touched only where they changed: most changes are of prices."""
    kind = searched.kind
    present = {kind.record_id(row): (number, row) for number, row in _present(connection, kind, rows)}
    last_number = _number(connection, f"SELECT coalesce(max(number), 0) FROM {kind.name}")
    replaced: list[tuple[Any, ...]] = []
    old_keys: list[tuple[str, int]] = []
    new_keys: list[tuple[str, int]] = []
    old_words: list[tuple[int]] = []
    new_words: list[tuple[int, str]] = []
    pictures: list[str] = []
    for record_id, row in rows.items():
        keys, words = searched.keys_of(row), searched.words_of(row)
        if record_id in present:
            number, before = present[record_id]
            keys_before, words_before = searched.keys_of(before), searched.words_of(before)
            picture_before = before[_PICTURE] if kind is ITEM else None
        else:
            number = last_number = last_number + 1
            keys_before, words_before = frozenset(), None
            picture_before = None
        replaced.append((*row, generation))
        old_keys.extend((key, number) for key in keys_before - keys)
        new_keys.extend((key, number) for key in keys - keys_before)
        if words != words_before:
            if words_before is not None:
                old_words.append((number,))
            new_words.append((number, words))
        if kind is ITEM and row[_PICTURE] not in (None, picture_before):
            pictures.append(row[_PICTURE])
    connection.exec_driver_sql(kind.replace_statement, replaced)
    _change_keys(connection, searched, old_keys, new_keys)
    _change_words(connection, searched, old_words, new_words)
    if pictures:
        _want(connection, pictures, has_picture)


def _want(connection: Connection, pictures: Iterable[str], has_picture: Callable[[str], bool]) -> None:
    """Those that come after what has been looked through are found when it is their turn."""
    looked_through: str = connection.exec_driver_sql(_LOOKED_THROUGH).scalar_one()
    missing = [(each,) for each in sorted(set(pictures)) if each <= looked_through and not has_picture(each)]
    if missing:
        connection.exec_driver_sql(_WANT_PICTURE, missing)


def _remove_searched(connection: Connection, searched: Searched, present: Sequence[tuple[int, Row]]) -> None:
    if not present:
        return
    keys = [(key, number) for number, row in present for key in searched.keys_of(row)]
    numbers = [(number,) for number, _ in present]
    _change_keys(connection, searched, keys, ())
    _change_words(connection, searched, numbers, ())
    connection.exec_driver_sql(f"DELETE FROM {searched.kind.name} WHERE number = ?", numbers)


def _change_keys(
    connection: Connection,
    searched: Searched,
    old: Sequence[tuple[str, int]],
    new: Sequence[tuple[str, int]],
) -> None:
    table = searched.keys_table
    if old:
        connection.exec_driver_sql(f"DELETE FROM {table} WHERE key = ? AND number = ?", sorted(old))
    if new:
        connection.exec_driver_sql(f"INSERT INTO {table} (key, number) VALUES (?, ?)", sorted(new))


def _change_words(
    connection: Connection,
    searched: Searched,
    old: Sequence[tuple[int]],
    new: Sequence[tuple[int, str]],
) -> None:
    table = searched.words_table
    if old:
        connection.exec_driver_sql(f"DELETE FROM {table} WHERE rowid = ?", list(old))
    if new:
        connection.exec_driver_sql(f"INSERT INTO {table} (rowid, words) VALUES (?, ?)", list(new))


def _present(connection: Connection, kind: Kind, record_ids: Iterable[str]) -> list[tuple[int, Row]]:
    """Of a kind with numbers, whose key is one column."""
    found: list[tuple[int, Row]] = []
    for batch in _batches(record_ids):
        found.extend(_numbered_rows(connection, kind, f"{kind.key[0]} IN ({_places(batch)})", batch))
    return found


def _numbered_rows(
    connection: Connection, kind: Kind, condition: str, asked: tuple[Any, ...]
) -> list[tuple[int, Row]]:
    statement = f"SELECT number, {', '.join(kind.fields)} FROM {kind.name} WHERE {condition}"
    return [(row[0], tuple(row[1:])) for row in connection.exec_driver_sql(statement, asked)]


def _batches(values: Iterable[str]) -> Iterator[tuple[str, ...]]:
    left = iter(values)
    while batch := tuple(islice(left, _BATCH)):
        yield batch


def _places(values: Sequence[str]) -> str:
    return ", ".join("?" * len(values))
