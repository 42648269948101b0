"""Sums of all records of a scope by kind and bucket, and which feed numbers each bucket has."""

import hashlib
from array import array
from collections.abc import Iterable
from itertools import accumulate

import msgspec

from till_app.hub.database import Database
from till_app.hub.feed_reading import live_pages
from till_app.wire.changes import LiveRecord
from till_app.wire.exchange import SweepKind
from till_app.wire.sweeping import (
    FIELD_COUNTS,
    MOST_BUCKETS,
    bucket_of,
    buckets_for,
    digest_of,
    packed_sums,
    summed,
)

_decode = msgspec.json.Decoder(LiveRecord).decode


class KindIndex(msgspec.Struct, frozen=True):
    """By the finest division into buckets; a coarser one joins every so-manieth of them."""

    sums: list[int]
    ends: list[int]
    """Of each bucket in `seqs`."""
    seqs: bytes
    """64-bit numbers of the computer that made them, bucket after bucket."""

    @property
    def records(self) -> int:
        return self.ends[-1]

    def answer(self, kind: str) -> SweepKind:
        buckets = buckets_for(self.records)
        sums = packed_sums([summed(self.sums[at::buckets]) for at in range(buckets)])
        return SweepKind(self.records, sums, FIELD_COUNTS.get(kind, 0))

    def seqs_of(self, bucket: int, of_buckets: int) -> list[int]:
        numbers = memoryview(self.seqs).cast("q")
        found: list[int] = []
        for fine in range(bucket, MOST_BUCKETS, of_buckets):
            begin = self.ends[fine - 1] if fine else 0
            found.extend(numbers[begin : self.ends[fine]])
        return found


class SweepIndex(msgspec.Struct, frozen=True):
    """As of one number in the feed."""

    seq: int
    kinds: dict[str, KindIndex]


def payload_digest(payload: bytes) -> int:
    """Of the record as this release writes it: an older one may have stored it with fewer fields."""
    try:
        return digest_of(_decode(payload))
    except msgspec.MsgspecError:
        return int.from_bytes(hashlib.sha256(payload).digest()[:8], "big")


def build_index(database: Database, scope: str, seq: int) -> SweepIndex:
    """Takes seconds for a million records; keeps eight bytes of each."""
    sums: dict[str, list[int]] = {}
    seqs: dict[str, list[array[int]]] = {}
    for page in live_pages(database, scope, seq):
        for row in page:
            if row.kind not in sums:
                sums[row.kind] = [0] * MOST_BUCKETS
                seqs[row.kind] = [array("q") for _ in range(MOST_BUCKETS)]
            bucket = bucket_of(row.record_id, MOST_BUCKETS)
            sums[row.kind][bucket] += payload_digest(row.payload)
            seqs[row.kind][bucket].append(row.seq)
    return SweepIndex(seq, {kind: _kind_index(sums[kind], seqs[kind]) for kind in sums})


def _kind_index(sums: Iterable[int], seqs: list["array[int]"]) -> KindIndex:
    return KindIndex(
        [summed([value]) for value in sums],
        list(accumulate(len(bucket) for bucket in seqs)),
        b"".join(bucket.tobytes() for bucket in seqs),
    )
