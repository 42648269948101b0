"""What services hold for as long as the till runs, whichever worker stands behind it now.

A call that comes while a worker is exchanged is kept and made afterwards, unless it would be too late then.
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from till_app.devices.drawer_kicks import KICK_LIFE_S
from till_app.devices.drawer_rule import opening_cause
from till_app.devices.printing import TillPrinting
from till_app.services.device_places import is_set_up
from till_app.services.device_ports import PaymentTerminal
from till_app.services.device_settings import DeviceId, DeviceSettings
from till_app.services.device_status import DeviceHealth, DrawerEvent, DrawerNews, DrawerOpening
from till_app.services.ports import LedgerUnavailable, PaymentAttempt

log = logging.getLogger(__name__)

Port = TypeVar("Port")


class Turnstile(Generic[Port]):
    """Lets calls through to the present worker, or keeps them in order while there is none."""

    def __init__(self, present: Port | None = None) -> None:
        self._lock = threading.RLock()
        self._present = present
        self._kept: list[Callable[[Port], object]] = []

    @property
    def present(self) -> Port | None:
        return self._present

    def call(self, action: Callable[[Port], object]) -> None:
        """Now, or once somebody is there."""
        with self._lock:
            if self._present is None:
                self._kept.append(action)
            else:
                action(self._present)

    def shut(self) -> None:
        """From now on calls are kept."""
        with self._lock:
            self._present = None

    def open(self, present: Port) -> None:
        """What was kept is done here and now; what comes meanwhile is kept as well, and nobody waits."""
        while (kept := self._taken(present)) is not None:
            for action in kept:
                try:
                    action(present)
                except LedgerUnavailable as error:
                    log.warning("what was asked for while devices were exchanged failed: %s", error)
                except Exception:
                    log.exception("what was asked for while devices were exchanged failed; the rest is done")

    def _taken(self, present: Port) -> list[Callable[[Port], object]] | None:
        """None: nothing is left, and from now on calls go through."""
        with self._lock:
            if not self._kept:
                self._present = present
                return None
            kept, self._kept = self._kept, []
            return kept


class StandingPrinting:
    """Implements Printing, CashDrawer, RawWriter, and the screens' decisions about print jobs."""

    def __init__(
        self,
        settings: Callable[[], DeviceSettings],
        on_drawer: Callable[[DrawerEvent], None],
        now_text: Callable[[], str],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings = settings
        self._on_drawer = on_drawer
        self._now_text = now_text
        self._monotonic = monotonic
        self.turnstile: Turnstile[TillPrinting] = Turnstile()

    def wake(self) -> None:
        self.turnstile.call(lambda printing: printing.wake())

    def serves(self, printer: str) -> bool:
        present = self.turnstile.present
        if present is not None:
            return present.serves(printer)
        settings = self._settings()
        return is_set_up(settings, printer) or is_set_up(settings, DeviceId.RECEIPT_PRINTER)

    # -------------------------------------------------------------------- drawer

    @property
    def is_set_up(self) -> bool:
        present = self.turnstile.present
        return present.is_set_up if present is not None else is_set_up(self._settings(), DeviceId.DRAWER)

    def open(self, opening: DrawerOpening) -> None:
        """A drawer must not jump open long after it was asked for."""
        asked_at = self._monotonic()

        def open_it(printing: TillPrinting) -> None:
            if self._monotonic() - asked_at < KICK_LIFE_S:
                printing.open(opening, asked_at)
            else:
                self._on_drawer(DrawerEvent(DrawerNews.DROPPED_LATE, self._now_text(), opening))

        self.turnstile.call(open_it)

    def opens_for(self, tender_kinds: Sequence[str], change_due_minor: int) -> str:
        if not self.is_set_up:
            return ""
        return opening_cause(self._settings().drawer, tender_kinds, change_due_minor)

    # ------------------------------------------------------------------ decisions

    def send_raw(self, data: bytes) -> None:
        self.turnstile.call(lambda printing: printing.send_raw(data))

    def resolve(self, job_id: str, *, printed: bool) -> None:
        self.turnstile.call(lambda printing: printing.resolve(job_id, printed=printed))

    def skip(self, job_id: str) -> None:
        self.turnstile.call(lambda printing: printing.skip(job_id))

    def print_elsewhere(self, job_id: str) -> None:
        self.turnstile.call(lambda printing: printing.print_elsewhere(job_id))

    def print_held(self, job_ids: Sequence[str] | None = None) -> None:
        self.turnstile.call(lambda printing: printing.print_held(job_ids))

    def skip_held(self) -> None:
        self.turnstile.call(lambda printing: printing.skip_held())


class StandingTerminal:
    """Implements PaymentTerminal."""

    def __init__(self, settings: Callable[[], DeviceSettings]) -> None:
        self._settings = settings
        self.turnstile: Turnstile[PaymentTerminal] = Turnstile()

    @property
    def kind(self) -> str:
        return self._settings().terminal.kind

    @property
    def is_set_up(self) -> bool:
        return is_set_up(self._settings(), DeviceId.TERMINAL)

    def health(self) -> DeviceHealth:
        present = self.turnstile.present
        return present.health() if present is not None else DeviceHealth(DeviceId.TERMINAL)

    def pay(self, attempt: PaymentAttempt, of_reference: str = "") -> None:
        self.turnstile.call(lambda terminal: terminal.pay(attempt, of_reference))

    def ask(self, attempt: PaymentAttempt) -> None:
        self.turnstile.call(lambda terminal: terminal.ask(attempt))

    def abort(self) -> None:
        self.turnstile.call(lambda terminal: terminal.abort())

    def settle(self) -> None:
        self.turnstile.call(lambda terminal: terminal.settle())
