"""Each family's driver as a session: one step in words, and what came of it in words that stay the same."""

import re
from collections.abc import Callable, Mapping, Sequence

from hardware.bench.amounts import minor_of
from hardware.bench.console import UsageError
from hardware.bench.words import weight_words
from hardware.displays.languages import display_language
from hardware.displays.line_display import LineDisplay
from hardware.document import Cut, ReceiptDocument, TextLine
from hardware.printers.label_language import LabelLanguage
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
from hardware.scales.asking import ANSWER_S
from hardware.scales.opening import SCALE_PROTOCOLS
from hardware.scanners.serial_scanner import SerialFrames
from hardware.terminals.terminal import PaymentRequest, PaymentResult, masked
from hardware.terminals.zvt import ZvtTerminal
from hardware.transports.base import Deadline, Transport

OpenTransport = Callable[[], Transport]
Settings = Mapping[str, str]

_NUMBER = re.compile(r"[0-9]{1,4}(\.[0-9]{1,3})?")


class PrinterSession:
    def __init__(self, open_transport: OpenTransport, settings: Settings) -> None:
        profile = PrinterProfile(
            columns=round(_number(settings, "columns", 42)), code_page=settings.get("code_page", "CP858")
        )
        self._printer = ReceiptPrinter(open_transport, profile)

    def do(self, words: Sequence[str]) -> str | None:
        match words:
            case ["status"]:
                return _condition(self._printer.status())
            case ["print", *lines] if lines:
                document = ReceiptDocument((*(TextLine(line) for line in lines), Cut()))
                return _outcome(self._printer.print_document(document))
            case ["drawer"]:
                return _outcome(self._printer.open_drawer())
        return None

    def close(self) -> None:
        """Each step has its own connection."""


class LabelSession:
    def __init__(self, language: LabelLanguage, open_transport: OpenTransport) -> None:
        self._printer = LabelPrinter(open_transport, language)

    def do(self, words: Sequence[str]) -> str | None:
        match words:
            case ["status"]:
                return _condition(self._printer.status())
            case ["print", name, price]:
                return _outcome(self._printer.print_label(Label(name, price)))
        return None

    def close(self) -> None:
        """Each step has its own connection."""


class ScaleSession:
    def __init__(self, protocol: str, open_transport: OpenTransport, settings: Settings) -> None:
        answer_s = _number(settings, "answer_s", ANSWER_S)
        self._scale = SCALE_PROTOCOLS[protocol].driver(open_transport(), answer_s)

    def do(self, words: Sequence[str]) -> str | None:
        match words:
            case ["read"]:
                return weight_words(self._scale.read())
            case ["zero"]:
                self._scale.zero()
                return "asked for zero"
            case ["tare"]:
                self._scale.tare()
                return "asked for a tare"
        return None

    def close(self) -> None:
        self._scale.close()


class DisplaySession:
    def __init__(self, protocol: str, open_transport: OpenTransport, settings: Settings) -> None:
        language = display_language(protocol, code_page=settings.get("code_page", "CP858"))
        self._display = LineDisplay(open_transport(), language)

    def do(self, words: Sequence[str]) -> str | None:
        match words:
            case ["show", upper, lower]:
                self._display.show((upper, lower))
                self._display.check()
                return "sent"
        return None

    def close(self) -> None:
        self._display.close()


class ScannerSession:
    def __init__(self, open_transport: OpenTransport, settings: Settings) -> None:
        self._frames = SerialFrames(open_transport())
        self._patience_s = _number(settings, "patience_s", 60.0)
        self._waiting: list[str] = []

    def do(self, words: Sequence[str]) -> str | None:
        if list(words) != ["scan"]:
            return None
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
        try:
            self._terminal = ZvtTerminal(_AnyWay(open_transport), settings.get("password", "000000"))
        except ValueError as error:
            raise UsageError("the setting password of a ZVT terminal is six digits") from error
        self._attempts = 0

    def do(self, words: Sequence[str]) -> str | None:
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
        return None

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


def _number(settings: Settings, name: str, usual: float) -> float:
    """Raises UsageError."""
    text = settings.get(name, str(usual))
    if not _NUMBER.fullmatch(text):
        raise UsageError(f"the setting {name} is a number, and “{text}” is none")
    return float(text)


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
