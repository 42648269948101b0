"""The test of each device as some settings have it, on a driver of its own: nothing else uses its port then.

Every call takes seconds at most but for a scan, which a person is waited for.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from hardware.displays.languages import display_language
from hardware.displays.line_display import open_line_display
from hardware.document import Barcode, Symbology
from hardware.errors import DeviceError
from hardware.printers.label_printer import LabelPrinter
from hardware.printers.labels import Label
from hardware.printers.print_test import print_test_page
from hardware.printers.receipt_printer import (
    NotSent,
    Printed,
    PrintOutcome,
    ReceiptPrinter,
    Unconfirmed,
)
from hardware.printers.status import PrinterCondition
from hardware.scales.opening import open_scale
from hardware.scales.scale import WeightReading, WeightState
from hardware.scanners.frame import ScanFrame
from hardware.scanners.opening import scanner_at
from hardware.terminals.terminal import CardTerminal
from till_app.devices.health_record import utc_now
from till_app.devices.printers import PrintingFiles, label_printer, own_drawer, receipt_printer
from till_app.devices.settings_check import layouts_of, port_of
from till_app.devices.terminal_worker import FindSecret
from till_app.domain.in_store import InStoreLayout
from till_app.domain.scan_meaning import scan_meaning
from till_app.services.device_places import is_set_up, settings_at
from till_app.services.device_ports import TestReport
from till_app.services.device_settings import (
    DeviceId,
    DeviceSettings,
    DisplaySettings,
    DrawerSettings,
    PrinterSettings,
    ScaleSettings,
    ScannerSettings,
    SecondScreenSettings,
    TerminalSettings,
    WedgeSettings,
)

OK = "ok"
NOTHING_SCANNED = "nothing_scanned"
NO_MATCH = "not_testable"
_SHOWN = ("TEST", "1234567890 £ € é à ñ")


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a test waits for what only comes by and by, in seconds."""

    scan_s: float = 15.0
    weight_s: float = 10.0
    drawer_s: float = 0.5
    """From the pulse to a look at the drawer's switch."""
    poll_s: float = 0.2


class DeviceTester:
    """One test at a time; `give_up` is for any thread."""

    def __init__(
        self,
        files: PrintingFiles,
        find_secret: FindSecret,
        open_terminal: Callable[[TerminalSettings, str], CardTerminal],
        patience: Patience,
    ) -> None:
        self.files = files
        self.find_secret = find_secret
        self.open_terminal = open_terminal
        self.patience = patience
        self._given_up = threading.Event()

    def give_up(self) -> None:
        """Nobody waits for a scan or a weight any more."""
        self._given_up.set()

    def test(self, device: str, settings: DeviceSettings) -> TestReport:
        self._given_up.clear()
        if not is_set_up(settings, device):
            return TestReport(device, False, "not_set_up", {})
        try:
            match settings_at(settings, device):
                case PrinterSettings() as printer:
                    return self._printer(device, printer, settings.drawer)
                case DrawerSettings() as drawer:
                    return self._drawer(drawer, settings.printer)
                case ScannerSettings() as scanner:
                    return self._scanner(device, scanner, layouts_of(settings))
                case ScaleSettings() as scale:
                    return self._scale(scale)
                case DisplaySettings() as display:
                    return self._display(display, settings)
                case TerminalSettings() as terminal:
                    return self._terminal(terminal)
                case _:
                    return TestReport(device, False, NO_MATCH, {})
        except DeviceError as error:
            return TestReport(device, False, error.code, {})

    # ------------------------------------------------------------------ printers

    def _printer(self, device: str, settings: PrinterSettings, drawer: DrawerSettings) -> TestReport:
        if settings.language == "escpos":
            return self._receipt_printer(device, settings, drawer)
        printer = label_printer(settings, self.files)
        facts = _condition_facts(_status(printer))
        return _print_report(device, printer.print_label(_test_label(settings)), facts)

    def _receipt_printer(self, device: str, settings: PrinterSettings, drawer: DrawerSettings) -> TestReport:
        printer = receipt_printer(settings, drawer, self.files)
        facts = _condition_facts(_status(printer))
        return _print_report(device, printer.print_document(print_test_page(settings.columns)), facts)

    def _drawer(self, settings: DrawerSettings, printer: PrinterSettings) -> TestReport:
        if settings.connection != "printer":
            kicked = own_drawer(settings).open(lambda: True)
            return _kick_report(kicked, {})
        driver = receipt_printer(printer, settings, self.files)
        before = _status(driver)
        kicked = driver.open_drawer()
        time.sleep(self.patience.drawer_s)
        after = _status(driver)
        facts = {}
        if before is not None and after is not None:
            facts = {"pin_before": _level(before), "pin_after": _level(after)}
        return _kick_report(kicked, facts)

    # ------------------------------------------------------------------- the others

    def _scanner(
        self, device: str, settings: ScannerSettings, layouts: tuple[InStoreLayout, ...]
    ) -> TestReport:
        frames: list[ScanFrame] = []
        errors: list[DeviceError] = []
        scanner = scanner_at(settings.address, frames.append, on_error=errors.append, name=device)
        scanner.start()
        ends_at = time.monotonic() + self.patience.scan_s
        try:
            while not frames and time.monotonic() < ends_at:
                if self._given_up.wait(self.patience.poll_s):
                    break
        finally:
            scanner.stop()
        if not frames:
            code = errors[-1].code if errors else NOTHING_SCANNED
            return TestReport(device, False, code, {})
        facts = scan_meaning(frames[0].text, utc_now().year, layouts)
        facts |= {"gap_ms": str(frames[0].gap_ms)}
        return TestReport(device, True, OK, facts, "is_it_right")

    def _scale(self, settings: ScaleSettings) -> TestReport:
        """The first weight that is at rest; an empty scale is one when nothing is laid on it in time."""
        scale = open_scale(settings.protocol, settings.address)
        last: WeightReading | None = None
        ends_at = time.monotonic() + self.patience.weight_s
        try:
            while last is None or time.monotonic() < ends_at:
                last = scale.read()
                if last.state is WeightState.STABLE:
                    return TestReport(
                        DeviceId.SCALE, True, OK, {"weight": _kilograms(last.grams)}, "is_weight_right"
                    )
                if self._given_up.wait(self.patience.poll_s):
                    break
        finally:
            scale.close()
        if last.state is WeightState.ZERO:
            return TestReport(DeviceId.SCALE, True, OK, {"weight": _kilograms(0)}, "is_weight_right")
        code = {WeightState.OVER: "overloaded", WeightState.UNDER: "under_zero"}.get(last.state, "unstable")
        return TestReport(DeviceId.SCALE, False, code, {})

    def _display(self, settings: DisplaySettings, all_settings: DeviceSettings) -> TestReport:
        lines = (_SHOWN[0].center(settings.columns).rstrip(), _SHOWN[1][: settings.columns])
        facts = {"text_shown": " / ".join(line.strip() for line in lines)}
        language = display_language(
            settings.protocol,
            settings.columns,
            settings.code_page,
            is_behind_printer=settings.through_printer,
        )
        if settings.through_printer:
            printer = receipt_printer(all_settings.printer, all_settings.drawer, self.files)
            printer.send_raw(language.show(lines))
        else:
            display = open_line_display(settings.address, language)
            try:
                display.show(lines)
                display.check()
            finally:
                display.close()
        return TestReport(DeviceId.DISPLAY, True, OK, facts, "does_it_show")

    def _terminal(self, settings: TerminalSettings) -> TestReport:
        secret = (self.find_secret(settings.secret_name) if settings.secret_name else None) or ""
        if settings.kind == "cloud" and not secret:
            return TestReport(DeviceId.TERMINAL, False, "secret_missing", {})
        terminal = self.open_terminal(settings, secret)
        try:
            reason = terminal.check()
        finally:
            terminal.close()
        return TestReport(DeviceId.TERMINAL, not reason, reason or OK, {})


def tested_ports(settings: DeviceSettings, device: str) -> frozenset[str]:
    """What the test of that device opens."""
    place = settings_at(settings, device)
    match place:
        case DrawerSettings(connection="printer") | DisplaySettings(through_printer=True):
            address = settings.printer.address
        case WedgeSettings() | SecondScreenSettings():
            address = ""
        case TerminalSettings(kind=kind):
            address = place.address if kind == "zvt" else ""
        case _:
            address = place.address
    return frozenset((port_of(address),) if address else ())


def _test_label(settings: PrinterSettings) -> Label:
    return Label(
        "TEST £ € é à ñ",
        "£1.23",
        unit_price="£2.46 per kg",
        code=Barcode("5000128104517", Symbology.EAN13),
        width_mm=settings.label_width_mm,
        height_mm=settings.label_height_mm,
    )


def _print_report(device: str, outcome: PrintOutcome, facts: dict[str, str]) -> TestReport:
    question = "did_label_print" if device == DeviceId.LABEL_PRINTER else "did_it_print"
    match outcome:
        case Printed():
            return TestReport(device, True, OK, facts, question)
        case Unconfirmed(reason=reason):
            # Something may lie in the tray all the same: a person looks.
            return TestReport(device, True, reason, facts, question)
        case NotSent(reason=reason):
            return TestReport(device, False, reason, facts)


def _status(printer: ReceiptPrinter | LabelPrinter) -> PrinterCondition | None:
    try:
        return printer.status()
    except DeviceError:
        return None


def _condition_facts(said: PrinterCondition | None) -> dict[str, str]:
    if said is None:
        return {}
    out, is_open = said.not_ready == "paper_out", said.not_ready == "cover_open"
    paper = "out" if out else "near_end" if said.paper_near_end else "ok"
    return {"paper": paper, "cover": "open" if is_open else "shut"}


def _level(said: PrinterCondition) -> str:
    return "high" if said.drawer_pin_high else "low"


def _kick_report(kicked: object, facts: dict[str, str]) -> TestReport:
    match kicked:
        case NotSent(reason=reason):
            return TestReport(DeviceId.DRAWER, False, reason, facts)
        case Unconfirmed(reason=reason):
            return TestReport(DeviceId.DRAWER, True, reason, facts, "is_it_open")
        case _:
            return TestReport(DeviceId.DRAWER, True, OK, facts, "is_it_open")


def _kilograms(grams: int) -> str:
    return f"{grams // 1000}.{grams % 1000:03d} kg"
