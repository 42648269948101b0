"""The protocol's version, its limits, and the calls that a hub answers."""

from typing import Protocol

from till_app.wire.changes import ChangesPage
from till_app.wire.exchange import (
    HelloAnswer,
    HelloRequest,
    JournalAnswer,
    JournalRequest,
    PairAnswer,
    PairRequest,
    TillTotals,
)

PROTOCOL_VERSION = 1
OLDEST_PROTOCOL_VERSION = 1

MAX_BATCH_ENTRIES = 500
MAX_REQUEST_BYTES = 1_000_000
"""A batch stops growing before its JSON passes this."""
MAX_PAGE_ROWS = 5_000


class HubApi(Protocol):
    """A hub as its tills see it. Each call raises HubError (services.errors) when it gets no valid answer."""

    def pair(self, request: PairRequest) -> PairAnswer: ...

    def hello(self, request: HelloRequest) -> HelloAnswer: ...

    def changes(self, cursor: str, limit: int) -> ChangesPage: ...

    def send_journal(self, request: JournalRequest) -> JournalAnswer: ...

    def picture(self, sha256: str) -> bytes: ...

    def totals(self) -> TillTotals: ...
