"""The background thread: it wakes, waits, stops within a second, and survives what it did not foresee."""

import threading
import time
from collections.abc import Callable, Iterator

import pytest

from tests.conftest import ExpectedLogs
from tests.sync.canned_server import CannedServer
from tests.sync.memory import ManualClock, MemoryFeed, MemoryHub, MemoryOutbox
from till_app.services.errors import HubUnreachable
from till_app.services.status import LinkState, SyncStatus
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
        self.cycles = 0
        self.statuses: list[SyncStatus] = []
        self.changed = threading.Condition()
        self.thread = SyncThread(self.build_cycle)

    def build_cycle(self) -> SyncCycle:
        self.cycles += 1
        return SyncCycle(
            self.hub,
            self.outbox,
            MemoryFeed(),
            ManualClock(),
            app_version="1",
            on_status=self.on_status,
            on_catalogue=lambda change: None,
            settings=self.settings,
            backoff=Backoff(first_s=self.backoff_s, most_s=self.backoff_s, chance=lambda: 0.999),
        )

    def on_status(self, status: SyncStatus) -> None:
        with self.changed:
            self.statuses.append(status)
            self.changed.notify_all()

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
