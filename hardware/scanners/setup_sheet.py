"""The printed set-up sheet of a scanner: what a till wants to be sent, how to set it, and test codes.

The makers' programming codes are bar codes with an FNC3, which receipt printers do not print: for those the
sheet names the page of the maker's own guide. Sources: the user guides of Honeywell's Xenon, Voyager and
Genesis (chapter "Data Editing"), of Zebra's and Motorola's LS and DS families (chapter "Miscellaneous Scanner
Options") and of Datalogic's QuickScan and PowerScan (chapter "Data Format").
"""

from dataclasses import dataclass

from hardware.document import (
    Align,
    Barcode,
    Blank,
    Cut,
    Element,
    QrCode,
    ReceiptDocument,
    Rule,
    Size,
    Symbology,
    TextLine,
)
from hardware.symbologies import gs1_text

_GS1 = "(01)05000128104517(17)301231(10)AB-12(21)7"


@dataclass(frozen=True, slots=True)
class TestCode:
    """A code on the sheet, and what a scanner must make of it."""

    __test__ = False

    name: str
    element: Barcode | QrCode
    text: str
    """Without an identifier; GS as it is."""
    identifiers: tuple[str, ...]
    """Of which a scanner that is set up for AIM identifiers sends one before the text."""


TEST_CODES = (
    TestCode("EAN-13", Barcode("5000128104517", Symbology.EAN13), "5000128104517", ("]E0",)),
    TestCode("EAN-8", Barcode("50184323", Symbology.EAN8), "50184323", ("]E4",)),
    TestCode("UPC-A", Barcode("036000291452", Symbology.UPCA), "036000291452", ("]E0",)),
    TestCode("Code 128", Barcode("TILL-128", Symbology.CODE128), "TILL-128", ("]C0",)),
    TestCode("GS1-128", Barcode(_GS1, Symbology.GS1_128), gs1_text(_GS1), ("]C1",)),
    TestCode(
        "QR, GS1 Digital Link",
        QrCode("https://id.gs1.org/01/05000128104517/10/AB-12?17=301231"),
        "https://id.gs1.org/01/05000128104517/10/AB-12?17=301231",
        ("]Q1", "]Q0"),
    ),
)


@dataclass(frozen=True, slots=True)
class MakerSteps:
    family: str
    steps: tuple[str, ...]


MAKERS = (
    MakerSteps(
        "Honeywell (Xenon, Voyager, Genesis)",
        (
            "Guide, “Data Editing”: scan Clear All Prefixes, then Add Prefix, 9 9 (all symbologies), "
            "0 2 (STX), then what the guide gives for the AIM I.D., then Save.",
            "Scan Add CR Suffix To All Symbologies.",
            "The same as commands, by its set-up program or a serial line: PRECA2. PREBK29902. VSUFCR.",
            "If GS and STX get lost: switch Control + ASCII mode on (keyboard chapter).",
        ),
    ),
    MakerSteps(
        "Zebra, Motorola, Symbol (LS, DS)",
        (
            "Guide, “Miscellaneous Scanner Options”: scan AIM Code ID Character.",
            "Scan Scan Prefix, then 1 0 0 2 (STX); Scan Suffix 1, then 1 0 1 3 (CR), from the numeric codes.",
            "Scan the transmission format <PREFIX> <DATA> <SUFFIX 1>, then Enter.",
        ),
    ),
    MakerSteps(
        "Datalogic (QuickScan, PowerScan, Gryphon)",
        (
            "Scan Enter/Exit Programming Mode.",
            "Guide, “Data Format”: scan Set Global Prefix, then 0 2 (STX); Set Global Suffix, then 0 D (CR).",
            "Scan Global AIM ID = Enable.",
            "Scan Enter/Exit Programming Mode.",
        ),
    ),
)
"""What each maker's public guide calls the codes to scan; other models differ."""


def setup_sheet(test_codes: tuple[TestCode, ...] = TEST_CODES) -> ReceiptDocument:
    """The whole sheet, for the receipt printer."""
    elements: list[Element] = [
        TextLine("Scanner set-up", Align.CENTER, bold=True, size=Size.LARGE),
        Rule(),
        _heading("1  How it is connected"),
        TextLine(
            "Best: as a serial port (USB-COM) or HID-POS. The till then knows the scanner by itself, and "
            "step 2 needs only the AIM identifier."
        ),
        _heading("2  What it should send"),
        TextLine("As a keyboard: STX, AIM identifier, code, CR. With the US keyboard layout, Caps Lock off."),
        TextLine(
            "Without STX the till tells scans from typing by their speed: that works, and is less exact."
        ),
        TextLine("Codes to scan for this are in your scanner's own guide; they differ by maker:"),
    ]
    for maker in MAKERS:
        elements.append(TextLine(maker.family, bold=True))
        elements += [TextLine(f"{number}. {step}") for number, step in enumerate(maker.steps, 1)]
        elements.append(Blank())
    elements += [
        TextLine("Makers change their codes: if the guide of your model says otherwise, it is right."),
        Rule(),
        _heading("3  Try it"),
        TextLine("In the till: Devices, Scanner, Test. Scan each code: the till must show what is below."),
        Blank(),
    ]
    for code in test_codes:
        elements += [
            TextLine(code.name, Align.CENTER, bold=True),
            code.element,
            TextLine(_expected(code), Align.CENTER),
            Blank(),
        ]
    return ReceiptDocument((*elements, Cut()))


def _heading(text: str) -> TextLine:
    return TextLine(text, bold=True, size=Size.TALL)


def _expected(code: TestCode) -> str:
    """GS is written as <GS>: it cannot be seen."""
    return f"{code.identifiers[0]} {code.text}".replace("\x1d", "<GS>")
