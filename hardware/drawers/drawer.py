"""What every cash drawer can do, whatever opens it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from hardware.errors import DeviceError
from hardware.printers.receipt_printer import (
    TOO_LATE,
    DrawerKicked,
    DrawerOutcome,
    NotSent,
    ReceiptPrinter,
    Unconfirmed,
)
from hardware.transports.base import Transport

WRITE_S = 1.0


class Drawer(Protocol):
    """One thread at a time. Calls end within some seconds and raise no DeviceError."""

    def open(self, is_still_wanted: Callable[[], bool]) -> DrawerOutcome:
        """At once or not at all; `is_still_wanted` is asked right before the first byte leaves."""
        ...


@dataclass(frozen=True, slots=True)
class PrinterDrawer:
    """Behind a printer, which gives it the pulse."""

    printer: ReceiptPrinter

    def open(self, is_still_wanted: Callable[[], bool]) -> DrawerOutcome:
        return self.printer.open_drawer(is_still_wanted)


@dataclass(frozen=True, slots=True)
class TriggerDrawer:
    """On a serial port or a USB trigger of its own, opened by some bytes; whether it is open is not known."""

    open_transport: Callable[[], Transport]
    trigger: bytes

    def open(self, is_still_wanted: Callable[[], bool]) -> DrawerOutcome:
        try:
            transport = self.open_transport()
        except DeviceError as error:
            return NotSent(error.code)
        try:
            if not is_still_wanted():
                return NotSent(TOO_LATE)
            transport.write(self.trigger, WRITE_S)
        except DeviceError as error:
            return Unconfirmed(error.code) if transport.sent_bytes else NotSent(error.code)
        finally:
            transport.close()
        return DrawerKicked()


def trigger_bytes(hexadecimal: str) -> bytes:
    """Such as `07` or `1B 70 00`. Raises ValueError."""
    trigger = bytes.fromhex(hexadecimal)
    if not trigger:
        raise ValueError("a drawer is opened by one byte at least")
    return trigger
