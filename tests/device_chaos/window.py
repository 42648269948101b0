"""The same rush through the till's whole window: keys and scans in, real widgets, real threads behind."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import cast

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from hardware.simulated.displays import COLUMNS
from tests.device_chaos.peers import CounterPeers
from tests.device_chaos.rush import GIVEN_MINOR, SETTLES_WITHIN_S, ImpatientTill, Rush
from tests.services.counter import MILK, SHOP, open_counter
from tests.ui.till_fixture import EGGS, OATS, fill_shop
from till_app import app as till_program
from till_app.app import TillApplication
from till_app.services.device_settings import DeviceSettings
from till_app.services.device_status import DrawerEvent
from till_app.till_files import TillFiles
from till_app.ui.main_window import MainWindow
from till_app.ui.screens.sell import SellScreen
from till_app.ui.shell import ScreenName

KEY_MS = 10
GOODS = (MILK, EGGS, OATS)


@dataclass
class WindowRush(Rush):
    program: TillApplication | None = None
    _keyed: int = 0

    def begin_day(self) -> None:
        super().begin_day()
        self.window.go(ScreenName.SELL)
        self.go_on()

    def sell(self, *, by_card: bool = False) -> str:
        """Two scans at the keyboard, Space, five hundred and Return, Space; always in cash."""
        self._spent_s = 0.0
        self._timed(self._ring_up)
        total_minor = self.till.services.checkout.total_minor
        self._timed(self._pay)
        completed = self.till.services.checkout.last_completed
        assert completed is not None
        receipt = completed.sale.receipt_number
        self.rung_up[receipt] = total_minor
        self.delays_ms.append(self._spent_s * 1_000)
        if self.window.current is ScreenName.SALE_DONE:  # the next customer's scan may have ended it
            self._press(Qt.Key.Key_Space)
        self.go_on()
        assert self.window.current is ScreenName.SELL
        if self.peers is not None:
            self.peers.receipts.close_drawer()
        return receipt

    def go_on(self) -> None:
        QApplication.processEvents()

    def wait_for_display(self, *, is_behind_printer: bool) -> None:
        """A scan that a scanner had kept while it was unplugged may have begun a basket: nobody wants it."""
        assert self.peers is not None
        assert not is_behind_printer
        end = time.monotonic() + SETTLES_WITHIN_S
        while tuple(line.rstrip() for line in self.peers.pole.lines) != self.last_lines:
            assert time.monotonic() < end, f"it shows {self.peers.pole.lines}"
            self.go_on()
            if self.till.services.selling.is_open:
                self.till.services.selling.void_basket()
                self.window.go(ScreenName.SELL)

    @property
    def last_lines(self) -> tuple[str, str]:
        """Nobody buys: the window is back at the next sale."""
        idle = self.till.devices.settings().display.idle_text or SHOP.name
        return idle.center(COLUMNS).rstrip(), ""

    def _ring_up(self) -> None:
        sell = cast(SellScreen, self.window.screen_named(ScreenName.SELL))
        for item in GOODS[:2]:
            self._scan(item.barcodes[0])
        self.go_on()
        assert sell.basket.view.rows, "the scans made no line"
        self._press(Qt.Key.Key_Space)
        assert self.window.current is ScreenName.TENDER

    def _pay(self) -> None:
        paid_minor = self.till.services.checkout.total_minor + GIVEN_MINOR
        QTest.keyClicks(self._focus, str(paid_minor))
        self._press(Qt.Key.Key_Return)
        assert self.window.current is ScreenName.SALE_DONE
        self.go_on()

    def _scan(self, code: str) -> None:
        handle = self.window.windowHandle()
        for character in code + "\r":
            self._keyed += 1
            key = Qt.Key.Key_Return.value if character == "\r" else ord(character)
            for kind in (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                event = QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, character)
                event.setTimestamp(1_000_000 + KEY_MS * self._keyed)
                event.ignore()
                QCoreApplication.sendEvent(handle, event)
        self._keyed += 100

    def _press(self, key: Qt.Key) -> None:
        QTest.keyClick(self._focus, key)

    @property
    def _focus(self) -> QWidget:
        return QApplication.focusWidget() or self.window

    @property
    def window(self) -> MainWindow:
        assert self.program is not None
        return self.program.window


@contextmanager
def open_window_rush(
    folder: Path,
    settings: DeviceSettings,
    peers: CounterPeers | None = None,
    *,
    combine_lines: bool | None = None,
) -> Iterator[WindowRush]:
    """As the program is started, off the screen, signed on with the day open."""
    folder.mkdir(parents=True)
    with open_counter(folder) as counter:
        fill_shop(counter)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(till_program, "Till", partial(ImpatientTill, combine_lines=combine_lines))
        program = TillApplication(TillFiles(folder), settings)
        program.window.sounds.set_muted(True)
        events: list[DrawerEvent] = []
        program.bridge.drawer_changed.connect(events.append)
        rush = WindowRush(program.till, peers, None, None, events, program=program)  # type: ignore[arg-type]
        plain_open = program.till.devices.printing.open

        def noted_open(opening: object) -> None:
            rush.kicks_asked_at.append(time.monotonic())
            plain_open(opening)  # type: ignore[arg-type]

        patched.setattr(program.till.devices.printing, "open", noted_open)
        program.window.resize(1366, 768)
        program.window.show()
        program.window.activateWindow()
        try:
            program.show()
            while QApplication.focusWindow() is not program.window.windowHandle():
                QApplication.processEvents()
            rush.begin_day()
            yield rush
        finally:
            program.close()
            program.window.deleteLater()
            QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
