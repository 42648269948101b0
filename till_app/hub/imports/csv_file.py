"""A CSV file as a stream of rows with their lines, in flat memory whatever its size.

One row is one line: a line break inside a cell is refused, so that a stray quote never swallows the
rows after it. UTF-8 with or without a mark and UTF-16 with one are read; in any other encoding the
lines that are not UTF-8 are refused one by one. The delimiter is told from the header.
"""

import codecs
import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from till_app.hub.cells import BadCell
from till_app.hub.imports.report import FileRefused, Tally

MAX_LINE_LENGTH = 20_000
_DELIMITERS = (",", ";", "\t")


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns a kind of file has."""

    required: tuple[str, ...]
    optional: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CsvRow:
    line: int
    cells: dict[str, str]
    """By column in lower case; a missing optional column is an empty text."""


@contextmanager
def open_rows(path: Path, columns: Columns, tally: Tally) -> Iterator[Iterator[CsvRow]]:
    """The well-formed rows; the others go to the tally. Raises FileRefused for the file as a whole."""
    with path.open("rb") as raw:
        start = raw.read(4)
        raw.seek(0)
        is_utf16 = start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        text = io.TextIOWrapper(
            raw,
            encoding="utf-16" if is_utf16 else "utf-8-sig",
            errors="replace" if is_utf16 else "surrogateescape",
            newline=None,
        )
        header = text.readline(MAX_LINE_LENGTH + 1)
        delimiter, names = _header(header, columns)
        known = (*columns.required, *columns.optional)
        tally.ignored_columns = [name for name in names if name not in known]
        yield _rows(text, delimiter, names, dict.fromkeys(columns.optional, ""), tally)


def _header(line: str, columns: Columns) -> tuple[str, list[str]]:
    if not line.strip():
        raise FileRefused("The file is empty: the first line must name the columns.")
    if "\0" in line:
        raise FileRefused("The file is not in UTF-8: save it as “CSV UTF-8”.")
    wanted = {*columns.required, *columns.optional}
    best: tuple[int, str, list[str]] = (-1, "", [])
    for delimiter in _DELIMITERS:
        try:
            cells = next(csv.reader((line,), delimiter=delimiter, strict=True), [])
        except csv.Error:
            continue
        names = [cell.strip().lower() for cell in cells]
        score = len(wanted.intersection(names))
        if score > best[0]:
            best = (score, delimiter, names)
    _, delimiter, names = best
    missing = [name for name in columns.required if name not in names]
    if missing:
        raise FileRefused(
            f"The first line must name the columns {', '.join(columns.required)};"
            f" missing: {', '.join(missing)}."
        )
    doubled = sorted({name for name in names if name in wanted and names.count(name) > 1})
    if doubled:
        raise FileRefused(f"The first line names a column twice: {', '.join(doubled)}.")
    return delimiter, names


def _rows(
    text: TextIO, delimiter: str, names: list[str], optional: dict[str, str], tally: Tally
) -> Iterator[CsvRow]:
    line = 1
    while raw_line := text.readline(MAX_LINE_LENGTH + 1):
        line += 1
        if not raw_line.strip():
            continue
        tally.read += 1
        try:
            cells = _cells(raw_line, text, delimiter, len(names))
        except BadCell as bad:
            tally.refuse(line, bad.code, bad.words)
            continue
        yield CsvRow(line, optional | dict(zip(names, cells, strict=True)))


def _cells(raw_line: str, text: TextIO, delimiter: str, width: int) -> list[str]:
    if len(raw_line) > MAX_LINE_LENGTH:
        while raw_line and not raw_line.endswith("\n"):
            raw_line = text.readline(MAX_LINE_LENGTH)
        raise BadCell("too_long", f"the line is longer than {MAX_LINE_LENGTH} characters")
    if "\ufffd" in raw_line or not _is_text(raw_line):
        raise BadCell("wrong_encoding", "the line is not in UTF-8: save the file as “CSV UTF-8”")
    try:
        cells = next(csv.reader((raw_line,), delimiter=delimiter, strict=True))
    except csv.Error:
        raise BadCell(
            "quote_open", "a quote is not closed on the line, or a cell holds a line break"
        ) from None
    if len(cells) > width:
        raise BadCell("too_many_columns", f"the line has {len(cells)} cells, the header {width}")
    if len(cells) < width:
        raise BadCell("too_few_columns", f"the line has {len(cells)} cells, the header {width}")
    return cells


def _is_text(line: str) -> bool:
    """Whether no byte had to be smuggled in as a lone surrogate."""
    try:
        line.encode()
    except UnicodeEncodeError:
        return False
    return True
