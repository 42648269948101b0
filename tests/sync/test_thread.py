"""The background thread: it wakes, waits, stops within a second, and survives what it did not foresee."""

import threading
import time
from collections.abc import Callable, Iterator

import pytest

from tests.conftest import ExpectedLogs
from tests.sync.canned_server import CannedServer
from tests.sync.memory import (
    LiveLine,
    ManualClock,
    MemoryFeed,
    MemoryHub,
    MemoryOutbox,
    item_record,
    many_items,
)
from till_app.services.errors import HubRefused, HubUnreachable
from till_app.services.status import CatalogueChanged, LinkState, SyncStatus
from till_app.sync.backoff import Backoff
from till_app.sync.cycle import SyncCycle, SyncSettings
from till_app.sync.hub_client import HttpHubApi
from till_app.sync.thread import SyncThread
from till_app.wire.changes import ChangesPage
from till_app.wire.exchange import HelloAnswer, HelloRequest, JournalAnswer, JournalRequest

WAIT_S = 10.0
NEVER_S = 1_000.0
"""So that a test that relies on the wait would fail by its time limit."""


class Till:
    """A till whose statuses can be waited for."""

    def __init__(self, *, idle_s: float = NEVER_S, soonest_retry_s: float = NEVER_S) -> None:
        self.hub = MemoryHub()
        self.outbox = MemoryOutbox()
        self.settings = SyncSettings(idle_s=idle_s, soonest_retry_s=soonest_retry_s)
        self.backoff_s = NEVER_S
        self.feed = MemoryFeed()
        self.cycles = 0
        self.statuses: list[SyncStatus] = []
        self.changed = threading.Condition()
        self.thread = SyncThread(self.build_cycle)

    def build_cycle(self) -> SyncCycle:
        self.cycles += 1
        return SyncCycle(
            self.hub,
            self.outbox,
            self.feed,
            ManualClock(),
            app_version="1",
            on_status=self.on_status,
            on_catalogue=self.on_catalogue,
            settings=self.settings,
            backoff=Backoff(first_s=self.backoff_s, most_s=self.backoff_s, chance=lambda: 0.999),
        )

    def on_status(self, status: SyncStatus) -> None:
        with self.changed:
            self.statuses.append(status)
            self.changed.notify_all()

    def on_catalogue(self, change: CatalogueChanged) -> None:
        with self.changed:
            self.changed.notify_all()

    def wait_for_item(self, item_id: str) -> None:
        self.wait_for(lambda: item_id in self.feed.items)

    def wait_for(self, reached: Callable[[], bool]) -> None:
        with self.changed:
            assert self.changed.wait_for(reached, WAIT_S), self.statuses

    def wait_for_state(self, state: LinkState) -> None:
        self.wait_for(lambda: bool(self.statuses) and self.statuses[-1].state is state)

    def wait_for_waiting(self, sales: int) -> None:
        self.wait_for(lambda: self.statuses[-1].waiting_sales == sales)


@pytest.fixture
def till() -> Iterator[Till]:
    till = Till()
    yield till
    till.thread.stop()


def test_a_wake_sends_at_once_while_all_is_well(till: Till) -> None:
    till.thread.start()
    till.wait_for_state(LinkState.ONLINE)
    taken = threading.Event()

    def noting(request: JournalRequest) -> JournalAnswer:
        taken.set()
        return till.hub.take(request)

    till.hub.on_journal = noting
    till.outbox.record("sale-1")
    till.thread.wake()
    assert taken.wait(WAIT_S)


def test_it_polls_by_itself_when_idle() -> None:
    till = Till(idle_s=0.0)
    polled = threading.Semaphore(0)

    def counting(cursor: str, limit: int) -> ChangesPage:
        polled.release()
        return till.hub.page(cursor, limit)

    till.hub.on_changes = counting
    till.thread.start()
    try:
        for _ in range(3):
            assert polled.acquire(timeout=WAIT_S)
    finally:
        till.thread.stop()


def test_while_the_hub_is_away_a_wake_counts_the_sales_and_does_not_try(till: Till) -> None:
    till.hub.on_hello = _away
    till.thread.start()
    till.wait_for_state(LinkState.OFFLINE)
    for sales in (1, 2, 3):
        till.outbox.record(f"sale-{sales}")
        till.thread.wake()
        till.wait_for_waiting(sales)
    assert till.hub.calls == ["hello"]


def test_while_the_hub_is_away_a_wake_tries_once_the_last_try_is_old_enough() -> None:
    till = Till(soonest_retry_s=0.0)
    till.hub.on_hello = _away
    till.thread.start()
    try:
        till.wait_for_state(LinkState.OFFLINE)
        till.hub.on_hello = till.hub.greet
        till.thread.wake()
        till.wait_for_state(LinkState.ONLINE)
    finally:
        till.thread.stop()


def test_an_unforeseen_failure_is_logged_shown_and_survived(expected_logs: ExpectedLogs) -> None:
    expected_logs.expect("an unforeseen failure")
    till = Till(soonest_retry_s=0.0)
    till.hub.on_hello = _broken
    till.thread.start()
    try:
        till.wait_for(lambda: till.statuses[-1].error_code == "bug" if till.statuses else False)
        till.hub.on_hello = till.hub.greet
        till.thread.wake()
        till.wait_for_state(LinkState.ONLINE)
    finally:
        till.thread.stop()


def test_starting_twice_is_one_run_and_each_run_has_a_cycle_of_its_own(till: Till) -> None:
    till.thread.start()
    till.thread.start()
    assert till.cycles == 1
    till.thread.stop()
    till.thread.stop()
    till.statuses.clear()
    till.thread.start()
    till.wait_for_state(LinkState.ONLINE)
    assert till.cycles == 2


def test_a_wake_before_the_start_and_after_the_stop_does_nothing(till: Till) -> None:
    till.thread.wake()
    till.thread.start()
    till.thread.stop()
    till.thread.wake()
    assert till.cycles == 1


def test_it_stops_within_a_second_while_it_rests(till: Till) -> None:
    till.thread.start()
    till.wait_for_state(LinkState.ONLINE)
    assert _stop_takes_s(till.thread) < 1.0


def test_it_stops_within_a_second_with_a_hub_that_hangs() -> None:
    statuses: list[SyncStatus] = []
    with CannedServer(None) as server:
        thread = SyncThread(
            lambda: SyncCycle(
                HttpHubApi(server.url, "token"),
                MemoryOutbox(),
                MemoryFeed(),
                ManualClock(),
                app_version="1",
                on_status=statuses.append,
                on_catalogue=lambda change: None,
            )
        )
        thread.start()
        assert server.is_holding.wait(WAIT_S)
        assert _stop_takes_s(thread) < 1.0
        assert not any(running.name == "sync" for running in threading.enumerate())
    assert [status.state for status in statuses] == [LinkState.STARTING]


def _stop_takes_s(thread: SyncThread) -> float:
    began = time.monotonic()
    thread.stop()
    return time.monotonic() - began


def _away(request: HelloRequest) -> HelloAnswer:
    raise HubUnreachable("no_connection")


def _broken(request: HelloRequest) -> HelloAnswer:
    raise ZeroDivisionError


# ------------------------------------------------------------------------ live


class LiveTill(Till):
    """A till whose hub says by itself when something changed; it would poll only after `NEVER_S`."""

    def __init__(self) -> None:
        super().__init__()
        self.settings = SyncSettings(idle_s=NEVER_S, live_idle_s=NEVER_S)
        self.hub.capabilities = ["live"]
        self.lines: list[LiveLine] = []
        self.thread = SyncThread(self.build_cycle, self.connect_live, self.on_status)

    def connect_live(self) -> LiveLine:
        self.lines.append(LiveLine(self.hub))
        return self.lines[-1]


@pytest.fixture
def live_till() -> Iterator[LiveTill]:
    till = LiveTill()
    yield till
    till.thread.stop()


def test_a_change_at_the_hub_arrives_without_a_poll(live_till: LiveTill) -> None:
    live_till.thread.start()
    live_till.wait_for(lambda: bool(live_till.statuses) and live_till.statuses[-1].is_live)
    live_till.hub.put(item_record("i1"))
    live_till.wait_for_item("i1")


def test_each_run_watches_on_a_line_of_its_own_that_ends_with_it(live_till: LiveTill) -> None:
    for run in (1, 2):
        live_till.statuses.clear()
        live_till.thread.start()
        live_till.wait_for(lambda: bool(live_till.statuses) and live_till.statuses[-1].is_live)
        live_till.thread.stop()
        assert len(live_till.lines) == run
        assert _names_of_ours() == set()


def test_it_stops_within_a_second_with_both_requests_under_way() -> None:
    statuses: list[SyncStatus] = []
    with CannedServer(None) as exchanging, CannedServer(None) as watching:
        thread = SyncThread(
            lambda: SyncCycle(
                HttpHubApi(exchanging.url, "token"),
                MemoryOutbox(),
                MemoryFeed(),
                ManualClock(),
                app_version="1",
                on_status=statuses.append,
                on_catalogue=lambda change: None,
            ),
            lambda: HttpHubApi(watching.url, "token"),
        )
        thread.start()
        assert exchanging.is_holding.wait(WAIT_S)
        assert _stop_takes_s(thread) < 1.0
        assert _names_of_ours() == set()


def test_what_cannot_ever_begin_is_shown_and_ends(till: Till, expected_logs: ExpectedLogs) -> None:
    expected_logs.expect("the exchange with the hub cannot begin")

    def no_cycle() -> SyncCycle:
        raise ValueError("the hub's address is not an http or https URL")

    till.thread = SyncThread(no_cycle, on_status=till.on_status)
    till.thread.start()
    till.wait_for_state(LinkState.REFUSED)
    assert [status.error_code for status in till.statuses] == ["cannot_start"]


@pytest.mark.parametrize(
    ("failure", "state"),
    [
        (HubUnreachable("credential_locked"), LinkState.OFFLINE),
        (HubRefused("revoked"), LinkState.REFUSED),
    ],
)
def test_what_cannot_begin_yet_is_shown_and_begun_once_it_can(
    failure: Exception, state: LinkState, till: Till
) -> None:
    failures = [failure]

    def at_second_try() -> SyncCycle:
        if failures:
            raise failures.pop()
        return till.build_cycle()

    till.thread = SyncThread(at_second_try, on_status=till.on_status)
    till.thread.start()
    till.wait_for_state(state)
    till.thread.send_now()
    till.wait_for_state(LinkState.ONLINE)


# ------------------------------------------------------------- asked by a person


def test_send_now_tries_a_hub_that_is_away_however_long_the_wait(till: Till) -> None:
    till.hub.on_hello = _away
    till.thread.start()
    till.wait_for_state(LinkState.OFFLINE)
    till.hub.on_hello = till.hub.greet
    till.outbox.record("sale-1")
    till.thread.send_now()
    till.wait_for_state(LinkState.ONLINE)
    till.wait_for_waiting(0)


def test_what_is_asked_before_the_cycle_is_made_is_not_forgotten(till: Till) -> None:
    may_build = threading.Event()
    build = till.build_cycle

    def slowly() -> SyncCycle:
        assert may_build.wait(WAIT_S)
        return build()

    till.hub.put(*many_items(100))
    till.thread.start()
    till.wait_for(lambda: len(till.feed.items) == 100)
    till.thread.stop()
    till.hub.remove(*list(till.feed.items)[:50])
    till.thread = SyncThread(slowly)
    till.thread.start()
    till.thread.accept_removal()
    may_build.set()
    till.wait_for(lambda: len(till.feed.items) == 50)


def test_two_threads_on_one_journal_send_each_entry_once() -> None:
    """As when a thread of the run before is left to end by itself."""
    till = Till(idle_s=0.0)
    for number in range(1, 201):
        till.outbox.record(f"sale-{number}")
    one, other = SyncThread(till.build_cycle), SyncThread(till.build_cycle)
    taking = threading.Lock()

    def one_at_a_time(request: JournalRequest) -> JournalAnswer:
        with taking:
            return till.hub.take(request)

    till.hub.on_journal = one_at_a_time
    one.start()
    other.start()
    try:
        till.wait_for(lambda: till.outbox.acked == 200)
    finally:
        one.stop()
        other.stop()
    assert [entry.uuid for entry in till.hub.state.entries] == [f"sale-{n}" for n in range(1, 201)]


def test_starts_and_stops_from_many_threads_leave_one_run_or_none() -> None:
    till = Till(idle_s=0.0)

    def restart() -> None:
        for _ in range(10):
            till.thread.start()
            till.thread.wake()
            till.thread.stop()

    threads = [threading.Thread(target=restart) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(WAIT_S)
    till.thread.stop()
    assert _names_of_ours() == set()


def _names_of_ours() -> set[str]:
    return {running.name for running in threading.enumerate()} & {"sync", "live"}
