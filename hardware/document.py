"""A printed document without a width: what is on it, in order, and its JSON form; printing is elsewhere.

Every element cleans its own text (see `hardware.text_cleaning`) and refuses what could not be printed.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from hardware.text_cleaning import clean, text_width


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


class Symbology(StrEnum):
    CODE128 = "CODE128"
    EAN13 = "EAN13"


@dataclass(frozen=True, slots=True)
class TextLine:
    """A paragraph; it is wrapped at words."""

    text: str
    align: Align = Align.LEFT
    bold: bool = False
    size: Size = Size.NORMAL

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
    """EAN13 takes all 13 digits; CODE128 takes printable ASCII."""

    data: str
    symbology: Symbology = Symbology.CODE128
    human_readable: bool = True

    def __post_init__(self) -> None:
        if self.symbology is Symbology.EAN13:
            if not _is_ean13(self.data):
                raise ValueError("an EAN-13 has 13 digits, the last a check digit that fits")
        elif not 1 <= len(self.data) <= 80 or not all(" " <= character <= "~" for character in self.data):
            raise ValueError("a Code 128 holds 1 to 80 printable ASCII characters")


@dataclass(frozen=True, slots=True)
class QrCode:
    data: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "data", clean(self.data))
        if not 1 <= len(self.data.encode()) <= 1000:
            raise ValueError("a QR code holds 1 to 1000 bytes here")


@dataclass(frozen=True, slots=True)
class Cut:
    partial: bool = False


Element = TextLine | Row | TableRow | Rule | Blank | Barcode | QrCode | Cut


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


def _is_ean13(data: str) -> bool:
    if len(data) != 13 or not (data.isascii() and data.isdigit()):
        return False
    weighted = sum(int(digit) * (3 if index % 2 else 1) for index, digit in enumerate(data))
    return weighted % 10 == 0


FORMAT_VERSION = 1


class DocumentInvalid(ValueError):
    """These bytes are no document, or one that a newer program wrote."""


def to_json(document: ReceiptDocument) -> bytes:
    """The same document always gives the same bytes."""
    content = {"v": FORMAT_VERSION, "elements": [_as_plain(element) for element in document.elements]}
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def from_json(content: bytes) -> ReceiptDocument:
    """Raises DocumentInvalid."""
    try:
        plain = json.loads(content)
        version = plain["v"]
        if version != FORMAT_VERSION:
            raise DocumentInvalid(f"a document of format {version!r}, this program knows {FORMAT_VERSION}")
        return ReceiptDocument(tuple(_from_plain(dict(element)) for element in plain["elements"]))
    except DocumentInvalid:
        raise
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise DocumentInvalid(f"not a document: {error!r}") from error


def _as_plain(element: Element) -> dict[str, Any]:
    match element:
        case TextLine(text, align, bold, size):
            return {"kind": "text", "text": text, "align": align, "bold": bold, "size": size}
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
        case QrCode(data):
            return {"kind": "qr", "data": data}
        case Cut(partial):
            return {"kind": "cut", "partial": partial}


_READERS: dict[str, Callable[[dict[str, Any]], Element]] = {
    "text": lambda p: TextLine(_text(p["text"]), Align(p["align"]), _flag(p["bold"]), Size(p["size"])),
    "row": lambda p: Row(_text(p["left"]), _text(p["right"]), _flag(p["bold"]), Size(p["size"])),
    "table_row": lambda p: TableRow(
        tuple(map(_text, p["cells"])), tuple(map(Align, p["aligns"])), _flag(p["bold"])
    ),
    "rule": lambda p: Rule(_text(p["character"])),
    "blank": lambda p: Blank(int(p["lines"])),
    "barcode": lambda p: Barcode(_text(p["data"]), Symbology(p["symbology"]), _flag(p["human_readable"])),
    "qr": lambda p: QrCode(_text(p["data"])),
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


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise DocumentInvalid(f"{value!r} where true or false belongs")
    return value
