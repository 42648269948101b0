"""The window of a till that is being set up, what stands where its devices do, and the installer's hands."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from tests.services.counter import MANAGER_PIN, MORAG, open_counter
from tests.ui.device_desk import DeviceDesk, SecretDesk, a_set_up
from tests.ui.till_fixture import TillWindow, fill_shop, window_over
from till_app.ui.panels.approval import ApprovalPanel
from till_app.ui.screens.installer.installer import (
    InstallerScreen,
)
from till_app.ui.shell import ScreenName
from till_app.ui.widgets.device_card import CardWords

Key, Ctrl = Qt.Key, Qt.KeyboardModifier.ControlModifier


@dataclass
class Installation:
    till: TillWindow
    desk: DeviceDesk
    secrets: SecretDesk
    qtbot: QtBot

    @property
    def screen(self) -> InstallerScreen:
        screen = self.till.window.screen_named(ScreenName.INSTALLER)
        assert isinstance(screen, InstallerScreen)
        return screen

    def open(self) -> InstallerScreen:
        """By the key, as Aisha, with Morag's PIN."""
        self.till.press(Key.Key_F12, Ctrl)
        panel = self.till.panel(ApprovalPanel)
        panel.choose(MORAG)
        self.till.type_keys(MANAGER_PIN)
        self.till.press(Key.Key_Return)
        assert self.till.is_on(ScreenName.INSTALLER)
        return self.screen

    def card(self, device: str) -> CardWords:
        overview = self.screen.devices.overview
        self.wait(overview.isVisible)
        overview.show_all()
        words = overview.cards[device].words
        assert words is not None
        return words

    def edit(self, key: str, text: str) -> None:
        form = self.screen.devices.set_up_page.form
        assert form is not None
        editor = form.fields[key].focusProxy()
        while not isinstance(editor, QLineEdit):
            assert editor is not None
            line = editor.findChild(QLineEdit)
            editor = line if line is not None else editor.focusProxy()
        editor.setFocus()
        editor.selectAll()
        self.till.type_keys(text)

    def wait(self, is_so: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(is_so, timeout=5000)


@contextmanager
def open_installation(folder: Path, qtbot: QtBot) -> Iterator[Installation]:
    """Aisha, a cashier, on the sell screen."""
    with open_counter(folder) as counter:
        fill_shop(counter)
        counter.sign_on()
        counter.services.cash_control.open_session(10_000)
        desk, secrets = DeviceDesk(), SecretDesk()
        with window_over(counter, qtbot, (1366, 768), a_set_up(counter, desk, secrets)) as till:
            till.window.go(ScreenName.SELL)
            yield Installation(till, desk, secrets, qtbot)
