"""Watching the hub: a change is told at once, a hub that fails is left in peace, a stop is a stop."""

import threading
import time
from collections.abc import Iterator

import pytest

from tests.sync.canned_server import CannedServer, answer
from tests.sync.memory import LiveLine, MemoryHub, item_record
from till_app.services.errors import HubRefused, HubUnreachable
from till_app.sync.backoff import Backoff
from till_app.sync.hub_client import HttpHubApi
from till_app.sync.live import LiveWatch
from till_app.wire.exchange import LiveAnswer

WAIT_S = 10.0
NEVER_S = 1_000.0
"""A test that would have to wait for this fails by its time limit."""


class Watched:
    """A hub, a watch on it, and how often it called."""

    def __init__(self, backoff_s: float = NEVER_S) -> None:
        self.hub = MemoryHub()
        self.line = LiveLine(self.hub)
        self.calls = threading.Semaphore(0)
        backoff = Backoff(backoff_s, backoff_s, chance=lambda: 1.0)
        self.watch = LiveWatch(self.line, self.calls.release, backoff=backoff, wait_s=NEVER_S)
        self.watch.start()

    def assert_called(self) -> None:
        assert self.calls.acquire(timeout=WAIT_S)

    def go_live(self) -> None:
        self.watch.follow("epoch-1:0")
        self.assert_called()
        assert self.watch.is_live


@pytest.fixture
def watched() -> Iterator[Watched]:
    watched = Watched()
    yield watched
    watched.watch.begin_stop()
    assert watched.watch.join(WAIT_S)


def test_it_asks_nothing_before_the_sync_thread_says_from_where(watched: Watched) -> None:
    assert not watched.watch.is_live
    assert watched.hub.calls == []


def test_the_first_answer_comes_at_once_and_makes_it_live(watched: Watched) -> None:
    watched.go_live()
    assert watched.hub.calls[0] == "live"


def test_each_change_is_told_once(watched: Watched) -> None:
    watched.go_live()
    for number in range(3):
        watched.hub.put(item_record(f"i{number}"))
        watched.assert_called()
    assert not watched.calls.acquire(blocking=False)


def test_a_change_from_before_is_told_at_once(watched: Watched) -> None:
    watched.hub.put(item_record("i1"))
    watched.go_live()
    watched.assert_called()


def test_a_hub_that_goes_away_ends_being_live_and_one_that_comes_back_begins_it() -> None:
    watched = Watched(backoff_s=0.0)
    watched.go_live()

    def away(cursor: str, wait_s: float) -> LiveAnswer:
        raise HubUnreachable("no_connection")

    watched.hub.on_live = away
    watched.hub.put(item_record("i1"))
    watched.assert_called()
    assert not watched.watch.is_live
    watched.hub.on_live = watched.hub.wait_for_change
    watched.assert_called()
    assert watched.watch.is_live
    watched.watch.begin_stop()
    assert watched.watch.join(WAIT_S)


def test_a_refused_cursor_is_not_asked_again_until_the_sync_thread_knows_better() -> None:
    watched = Watched(backoff_s=0.0)
    watched.go_live()
    watched.hub.epoch = "epoch-2"
    watched.hub.put(item_record("i1"))
    watched.assert_called()
    assert not watched.watch.is_live
    watched.watch.follow("epoch-2:0")
    watched.assert_called()
    assert watched.watch.is_live
    watched.watch.begin_stop()
    assert watched.watch.join(WAIT_S)


def test_with_the_hub_out_of_reach_of_the_sync_thread_it_is_not_live(watched: Watched) -> None:
    watched.go_live()
    watched.watch.follow(None)
    assert not watched.watch.is_live


def test_a_hub_that_answers_at_once_again_and_again_is_asked_rarely() -> None:
    watched = Watched()
    watched.hub.on_live = lambda cursor, wait_s: LiveAnswer(True, cursor)
    watched.go_live()
    watched.assert_called()
    watched.watch.begin_stop()
    assert watched.watch.join(WAIT_S)
    assert watched.line.waits_s == [0.0]


def test_a_stop_ends_a_poll_that_waits_at_the_hub() -> None:
    with CannedServer(answer(200, b'{"changed":false,"cursor":"e:1"}'), None) as server:
        went_live = threading.Event()
        watch = LiveWatch(HttpHubApi(server.url, "token"), went_live.set)
        watch.start()
        watch.follow("e:0")
        assert went_live.wait(WAIT_S)
        assert server.is_holding.wait(WAIT_S)
        began = time.monotonic()
        watch.begin_stop()
        assert watch.join(1.0)
        assert time.monotonic() - began < 1.0
    assert [received.target for received in server.received] == [
        "/v1/live?cursor=e%3A0&wait_s=0",
        "/v1/live?cursor=e%3A1&wait_s=25",
    ]


def test_a_hub_without_the_call_is_left_to_the_plain_poll() -> None:
    watched = Watched()
    asked = threading.Event()

    def refuses(cursor: str, wait_s: float) -> LiveAnswer:
        asked.set()
        raise HubRefused("not_found")

    watched.hub.on_live = refuses
    watched.watch.follow("epoch-1:0")
    assert asked.wait(WAIT_S)
    watched.watch.begin_stop()
    assert watched.watch.join(WAIT_S)
    assert not watched.watch.is_live
