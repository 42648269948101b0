"""A driver told step by step what to do on any transport, for recording and replay: steps in, words out."""

import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from hardware.bench.amounts import minor_of
from hardware.bench.console import UsageError
from hardware.bench.words import weight_words
from hardware.displays.languages import DISPLAY_PROTOCOLS, display_language
from hardware.displays.line_display import LineDisplay
from hardware.document import Cut, ReceiptDocument, TextLine
from hardware.errors import DeviceError, PrinterProfileInvalid
from hardware.printers.epl import EplLanguage
from hardware.printers.label_printer import LabelPrinter
from hardware.printers.labels import Label
from hardware.printers.printer_profile import PrinterProfile
from hardware.printers.receipt_printer import (
    DrawerKicked,
    DrawerOutcome,
    NotSent,
    Printed,
    PrintOutcome,
    ReceiptPrinter,
    Unconfirmed,
)
from hardware.printers.status import PrinterCondition
from hardware.printers.zpl import ZplLanguage
from hardware.scales.asking import ANSWER_S
from hardware.scales.opening import SCALE_PROTOCOLS
from hardware.scanners.serial_scanner import SerialFrames
from hardware.terminals.terminal import PaymentRequest, PaymentResult, masked
from hardware.terminals.zvt import ZvtTerminal
from hardware.transports.base import Deadline, Transport

OpenTransport = Callable[[], Transport]
Settings = Mapping[str, str]


class Session(Protocol):
    """A driver at work."""

    def do(self, words: Sequence[str]) -> str:
        """One step; what came of it, in the same words each time. Raises DeviceError or UsageError."""
        ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class DriverKind:
    begin: Callable[[OpenTransport, Settings], Session]
    usual_steps: tuple[str, ...]
    step_help: str


def run_session(
    driver: str,
    open_transport: OpenTransport,
    steps: Sequence[str],
    settings: Settings,
    tell: Callable[[str], None],
) -> tuple[str, ...]:
    """A line for each step, an error's too. Raises DeviceError when the device is not reached at all."""
    session = driver_kind(driver).begin(open_transport, settings)
    results: list[str] = []
    try:
        for step in steps:
            try:
                result = session.do(split_step(step))
            except DeviceError as error:
                result = error.code
            results.append(result)
            tell(f"{step}: {result}")
    finally:
        session.close()
    return tuple(results)


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


class PrinterSession:
    def __init__(self, open_transport: OpenTransport, settings: Settings) -> None:
        try:
            profile = PrinterProfile(
                columns=int(settings.get("columns", "42")), code_page=settings.get("code_page", "CP858")
            )
        except ValueError as error:
            raise PrinterProfileInvalid(str(error)) from error
        self._printer = ReceiptPrinter(open_transport, profile)

    def do(self, words: Sequence[str]) -> str:
        match words:
            case ["status"]:
                return _condition(self._printer.status())
            case ["print", *lines] if lines:
                document = ReceiptDocument((*(TextLine(line) for line in lines), Cut()))
                return _outcome(self._printer.print_document(document))
            case ["drawer"]:
                return _outcome(self._printer.open_drawer())
        raise _no_step(words, "printer")

    def close(self) -> None:
        """Each step has its own connection."""


class LabelSession:
    def __init__(self, driver: str, open_transport: OpenTransport) -> None:
        self._driver = driver
        language = ZplLanguage() if driver == "label:zpl" else EplLanguage()
        self._printer = LabelPrinter(open_transport, language)

    def do(self, words: Sequence[str]) -> str:
        match words:
            case ["status"]:
                return _condition(self._printer.status())
            case ["print", name, price]:
                return _outcome(self._printer.print_label(Label(name, price)))
        raise _no_step(words, self._driver)

    def close(self) -> None:
        """Each step has its own connection."""


class ScaleSession:
    def __init__(self, driver: str, open_transport: OpenTransport, settings: Settings) -> None:
        self._driver = driver
        answer_s = float(settings.get("answer_s", ANSWER_S))
        self._scale = SCALE_PROTOCOLS[driver.partition(":")[2]].driver(open_transport(), answer_s)

    def do(self, words: Sequence[str]) -> str:
        match words:
            case ["read"]:
                return weight_words(self._scale.read())
            case ["zero"]:
                self._scale.zero()
                return "asked for zero"
            case ["tare"]:
                self._scale.tare()
                return "asked for a tare"
        raise _no_step(words, self._driver)

    def close(self) -> None:
        self._scale.close()


class DisplaySession:
    def __init__(self, driver: str, open_transport: OpenTransport, settings: Settings) -> None:
        self._driver = driver
        language = display_language(driver.partition(":")[2], code_page=settings.get("code_page", "CP858"))
        self._display = LineDisplay(open_transport(), language)

    def do(self, words: Sequence[str]) -> str:
        match words:
            case ["show", upper, lower]:
                self._display.show((upper, lower))
                self._display.check()
                return "sent"
        raise _no_step(words, self._driver)

    def close(self) -> None:
        self._display.close()


class ScannerSession:
    def __init__(self, open_transport: OpenTransport, settings: Settings) -> None:
        self._frames = SerialFrames(open_transport())
        self._patience_s = float(settings.get("patience_s", "60"))
        self._waiting: list[str] = []

    def do(self, words: Sequence[str]) -> str:
        if list(words) != ["scan"]:
            raise _no_step(words, "scanner")
        deadline = Deadline(self._patience_s)
        while not self._waiting:
            if deadline.is_over:
                return "nothing was scanned"
            self._waiting += [ascii(frame.text)[1:-1] for frame in self._frames.frames()]
        return self._waiting.pop(0)

    def close(self) -> None:
        self._frames.close()


class ZvtSession:
    def __init__(self, open_transport: OpenTransport, settings: Settings) -> None:
        self._terminal = ZvtTerminal(_AnyWay(open_transport), settings.get("password", "000000"))
        self._attempts = 0

    def do(self, words: Sequence[str]) -> str:
        match words:
            case ["check"]:
                return self._terminal.check() or "ready"
            case ["purchase", amount, currency]:
                return _payment(self._terminal.purchase(self._request(amount, currency), _silent))
            case ["refund", amount, currency]:
                return _payment(self._terminal.refund(self._request(amount, currency), _silent))
            case ["reverse", of, amount, currency]:
                return _payment(self._terminal.reverse(self._request(amount, currency), of, _silent))
            case ["end-of-day"]:
                ended = self._terminal.end_of_day(_silent)
                return "done" if ended.is_done else f"not done: {ended.reason}"
        raise _no_step(words, "terminal:zvt")

    def _request(self, amount: str, currency: str) -> PaymentRequest:
        self._attempts += 1
        return PaymentRequest(f"recorded-{self._attempts}", minor_of(amount), currency)

    def close(self) -> None:
        self._terminal.close()


class _AnyWay:
    """A transport that is opened without a limit of the driver's: it has its own."""

    def __init__(self, open_transport: OpenTransport) -> None:
        self._open_transport = open_transport

    def open(self, connect_s: float) -> Transport:
        return self._open_transport()


def _silent(_words: str) -> None:
    """What the terminal shows meanwhile is in the transcript."""


def _condition(condition: PrinterCondition | None) -> str:
    if condition is None:
        return "no answer"
    if condition.not_ready is not None:
        return f"not ready: {condition.not_ready}"
    return "ready, near end" if condition.paper_near_end else "ready"


def _outcome(outcome: PrintOutcome | DrawerOutcome) -> str:
    match outcome:
        case Printed(paper_near_end=True):
            return "printed, near end"
        case Printed():
            return "printed"
        case DrawerKicked():
            return "told to open"
        case NotSent(reason):
            return f"not sent: {reason}"
        case Unconfirmed(reason):
            return f"unconfirmed: {reason}"


def _payment(result: PaymentResult) -> str:
    parts = [result.outcome.value]
    if result.amount_minor:
        parts.append(f"{result.amount_minor // 100}.{result.amount_minor % 100:02d}")
    parts += [part for part in (result.reason, result.terminal_reference, result.scheme) if part]
    return masked(" ".join(parts))


def _no_step(words: Sequence[str], driver: str) -> UsageError:
    return UsageError(f"“{shlex.join(words)}” is no step of {driver}: {DRIVERS[driver].step_help}")


def _scale(driver: str) -> DriverKind:
    return DriverKind(
        lambda open_transport, settings: ScaleSession(driver, open_transport, settings),
        ("read", "read", "read"),
        "read, zero, tare",
    )


def _display(driver: str) -> DriverKind:
    return DriverKind(
        lambda open_transport, settings: DisplaySession(driver, open_transport, settings),
        ("show 'Café crème £3.30' 'Total         €12.05'",),
        "show UPPER LOWER",
    )


def _label(driver: str) -> DriverKind:
    return DriverKind(
        lambda open_transport, _settings: LabelSession(driver, open_transport),
        ("status", "print Tea £1.00"),
        "status, print NAME PRICE",
    )


DRIVERS: Mapping[str, DriverKind] = {
    "printer": DriverKind(
        PrinterSession, ("status", "print 'Recorded by the bench'"), "status, print LINE…, drawer"
    ),
    **{f"label:{language}": _label(f"label:{language}") for language in ("zpl", "epl")},
    **{f"scale:{protocol}": _scale(f"scale:{protocol}") for protocol in SCALE_PROTOCOLS},
    **{f"display:{protocol}": _display(f"display:{protocol}") for protocol in DISPLAY_PROTOCOLS},
    "scanner": DriverKind(ScannerSession, ("scan",), "scan"),
    "terminal:zvt": DriverKind(
        ZvtSession,
        ("check",),
        "check, purchase AMOUNT CURRENCY, refund AMOUNT CURRENCY, reverse RECEIPT AMOUNT CURRENCY, "
        "end-of-day",
    ),
}
