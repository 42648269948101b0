"""From a scan to its painted line while a first load runs beside the window, and while none does."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtWidgets import QApplication

from tests.benchmarks.loading import items_to_load, till_load
from tests.benchmarks.loading_hub import loading_hub
from tests.benchmarks.measure import Effort, Result, compare_tails
from tests.benchmarks.screen import scanned_till
from till_app.services.status import LoadProgress
from till_app.sync.first_load import FirstLoad
from till_app.ui.theme.theme import apply_theme


def scan_while_loading(effort: Effort) -> Result:
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    apply_theme(app)
    items = items_to_load(effort)
    with (
        tempfile.TemporaryDirectory() as name,
        loading_hub(Path(name), items, has_snapshot=False, is_elsewhere=True) as hub,
        scanned_till(Path(name)) as till,
    ):
        going_on = LoadGoingOn(till_load(hub, Path(name) / "loading"))

        def busy() -> float:
            going_on.keep()
            return till.next_scan_ms()

        return compare_tails(
            till.next_scan_ms,
            busy,
            around=going_on.begun,
            rounds=effort.rounds,
            per_round=effort.pick(300, 100, 3),
            goal=1.25,
            unit="ms",
            note=f"99th percentile from a scan to its painted line while {items:,} items are loaded by pages;"
            " limit: while none are",
        )


class LoadGoingOn:
    """A first load that begins again whenever it is at its end, as long as somebody measures."""

    def __init__(self, load: FirstLoad) -> None:
        self._load = load

    @contextmanager
    def begun(self) -> Iterator[None]:
        self._load.start()
        try:
            yield
        finally:
            self._load.clear()

    def keep(self) -> None:
        if not isinstance(self._load.poll(), LoadProgress):
            self._load.clear()
            self._load.start()
