"""ZPL II, the language of Zebra's label printers and of many others."""

from pathlib import Path

from hardware.document import Align, Barcode, QrCode, Symbology
from hardware.errors import NotReadyReason
from hardware.printers.label_language import Progress
from hardware.printers.labels import Label, PlacedCode, PlacedText, lay_out_label
from hardware.printers.raster import code_bars, picture_bytes, qr_matrix, text_picture
from hardware.printers.status import PrinterCondition
from hardware.symbologies import CodeSetRun, code128_runs

_FONT_PAGE = "cp1252"
"""What the printer's own font is sure to have; other texts are sent as pictures."""
_JUSTIFY = {Align.LEFT: "L", Align.CENTER: "C", Align.RIGHT: "R"}
_WIDEST_MODULE_DOTS = 4
_QUIET_MODULES = 20
_GUARD_MODULES = 5
"""By which the printer draws the outer and middle bars of retail codes longer than it was told."""
_STATUS_LINES = 3


class ZplLanguage:
    def __init__(self, dots_per_mm: int = 8, fonts: tuple[Path, ...] = ()) -> None:
        """8 dots: 203 dpi, 12: 300 dpi, 24: 600 dpi. `fonts` draw what the printer's own font lacks."""
        self._dots_per_mm = dots_per_mm
        self._fonts = fonts

    def encode(self, label: Label) -> bytes:
        width, length = label.width_mm * self._dots_per_mm, label.height_mm * self._dots_per_mm
        fields = "".join(
            self._text(placed) if isinstance(placed, PlacedText) else _code(placed)
            for placed in lay_out_label(label, self._dots_per_mm)
        )
        # The reference point and the text direction may have been left changed by somebody else's label.
        head = f"^XA^CI28^LH0,0^FWN^PW{width}^LL{length}"
        return f"{head}{fields}^PQ{label.copies}^XZ\n".encode("ascii")

    status_question = b"~HS\r\n"
    progress_question = status_question

    def status(self, received: bytes) -> PrinterCondition | None:
        lines = _status_lines(received)
        return None if lines is None else PrinterCondition(_trouble(lines))

    def progress(self, received: bytes) -> Progress | NotReadyReason | None:
        """Done when no format waits in the printer's buffer and no label of the batch is left."""
        lines = _status_lines(received)
        if lines is None:
            return None
        formats_waiting, labels_left = int(lines[0][4]), int(lines[1][8])
        if trouble := _trouble(lines):
            return trouble
        return Progress.UNDER_WAY if formats_waiting or labels_left else Progress.DONE

    def _text(self, placed: PlacedText) -> str:
        if placed.is_struck or not _printer_has(placed.text):
            return self._drawn_text(placed)
        block = f"^FB{placed.width},1,0,{_JUSTIFY[placed.align]}"
        return f"^FO{placed.x},{placed.y}^A0N,{placed.height}{block}^FH^FD{_escaped(placed.text)}^FS"

    def _drawn_text(self, placed: PlacedText) -> str:
        picture = text_picture(placed.text, self._fonts, placed.height, placed.width, placed.is_struck)
        spare = placed.width - picture.width
        x = placed.x + {Align.LEFT: 0, Align.CENTER: spare // 2, Align.RIGHT: spare}[placed.align]
        dots, width_bytes = picture_bytes(picture)
        return f"^FO{x},{placed.y}^GFA,{len(dots)},{len(dots)},{width_bytes},{dots.hex().upper()}^FS"


def _printer_has(text: str) -> bool:
    try:
        text.encode(_FONT_PAGE)
    except UnicodeEncodeError:
        return False
    return True


def _escaped(text: str) -> str:
    """For a field after ^FH: what is a command, and all but plain ASCII, as the hexadecimal of its UTF-8."""
    return "".join(
        chr(byte) if 32 <= byte < 127 and byte not in b"^~_" else f"_{byte:02X}" for byte in text.encode()
    )


def _code(placed: PlacedCode) -> str:
    if isinstance(placed.code, QrCode):
        modules = len(qr_matrix(placed.code.data, placed.code.error_level)) + 2
        magnification = min(max(placed.width // modules, 1), 10)
        data = f"{placed.code.error_level}A,{placed.code.data}"
        return f"^FO{placed.x},{placed.y}^BQN,2,{magnification}^FH^FD{_escaped(data)}^FS"
    modules = _module_count(placed.code)
    module = min(max(placed.width // (modules + _QUIET_MODULES), 1), _WIDEST_MODULE_DOTS)
    x = placed.x + max(0, placed.width - modules * module) // 2
    height = placed.height
    if placed.code.symbology in (Symbology.EAN13, Symbology.EAN8, Symbology.UPCA):
        height = max(height - _GUARD_MODULES * module, 1)
    command, data = _barcode(placed.code, height)
    return f"^FO{x},{placed.y}^BY{module},3.0,{height}{command}^FH^FD{data}^FS"


def _module_count(code: Barcode) -> int:
    """At most: without code set C, Code 128 is wider than where it is drawn here."""
    if code.symbology in (Symbology.CODE128, Symbology.GS1_128):
        characters = sum(max(len(run.text), 1) for run in code128_runs(code.symbology, code.data))
        return max(len(code_bars(code)), 11 * (characters + 3))
    return len(code_bars(code))


def _barcode(code: Barcode, height: int) -> tuple[str, str]:
    """The command, which adds check digits itself where that is the symbology's own, and its escaped data."""
    match code.symbology:
        case Symbology.EAN13:
            return f"^BEN,{height},N,N", code.data[:-1]
        case Symbology.EAN8:
            return f"^B8N,{height},N,N", code.data[:-1]
        case Symbology.UPCA:
            # The bars of an EAN-13 that begins with 0 are the same, and more printers know it.
            return f"^BEN,{height},N,N", "0" + code.data[:-1]
        case Symbology.CODE39:
            return f"^B3N,N,{height},N,N", code.data
        case Symbology.ITF14:
            return f"^B2N,{height},N,N,N", code.data
        case Symbology.CODE128 | Symbology.GS1_128:
            return f"^BCN,{height},N,N,N,N", _escaped(_spelt_code128(code128_runs(code.symbology, code.data)))


def _spelt_code128(runs: list[CodeSetRun]) -> str:
    """`>:` and `>;` start in code set B and C, `>6` changes from C to B, `>8` is an FNC1.

    Not every imitation of a Zebra knows the way from B to C: after letters, digits stay in B.
    """
    current = next(run.code_set for run in runs if run.code_set != "1")
    spelt = {"B": ">:", "C": ">;"}[current]
    for run in runs:
        if run.code_set == "1":
            spelt += ">8"
            continue
        if run.code_set == "B" and current == "C":
            current = "B"
            spelt += ">6"
        signs = {">": ">0", "^": "><", "~": ">="} if current == "B" else {}
        spelt += "".join(signs.get(character, character) for character in run.text)
    return spelt


def _status_lines(received: bytes) -> list[list[str]] | None:
    """The answer to ~HS: three lines between STX and ETX; None while it is incomplete or something else."""
    lines: list[list[str]] = []
    for part in received.split(b"\x02")[1:]:
        line, end, _ = part.partition(b"\x03")
        if end:
            lines.append(line.decode("ascii", "replace").split(","))
    if len(lines) < _STATUS_LINES:
        return None
    newest = lines[:_STATUS_LINES]
    is_status = (
        len(newest[0]) >= 12 and len(newest[1]) >= 9 and newest[0][4].isdigit() and newest[1][8].isdigit()
    )
    return newest if is_status else None


def _trouble(lines: list[list[str]]) -> NotReadyReason | None:
    (_, paper_out, paused, *_), second, _ = lines
    too_cold, too_hot = lines[0][10], lines[0][11]
    if second[2] == "1":
        return NotReadyReason.COVER_OPEN
    if paper_out == "1" or second[3] == "1":
        return NotReadyReason.PAPER_OUT
    if too_hot == "1" or too_cold == "1":
        return NotReadyReason.PRINTER_ERROR
    return NotReadyReason.OFFLINE if paused == "1" else None
