"""The journal entries that are being applied: what they share, and what one of them writes."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from till_app.domain.journal import JournalEntry
from till_app.hub.custody.lookups import Lookups
from till_app.hub.custody.writes import Writes
from till_app.hub.tills import Till


@dataclass(slots=True)
class Application:
    """Entries of one till being applied, in order."""

    connection: Connection
    till: Till
    now: datetime
    lookups: Lookups
    is_accepted: bool = False
    """A person said that they count although they contradict the hub's sums: that is flagged, not refused."""
    pending: Writes = field(default_factory=Writes)
    """Of the entries before."""

    def flush(self) -> None:
        self.pending.flush(self.connection)


@dataclass(slots=True)
class Step:
    """One entry being applied."""

    application: Application
    entry: JournalEntry
    writes: Writes = field(default_factory=Writes)
