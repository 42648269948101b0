"""Tells when nobody has touched the till for a while: no key, no touch, no scan."""

import shiboken6
from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QWindow

_TOUCHES = frozenset((QEvent.Type.KeyPress, QEvent.Type.MouseButtonPress, QEvent.Type.TouchBegin))


class IdleWatch(QObject):
    """Off until it is told a time. It sits on windows, as a filter on the application would run Python for
    every event of every object."""

    left_alone = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.left_alone)
        self._watched: QWindow | None = None
        application = QGuiApplication.instance()
        assert isinstance(application, QGuiApplication)
        application.focusWindowChanged.connect(self._watch)
        self._watch(QGuiApplication.focusWindow())

    @property
    def remaining_ms(self) -> int:
        """Until it tells; -1 while it is off."""
        return self._timer.remainingTime()

    def tell_after(self, seconds: int) -> None:
        """0: never."""
        if seconds:
            self._timer.start(seconds * 1000)
        else:
            self._timer.stop()
            self._timer.setInterval(0)

    def touched(self) -> None:
        """Something came in by another way than a window."""
        if self._timer.interval():
            self._timer.start()

    def _watch(self, window: QWindow | None) -> None:
        if self._watched is not None and shiboken6.isValid(self._watched):
            self._watched.removeEventFilter(self)
        self._watched = window
        if window is not None:
            window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _TOUCHES:
            self.touched()
        return super().eventFilter(watched, event)
