"""The checksum sweep's arithmetic, the same on both sides: digests of records, and sums of buckets.

A record's digest is of its canonical JSON array. A bucket's sum is the sum of its records' digests modulo
2^64, so the order in which they are read does not matter.
"""

import base64
import hashlib
from collections.abc import Iterable, Sequence

import msgspec

from till_app.wire.changes import LiveRecord

_SUM_BITS = 64
_SUM_BYTES = 8
_RECORDS_PER_BUCKET = 400
_MOST_BUCKETS = 1_024
_encode = msgspec.json.Encoder(order="deterministic").encode


def buckets_for(records: int) -> int:
    """A power of two that grows with what is to be compared; decided by the hub."""
    buckets = 1
    while buckets < _MOST_BUCKETS and buckets * _RECORDS_PER_BUCKET < records:
        buckets *= 2
    return buckets


def bucket_of(record_id: str, of_buckets: int) -> int:
    return int.from_bytes(hashlib.sha256(record_id.encode()).digest()[:4], "big") % of_buckets


def digest_of(record: LiveRecord) -> int:
    """64 bits of the SHA-256 of what the record says."""
    return int.from_bytes(hashlib.sha256(_encode(record)).digest()[:_SUM_BYTES], "big")


def summed(digests: Iterable[int]) -> int:
    return sum(digests) % (1 << _SUM_BITS)


def packed_sums(sums: Sequence[int]) -> str:
    """As `SweepKind.buckets` carries them."""
    return base64.b64encode(b"".join(value.to_bytes(_SUM_BYTES, "big") for value in sums)).decode()


def unpacked_sums(text: str) -> list[int]:
    """Raises ValueError."""
    content = base64.b64decode(text, validate=True)
    if len(content) % _SUM_BYTES:
        raise ValueError("bucket sums are cut")
    return [int.from_bytes(content[at : at + _SUM_BYTES], "big") for at in range(0, len(content), _SUM_BYTES)]
