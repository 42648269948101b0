"""Journal entries between their stored form and the form that goes over the wire."""

from till_app.domain.journal import JournalEntry
from till_app.wire.exchange import Entry


def wire_entry(entry: JournalEntry) -> Entry:
    return Entry(
        seq=entry.seq,
        uuid=entry.uuid,
        kind=entry.kind,
        version=entry.version,
        at=entry.at,
        business_date=entry.business_date,
        body=entry.body.decode(),
        prev_hash=entry.prev_hash,
        hash=entry.hash,
    )


def stored_entry(entry: Entry) -> JournalEntry:
    return JournalEntry(
        seq=entry.seq,
        uuid=entry.uuid,
        kind=entry.kind,
        version=entry.version,
        at=entry.at,
        business_date=entry.business_date,
        body=entry.body.encode(),
        prev_hash=entry.prev_hash,
        hash=entry.hash,
    )
