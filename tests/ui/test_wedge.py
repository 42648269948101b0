"""Scans arrive as a signal wherever the keyboard is; every other key reaches the focused widget."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from till_app.services.device_settings import WedgeSettings
from till_app.services.device_status import ScanHeard
from till_app.ui.burst import WedgeMode
from till_app.ui.wedge import WedgeFilter
from till_app.ui.widgets.action_button import PayButton

EAN = "5000128104517"
Show = Callable[..., QWidget]


class Counter:
    """A window with a field, a plain button and the pay button, and a wedge that listens."""

    def __init__(self, show: Show, mode: WedgeMode = WedgeMode.TIMING, *, is_x11: bool = False) -> None:
        self.window = QWidget()
        self.field = QLineEdit()
        self.button = QPushButton("Void")
        self.pay = PayButton("Pay", "Space")
        self.presses: list[str] = []
        self.button.clicked.connect(lambda: self.presses.append("void"))
        self.pay.clicked.connect(lambda: self.presses.append("pay"))
        layout = QVBoxLayout(self.window)
        for widget in (self.field, self.button, self.pay):
            layout.addWidget(widget)
        self.wedge = WedgeFilter(self.window, mode, is_x11=is_x11)
        self.scans: list[str] = []
        self.refused: list[str] = []
        self.wedge.scanned.connect(self.scans.append)
        self.wedge.refused.connect(self.refused.append)
        show(self.window)
        self.now_ms = 5000

    def press(
        self, key: int, text: str, gap_ms: int = 10, modifiers: Qt.KeyboardModifier | None = None
    ) -> None:
        """One key down and up with time stamps, as the window system hands them over."""
        self.now_ms += gap_ms
        held = modifiers or Qt.KeyboardModifier.NoModifier
        handle = self.window.windowHandle()
        for kind in (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            event = QKeyEvent(kind, key, held, text)
            event.setTimestamp(self.now_ms)
            event.ignore()
            QCoreApplication.sendEvent(handle, event)

    def type(self, text: str, gap_ms: int = 10) -> None:
        for character in text:
            key = {"\r": Qt.Key.Key_Return, "\t": Qt.Key.Key_Tab}.get(character)
            self.press(key.value if key else ord(character.upper()), character, gap_ms)


@pytest.fixture
def counter(show: Show) -> Counter:
    return Counter(show)


def test_a_scan_is_announced_and_leaves_the_field_empty(counter: Counter) -> None:
    counter.field.setFocus()
    counter.type(EAN + "\r")
    assert counter.scans == [EAN]
    assert counter.field.text() == ""


def test_the_return_of_a_scan_presses_no_focused_button(counter: Counter) -> None:
    counter.pay.setFocus()
    counter.type(EAN + "\r")
    counter.button.setFocus()
    counter.type("12345670\r")
    assert counter.scans == [EAN, "12345670"]
    assert counter.presses == []


def test_the_tab_of_a_scan_moves_no_focus(counter: Counter) -> None:
    counter.field.setFocus()
    counter.type(EAN + "\t")
    assert counter.scans == [EAN]
    assert counter.field.hasFocus()


def test_typing_reaches_the_field_in_order_and_soon(counter: Counter, qtbot: QtBot) -> None:
    counter.field.setFocus()
    counter.type("mi", gap_ms=20)
    counter.type("lk", gap_ms=150)
    qtbot.waitUntil(lambda: counter.field.text() == "milk", timeout=1000)
    assert counter.scans == []


def test_return_after_typing_reaches_the_field_after_what_was_typed(counter: Counter) -> None:
    entered: list[str] = []
    counter.field.returnPressed.connect(lambda: entered.append(counter.field.text()))
    counter.field.setFocus()
    counter.type("ab\r", gap_ms=30)
    assert entered == ["ab"]


def test_a_function_key_comes_after_the_typing_before_it(counter: Counter) -> None:
    counter.field.setFocus()
    counter.type("12", gap_ms=20)
    counter.press(Qt.Key.Key_Backspace.value, "\b")
    assert counter.field.text() == "1"


def test_a_mouse_press_comes_after_the_typing_before_it(counter: Counter) -> None:
    counter.field.setFocus()
    counter.type("12", gap_ms=20)
    QTest.mouseClick(counter.window.windowHandle(), Qt.MouseButton.LeftButton)
    assert counter.field.text() == "12"


def test_space_pays_at_once_when_no_field_has_the_keyboard(counter: Counter) -> None:
    counter.button.setFocus()
    QTest.keyClick(counter.window.windowHandle(), Qt.Key.Key_Space)
    assert counter.presses == ["pay"]


def test_a_space_kept_back_with_fast_typing_still_pays(counter: Counter, qtbot: QtBot) -> None:
    counter.button.setFocus()
    counter.type("7 ", gap_ms=20)
    qtbot.waitUntil(lambda: counter.presses == ["pay"], timeout=1000)


def test_real_key_clicks_of_the_window_system_make_a_scan(counter: Counter) -> None:
    counter.field.setFocus()
    handle = counter.window.windowHandle()
    for digit in EAN:
        QTest.keyClick(handle, Qt.Key(ord(digit)))
    QTest.keyClick(handle, Qt.Key.Key_Return)
    assert counter.scans == [EAN]
    assert counter.field.text() == ""


def test_control_and_bracket_is_the_group_separator(counter: Counter) -> None:
    counter.type("0105000128104517")
    counter.press(Qt.Key.Key_Control.value, "")
    counter.press(Qt.Key.Key_BracketRight.value, "", modifiers=Qt.KeyboardModifier.ControlModifier)
    counter.type("10LOT7\r")
    assert counter.scans == ["0105000128104517\x1d10LOT7"]


def test_two_quick_scans_stay_two(counter: Counter) -> None:
    counter.type("11111111\r22222222\r", gap_ms=5)
    assert counter.scans == ["11111111", "22222222"]


def test_a_scan_while_a_question_is_open_is_refused_aloud(counter: Counter) -> None:
    counter.wedge.set_refusing(True)
    counter.field.setFocus()
    counter.type(EAN + "\r")
    assert (counter.scans, counter.refused, counter.field.text()) == ([], [EAN], "")
    counter.wedge.set_refusing(False)
    counter.type(EAN + "\r", gap_ms=20)
    assert counter.scans == [EAN]


def test_a_key_held_down_repeats_into_the_field(counter: Counter) -> None:
    counter.field.setFocus()
    handle = counter.window.windowHandle()
    for _ in range(5):
        event = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_5, Qt.KeyboardModifier.NoModifier, "5", True)
        event.setTimestamp(counter.now_ms)
        QCoreApplication.sendEvent(handle, event)
    assert counter.field.text() == "55555"


def press_as_x11(counter: Counter, key: Qt.Key, text: str, *, is_marked: bool, gap_ms: int) -> None:
    """A press in the millisecond of the same key's release."""
    handle = counter.window.windowHandle()
    counter.now_ms += gap_ms
    for kind in (QEvent.Type.KeyRelease, QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress):
        event = QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, text, is_marked)
        event.setTimestamp(counter.now_ms)
        event.ignore()
        QCoreApplication.sendEvent(handle, event)


def test_a_key_held_down_on_x11_presses_a_button_once_though_qt_marks_no_repetition(show: Show) -> None:
    counter = Counter(show, is_x11=True)
    counter.pay.setFocus()
    counter.press(Qt.Key.Key_Return.value, "\r")
    for _ in range(5):
        press_as_x11(counter, Qt.Key.Key_Return, "\r", is_marked=False, gap_ms=40)
    assert counter.presses == ["pay"]


def test_a_key_held_down_on_x11_starts_its_shortcut_once(show: Show) -> None:
    counter = Counter(show, is_x11=True)
    handle = counter.window.windowHandle()
    may_start: list[bool] = []
    for gap_ms in (500, 500, 40, 40):
        counter.now_ms += gap_ms
        release = QKeyEvent(QEvent.Type.KeyRelease, Qt.Key.Key_F5, Qt.KeyboardModifier.NoModifier)
        asked = QKeyEvent(QEvent.Type.ShortcutOverride, Qt.Key.Key_F5, Qt.KeyboardModifier.NoModifier)
        for event in (release, asked):
            event.setTimestamp(counter.now_ms)
            event.ignore()
            QCoreApplication.sendEvent(handle, event)
        may_start.append(not asked.isAccepted())
    assert may_start == [True, False, False, False]


@pytest.mark.parametrize("is_x11", [False, True])
@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Escape, Qt.Key.Key_F5])
def test_a_key_that_acts_reaches_nobody_again_while_it_is_held(show: Show, key: Qt.Key, is_x11: bool) -> None:
    counter = Counter(show, is_x11=is_x11)
    reached: list[bool] = []
    counter.window.keyPressEvent = lambda event: reached.append(event.isAutoRepeat())  # type: ignore[method-assign]
    counter.window.setFocus()
    counter.press(key.value, "")
    press_as_x11(counter, key, "", is_marked=True, gap_ms=500)
    press_as_x11(counter, key, "", is_marked=True, gap_ms=40)
    assert reached == [False]


def test_a_key_held_down_on_x11_repeats_into_the_field(show: Show) -> None:
    counter = Counter(show, is_x11=True)
    counter.field.setFocus()
    counter.press(Qt.Key.Key_5.value, "5")
    for _ in range(4):
        press_as_x11(counter, Qt.Key.Key_5, "5", is_marked=False, gap_ms=40)
    assert counter.field.text() == "55555"


def test_doubled_digits_of_a_fast_scanner_are_no_held_key_though_qt_marks_them(show: Show) -> None:
    counter = Counter(show, is_x11=True)
    counter.field.setFocus()
    counter.type("5", gap_ms=1)
    press_as_x11(counter, Qt.Key.Key_5, "5", is_marked=True, gap_ms=1)
    press_as_x11(counter, Qt.Key.Key_5, "5", is_marked=True, gap_ms=1)
    counter.type("128104517\r", gap_ms=1)
    assert counter.scans == ["555128104517"]
    assert counter.field.text() == ""


def test_prefix_mode_takes_framed_scans_and_nothing_else(show: Show) -> None:
    counter = Counter(show, WedgeMode.PREFIX)
    counter.field.setFocus()
    counter.type("123456")
    counter.press(Qt.Key.Key_B.value, "\x02", modifiers=Qt.KeyboardModifier.ControlModifier)
    counter.type(EAN + "\r", gap_ms=60)
    assert counter.field.text() == "123456"
    assert counter.scans == [EAN]


def test_the_mode_can_be_changed_and_nothing_kept_is_lost(counter: Counter) -> None:
    counter.field.setFocus()
    counter.type("12")
    counter.wedge.configure(WedgeSettings(mode="prefix"))
    counter.type("3456\r")
    assert counter.field.text() == "123456"
    assert counter.scans == []


def test_the_gap_and_least_length_of_the_settings_hold(counter: Counter) -> None:
    counter.field.setFocus()
    counter.wedge.configure(WedgeSettings(gap_ms=80, least_length=6))
    counter.type("123456\r", gap_ms=80)
    counter.type("12345\r", gap_ms=10)
    assert counter.scans == ["123456"]
    assert counter.field.text() == "12345"


def test_a_wedge_that_is_not_used_lets_every_key_pass_and_a_button_is_still_pressed_once(show: Show) -> None:
    counter = Counter(show, is_x11=True)
    counter.wedge.configure(WedgeSettings(is_used=False))
    counter.field.setFocus()
    counter.type(EAN)
    assert (counter.scans, counter.field.text()) == ([], EAN)
    counter.pay.setFocus()
    counter.press(Qt.Key.Key_Return.value, "\r")
    press_as_x11(counter, Qt.Key.Key_Return, "\r", is_marked=False, gap_ms=40)
    assert counter.presses == ["pay"]
    counter.wedge.configure(WedgeSettings())
    counter.type(EAN + "\r", gap_ms=20)
    assert counter.scans == [EAN]


def test_a_scan_is_heard_with_its_source_and_its_longest_gap_taken_or_refused(counter: Counter) -> None:
    heard: list[ScanHeard] = []
    counter.wedge.heard.connect(heard.append)
    counter.type("]E05000", gap_ms=4)
    counter.type("128104517\r", gap_ms=18)
    counter.wedge.set_refusing(True)
    counter.type("50184323\r", gap_ms=7)
    assert [(each.text, each.source, each.aim, each.gap_ms) for each in heard] == [
        ("]E05000128104517", "wedge", "]E0", 18),
        ("50184323", "wedge", "", 7),
    ]


def test_with_the_window_frozen_a_scan_is_whole_by_the_times_of_its_keys(
    counter: Counter, qtbot: QtBot
) -> None:
    """The keys up to the freeze were given up; the others arrive late, and say when they were pressed."""
    counter.field.setFocus()
    counter.type("50001")
    qtbot.waitUntil(lambda: counter.field.text() == "50001", timeout=1000)
    counter.type("28104517\r")
    assert counter.scans == [EAN]


def test_an_event_without_a_time_stamp_is_stamped_by_the_clock(show: Show, qtbot: QtBot) -> None:
    window = QWidget()
    ticks = iter(range(1000, 9000, 5))
    wedge = WedgeFilter(window, clock_ms=lambda: next(ticks))
    scans: list[str] = []
    wedge.scanned.connect(scans.append)
    show(window)
    for character in "12345670\r":
        key = Qt.Key.Key_Return.value if character == "\r" else ord(character)
        event = QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier, character)
        event.setTimestamp(0)
        QCoreApplication.sendEvent(window.windowHandle(), event)
    assert scans == ["12345670"]
