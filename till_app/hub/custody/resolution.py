"""Settling what the hub could not apply: by a person's word, or by a release that understands it."""

from datetime import datetime

import msgspec
from sqlalchemy import Connection, Row, select, update

from till_app.domain.times import to_text
from till_app.hub import tables
from till_app.hub.custody.applying import apply_or_code
from till_app.hub.custody.ending import write_deferred
from till_app.hub.custody.envelope import kept_entry
from till_app.hub.custody.ingest import again_when_another_won
from till_app.hub.custody.quarantine import (
    IS_WAITING,
    QuarantinedEntry,
    explained,
    no_such_entry,
    quarantined_entry,
    require_possible,
)
from till_app.hub.custody.writes import Deferred
from till_app.hub.database import Database
from till_app.hub.refusals import Refused
from till_app.hub.tills import Till
from till_app.wire.exchange import ErrorCode, QuarantineCode

_RETRIED_CODES = (QuarantineCode.UNKNOWN_KIND, QuarantineCode.NEWER_VERSION)
_MAX_NOTE_LENGTH = 1_000
_BY_THE_HUB = "hub"


class Action:
    """Values of a resolution's `action`."""

    APPLY = "apply"
    """Try again: what was missing may be there now."""
    ACCEPT = "accept"
    """The facts count as they came, although they do not add up; the difference is flagged."""
    SET_ASIDE = "set_aside"
    """Kept for ever and never applied."""


_RESOLUTIONS = {Action.APPLY: "applied", Action.ACCEPT: "accepted", Action.SET_ASIDE: "set_aside"}


class Resolution(msgspec.Struct, frozen=True):
    action: str
    """`apply`, `accept` or `set_aside`."""
    note: str = ""
    """Why; needed for all but `apply`."""


def resolve(
    database: Database, till_id: str, seq: int, resolution: Resolution, by: str, now: datetime
) -> QuarantinedEntry:
    """Do what a person says with a quarantined entry, once.

    Raises Refused: 400 for an unknown action or a missing note, 404, and 409 when the entry is settled
    already or cannot be settled that way.
    """
    require_possible(till_id, seq)
    note = _checked_note(resolution)

    def attempt() -> QuarantinedEntry | Refused:
        with database.writing() as connection:
            row = _locked(connection, till_id, seq)
            refused = _objection(row, resolution.action)
            if refused is not None:
                return refused
            if resolution.action == Action.SET_ASIDE:
                _close(connection, row, "set_aside", by, note, now, Deferred())
            else:
                code = _try_again(connection, row, resolution.action, by, note, now)
                if code is not None:
                    return Refused(409, ErrorCode.CONFLICT, f"It still cannot be applied. {_words(code)}")
            return quarantined_entry(connection, till_id, seq)

    settled = again_when_another_won(attempt)
    if isinstance(settled, Refused):
        raise settled
    return settled


def retry_quarantined(database: Database, now: datetime) -> int:
    """Apply what an older release could not understand; returns how many entries it freed."""
    with database.reading() as connection:
        waiting = connection.execute(
            select(tables.entry.c.till_id, tables.entry.c.seq)
            .where(tables.entry.c.quarantine_code.in_(_RETRIED_CODES), IS_WAITING)
            .order_by(tables.entry.c.till_id, tables.entry.c.seq)
        ).all()

    return sum(_was_freed(database, row.till_id, row.seq, now) for row in waiting)


def _was_freed(database: Database, till_id: str, seq: int, now: datetime) -> bool:
    def attempt() -> bool:
        with database.writing() as connection:
            row = _locked(connection, till_id, seq)
            is_waiting = row.resolution is None
            return is_waiting and _try_again(connection, row, Action.APPLY, _BY_THE_HUB, "", now) is None

    return again_when_another_won(attempt)


def _checked_note(resolution: Resolution) -> str:
    if resolution.action not in _RESOLUTIONS:
        raise Refused(400, ErrorCode.BAD_REQUEST, f"action is none of {', '.join(_RESOLUTIONS)}.")
    note = " ".join(resolution.note.split())
    if len(note) > _MAX_NOTE_LENGTH or "\0" in note:
        raise Refused(400, ErrorCode.BAD_REQUEST, f"note is a text of at most {_MAX_NOTE_LENGTH} characters.")
    if not note and resolution.action != Action.APPLY:
        raise Refused(400, ErrorCode.BAD_REQUEST, "Say in note why: others will ask.")
    return note


def _locked(connection: Connection, till_id: str, seq: int) -> Row[tuple[object, ...]]:
    """The entry, with the till's row locked as the taking of a batch does."""
    connection.execute(
        select(tables.till.c.till_id).where(tables.till.c.till_id == till_id).with_for_update()
    ).all()
    row = connection.execute(
        select(tables.entry, tables.till.c.till_code)
        .join(tables.till, tables.till.c.till_id == tables.entry.c.till_id)
        .where(
            tables.entry.c.till_id == till_id,
            tables.entry.c.seq == seq,
            tables.entry.c.quarantine_code.is_not(None),
        )
    ).first()
    if row is None:
        raise no_such_entry()
    return row


def _objection(row: Row[tuple[object, ...]], action: str) -> Refused | None:
    if row.resolution is not None:
        return Refused(
            409,
            ErrorCode.CONFLICT,
            f"This entry is settled already: {row.resolution.replace('_', ' ')} on {row.resolved_at[:10]}"
            f" by {row.resolved_by}.",
        )
    if action == Action.ACCEPT and not explained(row.quarantine_code).can_accept:
        return Refused(
            409,
            ErrorCode.CONFLICT,
            f"It cannot be accepted as it is. {_words(row.quarantine_code)}",
        )
    if action == Action.APPLY and row.claimed_uuid is None:
        return Refused(409, ErrorCode.CONFLICT, _words(QuarantineCode.DUPLICATE_UUID))
    return None


def _words(code: str) -> str:
    return f"{explained(code).words} {explained(code).advice}"


def _try_again(
    connection: Connection, row: Row[tuple[object, ...]], action: str, by: str, note: str, now: datetime
) -> str | None:
    """Why it still cannot be applied, if so: then that is its code from now on."""
    till = Till(row.till_id, row.till_code)
    outcome = apply_or_code(connection, till, now, [kept_entry(row)], is_accepted=action == Action.ACCEPT)
    [code] = outcome.codes
    if code is None:
        _close(connection, row, _RESOLUTIONS[action], by, note, now, outcome.deferred)
    elif code != row.quarantine_code:
        connection.execute(
            update(tables.entry)
            .where(tables.entry.c.till_id == row.till_id, tables.entry.c.seq == row.seq)
            .values(quarantine_code=code)
        )
    return code


def _close(
    connection: Connection,
    row: Row[tuple[object, ...]],
    resolution: str,
    by: str,
    note: str,
    now: datetime,
    deferred: Deferred,
) -> None:
    connection.execute(
        update(tables.entry)
        .where(tables.entry.c.till_id == row.till_id, tables.entry.c.seq == row.seq)
        .values(
            resolution=resolution,
            resolved_at=to_text(now),
            resolved_by=by,
            resolution_note=note or None,
        )
    )
    write_deferred(connection, row.till_id, now, deferred, {"quarantined": tables.till.c.quarantined - 1})
