"""The checksum sweep at the hub: sums over all records of a scope, the rows of one bucket, records by id.

The index behind them is kept until the scope's feed moves on. A large one is made by a process of its own,
so that the tills' requests do not wait for it.
"""

import threading
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection, bindparam, select

from till_app.hub.child_jobs import ChildJobs, IndexJob, JobFailed
from till_app.hub.database import Database
from till_app.hub.feed import HubIdentity, identity
from till_app.hub.feed_reading import count_rows, newest_seq, scopes_of
from till_app.hub.refusals import Refused
from till_app.hub.sweep_index import SweepIndex, build_index, payload_digest
from till_app.hub.tables import feed
from till_app.wire.exchange import BucketAnswer, BucketRow, ErrorCode, SweepAnswer
from till_app.wire.protocol import MAX_ASKED_RECORDS
from till_app.wire.sweeping import MOST_BUCKETS, bucket_of

OWN_PROCESS_FROM_RECORDS = 10_000
_MOST_KEPT = 8
"""Scopes; of a million records an index takes 8 MB."""
_MOST_ROWS_BEHIND = 5_000
"""Rows that came after an index was made, and are looked through for a bucket instead of making it anew."""
_ASKED_AT_ONCE = 500
_MOST_WAITING = 4
"""Requests that wait for an index at a time; sales need the other threads."""
_PATIENCE_S = 0.5

_COLUMNS = (feed.c.seq, feed.c.record_id, feed.c.gone, feed.c.payload)
_BY_SEQ = select(*_COLUMNS).where(feed.c.seq.in_(bindparam("seqs", expanding=True)))
_LATER = (
    select(*_COLUMNS)
    .where(
        feed.c.scope == bindparam("of_scope"),
        feed.c.seq > bindparam("after"),
        feed.c.kind == bindparam("of_kind"),
    )
    .order_by(feed.c.seq)
)
_BY_ID = select(*_COLUMNS).where(
    feed.c.record_id.in_(bindparam("record_ids", expanding=True)),
    feed.c.kind == bindparam("of_kind"),
    feed.c.scope.in_(bindparam("scopes", expanding=True)),
)


class _Found(NamedTuple):
    seq: int
    record_id: str
    gone: bool
    payload: bytes


class _Standing(NamedTuple):
    """Where a scope's feed stands; the newest record's id tells two databases apart that count alike."""

    epoch: str
    seq: int
    record_id: str | None


@dataclass(slots=True)
class _Kept:
    """What is known of one scope; its lock lets the second caller wait for what the first one makes."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    standing: _Standing | None = None
    index: SweepIndex | None = None


class Sweeps:
    """Any thread may call."""

    def __init__(self, database: Database, jobs: ChildJobs) -> None:
        self._database = database
        self._jobs = jobs
        self._lock = threading.Lock()
        self._waiting = threading.BoundedSemaphore(_MOST_WAITING)
        self._kept: OrderedDict[str, _Kept] = OrderedDict()

    def sums(self, scope: str) -> SweepAnswer:
        hub, index = self._index(scope, most_behind=0)
        return SweepAnswer(
            hub.epoch,
            f"{hub.epoch}:{hub.feed_seq}",
            {kind: of_kind.answer(kind) for kind, of_kind in index.kinds.items()},
        )

    def bucket(self, scope: str, kind: str, bucket: int, of_buckets: int) -> BucketAnswer:
        """The rows as they are now, not as they were when the sums were made. Raises Refused 400."""
        if of_buckets.bit_count() != 1 or not 0 <= bucket < of_buckets <= MOST_BUCKETS:
            raise Refused(400, ErrorCode.BAD_REQUEST, "There is no such bucket.")
        _, index = self._index(scope, most_behind=_MOST_ROWS_BEHIND)
        of_kind = index.kinds.get(kind)
        seqs = of_kind.seqs_of(bucket, of_buckets) if of_kind is not None else []
        with self._database.reading() as connection:
            hub = identity(connection)
            found = _by_seq(connection, seqs)
            for each in scopes_of(scope):
                asked = {"of_scope": each, "after": index.seq, "of_kind": kind}
                later = map(_Found._make, connection.execute(_LATER, asked))
                found += [row for row in later if bucket_of(row.record_id, of_buckets) == bucket]
        rows = [
            BucketRow(row.record_id, f"{payload_digest(row.payload):016x}", row.seq) for row in _latest(found)
        ]
        return BucketAnswer(hub.epoch, f"{hub.epoch}:{hub.feed_seq}", rows)

    def records(self, scope: str, kind: str, record_ids: Sequence[str]) -> list[bytes]:
        """Those that exist, encoded. Raises Refused 413."""
        if len(record_ids) > MAX_ASKED_RECORDS:
            raise Refused(413, ErrorCode.TOO_LARGE, f"At most {MAX_ASKED_RECORDS} records at once.")
        found: list[_Found] = []
        with self._database.reading() as connection:
            for at in range(0, len(record_ids), _ASKED_AT_ONCE):
                asked = {
                    "record_ids": list(record_ids[at : at + _ASKED_AT_ONCE]),
                    "of_kind": kind,
                    "scopes": scopes_of(scope),
                }
                found += map(_Found._make, connection.execute(_BY_ID, asked))
        return [row.payload for row in _latest(found)]

    def _index(self, scope: str, *, most_behind: int) -> tuple[HubIdentity, SweepIndex]:
        if not self._waiting.acquire(timeout=_PATIENCE_S):
            raise Refused(503, ErrorCode.BUSY, "Others are being compared with the hub; ask again.")
        try:
            return self._index_in_turn(scope, most_behind)
        finally:
            self._waiting.release()

    def _index_in_turn(self, scope: str, most_behind: int) -> tuple[HubIdentity, SweepIndex]:
        with self._lock:
            kept = self._kept.setdefault(scope, _Kept())
            self._kept.move_to_end(scope)
            while len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)
        with kept.lock:
            with self._database.reading() as connection:
                hub = identity(connection)
                standing = _standing(connection, scope, hub.epoch)
                is_near = _is_near(connection, scope, kept.standing, standing, most_behind)
                records = count_rows(connection, scope, at_most=OWN_PROCESS_FROM_RECORDS)
            if not is_near or kept.index is None:
                kept.index = self._made(scope, standing.seq, records == OWN_PROCESS_FROM_RECORDS)
                kept.standing = standing
            return hub, kept.index

    def _made(self, scope: str, seq: int, is_large: bool) -> SweepIndex:
        if not is_large:
            return build_index(self._database, scope, seq)
        try:
            result = self._jobs.run(IndexJob(self._database.url, scope, seq))
        except JobFailed as error:
            raise Refused(503, ErrorCode.BUSY, "The hub could not sum its records; ask again.") from error
        return msgspec.msgpack.decode(result, type=SweepIndex)


def _standing(connection: Connection, scope: str, epoch: str) -> _Standing:
    seq = newest_seq(connection, scope)
    record_id = connection.execute(select(feed.c.record_id).where(feed.c.seq == seq)).scalar()
    return _Standing(epoch, seq, record_id)


def _is_near(
    connection: Connection, scope: str, before: _Standing | None, now: _Standing, most_behind: int
) -> bool:
    """Whether no more than so many rows came since."""
    if before is None or before == now:
        return before == now
    if before.epoch != now.epoch or not most_behind:
        return False
    return 0 < count_rows(connection, scope, after=before.seq, at_most=most_behind + 1) <= most_behind


def _by_seq(connection: Connection, seqs: Sequence[int]) -> list[_Found]:
    found: list[_Found] = []
    for at in range(0, len(seqs), _ASKED_AT_ONCE):
        found += map(_Found._make, connection.execute(_BY_SEQ, {"seqs": seqs[at : at + _ASKED_AT_ONCE]}))
    return found


def _latest(rows: Iterable[_Found]) -> list[_Found]:
    """Of the rows for one id only the last counts, and not when it is a tombstone."""
    latest: dict[str, _Found] = {}
    for row in rows:
        if row.record_id not in latest or latest[row.record_id].seq < row.seq:
            latest[row.record_id] = row
    return [row for row in latest.values() if not row.gone]
