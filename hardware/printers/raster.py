"""Pictures as ESC/POS raster lines: text outside the code page, bars that a printer cannot draw, the logo."""

import importlib
import io
import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hardware.document import Barcode, Symbology
from hardware.printers.shaping import CELL_DOTS, draw, shape
from hardware.symbologies import code128_runs, code128_values
from hardware.text_cleaning import text_width
from hardware.text_layout import LaidOutLine, cells_across

if TYPE_CHECKING:
    from PIL import Image

_BASELINE_DOTS = 22
_LINE_HEIGHT_DOTS = 30
"""A text line of a printer: the character and the gap below it."""
_INK = 128
_STRIP_ROWS = 240
"""Printers with little memory take a picture in strips."""
_MOST_PIXELS = 16_000_000


@lru_cache(maxsize=64)
def raster_text(line: LaidOutLine, columns: int, dots_per_column: int, fonts: tuple[Path, ...]) -> bytes:
    """One laid-out line as a picture in which every part starts in the cell where it would be as text."""
    from PIL import Image, ImageChops

    x_scale = 2 if line.size.is_wide else 1
    y_scale = 2 if line.size.is_tall else 1
    cells = cells_across(columns, line.size)
    cell_dots = dots_per_column * x_scale
    picture = Image.new("L", (cells * cell_dots, _LINE_HEIGHT_DOTS * y_scale), 0)
    for start, end in _parts(line):
        text = line.text[start:end]
        first_cell = text_width(line.text[:start])
        room_dots = _cells_before_next(line, end, cells) * cell_dots - first_cell * cell_dots
        shaped = shape(text, fonts)
        fit = min(dots_per_column / CELL_DOTS * x_scale, room_dots / max(shaped.width, 1.0))
        at_right_edge = start in line.parts and end == len(line.text)
        x = picture.width - shaped.width * fit if at_right_edge else first_cell * cell_dots
        height_fit = dots_per_column / CELL_DOTS * y_scale
        for offset in (0, 1) if line.bold else (0,):
            draw(shaped, picture, x + offset, _BASELINE_DOTS * y_scale, fit, height_fit)
    return raster(ImageChops.invert(picture) if line.inverse else picture)


def _parts(line: LaidOutLine) -> Iterator[tuple[int, int]]:
    """Where the texts in the line begin and end: a known part, or words with one space between them."""
    bounds = [0, *line.parts, len(line.text)]
    for start, end in pairwise(bounds):
        for run in re.finditer(r"\S+(?: \S+)*", line.text[start:end]):
            yield start + run.start(), start + run.end()


def _cells_before_next(line: LaidOutLine, end: int, cells: int) -> int:
    """The cell in which the next part begins, or the paper ends."""
    rest = line.text[end:]
    spaces = len(rest) - len(rest.lstrip(" "))
    return text_width(line.text[: end + spaces]) if rest.strip(" ") else cells


def text_picture(
    text: str, fonts: tuple[Path, ...], height: int, widest: int, is_struck: bool
) -> "Image.Image":
    """One line of text for a label, `height` with the room for descenders; a text too wide is condensed."""
    from PIL import Image

    shaped = shape(text, fonts)
    scale = height / _LINE_HEIGHT_DOTS
    fit = min(scale, widest / max(shaped.width, 1.0))
    size = (max(1, round(shaped.width * fit)), height)
    picture = Image.new("L", size, 0)
    draw(shaped, picture, 0, _BASELINE_DOTS * scale, fit, scale)
    if is_struck:
        picture.paste(255, (0, height // 2, picture.width, height // 2 + 2))
    return picture


def raster_code(barcode: Barcode, module_dots: int, height_dots: int) -> bytes:
    """The bars without their digits."""
    return raster(bars_picture(code_bars(barcode), module_dots, height_dots))


def bars_picture(bars: str, module_dots: int, height_dots: int) -> "Image.Image":
    from PIL import Image

    row = Image.frombytes("L", (len(bars), 1), bytes(255 if bar == "1" else 0 for bar in bars))
    return row.resize((len(bars) * module_dots, height_dots), Image.Resampling.NEAREST)


def matrix_picture(matrix: list[list[bool]], module_dots: int, quiet_modules: int) -> "Image.Image":
    """A QR code and the white margin that scanners need."""
    from PIL import Image

    size = len(matrix) + 2 * quiet_modules
    picture = Image.new("L", (size, size), 0)
    pixels = bytes(255 if dark else 0 for row in matrix for dark in row)
    picture.paste(Image.frombytes("L", (len(matrix), len(matrix)), pixels), (quiet_modules, quiet_modules))
    return picture.resize((size * module_dots, size * module_dots), Image.Resampling.NEAREST)


def raster_image(png: bytes, widest_dots: int) -> bytes:
    """Black and white by dithering. Raises OSError for what is no picture."""
    return raster(_dithered(png, widest_dots))


@lru_cache(maxsize=4)
def _dithered(png: bytes, widest_dots: int) -> "Image.Image":
    from PIL import Image, ImageChops

    with Image.open(io.BytesIO(png)) as opened:
        if opened.width * opened.height > _MOST_PIXELS:
            raise OSError("the picture has more dots than any receipt needs")
        coloured = opened.convert("RGBA")
    on_white = Image.new("RGBA", coloured.size, "white")
    on_white.alpha_composite(coloured)
    grey = on_white.convert("L")
    if grey.width > widest_dots:
        height = max(1, round(grey.height * widest_dots / grey.width))
        grey = grey.resize((widest_dots, height), Image.Resampling.LANCZOS)
    return ImageChops.invert(grey.convert("1").convert("L"))


def code_bars(barcode: Barcode) -> str:
    """One character per module, `1` for a bar."""
    data = barcode.data
    match barcode.symbology:
        case Symbology.EAN13:
            return _built("barcode.ean", "EuropeanArticleNumber13", data[:-1])
        case Symbology.EAN8:
            return _built("barcode.ean", "EuropeanArticleNumber8", data[:-1])
        case Symbology.UPCA:
            return _built("barcode.upc", "UniversalProductCodeA", data[:-1])
        case Symbology.CODE39:
            return _built("barcode.codex", "Code39", data, add_checksum=False)
        case Symbology.ITF14:
            return _built("barcode.itf", "ITF", data, narrow=1, wide=3)
        case Symbology.CODE128 | Symbology.GS1_128:
            return code128_bars(code128_values(code128_runs(barcode.symbology, data)))


def code128_bars(values: list[int]) -> str:
    """Of all symbol values, start to check; the stop is added."""
    code128 = importlib.import_module("barcode.charsets.code128")
    return "".join(code128.CODES[value] for value in values) + f"{code128.STOP}11"


def _built(module: str, kind: str, data: str, **options: object) -> str:
    return str(getattr(importlib.import_module(module), kind)(data, **options).build()[0])


def raster(picture: "Image.Image") -> bytes:
    """`GS v 0` for a grey picture on which 255 is ink."""
    black = _black(picture)
    strips = []
    for top in range(0, black.height, _STRIP_ROWS):
        strip = black.crop((0, top, black.width, min(top + _STRIP_ROWS, black.height)))
        width_bytes = (strip.width + 7) // 8
        size = width_bytes.to_bytes(2, "little") + strip.height.to_bytes(2, "little")
        strips.append(b"\x1dv0\x00" + size + strip.tobytes())
    return b"".join(strips)


def picture_bytes(picture: "Image.Image") -> tuple[bytes, int]:
    """Eight dots a byte, a set bit for ink, and how many bytes a row has."""
    return _black(picture).tobytes(), (picture.width + 7) // 8


def _black(picture: "Image.Image") -> "Image.Image":
    return picture.point(lambda ink: 255 if ink >= _INK else 0).convert("1")


def qr_matrix(data: str, error_level: str) -> list[list[bool]]:
    """True for a dark module, without a margin."""
    made = qr_code(data, error_level)
    made.makeImpl(test=False, mask_pattern=made.best_mask_pattern())
    matrix: list[list[bool]] = made.get_matrix()
    return matrix


def qr_code(data: str, error_level: str) -> Any:
    """The library's object with the smallest `version` that holds the data; its modules are not yet made."""
    qrcode: Any = importlib.import_module("qrcode")
    levels = {"L": 1, "M": 0, "Q": 3, "H": 2}
    made = qrcode.QRCode(error_correction=levels[error_level], border=0)
    made.add_data(data.encode())
    made.best_fit()
    return made
