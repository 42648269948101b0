"""The till's pole display as the settings have it, or none: the same object when the settings change."""

import logging
from collections.abc import Callable

from hardware.errors import DeviceError
from till_app.devices.display_worker import (
    DisplayBehindPrinter,
    DisplayWorker,
    RawWriter,
    display_behind_printer_for,
    display_worker_for,
)
from till_app.services.device_settings import DeviceId, DisplaySettings
from till_app.services.device_status import CustomerView, DeviceHealth, DeviceState

log = logging.getLogger(__name__)


class TillDisplay:
    """Implements CustomerDisplay. `start`, `stop` and `use` are for one thread; `use` waits for the old
    worker's end."""

    def __init__(
        self,
        settings: DisplaySettings,
        printer: RawWriter,
        on_health: Callable[[DeviceHealth], None],
        translate: Callable[[str], str] = str,
    ) -> None:
        """`printer` sends what is meant for a display that is connected to it."""
        self._printer = printer
        self._on_health = on_health
        self._translate = translate
        self._is_started = False
        self._view: CustomerView | None = None
        self._health = DeviceHealth(DeviceId.DISPLAY)
        self._display: DisplayWorker | DisplayBehindPrinter | None = self._made(settings)

    def start(self) -> None:
        self._is_started = True
        if isinstance(self._display, DisplayWorker):
            self._display.start()

    def stop(self) -> None:
        self._is_started = False
        if isinstance(self._display, DisplayWorker):
            self._display.stop()

    def use(self, settings: DisplaySettings) -> None:
        if isinstance(self._display, DisplayWorker):
            self._display.stop()
        self._display = self._made(settings)
        if self._is_started:
            self.start()
        if self._view is not None:
            self.show(self._view)

    def health(self) -> DeviceHealth:
        """Behind a printer, the printer's health says the rest."""
        display = self._display
        return display.health() if isinstance(display, DisplayWorker) else self._health

    def show(self, view: CustomerView) -> None:
        self._view = view
        display = self._display
        if display is not None:
            display.show(view)

    def _made(self, settings: DisplaySettings) -> DisplayWorker | DisplayBehindPrinter | None:
        """Settings that no display has keep nobody from selling: they are told by its health."""
        try:
            display = display_worker_for(settings, self._on_health, self._translate)
            behind_printer = display_behind_printer_for(settings, self._printer, self._translate)
        except DeviceError as error:
            log.info("the customer display cannot be used: %s", error)
            self._health = DeviceHealth(DeviceId.DISPLAY, DeviceState.NEEDS_SOMEBODY, error=error.code)
            return None
        state = DeviceState.READY if behind_printer is not None else DeviceState.NOT_SET_UP
        self._health = DeviceHealth(DeviceId.DISPLAY, state)
        return display or behind_printer
