"""A till's exported journal, brought to the hub by hand: the same way in as over the network.

JSON lines, plain or compressed by gzip or zstd: a header, then the entries as they go over the wire.
"""

import gzip
import io
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import msgspec
import zstandard
from sqlalchemy import select

from till_app.domain.journal import GENESIS_HASH
from till_app.hub.custody.ingest import keep_fork, take_batch
from till_app.hub.database import Database
from till_app.hub.feed import identity
from till_app.hub.imports.report import FileRefused
from till_app.hub.refusals import Refused
from till_app.hub.tables import till
from till_app.hub.tills import Till
from till_app.wire.exchange import Entry, ErrorCode, JournalHead, JournalRequest
from till_app.wire.protocol import MAX_BATCH_ENTRIES, MAX_REQUEST_BYTES

FORMAT = "till-journal"
NEWEST_VERSION = 1
_MAX_LINE_BYTES = 40_000_000
_GZIP_MAGIC = b"\x1f\x8b"
_ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
_MAX_WINDOW_BYTES = 2**27


class JournalFileHeader(msgspec.Struct, frozen=True):
    format: str
    version: int
    till_id: str
    till_code: str
    hub_id: str
    head: JournalHead
    """The journal's end when it was exported."""
    entries: int | None = None
    """In the file; none when there was nothing to export."""


class JournalFileReport(msgspec.Struct, frozen=True):
    till_code: str
    taken: int
    """Entries that the hub did not have; those in quarantine are among them."""
    duplicates: int
    quarantined: int
    refused: int
    words: str


_decode_header = msgspec.json.Decoder(JournalFileHeader).decode
_decode_entry = msgspec.json.Decoder(Entry).decode


def import_journal_file(database: Database, path: Path, now: datetime) -> JournalFileReport:
    """Take what the hub does not have, even of a till that was revoked; again changes nothing.

    Raises FileRefused when it is no journal of a till of this hub.
    """
    with closing(_opened(path)) as file:
        lines = _lines(file)
        intake = _Intake(database, now, *_owner(database, next(lines, b"")))
        for batch in _batches(lines, intake):
            intake.take(batch)
        return intake.report()


@dataclass(slots=True)
class _Intake:
    database: Database
    now: datetime
    till: Till
    head: JournalHead
    """At which the file ends by its own header."""
    epoch: str
    taken: int = 0
    duplicates: int = 0
    quarantined: int = 0
    refused: int = 0
    last: JournalHead | None = None
    """Of the entries that the hub has now."""
    faults: list[str] = field(default_factory=list)
    is_forked: bool = False

    def take(self, entries: list[Entry]) -> None:
        """After a first refusal nothing more is taken; what contradicts the hub's journal is kept apart."""
        if self.is_forked:
            with self.database.writing() as connection:
                keep_fork(connection, self.till.till_id, entries, self.now)
        if self.faults:
            self.refused += len(entries)
            return
        try:
            batch = take_batch(self.database, self.till, JournalRequest(self.epoch, entries), self.now)
        except Refused as refused:
            self.refused += len(entries)
            self.faults.append(refused.answer.message)
            return
        states = [result.state for result in batch.results]
        self.duplicates += states.count("duplicate")
        self.quarantined += states.count("quarantined")
        self.taken += len(states) - states.count("duplicate")
        self.refused += len(entries) - len(states)
        if states:
            self.last = JournalHead(entries[len(states) - 1].seq, entries[len(states) - 1].hash)
        if batch.refusal is not None:
            self.is_forked = batch.refusal.answer.code == ErrorCode.FORK
            self.faults.append(batch.refusal.answer.message)

    def report(self) -> JournalFileReport:
        if not self.faults and self.head.seq and self.last != self.head:
            self.faults.append(
                f"The file says that it goes to entry {self.head.seq}, but it ends at"
                f" {self.last.seq if self.last else 0}: it is cut off. Export the journal again."
            )
        return JournalFileReport(
            self.till.till_code,
            self.taken,
            self.duplicates,
            self.quarantined,
            self.refused,
            " ".join(self.faults) or "The hub has every entry of the file.",
        )


def _opened(path: Path) -> io.BufferedIOBase:
    try:
        with path.open("rb") as file:
            start = file.read(4)
    except OSError as error:
        raise FileRefused(f"{path} cannot be read: {error.strerror}.") from error
    if start.startswith(_GZIP_MAGIC):
        return gzip.open(path)
    if start == _ZSTD_MAGIC:
        reader = zstandard.ZstdDecompressor(max_window_size=_MAX_WINDOW_BYTES).stream_reader(
            path.open("rb"), read_across_frames=True, closefd=True
        )
        return io.BufferedReader(reader)
    return path.open("rb")


def _lines(file: io.BufferedIOBase) -> Iterator[bytes]:
    while True:
        try:
            line = file.readline(_MAX_LINE_BYTES + 1)
        except (OSError, EOFError, zstandard.ZstdError) as error:
            raise FileRefused("The file is damaged: it cannot be decompressed to its end.") from error
        if not line:
            return
        if len(line) > _MAX_LINE_BYTES:
            raise FileRefused("The file has a line that is longer than any entry.")
        if line.strip():
            yield line


def _owner(database: Database, line: bytes) -> tuple[Till, JournalHead, str]:
    """Whose journal it is, where it says that it ends, and the hub's epoch."""
    try:
        header = _decode_header(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise FileRefused("This is no exported journal of a till.") from None
    if header.format != FORMAT:
        raise FileRefused("This is no exported journal of a till.")
    if header.version > NEWEST_VERSION:
        raise FileRefused("A newer release exported this journal. Update the hub, then bring it in.")
    with database.reading() as connection:
        hub = identity(connection)
        code = None
        if "\0" not in header.till_id:
            code = connection.execute(
                select(till.c.till_code).where(till.c.till_id == header.till_id)
            ).scalar()
    if code is None:
        another = "" if header.hub_id == hub.hub_id else " It was exported for another hub."
        raise FileRefused(f"This hub never paired the till {header.till_code[:40]!r}.{another}")
    end = JournalHead(0, GENESIS_HASH) if header.entries == 0 else header.head
    return Till(header.till_id, code), end, hub.epoch


def _batches(lines: Iterator[bytes], intake: _Intake) -> Iterator[list[Entry]]:
    """Runs of consecutive entries, bounded by count and bytes; unreadable lines are told to the intake."""
    batch: list[Entry] = []
    size = 0
    for line in lines:
        try:
            entry = _decode_entry(line)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            if batch:
                yield batch
                batch, size = [], 0
            intake.refused += 1
            if not intake.faults:
                intake.faults.append("A line of the file is no entry: the file is damaged from there on.")
            continue
        follows = not batch or entry.seq == batch[-1].seq + 1
        if batch and (not follows or len(batch) == MAX_BATCH_ENTRIES or size + len(line) > MAX_REQUEST_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(entry)
        size += len(line)
    if batch:
        yield batch
