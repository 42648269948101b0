"""The bench: try a device from a terminal, without the till (`python -m hardware --help`)."""

import argparse
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from serial.tools import list_ports

from hardware.addresses import parse_address, parse_port
from hardware.errors import DeviceError
from hardware.printers.escpos_encoder import PrinterProfile
from hardware.printers.print_test import print_test_page
from hardware.printers.receipt_printer import NotSent, ReceiptPrinter, Unconfirmed
from hardware.scanners.serial_scanner import ScanFrame, SerialScanner


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    try:
        return _run(options)
    except DeviceError as error:
        print(f"{error} ({error.code})", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m hardware", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list", help="serial ports and printer device files of this machine")
    for name, what in (
        ("print-test", "print a page of characters, ruler and codes, and cut"),
        ("status", "ask the printer how it is"),
        ("drawer", "open the drawer behind the printer"),
    ):
        command = commands.add_parser(name, help=what)
        command.add_argument(
            "url", help="tcp://host:9100, serial:///dev/ttyUSB0?baud=9600, file:///dev/usb/lp0"
        )
        command.add_argument("--columns", type=int, choices=(32, 42, 48), default=42)
        command.add_argument("--pin", type=int, choices=(2, 5), default=2, help="of the drawer")
        command.add_argument("--font", type=Path, help="for characters outside the code page")
    scan = commands.add_parser("scan", help="show what a serial scanner sends, until Ctrl-C")
    scan.add_argument("port", help="/dev/ttyACM0, COM3 or serial:///dev/ttyUSB0?baud=115200")
    scan.add_argument("--count", type=int, default=0, help="end after so many scans")
    return parser


def _run(options: argparse.Namespace) -> int:
    match options.command:
        case "list":
            return _list_devices()
        case "scan":
            return _scan(options.port, options.count)
    profile = PrinterProfile(columns=options.columns, drawer_pin=options.pin, raster_font=options.font)
    printer = ReceiptPrinter(parse_address(options.url).open, profile)
    if options.command == "status":
        print(printer.status() or "It is there and does not answer status questions.")
        return 0
    if options.command == "drawer":
        return _report(printer.open_drawer())
    return _report(printer.print_document(print_test_page(options.columns)))


def _list_devices() -> int:
    for port in sorted(list_ports.comports()):
        usb = f"  {port.vid:04x}:{port.pid:04x} {port.serial_number or ''}" if port.vid else ""
        print(f"serial://{'' if port.device.startswith('/') else '/'}{port.device}  {port.description}{usb}")
    for path in sorted(Path("/dev/usb").glob("lp*")):
        print(f"file://{path}")
    return 0


def _report(outcome: object) -> int:
    print(outcome)
    return 1 if isinstance(outcome, NotSent | Unconfirmed) else 0


def _scan(port: str, count: int) -> int:
    """Prints each frame; `count` 0 goes on until it is interrupted."""
    scans_left = threading.Semaphore(0)

    def show(frame: ScanFrame) -> None:
        print(f"{frame.text!r}  {frame.raw.hex(' ')}", flush=True)
        scans_left.release()

    def show_connection(is_connected: bool) -> None:
        print("connected" if is_connected else "not connected", flush=True)

    scanner = SerialScanner(parse_port(port).open, show, show_connection)
    scanner.start()
    try:
        scanned = 0
        while scanned < count or not count:
            scans_left.acquire()
            scanned += 1
    finally:
        scanner.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
