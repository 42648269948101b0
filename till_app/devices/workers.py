"""Settings become running workers: the receipt printer's and the serial scanner's."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from hardware.addresses import parse_address, parse_port
from hardware.printers.escpos_encoder import PrinterProfile
from hardware.printers.receipt_printer import ReceiptPrinter
from hardware.scanners.serial_scanner import ScanFrame, SerialScanner
from till_app.devices.printer_worker import NoPrinter, PrinterWorker
from till_app.devices.settings import PrinterSettings, ScannerSettings
from till_app.services.ports import CashDrawer, Printing, PrintJobs
from till_app.services.status import PrinterStatus


class PrinterPort(Printing, CashDrawer, Protocol):
    """What the till needs of its receipt printer, present or not."""

    def start(self) -> None: ...

    def stop(self) -> None: ...

    def resolve(self, job_id: str, *, printed: bool) -> None: ...

    def skip(self, job_id: str) -> None: ...


def printer_for(
    settings: PrinterSettings,
    jobs: PrintJobs,
    on_status: Callable[[PrinterStatus], None],
    font_file: Path | None = None,
) -> PrinterPort:
    """The worker of the printer that is set up, or one that settles jobs where there is none.

    `font_file` draws texts that the printer's code page lacks.
    """
    if not settings.address:
        return NoPrinter(jobs)
    profile = PrinterProfile(
        columns=settings.columns,
        cutter=settings.cutter,
        drawer_pin=settings.drawer_pin,
        raster_font=font_file,
    )
    printer = ReceiptPrinter(
        parse_address(settings.address).open, profile, trust_silence=settings.trust_silence
    )
    return PrinterWorker(jobs, printer, on_status)


def scanner_for(settings: ScannerSettings, on_scan: Callable[[str], None]) -> SerialScanner | None:
    """None without a serial scanner; `on_scan` is called from the scanner's thread."""
    if not settings.address:
        return None

    def on_frame(frame: ScanFrame) -> None:
        on_scan(frame.text)

    return SerialScanner(parse_port(settings.address).open, on_frame)
