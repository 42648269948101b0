"""A printed document without a width: what is on it, in order, and its JSON form; printing is elsewhere.

Every element cleans its own text (see `hardware.text_cleaning`) and refuses what could not be printed.
"""

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from hardware.symbologies import Symbology as Symbology
from hardware.symbologies import check
from hardware.text_cleaning import clean, text_width

LARGEST_IMAGE_BYTES = 256 * 1024


class Align(StrEnum):
    LEFT = "left"
    CENTER = "center"
    RIGHT = "right"


class Size(StrEnum):
    NORMAL = "normal"
    TALL = "tall"
    """Double height."""
    WIDE = "wide"
    """Double width: half as many characters fit."""
    LARGE = "large"
    """Double height and width."""

    @property
    def is_wide(self) -> bool:
        return self in (Size.WIDE, Size.LARGE)

    @property
    def is_tall(self) -> bool:
        return self in (Size.TALL, Size.LARGE)


class QrErrorLevel(StrEnum):
    """How much of a QR code may be damaged: about 7, 15, 25 and 30 %."""

    L = "L"
    M = "M"
    Q = "Q"
    H = "H"


@dataclass(frozen=True, slots=True)
class TextLine:
    """A paragraph; it is wrapped at words."""

    text: str
    align: Align = Align.LEFT
    bold: bool = False
    size: Size = Size.NORMAL
    inverse: bool = False
    """White on black."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", clean(self.text))


@dataclass(frozen=True, slots=True)
class Row:
    """A name on the left, which wraps, and an amount on the right edge, which is never broken."""

    left: str
    right: str
    bold: bool = False
    size: Size = Size.NORMAL

    def __post_init__(self) -> None:
        object.__setattr__(self, "left", clean(self.left))
        object.__setattr__(self, "right", clean(self.right).strip())


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row of a table: neighbouring rows with as many cells share their column widths."""

    cells: tuple[str, ...]
    aligns: tuple[Align, ...] = ()
    """One per cell; empty: the first is left-aligned and the others, figures, right-aligned."""
    bold: bool = False

    def __post_init__(self) -> None:
        if not self.cells:
            raise ValueError("a table row needs a cell")
        if self.aligns and len(self.aligns) != len(self.cells):
            raise ValueError(f"{len(self.aligns)} alignments for {len(self.cells)} cells")
        object.__setattr__(self, "cells", tuple(clean(cell).strip() for cell in self.cells))

    def align_of(self, index: int) -> Align:
        if self.aligns:
            return self.aligns[index]
        return Align.RIGHT if index else Align.LEFT


@dataclass(frozen=True, slots=True)
class Rule:
    """A line across the paper."""

    character: str = "-"

    def __post_init__(self) -> None:
        if len(self.character) != 1 or text_width(clean(self.character)) != 1:
            raise ValueError("a rule is drawn with one character of one cell")


@dataclass(frozen=True, slots=True)
class Blank:
    lines: int = 1

    def __post_init__(self) -> None:
        if not 1 <= self.lines <= 50:
            raise ValueError("1 to 50 blank lines")


@dataclass(frozen=True, slots=True)
class Barcode:
    """EAN, UPC and ITF codes take all their digits; `hardware.symbologies` says what each may hold."""

    data: str
    symbology: Symbology = Symbology.CODE128
    human_readable: bool = True

    def __post_init__(self) -> None:
        check(self.symbology, self.data)


@dataclass(frozen=True, slots=True)
class QrCode:
    data: str
    error_level: QrErrorLevel = QrErrorLevel.M

    def __post_init__(self) -> None:
        object.__setattr__(self, "data", clean(self.data))
        if not 1 <= len(self.data.encode()) <= 1000:
            raise ValueError("a QR code holds 1 to 1000 bytes here")


@dataclass(frozen=True, slots=True)
class Image:
    """A picture such as the logo, centred: its PNG bytes, or a name that the printer's set-up knows."""

    png: bytes = b""
    name: str = ""
    width_percent: int = 100
    """Of the paper's width, at most; a picture is made smaller for it and never larger."""

    def __post_init__(self) -> None:
        if bool(self.png) == bool(self.name):
            raise ValueError("an image has either its bytes or a name")
        if self.png and (
            not self.png.startswith(b"\x89PNG\r\n\x1a\n") or len(self.png) > LARGEST_IMAGE_BYTES
        ):
            raise ValueError(f"an image is a PNG of at most {LARGEST_IMAGE_BYTES} bytes")
        if not 1 <= self.width_percent <= 100:
            raise ValueError("an image takes 1 to 100 % of the paper's width")
        object.__setattr__(self, "name", clean(self.name))


@dataclass(frozen=True, slots=True)
class Feed:
    """Paper moved on by dots (an eighth of a millimetre each on common printers), finer than a blank line."""

    dots: int = 30

    def __post_init__(self) -> None:
        if not 1 <= self.dots <= 2000:
            raise ValueError("1 to 2000 dots of feed")


@dataclass(frozen=True, slots=True)
class Cut:
    partial: bool = False


Element = TextLine | Row | TableRow | Rule | Blank | Barcode | QrCode | Image | Feed | Cut


@dataclass(frozen=True, slots=True)
class ReceiptDocument:
    elements: tuple[Element, ...]

    def with_text(self, change: Callable[[str], str]) -> "ReceiptDocument":
        """The same document with every readable text changed; codes stay as they are."""
        return ReceiptDocument(tuple(_with_text(element, change) for element in self.elements))


def _with_text(element: Element, change: Callable[[str], str]) -> Element:
    match element:
        case TextLine(text=text):
            return replace(element, text=change(text))
        case Row(left=left, right=right):
            return replace(element, left=change(left), right=change(right))
        case TableRow(cells=cells):
            return replace(element, cells=tuple(map(change, cells)))
        case _:
            return element


FORMAT_VERSION = 2
"""The newest that this program reads and writes."""
_FIRST_FORMAT_VERSION = 1


class DocumentInvalid(ValueError):
    """These bytes are no document, or one that a newer program wrote."""


def to_json(document: ReceiptDocument) -> bytes:
    """The same document always gives the same bytes, in the oldest format that can hold it."""
    version = max(map(_format_version_of, document.elements), default=_FIRST_FORMAT_VERSION)
    content = {"v": version, "elements": [_as_plain(element) for element in document.elements]}
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def from_json(content: bytes) -> ReceiptDocument:
    """Raises DocumentInvalid."""
    try:
        plain = json.loads(content)
        version = plain["v"]
        if type(version) is not int or not _FIRST_FORMAT_VERSION <= version <= FORMAT_VERSION:
            raise DocumentInvalid(f"a document of format {version!r}, this program knows {FORMAT_VERSION}")
        return ReceiptDocument(tuple(_from_plain(dict(element)) for element in plain["elements"]))
    except DocumentInvalid:
        raise
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise DocumentInvalid(f"not a document: {error!r}") from error


def _format_version_of(element: Element) -> int:
    """A till that goes back to its last version still prints what waits: only what is new needs format 2."""
    match element:
        case (
            Image()
            | Feed()
            | TextLine(inverse=True)
            | QrCode(error_level=QrErrorLevel.L | QrErrorLevel.Q | QrErrorLevel.H)
        ):
            return 2
        case Barcode(symbology=symbology) if symbology not in (Symbology.CODE128, Symbology.EAN13):
            return 2
        case _:
            return 1


def _as_plain(element: Element) -> dict[str, Any]:
    match element:
        case TextLine(text, align, bold, size, inverse):
            plain = {"kind": "text", "text": text, "align": align, "bold": bold, "size": size}
            return plain | {"inverse": True} if inverse else plain
        case Row(left, right, bold, size):
            return {"kind": "row", "left": left, "right": right, "bold": bold, "size": size}
        case TableRow(cells, aligns, bold):
            return {"kind": "table_row", "cells": cells, "aligns": aligns, "bold": bold}
        case Rule(character):
            return {"kind": "rule", "character": character}
        case Blank(lines):
            return {"kind": "blank", "lines": lines}
        case Barcode(data, symbology, human_readable):
            return {
                "kind": "barcode",
                "data": data,
                "symbology": symbology,
                "human_readable": human_readable,
            }
        case QrCode(data, error_level):
            plain = {"kind": "qr", "data": data}
            return plain if error_level is QrErrorLevel.M else plain | {"error_level": error_level}
        case Image(png, name, width_percent):
            content = {"png": base64.b64encode(png).decode()} if png else {"name": name}
            return {"kind": "image", **content, "width_percent": width_percent}
        case Feed(dots):
            return {"kind": "feed", "dots": dots}
        case Cut(partial):
            return {"kind": "cut", "partial": partial}


_READERS: dict[str, Callable[[dict[str, Any]], Element]] = {
    "text": lambda p: TextLine(
        _text(p["text"]), Align(p["align"]), _flag(p["bold"]), Size(p["size"]), _flag(p.get("inverse", False))
    ),
    "row": lambda p: Row(_text(p["left"]), _text(p["right"]), _flag(p["bold"]), Size(p["size"])),
    "table_row": lambda p: TableRow(
        tuple(map(_text, p["cells"])), tuple(map(Align, p["aligns"])), _flag(p["bold"])
    ),
    "rule": lambda p: Rule(_text(p["character"])),
    "blank": lambda p: Blank(_whole(p["lines"])),
    "barcode": lambda p: Barcode(_text(p["data"]), Symbology(p["symbology"]), _flag(p["human_readable"])),
    "qr": lambda p: QrCode(_text(p["data"]), QrErrorLevel(p.get("error_level", QrErrorLevel.M))),
    "image": lambda p: Image(
        base64.b64decode(_text(p.get("png", "")), validate=True),
        _text(p.get("name", "")),
        _whole(p["width_percent"]),
    ),
    "feed": lambda p: Feed(_whole(p["dots"])),
    "cut": lambda p: Cut(_flag(p["partial"])),
}


def _from_plain(plain: dict[str, Any]) -> Element:
    read = _READERS.get(plain["kind"])
    if read is None:
        raise DocumentInvalid(f"an element of unknown kind {plain['kind']!r}")
    return read(plain)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise DocumentInvalid(f"{value!r} where a text belongs")
    return value


def _whole(value: object) -> int:
    if type(value) is not int:
        raise DocumentInvalid(f"{value!r} where a whole number belongs")
    return value


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise DocumentInvalid(f"{value!r} where true or false belongs")
    return value
