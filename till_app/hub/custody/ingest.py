"""Taking custody of the tills' journals: each fact stored and applied once, acknowledged after the commit."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Connection, bindparam, insert, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from till_app.domain.journal import JournalEntry
from till_app.domain.times import to_text
from till_app.hub import tables
from till_app.hub.custody.applying import apply_or_code
from till_app.hub.custody.ending import write_deferred
from till_app.hub.custody.envelope import entry_columns, is_well_framed, journal_entry
from till_app.hub.custody.lookups import chunks
from till_app.hub.custody.writes import Deferred
from till_app.hub.database import Database
from till_app.hub.feed import identity
from till_app.hub.refusals import Refused
from till_app.hub.tills import Till
from till_app.wire.exchange import (
    Entry,
    EntryResult,
    ErrorCode,
    JournalAnswer,
    JournalHead,
    JournalRequest,
    QuarantineCode,
)
from till_app.wire.protocol import MAX_BATCH_ENTRIES

_T = TypeVar("_T")
_MAX_VERSION = 2**31 - 1
_TRIES = 4
_DEADLOCK = ("40P01", "40001")
"""SQLSTATEs of PostgreSQL: another transaction won, this one may run again."""
_till_row = (
    select(tables.till.c.acked_seq, tables.till.c.acked_hash, tables.till.c.quarantined)
    .where(tables.till.c.till_id == bindparam("of_till"))
    .with_for_update()
)
_stored_entries = select(tables.entry.c.seq, tables.entry.c.hash, tables.entry.c.quarantine_code).where(
    tables.entry.c.till_id == bindparam("of_till"),
    tables.entry.c.seq.between(bindparam("first"), bindparam("last")),
)
_claimed_uuids = select(tables.entry.c.claimed_uuid).where(
    tables.entry.c.claimed_uuid.in_(bindparam("uuids", expanding=True))
)
_insert_entry = insert(tables.entry)
_adopt = (
    update(tables.fork)
    .where(
        tables.fork.c.uuid.in_(bindparam("uuids", expanding=True)),
        tables.fork.c.till_id != bindparam("by_till"),
        tables.fork.c.adopted_by_till_id.is_(None),
    )
    .values(adopted_by_till_id=bindparam("by_till"))
)


def receive(database: Database, till: Till, request: JournalRequest, now: datetime) -> JournalAnswer:
    """Store and apply a batch; what came before a refused entry is kept and acknowledged all the same.

    Raises Refused: 400 for a batch that is not gapless, 409 `gap` or `fork`, 410 `epoch_changed`,
    413 for too many entries, 422 `bad_hash`.
    """
    batch = take_batch(database, till, request, now)
    if batch.refusal is not None:
        raise batch.refusal
    return JournalAnswer(batch.head, batch.results, batch.quarantined)


def take_batch(database: Database, till: Till, request: JournalRequest, now: datetime) -> "Batch":
    """Like `receive`, but a refusal of an entry is in what is returned, beside what came before it."""
    _check_shape(request.entries)
    return again_when_another_won(lambda: _received(database, till, request, now))


def again_when_another_won(transaction: Callable[[], _T]) -> _T:
    """Run it anew when a transaction beside it took a row that it was about to make."""
    for left in reversed(range(_TRIES)):
        try:
            return transaction()
        except DBAPIError as error:
            is_race = isinstance(error, IntegrityError) or getattr(error.orig, "sqlstate", "") in _DEADLOCK
            if not is_race or not left:
                raise
    raise AssertionError("the last try returns or raises")


def _received(database: Database, till: Till, request: JournalRequest, now: datetime) -> "Batch":
    with database.writing() as connection:
        if request.epoch != identity(connection).epoch:
            raise Refused(410, ErrorCode.EPOCH_CHANGED, "The hub's data was replaced since; greet it again.")
        batch = Batch(connection, till, now)
        batch.take(request.entries)
        batch.finish()
    return batch


def _check_shape(entries: list[Entry]) -> None:
    if len(entries) > MAX_BATCH_ENTRIES:
        raise Refused(413, ErrorCode.TOO_LARGE, f"A batch holds at most {MAX_BATCH_ENTRIES} entries.")
    seqs = [entry.seq for entry in entries]
    if any(after != before + 1 for before, after in itertools.pairwise(seqs)):
        raise Refused(400, ErrorCode.BAD_REQUEST, "The entries of a batch must follow one another.")
    if seqs and seqs[0] < 1:
        raise Refused(400, ErrorCode.BAD_REQUEST, "A journal starts with entry 1.")
    if any(not 0 <= entry.version <= _MAX_VERSION for entry in entries):
        raise Refused(400, ErrorCode.BAD_REQUEST, "The version of an entry is out of range.")


@dataclass(slots=True)
class Batch:
    """One batch of one till inside one transaction."""

    connection: Connection
    till: Till
    now: datetime
    head: JournalHead = field(init=False)
    quarantined: int = field(init=False)
    results: list[EntryResult] = field(default_factory=list)
    refusal: Refused | None = None
    deferred: Deferred = field(default_factory=Deferred)

    def __post_init__(self) -> None:
        row = self.connection.execute(_till_row, {"of_till": self.till.till_id}).one()
        self.head = JournalHead(row.acked_seq, row.acked_hash)
        self.quarantined = row.quarantined

    def take(self, entries: list[Entry]) -> None:
        stored = self._stored(entries)
        fresh: list[JournalEntry] = []
        for index, wire_entry in enumerate(entries):
            entry = journal_entry(wire_entry)
            self.refusal = self._objection(entry, stored)
            if self.refusal is not None:
                if self.refusal.answer.code == ErrorCode.FORK:
                    keep_fork(self.connection, self.till.till_id, entries[index:], self.now)
                break
            if entry.seq in stored:
                self.results.append(EntryResult(entry.seq, "duplicate", stored[entry.seq][1] or ""))
            else:
                fresh.append(entry)
                self.head = JournalHead(entry.seq, entry.hash)
        if fresh:
            self._store(fresh)

    def _stored(self, entries: list[Entry]) -> dict[int, tuple[str, str | None]]:
        """Hash and quarantine code of those numbers of the batch that the hub has."""
        if not entries or entries[0].seq > self.head.seq:
            return {}
        rows = self.connection.execute(
            _stored_entries,
            {"of_till": self.till.till_id, "first": entries[0].seq, "last": self.head.seq},
        )
        return {row.seq: (row.hash, row.quarantine_code) for row in rows}

    def _objection(self, entry: JournalEntry, stored: dict[int, tuple[str, str | None]]) -> Refused | None:
        if not is_well_framed(self.till.till_id, entry):
            return Refused(
                422, ErrorCode.BAD_HASH, f"Entry {entry.seq} is not what its hash says.", self.head
            )
        if entry.seq > self.head.seq + 1:
            return Refused(409, ErrorCode.GAP, f"Entry {self.head.seq + 1} must come first.", self.head)
        known_hash = stored[entry.seq][0] if entry.seq in stored else None
        if entry.hash != known_hash if known_hash else entry.prev_hash != self.head.hash:
            return Refused(
                409,
                ErrorCode.FORK,
                f"Entry {entry.seq} contradicts what this till sent before;"
                " both are kept for a person to look at.",
                self.head,
            )
        return None

    def finish(self) -> None:
        """The till's new head, and what the entries change at the end."""
        changes: dict[str, object] = {
            "acked_seq": self.head.seq,
            "acked_hash": self.head.hash,
            "quarantined": self.quarantined,
            "last_seen_at": to_text(self.now),
        }
        write_deferred(self.connection, self.till.till_id, self.now, self.deferred, changes)
        if self.deferred.settlements:
            self.quarantined = self.connection.execute(_till_row, {"of_till": self.till.till_id}).one()[2]

    def _store(self, entries: list[JournalEntry]) -> None:
        """Take custody of what continues the journal, and apply it."""
        claimed = {
            uuid
            for part in chunks([entry.uuid for entry in entries])
            for uuid in self.connection.execute(_claimed_uuids, {"uuids": part}).scalars()
        }
        firsts: list[JournalEntry] = []
        for entry in entries:
            if entry.uuid not in claimed:
                claimed.add(entry.uuid)
                firsts.append(entry)
        outcome = apply_or_code(self.connection, self.till, self.now, firsts)
        self.deferred.take_over(outcome.deferred)
        code_by_seq = {entry.seq: code for entry, code in zip(firsts, outcome.codes, strict=True)}
        received_at = to_text(self.now)
        rows: list[dict[str, object]] = []
        for entry in entries:
            is_first = entry.seq in code_by_seq
            code = code_by_seq[entry.seq] if is_first else QuarantineCode.DUPLICATE_UUID
            self.quarantined += code is not None
            self.results.append(EntryResult(entry.seq, "quarantined" if code else "applied", code or ""))
            rows.append(
                {
                    **entry_columns(self.till.till_id, entry),
                    "claimed_uuid": entry.uuid if is_first else None,
                    "received_at": received_at,
                    "quarantine_code": code,
                }
            )
        self.connection.execute(_insert_entry, rows)
        for part in chunks([entry.uuid for entry in firsts]):
            self.connection.execute(_adopt, {"uuids": part, "by_till": self.till.till_id})


def keep_fork(connection: Connection, till_id: str, entries: list[Entry], now: datetime) -> int:
    """Keep entries that contradict the till's journal, each once; how many are new."""
    fork = tables.fork.c
    sound = [entry for entry in map(journal_entry, entries) if is_well_framed(till_id, entry)]
    kept = {
        digest
        for part in chunks([entry.hash for entry in sound])
        for digest in connection.execute(
            select(fork.hash).where(fork.till_id == till_id, fork.hash.in_(part))
        ).scalars()
    }
    rows = [
        {**entry_columns(till_id, entry), "received_at": to_text(now)}
        for entry in sound
        if entry.hash not in kept
    ]
    if rows:
        connection.execute(insert(tables.fork), rows)
    connection.execute(
        update(tables.till)
        .where(tables.till.c.till_id == till_id, tables.till.c.forked_at.is_(None))
        .values(forked_at=to_text(now))
    )
    return len(rows)
