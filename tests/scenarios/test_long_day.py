"""A day's work in small: nothing that is opened stays open, and memory does not grow with the sales."""

import os
import sys
import threading
from pathlib import Path

import pytest

from tests.end_to_end.shop import MILK, MINTS
from tests.scenarios.lane import Lane
from tests.scenarios.oracle import assert_both_sides_are_equal

SALES = 150
MOST_GROWTH_BYTES = 30_000_000

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")


def _open_files() -> int:
    return len(os.listdir("/proc/self/fd"))


def _resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def _work(lane: Lane, sales: int) -> None:
    for number in range(sales):
        lane.sell(MILK, MINTS)
        if number % 5 == 0:
            lane.hang_up()
        lane.round()
    lane.hang_up()
    lane.settle()


def test_a_day_leaves_no_file_no_thread_and_no_memory_behind(sqlite_lane: Lane) -> None:
    lane = sqlite_lane
    _work(lane, 30)
    files, threads, resident = _open_files(), threading.active_count(), _resident_bytes()
    _work(lane, SALES)
    lane.proxy.wait_until_quiet()
    assert _open_files() <= files + 4  # of the hub's and the proxy's own idle connections
    assert threading.active_count() <= threads + 4
    assert _resident_bytes() - resident < MOST_GROWTH_BYTES
    assert_both_sides_are_equal(lane.site, lane)
