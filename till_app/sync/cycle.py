"""One round with the hub: greet when it is time, send what waits, read what changed, a few pictures.

Knows no thread and no sleep: `run` does one round and says how long to rest. Only what says so may be called
from another thread.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from till_app.services.errors import HubRefused, HubUnreachable
from till_app.services.ports import (
    CatalogueFeed,
    CatalogueUnavailable,
    Clock,
    LedgerUnavailable,
    Outbox,
    Recovery,
)
from till_app.services.status import CatalogueChanged, LinkState, SyncStatus, WaitingAtHub
from till_app.sync.backoff import Backoff, Wait
from till_app.sync.checking import Checking
from till_app.sync.codes import LATER, SyncCode
from till_app.sync.greeter import CAPABLE_FROM_PROTOCOL, Greeter
from till_app.sync.loading import LOOK_AGAIN_S, Loading
from till_app.sync.pull import MassRemoval, Pull
from till_app.sync.push import Push
from till_app.sync.read_back import ReadBack
from till_app.sync.records import EVERYTHING_CHANGED
from till_app.sync.status_board import StatusBoard
from till_app.wire.exchange import Capability, ErrorCode, HelloAnswer
from till_app.wire.protocol import HubApi

logger = logging.getLogger(__name__)

_CLOSED_TO_US = frozenset(
    {ErrorCode.UNAUTHORISED, ErrorCode.REVOKED, ErrorCode.PROTOCOL_TOO_OLD, SyncCode.OTHER_HUB}
)
_MOST_WAITING_SHOWN = 100


class ClosableHub(HubApi, Protocol):
    @property
    def skipped_records(self) -> int:
        """Records that came and could not be read."""
        ...

    def close(self) -> None:
        """From any thread: break off what is under way; later calls raise HubUnreachable."""
        ...


@dataclass(frozen=True, slots=True)
class SyncSettings:
    idle_s: float = 2.0
    """Between two rounds while all is well."""
    live_idle_s: float = 30.0
    """The same while the hub says by itself when something changed."""
    soonest_retry_s: float = 5.0
    """New work tries a hub that is away no sooner than this after the last try."""
    greeting_every_s: float = 900.0
    held_pull_every_s: float = 60.0
    """How often to look again at a feed that was refused for removing too much."""
    revoked_first_s: float = 60.0
    revoked_most_s: float = 600.0
    """How rarely to ask a hub that took this till's pairing back."""
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
        recovery: Recovery | None = None,
        loading: Loading | None = None,
        checking: Checking | None = None,
        settings: SyncSettings | None = None,
        backoff: Backoff | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """`hub_id`: of the hub that the till was paired with, when known. The callbacks get a status only
        when it differs from the last, on the thread that runs the cycle. Without `recovery` a restored till
        is refused, without `loading` all is read by pages, without `checking` nothing is compared."""
        self._hub = hub
        self._on_catalogue = on_catalogue
        self._settings = settings or SyncSettings()
        self._backoff = backoff or Backoff()
        self._revoked = Backoff(
            self._settings.revoked_first_s, self._settings.revoked_most_s, chance=lambda: 1.0
        )
        self._monotonic = monotonic
        self._greeter = Greeter(
            hub,
            outbox,
            clock,
            monotonic,
            app_version=app_version,
            hub_id=hub_id,
            every_s=self._settings.greeting_every_s,
        )
        self._push = Push(hub, outbox, monotonic)
        self._read_back = ReadBack(hub, outbox, recovery)
        self._pull = Pull(hub, feed)
        self._loading = loading
        self._checking = checking
        self._board = StatusBoard(outbox, clock, on_status)
        self._push_refusal: HubRefused | None = None
        self._pull_held_until = 0.0
        self._pull_refusal = ""
        self._asked_about_waiting: int | None = None
        """How many there were then; None to ask again."""
        self._has_read_all = False
        self._stopping = False

    @property
    def status(self) -> SyncStatus:
        """As last reported."""
        return self._board.status

    @property
    def is_stopping(self) -> bool:
        return self._stopping

    @property
    def live_cursor(self) -> str | None:
        """From where the hub may be watched for changes; None while it cannot be."""
        greeting = self._greeter.agreed
        if self.status.state is not LinkState.ONLINE or greeting is None or not self._has_read_all:
            return None
        return self._pull.hub_cursor if Capability.LIVE in greeting.capabilities else None

    def watched(self, is_live: bool) -> None:
        """Whether changes arrive as they happen; for the next round and its rest."""
        self._board.is_live = is_live

    def stop(self) -> None:
        """From any thread: a request under way fails at once, and nothing more is sent or reported."""
        self._stopping = True
        self._board.close()
        self._hub.close()

    def end(self) -> None:
        """After `stop`, on the thread that ran the rounds: what works beside them ends, too."""
        if self._loading is not None:
            self._loading.stop()

    def accept_removal(self) -> None:
        """From any thread: a person wants the feed that was refused as `mass_removal`."""
        self._pull.accept_removal()
        self._pull_held_until = 0.0
        if self._checking is not None:
            self._checking.accept_removal()

    def check_everything(self) -> None:
        """From any thread: compare the whole catalogue with the hub's in the next round."""
        if self._checking is not None:
            self._checking.ask()

    def run(self) -> Wait:
        """One round; outcomes are in the status. An exception that leaves it is a bug."""
        try:
            if self.status.since is None:
                self._board.report(LinkState.STARTING, "")
            greeting = self._greet_when_due()
            greeting = self._send_all(greeting)
            rest_s = self._read_all(greeting)
            self._ask_about_waiting(greeting)
        except Stopped:
            return Wait(0.0, 0.0)
        except HubUnreachable as error:
            return self._unreachable(error)
        except HubRefused as error:
            return self._refused(error)
        except (LedgerUnavailable, CatalogueUnavailable) as error:
            self._board.report_trouble(error.code)
            return self._back_off()
        self._board.exchanged()
        if self._push_refusal is not None:
            return self._refused(self._push_refusal)
        self._backoff.reset()
        self._revoked.reset()
        self._report(LinkState.ONLINE, self._pull_refusal or self._refused_check)
        return Wait(rest_s, 0.0)

    def report_waiting(self) -> None:
        """Refresh how much waits, while the next round is not due."""
        self._report(self.status.state, self.status.error_code)

    def report_bug(self) -> Wait:
        """Something unforeseen left `run`: show it, forget what was agreed with the hub, and rest."""
        self._greeter.forget()
        self._board.report_trouble(SyncCode.BUG)
        return self._back_off()

    # ------------------------------------------------------------- greeting

    def _greet_when_due(self) -> HelloAnswer:
        agreed = self._greeter.agreed
        if agreed is not None and self._push_refusal is None:
            return agreed
        self._check_stopping()
        greeting = self._greeter.greet()
        self._check_stopping()
        self._board.exchanged()
        self._board.clock_skew_s = self._greeter.skew_s
        self._board.protocol = greeting.protocol
        self._board.hub_version = greeting.hub_version
        self._push.quarantined = greeting.quarantined
        self._asked_about_waiting = None
        self._push_refusal = None
        try:
            self._agree_on_journal(greeting)
        except HubRefused as error:
            self._refuse_push(error)
            if error.code == ErrorCode.FORK and not greeting.forked:
                self._push.show_fork(greeting.epoch, greeting.acked_through)
        self._greeter.agree(greeting)
        if self._push_refusal is None:
            self._report(LinkState.ONLINE, self._pull_refusal)
        else:
            self._report(LinkState.REFUSED, self._push_refusal.code)
        return greeting

    def _agree_on_journal(self, greeting: HelloAnswer) -> None:
        if greeting.forked:
            raise HubRefused(ErrorCode.FORK, "the hub holds entries that contradict this till's journal")
        if self._read_back.is_needed(greeting.acked_through):
            self._report(LinkState.STARTING, SyncCode.READING_BACK)
            self._read_back.run(
                greeting.acked_through,
                can_answer=greeting.protocol >= CAPABLE_FROM_PROTOCOL,
                check_stopping=self._check_stopping,
            )
            self.check_everything()
        if self._push.reconcile(greeting.acked_through):
            self.check_everything()

    def _greet_again(self) -> HelloAnswer:
        self._greeter.forget()
        return self._greet_when_due()

    # -------------------------------------------------------------- sending

    def _send_all(self, greeting: HelloAnswer) -> HelloAnswer:
        """Send until nothing waits or the hub says no; the greeting that now holds."""
        greeted_again = False
        while self._push_refusal is None:
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
            self._board.exchanged()
            self._report(LinkState.ONLINE, self._pull_refusal)
        return greeting

    def _refuse_push(self, error: HubRefused) -> None:
        if self.status.error_code != error.code:
            logger.warning("sending is stopped: %s (%s)", error.code, error)
        self._push_refusal = error

    def _ask_about_waiting(self, greeting: HelloAnswer) -> None:
        """What of this till waits at the hub for a person, when it may have changed."""
        quarantined = self._push.quarantined
        if quarantined == self._asked_about_waiting or greeting.protocol < CAPABLE_FROM_PROTOCOL:
            return
        self._check_stopping()
        waiting = self._hub.waiting() if quarantined else []
        self._board.waiting_at_hub = tuple(
            WaitingAtHub(entry.seq, entry.kind, entry.at, entry.code, entry.words, entry.advice)
            for entry in waiting[:_MOST_WAITING_SHOWN]
        )
        self._asked_about_waiting = quarantined

    # -------------------------------------------------------------- reading

    def _read_all(self, greeting: HelloAnswer) -> float:
        """Read the feed to its end, sales first between its pages; how long to rest then."""
        idle_s = self._settings.live_idle_s if self._board.is_live else self._settings.idle_s
        if self._monotonic() < self._pull_held_until:
            return idle_s
        self._has_read_all = False
        try:
            if self._is_loading(greeting):
                return LOOK_AGAIN_S
            if not self._read_pages(greeting):
                return LOOK_AGAIN_S
        except MassRemoval as error:
            if self._pull_refusal != error.code:
                logger.warning("the hub's feed is not applied: %s", error)
            self._pull_refusal = error.code
            self._pull_held_until = self._monotonic() + self._settings.held_pull_every_s
            return idle_s
        self._pull_refusal = ""
        self._has_read_all = True
        if self._checks_more(greeting):
            return 0.0
        self._check_stopping()
        arrived, more_pictures = self._pull.fetch_pictures(self._settings.pictures_per_round)
        self._announce(CatalogueChanged(pictures=arrived))
        return 0.0 if more_pictures else idle_s

    def _is_loading(self, greeting: HelloAnswer) -> bool:
        """Whether a first load is under way, and pages would be for nothing."""
        loading = self._loading
        if loading is None or not loading.is_wanted(
            greeting.feed_records, is_at_start=self._pull.is_at_start
        ):
            self._board.load = None
            return False
        self._board.load = loading.advance(
            greeting.feed_records, removal_accepted=self._pull.is_removal_accepted
        )
        self._pull_refusal = loading.trouble
        if self._board.load is None and not self._pull.is_at_start:
            self._announce(EVERYTHING_CHANGED)
        return self._board.load is not None

    def _read_pages(self, greeting: HelloAnswer) -> bool:
        """Whether the end was reached; a feed that begins again may be one for a load."""
        more = True
        while more:
            self._check_stopping()
            change, more = self._pull.next_page()
            self._announce(change)
            hub_was_replaced = self._pull.epoch not in ("", greeting.epoch)
            if hub_was_replaced:
                greeting = self._greet_again()
                self.check_everything()
            if more:
                self._backoff.reset()
            if more or hub_was_replaced:
                greeting = self._send_all(greeting)
            if more and self._is_loading(greeting):
                return False
        return True

    def _checks_more(self, greeting: HelloAnswer) -> bool:
        """Compare a part of the catalogue with the hub's, if it is time; whether there is more to compare."""
        if self._checking is None or Capability.SWEEP not in greeting.capabilities:
            return False
        self._check_stopping()
        change, more = self._checking.advance()
        self._board.check = self._checking.report
        self._announce(change)
        return more

    @property
    def _refused_check(self) -> str:
        """A removal that the comparison wants needs the same person's word as one that the feed wants."""
        check = self._board.check
        return SyncCode.MASS_REMOVAL if check and check.error_code == SyncCode.MASS_REMOVAL else ""

    def _announce(self, change: CatalogueChanged) -> None:
        if change != CatalogueChanged() and not self._stopping:
            self._on_catalogue(change)

    # --------------------------------------------------------------- status

    def _unreachable(self, error: HubUnreachable) -> Wait:
        if self._stopping:
            return Wait(0.0, 0.0)
        if error.code in LATER and self._greeter.agreed is not None:
            self._report(LinkState.ONLINE, error.code)
            return self._back_off(error.retry_after_s)
        if self.status.state is not LinkState.OFFLINE:
            logger.info("the hub is out of reach: %s (%s)", error.code, error)
        self._greeter.forget()
        self._report(LinkState.OFFLINE, error.code)
        return self._back_off(error.retry_after_s)

    def _refused(self, error: HubRefused) -> Wait:
        if self._stopping:
            return Wait(0.0, 0.0)
        self._report(LinkState.REFUSED, error.code)
        if error.code == ErrorCode.REVOKED:
            self._greeter.forget()
            return self._back_off(self._revoked.next_wait_s())
        return self._back_off(error.retry_after_s)

    def _back_off(self, least_s: float | None = None) -> Wait:
        """`least_s`: nothing shortens this, except a person."""
        wait_s = self._backoff.next_wait_s()
        if least_s is not None:
            wait_s = max(least_s, wait_s)
            return Wait(wait_s, wait_s)
        return Wait(wait_s, min(wait_s, self._settings.soonest_retry_s))

    def _report(self, state: LinkState, error_code: str) -> None:
        self._board.quarantined = self._push.quarantined
        self._board.skipped_records = self._hub.skipped_records + self._pull.skipped_records
        self._board.report(state, error_code)

    def _check_stopping(self) -> None:
        if self._stopping:
            raise Stopped
