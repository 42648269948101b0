"""Any text as shapes: which of the fonts has it, joined and ordered as its script asks, drawn by HarfBuzz."""

import importlib
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from importlib import resources
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hardware.printers.bidi import visual_runs
from hardware.text_cleaning import clusters

if TYPE_CHECKING:
    from PIL import Image

log = logging.getLogger(__name__)

FALLBACK_FONTS = (
    "NotoSansArabic.ttf",
    "NotoSansHebrew.ttf",
    "NotoSansThai.ttf",
    "NotoSansDevanagari.ttf",
    "NotoSansBengali.ttf",
    "NotoSansGujarati.ttf",
    "NotoSansGurmukhi.ttf",
    "NotoSansTamil.ttf",
    "NotoSansTelugu.ttf",
    "NotoSansCJKsc-Regular-subset.otf",
    "NotoEmoji.ttf",
    "unifont.otf",
    "unifont_upper.otf",
)
"""From the best drawn to the last resort."""
_INVISIBLE = frozenset("\u200c\u200d\ufe0e\ufe0f")
CELL_DOTS = 12
"""The width of a printer's character, for which texts are shaped."""
_FONT_SIZE_DOTS = 20
_WIDE_SAMPLES = "\U0001f600\u4e00"


def fonts_in(folder: Path) -> tuple[Path, ...]:
    """Those of FALLBACK_FONTS that are there, in their order."""
    return tuple(path for name in FALLBACK_FONTS if (path := folder / name).is_file())


@dataclass(frozen=True, slots=True)
class PlacedGlyph:
    font: "_Font"
    glyph_id: int
    """0: the font's sign for what it lacks."""
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class ShapedText:
    """Positions in dots from the left end of the baseline, upwards."""

    glyphs: tuple[PlacedGlyph, ...]
    width: float

    @property
    def lacks_a_glyph(self) -> bool:
        return any(glyph.glyph_id == 0 for glyph in self.glyphs)


@lru_cache(maxsize=256)
def shape(text: str, fonts: tuple[Path, ...]) -> ShapedText:
    """From left to right as it is to stand on paper, at the size of a printer's characters of 12 dots."""
    hb: Any = importlib.import_module("uharfbuzz")
    chain = _chain(fonts)
    glyphs: list[PlacedGlyph] = []
    pen = 0.0
    for run in visual_runs(text):
        parts = [(font, "".join(part)) for font, part in _grouped_by_font(run.text, chain)]
        for font, part in reversed(parts) if run.is_rtl else parts:
            buffer = hb.Buffer()
            buffer.add_str(part)
            buffer.guess_segment_properties()
            buffer.direction = "rtl" if run.is_rtl else "ltr"
            hb.shape(font.handle, buffer)
            scale = font.dots_per_unit
            for info, position in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
                x, y = pen + position.x_offset * scale, position.y_offset * scale
                glyphs.append(PlacedGlyph(font, info.codepoint, x, y))
                pen += position.x_advance * scale
    return ShapedText(tuple(glyphs), pen)


def draw(
    shaped: ShapedText, picture: "Image.Image", x: float, baseline: float, x_scale: float, y_scale: float
) -> None:
    """Onto a grey picture on which 255 is ink; `baseline` in dots from its top edge."""
    from PIL import Image, ImageChops

    hb: Any = importlib.import_module("uharfbuzz")
    if not shaped.glyphs:
        return
    raster = hb.RasterDraw()
    raster.extents = hb.RasterExtents(0, 0, picture.width, picture.height, 0)
    for glyph in shaped.glyphs:
        scale = glyph.font.dots_per_unit
        raster.transform = (
            scale * x_scale,
            0.0,
            0.0,
            scale * y_scale,
            x + glyph.x * x_scale,
            picture.height - baseline + glyph.y * y_scale,
        )
        raster.draw_glyph(glyph.font.handle, glyph.glyph_id)
    image = raster.render()
    extents = image.extents
    ink = Image.frombuffer("L", (extents.width, extents.height), image.buffer, "raw", "L", extents.stride, -1)
    picture.paste(ImageChops.lighter(picture, ink))


def _grouped_by_font(text: str, chain: Sequence["_Font"]) -> Iterator[tuple["_Font", list[str]]]:
    """Neighbouring clusters that one font draws; a space goes with what is before it."""
    last = chain[0]

    def font_of(cluster: str) -> "_Font":
        nonlocal last
        if cluster == " " and last.has(" "):
            return last
        last = _font_for(cluster, chain)
        return last

    for font, group in groupby(clusters(text), font_of):
        yield font, list(group)


def _font_for(cluster: str, chain: Sequence["_Font"]) -> "_Font":
    """The first that has all of it; without one the own font, which shows that something is missing.

    Europe's alphabets come first in the printer-like own font; elsewhere the others are better drawn.
    """
    own, others = chain[0], chain[1:]
    is_european = cluster[0] < "\u0590" or "\u1e00" <= cluster[0] < "\u2600"
    order = (own, *others) if is_european and "\ufe0f" not in cluster else (*others, own)
    return next((font for font in order if font.has(cluster)), own)


class _Font:
    """One font file, with the size at which its characters fit a printer's cells."""

    def __init__(self, data: bytes) -> None:
        hb: Any = importlib.import_module("uharfbuzz")
        face = hb.Face(hb.Blob(data))
        self.handle = hb.Font(face)
        self._units_per_em: int = face.upem
        self._known: dict[str, bool] = {}

    def has(self, cluster: str) -> bool:
        known = self._known.get(cluster)
        if known is None:
            known = all(self._glyph(character) for character in cluster if character not in _INVISIBLE)
            self._known[cluster] = known
        return known

    @cached_property
    def dots_per_unit(self) -> float:
        """Wide characters take two cells less a dot, those of a typewriter font one, others a text's size."""
        for sample in _WIDE_SAMPLES:
            if glyph := self._glyph(sample):
                return (2 * CELL_DOTS - 1) / float(self.handle.get_glyph_h_advance(glyph))
        space = float(self.handle.get_glyph_h_advance(self._glyph(" ") or 0))
        if space >= 0.49 * self._units_per_em:
            return CELL_DOTS / space
        return _FONT_SIZE_DOTS / self._units_per_em

    def _glyph(self, character: str) -> int:
        return int(self.handle.get_nominal_glyph(ord(character)) or 0)


@cache
def _chain(paths: tuple[Path, ...]) -> tuple[_Font, ...]:
    """The own font and those files; one that cannot be read is logged once and left out."""
    # DejaVu Sans Mono: as wide as a printer's cell, with the letters of Europe and the signs of its money.
    own = (resources.files("barcode") / "fonts" / "DejaVuSansMono.ttf").read_bytes()
    fonts = [_Font(own)]
    for path in paths:
        try:
            fonts.append(_Font(path.read_bytes()))
        except OSError as error:
            log.warning("the font %s for unusual characters cannot be read: %s", path, error)
    return tuple(fonts)
