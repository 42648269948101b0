"""What the encoder must know of a printer, and the models that python-escpos knows; nothing is encoded."""

import codecs
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from hardware.errors import PrinterProfileInvalid
from hardware.printers.escpos_library import escpos_module

DOTS_PER_COLUMN = 12
"""Font A on every common printer: 384 dots for 32 columns, 576 for 48."""
_DOTS_PER_COLUMN_B = 9
LONGEST_PULSE_MS = 510
_FEWEST_COLUMNS = 16


class Cutter(StrEnum):
    NONE = "none"
    PARTIAL = "partial"
    """Only ever leaves a bridge of paper."""
    FULL = "full"
    """Cuts as the document says."""


@dataclass(frozen=True, slots=True)
class PrinterProfile:
    """One printer as the installer set it."""

    columns: int = 42
    """32, 42, 44 or 48 in font A, 42, 56 or 64 in font B."""
    code_page: str = "CP858"
    """One of the model's; see `PrinterModel.code_pages`."""
    escpos_profile: str = "default"
    """A `PrinterModel.name`: which features and code page numbers the model has."""
    cutter: Cutter | bool = Cutter.FULL
    drawer_pin: int = 2
    """2 or 5: the pin of the drawer's connector that gets the pulse."""
    barcode_height_dots: int = 80
    barcode_module_dots: int = 3
    """The widest bar unit; a code that would not fit the paper gets a narrower one."""
    raster_fonts: tuple[Path, ...] = ()
    """Font files for text outside the code page, best first (see `shaping.fonts_in`); without any, DejaVu
    Sans Mono, which has no Asian scripts."""
    font: str = "A"
    """`A`, or the smaller `B`."""
    density: int = 0
    """-4 (lighter) to 4 (darker); 0: as the printer has it."""
    drawer_pulse_ms: int = 100
    leaves_chinese_mode: bool = False
    """Printers made for China take £ and é for halves of Chinese signs unless told not to (`FS .`)."""
    images: Mapping[str, Path] = field(default_factory=dict)
    """PNG files by the names that documents call them, such as `logo`."""

    def __post_init__(self) -> None:
        if isinstance(self.cutter, bool):
            object.__setattr__(self, "cutter", Cutter.FULL if self.cutter else Cutter.NONE)
        if self.drawer_pin not in (2, 5):
            raise ValueError("a drawer is on pin 2 or 5")
        if not 2 <= self.barcode_module_dots <= 6 or not 1 <= self.barcode_height_dots <= 255:
            raise ValueError("barcode modules are 2 to 6 dots wide and 1 to 255 dots high")
        if self.font not in ("A", "B"):
            raise ValueError("a printer's font is A or B")
        if not -4 <= self.density <= 4:
            raise ValueError("a density is -4 to 4")
        if not 2 <= self.drawer_pulse_ms <= LONGEST_PULSE_MS:
            raise ValueError(f"a drawer pulse takes 2 to {LONGEST_PULSE_MS} ms")

    @property
    def dots_per_column(self) -> int:
        return character_dots(self.escpos_profile, self.columns, self.font)

    @property
    def dots_across(self) -> int:
        return self.columns * self.dots_per_column


@dataclass(frozen=True, slots=True)
class PrinterModel:
    """A model to choose from in settings."""

    name: str
    """The value of `PrinterProfile.escpos_profile`."""
    vendor: str
    title: str
    columns: int
    """In font A."""
    columns_b: int | None
    """In font B, where it has that."""
    code_pages: tuple[str, ...]
    """Those whose signs are known; CP858 first where the model has it."""
    cuts: bool


@cache
def profiles() -> tuple[PrinterModel, ...]:
    """By vendor and title. The first call takes some 0.3 s: it imports python-escpos."""
    known: dict[str, dict[str, Any]] = _capabilities()["profiles"]
    models = [
        _model(name, data) for name, data in known.items() if "Customer Display" not in str(data["name"])
    ]
    return tuple(sorted(models, key=lambda model: (model.vendor, model.title)))


@dataclass(frozen=True, slots=True)
class CodePage:
    """A code page of one model."""

    number: int
    """In `ESC t`."""
    bytes_by_character: Mapping[int, int]

    def has(self, text: str) -> bool:
        return text.isascii() or all(ord(character) in self.bytes_by_character for character in text)

    def encode(self, text: str) -> bytes:
        if text.isascii():
            return text.encode("ascii")
        return codecs.charmap_encode(text, "strict", self.bytes_by_character)[0]


@cache
def code_page(escpos_profile: str, name: str) -> CodePage:
    """Raises PrinterProfileInvalid."""
    try:
        numbers: dict[str, str] = _capabilities()["profiles"][escpos_profile]["codePages"]
    except KeyError as error:
        raise PrinterProfileInvalid(f"python-escpos has no profile {escpos_profile}") from error
    number = next((number for number, known in numbers.items() if known == name.upper()), None)
    upper_half = _upper_half(name.upper())
    if number is None or upper_half is None:
        raise PrinterProfileInvalid(f"escpos profile {escpos_profile} has no code page {name}")
    characters = "".join(map(chr, range(128))) + upper_half
    known_signs = {ord(sign): byte for byte, sign in enumerate(characters) if byte < 128 or sign > "\x9f"}
    return CodePage(int(number), known_signs)


@cache
def character_dots(profile_name: str, columns: int, font: str) -> int:
    """How wide a printed character is: on a few models not the usual 12 dots of font A and 9 of font B."""
    usual = DOTS_PER_COLUMN if font == "A" else _DOTS_PER_COLUMN_B
    data = _capabilities()["profiles"].get(profile_name, {})
    paper_dots = _paper_dots(data) if data else 0
    if not paper_dots or paper_dots % columns or font != "A":
        return usual
    known_columns = {int(known["columns"]) for known in data["fonts"].values()}
    return paper_dots // columns if columns in known_columns else usual


def _paper_dots(data: Mapping[str, Any]) -> int:
    """0: not known."""
    dots = data["media"].get("width", {}).get("pixels")
    return dots if isinstance(dots, int) else 0


@cache
def _upper_half(name: str) -> str | None:
    """The signs of the bytes 128 to 255; U+0080 where there is none. None: the library does not know them."""
    encoding = _capabilities()["encodings"].get(name, {})
    if encoding.get("data"):
        return "".join(encoding["data"]).replace(" ", "\x80")
    python_name = encoding.get("python_encode")
    if not python_name:
        return None
    return "".join(_sign(byte, python_name) for byte in range(128, 256))


def _sign(byte: int, python_name: str) -> str:
    try:
        return bytes([byte]).decode(python_name)
    except UnicodeDecodeError:
        return "\x80"


def _model(name: str, data: Mapping[str, Any]) -> PrinterModel:
    fonts = {number: int(font["columns"]) for number, font in data["fonts"].items()}
    if fonts["0"] < _FEWEST_COLUMNS:
        # One model is described by the dots of its characters instead of their number.
        fonts = {number: _paper_dots(data) // dots for number, dots in fonts.items()}
    pages = [page for page in dict.fromkeys(data["codePages"].values()) if _upper_half(page) is not None]
    pages.sort(key=lambda page: page != "CP858")
    features = data["features"]
    return PrinterModel(
        name=name,
        vendor=str(data["vendor"]),
        title=str(data["name"]),
        columns=fonts["0"],
        columns_b=fonts.get("1"),
        code_pages=tuple(pages),
        cuts=bool(features.get("paperFullCut") or features.get("paperPartCut")),
    )


def _capabilities() -> dict[str, Any]:
    capabilities: dict[str, Any] = escpos_module("escpos.capabilities").CAPABILITIES
    return capabilities
