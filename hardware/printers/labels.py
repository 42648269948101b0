"""Shelf-edge and price labels: what stands on one, and where, for every label printer alike."""

from dataclasses import dataclass

from hardware.document import Align, Barcode, Blank, Cut, Element, QrCode, ReceiptDocument, Size, TextLine
from hardware.text_cleaning import clean, text_width
from hardware.text_layout import wrap

_MARGIN_MM = 1.5
_CELL_OF_HEIGHT = 0.6
"""How wide a character is at most, as a share of its height, in the fonts of label printers."""
_SMALL_MM = 2.5
_GAP_MM = 0.6
_NAME_LINES = 2
_TALLEST_PRICE_MM = 15


@dataclass(frozen=True, slots=True)
class Label:
    """All texts as they are to be read, amounts with their currency."""

    name: str
    price: str
    was_price: str = ""
    """Printed struck through beside the price."""
    unit_price: str = ""
    """Such as `£2.40 per kg`."""
    code: Barcode | QrCode | None = None
    small_text: str = ""
    copies: int = 1
    width_mm: int = 50
    height_mm: int = 30
    gap_mm: int = 3
    """Between two labels on the roll."""

    def __post_init__(self) -> None:
        for name in ("name", "price", "was_price", "unit_price", "small_text"):
            object.__setattr__(self, name, clean(getattr(self, name)).strip())
        if not self.name and not self.price:
            raise ValueError("a label has a name or a price")
        if not 1 <= self.copies <= 500:
            raise ValueError("1 to 500 copies of a label")
        if not 20 <= self.width_mm <= 120 or not 12 <= self.height_mm <= 200 or not 0 <= self.gap_mm <= 20:
            raise ValueError("a label is 20 to 120 mm wide and 12 to 200 mm high, with a gap of up to 20 mm")


@dataclass(frozen=True, slots=True)
class PlacedText:
    """One line of text in a box, in dots from the label's top left corner."""

    text: str
    x: int
    y: int
    width: int
    height: int
    """Of the characters."""
    align: Align = Align.LEFT
    is_struck: bool = False


@dataclass(frozen=True, slots=True)
class PlacedCode:
    """A barcode's bars or a QR code, in dots; what stands below the bars is one of the texts."""

    code: Barcode | QrCode
    x: int
    y: int
    width: int
    height: int


Placed = PlacedText | PlacedCode


def lay_out_label(label: Label, dots_per_mm: int) -> list[Placed]:
    """The name on top, the price large in the middle, the code at the foot or, square, on the right."""
    layout = _Layout(label, dots_per_mm)
    placed: list[Placed] = []
    placed += layout.small_line()
    placed += layout.name()
    placed += layout.code()
    placed += layout.prices()
    return placed


def label_document(label: Label) -> ReceiptDocument:
    """The label for a receipt printer, once for each copy."""
    elements: list[Element] = [TextLine(label.name, Align.CENTER, bold=True)]
    if label.was_price:
        elements.append(TextLine(label.was_price, Align.CENTER))
    elements.append(TextLine(label.price, Align.CENTER, bold=True, size=Size.LARGE))
    elements += [TextLine(text, Align.CENTER) for text in (label.unit_price, label.small_text) if text]
    if label.code is not None:
        elements.append(label.code)
    return ReceiptDocument((*elements, Blank(), Cut()) * label.copies)


class _Layout:
    """Takes room from the label's foot and top; the price gets what is left."""

    def __init__(self, label: Label, dots_per_mm: int) -> None:
        self._label = label
        self._dots = dots_per_mm
        self._left = round(_MARGIN_MM * dots_per_mm)
        self._top = self._left
        self._right = label.width_mm * dots_per_mm - self._left
        self._foot = label.height_mm * dots_per_mm - self._left
        self._small = round(min(_SMALL_MM, label.height_mm / 10) * dots_per_mm)
        self._gap = round(_GAP_MM * dots_per_mm)

    def small_line(self) -> list[Placed]:
        if not self._label.small_text:
            return []
        self._foot -= self._small
        placed = self._text(self._label.small_text, self._foot, self._small)
        self._foot -= self._gap
        return [placed]

    def code(self) -> list[Placed]:
        code = self._label.code
        match code:
            case None:
                return []
            case QrCode():
                side = round(min(self._foot - self._top, (self._right - self._left) * 0.4))
                placed = PlacedCode(code, self._right - side, self._foot - side, side, side)
                self._right -= side + self._gap
                return [placed]
            case Barcode():
                return self._bars(code)

    def _bars(self, code: Barcode) -> list[Placed]:
        placed: list[Placed] = []
        if code.human_readable:
            self._foot -= self._small
            placed.append(self._text(code.data, self._foot, self._small, Align.CENTER))
            self._foot -= self._gap
        height = round((self._foot - self._top) * 0.45)
        self._foot -= height
        placed.append(PlacedCode(code, self._left, self._foot, self._right - self._left, height))
        self._foot -= self._gap
        return placed

    def name(self) -> list[Placed]:
        height = round(min(max(self._label.height_mm * 0.12, 2.2), 5) * self._dots)
        cells = max(4, int((self._right - self._left) / (height * _CELL_OF_HEIGHT)))
        lines = wrap(self._label.name, cells) if self._label.name else []
        if len(lines) > _NAME_LINES:
            lines = [*lines[: _NAME_LINES - 1], _shortened(" ".join(lines[_NAME_LINES - 1 :]), cells)]
        placed: list[Placed] = []
        for line in lines:
            placed.append(self._text(line, self._top, height))
            self._top += height + self._gap
        return placed

    def prices(self) -> list[Placed]:
        """Old and unit price stand beside the price, or below it where that leaves it larger."""
        label = self._label
        texts = [(label.was_price, True), (label.unit_price, False)]
        texts = [(text, is_struck) for text, is_struck in texts if text]
        step = self._small + self._gap
        width, room = self._right - self._left, self._foot - self._top
        aside = max((round(text_width(text) * self._small * _CELL_OF_HEIGHT) for text, _ in texts), default=0)
        aside = min(aside, width // 2)
        beside = self._price_height(width - (aside + self._gap if texts else 0), room)
        below = self._price_height(width, room - len(texts) * step)
        if beside >= below or not texts:
            x, y, text_room, align = self._right - aside, self._top, aside, Align.RIGHT
            price_width, height = width - (aside + self._gap if texts else 0), beside
        else:
            x, y, text_room, align = self._left, self._top + below + self._gap, width, Align.LEFT
            price_width, height = width, below
        placed: list[Placed] = [PlacedText(label.price, self._left, self._top, price_width, height)]
        for number, (text, is_struck) in enumerate(texts):
            placed.append(PlacedText(text, x, y + number * step, text_room, self._small, align, is_struck))
        return placed

    def _price_height(self, width: int, room: int) -> int:
        fitting = int(width / (max(text_width(self._label.price), 1) * _CELL_OF_HEIGHT))
        return max(8, min(room, fitting, _TALLEST_PRICE_MM * self._dots))

    def _text(self, text: str, y: int, height: int, align: Align = Align.LEFT) -> PlacedText:
        width = self._right - self._left
        fitting = int(width / (max(text_width(text), 1) * _CELL_OF_HEIGHT))
        return PlacedText(text, self._left, y, width, max(8, min(height, fitting)), align)


def _shortened(text: str, cells: int) -> str:
    return text if text_width(text) <= cells else wrap(text, cells - 2)[0] + ".."
