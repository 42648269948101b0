"""The checksum sweep's arithmetic, the same on both sides: digests of records, and sums of buckets.

A record's digest is of its canonical JSON array (see `canonical`). A bucket's sum is the sum of its records'
digests modulo 2^64, so the order in which they are read does not matter.
"""

import base64
import hashlib
from collections.abc import Iterable, Sequence
from typing import get_args

import msgspec

from till_app.wire.changes import ItemRecord, LiveRecord, PromotionRecord

_SUM_BITS = 64
_SUM_BYTES = 8
_RECORDS_PER_BUCKET = 400
MOST_BUCKETS = 1_024
_encode = msgspec.json.Encoder(order="deterministic").encode

FIELD_COUNTS: dict[str, int] = {
    str(record_type.__struct_config__.tag): len(record_type.__struct_fields__)
    for record_type in get_args(LiveRecord)
}
"""Of each kind of record as this release writes it, its kind not counted."""


def buckets_for(records: int) -> int:
    """A power of two that grows with what is to be compared; decided by the hub."""
    buckets = 1
    while buckets < MOST_BUCKETS and buckets * _RECORDS_PER_BUCKET < records:
        buckets *= 2
    return buckets


def bucket_of(record_id: str, of_buckets: int) -> int:
    return int.from_bytes(hashlib.sha256(record_id.encode()).digest()[:4], "big") % of_buckets


def canonical(record: LiveRecord) -> LiveRecord:
    """One of the forms that mean the same: an item's first picture is among its pictures, and what takes part
    in a promotion is in order, each once."""
    if isinstance(record, ItemRecord):
        if record.picture and not record.pictures:
            return msgspec.structs.replace(record, pictures=[record.picture])
    elif isinstance(record, PromotionRecord):
        return msgspec.structs.replace(
            record,
            item_ids=sorted(set(record.item_ids)),
            department_ids=sorted(set(record.department_ids)),
        )
    return record


def digest_of(record: LiveRecord) -> int:
    """64 bits of the SHA-256 of what the record says."""
    return int.from_bytes(hashlib.sha256(_encode(canonical(record))).digest()[:_SUM_BYTES], "big")


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
