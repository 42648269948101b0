"""Applying journal entries that the hub has custody of: wholly, or not at all with a reason."""

from dataclasses import dataclass, field
from datetime import datetime

import msgspec
from sqlalchemy import Connection
from sqlalchemy.exc import DataError, IntegrityError

from till_app.domain.journal import JournalEntry
from till_app.hub.custody.application import Application, Step
from till_app.hub.custody.effects import EFFECTS, read_body
from till_app.hub.custody.lookups import lock_origins, look_up
from till_app.hub.custody.sale_checks import Quarantined
from till_app.hub.custody.writes import Deferred
from till_app.hub.tills import Till
from till_app.wire.exchange import QuarantineCode

_ReadEntry = tuple[JournalEntry, msgspec.Struct | str]
"""With its body, or why that cannot be applied."""


@dataclass(slots=True)
class Outcome:
    codes: list[str | None] = field(default_factory=list)
    """For each entry why it cannot be applied, if so."""
    deferred: Deferred = field(default_factory=Deferred)

    def take_over(self, other: "Outcome") -> None:
        self.codes += other.codes
        self.deferred.take_over(other.deferred)


def apply_or_code(
    connection: Connection,
    till: Till,
    now: datetime,
    entries: list[JournalEntry],
    *,
    is_accepted: bool = False,
) -> Outcome:
    """Apply each entry wholly, or not at all and say why; what is deferred is the caller's to write."""
    read = [(entry, read_body(entry, is_accepted=is_accepted)) for entry in entries]
    lock_origins(connection, [body for _, body in read])
    return _apply_by_halves(connection, till, now, read, is_accepted)


def _apply_by_halves(
    connection: Connection, till: Till, now: datetime, read: list[_ReadEntry], is_accepted: bool
) -> Outcome:
    """The entries share their statements. When the database refuses one, all are undone and each half is
    tried by itself, down to the entry that is to blame."""
    if not read:
        return Outcome()
    # No `with`: when a disk is full, SQLite ends the whole transaction, and the savepoint is gone, too.
    savepoint = connection.begin_nested()
    try:
        outcome = _apply_together(connection, till, now, read, is_accepted)
        savepoint.commit()
        return outcome
    except IntegrityError:
        code = QuarantineCode.DUPLICATE_UUID
    except (DataError, OverflowError):
        code = QuarantineCode.MALFORMED_BODY
    savepoint.rollback()
    if len(read) == 1:
        return Outcome([code])
    middle = len(read) // 2
    outcome = _apply_by_halves(connection, till, now, read[:middle], is_accepted)
    outcome.take_over(_apply_by_halves(connection, till, now, read[middle:], is_accepted))
    return outcome


def _apply_together(
    connection: Connection, till: Till, now: datetime, read: list[_ReadEntry], is_accepted: bool
) -> Outcome:
    """Raises IntegrityError when a fact of one of them is there already: then nothing of all may stay."""
    lookups = look_up(connection, till, [body for _, body in read])
    application = Application(connection, till, now, lookups, is_accepted)
    codes: list[str | None] = []
    for entry, body in read:
        if isinstance(body, str):
            codes.append(body)
            continue
        step = Step(application, entry)
        try:
            EFFECTS[entry.kind].apply(step, body)
        except Quarantined as reason:
            codes.append(reason.code)
            continue
        application.pending.take_over(step.writes)
        codes.append(None)
    application.flush()
    return Outcome(codes, application.pending.deferred)
