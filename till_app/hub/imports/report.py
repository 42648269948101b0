"""What an import says it did."""

from dataclasses import dataclass, field, replace

import msgspec

MAX_REPORTED_ROWS = 1_000
"""Of refused rows; all of them are counted."""


class RefusedRow(msgspec.Struct, frozen=True):
    line: int
    """In the file; the header is line 1."""
    code: str
    words: str


class ImportReport(msgspec.Struct, frozen=True):
    kind: str
    dry_run: bool
    read: int
    added: int
    changed: int
    unchanged: int
    refused_count: int
    refused: list[RefusedRow]
    ignored_columns: list[str]
    removed: int = 0


class FileRefused(Exception):
    """Nothing of the file went in; the words say why."""


class ImportUnfinished(Exception):
    """The file counts as imported, and some of its items are not in yet; the words say when they will be."""


@dataclass(slots=True)
class Tally:
    """A report being made."""

    kind: str
    dry_run: bool
    read: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    refused_count: int = 0
    refused: list[RefusedRow] = field(default_factory=list)
    ignored_columns: list[str] = field(default_factory=list)

    def refuse(self, line: int, code: str, words: str) -> None:
        self.refused_count += 1
        if len(self.refused) < MAX_REPORTED_ROWS:
            self.refused.append(RefusedRow(line, code, words))

    def count(self, outcome: str) -> None:
        """`added`, `changed`, `unchanged` or `removed`."""
        setattr(self, outcome, getattr(self, outcome) + 1)

    def uncount(self, outcome: str) -> None:
        """Of a row that turned out to be refused."""
        setattr(self, outcome, getattr(self, outcome) - 1)

    def copy(self) -> "Tally":
        """As it is now."""
        return replace(self, refused=[*self.refused])

    def go_back_to(self, before: "Tally") -> None:
        for name in ("read", "added", "changed", "unchanged", "removed", "refused_count"):
            setattr(self, name, getattr(before, name))
        self.refused = [*before.refused]

    def report(self) -> ImportReport:
        return ImportReport(
            self.kind,
            self.dry_run,
            self.read,
            self.added,
            self.changed,
            self.unchanged,
            self.refused_count,
            sorted(self.refused, key=lambda row: row.line),
            self.ignored_columns,
            self.removed,
        )
