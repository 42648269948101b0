"""The pole display's one worker, and the display behind the receipt printer: the newest view wins."""

import logging
import threading
from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from hardware.displays.languages import DisplayLanguage, Lines, display_language
from hardware.displays.line_display import open_line_display
from hardware.errors import DeviceError, PermanentDeviceError
from till_app.devices.display_lines import display_lines
from till_app.devices.health_record import HealthRecord, utc_now
from till_app.services.device_settings import DeviceId, DisplaySettings
from till_app.services.device_status import CustomerView, DeviceHealth, DeviceState

log = logging.getLogger(__name__)

CHECK_S = 2.0
"""How soon a pulled plug is noticed while nothing is to be shown."""
FIRST_RETRY_S = 0.5
LONGEST_RETRY_S = 5.0


class OpenDisplay(Protocol):
    def show(self, lines: Lines) -> None: ...

    def check(self) -> None: ...

    def close(self) -> None: ...


class DisplayWorker:
    """Implements CustomerDisplay. `on_health` is called from its thread."""

    def __init__(
        self,
        open_device: Callable[[], OpenDisplay],
        lines_of: Callable[[CustomerView], Lines],
        on_health: Callable[[DeviceHealth], None],
        *,
        check_s: float = CHECK_S,
        first_retry_s: float = FIRST_RETRY_S,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._open_device = open_device
        self._lines_of = lines_of
        self._check_s = check_s
        self._first_retry_s = first_retry_s
        self._record = HealthRecord(DeviceId.DISPLAY, on_health, now=now)
        self._changed = threading.Condition()
        self._wanted: CustomerView | None = None
        self._shown: CustomerView | None = None
        """What this opening of the display shows."""
        self._is_stopping = False
        self._display: OpenDisplay | None = None
        self._thread = threading.Thread(target=self._run, name="customer-display", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Returns when the thread has ended: a write under way has its own deadline."""
        with self._changed:
            self._is_stopping = True
            self._changed.notify_all()
        if self._thread.ident is not None:
            self._thread.join()

    def health(self) -> DeviceHealth:
        return self._record.health

    def show(self, view: CustomerView) -> None:
        with self._changed:
            self._wanted = view
            self._changed.notify_all()

    # -------------------------------------------------------------- the thread

    def _run(self) -> None:
        retry_s = self._first_retry_s
        while not self._is_stopping:
            try:
                self._work()
                retry_s = self._first_retry_s
                self._wait(self._check_s, or_news=True)
            except DeviceError as error:
                self._drop(error)
                self._wait(retry_s, or_news=False)
                retry_s = min(LONGEST_RETRY_S, 2 * retry_s)
            except Exception:
                log.exception("the customer display's worker failed; it goes on")
                self._wait(LONGEST_RETRY_S, or_news=False)
        self._close()

    def _wait(self, seconds: float, *, or_news: bool) -> None:
        with self._changed:
            self._changed.wait_for(
                lambda: self._is_stopping or (or_news and self._wanted is not self._shown), seconds
            )

    def _work(self) -> None:
        if self._display is None:
            self._display = self._open_device()
            self._shown = None
        with self._changed:
            wanted = self._wanted
        if wanted is None or wanted is self._shown:
            self._display.check()
        else:
            self._display.show(self._lines_of(wanted))
            self._shown = wanted
        self._record.heard()

    def _drop(self, error: DeviceError) -> None:
        log.info("the customer display cannot be used (%s): %s", error.code, error)
        self._close()
        is_for_somebody = isinstance(error, PermanentDeviceError)
        state = DeviceState.NEEDS_SOMEBODY if is_for_somebody else DeviceState.UNREACHABLE
        self._record.failed(error.code, state)

    def _close(self) -> None:
        if self._display is not None:
            self._display.close()
            self._display = None


class RawWriter(Protocol):
    """The receipt printer's worker: it alone talks to the printer and to what is connected behind it."""

    def send_raw(self, data: bytes) -> None:
        """Send these bytes between two jobs, as soon as the printer is free; newer ones take the place of
        those that have not gone yet. Returns at once; they wait for a printer that cannot be reached."""
        ...


class DisplayBehindPrinter:
    """Implements CustomerDisplay without a thread of its own: the printer's worker sends what it makes.

    Each message sets the display up anew, for nobody hears when it was switched off and on.
    """

    def __init__(
        self, writer: RawWriter, language: DisplayLanguage, lines_of: Callable[[CustomerView], Lines]
    ) -> None:
        self._writer = writer
        self._language = language
        self._lines_of = lines_of
        self._shown: Lines | None = None

    def show(self, view: CustomerView) -> None:
        lines = self._lines_of(view)
        if lines != self._shown:
            self._shown = lines
            self._writer.send_raw(self._language.show(lines))


def display_worker_for(
    settings: DisplaySettings,
    on_health: Callable[[DeviceHealth], None],
    translate: Callable[[str], str] = str,
) -> DisplayWorker | None:
    """None: no display with a connection of its own is set up. Raises CodePageUnknown, a DeviceError."""
    if not settings.address or settings.through_printer:
        return None
    language = display_language(settings.protocol, settings.columns, settings.code_page)
    return DisplayWorker(
        lambda: open_line_display(settings.address, language), _lines_of(settings, translate), on_health
    )


def display_behind_printer_for(
    settings: DisplaySettings, writer: RawWriter, translate: Callable[[str], str] = str
) -> DisplayBehindPrinter | None:
    """None: no display is connected to the printer. Raises CodePageUnknown, a DeviceError."""
    if not settings.through_printer:
        return None
    language = display_language(
        settings.protocol, settings.columns, settings.code_page, is_behind_printer=True
    )
    return DisplayBehindPrinter(writer, language, _lines_of(settings, translate))


def _lines_of(settings: DisplaySettings, translate: Callable[[str], str]) -> Callable[[CustomerView], Lines]:
    def lines_of(view: CustomerView) -> Lines:
        return display_lines(view, settings.columns, translate, settings.idle_text)

    return lines_of
