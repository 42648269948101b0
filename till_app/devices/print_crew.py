"""Settings become the workers of a till's printers and of its drawer: one thread for one way to a device."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from hardware.drawers.drawer import PrinterDrawer
from hardware.errors import DeviceError
from hardware.printers.receipt_printer import ReceiptPrinter
from till_app.devices.drawer_desk import DrawerDesk
from till_app.devices.drawer_worker import DrawerWorker
from till_app.devices.health_record import HealthRecord
from till_app.devices.job_documents import LabelJobs, ReceiptJobs
from till_app.devices.printer_ports import DocumentPrinter, JobRouter
from till_app.devices.printer_worker import PrinterWorker
from till_app.devices.printers import PrintingFiles, label_printer, own_drawer, receipt_printer
from till_app.devices.roll import Roll
from till_app.domain.times import to_text
from till_app.services.device_settings import DeviceId, DeviceSettings, PrinterSettings
from till_app.services.device_status import DeviceHealth, DeviceState, DrawerEvent
from till_app.services.ports import PrintJobs

log = logging.getLogger(__name__)

RECEIPTS, FALLBACK, LABELS = DeviceId.RECEIPT_PRINTER, DeviceId.FALLBACK_PRINTER, DeviceId.LABEL_PRINTER


class Worker(Protocol):
    def start(self) -> None: ...

    def stop(self) -> None: ...

    def wake(self) -> None: ...


@dataclass(frozen=True, slots=True)
class CrewNews:
    """Called from the workers' threads."""

    on_health: Callable[[DeviceHealth], None]
    on_drawer: Callable[[DrawerEvent], None]


@dataclass(slots=True)
class PrintCrew:
    printers: dict[str, PrinterWorker] = field(default_factory=dict)
    """By the device that the thread is named after."""
    desk: DrawerDesk | None = None
    """None: there is no drawer."""
    opener: Worker | None = None
    """On whose thread the drawer is opened."""
    refused: dict[str, DeviceHealth] = field(default_factory=dict)
    """Devices whose settings cannot be used."""

    @property
    def workers(self) -> list[Worker]:
        workers: list[Worker] = list(self.printers.values())
        if isinstance(self.opener, DrawerWorker):
            workers.append(self.opener)
        return workers

    def health(self) -> dict[str, DeviceHealth]:
        known = {device: worker.health() for device, worker in self.printers.items()}
        if self.desk is not None:
            known[DeviceId.DRAWER] = self.desk.health()
        return known | self.refused


def build_crew(
    settings: DeviceSettings,
    jobs: PrintJobs,
    router: JobRouter,
    files: PrintingFiles,
    news: CrewNews,
    *,
    monotonic: Callable[[], float],
    now: Callable[[], datetime],
) -> PrintCrew:
    """Nothing is opened yet. A device whose settings cannot be used is told, and holds no other up."""
    return _Builder(settings, jobs, router, files, news, monotonic, now).build()


class _Builder:
    def __init__(
        self,
        settings: DeviceSettings,
        jobs: PrintJobs,
        router: JobRouter,
        files: PrintingFiles,
        news: CrewNews,
        monotonic: Callable[[], float],
        now: Callable[[], datetime],
    ) -> None:
        self._settings = settings
        self._jobs = jobs
        self._router = router
        self._files = files
        self._news = news
        self._monotonic = monotonic
        self._now = now
        self._crew = PrintCrew()
        self._receipt_printers: dict[str, ReceiptPrinter] = {}

    def build(self) -> PrintCrew:
        served = self._served()
        host = next((device for device in (RECEIPTS, FALLBACK) if device in self._receipt_printers), None)
        self._build_drawer(host)
        for device, printers in served.items():
            worker = self._worker(device, printers, hosts_drawer=device == host)
            self._crew.printers[device] = worker
            if device == host and self._crew.desk is not None and self._crew.opener is None:
                self._crew.opener = worker
        return self._crew

    def _served(self) -> dict[str, dict[str, DocumentPrinter]]:
        """By thread, the queues that it serves."""
        served: dict[str, dict[str, DocumentPrinter]] = {}
        owner_by_address: dict[str, str] = {}
        for device in (RECEIPTS, FALLBACK, LABELS):
            settings = self._printer_settings(device)
            printer = self._driver(device, settings) if settings.address else None
            if printer is not None:
                owner = owner_by_address.setdefault(settings.address, device)
                served.setdefault(owner, {})[device] = printer
        host = next((device for device in (RECEIPTS, FALLBACK) if device in served), None)
        if host is not None:
            # What a printer that is missing would print, and what is left of one, this one prints.
            missing = {RECEIPTS, FALLBACK, LABELS}.difference(*served.values())
            served[host] |= dict.fromkeys(sorted(missing), served[host][host])
        return served

    def _driver(self, device: str, settings: PrinterSettings) -> DocumentPrinter | None:
        try:
            if settings.language != "escpos":
                printer = label_printer(settings, self._files)
                return LabelJobs(printer, settings.label_width_mm, settings.label_height_mm)
            receipts = receipt_printer(settings, self._settings.drawer, self._files)
        except (DeviceError, ValueError) as error:
            self._refuse(device, error)
            return None
        self._receipt_printers[device] = receipts
        return ReceiptJobs(receipts)

    def _refuse(self, device: str, error: Exception) -> None:
        log.warning("the %s cannot be used: %s", device, error)
        code = error.code if isinstance(error, DeviceError) else "profile_invalid"
        at = to_text(self._now())
        self._crew.refused[device] = DeviceHealth(
            device, DeviceState.NEEDS_SOMEBODY, at, error=code, error_at=at
        )

    def _build_drawer(self, host: str | None) -> None:
        drawer = self._settings.drawer
        has_own = drawer.connection in ("serial", "usb")
        if not has_own and (drawer.connection == "none" or host is None):
            return
        health = HealthRecord(DeviceId.DRAWER, self._news.on_health, now=self._now)
        desk = DrawerDesk(drawer, self._news.on_drawer, self._monotonic, lambda: to_text(self._now()), health)
        if has_own:
            try:
                self._crew.opener = DrawerWorker(own_drawer(drawer), desk, self._monotonic)
            except (DeviceError, ValueError) as error:
                self._refuse(DeviceId.DRAWER, error)
                return
        self._crew.desk = desk

    def _worker(
        self, device: str, printers: dict[str, DocumentPrinter], *, hosts_drawer: bool
    ) -> PrinterWorker:
        opens_drawer = hosts_drawer and self._crew.opener is None and self._crew.desk is not None
        folder = self._files.roll_folder
        return PrinterWorker(
            device,
            printers,
            self._jobs,
            self._router,
            HealthRecord(device, self._news.on_health, now=self._now),
            desk=self._crew.desk if opens_drawer else None,
            open_drawer=PrinterDrawer(self._receipt_printers[device]).open if opens_drawer else None,
            roll=Roll(folder / f"{device}.roll" if folder is not None else None),
            trusts_silence=self._printer_settings(device).trust_silence,
            monotonic=self._monotonic,
        )

    def _printer_settings(self, device: str) -> PrinterSettings:
        settings = self._settings
        return {
            RECEIPTS: settings.printer,
            FALLBACK: settings.fallback_printer,
            LABELS: settings.label_printer,
        }[device]
