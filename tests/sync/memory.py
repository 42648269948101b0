"""In memory, with the same laws as the real ones: a till's journal and catalogue, and a hub."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from till_app.domain.catalogue import Item
from till_app.domain.journal import GENESIS_HASH, JournalEntry, is_intact, sealed
from till_app.domain.times import to_text
from till_app.services.errors import HubRefused, HubUnreachable
from till_app.services.ports import CatalogueRecord, Gone, JournalPosition, UnsentSummary
from till_app.wire.changes import ChangesPage, ItemRecord, Record, Tombstone
from till_app.wire.exchange import (
    Entry,
    EntryResult,
    HelloAnswer,
    HelloRequest,
    JournalAnswer,
    JournalHead,
    JournalRequest,
    PairAnswer,
    PairRequest,
    TillTotals,
)

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
    """Implements ClosableHub for one till, by the rules of the protocol."""

    def __init__(self) -> None:
        self.state = HubState()
        self.epoch = "epoch-1"
        self.hub_id = HUB_ID
        self.protocol = 1
        self.server_time = to_text(NOON)
        self.pictures: dict[str, bytes] = {}
        self.calls: list[str] = []
        self.batch_sizes: list[int] = []
        self.on_hello: Callable[[HelloRequest], HelloAnswer] = self.greet
        self.on_journal: Callable[[JournalRequest], JournalAnswer] = self.take
        self.on_changes: Callable[[str, int], ChangesPage] = self.page

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
        self.state.feed_seq += 1
        self.state.feed[kind, record_id] = FeedRow(self.state.feed_seq, record)

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

    # How it answers, unless a test says otherwise.

    def greet(self, request: HelloRequest) -> HelloAnswer:
        return HelloAnswer(
            protocol=self.protocol,
            hub_id=self.hub_id,
            epoch=self.epoch,
            server_time=self.server_time,
            acked_through=self._head(),
            quarantined=len(self.state.quarantined),
        )

    def take(self, request: JournalRequest) -> JournalAnswer:
        if request.epoch != self.epoch:
            raise HubRefused("epoch_changed")
        self.batch_sizes.append(len(request.entries))
        results = [self._take(entry) for entry in request.entries]
        return JournalAnswer(self._head(), results, len(self.state.quarantined))

    def page(self, cursor: str, limit: int) -> ChangesPage:
        after = 0
        if cursor:
            epoch, _, seq = cursor.rpartition(":")
            if epoch != self.epoch:
                raise HubRefused("epoch_changed")
            after = int(seq)
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
        if not is_intact(TILL_ID, _entry_of(entry)):
            raise HubRefused("bad_hash")
        entries.append(entry)
        if entry.kind == "unheard_of":
            self.state.quarantined[entry.seq] = "unknown_kind"
            return EntryResult(entry.seq, "quarantined", "unknown_kind")
        return EntryResult(entry.seq, "applied")


def _entry_of(entry: Entry) -> JournalEntry:
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
