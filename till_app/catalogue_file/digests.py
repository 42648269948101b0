"""The checksum sweep's sums over the rows of a catalogue file: each record is made again from its row."""

import time
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection

from till_app.catalogue_file.records import KINDS, Kind
from till_app.wire.sweeping import bucket_of, digest_of, summed

_ROWS_AT_ONCE = 500
_NO_RECORD = 0
"""The digest of a row that was damaged so that no record can be made of it: it differs from any record's."""


def digests(connection: Connection, kind: str, *, pause_s: float = 0.0) -> Iterator[tuple[str, int]]:
    """`(record_id, digest)` of every record of a kind, in no particular order.

    `pause_s` is waited after each few hundred rows, so that other threads come to their turn. Raises KeyError
    for an unknown kind.
    """
    of_kind = KINDS[kind]
    columns = ", ".join(f'"{name}"' for name in of_kind.fields)
    statement = f"SELECT rowid, {columns} FROM {kind} WHERE rowid > ? ORDER BY rowid LIMIT {_ROWS_AT_ONCE}"
    last_rowid = -1
    while rows := connection.exec_driver_sql(statement, (last_rowid,)).all():
        for row in rows:
            fields = tuple(row)[1:]
            yield of_kind.record_id(fields), _digest(of_kind, fields)
        last_rowid = rows[-1][0]
        if pause_s:
            time.sleep(pause_s)


def bucket_sums(connection: Connection, kind: str, of_buckets: int, *, pause_s: float = 0.0) -> list[int]:
    """The sum of each bucket's digests. Raises KeyError for an unknown kind."""
    sums = [0] * of_buckets
    for record_id, digest in digests(connection, kind, pause_s=pause_s):
        sums[bucket_of(record_id, of_buckets)] += digest
    return [summed([value]) for value in sums]


def bucket_rows(
    connection: Connection, kind: str, bucket: int, of_buckets: int, *, pause_s: float = 0.0
) -> dict[str, int]:
    """The digests of one bucket by record id; only its own records are made. Raises KeyError as above."""
    of_kind = KINDS[kind]
    keys = ", ".join(f'"{name}"' for name in of_kind.key)
    columns = ", ".join(f'"{name}"' for name in of_kind.fields)
    found: dict[str, int] = {}
    last_rowid = -1
    while rows := connection.exec_driver_sql(
        f"SELECT rowid, {keys} FROM {kind} WHERE rowid > ? ORDER BY rowid LIMIT {_ROWS_AT_ONCE}",
        (last_rowid,),
    ).all():
        wanted = [row[0] for row in rows if bucket_of(of_kind.joined_id(row[1:]), of_buckets) == bucket]
        if wanted:
            places = ", ".join("?" * len(wanted))
            for row in connection.exec_driver_sql(
                f"SELECT {columns} FROM {kind} WHERE rowid IN ({places})", tuple(wanted)
            ):
                found[of_kind.record_id(row)] = _digest(of_kind, tuple(row))
        last_rowid = rows[-1][0]
        if pause_s:
            time.sleep(pause_s)
    return found


def _digest(kind: Kind, fields: Sequence[Any]) -> int:
    try:
        return digest_of(kind.record(fields))
    except (msgspec.MsgspecError, TypeError):
        return _NO_RECORD
