"""The only way from other threads into the window: signals carrying frozen values that say what changed."""

from PySide6.QtCore import QObject, Signal

from till_app.services.status import CatalogueChanged, PrinterStatus, SyncStatus


class Bridge(QObject):
    """Lives on the GUI thread. The `report_…` methods may be called from any thread."""

    sync_changed = Signal(object)
    """SyncStatus."""
    catalogue_changed = Signal(object)
    """CatalogueChanged."""
    printer_changed = Signal(object)
    """PrinterStatus."""
    scanned = Signal(str)
    """A frame of a serial scanner."""
    failed = Signal(str)
    """An unexpected exception, in words for the log's reader."""

    def report_sync(self, status: SyncStatus) -> None:
        self.sync_changed.emit(status)

    def report_catalogue(self, change: CatalogueChanged) -> None:
        self.catalogue_changed.emit(change)

    def report_printer(self, status: PrinterStatus) -> None:
        self.printer_changed.emit(status)

    def report_scan(self, text: str) -> None:
        self.scanned.emit(text)

    def report_failure(self, words: str) -> None:
        self.failed.emit(words)
