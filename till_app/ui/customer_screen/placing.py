"""Which of the computer's screens is the customer's, and hearing when screens come and go."""

from collections.abc import Sequence
from typing import Protocol, TypeVar

from PySide6.QtCore import QObject, QRect, QSize, Signal
from PySide6.QtGui import QGuiApplication, QScreen
from PySide6.QtWidgets import QWidget

from till_app.services.device_settings import SecondScreenSettings


class SomeScreen(Protocol):
    """As QScreen is."""

    def name(self) -> str: ...

    def geometry(self) -> QRect: ...


ScreenKind = TypeVar("ScreenKind", bound=SomeScreen)


def chosen_screen(
    screens: Sequence[ScreenKind], till: QRect, settings: SecondScreenSettings
) -> ScreenKind | None:
    """The one of that name, without a name the first; never one that shows what the till's shows, as a
    mirrored one does. `till`: the geometry of the screen that the till's window is on."""
    free = [screen for screen in screens if not screen.geometry().intersects(till)]
    if settings.screen_name:
        free = [screen for screen in free if screen.name() == settings.screen_name]
    return next(iter(free), None)


def screen_words(screen: SomeScreen) -> str:
    """`HDMI-2 · 1920 × 1080`."""
    size: QSize = screen.geometry().size()
    return f"{screen.name()} · {size.width()} × {size.height()}"


def second_screen_of(beside: QWidget, settings: SecondScreenSettings) -> QScreen | None:
    """For a window that is shown now."""
    return chosen_screen(QGuiApplication.screens(), beside.screen().geometry(), settings)


class ScreenWatch(QObject):
    """Says that screens were added, removed, moved, or that the till's window is on another one."""

    changed = Signal()

    def __init__(self, till_window: QWidget, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._till_window = till_window
        self._removed: QScreen | None = None
        self._is_watching = False

    def start(self) -> None:
        """Once the till's window is shown."""
        app = QGuiApplication.instance()
        assert isinstance(app, QGuiApplication)
        if self._is_watching:
            return
        self._is_watching = True
        app.screenAdded.connect(self._on_added)
        app.screenRemoved.connect(self._on_removed)
        app.primaryScreenChanged.connect(self._on_moved)
        for screen in QGuiApplication.screens():
            screen.geometryChanged.connect(self._on_moved)
        handle = self._till_window.windowHandle()
        if handle is not None:
            handle.screenChanged.connect(self._on_moved)

    def screens(self) -> Sequence[QScreen]:
        return [screen for screen in QGuiApplication.screens() if screen is not self._removed]

    def till_geometry(self) -> QRect:
        """Of the screen that the till's window is on."""
        return self._till_window.screen().geometry()

    def _on_added(self, screen: QScreen) -> None:
        screen.geometryChanged.connect(self._on_moved)
        self.changed.emit()

    def _on_removed(self, screen: QScreen) -> None:
        """Before Qt moves its windows to another screen."""
        self._removed = screen
        self.changed.emit()
        self._removed = None

    def _on_moved(self, *_news: object) -> None:
        self.changed.emit()
