"""Two scanners on serial lines and one that types, all at once, at one till's window: no scan is lost."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from hardware.simulated.pty_pair import PtyPair
from tests.ui.till_fixture import TillWindow, open_selling_till
from till_app.devices.scanner_worker import scanners_for
from till_app.services.device_settings import DeviceSettings, ScannerSettings
from till_app.services.device_status import DeviceHealth, DeviceState, ScanHeard
from till_app.ui.panels.weight import WeightPanel

if sys.platform == "win32":
    pytest.skip("Windows has no pseudo terminals", allow_module_level=True)

MILK, LOAF = "5000128104517", "5012345678900"


class Counter:
    """A till's window with its scanners plugged in."""

    def __init__(self, till: TillWindow, first: PtyPair, second: PtyPair) -> None:
        self.till, self.first, self.second = till, first, second
        self.heard: list[ScanHeard] = []
        self.health: dict[str, DeviceHealth] = {}
        till.bridge.scan_heard.connect(self.heard.append)
        till.bridge.device_changed.connect(self._on_health)

    def _on_health(self, health: DeviceHealth) -> None:
        self.health[health.device] = health

    @property
    def ready(self) -> int:
        return sum(health.state is DeviceState.READY for health in self.health.values())


@pytest.fixture
def counter(tmp_path: Path, qtbot: QtBot) -> Iterator[Counter]:
    with open_selling_till(tmp_path, qtbot) as till, PtyPair() as first, PtyPair() as second:
        counter = Counter(till, first, second)
        settings = DeviceSettings(
            scanners=(ScannerSettings(address=first.port), ScannerSettings(address=second.port))
        )
        workers = scanners_for(settings, till.bridge.report_scan, till.bridge.report_device)
        for worker in workers:
            worker.start()
        qtbot.waitUntil(lambda: counter.ready == 2, timeout=5000)
        yield counter
        for worker in workers:
            worker.stop()


def test_a_burst_of_three_scanners_is_sold_to_the_last_item(counter: Counter, qtbot: QtBot) -> None:
    for _ in range(20):
        counter.first.send(MILK.encode() + b"\r\n")
        counter.second.send(b"\x02]E0" + LOAF.encode() + b"\r")
    for _ in range(5):
        counter.till.scan_by_wedge(MILK)
    qtbot.waitUntil(lambda: len(counter.heard) == 45, timeout=10_000)
    assert sorted(counter.till.rows) == [
        ("20", "Sourdough loaf 800g", "£64.00"),
        ("25", "Semi-skimmed milk 2L", "£41.25"),
    ]
    sources = [heard.source for heard in counter.heard]
    assert [sources.count(source) for source in ("scanner:1", "scanner:2", "wedge")] == [20, 20, 5]


def test_each_scanners_last_scan_is_in_its_health(counter: Counter, qtbot: QtBot) -> None:
    counter.second.send(b"]E0" + LOAF.encode() + b"\r")
    counter.till.scan_by_wedge(MILK)
    qtbot.waitUntil(lambda: "last_scan" in counter.health["scanner:2"].facts, timeout=5000)
    assert counter.health["scanner:2"].facts["last_scan"] == LOAF
    assert counter.health["scanner"].facts == {"last_scan": MILK, "symbology": "EAN-13", "gap_ms": "10"}
    assert counter.health["scanner:1"].facts == {}


def test_while_a_question_is_open_scans_of_all_kinds_are_refused_in_words(
    counter: Counter, qtbot: QtBot
) -> None:
    counter.till.type_keys("4100")
    counter.till.press(Qt.Key.Key_Return)
    counter.till.panel(WeightPanel)
    counter.first.send(MILK.encode() + b"\r")
    qtbot.waitUntil(lambda: counter.till.message.startswith("Not scanned"), timeout=5000)
    counter.till.window.messages.close_message()
    counter.till.scan_by_wedge(MILK)
    assert counter.till.message.startswith("Not scanned")
    assert counter.till.rows == []
    assert [heard.source for heard in counter.heard] == ["scanner:1", "wedge"]
