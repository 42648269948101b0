"""One round with the hub: greet when it is time, send what waits, read what changed, a few pictures.

Knows no thread and no sleep: `run` does one round and says how long to rest. Only `stop` may be called from
another thread.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from till_app.domain.times import from_text, to_text
from till_app.services.errors import HubRefused, HubUnreachable
from till_app.services.ports import CatalogueFeed, CatalogueUnavailable, Clock, LedgerUnavailable, Outbox
from till_app.services.status import CatalogueChanged, LinkState, SyncStatus
from till_app.sync.backoff import Backoff, Wait
from till_app.sync.codes import SyncCode
from till_app.sync.pull import MassRemoval, Pull
from till_app.sync.push import Push
from till_app.wire.exchange import ErrorCode, HelloAnswer, HelloRequest, JournalHead
from till_app.wire.protocol import OLDEST_PROTOCOL_VERSION, PROTOCOL_VERSION, HubApi

logger = logging.getLogger(__name__)

_CLOSED_TO_US = frozenset({ErrorCode.UNAUTHORISED, ErrorCode.PROTOCOL_TOO_OLD, SyncCode.OTHER_HUB})


class ClosableHub(HubApi, Protocol):
    def close(self) -> None:
        """From any thread: break off what is under way; later calls raise HubUnreachable."""
        ...


@dataclass(frozen=True, slots=True)
class SyncSettings:
    idle_s: float = 2.0
    """Between two rounds while all is well."""
    soonest_retry_s: float = 5.0
    """New work tries a hub that is away no sooner than this after the last try."""
    greeting_every_s: float = 900.0
    held_pull_every_s: float = 60.0
    """How often to look again at a feed that was refused for removing too much."""
    pictures_per_round: int = 4


class Stopped(Exception):
    """The round was left because `stop` was called."""


class SyncCycle:
    def __init__(
        self,
        hub: ClosableHub,
        outbox: Outbox,
        feed: CatalogueFeed,
        clock: Clock,
        *,
        app_version: str,
        hub_id: str | None = None,
        on_status: Callable[[SyncStatus], None],
        on_catalogue: Callable[[CatalogueChanged], None],
        settings: SyncSettings | None = None,
        backoff: Backoff | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """`hub_id`: of the hub that the till was paired with, when known. The callbacks get a status only
        when it differs from the last, on the thread that runs the cycle."""
        self._hub = hub
        self._outbox = outbox
        self._clock = clock
        self._app_version = app_version
        self._hub_id = hub_id
        self._on_status = on_status
        self._on_catalogue = on_catalogue
        self._settings = settings or SyncSettings()
        self._backoff = backoff or Backoff()
        self._monotonic = monotonic
        self._push = Push(hub, outbox, monotonic)
        self._pull = Pull(hub, feed)
        self._status = SyncStatus()
        self._clock_skew_s = 0
        self._greeting: HelloAnswer | None = None
        self._greet_at = 0.0
        self._push_refusal = ""
        self._pull_held_until = 0.0
        self._pull_refusal = ""
        self._stopping = False

    @property
    def status(self) -> SyncStatus:
        """As last reported."""
        return self._status

    @property
    def is_stopping(self) -> bool:
        return self._stopping

    def stop(self) -> None:
        """From any thread: a request under way fails at once, and nothing more is sent or reported."""
        self._stopping = True
        self._hub.close()

    def accept_removal(self) -> None:
        """From any thread: a person wants the feed that was refused as `mass_removal`."""
        self._pull.accept_removal()
        self._pull_held_until = 0.0

    def run(self) -> Wait:
        """One round; outcomes are in the status. An exception that leaves it is a bug."""
        try:
            if self._status.since is None:
                self._report(LinkState.STARTING, "")
            greeting = self._greet_when_due()
            greeting = self._send_all(greeting)
            more_pictures = self._read_all(greeting)
        except Stopped:
            return Wait(0.0, 0.0)
        except HubUnreachable as error:
            return self._unreachable(error)
        except HubRefused as error:
            self._report(LinkState.REFUSED, error.code)
            return self._back_off()
        except (LedgerUnavailable, CatalogueUnavailable) as error:
            self._publish(replace(self._status, error_code=error.code))
            return self._back_off()
        if self._push_refusal:
            self._report(LinkState.REFUSED, self._push_refusal)
            return self._back_off()
        self._backoff.reset()
        self._report(LinkState.ONLINE, self._pull_refusal)
        return Wait(0.0 if more_pictures else self._settings.idle_s, 0.0)

    def report_waiting(self) -> None:
        """Refresh how much waits, while the hub is away."""
        if self._status.state is not LinkState.ONLINE:
            self._report(self._status.state, self._status.error_code)

    def report_bug(self) -> Wait:
        """Something unforeseen left `run`: show it, forget what was agreed with the hub, and rest."""
        self._greeting = None
        self._publish(replace(self._status, error_code=SyncCode.BUG))
        return self._back_off()

    # ------------------------------------------------------------- greeting

    def _greet_when_due(self) -> HelloAnswer:
        if self._greeting is not None and self._monotonic() < self._greet_at and not self._push_refusal:
            return self._greeting
        self._check_stopping()
        head = self._outbox.journal_head()
        before = self._clock.now()
        greeting = self._hub.hello(
            HelloRequest(
                oldest_protocol=OLDEST_PROTOCOL_VERSION,
                newest_protocol=PROTOCOL_VERSION,
                app_version=self._app_version,
                journal_head=JournalHead(head.seq, head.hash),
                till_time=to_text(before),
            )
        )
        self._check_stopping()
        if self._hub_id is not None and greeting.hub_id != self._hub_id:
            raise HubRefused(SyncCode.OTHER_HUB, f"expected hub {self._hub_id}, found {greeting.hub_id}")
        if not OLDEST_PROTOCOL_VERSION <= greeting.protocol <= PROTOCOL_VERSION:
            raise HubRefused(ErrorCode.PROTOCOL_TOO_OLD, f"the hub speaks protocol {greeting.protocol}")
        self._clock_skew_s = _skew_s(before, self._clock.now(), greeting.server_time)
        self._push.quarantined = greeting.quarantined
        self._push_refusal = ""
        try:
            self._push.reconcile(greeting.acked_through)
        except HubRefused as error:
            self._refuse_push(error)
        self._greeting = greeting
        self._greet_at = self._monotonic() + self._settings.greeting_every_s
        self._report(LinkState.REFUSED if self._push_refusal else LinkState.ONLINE, self._push_refusal)
        return greeting

    def _greet_again(self) -> HelloAnswer:
        self._greeting = None
        return self._greet_when_due()

    # -------------------------------------------------------------- sending

    def _send_all(self, greeting: HelloAnswer) -> HelloAnswer:
        """Send until nothing waits or the hub says no; the greeting that now holds."""
        greeted_again = False
        while not self._push_refusal:
            self._check_stopping()
            try:
                sent = self._push.send_batch(greeting.epoch)
            except HubRefused as error:
                if error.code in _CLOSED_TO_US:
                    raise
                if error.code in (ErrorCode.EPOCH_CHANGED, ErrorCode.GAP) and not greeted_again:
                    greeting = self._greet_again()
                    greeted_again = True
                    continue
                self._refuse_push(error)
                break
            if not sent:
                break
            self._backoff.reset()
            self._report(LinkState.ONLINE, self._pull_refusal)
        return greeting

    def _refuse_push(self, error: HubRefused) -> None:
        if self._status.error_code != error.code:
            logger.warning("sending is stopped: %s (%s)", error.code, error)
        self._push_refusal = error.code

    # -------------------------------------------------------------- reading

    def _read_all(self, greeting: HelloAnswer) -> bool:
        """Read the feed to its end, sales first between its pages; whether pictures are left to fetch."""
        if self._monotonic() < self._pull_held_until:
            return False
        more = True
        while more:
            self._check_stopping()
            try:
                change, more = self._pull.next_page()
            except MassRemoval as error:
                if self._pull_refusal != error.code:
                    logger.warning("the hub's feed is not applied: %s", error)
                self._pull_refusal = error.code
                self._pull_held_until = self._monotonic() + self._settings.held_pull_every_s
                return False
            self._announce(change)
            hub_was_replaced = self._pull.epoch not in ("", greeting.epoch)
            if hub_was_replaced:
                greeting = self._greet_again()
            if more:
                self._backoff.reset()
            if more or hub_was_replaced:
                greeting = self._send_all(greeting)
        self._pull_refusal = ""
        self._check_stopping()
        arrived, more_pictures = self._pull.fetch_pictures(self._settings.pictures_per_round)
        self._announce(CatalogueChanged(pictures=arrived))
        return more_pictures

    def _announce(self, change: CatalogueChanged) -> None:
        if change != CatalogueChanged() and not self._stopping:
            self._on_catalogue(change)

    # --------------------------------------------------------------- status

    def _unreachable(self, error: HubUnreachable) -> Wait:
        if self._stopping:
            return Wait(0.0, 0.0)
        if self._status.state is not LinkState.OFFLINE:
            logger.info("the hub is out of reach: %s (%s)", error.code, error)
        self._greeting = None
        self._report(LinkState.OFFLINE, error.code)
        if error.retry_after_s is None:
            return self._back_off()
        wait_s = max(error.retry_after_s, self._backoff.next_wait_s())
        return Wait(wait_s, wait_s)

    def _back_off(self) -> Wait:
        wait_s = self._backoff.next_wait_s()
        return Wait(wait_s, min(wait_s, self._settings.soonest_retry_s))

    def _report(self, state: LinkState, error_code: str) -> None:
        unsent = self._outbox.unsent()
        changed = state is not self._status.state or self._status.since is None
        self._publish(
            SyncStatus(
                state=state,
                since=to_text(self._clock.now()) if changed else self._status.since,
                waiting_sales=unsent.sales,
                waiting_entries=unsent.entries,
                oldest_waiting_at=unsent.oldest_at,
                quarantined=self._push.quarantined,
                error_code=error_code,
                clock_skew_s=self._clock_skew_s,
            )
        )

    def _publish(self, status: SyncStatus) -> None:
        if status != self._status and not self._stopping:
            self._status = status
            self._on_status(status)

    def _check_stopping(self) -> None:
        if self._stopping:
            raise Stopped


def _skew_s(before: datetime, after: datetime, server_time: str) -> int:
    """The till's clock less the hub's; the hub read its clock half-way through the request."""
    try:
        hub_now = from_text(server_time)
    except ValueError as error:
        raise HubUnreachable(SyncCode.NOT_A_HUB, f"a greeting at {server_time!r}") from error
    return round((before + (after - before) / 2 - hub_now).total_seconds())
