"""What the exchange with the hub says about itself: gathered here, told when it differs from the last."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from till_app.domain.times import from_text, to_text
from till_app.services.ports import Clock, Outbox
from till_app.services.status import CheckReport, LinkState, LoadProgress, SyncStatus, WaitingAtHub

RETOLD_EVERY = timedelta(seconds=60)
"""A quiet exchange alone is told no more often than this, so that an idle till does not repaint."""


class StatusBoard:
    """For the thread of the cycle, except `close`. The attributes enter the status with the next report."""

    def __init__(self, outbox: Outbox, clock: Clock, on_status: Callable[[SyncStatus], None]) -> None:
        self._outbox = outbox
        self._clock = clock
        self._on_status = on_status
        self._status = SyncStatus()
        self._is_closed = False
        self._last_exchange_at: str | None = None
        self.quarantined = 0
        self.waiting_at_hub: tuple[WaitingAtHub, ...] = ()
        self.clock_skew_s = 0
        self.protocol = 0
        self.hub_version = ""
        self.is_live = False
        self.load: LoadProgress | None = None
        self.check: CheckReport | None = None
        self.skipped_records = 0

    @property
    def status(self) -> SyncStatus:
        """As last told."""
        return self._status

    def close(self) -> None:
        """From any thread: nothing more is told."""
        self._is_closed = True

    def exchanged(self) -> None:
        """The hub has just answered as it should."""
        self._last_exchange_at = to_text(self._clock.now())

    def report(self, state: LinkState, error_code: str) -> None:
        """Raises LedgerUnavailable: what waits is counted anew."""
        unsent = self._outbox.unsent()
        changed = state is not self._status.state or self._status.since is None
        self._publish(
            SyncStatus(
                state=state,
                since=to_text(self._clock.now()) if changed else self._status.since,
                waiting_sales=unsent.sales,
                waiting_entries=unsent.entries,
                oldest_waiting_at=unsent.oldest_at,
                quarantined=self.quarantined,
                error_code=error_code,
                clock_skew_s=self.clock_skew_s,
                last_exchange_at=self._last_exchange_at,
                protocol=self.protocol,
                hub_version=self.hub_version,
                is_live=self.is_live and state is LinkState.ONLINE,
                load=self.load,
                check=self.check,
                waiting_at_hub=self.waiting_at_hub,
                skipped_records=self.skipped_records,
            )
        )

    def report_trouble(self, error_code: str) -> None:
        """The state stays, and nothing is counted: the ledger itself may be what fails."""
        self._publish(replace(self._status, error_code=error_code))

    def _publish(self, status: SyncStatus) -> None:
        if self._is_closed or not self._says_more(status):
            return
        self._status = status
        self._on_status(status)

    def _says_more(self, status: SyncStatus) -> bool:
        told_at = self._status.last_exchange_at
        if replace(status, last_exchange_at=told_at) != self._status:
            return True
        return status.last_exchange_at is not None and (
            told_at is None or abs(self._now() - from_text(told_at)) >= RETOLD_EVERY
        )

    def _now(self) -> datetime:
        return self._clock.now()
