"""Journal entries as they arrive, as they are kept and as they go back; whether one is well framed."""

from sqlalchemy import Row

from till_app.domain.journal import JournalEntry, is_intact
from till_app.wire.exchange import Entry

MAX_HEADER_LENGTH = 200
"""Of a field beside the body: identities are indexed, and an index takes no book."""


def journal_entry(entry: Entry) -> JournalEntry:
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


def kept_entry(row: Row[tuple[object, ...]]) -> JournalEntry:
    """From a row of `entry` or `fork`."""
    return JournalEntry(
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


def wire_entry(row: Row[tuple[object, ...]]) -> Entry:
    """As the till sent it, byte for byte."""
    return Entry(
        row.seq,
        row.uuid,
        row.kind,
        row.version,
        row.at,
        row.business_date,
        row.body.decode(),
        row.prev_hash,
        row.hash,
    )


def entry_columns(till_id: str, entry: JournalEntry) -> dict[str, object]:
    """Of `entry` and of `fork` alike."""
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


def is_well_framed(till_id: str, entry: JournalEntry) -> bool:
    """Whether the header can be kept on every database and the hash is that of the content."""
    header = (entry.uuid, entry.kind, entry.at, entry.business_date, entry.prev_hash, entry.hash)
    if any(len(field) > MAX_HEADER_LENGTH or "\0" in field for field in header):
        return False
    try:
        return is_intact(till_id, entry)
    except ValueError:
        return False
