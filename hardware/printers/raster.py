"""Pictures as ESC/POS raster lines: text that the code page lacks, bars that the printer cannot draw."""

import importlib
import logging
import re
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hardware.document import Barcode, Symbology
from hardware.printers.escpos_library import escpos_module
from hardware.text_cleaning import text_width
from hardware.text_layout import LaidOutLine

if TYPE_CHECKING:
    from PIL import Image, ImageFont

log = logging.getLogger(__name__)

_BASELINE_DOTS = 20
_LINE_HEIGHT_DOTS = 30
"""A text line of a printer: the character and the gap below it."""
_FONT_SIZE_DOTS = 20
_GREY_THAT_PRINTS = 128


def raster_text(line: LaidOutLine, columns: int, dots_per_column: int, font_path: Path | None) -> bytes:
    """One laid-out line as a picture in which every word starts in the cell where it would be as text."""
    from PIL import Image, ImageDraw

    font = _font(font_path)
    cells = columns // 2 if line.size.is_wide else columns
    picture = Image.new("L", (cells * dots_per_column, _LINE_HEIGHT_DOTS), 255)
    draw = ImageDraw.Draw(picture)
    for run in re.finditer(r"\S+(?: \S+)*", line.text):
        text = run.group()
        start = text_width(line.text[: run.start()])
        end = start + text_width(text)
        drawn_dots = draw.textlength(text, font)
        # A run that ends at the right edge is an amount: it stays there.
        x = end * dots_per_column - drawn_dots if end == cells and start else start * dots_per_column
        for offset in (0, 1) if line.bold else (0,):
            draw.text((max(0, x) + offset, _BASELINE_DOTS), text, fill=0, font=font, anchor="ls")
    scale = (2 if line.size.is_wide else 1, 2 if line.size.is_tall else 1)
    return _raster(picture.resize((picture.width * scale[0], picture.height * scale[1])))


def raster_code(barcode: Barcode, module_dots: int, height_dots: int) -> bytes:
    """The bars without their digits."""
    from PIL import Image

    bars = code_bars(barcode)
    picture = Image.new("L", (len(bars), 1), 255)
    for x, bar in enumerate(bars):
        if bar == "1":
            picture.putpixel((x, 0), 0)
    return _raster(picture.resize((len(bars) * module_dots, height_dots), Image.Resampling.NEAREST))


def code_bars(barcode: Barcode) -> str:
    """One character per module, `1` for a bar, as a printer draws it: Code 128 wholly in code set B."""
    if barcode.symbology is Symbology.EAN13:
        ean = importlib.import_module("barcode.ean")
        return str(ean.EuropeanArticleNumber13(barcode.data).build()[0])
    code128 = importlib.import_module("barcode.charsets.code128")
    values = [code128.B[character] for character in barcode.data]
    start: int = code128.START_CODES["B"]
    check = (start + sum(place * value for place, value in enumerate(values, 1))) % 103
    return "".join(code128.CODES[value] for value in (start, *values, check)) + f"{code128.STOP}11"


def _raster(picture: "Image.Image") -> bytes:
    """`GS v 0`."""
    pure = picture.point(lambda grey: 255 if grey >= _GREY_THAT_PRINTS else 0)
    image: Any = escpos_module("escpos.image").EscposImage(pure)
    size: bytes = image.width_bytes.to_bytes(2, "little") + image.height.to_bytes(2, "little")
    dots: bytes = image.to_raster_format()
    return b"\x1dv0\x00" + size + dots


@cache
def _font(path: Path | None) -> "ImageFont.FreeTypeFont":
    """A font file that cannot be read is logged once, and the line is drawn in the library's own font."""
    from PIL import ImageFont

    if path is not None:
        try:
            return ImageFont.truetype(path, _FONT_SIZE_DOTS)
        except OSError as error:
            log.warning("the font %s for unusual characters cannot be read: %s", path, error)
    # DejaVu Sans Mono: as wide as a printer's cell at this size, and unlike Pillow's own it has a £.
    with resources.as_file(resources.files("barcode") / "fonts" / "DejaVuSansMono.ttf") as own:
        return ImageFont.truetype(own, _FONT_SIZE_DOTS)
