"""The journal entries that are being applied: what they share, and what one of them writes."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from till_app.domain.journal import JournalEntry
from till_app.domain.times import to_text
from till_app.hub.tills import Till
from till_app.hub.writes import Lookups, Writes, flush


@dataclass(slots=True)
class Application:
    """Entries of one till being applied, in order."""

    connection: Connection
    till: Till
    now: datetime
    lookups: Lookups
    pending: Writes = field(default_factory=Writes)
    """Of the entries before."""
    moved_items: set[str] = field(default_factory=set)
    """Items whose stock changed."""

    def flush(self) -> None:
        flush(self.connection, self.pending, self.lookups, to_text(self.now))


@dataclass(slots=True)
class Step:
    """One entry being applied."""

    application: Application
    entry: JournalEntry
    writes: Writes = field(default_factory=Writes)
