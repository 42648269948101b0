"""A till that has less of its own journal than the hub, such as after its disk was put back from an old copy,
reads back what it lost, before it gives a number out twice."""

import logging
from collections.abc import Callable

from till_app.domain.journal import JournalEntry
from till_app.services.entries import stored_entry
from till_app.services.errors import HubRefused, HubUnreachable
from till_app.services.ports import Outbox, ReadBackRefused, Recovery
from till_app.sync.codes import SyncCode
from till_app.wire.exchange import ErrorCode, JournalHead
from till_app.wire.protocol import MAX_BATCH_ENTRIES, HubApi

logger = logging.getLogger(__name__)

MOST_HELD_BYTES = 32_000_000
"""Of bodies that are kept in one transaction: a sale that comes in between would contradict what follows, so
the usual few days are one."""


class ReadBack:
    def __init__(self, hub: HubApi, outbox: Outbox, recovery: Recovery | None) -> None:
        self._hub = hub
        self._outbox = outbox
        self._recovery = recovery

    def is_needed(self, hub_head: JournalHead) -> bool:
        return hub_head.seq > self._outbox.journal_head().seq

    def run(self, hub_head: JournalHead, *, can_answer: bool, check_stopping: Callable[[], None]) -> None:
        """Take back all that the hub has. May be broken off and begun again at any point.

        Raises HubRefused `till_restored` when it cannot, `fork` when what this till has is not what the hub
        has; and HubUnreachable, LedgerUnavailable.
        """
        if self._recovery is None or not can_answer:
            raise HubRefused(SyncCode.TILL_RESTORED, f"the hub has entry {hub_head.seq}, this till does not")
        self._check_is_continuation()
        held: list[JournalEntry] = []
        held_bytes = 0
        reached = self._outbox.journal_head().seq
        logger.info("reading back entries %d to %d from the hub", reached + 1, hub_head.seq)
        while reached < hub_head.seq:
            check_stopping()
            page = self._hub.journal(reached, MAX_BATCH_ENTRIES).entries
            if not page or [entry.seq for entry in page] != list(range(reached + 1, reached + 1 + len(page))):
                raise HubUnreachable(SyncCode.NO_PROGRESS, f"the hub does not give entry {reached + 1}")
            held += [stored_entry(entry) for entry in page]
            held_bytes += sum(len(entry.body) for entry in page)
            reached = page[-1].seq
            if held_bytes >= MOST_HELD_BYTES:
                self._keep(self._recovery, held)
                held, held_bytes = [], 0
        if held:
            self._keep(self._recovery, held)

    def _check_is_continuation(self) -> None:
        own = self._outbox.journal_head()
        if own.seq == 0:
            return
        at_hub = self._hub.journal(own.seq - 1, 1).entries
        if not at_hub or at_hub[0].seq != own.seq:
            raise HubUnreachable(SyncCode.NO_PROGRESS, f"the hub does not give entry {own.seq}")
        if at_hub[0].hash != own.hash:
            raise HubRefused(ErrorCode.FORK, f"entry {own.seq} is another at the hub")

    def _keep(self, recovery: Recovery, entries: list[JournalEntry]) -> None:
        try:
            recovery.read_back(entries)
        except ReadBackRefused as error:
            raise HubRefused(ErrorCode.FORK, f"what the hub has does not follow: {error}") from error
        self._outbox.acknowledge(entries[-1].seq)
