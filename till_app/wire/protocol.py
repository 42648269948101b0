"""The protocol's version, its limits, and the calls that a hub answers."""

from collections.abc import Iterator
from typing import Protocol

from till_app.wire.changes import ChangesPage, Record
from till_app.wire.exchange import (
    BucketAnswer,
    HelloAnswer,
    HelloRequest,
    JournalAnswer,
    JournalPage,
    JournalRequest,
    KnownAnswer,
    LiveAnswer,
    PairAnswer,
    PairRequest,
    SessionCheck,
    SnapshotAnswer,
    SweepAnswer,
    TillTotals,
    WaitingEntry,
)

PROTOCOL_VERSION = 2
OLDEST_PROTOCOL_VERSION = 1

MAX_BATCH_ENTRIES = 500
MAX_REQUEST_BYTES = 1_000_000
"""A batch stops growing before its JSON passes this."""
MAX_PAGE_ROWS = 5_000
MAX_ENTRY_BYTES = 5_000_000
"""Of a body that a hub takes; a larger one is a fault of the till."""
MAX_UNPACKED_BYTES = 4 * MAX_ENTRY_BYTES
"""Of a journal request. Escaped as JSON within JSON a body at most doubles, so that a hub has custody of one
of twice the size, and no till's queue stands still."""
MAX_LIVE_WAIT_S = 25
MAX_ASKED_RECORDS = 1_000


class HubApi(Protocol):
    """A hub as its tills see it. Each call raises HubError (services.errors) when it gets no valid answer.

    The words of each call begin with its HTTP form; README.md beside this module is the specification.
    """

    def pair(self, request: PairRequest) -> PairAnswer:
        """`POST /v1/pair`, without a token."""
        ...

    def hello(self, request: HelloRequest) -> HelloAnswer:
        """`POST /v1/hello`."""
        ...

    def changes(self, cursor: str, limit: int) -> ChangesPage:
        """`GET /v1/changes?cursor=…&limit=…`."""
        ...

    def send_journal(self, request: JournalRequest) -> JournalAnswer:
        """`POST /v1/journal`."""
        ...

    def picture(self, sha256: str) -> bytes:
        """`GET /v1/pictures/{sha256}`."""
        ...

    def totals(self) -> TillTotals:
        """`GET /v1/totals`."""
        ...

    # Of protocol 2 and later.

    def live(self, cursor: str, wait_s: float) -> LiveAnswer:
        """`GET /v1/live?cursor=…&wait_s=…`: waits at the hub until there is something after the cursor,
        `wait_s` at most."""
        ...

    def snapshot(self, schema_version: int) -> SnapshotAnswer:
        """`GET /v1/snapshot?schema_version=…`. Refused with `not_found` when the hub makes none of that
        version."""
        ...

    def snapshot_bytes(self, sha256: str, start: int) -> Iterator[bytes]:
        """`GET /v1/snapshot/{sha256}` with `Range: bytes={start}-`: the compressed file from a byte on, piece
        by piece."""
        ...

    def sweep(self) -> SweepAnswer:
        """`GET /v1/sweep`."""
        ...

    def bucket(self, kind: str, bucket: int, of_buckets: int) -> BucketAnswer:
        """`GET /v1/sweep/{kind}?bucket=…&of_buckets=…`."""
        ...

    def records(self, kind: str, record_ids: list[str]) -> list[Record]:
        """`POST /v1/records`, a RecordsRequest, answered by an array of records: those that exist, of at most
        MAX_ASKED_RECORDS."""
        ...

    def known(self, uuids: list[str]) -> KnownAnswer:
        """`POST /v1/known`, a KnownRequest."""
        ...

    def journal(self, after_seq: int, limit: int) -> JournalPage:
        """`GET /v1/journal?after_seq=…&limit=…`: what the hub keeps of the calling till, to be read back by a
        till that was restored."""
        ...

    def waiting(self) -> list[WaitingEntry]:
        """`GET /v1/waiting`, answered by an array: this till's entries that wait at the hub for a person, the
        oldest first."""
        ...

    def session_check(self, session_id: str) -> SessionCheck:
        """`GET /v1/sessions/{session_id}`."""
        ...
