"""Entries that contradict what their till sent before, and which chain took them over. Reads only."""

import msgspec
from sqlalchemy import Connection, func, select

from till_app.hub.tables import fork, till

MAX_LISTED = 500
_SHOWN_BODY_BYTES = 2_000


class ForkedEntry(msgspec.Struct, frozen=True):
    till_id: str
    till_code: str
    seq: int
    uuid: str
    kind: str
    at: str
    received_at: str
    hash: str
    body: str
    """Its beginning."""
    adopted_by_till_id: str | None
    """The till in whose journal the same fact arrived later, and counts."""


def forks(connection: Connection) -> list[ForkedEntry]:
    """The newest first."""
    columns = [column for column in fork.c if column.name != "body"]
    rows = connection.execute(
        select(*columns, till.c.till_code, func.substr(fork.c.body, 1, _SHOWN_BODY_BYTES).label("body"))
        .join(till, till.c.till_id == fork.c.till_id)
        .order_by(fork.c.received_at.desc(), fork.c.till_id, fork.c.seq.desc())
        .limit(MAX_LISTED)
    )
    return [
        ForkedEntry(
            row.till_id,
            row.till_code,
            row.seq,
            row.uuid,
            row.kind,
            row.at,
            row.received_at,
            row.hash,
            bytes(row.body).decode(errors="ignore"),
            row.adopted_by_till_id,
        )
        for row in rows
    ]
