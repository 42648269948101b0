"""Drawer kicks that are asked for and not sent yet: each has a life of some seconds and an outcome."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass

from hardware.printers.receipt_printer import TOO_LATE, DrawerKicked, DrawerOutcome, NotSent, Unconfirmed
from till_app.services.device_status import DrawerNews, DrawerOpening

log = logging.getLogger(__name__)

KICK_LIFE_S = 5.0
"""What could not be sent by then is dropped: a drawer must not jump open minutes later."""
RETRY_S = 0.3
DRIVER_FAILED = "failed"
_WILL_NOT_PASS = frozenset(("not_permitted", "address_invalid", "profile_invalid"))

OpenDrawer = Callable[[Callable[[], bool]], DrawerOutcome]
"""A way to open it, given whether that is still wanted."""


@dataclass(frozen=True, slots=True)
class Kick:
    opening: DrawerOpening
    asked_at: float
    """By the monotonic clock."""
    last_failure: str = ""

    @property
    def ends_at(self) -> float:
        return self.asked_at + KICK_LIFE_S


@dataclass(frozen=True, slots=True)
class KickEnd:
    opening: DrawerOpening
    news: DrawerNews
    """`kicked`, `dropped_late` or `failed`."""
    detail: str = ""


class DrawerKicks:
    """`ask` from any thread; the rest from the one thread that opens the drawer."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._waiting: tuple[Kick, ...] = ()
        self._retry_at = 0.0

    def ask(self, opening: DrawerOpening, asked_at: float | None = None) -> None:
        """Its life began at `asked_at`; None: now."""
        with self._lock:
            self._waiting += (Kick(opening, self._monotonic() if asked_at is None else asked_at),)
            self._retry_at = 0.0

    @property
    def due_at(self) -> float | None:
        """When there is something to do, by the monotonic clock."""
        with self._lock:
            return self._retry_at if self._waiting else None

    @property
    def oldest_waits_s(self) -> float:
        """0 when none waits."""
        with self._lock:
            return self._monotonic() - self._waiting[0].asked_at if self._waiting else 0.0

    def send(self, open_drawer: OpenDrawer) -> list[KickEnd]:
        """One pulse for all that are alive; those that are not are dropped. Returns those that ended."""
        with self._lock:
            kicks, self._waiting = self._waiting, ()
        ends = [_dropped(kick) for kick in kicks if not self._is_alive(kick)]
        alive = [kick for kick in kicks if self._is_alive(kick)]
        if not alive:
            return ends
        outcome = _outcome(open_drawer, lambda: any(self._is_alive(kick) for kick in alive))
        match outcome:
            case DrawerKicked():
                return ends + [KickEnd(kick.opening, DrawerNews.KICKED) for kick in alive]
            case NotSent(reason=reason) if reason not in _WILL_NOT_PASS:
                return ends + self._later(alive, reason)
            case _:
                return ends + [KickEnd(kick.opening, DrawerNews.FAILED, outcome.reason) for kick in alive]

    def give_up(self) -> list[KickEnd]:
        """The till is stopped: none of them is sent any more."""
        with self._lock:
            kicks, self._waiting = self._waiting, ()
        return [_dropped(kick) for kick in kicks]

    def _later(self, kicks: list[Kick], reason: str) -> list[KickEnd]:
        """Nothing left: it is tried again as long as it lives."""
        said = "" if reason == TOO_LATE else reason
        failed = [Kick(kick.opening, kick.asked_at, said or kick.last_failure) for kick in kicks]
        alive = tuple(kick for kick in failed if self._is_alive(kick))
        with self._lock:
            self._waiting = alive + self._waiting
            self._retry_at = self._monotonic() + RETRY_S
        return [_dropped(kick) for kick in failed if kick not in alive]

    def _is_alive(self, kick: Kick) -> bool:
        return self._monotonic() <= kick.ends_at


def _outcome(open_drawer: OpenDrawer, is_still_wanted: Callable[[], bool]) -> DrawerOutcome:
    """A driver that fails has opened it, or not: it is not tried again, and it is told."""
    try:
        return open_drawer(is_still_wanted)
    except Exception:
        log.exception("the drawer's driver failed")
        return Unconfirmed(DRIVER_FAILED)


def _dropped(kick: Kick) -> KickEnd:
    return KickEnd(kick.opening, DrawerNews.DROPPED_LATE, kick.last_failure)
