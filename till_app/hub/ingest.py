"""Taking custody of the tills' journals: each fact stored and applied once, acknowledged after the commit."""

import itertools
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import DataError, IntegrityError

from till_app.domain.journal import JournalEntry, is_intact
from till_app.domain.times import to_text
from till_app.hub import tables
from till_app.hub.database import Database
from till_app.hub.effects import Application, apply_entry
from till_app.hub.feed import FeedWriter, identity
from till_app.hub.refusals import Refused
from till_app.hub.sale_checks import Quarantined
from till_app.hub.tills import Till
from till_app.wire.changes import StockRecord
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

_RETRIED_CODES = (QuarantineCode.UNKNOWN_KIND, QuarantineCode.NEWER_VERSION)
_MAX_VERSION = 2**31 - 1


def receive(database: Database, till: Till, request: JournalRequest, now: datetime) -> JournalAnswer:
    """Store and apply a batch; what came before a refused entry is kept and acknowledged all the same.

    Raises Refused: 400 for a batch that is not gapless, 409 `gap` or `fork`, 410 `epoch_changed`,
    413 for too many entries, 422 `bad_hash`.
    """
    _check_shape(request.entries)
    with database.writing() as connection:
        if request.epoch != identity(connection).epoch:
            raise Refused(410, ErrorCode.EPOCH_CHANGED, "The hub's data was replaced since; greet it again.")
        batch = _Batch(connection, till, now)
        batch.take(request.entries)
        batch.finish()
    if batch.refusal is not None:
        raise batch.refusal
    return JournalAnswer(batch.head, batch.results, batch.quarantined)


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


def _journal_entry(entry: Entry) -> JournalEntry:
    return JournalEntry(
        entry.seq,
        entry.uuid,
        entry.kind,
        entry.version,
        entry.at,
        entry.business_date,
        entry.body.encode(),
        entry.prev_hash,
        entry.hash,
    )


def _is_sound(till_id: str, entry: JournalEntry) -> bool:
    try:
        return is_intact(till_id, entry)
    except ValueError:
        return False


@dataclass(slots=True)
class _Batch:
    """One batch of one till inside one transaction."""

    connection: Connection
    till: Till
    now: datetime
    head: JournalHead = field(init=False)
    quarantined: int = field(init=False)
    results: list[EntryResult] = field(default_factory=list)
    refusal: Refused | None = None
    moved_items: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        row = self.connection.execute(
            select(tables.till.c.acked_seq, tables.till.c.acked_hash, tables.till.c.quarantined)
            .where(tables.till.c.till_id == self.till.till_id)
            .with_for_update()
        ).one()
        self.head = JournalHead(row.acked_seq, row.acked_hash)
        self.quarantined = row.quarantined

    def take(self, entries: list[Entry]) -> None:
        for index, wire_entry in enumerate(entries):
            entry = _journal_entry(wire_entry)
            if not _is_sound(self.till.till_id, entry):
                self._refuse(422, ErrorCode.BAD_HASH, f"Entry {entry.seq} is not what its hash says.")
            elif entry.seq > self.head.seq + 1:
                self._refuse(409, ErrorCode.GAP, f"Entry {self.head.seq + 1} must come first.")
            elif entry.seq <= self.head.seq:
                self._repeat(entry)
            elif entry.prev_hash != self.head.hash:
                self._refuse_fork(entry.seq)
            else:
                self._store(entry)
            if self.refusal is not None:
                if self.refusal.answer.code == ErrorCode.FORK:
                    self._keep_fork([_journal_entry(other) for other in entries[index:]])
                return

    def finish(self) -> None:
        """The till's new head, and the stock that changed into the feed."""
        self.connection.execute(
            update(tables.till)
            .where(tables.till.c.till_id == self.till.till_id)
            .values(
                acked_seq=self.head.seq,
                acked_hash=self.head.hash,
                quarantined=self.quarantined,
                last_seen_at=to_text(self.now),
            )
        )
        write_stock_records(self.connection, self.moved_items)

    def _refuse(self, status: int, code: str, message: str) -> None:
        self.refusal = Refused(status, code, message, self.head)

    def _refuse_fork(self, seq: int) -> None:
        self._refuse(
            409,
            ErrorCode.FORK,
            f"Entry {seq} contradicts what this till sent before; both are kept for a person to look at.",
        )

    def _repeat(self, entry: JournalEntry) -> None:
        stored = self.connection.execute(
            select(tables.entry.c.hash, tables.entry.c.quarantine_code).where(
                tables.entry.c.till_id == self.till.till_id, tables.entry.c.seq == entry.seq
            )
        ).one()
        if stored.hash != entry.hash:
            self._refuse_fork(entry.seq)
        else:
            self.results.append(EntryResult(entry.seq, "duplicate", stored.quarantine_code or ""))

    def _store(self, entry: JournalEntry) -> None:
        is_claimed = self.connection.execute(
            select(tables.entry.c.seq).where(tables.entry.c.claimed_uuid == entry.uuid)
        ).first()
        code = (
            QuarantineCode.DUPLICATE_UUID
            if is_claimed
            else apply_or_code(self.connection, self.till, self.now, entry, self.moved_items)
        )
        self.connection.execute(
            insert(tables.entry).values(
                claimed_uuid=None if is_claimed else entry.uuid,
                received_at=to_text(self.now),
                quarantine_code=code,
                **_columns(self.till.till_id, entry),
            )
        )
        self.head = JournalHead(entry.seq, entry.hash)
        self.quarantined += code is not None
        self.results.append(EntryResult(entry.seq, "quarantined" if code else "applied", code or ""))

    def _keep_fork(self, entries: list[JournalEntry]) -> None:
        kept = set(
            self.connection.execute(
                select(tables.fork.c.hash).where(tables.fork.c.till_id == self.till.till_id)
            ).scalars()
        )
        rows = [
            {**_columns(self.till.till_id, entry), "received_at": to_text(self.now)}
            for entry in entries
            if entry.hash not in kept and _is_sound(self.till.till_id, entry)
        ]
        if rows:
            self.connection.execute(insert(tables.fork), rows)
        self.connection.execute(
            update(tables.till)
            .where(tables.till.c.till_id == self.till.till_id, tables.till.c.forked_at.is_(None))
            .values(forked_at=to_text(self.now))
        )


def _columns(till_id: str, entry: JournalEntry) -> dict[str, object]:
    return {
        "till_id": till_id,
        "seq": entry.seq,
        "uuid": entry.uuid,
        "kind": entry.kind,
        "version": entry.version,
        "at": entry.at,
        "business_date": entry.business_date,
        "body": entry.body,
        "prev_hash": entry.prev_hash,
        "hash": entry.hash,
    }


def apply_or_code(
    connection: Connection, till: Till, now: datetime, entry: JournalEntry, moved_items: set[str]
) -> str | None:
    """Apply an entry wholly, or not at all and say why."""
    application = Application(connection, till, now, entry)
    try:
        with connection.begin_nested():
            apply_entry(application)
    except Quarantined as reason:
        return reason.code
    except IntegrityError:
        return QuarantineCode.DUPLICATE_UUID
    except (DataError, OverflowError):
        return QuarantineCode.MALFORMED_BODY
    moved_items |= application.moved_items
    return None


def write_stock_records(connection: Connection, item_ids: set[str]) -> None:
    """Ends the transaction: see FeedWriter.flush."""
    if not item_ids:
        return
    writer = FeedWriter(connection)
    for row in connection.execute(select(tables.stock).where(tables.stock.c.item_id.in_(item_ids))):
        writer.put(StockRecord(row.item_id, row.quantity_milli, row.as_of))
    writer.flush()


def retry_quarantined(database: Database, now: datetime) -> int:
    """Apply what an older release could not understand; returns how many entries it freed."""
    freed = 0
    moved_items: set[str] = set()
    with database.writing() as connection:
        waiting = connection.execute(
            select(tables.entry, tables.till.c.till_code)
            .join(tables.till, tables.till.c.till_id == tables.entry.c.till_id)
            .where(tables.entry.c.quarantine_code.in_(_RETRIED_CODES))
            .order_by(tables.entry.c.till_id, tables.entry.c.seq)
        ).all()
        for row in waiting:
            entry = JournalEntry(
                row.seq,
                row.uuid,
                row.kind,
                row.version,
                row.at,
                row.business_date,
                row.body,
                row.prev_hash,
                row.hash,
            )
            code = apply_or_code(connection, Till(row.till_id, row.till_code), now, entry, moved_items)
            connection.execute(
                update(tables.entry)
                .where(tables.entry.c.till_id == row.till_id, tables.entry.c.seq == row.seq)
                .values(quarantine_code=code)
            )
            if code is None:
                freed += 1
                connection.execute(
                    update(tables.till)
                    .where(tables.till.c.till_id == row.till_id)
                    .values(quarantined=tables.till.c.quarantined - 1)
                )
        write_stock_records(connection, moved_items)
    return freed
