"""Scanning and selling while every device of the counter is unplugged, killed and stalled, beside peace."""

import itertools
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

from PySide6.QtWidgets import QApplication

from tests.benchmarks.measure import Effort, Result, compare_tails
from tests.benchmarks.screen import ScannedTill
from tests.device_chaos.chaos import DeviceChaos
from tests.device_chaos.peers import CounterPeers, counter_peers
from tests.device_chaos.rush import Rush, open_rush, settings_for
from tests.device_chaos.window import open_window_rush
from till_app.services.device_settings import DeviceSettings
from till_app.ui.theme.theme import apply_theme

MOST_DELAY_MS = 100.0
"""That a sale may take longer than at a till without devices."""


def scan_under_device_chaos(effort: Effort) -> Result:
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    apply_theme(app)
    with (
        tempfile.TemporaryDirectory() as name,
        counter_peers(Path(name)) as peers,
        open_window_rush(Path(name) / "till", settings_for(peers), peers, combine_lines=False) as rush,
    ):
        till = ScannedTill(rush.till.services, rush.window)
        return compare_tails(
            till.next_scan_ms,
            till.next_scan_ms,
            around=_chaos(peers, rush, scans=False),
            rounds=effort.rounds,
            per_round=effort.pick(300, 100, 3),
            goal=2.0,
            unit="ms",
            note="99th percentile from a scan to its painted line while devices stall and vanish;"
            " limit: while all of them work",
        )


def sale_under_device_chaos(effort: Effort) -> Result:
    """The goal is in milliseconds of p99, so it is turned into a ratio of this run's own limit."""
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        peers = stack.enter_context(counter_peers(Path(name)))
        alone = stack.enter_context(open_rush(Path(name) / "alone", DeviceSettings()))
        rush = stack.enter_context(open_rush(Path(name) / "till", settings_for(peers), peers))
        measured = compare_tails(
            lambda: _sale_ms(alone),
            lambda: _sale_ms(rush),
            around=_chaos(peers, rush),
            rounds=effort.rounds,
            per_round=effort.pick(200, 100, 3),
            goal=0.0,
            unit="ms",
            note=f"99th percentile of a sale's steps under device chaos; limit: without devices;"
            f" goal: {MOST_DELAY_MS:.0f} ms more",
        )
        return measured.with_goal((measured.limit + MOST_DELAY_MS) / measured.limit, measured.note)


def _sale_ms(rush: Rush) -> float:
    rush.sell()
    return rush.delays_ms[-1]


def _chaos(
    peers: CounterPeers, rush: Rush, *, scans: bool = True
) -> Callable[[], AbstractContextManager[None]]:
    seeds = itertools.count(1)

    @contextmanager
    def going_on() -> Iterator[None]:
        with DeviceChaos(peers, next(seeds), (rush.till.devices.plugged,), scans=scans):
            yield

    return going_on
