"""The till's hash-chained journal: what an entry is and how its hash is taken. Both sides run this code."""

import hashlib
from dataclasses import dataclass

GENESIS_HASH = "0" * 64
"""The previous hash of a till's first entry."""


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One fact of one till. `body` is UTF-8 JSON; the bytes stored are the bytes hashed and sent."""

    seq: int
    """1, 2, 3 … without a gap, per till."""
    uuid: str
    kind: str
    version: int
    at: str
    """RFC 3339, UTC, by the till's clock."""
    business_date: str
    """ISO date, local to the shop, decided when the fact happened."""
    body: bytes
    prev_hash: str
    hash: str


def entry_hash(
    till_id: str,
    seq: int,
    uuid: str,
    kind: str,
    version: int,
    at: str,
    business_date: str,
    body: bytes,
    prev_hash: str,
) -> str:
    """SHA-256, hex, over the previous hash, the header fields and the body, each on its own line.

    Header fields never contain a line feed, and the body comes last, so no two entries share an input.
    """
    header = (prev_hash, till_id, str(seq), uuid, kind, str(version), at, business_date)
    if any("\n" in field for field in header):
        raise ValueError("a journal header field contains a line feed")
    return hashlib.sha256("\n".join(header).encode() + b"\n" + body).hexdigest()


def sealed(
    till_id: str,
    seq: int,
    uuid: str,
    kind: str,
    version: int,
    at: str,
    business_date: str,
    body: bytes,
    prev_hash: str,
) -> JournalEntry:
    """The entry with its hash taken."""
    digest = entry_hash(till_id, seq, uuid, kind, version, at, business_date, body, prev_hash)
    return JournalEntry(seq, uuid, kind, version, at, business_date, body, prev_hash, digest)


def is_intact(till_id: str, entry: JournalEntry) -> bool:
    """Whether the entry's hash is that of its content."""
    return entry.hash == entry_hash(
        till_id,
        entry.seq,
        entry.uuid,
        entry.kind,
        entry.version,
        entry.at,
        entry.business_date,
        entry.body,
        entry.prev_hash,
    )
