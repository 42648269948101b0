"""One transaction of changes to what the hub owns, whether a file or a person makes them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Row, Table, insert, select, update

from till_app.domain.ids import new_uuid7
from till_app.hub.cells import MAX_CODE_LENGTH, BadCell, checked_text
from till_app.hub.feed import FeedWriter, bump_catalogue_version, require_no_import
from till_app.hub.refusals import Refused
from till_app.wire.exchange import ErrorCode

AnyRow = Row[Any]
_MAX_INTEGER = 2**31 - 1


class Outcome(StrEnum):
    """What became of a record that was given."""

    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Editing:
    """Changes of one transaction. What is asked of it raises BadCell for values that make no sense."""

    connection: Connection
    feed: FeedWriter
    now: datetime

    def new_id(self) -> str:
        return new_uuid7(self.now)

    def store(self, table: Table, key: dict[str, object], values: dict[str, object], is_known: bool) -> None:
        """The row with that key gets the values; a new one is inserted."""
        if not is_known:
            self.connection.execute(insert(table).values(**key, **values))
        elif values:
            self.connection.execute(update(table).where(*_equal(table, key)).values(**values))

    def row(self, table: Table, **key: object) -> AnyRow | None:
        if not all(_may_be_kept(value) for value in key.values()):
            return None
        return self.connection.execute(select(table).where(*_equal(table, key))).first()

    def outcome(self, *, is_known: bool, has_changed: bool) -> Outcome:
        if not is_known:
            return Outcome.ADDED
        return Outcome.CHANGED if has_changed else Outcome.UNCHANGED


def _may_be_kept(value: object) -> bool:
    """Databases refuse some values even to look for them."""
    if isinstance(value, str):
        return "\0" not in value
    return not isinstance(value, int) or abs(value) <= _MAX_INTEGER


def _equal(table: Table, key: dict[str, object]) -> list[ColumnElement[bool]]:
    return [table.c[name] == value for name, value in key.items()]


@contextmanager
def editing(connection: Connection, now: datetime) -> Iterator[Editing]:
    """A person's edit, which ends the transaction. Raises Refused 400 for what makes no sense, and 503
    while an import is going in."""
    require_no_import(connection)
    edit = Editing(connection, FeedWriter(connection), now)
    try:
        yield edit
    except BadCell as bad:
        raise Refused(400, ErrorCode.BAD_REQUEST, bad.words) from bad
    if edit.feed.has_changes:
        bump_catalogue_version(connection)
    edit.feed.flush()


def checked_code(column: str, raw: str) -> str:
    return checked_text(column, raw, MAX_CODE_LENGTH, required=True)


def row_of(connection: Connection, column: Column[str], value: str, words: str) -> AnyRow:
    """The row with that code. Raises Refused 404, also for a code that no row could have."""
    row = None
    if "\0" not in value:
        row = connection.execute(select(column.table).where(column == value)).first()
    if row is None:
        raise not_found(words, value)
    return row


def not_found(words: str, value: str) -> Refused:
    return Refused(404, ErrorCode.NOT_FOUND, f"There is no {words} {value[:MAX_CODE_LENGTH]}.")


def id_of(
    connection: Connection, id_column: Column[str], code_column: Column[str], code: str, words: str
) -> str:
    """The id of what a value names by its code. Raises BadCell."""
    found = connection.execute(select(id_column).where(code_column == checked_code(words, code))).scalar()
    if found is None:
        raise BadCell(f"unknown_{words.replace(' ', '_')}", f"there is no {words} {code[:MAX_CODE_LENGTH]!r}")
    return found
