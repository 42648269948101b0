"""A first load beside the rounds: sales go on, what was loaded is swapped in, what fails is tried again."""

from pathlib import Path

import msgspec

from tests.conftest import ExpectedLogs
from tests.sync.memory import ManualClock, MemoryFeed, MemoryHub, MemoryOutbox, many_items
from till_app.services.status import CatalogueChanged, LinkState, LoadProgress, SyncStatus
from till_app.sync.backoff import Backoff, Wait
from till_app.sync.cycle import SyncCycle
from till_app.sync.first_load import FIRST_LOAD_FROM_RECORDS, Loaded, LoadFailed, LoadState
from till_app.sync.loading import LOOK_AGAIN_S, Loading
from till_app.sync.records import EVERYTHING_CHANGED
from till_app.wire.changes import ChangesPage
from till_app.wire.exchange import HelloAnswer, HelloRequest

LOOK_AGAIN = Wait(LOOK_AGAIN_S, 0.0)


class ScriptedLoad:
    """Implements FirstLoading: ends as the test says."""

    def __init__(self) -> None:
        self.is_under_way = False
        self.state: LoadState = LoadProgress(0, 0)
        self.starts: list[bool] = []
        self.expected: list[int] = []
        self.stops = 0
        self.clears = 0

    def start(self, *, removal_accepted: bool = False, expected_records: int = 0) -> None:
        self.starts.append(removal_accepted)
        self.expected.append(expected_records)
        self.is_under_way = True

    def poll(self) -> LoadState:
        self.is_under_way = isinstance(self.state, LoadProgress)
        return self.state

    def stop(self) -> None:
        self.stops += 1
        self.is_under_way = False

    def clear(self) -> None:
        self.clears += 1


class Till:
    """New, at a hub of so many records."""

    def __init__(self, feed_records: int = FIRST_LOAD_FROM_RECORDS) -> None:
        self.clock = ManualClock()
        self.hub = MemoryHub()
        self.hub.put(*many_items(100))
        self.feed_records = feed_records
        self.hub.on_hello = self.greet
        self.outbox = MemoryOutbox()
        self.feed = MemoryFeed()
        self.load = ScriptedLoad()
        self.statuses: list[SyncStatus] = []
        self.changes: list[CatalogueChanged] = []
        self.cycle = SyncCycle(
            self.hub,
            self.outbox,
            self.feed,
            self.clock,
            app_version="1",
            on_status=self.statuses.append,
            on_catalogue=self.changes.append,
            loading=Loading(
                self.load, self.feed, self.clock.monotonic, backoff=Backoff(10.0, chance=lambda: 1.0)
            ),
            monotonic=self.clock.monotonic,
        )

    def greet(self, request: HelloRequest) -> HelloAnswer:
        return msgspec.structs.replace(self.hub.greet(request), feed_records=self.feed_records)

    @property
    def status(self) -> SyncStatus:
        return self.statuses[-1]

    def finish(self, folder: Path) -> None:
        """The load has fetched the first fifty items."""
        path = folder / "loaded.json"
        path.write_bytes(
            msgspec.json.encode(ChangesPage("epoch-1", list(many_items(50)), "epoch-1:50", False))
        )
        self.load.state = Loaded(path)


def test_a_short_feed_is_read_by_pages() -> None:
    till = Till(FIRST_LOAD_FROM_RECORDS - 1)
    till.cycle.run()
    assert till.load.starts == []
    assert len(till.feed.items) == 100


def test_sales_are_sent_and_progress_is_shown_while_it_loads() -> None:
    till = Till()
    till.load.state = LoadProgress(3, 10)
    assert till.cycle.run() == LOOK_AGAIN
    till.outbox.record("sale-1")
    assert till.cycle.run() == LOOK_AGAIN
    assert till.hub.calls == ["hello", "journal"]
    assert (till.status.state, till.status.load) == (LinkState.ONLINE, LoadProgress(3, 10))
    assert (till.load.starts, till.load.expected) == ([False], [FIRST_LOAD_FROM_RECORDS])
    assert till.cycle.live_cursor is None


def test_what_was_loaded_is_swapped_in_and_the_feed_goes_on_from_there(tmp_path: Path) -> None:
    till = Till()
    till.cycle.run()
    till.finish(tmp_path)
    assert till.cycle.run() == Wait(2.0, 0.0)
    assert len(till.feed.items) == 100
    assert till.changes[0] == EVERYTHING_CHANGED
    assert len(till.changes[1].item_ids) == 50
    assert (till.load.clears, till.status.load) == (1, None)


def test_a_load_that_breaks_off_is_tried_again_after_a_wait(tmp_path: Path) -> None:
    till = Till()
    till.load.state = LoadFailed("timeout")
    till.cycle.run()
    till.clock.seconds += 9
    till.cycle.run()
    assert (len(till.load.starts), till.status.error_code) == (1, "timeout")
    assert till.status.state is LinkState.ONLINE
    till.finish(tmp_path)
    till.clock.seconds += 1
    till.cycle.run()
    assert len(till.feed.items) == 100
    assert till.status.error_code == ""


def test_the_time_that_the_hub_names_is_waited() -> None:
    till = Till()
    till.load.state = LoadFailed("not_ready", retry_after_s=30.0)
    till.cycle.run()
    till.clock.seconds += 29
    till.cycle.run()
    assert len(till.load.starts) == 1
    till.clock.seconds += 1
    till.cycle.run()
    assert len(till.load.starts) == 2


def test_a_hub_that_refuses_is_read_by_pages() -> None:
    till = Till()
    till.load.state = LoadFailed("not_found", is_refusal=True)
    till.cycle.run()
    assert len(till.feed.items) == 100


def test_where_no_process_may_be_started_pages_are_read_after_three_tries() -> None:
    till = Till()
    till.load.state = LoadFailed("load_failed")
    for _ in range(3):
        assert len(till.feed.items) == 0
        till.cycle.run()
        till.clock.seconds += 100
    assert len(till.feed.items) == 100


def test_a_file_that_is_no_good_is_thrown_away_and_fetched_again(tmp_path: Path) -> None:
    till = Till()
    path = tmp_path / "loaded.json"
    path.write_text("not a catalogue")
    till.load.state = Loaded(path)
    till.cycle.run()
    assert (till.load.clears, till.status.error_code) == (1, "load_failed")
    till.finish(tmp_path)
    till.clock.seconds += 10
    till.cycle.run()
    assert len(till.feed.items) == 100


def test_a_load_that_would_remove_much_waits_for_a_person(expected_logs: ExpectedLogs) -> None:
    expected_logs.expect("the hub's feed is not applied")
    till = Till()
    till.load.state = LoadFailed("mass_removal", "500 of 600 items would go")
    till.cycle.run()
    assert till.status.error_code == "mass_removal"
    till.load.state = LoadProgress(1, 2)
    till.cycle.accept_removal()
    till.cycle.run()
    assert till.load.starts == [False, True]


def test_the_process_ends_with_the_cycle() -> None:
    till = Till()
    till.cycle.run()
    till.cycle.stop()
    till.cycle.end()
    assert till.load.stops == 1
