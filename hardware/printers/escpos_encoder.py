"""Documents as ESC/POS bytes for one model of printer that python-escpos knows; nothing is sent from here."""

import logging
import unicodedata

from hardware.document import Barcode, Cut, Feed, Image, QrCode, ReceiptDocument, Size, Symbology
from hardware.printers.escpos_library import escpos_module
from hardware.printers.printer_profile import DOTS_PER_COLUMN as DOTS_PER_COLUMN
from hardware.printers.printer_profile import Cutter, code_page
from hardware.printers.printer_profile import PrinterProfile as PrinterProfile
from hardware.printers.raster import (
    code_bars,
    matrix_picture,
    qr_code,
    qr_matrix,
    raster,
    raster_code,
    raster_image,
    raster_text,
)
from hardware.symbologies import CodeSetRun, code128_runs
from hardware.text_layout import LaidOut, LaidOutLine, lay_out

log = logging.getLogger(__name__)

_RESET = b"\x1b@"
_LEAVE_CHINESE_MODE = b"\x1c."
_USA_CHARACTER_SET = b"\x1bR\x00"
"""`ESC R 0`: a printer set to another country prints other signs for # and the like."""
_CENTRE, _LEFT = b"\x1ba\x01", b"\x1ba\x00"
_QUIET_MODULES = 10
_QR_QUIET_MODULES = 4
_QR_MODULE_DOTS = 5
_FEED_LINES_WITHOUT_CUTTER = 4
_FEED_LINES_TO_THE_KNIFE = 6
_MOST_FEED_DOTS = 255
_BARCODE_SYSTEMS = {
    Symbology.UPCA: 65,
    Symbology.EAN13: 67,
    Symbology.EAN8: 68,
    Symbology.CODE39: 69,
    Symbology.ITF14: 70,
    Symbology.CODE128: 73,
    Symbology.GS1_128: 73,
}
_LOOK_ALIKES = {
    "‘": "'", "’": "'", "‚": ",", "“": '"', "”": '"', "„": '"', "‹": "<", "›": ">",
    "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "―": "-", "−": "-",
    "…": "...", "•": "·", "⁄": "/", "™": "(TM)", "Œ": "OE", "œ": "oe",
}  # fmt: skip
"""Printed instead of a sign that the code page lacks, so that a name with a curly quote stays text."""


def encode(document: ReceiptDocument, profile: PrinterProfile) -> bytes:
    """The whole job, from the printer's reset to the cut. Raises PrinterProfileInvalid."""
    encoder = _Encoder(profile)
    for placed in lay_out(document.with_text(encoder.in_code_page), profile.columns):
        encoder.add(placed)
    return bytes(encoder.output)


def drawer_pulse(profile: PrinterProfile) -> bytes:
    """`ESC p`: opens the drawer when the printer comes to it, so not while it is offline."""
    units = profile.drawer_pulse_ms // 2
    return b"\x1bp" + bytes([_connector_pin(profile), units, units])


def real_time_pulse(profile: PrinterProfile) -> bytes:
    """`DLE DC4 1 m t`: carried out when it arrives, even without paper; in steps of 100 ms."""
    steps = min(max(round(profile.drawer_pulse_ms / 100), 1), 8)
    return b"\x10\x14\x01" + bytes([_connector_pin(profile), steps])


def _connector_pin(profile: PrinterProfile) -> int:
    return 0 if profile.drawer_pin == 2 else 1


class _Encoder:
    def __init__(self, profile: PrinterProfile) -> None:
        self._profile = profile
        self._code_page = code_page(profile.escpos_profile, profile.code_page)
        features = escpos_module("escpos.capabilities").get_profile(profile.escpos_profile)
        self._draws_barcodes: bool = features.supports("barcodeB")
        self._draws_qr: bool = features.supports("qrCode")
        self._font_bit = 1 if profile.font == "B" else 0
        self._style: tuple[bool, Size, bool] = (False, Size.NORMAL, False)
        self.output = bytearray(_RESET)
        if profile.leaves_chinese_mode:
            self.output += _LEAVE_CHINESE_MODE
        # The reset went back to the printer's own code page.
        self.output += _USA_CHARACTER_SET + b"\x1bt" + bytes([self._code_page.number])
        if profile.density:
            self.output += b"\x1d(K\x02\x00\x31" + bytes([profile.density & 0xFF])
        if self._font_bit:
            self.output += b"\x1b!\x01"

    def in_code_page(self, text: str) -> str:
        """With look-alikes for what the code page lacks; what has none stays and becomes a picture."""
        if self._code_page.has(text):
            return text
        return "".join(map(self._look_alike, text))

    def add(self, placed: LaidOut) -> None:
        match placed:
            case LaidOutLine():
                self._add_line(placed)
            case Barcode():
                self._add_barcode(placed)
            case QrCode():
                self._add_qr(placed)
            case Image():
                self._add_image(placed)
            case Feed(dots):
                whole, rest = divmod(dots, _MOST_FEED_DOTS)
                self.output += b"\x1bJ\xff" * whole + (b"\x1bJ" + bytes([rest]) if rest else b"")
            case Cut(partial):
                self._add_cut(partial)

    def _add_line(self, line: LaidOutLine) -> None:
        profile = self._profile
        if not self._code_page.has(line.text):
            self.output += raster_text(line, profile.columns, profile.dots_per_column, profile.raster_fonts)
            return
        style = (line.bold, line.size, line.inverse)
        if style != self._style:
            size = 0x10 * line.size.is_tall | 0x20 * line.size.is_wide
            self.output += b"\x1b!" + bytes([size | self._font_bit]) + b"\x1bE" + bytes([line.bold])
            if line.inverse != self._style[2]:
                self.output += b"\x1dB" + bytes([line.inverse])
            self._style = style
        self.output += self._code_page.encode(line.text) + b"\n"

    def _add_barcode(self, barcode: Barcode) -> None:
        profile = self._profile
        modules = len(code_bars(barcode)) + 2 * _QUIET_MODULES
        module_dots = min(profile.barcode_module_dots, profile.dots_across // modules)
        self.output += _CENTRE
        if module_dots >= 2 and self._draws_barcodes:
            self.output += (
                b"\x1dh%c\x1dw%c\x1df\x00\x1dH%c"
                % (profile.barcode_height_dots, module_dots, 2 if barcode.human_readable else 0)
                + _barcode_command(barcode)
                + b"\n"
            )
        else:
            if module_dots >= 1:
                self.output += raster_code(barcode, module_dots, profile.barcode_height_dots)
            if module_dots < 1 or barcode.human_readable:
                self.output += self._code_page.encode(barcode.data) + b"\n"
        self.output += _LEFT

    def _add_qr(self, code: QrCode) -> None:
        version: int = qr_code(code.data, code.error_level).version
        across = 17 + 4 * version + 2 * _QR_QUIET_MODULES
        module_dots = max(1, min(_QR_MODULE_DOTS, self._profile.dots_across // across))
        self.output += _CENTRE
        if self._draws_qr:
            self.output += _qr_commands(code, module_dots) + b"\n"
        else:
            matrix = qr_matrix(code.data, code.error_level)
            self.output += raster(matrix_picture(matrix, module_dots, _QR_QUIET_MODULES))
        self.output += _LEFT

    def _add_image(self, image: Image) -> None:
        """Left out where the printer is not set up with it; one that cannot be read is logged, too."""
        if image.name and image.name not in self._profile.images:
            return
        widest = max(8, self._profile.dots_across * image.width_percent // 100)
        try:
            picture = raster_image(image.png or self._profile.images[image.name].read_bytes(), widest)
        except (OSError, ValueError) as error:
            log.warning("the picture %s cannot be printed: %r", image.name or "of a document", error)
            return
        self.output += _CENTRE + picture + _LEFT

    def _add_cut(self, partial: bool) -> None:
        cutter = self._profile.cutter
        if cutter is Cutter.NONE:
            self.output += b"\x1bd" + bytes([_FEED_LINES_WITHOUT_CUTTER])
            return
        is_partial = partial or cutter is Cutter.PARTIAL
        self.output += b"\x1bd" + bytes([_FEED_LINES_TO_THE_KNIFE]) + b"\x1dV" + bytes([is_partial])

    def _look_alike(self, character: str) -> str:
        if self._code_page.has(character):
            return character
        if unicodedata.category(character) == "Zs" and character != "\u3000":
            return " "
        look_alike = _LOOK_ALIKES.get(character)
        return look_alike if look_alike is not None and self._code_page.has(look_alike) else character


def _barcode_command(barcode: Barcode) -> bytes:
    """`GS k` in its form with a length; of Code 128 each code set is named, and a brace is written twice."""
    system = _BARCODE_SYSTEMS[barcode.symbology]
    if system != 73:
        data = barcode.data.encode("ascii")
        return b"\x1dk%c%c" % (system, len(data)) + data
    spelt = _spelt_code128(code128_runs(barcode.symbology, barcode.data))
    return b"\x1dk%c%c" % (system, len(spelt)) + spelt


def _spelt_code128(runs: list[CodeSetRun]) -> bytes:
    current = next(run.code_set for run in runs if run.code_set != "1")
    spelt = b"{" + current.encode()
    for run in runs:
        if run.code_set == "1":
            spelt += b"{1"
            continue
        if run.code_set != current:
            current = run.code_set
            spelt += b"{" + current.encode()
        if current == "C":
            spelt += bytes(int(run.text[at : at + 2]) for at in range(0, len(run.text), 2))
        else:
            spelt += run.text.encode("ascii").replace(b"{", b"{{")
    return spelt


def _qr_commands(code: QrCode, module_dots: int) -> bytes:
    """`GS ( k`: model 2, module size, error level, data, print."""
    data = code.data.encode()
    level = 48 + "LMQH".index(code.error_level)
    return (
        b"\x1d(k\x04\x00\x31\x41\x32\x00"
        + b"\x1d(k\x03\x00\x31\x43"
        + bytes([module_dots])
        + b"\x1d(k\x03\x00\x31\x45"
        + bytes([level])
        + b"\x1d(k"
        + (len(data) + 3).to_bytes(2, "little")
        + b"\x31\x50\x30"
        + data
        + b"\x1d(k\x03\x00\x31\x51\x30"
    )
