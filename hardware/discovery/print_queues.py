"""Print queues of the system: those of CUPS, or the printers of Windows."""

import sys
from collections.abc import Iterator

from hardware.addresses import CupsAddress, WindowsAddress
from hardware.discovery.found import LABEL_PRINTER, RECEIPT_PRINTER, Found
from hardware.errors import DeviceError
from hardware.transports.ipp_client import IppServer
from hardware.transports.ipp_queues import PrinterState, print_queues
from hardware.transports.winspool import Winspool, load_winspool

ASK_S = 2.0
_SUITS = (RECEIPT_PRINTER, LABEL_PRINTER)


def find_print_queues() -> Iterator[Found]:
    yield from find_windows_printers() if sys.platform == "win32" else find_cups_queues(IppServer())


def find_cups_queues(server: IppServer) -> Iterator[Found]:
    try:
        queues = print_queues(server, ASK_S)
    except DeviceError:
        return
    for queue in queues:
        details = [queue.name, queue.device]
        if queue.state is PrinterState.STOPPED:
            details.append("stopped")
        yield Found(
            kind="print_queue",
            address=str(CupsAddress(queue.name, server.host, server.port)),
            name=queue.description or queue.name,
            detail=" · ".join(part for part in details if part),
            suits=_SUITS,
        )


def find_windows_printers(winspool: Winspool | None = None) -> Iterator[Found]:
    """Not tried on Windows yet."""
    try:
        printers = (winspool or load_winspool()).printers()
    except DeviceError:
        return
    for printer in printers:
        yield Found(
            kind="print_queue",
            address=str(WindowsAddress(printer.name)),
            name=printer.name,
            detail=" · ".join(part for part in (printer.driver, printer.port) if part),
            suits=_SUITS,
        )
