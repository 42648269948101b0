"""EPL2, the language of Eltron's label printers, which Zebra's small ones still understand."""

import re
from pathlib import Path
from typing import TYPE_CHECKING

from hardware.document import Align, QrCode
from hardware.errors import NotReadyReason
from hardware.printers.label_language import Progress
from hardware.printers.labels import Label, PlacedCode, PlacedText, lay_out_label
from hardware.printers.raster import (
    bars_picture,
    code_bars,
    matrix_picture,
    picture_bytes,
    qr_matrix,
    text_picture,
)
from hardware.printers.status import PrinterCondition

if TYPE_CHECKING:
    from PIL import Image

_FONTS = ((4, 14, 24), (3, 12, 20), (2, 10, 16), (1, 8, 12))
"""Number, cell width and height in dots, the largest first. Font 5 has capitals only."""
_GAP_DOTS = 2
_MULTIPLIERS = (8, 6, 5, 4, 3, 2, 1)
_PAGE = "cp1252"
_SELECT_PAGE = b"I8,A,001\n"
_WIDEST_MODULE_DOTS = 4
_QUIET_MODULES = 20
_ACKNOWLEDGED, _REFUSED = 0x06, 0x15
_REASONS = {"07": NotReadyReason.PAPER_OUT, "11": NotReadyReason.COVER_OPEN, "12": NotReadyReason.OFFLINE}


class EplLanguage:
    def __init__(self, dots_per_mm: int = 8, fonts: tuple[Path, ...] = ()) -> None:
        """8 dots: 203 dpi, 12: 300 dpi. `fonts` draw what the printer's own fonts lack."""
        self._dots_per_mm = dots_per_mm
        self._fonts = fonts

    def encode(self, label: Label) -> bytes:
        dots = self._dots_per_mm
        head = b"\nN\n" + _SELECT_PAGE
        head += f"q{label.width_mm * dots}\nQ{label.height_mm * dots},{label.gap_mm * dots}\n".encode()
        fields = b"".join(
            self._text(placed) if isinstance(placed, PlacedText) else _code(placed)
            for placed in lay_out_label(label, dots)
        )
        return head + fields + f"P{label.copies}\n".encode()

    status_question = b"\nUS\n^ee\n"
    """Error reports are switched on first: then a printed job is acknowledged."""
    progress_question = b""

    def status(self, received: bytes) -> PrinterCondition | None:
        code = re.search(rb"(?<!\d)(\d\d)(?!\d)", received)
        return None if code is None else PrinterCondition(_reason(code.group(1).decode()))

    def progress(self, received: bytes) -> Progress | NotReadyReason | None:
        """ACK when the labels are printed; NAK and two digits for what went wrong."""
        for at, byte in enumerate(received):
            if byte == _ACKNOWLEDGED:
                return Progress.DONE
            if byte == _REFUSED:
                code = received[at + 1 : at + 3]
                return _reason(code.decode("ascii", "replace")) if len(code) == 2 else None
        return None

    def _text(self, placed: PlacedText) -> bytes:
        cells = len(placed.text)
        font = next(
            (
                (number, times, (width + _GAP_DOTS) * times)
                for times in _MULTIPLIERS
                for number, width, height in _FONTS
                if height * times <= placed.height and (width + _GAP_DOTS) * times * cells <= placed.width
            ),
            None,
        )
        try:
            data = placed.text.encode(_PAGE)
        except UnicodeEncodeError:
            font = None
        if font is None or placed.is_struck:
            picture = text_picture(placed.text, self._fonts, placed.height, placed.width, placed.is_struck)
            return _graphic(picture, placed.x + _indent(placed, picture.width), placed.y)
        number, times, cell = font
        x = placed.x + _indent(placed, cell * cells)
        escaped = data.replace(b"\\", b"\\\\").replace(b'"', b'\\"')
        return f"A{x},{placed.y},0,{number},{times},{times},N,".encode() + b'"' + escaped + b'"\n'


def _indent(placed: PlacedText, drawn_width: int) -> int:
    spare = max(0, placed.width - drawn_width)
    return {Align.LEFT: 0, Align.CENTER: spare // 2, Align.RIGHT: spare}[placed.align]


def _code(placed: PlacedCode) -> bytes:
    """Drawn here: the older of these printers have no QR codes, and each its own idea of Code 128."""
    if isinstance(placed.code, QrCode):
        matrix = qr_matrix(placed.code.data, placed.code.error_level)
        return _graphic(matrix_picture(matrix, max(1, placed.width // len(matrix)), 0), placed.x, placed.y)
    bars = code_bars(placed.code)
    module = min(max(placed.width // (len(bars) + _QUIET_MODULES), 1), _WIDEST_MODULE_DOTS)
    x = placed.x + max(0, placed.width - len(bars) * module) // 2
    return _graphic(bars_picture(bars, module, placed.height), x, placed.y)


def _graphic(picture: "Image.Image", x: int, y: int) -> bytes:
    """`GW`, in which a bit that is not set prints."""
    dots, width_bytes = picture_bytes(picture)
    head = f"GW{x},{y},{width_bytes},{picture.height},".encode()
    return head + bytes(byte ^ 0xFF for byte in dots) + b"\n"


def _reason(code: str) -> NotReadyReason | None:
    return None if code == "00" else _REASONS.get(code, NotReadyReason.PRINTER_ERROR)
