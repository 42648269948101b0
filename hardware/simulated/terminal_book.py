"""What a simulated terminal remembers: its transactions and the money moved, in a file if they shall last."""

import json
import logging
import os
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from pathlib import Path

log = logging.getLogger(__name__)


class Movement(StrEnum):
    PURCHASE = "purchase"
    REFUND = "refund"
    REVERSAL = "reversal"


@dataclass(frozen=True, slots=True)
class BookEntry:
    """A transaction that came to its end at the terminal, whether the till heard of it or not."""

    reference: str
    """The till's; empty where the protocol carries none."""
    movement: Movement
    asked_minor: int
    approved_minor: int
    """0: no money moved."""
    currency: str
    number: int
    """The receipt's number: gapless among the approved, 0 for the others."""
    reason: str = ""
    of_number: int = 0
    """What a reversal undoes."""

    @property
    def moved_minor(self) -> int:
        """From the customers to the shop; negative the other way."""
        return self.approved_minor if self.movement is Movement.PURCHASE else -self.approved_minor


@dataclass(slots=True)
class TerminalBook:
    """Not safe for several threads: its terminal sees to that."""

    path: Path | None = None
    entries: list[BookEntry] = field(default_factory=list)
    is_open_from: int = 0
    """The first entry after the last end of day."""

    def __post_init__(self) -> None:
        if self.path is None or not self.path.exists():
            return
        try:
            kept = json.loads(self.path.read_text(encoding="utf-8"))
            self.entries = [
                BookEntry(**{**entry, "movement": Movement(entry["movement"])}) for entry in kept["entries"]
            ]
            self.is_open_from = kept["open_from"]
        except (OSError, ValueError, KeyError, TypeError) as error:
            log.warning("A simulated terminal begins anew, its book cannot be read: %s", error)
            self.entries, self.is_open_from = [], 0

    @property
    def moved_minor(self) -> int:
        return sum(entry.moved_minor for entry in self.entries)

    @property
    def open_entries(self) -> list[BookEntry]:
        """Since the last end of day."""
        return self.entries[self.is_open_from :]

    @property
    def last_approved(self) -> BookEntry | None:
        return next((entry for entry in reversed(self.entries) if entry.approved_minor), None)

    @property
    def next_number(self) -> int:
        last = self.last_approved
        return 1 if last is None else last.number % 9999 + 1

    def find(self, reference: str) -> BookEntry | None:
        return next((entry for entry in reversed(self.entries) if entry.reference == reference), None)

    def approved(self, number: int) -> BookEntry | None:
        return next((e for e in reversed(self.open_entries) if e.number == number and e.approved_minor), None)

    def is_reversed(self, number: int) -> bool:
        return any(entry.of_number == number and entry.approved_minor for entry in self.open_entries)

    def add(self, entry: BookEntry) -> None:
        self.entries.append(entry)
        self._keep()

    def take_back(self, entry: BookEntry) -> None:
        """As if it had never been approved; its number is given again."""
        self.entries[self.entries.index(entry)] = replace(
            entry, approved_minor=0, number=0, reason="reverted"
        )
        self._keep()

    def end_day(self) -> None:
        self.is_open_from = len(self.entries)
        self._keep()

    def _keep(self) -> None:
        if self.path is None:
            return
        kept = {"open_from": self.is_open_from, "entries": [asdict(entry) for entry in self.entries]}
        aside = self.path.with_name(self.path.name + ".new")
        with aside.open("w", encoding="utf-8") as file:
            json.dump(kept, file)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(self.path)
