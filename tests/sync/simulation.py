"""A till and a hub over a bad network, both dying at the worst moments: one seeded story at a time."""

import random
from collections.abc import Sequence

from tests.sync.memory import (
    HubState,
    ManualClock,
    MemoryFeed,
    MemoryHub,
    MemoryOutbox,
    item_record,
)
from till_app.services.errors import HubUnreachable
from till_app.services.ports import CatalogueRecord
from till_app.services.status import CatalogueChanged, SyncStatus
from till_app.sync.backoff import Backoff
from till_app.sync.cycle import SyncCycle
from till_app.wire.changes import ChangesPage
from till_app.wire.exchange import (
    HelloAnswer,
    HelloRequest,
    JournalAnswer,
    JournalRequest,
)


class PowerCut(BaseException):
    """The till's process ends here; no code of the till may catch it."""


class CrashingOutbox(MemoryOutbox):
    """Loses power right before or right after it noted an acknowledgement or a rewind."""

    def __init__(self, chance: random.Random) -> None:
        super().__init__()
        self._chance = chance
        self.crash_rate = 0.0

    def acknowledge(self, seq: int) -> None:
        self._maybe_crash()
        super().acknowledge(seq)
        self._maybe_crash()

    def rewind(self, seq: int) -> None:
        self._maybe_crash()
        super().rewind(seq)
        self._maybe_crash()

    def _maybe_crash(self) -> None:
        if self._chance.random() < self.crash_rate:
            raise PowerCut


class CrashingFeed(MemoryFeed):
    """Loses power right before or right after each of its transactions."""

    def __init__(self, chance: random.Random) -> None:
        super().__init__()
        self._chance = chance
        self.crash_rate = 0.0

    def apply(self, records: Sequence[CatalogueRecord], next_cursor: str) -> None:
        self._maybe_crash()
        super().apply(records, next_cursor)
        self._maybe_crash()

    def begin_again(self) -> None:
        self._maybe_crash()
        super().begin_again()
        self._maybe_crash()

    def end_again(self) -> None:
        self._maybe_crash()
        super().end_again()
        self._maybe_crash()

    def _maybe_crash(self) -> None:
        if self._chance.random() < self.crash_rate:
            raise PowerCut


class LossyHub(MemoryHub):
    """Loses requests and answers, gets requests twice, and dies before or after its commit."""

    def __init__(self, chance: random.Random) -> None:
        super().__init__()
        self._chance = chance
        self.fault_rate = 0.0

    def hello(self, request: HelloRequest) -> HelloAnswer:
        self._maybe_lose("request")
        answer = super().hello(request)
        self._maybe_lose("answer")
        return answer

    def changes(self, cursor: str, limit: int) -> ChangesPage:
        self._maybe_lose("request")
        page = super().changes(cursor, limit)
        self._maybe_lose("answer")
        return page

    def send_journal(self, request: JournalRequest) -> JournalAnswer:
        self._maybe_lose("request")
        before_commit = self.state.copy()
        answer = super().send_journal(request)
        if self._happens():
            self.state = before_commit  # died before its commit
            raise HubUnreachable("no_connection")
        if self._happens():
            answer = super().send_journal(request)  # the network delivered it twice
        self._maybe_lose("answer")
        return answer

    def _happens(self) -> bool:
        return self._chance.random() < self.fault_rate

    def _maybe_lose(self, what: str) -> None:
        if self._happens():
            raise HubUnreachable(self._chance.choice(("timeout", "no_connection")), f"{what} lost")


class Story:
    """Random sales, price changes, restores and power cuts; `finish` brings the network back for good."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.clock = ManualClock()
        self.hub = LossyHub(self.chance)
        self.outbox = CrashingOutbox(self.chance)
        self.feed = CrashingFeed(self.chance)
        self.statuses: list[SyncStatus] = []
        self._backup: HubState = self.hub.state.copy()
        self._next_item = 0
        self._cycle = self._started()

    def play(self, steps: int) -> None:
        self.hub.fault_rate = 0.15
        self.outbox.crash_rate = 0.05
        self.feed.crash_rate = 0.05
        for step in range(steps):
            self.clock.seconds += self.chance.choice((0.1, 2.0, 400.0))
            self._happen(step)

    def finish(self) -> None:
        self.hub.fault_rate = self.outbox.crash_rate = self.feed.crash_rate = 0.0
        for _ in range(10):
            self.clock.seconds += 1_000.0
            self._cycle.run()
            if self.statuses[-1].error_code == "mass_removal":
                self._cycle.accept_removal()  # the restored hub really has fewer items

    def _happen(self, step: int) -> None:
        what = self.chance.choices(
            ("sales", "round", "items", "power cut", "backup", "restore"), (30, 50, 10, 4, 4, 2)
        )[0]
        match what:
            case "sales":
                for number in range(self.chance.randint(1, 40)):
                    self.outbox.record(f"{step}-{number}")
            case "round":
                try:
                    self._cycle.run()
                except PowerCut:
                    self._cycle = self._started()
            case "items":
                self._change_items()
            case "power cut":
                self._cycle = self._started()
            case "backup":
                self._backup = self.hub.state.copy()
            case "restore":
                self.hub.restore(self._backup)

    def _change_items(self) -> None:
        for _ in range(self.chance.randint(1, 60)):
            self._next_item += 1
            self.hub.put(item_record(f"i{self._next_item}", self.chance.randint(1, 999)))
        live = sorted(self.hub.prices_minor())
        for item_id in self.chance.sample(live, k=min(3, len(live))):
            self.hub.remove(item_id)

    def _started(self) -> SyncCycle:
        """What a restart leaves: the disks."""
        return SyncCycle(
            self.hub,
            self.outbox,
            self.feed,
            self.clock,
            app_version="1",
            on_status=self.statuses.append,
            on_catalogue=_ignored,
            backoff=Backoff(chance=self.chance.random),
            monotonic=self.clock.monotonic,
        )


def _ignored(change: CatalogueChanged) -> None:
    """The screens are not part of the story."""
