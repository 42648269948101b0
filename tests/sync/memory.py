"""In memory, with the same laws as the real ones: a till's journal and catalogue, and a hub."""

import hashlib
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import msgspec

from till_app.domain.catalogue import Item
from till_app.domain.journal import GENESIS_HASH, JournalEntry, is_intact, sealed
from till_app.domain.times import to_text
from till_app.services.entries import stored_entry
from till_app.services.errors import HubRefused, HubUnreachable
from till_app.services.ports import CatalogueRecord, Gone, JournalPosition, ReadBackRefused, UnsentSummary
from till_app.sync.pull import FeedPosition, position_text
from till_app.sync.records import to_domain
from till_app.wire.changes import ChangesPage, ItemRecord, LiveRecord, Record, Tombstone
from till_app.wire.exchange import (
    BucketAnswer,
    BucketRow,
    Entry,
    EntryResult,
    HelloAnswer,
    HelloRequest,
    JournalAnswer,
    JournalHead,
    JournalPage,
    JournalRequest,
    KnownAnswer,
    LiveAnswer,
    PairAnswer,
    PairRequest,
    SessionCheck,
    SnapshotAnswer,
    SweepAnswer,
    SweepKind,
    TillTotals,
    WaitingEntry,
)
from till_app.wire.sweeping import FIELD_COUNTS, bucket_of, buckets_for, digest_of, packed_sums, summed

TILL_ID = "till-1"
HUB_ID = "hub-1"
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@dataclass
class ManualClock:
    """Implements Clock, and a monotonic clock in `seconds`; stands still unless moved."""

    seconds: float = 0.0

    def now(self) -> datetime:
        return NOON + timedelta(seconds=self.seconds)

    def today(self) -> str:
        return self.now().date().isoformat()

    def monotonic(self) -> float:
        return self.seconds


class MemoryOutbox:
    """Implements Outbox. What it holds is what a disk would hold."""

    def __init__(self) -> None:
        self.entries: list[JournalEntry] = []
        self.acked = 0

    def record(self, uuid: str, kind: str = "sale", body: bytes = b'{"total_minor":100}') -> JournalEntry:
        head = self.journal_head()
        entry = sealed(
            TILL_ID, head.seq + 1, uuid, kind, 1, to_text(NOON), "2026-11-24", body, prev_hash=head.hash
        )
        self.entries.append(entry)
        return entry

    def acked_through(self) -> JournalPosition:
        return JournalPosition(self.acked, self.hash_at(self.acked) or GENESIS_HASH)

    def entries_after(self, seq: int, limit: int, max_bytes: int) -> Sequence[JournalEntry]:
        chosen: list[JournalEntry] = []
        left_bytes = max_bytes
        for entry in self.entries[seq : seq + limit]:
            left_bytes -= len(entry.body)
            if chosen and left_bytes < 0:
                break
            chosen.append(entry)
        return chosen

    def acknowledge(self, seq: int) -> None:
        if seq > len(self.entries):
            raise ValueError(f"there is no journal entry {seq}")
        self.acked = max(self.acked, seq)

    def rewind(self, seq: int) -> None:
        if not 0 <= seq <= self.acked:
            raise ValueError(f"entry {seq} is not acknowledged")
        self.acked = seq

    def journal_head(self) -> JournalPosition:
        return JournalPosition(len(self.entries), self.entries[-1].hash if self.entries else GENESIS_HASH)

    def hash_at(self, seq: int) -> str | None:
        if seq == 0:
            return GENESIS_HASH
        return self.entries[seq - 1].hash if seq <= len(self.entries) else None

    def unsent(self) -> UnsentSummary:
        waiting = self.entries[self.acked :]
        sales = sum(entry.kind == "sale" for entry in waiting)
        return UnsentSummary(len(waiting), sales, waiting[0].at if waiting else None)


class MemoryRecovery:
    """Implements Recovery."""

    def __init__(self, outbox: MemoryOutbox) -> None:
        self._outbox = outbox
        self.before_keeping: Callable[[], object] = lambda: None

    def read_back(self, entries: Sequence[JournalEntry]) -> None:
        self.before_keeping()
        for entry in entries:
            if entry.prev_hash != self._outbox.journal_head().hash or not is_intact(TILL_ID, entry):
                raise ReadBackRefused(f"entry {entry.seq} does not follow")
            self._outbox.entries.append(entry)


class MemoryFeed:
    """Implements CatalogueFeed, for items and pictures; other records are only counted."""

    def __init__(self) -> None:
        self.items: dict[str, Item] = {}
        self.pictures: dict[str, bytes] = {}
        self.writes = 0
        self._saved_cursor = ""
        self._mentioned: dict[str, int] = {}
        self._generation = 0

    def cursor(self) -> str:
        return self._saved_cursor

    def apply(self, records: Sequence[CatalogueRecord], next_cursor: str) -> None:
        self.writes += 1
        for record in records:
            if isinstance(record, Item):
                self.items[record.item_id] = record
                self._mentioned[record.item_id] = self._generation
            elif isinstance(record, Gone) and record.kind == "item":
                self.items.pop(record.record_id, None)
        self._saved_cursor = next_cursor

    def begin_again(self) -> None:
        self.writes += 1
        self._saved_cursor = ""
        self._generation += 1

    def end_again(self) -> None:
        self.writes += 1
        for item_id in self._unmentioned():
            del self.items[item_id]

    def item_count(self) -> int:
        return len(self.items)

    def known_items(self, item_ids: Sequence[str]) -> int:
        return len(self.items.keys() & set(item_ids))

    def unmentioned_items(self) -> int:
        return len(self._unmentioned())

    def missing_pictures(self, limit: int) -> Sequence[str]:
        wanted = {item.picture for item in self.items.values() if item.picture}
        return sorted(wanted - self.pictures.keys())[:limit]

    def add_picture(self, sha256: str, content: bytes) -> None:
        self.pictures[sha256] = content

    def swap_in(self, path: Path, *, is_checked: bool = False) -> None:
        """The file is a page as JSON: what a load would have fetched."""
        self.writes += 1
        page = msgspec.json.decode(path.read_bytes(), type=ChangesPage)  # its errors are ValueErrors
        self.items = {item.item_id: item for item in to_domain(page.records) if isinstance(item, Item)}
        self._mentioned = dict.fromkeys(self.items, self._generation)
        self._saved_cursor = position_text(FeedPosition(page.epoch, page.next_cursor, False, 0))
        path.unlink()

    def next_digests(self, kind: str, after: int) -> tuple[list[tuple[str, int]], int | None]:
        """Forty at a time."""
        ids = sorted(self.items) if kind == "item" else []
        beyond = after + 40
        some = [(item_id, digest_of(_record_of(self.items[item_id]))) for item_id in ids[after:beyond]]
        return some, beyond if beyond < len(ids) else None

    def digests_of(self, kind: str, record_ids: Sequence[str]) -> dict[str, int]:
        return {
            item_id: digest_of(_record_of(self.items[item_id]))
            for item_id in record_ids
            if kind == "item" and item_id in self.items
        }

    def mend(self, records: Sequence[CatalogueRecord], gone: Sequence[Gone]) -> None:
        self.apply([*records, *gone], self._saved_cursor)

    def _unmentioned(self) -> list[str]:
        return [item_id for item_id in self.items if self._mentioned[item_id] < self._generation]


class FeedRow(NamedTuple):
    seq: int
    record: Record


@dataclass
class HubState:
    """What a hub's database holds; copied whole for a backup."""

    entries: list[Entry] = field(default_factory=list)
    quarantined: dict[int, str] = field(default_factory=dict)
    feed: dict[tuple[str, str], FeedRow] = field(default_factory=dict)
    feed_seq: int = 0

    def copy(self) -> "HubState":
        return HubState(list(self.entries), dict(self.quarantined), dict(self.feed), self.feed_seq)


class MemoryHub:
    """Implements ClosableHub for one till, by the rules of the protocol. `changed` wakes its long polls."""

    def __init__(self) -> None:
        self.state = HubState()
        self.epoch = "epoch-1"
        self.hub_id = HUB_ID
        self.protocol = 2
        self.capabilities: list[str] = []
        self.skipped_records = 0
        self.changed = threading.Condition()
        self.server_time = to_text(NOON)
        self.pictures: dict[str, bytes] = {}
        self.calls: list[str] = []
        self.batch_sizes: list[int] = []
        self.on_hello: Callable[[HelloRequest], HelloAnswer] = self.greet
        self.on_journal: Callable[[JournalRequest], JournalAnswer] = self.take
        self.on_changes: Callable[[str, int], ChangesPage] = self.page
        self.on_live: Callable[[str, float], LiveAnswer] = self.wait_for_change

    # What a test does to the hub.

    def put(self, *records: ItemRecord) -> None:
        for record in records:
            self._change("item", record.item_id, record)

    def remove(self, *item_ids: str) -> None:
        for item_id in item_ids:
            self._change("item", item_id, Tombstone("item", item_id))

    def restore(self, backup: HubState) -> None:
        self.state = backup.copy()
        number = int(self.epoch.rpartition("-")[2]) + 1
        self.epoch = f"epoch-{number}"

    def prices_minor(self) -> dict[str, int | None]:
        """Of the items that exist."""
        records = [row.record for row in self.state.feed.values()]
        return {record.item_id: record.price_minor for record in records if isinstance(record, ItemRecord)}

    def _change(self, kind: str, record_id: str, record: Record) -> None:
        with self.changed:
            self.state.feed_seq += 1
            self.state.feed[kind, record_id] = FeedRow(self.state.feed_seq, record)
            self.changed.notify_all()

    # What a till asks of it.

    def close(self) -> None:
        self.calls.append("close")

    def pair(self, request: PairRequest) -> PairAnswer:
        return PairAnswer(TILL_ID, "1", request.till_name, "token", self.hub_id)

    def hello(self, request: HelloRequest) -> HelloAnswer:
        self.calls.append("hello")
        return self.on_hello(request)

    def send_journal(self, request: JournalRequest) -> JournalAnswer:
        self.calls.append("journal")
        return self.on_journal(request)

    def changes(self, cursor: str, limit: int) -> ChangesPage:
        self.calls.append("changes")
        return self.on_changes(cursor, limit)

    def live(self, cursor: str, wait_s: float) -> LiveAnswer:
        self.calls.append("live")
        return self.on_live(cursor, wait_s)

    def snapshot(self, schema_version: int) -> SnapshotAnswer:
        raise HubRefused("not_found")

    def snapshot_bytes(self, sha256: str, start: int) -> Iterator[bytes]:
        raise HubRefused("not_found")

    def sweep(self) -> SweepAnswer:
        self.calls.append("sweep")
        rows = self._live_rows("item")
        buckets = buckets_for(len(rows))
        sums = [
            summed(digest_of(record) for name, _, record in rows if bucket_of(name, buckets) == bucket)
            for bucket in range(buckets)
        ]
        kinds = {"item": SweepKind(len(rows), packed_sums(sums), FIELD_COUNTS["item"])}
        return SweepAnswer(self.epoch, self._newest(), kinds)

    def bucket(self, kind: str, bucket: int, of_buckets: int) -> BucketAnswer:
        self.calls.append("bucket")
        rows = [
            BucketRow(name, f"{digest_of(record):016x}", seq)
            for name, seq, record in self._live_rows(kind)
            if bucket_of(name, of_buckets) == bucket
        ]
        return BucketAnswer(self.epoch, self._newest(), rows)

    def records(self, kind: str, record_ids: list[str]) -> list[Record]:
        self.calls.append("records")
        return [record for name, _, record in self._live_rows(kind) if name in record_ids]

    def known(self, uuids: list[str]) -> KnownAnswer:
        self.calls.append("known")
        have = {entry.uuid for entry in self.state.entries}
        return KnownAnswer([uuid for uuid in uuids if uuid in have])

    def journal(self, after_seq: int, limit: int) -> JournalPage:
        self.calls.append("read journal")
        entries = self.state.entries[after_seq : after_seq + limit]
        return JournalPage(entries, after_seq + limit < len(self.state.entries))

    def waiting(self) -> list[WaitingEntry]:
        self.calls.append("waiting")
        return [
            WaitingEntry(seq, entry.uuid, entry.kind, entry.at, code, "It cannot be applied.", "Look at it.")
            for seq, code in sorted(self.state.quarantined.items())
            for entry in [self.state.entries[seq - 1]]
        ]

    def session_check(self, session_id: str) -> SessionCheck:
        head = self._head()
        return SessionCheck(
            session_id, 0, 0, 0, head.seq, head.seq, head.hash, len(self.state.quarantined), []
        )

    # How it answers, unless a test says otherwise.

    def greet(self, request: HelloRequest) -> HelloAnswer:
        return HelloAnswer(
            protocol=self.protocol,
            hub_id=self.hub_id,
            epoch=self.epoch,
            server_time=self.server_time,
            acked_through=self._head(),
            quarantined=len(self.state.quarantined),
            capabilities=list(self.capabilities),
            feed_records=len(self.state.feed),
            hub_version="9.9",
        )

    def wait_for_change(self, cursor: str, wait_s: float) -> LiveAnswer:
        with self.changed:
            self.changed.wait_for(lambda: self._after(cursor) < self.state.feed_seq, wait_s)
            return LiveAnswer(self._after(cursor) < self.state.feed_seq, self._newest())

    def take(self, request: JournalRequest) -> JournalAnswer:
        if request.epoch != self.epoch:
            raise HubRefused("epoch_changed")
        self.batch_sizes.append(len(request.entries))
        results = [self._take(entry) for entry in request.entries]
        return JournalAnswer(self._head(), results, len(self.state.quarantined))

    def page(self, cursor: str, limit: int) -> ChangesPage:
        after = self._after(cursor)
        rows = sorted(row for row in self.state.feed.values() if row.seq > after)
        page = rows[:limit]
        last = page[-1].seq if page else after
        return ChangesPage(
            self.epoch, [row.record for row in page], f"{self.epoch}:{last}", len(rows) > len(page)
        )

    def picture(self, sha256: str) -> bytes:
        self.calls.append("picture")
        if sha256 not in self.pictures:
            raise HubRefused("not_found")
        return self.pictures[sha256]

    def totals(self) -> TillTotals:
        raise HubUnreachable("no_connection")

    def _after(self, cursor: str) -> int:
        if not cursor:
            return 0
        epoch, _, seq = cursor.rpartition(":")
        if epoch != self.epoch:
            raise HubRefused("epoch_changed")
        return int(seq)

    def _newest(self) -> str:
        return f"{self.epoch}:{self.state.feed_seq}"

    def _live_rows(self, kind: str) -> list[tuple[str, int, LiveRecord]]:
        """Id, place in the feed and record of those that exist."""
        return [
            (record_id, row.seq, row.record)
            for (of_kind, record_id), row in sorted(self.state.feed.items())
            if of_kind == kind and not isinstance(row.record, Tombstone)
        ]

    def _head(self) -> JournalHead:
        entries = self.state.entries
        return JournalHead(len(entries), entries[-1].hash if entries else GENESIS_HASH)

    def _take(self, entry: Entry) -> EntryResult:
        entries = self.state.entries
        if entry.seq > len(entries) + 1:
            raise HubRefused("gap", acked_seq=len(entries))
        if entry.seq <= len(entries):
            if entries[entry.seq - 1].hash != entry.hash:
                raise HubRefused("fork")
            return EntryResult(entry.seq, "duplicate")
        if entry.prev_hash != self._head().hash:
            raise HubRefused("fork")
        if not is_intact(TILL_ID, stored_entry(entry)):
            raise HubRefused("bad_hash")
        entries.append(entry)
        if entry.kind == "unheard_of":
            self.state.quarantined[entry.seq] = "unknown_kind"
            return EntryResult(entry.seq, "quarantined", "unknown_kind")
        return EntryResult(entry.seq, "applied")


def _record_of(item: Item) -> ItemRecord:
    return ItemRecord(
        item_id=item.item_id,
        item_code=item.item_code,
        name=item.name,
        description=item.description,
        department_id=item.department_id,
        vat_code=item.vat_code,
        price_minor=item.price_minor,
        unit=item.unit,
        plu=item.plu,
        barcodes=list(item.barcodes),
        minimum_age=item.minimum_age,
        picture=item.picture,
        blocked=item.blocked,
        pictures=list(item.pictures),
        pack_milli={pack.barcode: pack.quantity_milli for pack in item.packs},
    )


def item_record(item_id: str, price_minor: int = 100, picture: str | None = None) -> ItemRecord:
    return ItemRecord(
        item_id=item_id,
        item_code=item_id,
        name=f"Item {item_id}",
        description="",
        department_id="grocery",
        vat_code="A",
        price_minor=price_minor,
        unit="each",
        plu=None,
        barcodes=[],
        minimum_age=0,
        picture=picture,
        blocked=False,
    )


def many_items(count: int) -> list[ItemRecord]:
    return [item_record(f"i{number:05}") for number in range(count)]


def picture_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


class LiveLine:
    """Implements LiveHub: one more client of a MemoryHub, for its long polls alone."""

    def __init__(self, hub: MemoryHub) -> None:
        self._hub = hub
        self._is_closed = False
        self.waits_s: list[float] = []

    def live(self, cursor: str, wait_s: float) -> LiveAnswer:
        self.waits_s.append(wait_s)
        hub = self._hub
        with hub.changed:
            hub.changed.wait_for(lambda: self._is_closed or hub.live(cursor, 0.0).changed, wait_s)
            if self._is_closed:
                raise HubUnreachable("stopped")
            return hub.live(cursor, 0.0)

    def close(self) -> None:
        with self._hub.changed:
            self._is_closed = True
            self._hub.changed.notify_all()
