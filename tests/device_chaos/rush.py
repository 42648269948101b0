"""The real till, without its window, sells as fast as it can with every device of the counter attached."""

import queue
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random

import msgspec
import pytest

from hardware.addresses import TcpAddress, parse_address
from hardware.printers.receipt_printer import Patience
from hardware.terminals.zvt import ZvtTerminal
from hardware.terminals.zvt_link import ZvtTimes
from tests.device_chaos.peers import CounterPeers
from tests.services.counter import CASHIER_PIN, CHEDDAR, MILK, an_item, open_counter
from till_app.bootstrap import Listeners, Till
from till_app.devices import drawer_kicks, printer_worker, standing
from till_app.devices.centre import DeviceNeeds
from till_app.devices.terminal_worker import FindSecret
from till_app.domain.errors import DomainError
from till_app.services.device_settings import (
    DeviceSettings,
    DisplaySettings,
    DrawerSettings,
    PrinterSettings,
    ScaleSettings,
    ScannerSettings,
    TerminalSettings,
)
from till_app.services.device_status import CustomerMoment, DrawerEvent, DrawerNews, ScanHeard
from till_app.services.ports import JobState
from till_app.till_files import TillFiles

EGGS = an_item("eggs", "Free-range eggs 6", 210, barcodes=("5000168001128",))
IMPATIENT = Patience(status_s=0.3, shortest_write_s=0.3, shortest_print_s=0.4, print_line_s=0)
QUICK = ZvtTimes(connect_s=1.0, acknowledge_s=0.3, short_s=0.3, cardholder_s=0.5)
RETRY_S = 0.1
KICK_LIFE_S = 1.0
"""Of the drawer's, shorter than the real one as the troubles are."""
SETTLES_WITHIN_S = 30.0
GIVEN_MINOR = 5_000
ENDS_OF_A_KICK = (DrawerNews.KICKED, DrawerNews.DROPPED_LATE, DrawerNews.FAILED)


class ImpatientTill(Till):
    """As the program has it, with drivers that wait as long as a loopback needs."""

    def _device_needs(self, find_secret: FindSecret) -> DeviceNeeds:
        needs = super()._device_needs(find_secret)
        return replace(
            needs,
            printing_files=replace(needs.printing_files, patience=IMPATIENT),
            open_terminal=lambda settings, _secret: ZvtTerminal(
                _tcp(settings.address), memory=self._files.terminal_memory, times=QUICK
            ),
        )


def _tcp(address: str) -> TcpAddress:
    parsed = parse_address(address)
    assert isinstance(parsed, TcpAddress)
    return parsed


@contextmanager
def impatient_workers() -> Iterator[None]:
    """Pauses between two tries and the life of a drawer's kick become short, too."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(printer_worker, "FIRST_RETRY_S", RETRY_S)
        patched.setattr(printer_worker, "LONGEST_RETRY_S", 4 * RETRY_S)
        for module in (drawer_kicks, standing):
            patched.setattr(module, "KICK_LIFE_S", KICK_LIFE_S)
        yield


def settings_for(peers: CounterPeers, *, display_behind_printer: bool = False) -> DeviceSettings:
    return DeviceSettings(
        printer=PrinterSettings(peers.receipts.address),
        fallback_printer=PrinterSettings(peers.fallback.address),
        drawer=DrawerSettings(opens_when_change_due=True),
        scanners=tuple(ScannerSettings(address=scanner.address) for scanner in peers.scanners),
        scale=ScaleSettings("nci", peers.scale.address),
        display=DisplaySettings("dm_d", through_printer=True)
        if display_behind_printer
        else DisplaySettings("cd5220", peers.pole.address),
        terminal=TerminalSettings("zvt", peers.terminal.address),
    )


def prepare(folder: Path) -> TillFiles:
    """A till's files with a small shop in them."""
    folder.mkdir(parents=True)
    with open_counter(folder) as counter:
        counter.catalogue.apply([EGGS], "epoch:2")
    return TillFiles(folder)


@dataclass
class Rush:
    """One thread sells: it is the GUI thread of this till."""

    till: Till
    peers: CounterPeers | None
    scans: queue.SimpleQueue[ScanHeard]
    payments: queue.SimpleQueue[object]
    drawer_events: list[DrawerEvent]
    rung_up: dict[str, int] = field(default_factory=dict)
    """What each sale cost, by its receipt number."""
    kicks_asked_at: list[float] = field(default_factory=list)
    heard: list[ScanHeard] = field(default_factory=list)
    delays_ms: list[float] = field(default_factory=list)
    """Of each sale what the cashier waited for: each step on this thread, but not the card."""
    _spent_s: float = 0.0

    def begin_day(self) -> None:
        services = self.till.services
        member = next(member for member in services.sign_on.staff() if member.name == "Aisha")
        services.sign_on.sign_on(member.staff_id, CASHIER_PIN)
        services.cash_control.open_session(10_000)
        self.till.devices.scale.watch(True)

    def sell(self, *, by_card: bool = False) -> str:
        """Milk, what the scanners heard meanwhile, and cheese by the scale's weight if it has one."""
        services, view = self.till.services, self.till.services.customer_view
        self._spent_s = 0.0

        def ring_up() -> None:
            view.stage(CustomerMoment.SELLING)
            services.selling.pick(MILK)
            while not self.scans.empty():
                heard = self.scans.get()
                self.heard.append(heard)
                services.selling.scan(heard.text)
            live = self.till.devices.scale.latest()
            services.selling.pick(CHEDDAR, live.weight_grams if live.can_be_taken else 412)
            self.till.devices.scale.used(live.number)
            view.changed()
            view.stage(CustomerMoment.PAYING)

        self._timed(ring_up)
        if by_card:
            self._pay_by_card()
        receipt = self._timed(self._complete)
        self.delays_ms.append(self._spent_s * 1_000)
        if self.peers is not None:
            self.peers.receipts.close_drawer()
        return receipt

    def _complete(self) -> str:
        services = self.till.services
        total_minor = services.checkout.total_minor
        if services.checkout.balance_minor:
            services.checkout.pay_cash(services.checkout.balance_minor + GIVEN_MINOR)
        receipt = services.checkout.complete().sale.receipt_number
        services.customer_view.stage(CustomerMoment.DONE)
        self.rung_up[receipt] = total_minor
        return receipt

    def _timed(self, step: "Callable[[], str | None]") -> str:
        began = time.perf_counter()
        done = step()
        self._spent_s += time.perf_counter() - began
        return done or ""

    def _pay_by_card(self) -> None:
        """Until the till knows what became of it; a person presses "ask again" now and then."""
        cards = self.till.services.card_payments
        try:
            cards.begin_purchase(self.till.services.checkout.balance_minor)
        except DomainError:
            return
        end = time.monotonic() + SETTLES_WITHIN_S
        while cards.pending is not None:
            try:
                cards.heard(self.payments.get(timeout=0.2))
            except queue.Empty:
                cards.ask_now()
            assert time.monotonic() < end, f"nobody knows what became of {cards.pending}"

    @property
    def last_lines(self) -> tuple[str, str]:
        """What a customer display must show after the last sale."""
        change = f"£{GIVEN_MINOR / 100:.2f}"
        return f"Change{change:>14}", "Thank you"

    def change_settings(self) -> None:
        """As the installer does: narrower paper, or wider again, and other words on the display."""
        settings = self.till.devices.settings()
        columns = 32 if settings.printer.columns == 42 else 42
        self.till.devices.use(
            msgspec.structs.replace(
                settings,
                printer=msgspec.structs.replace(settings.printer, columns=columns),
                display=msgspec.structs.replace(settings.display, idle_text=f"{columns} columns"),
            )
        )

    def settle(self) -> None:
        """Until every print job has come to its end or waits for an answer; raises AssertionError.

        Somebody does something about a printer that has stopped after two broken receipts.
        """
        end = time.monotonic() + SETTLES_WITHIN_S
        while any(job.state is not JobState.UNCONFIRMED for job in self.till.ledger.open_jobs()) or len(
            [event for event in self.drawer_events if event.news in ENDS_OF_A_KICK]
        ) < len(self.kicks_asked_at):
            assert time.monotonic() < end, [(job.title, job.state) for job in self.till.ledger.open_jobs()]
            if any(job.state is JobState.WAITING for job in self.till.ledger.open_jobs()):
                self.till.devices.printing.print_held()
            self.go_on()

    def wait_for_display(self, *, is_behind_printer: bool) -> None:
        """Until it shows what came last."""
        assert self.peers is not None
        if not is_behind_printer:
            self.peers.pole.wait_for(self.last_lines, SETTLES_WITHIN_S)
            return
        end = time.monotonic() + SETTLES_WITHIN_S
        while self.peers.lines_behind_printer != self.last_lines:
            assert time.monotonic() < end, f"it shows {self.peers.lines_behind_printer}"
            self.go_on()

    def go_on(self) -> None:
        """Let a moment pass."""
        threading.Event().wait(0.02)


@contextmanager
def open_rush(folder: Path, settings: DeviceSettings, peers: CounterPeers | None = None) -> Iterator[Rush]:
    """Signed on with the day open; everything of the till is ended with it."""
    scans: queue.SimpleQueue[ScanHeard] = queue.SimpleQueue()
    payments: queue.SimpleQueue[object] = queue.SimpleQueue()
    drawer_events: list[DrawerEvent] = []
    till = ImpatientTill(
        prepare(folder),
        settings,
        Listeners(on_scan=scans.put, on_payment=payments.put, on_drawer=drawer_events.append),
    )
    rush = Rush(till, peers, scans, payments, drawer_events)
    plain_open = till.devices.printing.open

    def noted_open(opening: object) -> None:
        rush.kicks_asked_at.append(time.monotonic())
        plain_open(opening)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(till.devices.printing, "open", noted_open)
        try:
            till.start()
            rush.begin_day()
            yield rush
        finally:
            till.close()


def sell_in_a_rush(rush: Rush, sales: int, chance: Random) -> None:
    for _ in range(sales):
        rush.sell(by_card=chance.random() < 0.03)
