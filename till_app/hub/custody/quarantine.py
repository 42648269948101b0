"""Entries that the hub keeps and could not apply: what each code means, and lists of them. Reads only."""

from dataclasses import dataclass

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, Select, func, select

from till_app.hub.refusals import Refused
from till_app.hub.tables import entry, till
from till_app.wire.exchange import ErrorCode, QuarantineCode, WaitingEntry

MAX_LISTED = 500
_SHOWN_BODY_BYTES = 2_000
IS_WAITING: ColumnElement[bool] = entry.c.quarantine_code.is_not(None) & entry.c.resolution.is_(None)


@dataclass(frozen=True, slots=True)
class Explained:
    words: str
    advice: str
    can_accept: bool = False
    """Whether a person may say that the facts count as they are."""


_UNEXPLAINED = Explained(
    "The hub could not apply the entry.", "Try it again; if that fails, set it aside with a note."
)
EXPLAINED = {
    QuarantineCode.UNKNOWN_KIND: Explained(
        "This release of the hub does not know entries of this kind.",
        "Update the hub: it applies the entry by itself when it starts.",
    ),
    QuarantineCode.NEWER_VERSION: Explained(
        "A newer release of the till wrote the entry than this hub can read.",
        "Update the hub: it applies the entry by itself when it starts.",
    ),
    QuarantineCode.MALFORMED_BODY: Explained(
        "The entry's content makes no sense.",
        "Look at what is shown of it, put right at the till what it was about, and set it aside with a note.",
    ),
    QuarantineCode.SUMS_DIFFER: Explained(
        "The entry's own figures do not add up.",
        "Compare with the paper receipt. Accept the till's figures as they are, or correct at the till and"
        " set it aside.",
        can_accept=True,
    ),
    QuarantineCode.OVER_RETURNED: Explained(
        "More came back, in quantity or value, than the sale sold; another till took goods back before.",
        "Look into both returns. Accept it if the money was given out, or set it aside with a note.",
        can_accept=True,
    ),
    QuarantineCode.DUPLICATE_UUID: Explained(
        "The hub has this fact already, from this or another till.",
        "Usually nothing is missing: compare the two and set this one aside.",
    ),
    QuarantineCode.UNKNOWN_ITEM: Explained(
        "It is about an item that the hub does not have.",
        "Bring the item in and apply the entry again, or set it aside.",
    ),
    QuarantineCode.UNKNOWN_CUSTOMER: Explained(
        "It is about a customer that the hub does not have.",
        "Bring the customer in and apply the entry again, or set it aside.",
    ),
    QuarantineCode.UNKNOWN_LOCATION: Explained(
        "It is about a stock location that the hub does not have.",
        "Bring the location in and apply the entry again, or set it aside.",
    ),
    QuarantineCode.BODY_TOO_LARGE: Explained(
        "The entry is larger than a hub takes without being asked.",
        "Accept it if its content is sound, or set it aside with a note.",
        can_accept=True,
    ),
}


def explained(code: str) -> Explained:
    return EXPLAINED.get(code, _UNEXPLAINED)


class QuarantinedEntry(msgspec.Struct, frozen=True):
    till_id: str
    till_code: str
    seq: int
    uuid: str
    kind: str
    version: int
    at: str
    received_at: str
    code: str
    words: str
    """What is wrong."""
    advice: str
    """What to do."""
    can_accept: bool
    body: str
    """In lists its beginning only."""
    body_bytes: int
    resolution: str | None
    """`applied`, `accepted`, `set_aside` or `compensated`; none while it waits for a person."""
    resolved_at: str | None
    resolved_by: str | None
    resolution_note: str | None


def _select(body: ColumnElement[bytes]) -> Select[tuple[object, ...]]:
    columns = [column for column in entry.c if column.name != "body"]
    return (
        select(
            *columns,
            till.c.till_code,
            body.label("body"),
            func.length(entry.c.body).label("body_bytes"),
        )
        .join(till, till.c.till_id == entry.c.till_id)
        .where(entry.c.quarantine_code.is_not(None))
    )


def _view(row: Row[tuple[object, ...]]) -> QuarantinedEntry:
    meaning = explained(row.quarantine_code)
    return QuarantinedEntry(
        till_id=row.till_id,
        till_code=row.till_code,
        seq=row.seq,
        uuid=row.uuid,
        kind=row.kind,
        version=row.version,
        at=row.at,
        received_at=row.received_at,
        code=row.quarantine_code,
        words=meaning.words,
        advice=meaning.advice,
        can_accept=meaning.can_accept,
        body=bytes(row.body).decode(errors="ignore"),
        body_bytes=row.body_bytes,
        resolution=row.resolution,
        resolved_at=row.resolved_at,
        resolved_by=row.resolved_by,
        resolution_note=row.resolution_note,
    )


def quarantined(connection: Connection, *, with_resolved: bool = False) -> list[QuarantinedEntry]:
    """The newest first; those that wait, or all."""
    query = _select(func.substr(entry.c.body, 1, _SHOWN_BODY_BYTES))
    if not with_resolved:
        query = query.where(IS_WAITING)
    query = query.order_by(entry.c.received_at.desc(), entry.c.till_id, entry.c.seq.desc())
    return [_view(row) for row in connection.execute(query.limit(MAX_LISTED))]


def quarantined_entry(connection: Connection, till_id: str, seq: int) -> QuarantinedEntry:
    """One, with its whole body. Raises Refused 404."""
    require_possible(till_id, seq)
    query = _select(entry.c.body).where(entry.c.till_id == till_id, entry.c.seq == seq)
    row = connection.execute(query).first()
    if row is None:
        raise no_such_entry()
    return _view(row)


def require_possible(till_id: str, seq: int) -> None:
    """Raises Refused 404 for what no database can be asked for."""
    if "\0" in till_id or not 0 < seq < 2**63:
        raise no_such_entry()


def no_such_entry() -> Refused:
    return Refused(404, ErrorCode.NOT_FOUND, "There is no quarantined entry of that till and number.")


def waiting_entries(connection: Connection, till_id: str) -> list[WaitingEntry]:
    """Of one till, in their order."""
    rows = connection.execute(
        select(entry.c.seq, entry.c.uuid, entry.c.kind, entry.c.at, entry.c.quarantine_code)
        .where(entry.c.till_id == till_id, IS_WAITING)
        .order_by(entry.c.seq)
        .limit(MAX_LISTED)
    )
    return [
        WaitingEntry(
            row.seq,
            row.uuid,
            row.kind,
            row.at,
            row.quarantine_code,
            explained(row.quarantine_code).words,
            explained(row.quarantine_code).advice,
        )
        for row in rows
    ]
