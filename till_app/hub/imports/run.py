"""A file of edits being imported: its tally, and what its rows must know of one another."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from till_app.hub.catalogue.editing import Editing, Outcome
from till_app.hub.catalogue.shops import shop_id_of
from till_app.hub.cells import MAX_CODE_LENGTH, BadCell, checked_flag, checked_text
from till_app.hub.database import Database
from till_app.hub.imports.csv_file import CsvRow
from till_app.hub.imports.report import Tally


@dataclass(slots=True)
class Run:
    now: datetime
    tally: Tally
    edit: Editing = field(init=False)
    """Of the transaction that is going on."""
    lines: dict[object, int] = field(default_factory=dict)
    """Where a key was first seen."""
    pages: dict[str, int] = field(default_factory=dict)
    """Positions of the pages of quick keys, in the order of the file."""
    shop_texts: dict[str, list[str]] = field(default_factory=dict)
    afterwards: list[Callable[[Database], None]] = field(default_factory=list)
    """What takes transactions of its own."""

    def way_back(self, first_line: int | None) -> Callable[[], None]:
        """To how it is now, before the rows from that line on: for a transaction that begins anew."""
        tally = self.tally.copy()
        texts = {name: [*found] for name, found in self.shop_texts.items()}
        acts = len(self.afterwards)

        def go_back() -> None:
            self.tally.go_back_to(tally)
            self.shop_texts = {name: [*found] for name, found in texts.items()}
            del self.afterwards[acts:]
            while first_line and self.lines and next(reversed(self.lines.values())) >= first_line:
                self.lines.popitem()

        return go_back

    def first_use(self, row: CsvRow, key: object, words: str) -> None:
        if key in self.lines:
            raise BadCell("duplicate", f"{words} is used before on line {self.lines[key]}")
        self.lines[key] = row.line

    def count(self, outcome: Outcome) -> None:
        self.tally.count(outcome.value)

    def count_removed(self, was_there: bool) -> None:
        """What is gone already stays so."""
        self.count(Outcome.REMOVED if was_there else Outcome.UNCHANGED)

    def shop_id(self, row: CsvRow) -> str | None:
        """None for an empty cell: every shop."""
        return shop_id_of(self.edit.connection, shop_code(row))


def shop_code(row: CsvRow) -> str | None:
    return checked_text("shop_code", row.cells["shop_code"], MAX_CODE_LENGTH) or None


def is_deleted(row: CsvRow) -> bool:
    return checked_flag("delete", row.cells["delete"])


def parted(text: str, sign: str) -> list[str]:
    """The parts that are not empty."""
    return [part.strip() for part in text.split(sign) if part.strip()]
