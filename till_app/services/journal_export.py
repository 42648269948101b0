"""The journal as a file that a person carries to the hub: JSON lines, a header and then the entries as they
would be sent. Read back before it counts."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from till_app.domain.journal import JournalEntry, is_intact
from till_app.services.entries import stored_entry, wire_entry
from till_app.services.ports import JournalPosition, Outbox, TillIdentity
from till_app.wire.bodies import Kind
from till_app.wire.exchange import Entry, JournalHead

FORMAT = "till-journal"
VERSION = 1
_PAGE_ENTRIES = 500
_PAGE_BYTES = 8_000_000


class ExportHeader(msgspec.Struct, frozen=True):
    """The first line."""

    format: str
    version: int
    till_id: str
    till_code: str
    hub_id: str
    head: JournalHead
    """Where the journal ended."""
    first_seq: int
    entries: int


@dataclass(frozen=True, slots=True)
class ExportReport:
    path: Path
    entries: int
    sales: int
    first_seq: int
    """Of the entries in the file; one more than the last when there are none."""
    head: JournalPosition


class ExportFailed(Exception):
    """The file could not be written, or was another when it was read back. No earlier file was changed."""


def export_journal(
    outbox: Outbox, identity: TillIdentity, hub_id: str, path: Path, *, unsent_only: bool
) -> ExportReport:
    """Write the present chain's entries up to its end as of now. Sales may go on meanwhile.

    Raises ExportFailed.
    """
    head = outbox.journal_head()
    after = outbox.acked_through().seq if unsent_only else 0
    header = ExportHeader(
        FORMAT,
        VERSION,
        identity.till_id,
        identity.till_code,
        hub_id,
        JournalHead(head.seq, head.hash),
        after + 1,
        head.seq - after,
    )
    aside = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with aside.open("wb") as file:
            file.write(msgspec.json.encode(header) + b"\n")
            for entry in _entries(outbox, after, head.seq):
                file.write(msgspec.json.encode(wire_entry(entry)) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        sales = _check(aside, header)
        aside.replace(path)
        _flush_folder(path.parent)
    except OSError as error:
        raise ExportFailed(f"{path} could not be written: {error.strerror or error}") from error
    return ExportReport(path, header.entries, sales, header.first_seq, head)


def _entries(outbox: Outbox, after: int, last: int) -> Iterator[JournalEntry]:
    while after < last:
        page = outbox.entries_after(after, min(_PAGE_ENTRIES, last - after), _PAGE_BYTES)
        yield from page
        after = page[-1].seq


def _check(path: Path, header: ExportHeader) -> int:
    """Read the file back, entry by entry; how many sales there are. Raises ExportFailed."""
    seq, previous, sales = header.first_seq - 1, None, 0
    with path.open("rb") as file:
        if msgspec.json.decode(file.readline(), type=ExportHeader) != header:
            raise ExportFailed(f"{path} is not what was written")
        for line in file:
            entry = stored_entry(msgspec.json.decode(line, type=Entry))
            seq += 1
            follows = entry.seq == seq and previous in (None, entry.prev_hash)
            if not follows or not is_intact(header.till_id, entry):
                raise ExportFailed(f"entry {entry.seq} in {path} is damaged")
            previous = entry.hash
            sales += entry.kind == Kind.SALE
    if seq != header.head.seq or previous not in (None, header.head.hash):
        raise ExportFailed(f"{path} ends at entry {seq}, the journal at {header.head.seq}")
    return sales


def _flush_folder(folder: Path) -> None:
    """So that the new name, too, outlasts a power cut; not every system can."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
