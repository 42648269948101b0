"""The digests of a catalogue file's records some at a time, so that nobody waits long for them."""

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection

from till_app.catalogue_file.records import KINDS, Kind
from till_app.wire.sweeping import digest_of

ROWS_IN_A_STEP = 1_000
"""A few hundredths of a second."""
_ASKED_AT_ONCE = 250
_NO_RECORD = 0
"""The digest of a row that was damaged so that no record can be made of it: it differs from any record's."""


def next_digests(connection: Connection, kind: str, after: int) -> tuple[list[tuple[str, int]], int | None]:
    """Ids and digests of the rows after a place, 0 for the beginning, and the next place; None at the end.
    Of a kind that this release does not know there are none."""
    of_kind = KINDS.get(kind)
    if of_kind is None:
        return [], None
    rows = connection.exec_driver_sql(
        f"SELECT rowid, {_listed(of_kind.fields)} FROM {kind} WHERE rowid > ? ORDER BY rowid LIMIT ?",
        (after, ROWS_IN_A_STEP),
    ).all()
    found = [(of_kind.record_id(row[1:]), _digest(of_kind, row[1:])) for row in rows]
    return found, rows[-1][0] if len(rows) == ROWS_IN_A_STEP else None


def digests_of(connection: Connection, kind: str, record_ids: Sequence[str]) -> dict[str, int]:
    """Of those that are here."""
    of_kind = KINDS.get(kind)
    if of_kind is None:
        return {}
    key = ", ".join(f'"{name}"' for name in of_kind.key)
    one = f"({', '.join('?' * len(of_kind.key))})"
    found: dict[str, int] = {}
    for at in range(0, len(record_ids), _ASKED_AT_ONCE):
        asked = [of_kind.split_id(record_id) for record_id in record_ids[at : at + _ASKED_AT_ONCE]]
        rows = connection.exec_driver_sql(
            f"SELECT {_listed(of_kind.fields)} FROM {kind}"
            f" WHERE ({key}) IN (VALUES {', '.join([one] * len(asked))})",
            tuple(part for parts in asked for part in parts),
        )
        found |= {of_kind.record_id(row): _digest(of_kind, row) for row in rows}
    return found


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def _digest(kind: Kind, fields: Sequence[Any]) -> int:
    try:
        return digest_of(kind.record(fields))
    except (msgspec.MsgspecError, TypeError):
        return _NO_RECORD
