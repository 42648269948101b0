"""`drawer`: opens one, tells whether it is seen to be open, and which level of its switch means so."""

import threading
from collections.abc import Callable
from dataclasses import dataclass

from hardware.addresses import parse_address
from hardware.bench.console import Console, ExitCode, UsageError
from hardware.bench.printing import PrinterOptions
from hardware.bench.words import drawer_words, explained
from hardware.drawers.drawer import Drawer, PrinterDrawer, TriggerDrawer, trigger_bytes
from hardware.errors import DeviceError
from hardware.printers.printer_profile import PrinterProfile
from hardware.printers.receipt_printer import ReceiptPrinter
from hardware.transports.base import Deadline

POLL_S = 0.25
_SWITCH_S = 2.0
"""A drawer is out by then, if it opens at all."""


@dataclass(frozen=True, slots=True)
class DrawerOptions:
    printer: PrinterOptions
    """With the address, also of a drawer of its own."""
    pulse_ms: int = 100
    trigger: str = ""
    """The bytes in hexadecimal that open a drawer of its own; empty: it is behind a printer."""
    watches: bool = False


def open_drawer(
    console: Console,
    options: DrawerOptions,
    *,
    switch_s: float = _SWITCH_S,
    pause: Callable[[float], object] | None = None,
) -> ExitCode:
    """`pause` waits between two looks; it may raise KeyboardInterrupt to end the watching."""
    pause = pause or threading.Event().wait
    if options.trigger:
        return _open_by_trigger(console, options)
    printer = _printer(options)
    before = _level(printer)
    drawer: Drawer = PrinterDrawer(printer)
    words, code = drawer_words(drawer.open(lambda: True))
    if code is not ExitCode.DONE:
        console.complain(words)
        return code
    console.tell(words)
    if before is None:
        console.tell("This connection or printer does not tell whether the drawer is open.")
        return ExitCode.DONE
    open_is_high = _learn(console, printer, before, switch_s, pause)
    if options.watches:
        _watch(console, printer, open_is_high, pause)
    return ExitCode.DONE


def _printer(options: DrawerOptions) -> ReceiptPrinter:
    try:
        profile = PrinterProfile(drawer_pin=options.printer.pin, drawer_pulse_ms=options.pulse_ms)
    except ValueError as error:
        raise UsageError(str(error)) from error
    return ReceiptPrinter(parse_address(options.printer.address).open, profile)


def _open_by_trigger(console: Console, options: DrawerOptions) -> ExitCode:
    try:
        trigger = trigger_bytes(options.trigger)
    except ValueError as error:
        raise UsageError(f"“{options.trigger}” is no trigger; write it as 07 or 1B 70 00") from error
    words, code = drawer_words(
        TriggerDrawer(parse_address(options.printer.address).open, trigger).open(lambda: True)
    )
    (console.tell if code is ExitCode.DONE else console.complain)(words)
    if options.watches:
        console.tell("A drawer on a trigger of its own does not tell whether it is open.")
    return code


def _level(printer: ReceiptPrinter) -> bool | None:
    """Of the drawer's pin; None: not told. Raises DeviceError."""
    condition = printer.status()
    return None if condition is None else condition.drawer_pin_high


def _learn(
    console: Console,
    printer: ReceiptPrinter,
    before: bool,
    switch_s: float,
    pause: Callable[[float], object],
) -> bool | None:
    """Whether open is high; None: the switch did not move."""
    deadline = Deadline(switch_s)
    while True:
        after = _level(printer)
        if after is not None and after != before:
            console.tell(
                f"Its switch went from {_name(before)} to {_name(after)}. If it was shut before and is open "
                f"now: pin {_name(after)} means open."
            )
            return after
        if deadline.is_over:
            break
        pause(POLL_S)
    console.tell(
        f"Its switch stayed {_name(before)}: the drawer was open already, did not open, or has no switch."
    )
    return None


def _watch(
    console: Console, printer: ReceiptPrinter, open_is_high: bool | None, pause: Callable[[float], object]
) -> None:
    """Until Ctrl-C. Each look is a connection of its own: a printer serves others in between."""
    told = ""
    while True:
        try:
            level = _level(printer)
            now = "not told" if level is None else _state(level, open_is_high)
        except DeviceError as error:
            now = explained(error)
        if now != told:
            console.tell(now)
            told = now
        pause(POLL_S)


def _state(level: bool, open_is_high: bool | None) -> str:
    if open_is_high is None:
        return f"pin {_name(level)}"
    return "open" if level == open_is_high else "shut"


def _name(level: bool) -> str:
    return "high" if level else "low"
