"""One till on its counter: its files, its way to the hub through a faulty proxy, and what it tells people.

Rounds with the hub are driven by hand: no thread, no pause. The exchange is put together as `bootstrap.Till`
does it, with short limits.
"""

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.end_to_end.shop import begin_day, sell
from tests.scenarios.site import HubSite
from tests.sync.faulty_proxy import FaultyProxy
from till_app.bootstrap import Listeners, Till
from till_app.domain.sale import Sale
from till_app.domain.tender import TenderKind
from till_app.services.chains import ChainReason
from till_app.services.clock import SystemClock
from till_app.services.device_settings import DeviceSettings
from till_app.services.ports import Clock
from till_app.services.recovery import JournalRecovery
from till_app.services.status import LinkState, SyncStatus
from till_app.sync.backoff import Backoff
from till_app.sync.checking import Checking
from till_app.sync.cycle import SyncCycle, SyncSettings
from till_app.sync.hub_client import HttpHubApi, HttpLimits
from till_app.sync.sweep import Sweep
from till_app.till_files import TillFiles

LIMITS = HttpLimits(connect_timeout_s=2.0, read_timeout_s=10.0, answer_timeout_s=10.0)
AT_ONCE = SyncSettings(soonest_retry_s=0.0, held_pull_every_s=0.0)
MOST_ROUNDS = 30


class Lane:
    """A context manager. `reopen` is a restart of the program."""

    def __init__(self, folder: Path, site: HubSite, clock: Clock | None = None) -> None:
        self.folder = folder
        self.site = site
        self.proxy = FaultyProxy(site.url)
        self.told: list[SyncStatus] = []
        """Each status that differed from the last."""
        self.limits = LIMITS
        self.clock = clock or SystemClock()
        self._cycle: SyncCycle | None = None
        self.till = self._opened()

    def _opened(self) -> Till:
        return Till(
            TillFiles(self.folder),
            DeviceSettings(),
            Listeners(on_sync=self.told.append, on_read_back=self._on_read_back),
            clock=self.clock,
        )

    def _on_read_back(self, _entries: int) -> None:
        """As the window does."""
        self.till.services.workplace.session_changed()
        self.till.services.selling.read_again()

    # ------------------------------------------------------------- the machine

    def close(self) -> None:
        self.hang_up()
        self.till.close()

    def reopen(self) -> None:
        self.close()
        self.till = self._opened()
        if self.till.pairing is not None:
            begin_day(self.till)

    def copy_disk(self, to: Path) -> None:
        """The program rests meanwhile."""
        self.close()
        shutil.copytree(self.folder, to)
        self.till = self._opened()
        begin_day(self.till)

    def put_back(self, copy: Path) -> None:
        """Yesterday's disk in the place of today's; nobody has signed on yet."""
        self.close()
        shutil.rmtree(self.folder)
        shutil.copytree(copy, self.folder)
        self.till = self._opened()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
        self.proxy.close()

    # --------------------------------------------------------------- the trade

    def begin_day(self) -> None:
        begin_day(self.till)

    def sell(self, *codes: str) -> str:
        return sell(self.till, *codes)

    def sales(self, most: int = 1_000) -> list[Sale]:
        """Newest first."""
        return list(self.till.ledger.latest_sales(most))

    def take_back(self, sale: Sale) -> None:
        """The goods of a whole sale come back, the money goes in cash."""
        services = self.till.services
        services.returns.add(sale.uuid, {line.line_number: line.quantity_milli for line in sale.lines})
        services.checkout.refund(TenderKind.CASH, -services.checkout.balance_minor)
        services.checkout.complete()

    # ------------------------------------------------------------ the exchange

    def pair(self, reason: str = ChainReason.REVOKED, export_to: Path | None = None) -> None:
        self.hang_up()
        self.till.pair(self.proxy.url, self.site.pairing_code(), "Till", reason=reason, export_to=export_to)

    @property
    def cycle(self) -> SyncCycle:
        if self._cycle is None:
            self._cycle = self.new_cycle()
        return self._cycle

    def new_cycle(
        self, settings: SyncSettings = AT_ONCE, monotonic: Callable[[], float] = time.monotonic
    ) -> SyncCycle:
        """For `settings` and clock of one's own; the lane's own is `cycle`."""
        till, pairing = self.till, self.till.pairing
        assert pairing is not None
        till.link.connect().close()  # finishes a pairing that was broken off
        access = till.link.access()
        hub = HttpHubApi(access.hub_url, access.token, ca_pem=access.ca_pem, limits=self.limits)
        return SyncCycle(
            hub,
            till.ledger,
            till.catalogue,
            self.clock,
            app_version="1",
            hub_id=pairing.hub_id,
            on_status=self.told.append,
            on_catalogue=lambda _change: None,
            recovery=JournalRecovery(till.ledger, self._on_read_back),
            checking=Checking(Sweep(hub, till.catalogue, self.clock), lambda: 0.0),
            settings=settings,
            backoff=Backoff(chance=lambda: 1.0),
            monotonic=monotonic,
        )

    def hang_up(self) -> None:
        """The next round begins as after a start."""
        if self._cycle is not None:
            self._cycle.stop()
            self._cycle.end()
            self._cycle = None

    def round(self) -> SyncStatus:
        self.cycle.run()
        return self.cycle.status

    def told_codes(self) -> set[str]:
        return {status.error_code for status in self.told if status.error_code}

    def settle(self) -> None:
        """Rounds until all is sent and read; a wait is not waited for."""
        for _ in range(MOST_ROUNDS):
            wait = self.cycle.run()
            status = self.cycle.status
            is_done = status.state is LinkState.ONLINE and not status.error_code and wait.full_s > 0
            if is_done and self.till.ledger.unsent().entries == 0:
                return
        raise AssertionError(f"still not settled after {MOST_ROUNDS} rounds: {self.cycle.status}")


@contextmanager
def open_lane(
    folder: Path, site: HubSite, clock: Clock | None = None, *, is_paired: bool = True
) -> Iterator[Lane]:
    """Paired, its catalogue read, and the day begun."""
    with Lane(folder, site, clock) as lane:
        if is_paired:
            lane.pair()
            lane.settle()
            lane.begin_day()
        yield lane
