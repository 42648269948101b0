"""How soon one side knows of a change on the other: live, over loopback, beside a bare round trip."""

import itertools
import socket
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.measure import Effort, Result, compare, timed_ms
from tests.sync.shop import RealShop, real_shop
from till_app.hub.catalogue.items import ItemPatch
from till_app.services.ports import Outbox
from till_app.sync.cycle import SyncCycle
from till_app.sync.hub_client import HttpHubApi
from till_app.sync.thread import SyncThread

WAIT_S = 20.0
GOAL_P99_MS = 1_000.0
_MESSAGE = b"x" * 500
"""About an answer of the hub."""


def hub_to_till(effort: Effort) -> Result:
    """A price is changed at the hub, until the till's catalogue has it and says so."""
    prices = itertools.count(101)
    with _live_till() as till, _bare_round_trip() as limit:

        def ours() -> float:
            till.heard.clear()

            def change_and_wait() -> None:
                till.shop.change_item("I001", ItemPatch(price_minor=next(prices)))
                assert till.heard.wait(WAIT_S)

            return timed_ms(change_and_wait)

        return _compared(ours, limit, effort, "a change at the hub until CatalogueChanged")


def sale_to_hub(effort: Effort) -> Result:
    """A sale's entry is committed, until the hub has acknowledged it."""
    with _live_till() as till, _bare_round_trip() as limit:

        def ours() -> float:
            till.shop.sell()
            till.acknowledged.clear()

            def wake_and_wait() -> None:
                till.thread.wake()
                assert till.acknowledged.wait(WAIT_S)

            cost_ms = timed_ms(wake_and_wait)
            assert till.shop.ledger.unsent().entries == 0
            return cost_ms

        return _compared(ours, limit, effort, "a committed sale until the hub's acknowledgement")


def _compared(ours: Callable[[], float], limit: Callable[[], float], effort: Effort, what: str) -> Result:
    """The goal is in milliseconds of p99, so it is turned into a ratio of this run's own limit."""
    measured = compare(
        ours,
        limit,
        rounds=effort.rounds,
        per_round=effort.pick(40, 15, 2),
        goal=0.0,
        unit="ms",
        note=f"{what}; limit: a bare round trip over loopback TCP; goal: p99 below {GOAL_P99_MS:.0f} ms",
    )
    return Result(
        value=measured.value,
        limit=measured.limit,
        ratio=measured.p99 / measured.limit,
        goal=GOAL_P99_MS / measured.limit,
        unit=measured.unit,
        p50=measured.p50,
        p99=measured.p99,
        n=measured.n,
        note=measured.note,
    )


@dataclass
class _LiveTill:
    shop: RealShop
    thread: SyncThread
    heard: threading.Event
    """Set by each change that has arrived."""
    acknowledged: threading.Event
    """Set by each acknowledgement of the hub."""


class _TellingOutbox:
    """Implements Outbox with a ledger; says when the hub has acknowledged something."""

    def __init__(self, ledger: Outbox, acknowledged: threading.Event) -> None:
        self._acknowledged = acknowledged
        self._ledger = ledger
        self.acked_through = ledger.acked_through
        self.entries_after = ledger.entries_after
        self.rewind = ledger.rewind
        self.journal_head = ledger.journal_head
        self.hash_at = ledger.hash_at
        self.unsent = ledger.unsent

    def acknowledge(self, seq: int) -> None:
        self._ledger.acknowledge(seq)
        self._acknowledged.set()


@contextmanager
def _live_till() -> Iterator[_LiveTill]:
    with tempfile.TemporaryDirectory() as name, real_shop(Path(name), items=20) as shop:
        heard, acknowledged, live = threading.Event(), threading.Event(), threading.Event()

        def build() -> SyncCycle:
            return shop.build_cycle(
                url=shop.running.url,
                outbox=_TellingOutbox(shop.ledger, acknowledged),
                on_status=lambda status: live.set() if status.is_live else None,
                on_catalogue=lambda change: heard.set(),
            )

        thread = SyncThread(build, lambda: HttpHubApi(shop.running.url, shop.paired.token))
        thread.start()
        try:
            assert live.wait(WAIT_S), "the till did not become live"
            yield _LiveTill(shop, thread, heard, acknowledged)
        finally:
            thread.stop()


@contextmanager
def _bare_round_trip() -> Iterator[Callable[[], float]]:
    """Costs of sending some bytes to another thread and getting as many back."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        near = socket.create_connection(server.getsockname())
        far, _ = server.accept()
        echo = threading.Thread(target=_echo, args=(far,), name="echo")
        echo.start()
        try:
            yield lambda: timed_ms(lambda: _there_and_back(near))
        finally:
            near.close()
            echo.join()
            far.close()


def _there_and_back(near: socket.socket) -> None:
    near.sendall(_MESSAGE)
    left = len(_MESSAGE)
    while left:
        left -= len(near.recv(left))


def _echo(far: socket.socket) -> None:
    while content := far.recv(65_536):
        far.sendall(content)
