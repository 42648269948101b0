"""Documents as ESC/POS bytes for one model of printer; python-escpos encodes, nothing is sent from here."""

import copy
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hardware.document import Barcode, Cut, QrCode, ReceiptDocument, Size, Symbology
from hardware.errors import PrinterProfileInvalid
from hardware.printers.escpos_library import escpos_module
from hardware.printers.raster import code_bars, raster_code, raster_text
from hardware.text_layout import LaidOut, LaidOutLine, lay_out

DOTS_PER_COLUMN = 12
"""Font A on every common printer: 384 dots for 32 columns, 576 for 48."""
_USA_CHARACTER_SET = b"\x1bR\x00"
"""`ESC R 0`: a printer set to another country prints other signs for # and the like."""
_QUIET_MODULES = 10
_FEED_LINES_WITHOUT_CUTTER = 4
_LOOK_ALIKES = {
    "‘": "'", "’": "'", "‚": ",", "“": '"', "”": '"', "„": '"', "‹": "<", "›": ">",
    "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "―": "-", "−": "-",
    "…": "...", "•": "·", "⁄": "/", "™": "(TM)", "Œ": "OE", "œ": "oe",
}  # fmt: skip
"""Printed instead of a sign that the code page lacks, so that a name with a curly quote stays text."""


@dataclass(frozen=True, slots=True)
class PrinterProfile:
    """What the encoder must know of a printer, as the installer set it."""

    columns: int = 42
    code_page: str = "CP858"
    """A name that both Python and the printer's escpos profile know."""
    escpos_profile: str = "default"
    """One of python-escpos' profiles: which features and code page numbers the model has."""
    cutter: bool = True
    drawer_pin: int = 2
    """2 or 5: the pin of the drawer's connector that gets the pulse."""
    barcode_height_dots: int = 80
    barcode_module_dots: int = 3
    """The widest bar unit; a code that would not fit the paper gets a narrower one."""
    raster_font: Path | None = None
    """A font file for text outside the code page; None: DejaVu Sans Mono, which has no Asian scripts."""

    def __post_init__(self) -> None:
        if self.drawer_pin not in (2, 5):
            raise ValueError("a drawer is on pin 2 or 5")
        if not 2 <= self.barcode_module_dots <= 6 or not 1 <= self.barcode_height_dots <= 255:
            raise ValueError("barcode modules are 2 to 6 dots wide and 1 to 255 dots high")

    @property
    def dots_across(self) -> int:
        return self.columns * DOTS_PER_COLUMN


def encode(document: ReceiptDocument, profile: PrinterProfile) -> bytes:
    """The whole job, from the printer's reset to the cut. Raises PrinterProfileInvalid."""
    encoder = _Encoder(profile)
    for placed in lay_out(document.with_text(encoder.in_code_page), profile.columns):
        encoder.add(placed)
    return encoder.output


def drawer_pulse(profile: PrinterProfile) -> bytes:
    """`ESC p`: opens the drawer when the printer comes to it, so not while it is offline."""
    printer = escpos_module("escpos.printer").Dummy()
    printer.cashdraw(profile.drawer_pin)
    return bytes(printer.output)


class _Encoder:
    def __init__(self, profile: PrinterProfile) -> None:
        self._profile = profile
        self._printer = _dummy_printer(profile)
        self._style: tuple[bool, Size] = (False, Size.NORMAL)
        self._printer.hw("INIT")
        self._printer._raw(_USA_CHARACTER_SET)
        # The reset went back to the printer's own code page, and the library does not notice.
        self._select_code_page()

    @property
    def output(self) -> bytes:
        return bytes(self._printer.output)

    def in_code_page(self, text: str) -> str:
        """With look-alikes for what the code page lacks; what has none stays and becomes a picture."""
        return "".join(self._look_alike(character) for character in text)

    def add(self, placed: LaidOut) -> None:
        match placed:
            case LaidOutLine():
                self._add_line(placed)
            case Barcode():
                self._add_barcode(placed)
            case QrCode():
                self._add_qr(placed)
            case Cut():
                self._add_cut(placed)

    def _select_code_page(self) -> None:
        try:
            self._printer.charcode(self._profile.code_page)
        except (KeyError, ValueError) as error:
            raise PrinterProfileInvalid(
                f"escpos profile {self._profile.escpos_profile} has no code page {self._profile.code_page}"
            ) from error

    def _add_line(self, line: LaidOutLine) -> None:
        if not self._is_encodable(line.text):
            raster = raster_text(line, self._profile.columns, DOTS_PER_COLUMN, self._profile.raster_font)
            self._printer._raw(raster)
            return
        if (line.bold, line.size) != self._style:
            self._style = (line.bold, line.size)
            self._printer.set(
                bold=line.bold,
                double_height=line.size.is_tall,
                double_width=line.size.is_wide,
                normal_textsize=line.size is Size.NORMAL,
            )
        self._printer.textln(line.text)

    def _add_barcode(self, barcode: Barcode) -> None:
        modules = len(code_bars(barcode)) + 2 * _QUIET_MODULES
        module_dots = min(self._profile.barcode_module_dots, self._profile.dots_across // modules)
        self._printer.set(align="center")
        if module_dots >= 2 and self._printer.profile.supports("barcodeB"):
            self._printer._raw(
                b"\x1dh%c\x1dw%c\x1df\x00\x1dH%c"
                % (self._profile.barcode_height_dots, module_dots, 2 if barcode.human_readable else 0)
            )
            self._printer._raw(_barcode_command(barcode))
            self._printer.textln()
        else:
            if module_dots >= 1:
                self._printer._raw(raster_code(barcode, module_dots, self._profile.barcode_height_dots))
            if module_dots < 1 or barcode.human_readable:
                self._printer.textln(barcode.data)
        self._printer.set(align="left")

    def _add_qr(self, code: QrCode) -> None:
        self._printer.set(align="center")
        if self._printer.profile.supports("qrCode"):
            self._printer.qr(code.data, size=5, native=True)
            self._printer.textln()
        else:
            self._printer.qr(code.data, size=5)
        self._printer.set(align="left")

    def _add_cut(self, cut: Cut) -> None:
        if self._profile.cutter:
            self._printer.cut("PART" if cut.partial else "FULL")
        else:
            self._printer.print_and_feed(_FEED_LINES_WITHOUT_CUTTER)

    def _look_alike(self, character: str) -> str:
        if self._is_encodable(character):
            return character
        if unicodedata.category(character) == "Zs" and character != "\u3000":
            return " "
        look_alike = _LOOK_ALIKES.get(character)
        return look_alike if look_alike is not None and self._is_encodable(look_alike) else character

    def _is_encodable(self, text: str) -> bool:
        try:
            text.encode(self._profile.code_page)
        except UnicodeEncodeError:
            return False
        return True


def _dummy_printer(profile: PrinterProfile) -> Any:
    """The library's printer without a device; it complains on stdout unless it knows the paper's width."""
    try:
        printer = escpos_module("escpos.printer").Dummy(profile=profile.escpos_profile)
    except KeyError as error:
        raise PrinterProfileInvalid(f"python-escpos has no profile {profile.escpos_profile}") from error
    printer.profile.profile_data = copy.deepcopy(printer.profile.profile_data)
    printer.profile.profile_data["media"]["width"]["pixels"] = str(profile.dots_across)
    return printer


def _barcode_command(barcode: Barcode) -> bytes:
    """`GS k` in its form with a length; Code 128 begins in code set B, where a brace is written twice."""
    if barcode.symbology is Symbology.EAN13:
        system, data = 67, barcode.data.encode("ascii")
    else:
        system, data = 73, b"{B" + barcode.data.encode("ascii").replace(b"{", b"{{")
    return b"\x1dk%c%c" % (system, len(data)) + data
