"""A received job as a picture of its paper: text, pictures and codes, drawn without the encoder."""

import importlib
import io
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from hardware.simulated.code_pages import CODE_PAGES, POWER_ON_PAGE
from hardware.simulated.escpos_barcodes import read_barcode
from hardware.simulated.escpos_commands import Command, split_commands

if TYPE_CHECKING:
    from PIL import Image, ImageFont

_MARGIN_DOTS = 16
_LINE_SPACING_DOTS = 30
_CUT_DOTS = 12
_QR_QUIET_MODULES = 4


@dataclass(frozen=True, slots=True)
class _Style:
    bold: bool = False
    inverse: bool = False
    x_times: int = 1
    y_times: int = 1
    font_b: bool = False

    @property
    def cell(self) -> tuple[int, int]:
        width, height = (9, 17) if self.font_b else (12, 24)
        return width * self.x_times, height * self.y_times


def paper_png(job: bytes, dots_across: int = 576) -> bytes:
    """As `paper_picture`, in a file's bytes."""
    content = io.BytesIO()
    paper_picture(job, dots_across).save(content, "PNG")
    return content.getvalue()


def paper_picture(job: bytes, dots_across: int = 576) -> "Image.Image":
    """Black on white at one dot a pixel, with a margin around; a cut is a line of dashes across the paper."""
    paper = _Paper(dots_across)
    for command in split_commands(job)[0]:
        paper.take(command)
    return paper.picture()


class _Paper:
    def __init__(self, dots_across: int) -> None:
        self._dots_across = dots_across
        self._strips: list[tuple[int, Image.Image | None]] = []
        """From the top: rows of paper and what is on them."""
        self._reset()

    def _reset(self) -> None:
        self._style = _Style()
        self._code_page = POWER_ON_PAGE
        self._align = 0
        self._line: list[tuple[str, _Style]] = []
        self._bar_height, self._bar_module, self._bar_text = 162, 3, 0
        self._qr_data, self._qr_module, self._qr_level = b"", 3, 48

    def picture(self) -> "Image.Image":
        from PIL import Image

        if self._line:
            self._feed_line()
        height = sum(rows for rows, _ in self._strips)
        size = (self._dots_across + 2 * _MARGIN_DOTS, height + 2 * _MARGIN_DOTS)
        picture = Image.new("L", size, 255)
        top = _MARGIN_DOTS
        for rows, strip in self._strips:
            if strip is not None:
                picture.paste(strip, (_MARGIN_DOTS + self._left_of(strip), top))
            top += rows
        return picture

    def take(self, command: Command) -> None:
        data = command.data
        match command.name:
            case b"":
                text = data.decode(self._code_page, "replace")
                self._line += [(character, self._style) for character in text]
            case b"\n":
                self._feed_line()
            case b"\x1b@":
                self._reset()
            case b"\x1bt":
                self._code_page = CODE_PAGES.get(data[0], POWER_ON_PAGE)
            case b"\x1ba":
                self._align = data[0] % 48
            case b"\x1bd":
                if self._line:
                    self._feed_line()
                self._strips.append((data[0] * _LINE_SPACING_DOTS, None))
            case b"\x1bJ":
                if self._line:
                    self._feed_line()
                self._strips.append((data[0], None))
            case b"\x1dV":
                self._cut()
            case b"\x1dv":
                self._raster(data)
            case b"\x1dk":
                self._barcode(command)
            case b"\x1d(" if data[:1] == b"k":
                self._two_dimensional(data)
            case _:
                self._set(command)

    def _set(self, command: Command) -> None:
        argument = command.data[0] if command.data else 0
        match command.name:
            case b"\x1b!":
                self._style = replace(
                    self._style,
                    font_b=bool(argument & 0x01),
                    bold=bool(argument & 0x08),
                    y_times=2 if argument & 0x10 else 1,
                    x_times=2 if argument & 0x20 else 1,
                )
            case b"\x1bE":
                self._style = replace(self._style, bold=bool(argument & 1))
            case b"\x1bM":
                self._style = replace(self._style, font_b=bool(argument & 1))
            case b"\x1dB":
                self._style = replace(self._style, inverse=bool(argument & 1))
            case b"\x1d!":
                self._style = replace(self._style, x_times=(argument >> 4) + 1, y_times=(argument & 7) + 1)
            case b"\x1dh":
                self._bar_height = argument
            case b"\x1dw":
                self._bar_module = argument
            case b"\x1dH":
                self._bar_text = argument % 48
            case _:
                pass

    def _left_of(self, strip: "Image.Image") -> int:
        left: int = strip.info.get("left", 0)
        return left

    def _place(self, strip: "Image.Image", rows: int | None = None) -> None:
        """Where the alignment of this moment puts it; what is wider than the paper loses its right end."""
        spare = max(0, self._dots_across - strip.width)
        if strip.width > self._dots_across:
            strip = strip.crop((0, 0, self._dots_across, strip.height))
        strip.info["left"] = {1: spare // 2, 2: spare}.get(self._align, 0)
        self._strips.append((strip.height if rows is None else rows, strip))

    def _feed_line(self) -> None:
        from PIL import Image

        line, self._line = self._line, []
        if not line:
            self._strips.append((_LINE_SPACING_DOTS, None))
            return
        height = max(style.cell[1] for _, style in line)
        strip = Image.new("L", (sum(style.cell[0] for _, style in line), height), 255)
        left = 0
        for character, style in line:
            width, character_height = style.cell
            strip.paste(_character(character, style), (left, height - character_height))
            left += width
        self._place(strip, max(_LINE_SPACING_DOTS, height + 6))

    def _raster(self, data: bytes) -> None:
        from PIL import Image, ImageChops

        width, height = int.from_bytes(data[2:4], "little") * 8, int.from_bytes(data[4:6], "little")
        strip = ImageChops.invert(Image.frombytes("1", (width, height), data[6:]).convert("L"))
        times = (2 if data[1] & 1 else 1, 2 if data[1] & 2 else 1)
        self._place(strip.resize((width * times[0], height * times[1]), Image.Resampling.NEAREST))

    def _barcode(self, command: Command) -> None:
        code = read_barcode(command)
        if code.bars:
            modules = [[bar == "1" for bar in code.bars]]
            strip = _modules_picture(modules, 0)
            self._place(strip.resize((strip.width * self._bar_module, self._bar_height), 0))
        if self._bar_text & 2:
            self._line = [(character, _Style()) for character in code.text]

    def _two_dimensional(self, data: bytes) -> None:
        """`GS ( k` of a QR code: 67 module size, 69 error level, 80 data, 81 print."""
        match data[4:5]:
            case b"C":
                self._qr_module = data[5]
            case b"E":
                self._qr_level = data[5]
            case b"P":
                self._qr_data = data[6:]
            case b"Q":
                qrcode: Any = importlib.import_module("qrcode")
                made = qrcode.QRCode(error_correction={48: 1, 49: 0, 50: 3, 51: 2}[self._qr_level], border=0)
                made.add_data(self._qr_data)
                made.make(fit=True)
                strip = _modules_picture(made.get_matrix(), _QR_QUIET_MODULES)
                self._place(strip.resize((strip.width * self._qr_module, strip.height * self._qr_module), 0))
            case _:
                pass

    def _cut(self) -> None:
        from PIL import Image

        strip = Image.new("L", (self._dots_across, _CUT_DOTS), 255)
        for left in range(0, self._dots_across, 16):
            strip.paste(0, (left, _CUT_DOTS // 2, left + 8, _CUT_DOTS // 2 + 1))
        self._place(strip)


def _modules_picture(modules: list[list[bool]], quiet: int) -> "Image.Image":
    from PIL import Image

    size = (len(modules[0]), len(modules))
    picture = Image.new("L", (size[0] + 2 * quiet, size[1] + 2 * quiet), 255)
    pixels = bytes(0 if dark else 255 for row in modules for dark in row)
    picture.paste(Image.frombytes("L", size, pixels), (quiet, quiet))
    return picture


@cache
def _character(character: str, style: _Style) -> "Image.Image":
    from PIL import Image, ImageChops, ImageDraw

    plain = replace(style, x_times=1, y_times=1).cell
    cell = Image.new("L", plain, 255)
    draw = ImageDraw.Draw(cell)
    for offset in (0, 1) if style.bold else (0,):
        draw.text((offset, plain[1] * 3 // 4), character, fill=0, font=_font(plain[0]), anchor="ls")
    cell = cell.point(lambda grey: 255 if grey >= 128 else 0).resize(style.cell, 0)
    return ImageChops.invert(cell) if style.inverse else cell


@cache
def _font(cell_dots: int) -> "ImageFont.FreeTypeFont":
    from PIL import ImageFont

    with resources.as_file(resources.files("barcode") / "fonts" / "DejaVuSansMono.ttf") as path:
        return ImageFont.truetype(path, cell_dots * 10 // 6)
