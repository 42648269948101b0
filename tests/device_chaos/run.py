"""One run: a till with everything attached, chaos, and the proof; for the tests and for `python -m`."""

import contextlib
import gc
import os
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from random import Random

from hardware.discovery.hot_plug import what_is_plugged_in
from tests.benchmarks.measure import percentile
from tests.device_chaos.chaos import DeviceChaos
from tests.device_chaos.peers import CounterPeers, counter_peers
from tests.device_chaos.proof import prove_all, prove_answers
from tests.device_chaos.rush import Rush, impatient_workers, open_rush, sell_in_a_rush, settings_for
from tests.device_chaos.watch import watched_device_calls
from till_app.services.device_settings import DeviceSettings

OpenRush = Callable[[Path, DeviceSettings, CounterPeers], AbstractContextManager[Rush]]


@dataclass(frozen=True)
class Report:
    seed: int
    papers: Counter[str]
    drawer: Counter[str]
    happened: Counter[str]
    heard_scans: int
    delays_ms: list[float]

    def words(self) -> str:
        return (
            f"seed {self.seed}: {sum(self.happened.values())} troubles, receipts {dict(self.papers)},"
            f" drawer {dict(self.drawer)}, {self.heard_scans} scans heard, a sale's steps"
            f" {percentile(self.delays_ms, 50):.1f} ms, 99 % within {percentile(self.delays_ms, 99):.1f} ms"
        )


def run(
    folder: Path,
    seed: int,
    sales: int,
    *,
    resumes: bool = True,
    display_behind_printer: bool = False,
    open_one: OpenRush = open_rush,
) -> Report:
    """`open_one`: with or without a window. Raises AssertionError when something is not as it must be."""
    what_is_plugged_in()  # libusb is loaded once and keeps its files
    threads_before, files_before = set(threading.enumerate()), open_files()
    with impatient_workers(), watched_device_calls() as calls:
        with counter_peers(folder, resumes=resumes) as peers:
            settings = settings_for(peers, display_behind_printer=display_behind_printer)
            with open_one(folder / "till", settings, peers) as rush:
                with DeviceChaos(peers, seed, (rush.till.devices.plugged, rush.change_settings)) as chaos:
                    sell_in_a_rush(rush, sales, Random(seed))
                rush.settle()
                rush.wait_for_display(is_behind_printer=display_behind_printer)
                rush.sell()
                rush.settle()
                rush.wait_for_display(is_behind_printer=display_behind_printer)
                papers = prove_all(rush, peers)
                prove_answers(rush, peers)
                report = Report(
                    seed,
                    papers,
                    Counter(event.news.value for event in rush.drawer_events),
                    chaos.happened,
                    len(rush.heard),
                    rush.delays_ms,
                )
        assert calls.count > 0
        assert threading.get_ident() not in calls.threads, "the selling thread touched a device"
        assert calls.in_transactions == []
    gc.collect()
    assert set(threading.enumerate()) - threads_before == set()
    left_open = open_files() - files_before
    assert left_open == Counter(), f"left open: {left_open}"
    return report


def sell_without_devices(folder: Path, sales: int) -> list[float]:
    """At a till that has no device: what each sale's steps took, in milliseconds."""
    with open_rush(folder, DeviceSettings()) as rush:
        sell_in_a_rush(rush, sales, Random(0))
        return rush.delays_ms


def open_files() -> Counter[str]:
    """What this process has open, sockets without their numbers; empty where the system does not tell.

    Not what Qt's threads wake each other with: they stay when the first window that sounds is closed.
    """
    folder = Path("/proc/self/fd")
    names: Counter[str] = Counter()
    for number in os.listdir(folder) if folder.is_dir() else ():
        with contextlib.suppress(OSError):  # that of the listing itself is closed again
            names[os.readlink(folder / number)] += 1
    return Counter(name.split(":[")[0] for name in names.elements() if name != "anon_inode:[eventfd]")
