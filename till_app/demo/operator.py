"""Hands at the till: keys, touches and scanner bytes sent to the real window, and waiting for the effect."""

import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from till_app.app import TillApplication
from till_app.ui.screens.sell import SellScreen
from till_app.ui.screens.sign_on import SignOnScreen
from till_app.ui.shell import ScreenName
from till_app.ui.widgets.action_button import ActionButton

WAIT_S = 20.0
_WEDGE_GAP_MS = 10
Key = Qt.Key


class DayStuck(Exception):
    """Something that should have happened on the screen did not; the message says what."""


class Operator:
    """Works one window; screenshots are numbered in the order in which they are taken."""

    def __init__(
        self,
        application: TillApplication,
        send_to_scanner: Callable[[bytes], object],
        pictures: Path,
    ) -> None:
        self._application = application
        self._send_to_scanner = send_to_scanner
        self._pictures = pictures
        self._picture_count = 0
        self._scans = 0
        self.window = application.window
        application.bridge.scanned.connect(self._on_scanned)

    @property
    def selling_lines(self) -> int:
        return len(self._application.till.services.selling.lines)

    @property
    def sell(self) -> SellScreen:
        screen = self.window.screen_named(ScreenName.SELL)
        assert isinstance(screen, SellScreen)
        return screen

    def wait(self, what: str, happened: Callable[[], bool], timeout_s: float = WAIT_S) -> None:
        """Raises DayStuck."""
        deadline = time.monotonic() + timeout_s
        while not happened():
            if time.monotonic() > deadline:
                message = self.window.messages.message
                said = f"; the screen says: {message.title}" if message else ""
                raise DayStuck(f"waited in vain for {what} on screen {self.window.current}{said}")
            QTest.qWait(5)

    def scan(self, code: str) -> None:
        """Bytes on the scanner's line, then what the till makes of them."""
        before = self._scans
        self._send_to_scanner(code.encode())
        self.wait(f"scan {code}", lambda: self._scans > before)

    def wedge_scan(self, code: str) -> None:
        """The same from a scanner that acts as a keyboard."""
        taken: list[str] = []
        connection = self.window.wedge.scanned.connect(taken.append)
        handle = self.window.windowHandle()
        at_ms = time.monotonic_ns() // 1_000_000
        for number, character in enumerate(code + "\r"):
            key = Key.Key_Return.value if character == "\r" else ord(character)
            for kind in (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                event = QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, character)
                # As the scanner's own clock has it, however slow this machine is.
                event.setTimestamp(at_ms + number * _WEDGE_GAP_MS)
                event.ignore()
                QCoreApplication.sendEvent(handle, event)
        self.wait(f"wedge scan {code}", lambda: bool(taken))
        self.window.wedge.scanned.disconnect(connection)

    def type(self, text: str) -> None:
        QTest.keyClicks(self._focus, text)

    def press(self, key: Qt.Key) -> None:
        QTest.keyClick(self._focus, key)
        QApplication.processEvents()

    def press_button(self, caption: str) -> None:
        """Touch the visible button with that caption. Raises DayStuck when there is none."""
        for button in self.window.findChildren(ActionButton):
            if button.isVisible() and button.isEnabled() and button.caption == caption:
                button.click()
                QApplication.processEvents()
                return
        raise DayStuck(f"there is no button {caption!r} on screen {self.window.current}")

    def sign_on(self, staff_code: str, pin: str) -> None:
        screen = self.window.screen_named(ScreenName.SIGN_ON)
        assert isinstance(screen, SignOnScreen)
        self.wait("the sign-on screen", lambda: self.window.current is ScreenName.SIGN_ON)
        screen.button_of(staff_code).click()
        self.type(pin)
        self.press(Key.Key_Return)
        self.wait(f"{staff_code} signed on", lambda: self.window.current is not ScreenName.SIGN_ON)

    def approve(self, name: str, pin: str) -> None:
        """The second person's name and PIN on the approval panel."""
        self.wait_for_panel()
        for button in self.window.overlay.findChildren(ActionButton):
            if button.isVisible() and button.caption.startswith(name):
                button.click()
        self.type(pin)
        self.press(Key.Key_Return)
        self.wait("the approval", lambda: not self.window.overlay.is_open)

    def wait_for_panel(self) -> None:
        self.wait("a question on the screen", lambda: self.window.overlay.is_open)

    def pay(self) -> None:
        """From the basket to the tender screen."""
        self.press(Key.Key_Space)
        self.wait("the tender screen", lambda: self.window.current is ScreenName.TENDER)

    def finish(self) -> None:
        """From the change to the next customer."""
        self.wait("the sale done", lambda: self.window.current is ScreenName.SALE_DONE)
        self.press(Key.Key_Space)
        self.wait("the next customer", lambda: self.window.current is ScreenName.SELL)

    def pay_exact_cash(self) -> None:
        self.pay()
        self.press(Key.Key_Return)
        self.finish()

    def pay_card(self) -> None:
        self.pay()
        self.begin_card()
        self.finish()

    def begin_card(self) -> None:
        """What is to pay, at the terminal."""
        self.press(Key.Key_F2)
        self.press(Key.Key_Return)

    def picture(self, name: str, of: QWidget | None = None) -> Path:
        """A screenshot of the till's window as it is now, or of another one."""
        QApplication.processEvents()
        self._picture_count += 1
        path = self._pictures / f"{self._picture_count:02d}-{name}.png"
        (of or self.window).grab().save(str(path))
        return path

    @property
    def _focus(self) -> QWidget:
        return QApplication.focusWidget() or self.window.focusWidget() or self.window

    def _on_scanned(self, _text: str) -> None:
        self._scans += 1
