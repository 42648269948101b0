"""Sending the journal in order, one batch at a time, until the hub has committed it.

An entry counts as sent only when the hub names its hash. Whatever else happens, the same bytes go again.
"""

import logging
from collections.abc import Callable

from till_app.services.entries import wire_entry
from till_app.services.errors import HubRefused, HubUnreachable
from till_app.services.ports import Outbox
from till_app.sync.codes import SyncCode
from till_app.wire.exchange import ErrorCode, JournalHead, JournalRequest
from till_app.wire.protocol import MAX_BATCH_ENTRIES, MAX_REQUEST_BYTES, HubApi

logger = logging.getLogger(__name__)

FIRST_BATCH_ENTRIES = 20
FIRST_BATCH_BYTES = 100_000
LEAST_BATCH_BYTES = 10_000
FAST_REQUEST_S = 1.0
"""While a request takes less, the next may be larger."""
ENVELOPE_BYTES = 500
"""More than an entry's JSON has around its body."""


class BatchSize:
    """How much one request may carry: doubles while the hub is fast, halves when it is not."""

    def __init__(self) -> None:
        self.entries = FIRST_BATCH_ENTRIES
        self._json_bytes = FIRST_BATCH_BYTES

    @property
    def body_bytes(self) -> int:
        # JSON within JSON at most doubles: only its quotes and backslashes are left to escape.
        return max(self._json_bytes - self.entries * ENVELOPE_BYTES, self._json_bytes // 2) // 2

    def grow(self) -> None:
        self.entries = min(self.entries * 2, MAX_BATCH_ENTRIES)
        self._json_bytes = min(self._json_bytes * 2, MAX_REQUEST_BYTES)

    def shrink(self, sent: int) -> None:
        """After `sent` entries were too many; one entry goes alone, whatever its size."""
        self.entries = max(min(sent, self.entries) // 2, 1)
        self._json_bytes = max(self._json_bytes // 2, LEAST_BATCH_BYTES)


class Push:
    def __init__(self, hub: HubApi, outbox: Outbox, monotonic: Callable[[], float]) -> None:
        self._hub = hub
        self._outbox = outbox
        self._monotonic = monotonic
        self._size = BatchSize()
        self.quarantined = 0
        """Entries of this till that wait at the hub for a person, as it last said."""
        self._is_fork_shown = False

    @property
    def batch_entries(self) -> int:
        """How many entries the next request may carry."""
        return self._size.entries

    def reconcile(self, hub_head: JournalHead) -> bool:
        """After a greeting: agree on how far the hub is; whether it had lost something.

        Raises HubRefused `fork` or `till_restored`.
        """
        self._check_is_ours(hub_head)
        acked_seq = self._outbox.acked_through().seq
        if hub_head.seq < acked_seq:
            self._rewind(hub_head.seq, acked_seq)
            return True
        if hub_head.seq > acked_seq:
            self._outbox.acknowledge(hub_head.seq)
        return False

    def show_fork(self, epoch: str, hub_head: JournalHead) -> None:
        """Let the hub see, once, what contradicts it: it refuses that and keeps it, for a person there.

        Raises HubUnreachable. Nothing is acknowledged.
        """
        if self._is_fork_shown:
            return
        reached = self._outbox.acked_through().seq
        while reached <= hub_head.seq:
            entries = self._outbox.entries_after(reached, self._size.entries, self._size.body_bytes)
            if not entries:
                break
            try:
                self._hub.send_journal(JournalRequest(epoch, [wire_entry(entry) for entry in entries]))
            except HubRefused as error:
                logger.info("the hub was shown entries from %d on: %s", entries[0].seq, error.code)
                break
            reached = entries[-1].seq
        self._is_fork_shown = True

    def send_batch(self, epoch: str) -> bool:
        """Send the next entries: whether there were any.

        Raises HubError; `gap` only when a rewind would not help.
        """
        acked_seq = self._outbox.acked_through().seq
        entries = self._outbox.entries_after(acked_seq, self._size.entries, self._size.body_bytes)
        if not entries:
            return False
        request = JournalRequest(epoch, [wire_entry(entry) for entry in entries])
        began = self._monotonic()
        try:
            answer = self._hub.send_journal(request)
        except HubUnreachable as error:
            if error.code == SyncCode.TIMEOUT:
                self._size.shrink(len(entries))
            raise
        except HubRefused as error:
            self._after_refusal(error, acked_seq, len(entries))
            return True
        took_s = self._monotonic() - began
        self._check_is_ours(answer.acked_through)
        if answer.acked_through.seq <= acked_seq:
            raise HubUnreachable(SyncCode.NO_PROGRESS, f"the hub took nothing after {acked_seq}")
        for result in answer.results:
            if result.state == "quarantined":
                logger.info("entry %d waits at the hub for a person: %s", result.seq, result.code)
        self._outbox.acknowledge(answer.acked_through.seq)
        self.quarantined = answer.quarantined
        if took_s < FAST_REQUEST_S and self._outbox.journal_head().seq > entries[-1].seq:
            self._size.grow()
        return True

    def _check_is_ours(self, hub_head: JournalHead) -> None:
        own_hash = self._outbox.hash_at(hub_head.seq)
        if own_hash is None:
            raise HubRefused(SyncCode.TILL_RESTORED, f"the hub has entry {hub_head.seq}, this till does not")
        if own_hash != hub_head.hash:
            raise HubRefused(ErrorCode.FORK, f"entry {hub_head.seq} is another at the hub")

    def _after_refusal(self, error: HubRefused, acked_seq: int, sent: int) -> None:
        if error.code == ErrorCode.GAP and error.acked_seq is not None and error.acked_seq < acked_seq:
            self._rewind(error.acked_seq, acked_seq)
        elif error.code == ErrorCode.TOO_LARGE and sent > 1:
            self._size.shrink(sent)
        else:
            raise error

    def _rewind(self, hub_seq: int, acked_seq: int) -> None:
        logger.info("the hub lost entries %d to %d: sending again", hub_seq + 1, acked_seq)
        self._outbox.rewind(hub_seq)
