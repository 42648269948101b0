"""Print jobs of every kind, for a judge of their bytes; who judges, and what is right, is elsewhere."""

import base64
from collections.abc import Callable
from dataclasses import dataclass

from hardware.document import (
    Align,
    Barcode,
    Blank,
    Cut,
    Element,
    Feed,
    Image,
    QrCode,
    QrErrorLevel,
    ReceiptDocument,
    Row,
    Rule,
    Size,
    Symbology,
    TableRow,
    TextLine,
)
from hardware.printers.escpos_encoder import PrinterProfile, drawer_pulse, encode, real_time_pulse
from hardware.printers.printer_profile import Cutter


@dataclass(frozen=True, slots=True)
class JudgedJob:
    profile: PrinterProfile
    elements: tuple[Element, ...] = ()
    pulse: Callable[[PrinterProfile], bytes] | None = None
    """To the drawer, instead of a document."""
    is_drawn: bool = False
    """Some text is a picture, whose pixels depend on the program that draws letters."""

    @property
    def document(self) -> ReceiptDocument:
        return ReceiptDocument(self.elements)

    @property
    def data(self) -> bytes:
        return self.pulse(self.profile) if self.pulse else encode(self.document, self.profile)


CODES = (
    Barcode("5000159484695", Symbology.EAN13),
    Barcode("96385074", Symbology.EAN8),
    Barcode("036000291452", Symbology.UPCA),
    Barcode("15400141288763", Symbology.ITF14),
    Barcode("AB-12 $/", Symbology.CODE39),
    Barcode("a{B}{1 123456", Symbology.CODE128),
    Barcode("(01)05000159484695", Symbology.GS1_128),
)
_RECEIPT = (
    TextLine("Corner Shop", Align.CENTER, bold=True, size=Size.TALL),
    TextLine("12 High Street, Leeds", Align.CENTER),
    TextLine("VAT No. GB 123 4567 89", Align.CENTER),
    Rule(),
    Row("Crème brûlée à la piña colada, señor", "£12.50 A"),
    TextLine("  2 × £6.25"),
    Row("Tea", "€1.00 Z"),
    Row("Jalapeño & Gruyère £5 off", "-£5.00 A"),
    Rule("="),
    Row("TOTAL", "£8.50", bold=True, size=Size.TALL),
    Row("Change", "£1.50", size=Size.WIDE),
    TextLine("PAID", Align.CENTER, bold=True, size=Size.LARGE),
    TextLine(" TRAINING ", Align.CENTER, inverse=True),
    Blank(),
    TableRow(("VAT", "Rate", "Gross", "Net", "VAT")),
    TableRow(("A", "20 %", "7.50", "6.25", "1.25"), bold=True),
    TableRow(("Z", "0 %", "1.00", "1.00", "0.00")),
    Blank(2),
    Barcode("RN2-000001"),
    QrCode("https://shop.example/r/RN2-000001?é=€"),
    TextLine("Thank you – “à bientôt”", Align.RIGHT),
    Cut(),
)
_GIFT_RECEIPT = (
    TextLine("GIFT RECEIPT", Align.CENTER, bold=True, size=Size.TALL),
    Rule(),
    Row("Éclair au café", "3"),
    Row("Cheddar, mature", "0.412 kg"),
    Rule(),
    Row("Receipt", "2-000001"),
    Row("Bought on", "24 Nov 2026"),
    Barcode("GN2-000001", human_readable=False),
    Cut(partial=True),
)
_Z_REPORT = (
    TextLine("Z REPORT 17", Align.CENTER, bold=True, size=Size.LARGE),
    TextLine("Till 2 · Zoë O’Brien", Align.CENTER),
    Rule(),
    TableRow(("Tender", "Count", "Amount"), bold=True),
    TableRow(("Cash", "118", "£1,204.35")),
    TableRow(("Card", "301", "£7,950.10")),
    TableRow(("Refunds", "4", "-£31.96")),
    Rule(),
    Row("Counted", "£1,204.00"),
    Row("Short by", "£0.35", bold=True),
    Feed(300),
    TextLine("Signed:"),
    Rule("_"),
    Cut(),
)
_BEYOND_THE_PAGE = (
    TextLine("before"),
    Row("Curry 😀 भेल", "£4.20"),
    TextLine("Łódź", Align.CENTER, bold=True, size=Size.TALL),
    TextLine("between £"),
    TextLine("東京 ₹99", Align.RIGHT, size=Size.WIDE),
    Row("after", "€1.00"),
    Cut(),
)


_HARDY_QR = QrCode("a" * 120, QrErrorLevel.H)
_LOGO = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAGAAAAAoAQAAAAAp6MKUAAAAGUlEQVR4nGNgoA9gZPiPYDMhy4xy8HHoBQDQZQEwtli1RQAAAABJRU5ErkJggg=="
)
"""96 × 40 dots: a black frame."""
_WIDE, _NARROW = PrinterProfile(columns=48), PrinterProfile(columns=32)
JOBS = {
    "receipt at 32 columns": JudgedJob(_NARROW, _RECEIPT),
    "receipt at 42 columns": JudgedJob(PrinterProfile(columns=42), _RECEIPT),
    "receipt at 48 columns": JudgedJob(_WIDE, _RECEIPT),
    "receipt in font B": JudgedJob(
        PrinterProfile(columns=64, font="B", density=2, leaves_chinese_mode=True), _RECEIPT
    ),
    "receipt in CP1252": JudgedJob(PrinterProfile(columns=42, code_page="CP1252"), _RECEIPT),
    "gift receipt": JudgedJob(_WIDE, _GIFT_RECEIPT),
    "gift receipt, knife that leaves a bridge": JudgedJob(
        PrinterProfile(columns=48, cutter=Cutter.PARTIAL), _GIFT_RECEIPT
    ),
    "Z report": JudgedJob(PrinterProfile(columns=42), _Z_REPORT),
    "Z report without a knife": JudgedJob(PrinterProfile(columns=42, cutter=Cutter.NONE), _Z_REPORT),
    "Polish names in CP852": JudgedJob(
        PrinterProfile(columns=42, code_page="CP852"), (TextLine("Zażółć gęślą jaźń"), Cut())
    ),
    "names beyond the code page": JudgedJob(_WIDE, _BEYOND_THE_PAGE, is_drawn=True),
    "codes": JudgedJob(_WIDE, (*CODES, _HARDY_QR, Cut())),
    "codes on narrow paper": JudgedJob(_NARROW, (*CODES, _HARDY_QR, Cut())),
    "codes that the printer cannot draw": JudgedJob(
        PrinterProfile(columns=32, escpos_profile="POS-5890"), (*CODES, _HARDY_QR, Cut())
    ),
    "logo": JudgedJob(_WIDE, (Image(_LOGO, width_percent=50), TextLine("Corner Shop"), Cut())),
    "two papers": JudgedJob(_WIDE, (TextLine("shop’s"), Cut(partial=True), TextLine("yours"), Cut())),
    "drawer on pin 2": JudgedJob(PrinterProfile(), pulse=drawer_pulse),
    "drawer on pin 5": JudgedJob(PrinterProfile(drawer_pin=5, drawer_pulse_ms=240), pulse=drawer_pulse),
    "drawer on pin 2 at once": JudgedJob(PrinterProfile(), pulse=real_time_pulse),
    "drawer on pin 5 at once": JudgedJob(
        PrinterProfile(drawer_pin=5, drawer_pulse_ms=240), pulse=real_time_pulse
    ),
}
