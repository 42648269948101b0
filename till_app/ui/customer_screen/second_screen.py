"""Keeps the customer's window on the screen that the settings choose, and hidden while that is not there."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Protocol

from PySide6.QtCore import QObject, QRect, SignalInstance
from PySide6.QtGui import QScreen

from till_app.domain.times import to_text
from till_app.services.device_settings import DeviceId, SecondScreenSettings
from till_app.services.device_status import CustomerView, DeviceHealth, DeviceState
from till_app.services.status import CatalogueChanged
from till_app.ui.customer_screen.customer_window import CustomerWindow, as_customer_screen, is_wayland
from till_app.ui.customer_screen.offers import offers_of
from till_app.ui.customer_screen.placing import ScreenWatch, SomeScreen, chosen_screen, screen_words
from till_app.ui.main_window import MainWindow

NO_SCREEN = "no_screen"


def second_screen_beside(
    window: MainWindow, report: Callable[[DeviceHealth], None], settings: SecondScreenSettings
) -> "SecondScreen":
    """Of the till whose window that is."""
    services, catalogue = window.services, window.services.catalogue

    def read_picture(sha256: str) -> bytes | None:
        content = catalogue.picture(sha256)
        if content is None:
            catalogue.want_picture(sha256)
        return content

    shown = CustomerWindow(read_picture, lambda: offers_of(services, window.formatter))
    return SecondScreen(shown, ScreenWatch(window, window), report, settings)


class Screens(Protocol):
    """As `placing.ScreenWatch`."""

    @property
    def changed(self) -> SignalInstance: ...

    def start(self) -> None: ...

    def screens(self) -> Sequence[SomeScreen]: ...

    def till_geometry(self) -> QRect: ...


class SecondScreen(QObject):
    """Implements CustomerDisplay. GUI thread only."""

    def __init__(
        self,
        window: CustomerWindow,
        screens: Screens,
        report: Callable[[DeviceHealth], None],
        settings: SecondScreenSettings,
    ) -> None:
        """Shown from `start` on."""
        super().__init__()
        self.window = as_customer_screen(window)
        self._screens = screens
        self._report = report
        self._settings = settings
        self._is_started = False
        self._health = DeviceHealth(DeviceId.SECOND_SCREEN)
        window.use(settings)

    @property
    def health(self) -> DeviceHealth:
        return self._health

    def start(self) -> None:
        """Once the till's window is up, which decides which screen is the other one."""
        self._is_started = True
        self._screens.start()
        self._screens.changed.connect(self.place)
        self.place()

    def use(self, settings: SecondScreenSettings) -> None:
        if settings != self._settings:
            self._settings = settings
            self.window.use(settings)
            self.place()

    def show(self, view: CustomerView) -> None:
        self.window.show_view(view)

    def catalogue_changed(self, change: CatalogueChanged) -> None:
        self.window.catalogue_changed(change)

    def close(self) -> None:
        self._is_started = False
        self.window.end()

    def place(self) -> None:
        """Where it belongs as things are now."""
        if not self._is_started:
            return
        screen = None
        if self._settings.is_used:
            screen = chosen_screen(self._screens.screens(), self._screens.till_geometry(), self._settings)
        if screen is None:
            self.window.hide()
        else:
            self._cover(screen)
        self._tell(screen)

    def _cover(self, screen: SomeScreen) -> None:
        window = self.window
        if isinstance(screen, QScreen) and window.screen() is not screen:
            window.setScreen(screen)
        if window.geometry() != screen.geometry():
            window.setGeometry(screen.geometry())
        if window.isVisible():
            return
        if is_wayland():
            window.showFullScreen()
        else:
            window.show()

    def _tell(self, screen: SomeScreen | None) -> None:
        before = self._health
        facts: dict[str, str] = {}
        if not self._settings.is_used:
            state, error = DeviceState.NOT_SET_UP, ""
        elif screen is None:
            state, error = DeviceState.UNREACHABLE, NO_SCREEN
        else:
            state, error = DeviceState.READY, before.error
            facts["shows"] = screen_words(screen)
        if (state, facts) == (before.state, before.facts):
            return
        now = to_text(datetime.now(UTC))
        self._health = DeviceHealth(
            DeviceId.SECOND_SCREEN,
            state,
            since=now,
            last_heard_at=now if state is DeviceState.READY else before.last_heard_at,
            error=error,
            error_at=now if error and error != before.error else before.error_at,
            facts=facts,
        )
        self._report(self._health)
