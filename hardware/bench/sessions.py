"""A driver told step by step what to do on any transport, for recording and replay: steps in, words out."""

import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from hardware.bench.console import UsageError
from hardware.bench.driver_sessions import (
    DisplaySession,
    LabelSession,
    OpenTransport,
    PrinterSession,
    ScaleSession,
    ScannerSession,
    Settings,
    ZvtSession,
)
from hardware.displays.languages import DISPLAY_PROTOCOLS
from hardware.errors import DeviceError
from hardware.printers.epl import EplLanguage
from hardware.printers.label_language import LabelLanguage
from hardware.printers.zpl import ZplLanguage
from hardware.scales.opening import SCALE_PROTOCOLS


class Session(Protocol):
    """A driver at work."""

    def do(self, words: Sequence[str]) -> str | None:
        """One step; what came of it, in the same words each time. None: there is no such step.

        Raises DeviceError or UsageError.
        """
        ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class DriverKind:
    begin: Callable[[OpenTransport, Settings], Session]
    usual_steps: tuple[str, ...]
    step_help: str


@dataclass(frozen=True, slots=True)
class Done:
    step: str
    result: str


def run_session(
    driver: str,
    open_transport: OpenTransport,
    steps: Sequence[str],
    settings: Settings,
    tell: Callable[[Done], None],
) -> None:
    """Tells of each step, also of one that ended in an error of the device: then the result is its code.

    Raises DeviceError when the device is not reached at all, UsageError for what is no step.
    """
    kind = driver_kind(driver)
    session = kind.begin(open_transport, settings)
    try:
        for step in steps:
            try:
                result = session.do(split_step(step))
            except DeviceError as error:
                result = error.code
            if result is None:
                raise UsageError(f"“{step}” is no step of {driver}: {kind.step_help}")
            tell(Done(step, result))
    finally:
        session.close()


def driver_kind(driver: str) -> DriverKind:
    """Raises UsageError."""
    if driver not in DRIVERS:
        raise UsageError(f"there is no driver “{driver}”; there are {', '.join(DRIVERS)}")
    return DRIVERS[driver]


def split_step(step: str) -> list[str]:
    """Raises UsageError."""
    try:
        words = shlex.split(step)
    except ValueError as error:
        raise UsageError(f"“{step}”: {error}") from error
    if not words:
        raise UsageError("a step has at least one word")
    return words


def _scale(protocol: str) -> DriverKind:
    return DriverKind(
        lambda open_transport, settings: ScaleSession(protocol, open_transport, settings),
        ("read", "read", "read"),
        "read, zero, tare",
    )


def _display(protocol: str) -> DriverKind:
    return DriverKind(
        lambda open_transport, settings: DisplaySession(protocol, open_transport, settings),
        ("show 'Café crème £3.30' 'Total         €12.05'",),
        "show UPPER LOWER",
    )


def _label(language: Callable[[], LabelLanguage]) -> DriverKind:
    return DriverKind(
        lambda open_transport, _settings: LabelSession(language(), open_transport),
        ("status", "print Tea £1.00"),
        "status, print NAME PRICE",
    )


DRIVERS: Mapping[str, DriverKind] = {
    "printer": DriverKind(
        PrinterSession, ("status", "print 'Recorded by the bench'"), "status, print LINE…, drawer"
    ),
    "label:zpl": _label(ZplLanguage),
    "label:epl": _label(EplLanguage),
    **{f"scale:{protocol}": _scale(protocol) for protocol in SCALE_PROTOCOLS},
    **{f"display:{protocol}": _display(protocol) for protocol in DISPLAY_PROTOCOLS},
    "scanner": DriverKind(ScannerSession, ("scan",), "scan"),
    "terminal:zvt": DriverKind(
        ZvtSession,
        ("check",),
        "check, purchase AMOUNT CURRENCY, refund AMOUNT CURRENCY, reverse RECEIPT AMOUNT CURRENCY, "
        "end-of-day",
    ),
}
