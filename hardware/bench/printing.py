"""`print-test`, `status`, `setup-sheet` and `label`: printers tried from a terminal."""

from dataclasses import dataclass, field
from pathlib import Path

from hardware.addresses import parse_address
from hardware.bench.console import Console, ExitCode, UsageError
from hardware.bench.words import condition_words, print_words
from hardware.document import Barcode, ReceiptDocument, Symbology
from hardware.printers.epl import EplLanguage
from hardware.printers.label_printer import LabelPrinter
from hardware.printers.labels import Label, label_document
from hardware.printers.print_test import print_test_page
from hardware.printers.printer_profile import PrinterProfile
from hardware.printers.receipt_printer import ReceiptPrinter
from hardware.printers.zpl import ZplLanguage
from hardware.scanners.setup_sheet import setup_sheet

LABEL_LANGUAGES = ("zpl", "epl", "escpos")
DOTS_PER_MM = {203: 8, 300: 12, 600: 24}
"""By dots per inch."""


@dataclass(frozen=True, slots=True)
class PrinterOptions:
    address: str
    columns: int = 42
    code_page: str = "CP858"
    model: str = "default"
    """Of python-escpos."""
    pin: int = 2
    font_files: tuple[Path, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class LabelOptions:
    address: str
    language: str
    name: str = "Café crème 250 g"
    price: str = "£3.30"
    was_price: str = ""
    unit_price: str = "£13.20 per kg"
    code: str = "5000128104517"
    """Digits of an EAN or UPC, else the text of a Code 128; empty: none."""
    copies: int = 1
    width_mm: int = 50
    height_mm: int = 30
    dots_per_inch: int = 203


def receipt_printer(options: PrinterOptions) -> ReceiptPrinter:
    """Raises AddressInvalid or UsageError."""
    for file in options.font_files:
        if not file.is_file():
            raise UsageError(f"there is no font file {file}")
    profile = PrinterProfile(
        columns=options.columns,
        code_page=options.code_page,
        escpos_profile=options.model,
        drawer_pin=options.pin,
        raster_fonts=options.font_files,
    )
    return ReceiptPrinter(parse_address(options.address).open, profile)


def print_test(console: Console, options: PrinterOptions) -> ExitCode:
    code = _print(console, options, print_test_page(options.columns))
    if code is ExitCode.DONE:
        console.tell(
            "Does line 2 read £ € é à ñ, does the ruler end at the paper's edge, do both codes scan, "
            "is the paper cut?"
        )
    return code


def print_setup_sheet(console: Console, options: PrinterOptions) -> ExitCode:
    return _print(console, options, setup_sheet())


def tell_status(console: Console, options: PrinterOptions) -> ExitCode:
    words, code = condition_words(receipt_printer(options).status())
    console.tell(words)
    return code


def print_label(console: Console, options: LabelOptions) -> ExitCode:
    try:
        label = Label(
            name=options.name,
            price=options.price,
            was_price=options.was_price,
            unit_price=options.unit_price,
            code=_barcode(options.code),
            copies=options.copies,
            width_mm=options.width_mm,
            height_mm=options.height_mm,
        )
    except ValueError as error:
        raise UsageError(str(error)) from error
    if options.language == "escpos":
        return _print(console, PrinterOptions(options.address), label_document(label))
    dots_per_mm = DOTS_PER_MM[options.dots_per_inch]
    language = ZplLanguage(dots_per_mm) if options.language == "zpl" else EplLanguage(dots_per_mm)
    printer = LabelPrinter(parse_address(options.address).open, language)
    words, code = print_words(printer.print_label(label))
    (console.tell if code is ExitCode.DONE else console.complain)(words)
    return code


def _print(console: Console, options: PrinterOptions, document: ReceiptDocument) -> ExitCode:
    words, code = print_words(receipt_printer(options).print_document(document))
    (console.tell if code is ExitCode.DONE else console.complain)(words)
    return code


def _barcode(code: str) -> Barcode | None:
    """Raises ValueError when a check digit does not fit."""
    if not code:
        return None
    by_digits = {13: Symbology.EAN13, 12: Symbology.UPCA, 8: Symbology.EAN8}
    symbology = by_digits.get(len(code), Symbology.CODE128) if code.isdecimal() else Symbology.CODE128
    return Barcode(code, symbology, human_readable=True)
