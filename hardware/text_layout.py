"""Documents laid out at a number of columns: the one layout that paper, preview and text file share."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from hardware.document import (
    Align,
    Barcode,
    Blank,
    Cut,
    Element,
    Feed,
    Image,
    QrCode,
    ReceiptDocument,
    Row,
    Rule,
    Size,
    TableRow,
    TextLine,
)
from hardware.text_cleaning import cluster_width, clusters, text_width

FEWEST_COLUMNS = 16
_NARROWEST_NAME = 8
"""With less than this left beside an amount, the name gets lines of its own."""


@dataclass(frozen=True, slots=True)
class LaidOutLine:
    """One line of print, already padded from the left; never wider than `cells_across` of its size."""

    text: str
    bold: bool = False
    size: Size = Size.NORMAL
    inverse: bool = False
    parts: tuple[int, ...] = ()
    """Where in `text` a further part begins, such as the amount: drawn apart from what is before it, so that
    words written from the right do not change places with it."""


LaidOut = LaidOutLine | Barcode | QrCode | Image | Feed | Cut
"""Codes, pictures, feeds and cuts keep their place among the lines."""


def lay_out(document: ReceiptDocument, columns: int) -> list[LaidOut]:
    """`columns` is of normal characters: 32, 42 or 48 on common printers."""
    if columns < FEWEST_COLUMNS:
        raise ValueError(f"at least {FEWEST_COLUMNS} columns are needed")
    laid_out: list[LaidOut] = []
    for table_cells, group in groupby(document.elements, _table_cells):
        if table_cells:
            rows = [element for element in group if isinstance(element, TableRow)]
            laid_out += _lay_out_table(rows, columns)
        else:
            for element in group:
                laid_out += _lay_out_element(element, columns)
    return laid_out


def render_text(document: ReceiptDocument, columns: int) -> str:
    """As plain text: sizes and bold are lost, a barcode shows as `*data*`, pictures and cuts not at all."""
    lines: list[str] = []
    for placed in lay_out(_of_normal_width(document), columns):
        match placed:
            case LaidOutLine(text=text):
                lines.append(text)
            case Barcode(data=data):
                lines += _aligned_paragraph(f"*{data}*", Align.CENTER, columns)
            case QrCode(data=data):
                lines += _aligned_paragraph(f"[QR {data}]", Align.CENTER, columns)
            case Feed():
                lines.append("")
            case Image() | Cut():
                pass
    return "".join(f"{line}\n" for line in lines)


def cells_across(columns: int, size: Size) -> int:
    return columns // 2 if size.is_wide else columns


def wrap(text: str, width: int) -> list[str]:
    """Lines of at most `width` cells, broken at spaces, inside a word only if it is wider than a line.

    An indent is kept on every line. A text that fits stays as it is.
    """
    text = text.rstrip(" ")
    if text_width(text) <= width:
        return [text]
    indent = " " * min(len(text) - len(text.lstrip(" ")), width // 2)
    lines: list[str] = []
    line = ""
    for piece in _pieces(text, width - len(indent)):
        longer = f"{line} {piece}" if line else piece
        if line and text_width(longer) > width - len(indent):
            lines.append(indent + line)
            line = piece
        else:
            line = longer
    return [*lines, indent + line]


def _pieces(text: str, width: int) -> Iterator[str]:
    """Words; one that is wider than `width` comes in parts, and marks stay with their letter."""
    for word in text.split(" "):
        if text_width(word) <= width:
            if word:
                yield word
            continue
        part = ""
        part_width = 0
        for cluster in clusters(word):
            cells = cluster_width(cluster)
            if part and part_width + cells > width:
                yield part
                part, part_width = "", 0
            part += cluster
            part_width += cells
        if part:
            yield part


def _lay_out_element(element: Element, columns: int) -> Sequence[LaidOut]:
    match element:
        case TextLine(text, align, bold, size, inverse):
            lines = _aligned_paragraph(text, align, cells_across(columns, size))
            return [LaidOutLine(line, bold, size, inverse) for line in lines]
        case Row(left, right, bold, size):
            *names, last = _name_and_amount(left, right, cells_across(columns, size))
            is_whole = bool(right) and last.endswith(right) and last != right
            parts = (len(last) - len(right),) if is_whole else ()
            return [
                *(LaidOutLine(name, bold, size) for name in names),
                LaidOutLine(last, bold, size, parts=parts),
            ]
        case Rule(character):
            return [LaidOutLine(character * columns)]
        case Blank(count):
            return [LaidOutLine("")] * count
        case TableRow():
            return _lay_out_table([element], columns)
        case Barcode() | QrCode() | Image() | Feed() | Cut():
            return [element]


def _aligned_paragraph(text: str, align: Align, width: int) -> list[str]:
    if align is Align.LEFT:
        return wrap(text, width)
    return [_aligned(line, align, width).rstrip(" ") for line in wrap(text.strip(" "), width)]


def _aligned(text: str, align: Align, width: int) -> str:
    spare = max(0, width - text_width(text))
    before = {Align.LEFT: 0, Align.CENTER: spare // 2, Align.RIGHT: spare}[align]
    return " " * before + text + " " * (spare - before)


def _name_and_amount(left: str, right: str, width: int) -> list[str]:
    """The amount stands on the last line of the name; alone if the name would have too little room."""
    if not right:
        return wrap(left, width)
    room = width - text_width(right) - 1
    if room < min(_NARROWEST_NAME, text_width(left)):
        names = wrap(left, width) if left.strip(" ") else []
        return [*names, *_aligned_paragraph(right, Align.RIGHT, width)]
    *names, last = wrap(left, max(room, 1))
    return [*names, last + " " * (width - text_width(last) - text_width(right)) + right]


def _table_cells(element: Element) -> int:
    """How many cells a table row has; 0 for what is none."""
    return len(element.cells) if isinstance(element, TableRow) else 0


def _lay_out_table(rows: Sequence[TableRow], columns: int) -> list[LaidOut]:
    """Columns as wide as their widest cell, spread over the paper; what does not fit goes on a line below."""
    widths = [max(map(text_width, cells)) for cells in zip(*(row.cells for row in rows), strict=True)]
    groups = _groups_that_fit(widths, columns)
    for group in groups:
        _spread(widths, group, columns)
    return [
        LaidOutLine(line, row.bold, parts=parts if line == whole else ())
        for row in rows
        for group in groups
        for whole, parts in [_table_line(row, group, widths)]
        for line in wrap(whole, columns)
    ]


def _groups_that_fit(widths: Sequence[int], columns: int) -> list[list[int]]:
    """The cells of each line, by their index."""
    groups: list[list[int]] = [[]]
    room = columns
    for index, width in enumerate(widths):
        if groups[-1] and width + 1 > room:
            groups.append([])
            room = columns
        room -= width + bool(groups[-1])
        groups[-1].append(index)
    return groups


def _spread(widths: list[int], group: Sequence[int], columns: int) -> None:
    """The spare room goes to all columns but the table's first, so that the last ends at the right edge."""
    growing = [index for index in group if index > 0]
    spare = columns - sum(widths[index] for index in group) - (len(group) - 1)
    for place, index in enumerate(growing):
        share = max(0, spare) // (len(growing) - place)
        widths[index] += share
        spare -= share


def _table_line(row: TableRow, group: Sequence[int], widths: Sequence[int]) -> tuple[str, tuple[int, ...]]:
    """The line, and where in it each cell but the first begins that is not empty up to the end."""
    cells = [_aligned(row.cells[index], row.align_of(index), widths[index]) for index in group]
    starts = [sum(len(cell) + 1 for cell in cells[:count]) for count in range(1, len(cells))]
    line = " ".join(cells).rstrip(" ")
    return line, tuple(start for start in starts if start < len(line))


def _of_normal_width(document: ReceiptDocument) -> ReceiptDocument:
    return ReceiptDocument(
        tuple(
            replace(element, size=Size.NORMAL) if isinstance(element, TextLine | Row) else element
            for element in document.elements
        )
    )
