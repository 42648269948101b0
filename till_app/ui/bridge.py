"""The only way from other threads into the window: signals carrying frozen values that say what changed, and
the outcome of work that was sent to a thread of its own."""

import threading
from collections.abc import Callable
from typing import TypeVar

import shiboken6
from PySide6.QtCore import QObject, Signal

from till_app.services.device_settings import DeviceId, DeviceSettings
from till_app.services.device_status import DeviceHealth, DeviceState, DrawerEvent, LiveWeight, ScanHeard
from till_app.services.status import CatalogueChanged, PrinterStatus, SyncStatus

Outcome = TypeVar("Outcome")
News = TypeVar("News")


class Bridge(QObject):
    """Lives on the GUI thread. The `report_…` methods may be called from any thread."""

    sync_changed = Signal(object)
    """SyncStatus."""
    catalogue_changed = Signal(object)
    """CatalogueChanged."""
    printer_changed = Signal(object)
    """PrinterStatus."""
    scanned = Signal(str)
    """A scan of a scanner with a connection of its own, as it is looked up."""
    scan_heard = Signal(object)
    """ScanHeard: the same, and what came as key presses, with source and timing."""
    device_changed = Signal(object)
    """DeviceHealth."""
    weight_changed = Signal(object)
    """LiveWeight."""
    drawer_changed = Signal(object)
    """DrawerEvent."""
    payment_changed = Signal(object)
    """What the card terminal does or has done: a value of `services.card_payments`."""
    settings_changed = Signal(object)
    """DeviceSettings that are in use now."""
    read_back = Signal(int)
    """So many entries that this till had lost came back from the hub."""
    failed = Signal(str)
    """An unexpected exception, in words for the log's reader."""

    def report_sync(self, status: SyncStatus) -> None:
        self.sync_changed.emit(status)

    def report_catalogue(self, change: CatalogueChanged) -> None:
        self.catalogue_changed.emit(change)

    def report_printer(self, status: PrinterStatus) -> None:
        self.printer_changed.emit(status)

    def report_scan(self, heard: ScanHeard) -> None:
        self.scan_heard.emit(heard)
        self.scanned.emit(heard.text)

    def report_wedge_scan(self, heard: ScanHeard) -> None:
        """GUI thread. A keyboard tells no health of a scanner: its last scan is all that is known."""
        self.scan_heard.emit(heard)
        health = DeviceHealth(
            DeviceId.SCANNER,
            DeviceState.READY,
            since=heard.at,
            last_heard_at=heard.at,
            facts=heard.facts,
        )
        self.device_changed.emit(health)

    def report_device(self, health: DeviceHealth) -> None:
        self.device_changed.emit(health)

    def report_weight(self, weight: LiveWeight) -> None:
        self.weight_changed.emit(weight)

    def report_drawer(self, event: DrawerEvent) -> None:
        self.drawer_changed.emit(event)

    def report_payment(self, news: object) -> None:
        self.payment_changed.emit(news)

    def report_settings(self, settings: DeviceSettings) -> None:
        self.settings_changed.emit(settings)

    def report_read_back(self, entries: int) -> None:
        self.read_back.emit(entries)

    def report_failure(self, words: str) -> None:
        self.failed.emit(words)


class Errands(QObject):
    """Work that would hold the window up, such as a question to the hub: each in a thread of its own."""

    _ended = Signal(object)
    """What to call on the GUI thread, without arguments."""

    def __init__(self) -> None:
        super().__init__()
        self._is_stopped = False
        self._ended.connect(self._on_ended)

    def stop(self) -> None:
        """What is under way ends, and nobody hears of it: the databases are about to be closed."""
        self._is_stopped = True

    def send_and_hear(
        self,
        owner: QObject,
        work: Callable[[Callable[[News], None]], Outcome],
        heard: Callable[[News], None],
        done: Callable[[Outcome], None],
        failed: Callable[[Exception], None],
    ) -> None:
        """As `send`; what the work tells meanwhile is `heard` on the GUI thread, in order, before its end."""

        def tell(news: News) -> None:
            self._ended.emit(lambda: heard(news) if shiboken6.isValid(owner) else None)

        self.send(owner, lambda: work(tell), done, failed)

    def send(
        self,
        owner: QObject,
        work: Callable[[], Outcome],
        done: Callable[[Outcome], None],
        failed: Callable[[Exception], None],
    ) -> None:
        """Call from the GUI thread. `done` or `failed` runs there later, unless the owner is gone by then."""

        def tell(word: Callable[[], None]) -> None:
            self._ended.emit(lambda: word() if shiboken6.isValid(owner) else None)

        def run() -> None:
            try:
                outcome = work()
            except Exception as error:  # whoever sent it knows which it expects
                caught = error
                tell(lambda: failed(caught))
            else:
                tell(lambda: done(outcome))

        threading.Thread(target=run, name="errand", daemon=True).start()

    def _on_ended(self, word: Callable[[], None]) -> None:
        if not self._is_stopped:
            word()
