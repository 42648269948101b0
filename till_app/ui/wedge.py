"""Scans that arrive as key presses, wherever the focus is: they become a signal, all other keys pass."""

import time
from collections.abc import Callable
from datetime import UTC, datetime

import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QShortcut, QWindow
from PySide6.QtWidgets import QApplication

from till_app.domain.symbology import split_identifier
from till_app.domain.times import to_text
from till_app.services.device_settings import WedgeSettings
from till_app.services.device_status import ScanHeard
from till_app.ui.burst import BurstRecogniser, HeldKey, WedgeMode

WEDGE_SOURCE = "wedge"
"""Of all scanners that type as a keyboard does: which one it was cannot be told."""

_ARRIVAL_SLACK_MS = 5
_PASSED_AT_ONCE = frozenset(
    (
        Qt.Key.Key_Shift,
        Qt.Key.Key_Control,
        Qt.Key.Key_Alt,
        Qt.Key.Key_AltGr,
        Qt.Key.Key_Meta,
        Qt.Key.Key_CapsLock,
        Qt.Key.Key_NumLock,
    )
)
_ONCE_EACH = frozenset(
    (
        Qt.Key.Key_Return,
        Qt.Key.Key_Enter,
        Qt.Key.Key_Escape,
        *(Qt.Key(key) for key in range(Qt.Key.Key_F1.value, Qt.Key.Key_F12.value + 1)),
    )
)
"""Held down, these do nothing more: the second Return, F5 or Esc would answer what the first one asked."""
_FRAMED_TIMEOUT_MS = 500
_KEY_EVENTS = frozenset((QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress, QEvent.Type.KeyRelease))
_POINTER_EVENTS = frozenset((QEvent.Type.MouseButtonPress, QEvent.Type.TouchBegin))
_CONTROL_KEYS = {
    Qt.Key.Key_B: "\x02",
    Qt.Key.Key_C: "\x03",
    Qt.Key.Key_BracketRight: "\x1d",
    Qt.Key.Key_AsciiCircum: "\x1e",
}


def _monotonic_ms() -> int:
    return time.monotonic_ns() // 1_000_000


class WedgeFilter(QObject):
    """Watches the key events of whichever window has the focus, before any widget sees them.

    It sits on windows and not on the application, since a filter there would run Python for every event
    of every object.
    """

    scanned = Signal(str)
    refused = Signal(str)
    """A scan that came while scans are not taken; say so, with a sound and a word."""
    heard = Signal(object)
    """ScanHeard: every scan, taken or refused, before that is told."""

    def __init__(
        self,
        parent: QObject,
        mode: WedgeMode = WedgeMode.TIMING,
        clock_ms: Callable[[], int] = _monotonic_ms,
        *,
        is_x11: bool | None = None,
    ) -> None:
        """`clock_ms` stamps only events that carry no time stamp of their own; `is_x11` None asks Qt."""
        super().__init__(parent)
        self._recogniser: BurstRecogniser[tuple[QWindow, QKeyEvent]] = BurstRecogniser(mode)
        self._clock_ms = clock_ms
        self._held = HeldKey()
        self._is_x11 = QGuiApplication.platformName() == "xcb" if is_x11 is None else is_x11
        self._is_refusing = False
        self._is_giving_back = False
        self._taken_keys: set[int] = set()
        self._watched: QWindow | None = None
        self._quiet = QTimer(self)
        self._quiet.setSingleShot(True)
        self._quiet.setTimerType(Qt.TimerType.PreciseTimer)
        self._quiet.timeout.connect(self._on_quiet)
        # A second, idle timer: key events already queued behind a busy moment are seen before giving up.
        self._idle = QTimer(self)
        self._idle.setSingleShot(True)
        self._idle.setInterval(0)
        self._idle.timeout.connect(self._on_idle)
        app = QGuiApplication.instance()
        assert isinstance(app, QGuiApplication)
        app.focusWindowChanged.connect(self._on_focus_window_changed)
        self._on_focus_window_changed(QGuiApplication.focusWindow())

    def configure(self, settings: WedgeSettings) -> None:
        """From the next key on; what was kept back is handed on."""
        self._give_back(self._recogniser.give_up())
        mode = WedgeMode(settings.mode) if settings.is_used else WedgeMode.OFF
        self._recogniser = BurstRecogniser(mode, settings.gap_ms, settings.least_length)

    def set_refusing(self, is_refusing: bool) -> None:
        """While True (a question is open) a scan is not taken: it is announced by `refused`."""
        self._is_refusing = is_refusing

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if self._is_giving_back:
            return False
        if kind in _POINTER_EVENTS:
            self._give_back(self._recogniser.give_up())
            return False
        if kind not in _KEY_EVENTS or not isinstance(event, QKeyEvent) or not isinstance(watched, QWindow):
            return False
        if event.key() in _PASSED_AT_ONCE:
            return False
        if kind is QEvent.Type.KeyRelease:
            self._held.release(event.key(), event.timestamp())
            return self._on_release(watched, event)
        if self._is_repetition(event):
            return self._on_repetition(watched, event)
        text, at_ms = _typed_text(event), event.timestamp() or self._clock_ms()
        if kind is QEvent.Type.ShortcutOverride:
            return self._on_shortcut_override(event, text, at_ms)
        return self._on_press(watched, event, text, at_ms)

    def _on_shortcut_override(self, event: QKeyEvent, text: str, at_ms: int) -> bool:
        """A key that is about to be kept must not start a shortcut; any other comes after the kept ones."""
        if self._recogniser.would_take(text, at_ms):
            event.accept()
            return True
        self._give_back(self._recogniser.give_up())
        return False

    def _is_repetition(self, event: QKeyEvent) -> bool:
        is_marked = event.isAutoRepeat()
        return (
            self._held.press(event.key(), event.timestamp(), is_marked=is_marked)
            if self._is_x11
            else is_marked
        )

    def _on_repetition(self, window: QWindow, event: QKeyEvent) -> bool:
        """Of a held key: never part of a scan, no second press of a button, and no shortcut."""
        self._give_back(self._recogniser.give_up())
        is_swallowed = event.key() in _ONCE_EACH
        if event.isAutoRepeat() and not is_swallowed:
            return False
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
        elif not is_swallowed:
            _deliver_marked(window, event)
        return True

    def _on_press(self, window: QWindow, event: QKeyEvent, text: str, at_ms: int) -> bool:
        verdict = self._recogniser.press(text, at_ms, (window, event.clone()))
        self._give_back(verdict.give_back)
        if not verdict.is_taken:
            return False
        self._taken_keys.add(event.key())
        if self._recogniser.is_keeping:
            quiet_ms = _FRAMED_TIMEOUT_MS if self._recogniser.is_framed else self._recogniser.gap_ms
            self._quiet.start(quiet_ms + _ARRIVAL_SLACK_MS)
        else:
            self._quiet.stop()
            self._idle.stop()
        if verdict.scan is not None:
            self.heard.emit(_heard(verdict.scan, verdict.gap_ms))
            (self.refused if self._is_refusing else self.scanned).emit(verdict.scan)
        return True

    def _on_release(self, window: QWindow, event: QKeyEvent) -> bool:
        """The release of a key follows its press: kept, swallowed with the scan, or passed on."""
        if self._recogniser.release((window, event.clone())).is_taken:
            return True
        if event.key() not in self._taken_keys or event.isAutoRepeat():
            return False
        self._taken_keys.discard(event.key())
        return True

    def _on_quiet(self) -> None:
        self._idle.start()

    def _on_idle(self) -> None:
        if not self._quiet.isActive():
            self._give_back(self._recogniser.time_out())

    def _give_back(self, events: tuple[tuple[QWindow, QKeyEvent], ...]) -> None:
        self._quiet.stop()
        self._is_giving_back = True
        try:
            for window, event in events:
                if shiboken6.isValid(window):
                    self._taken_keys.discard(event.key())
                    _deliver(window, event)
        finally:
            self._is_giving_back = False

    def _on_focus_window_changed(self, window: QWindow | None) -> None:
        self._give_back(self._recogniser.give_up())
        if self._watched is not None and shiboken6.isValid(self._watched):
            self._watched.removeEventFilter(self)
        self._watched = window
        if window is not None:
            window.installEventFilter(self)


def _heard(scan: str, gap_ms: int) -> ScanHeard:
    aim, _rest = split_identifier(scan)
    return ScanHeard(scan, WEDGE_SOURCE, aim, gap_ms, to_text(datetime.now(UTC)))


def _typed_text(event: QKeyEvent) -> str:
    """The character of a key; Ctrl with a bracket or letter is the control character that scanners mean."""
    text = event.text()
    if text:
        return text
    if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
        return _CONTROL_KEYS.get(Qt.Key(event.key()), "")
    return {Qt.Key.Key_Return: "\r", Qt.Key.Key_Enter: "\r", Qt.Key.Key_Tab: "\t"}.get(
        Qt.Key(event.key()), ""
    )


def _deliver(window: QWindow, event: QKeyEvent) -> None:
    """Sends a key the way Qt would have: the focused widget may claim it, then shortcuts, then the widget."""
    if event.type() == QEvent.Type.KeyPress:
        override = QKeyEvent(
            QEvent.Type.ShortcutOverride, event.key(), event.modifiers(), event.text(), False, event.count()
        )
        override.setTimestamp(event.timestamp())
        override.ignore()
        QCoreApplication.sendEvent(window, override)
        if not override.isAccepted() and _start_shortcut(event):
            return
    QCoreApplication.sendEvent(window, event)


def _deliver_marked(window: QWindow, event: QKeyEvent) -> None:
    """As a repetition, past this filter: it comes again, marked, and is let through."""
    marked = QKeyEvent(event.type(), event.key(), event.modifiers(), event.text(), True, event.count())
    marked.setTimestamp(event.timestamp())
    QCoreApplication.sendEvent(window, marked)


def _start_shortcut(event: QKeyEvent) -> bool:
    """Starts the shortcut of a single key in the active window, as Qt's own map is closed to us."""
    active = QApplication.activeWindow()
    if active is None:
        return False
    pressed = QKeySequence(event.keyCombination())
    for shortcut in active.findChildren(QShortcut):
        owner = shortcut.parent()
        is_reachable = (
            getattr(owner, "isVisible", lambda: False)() and getattr(owner, "isEnabled", lambda: False)()
        )
        if shortcut.isEnabled() and is_reachable and shortcut.key() == pressed:
            shortcut.activated.emit()
            return True
    return False
