"""A counter with a card terminal: the real worker in its thread; this thread hears its news when it asks."""

import queue
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from hardware.terminals.simulated import SimulatedTerminal
from hardware.terminals.terminal import CardTerminal
from tests.services.counter import ShopCounter, open_counter
from till_app.devices.terminal_opening import OpenTerminal
from till_app.devices.terminal_worker import TerminalWorker
from till_app.services.card_payments import CardPayments
from till_app.services.device_settings import TerminalSettings
from till_app.services.device_status import DeviceHealth
from till_app.services.payment_views import PendingPayment
from till_app.services.ports import PaymentAttempt
from till_app.store.ledger import SqliteLedger
from till_app.wire.bodies import CardPaymentBody, Kind

MILK = "5000128104517"
PATIENCE_S = 20.0
"""Only a test that fails waits so long."""


@dataclass
class CardCounter:
    counter: ShopCounter
    worker: TerminalWorker
    news: queue.Queue[object]
    heard: list[object] = field(default_factory=list)
    health: list[DeviceHealth] = field(default_factory=list)

    @property
    def cards(self) -> CardPayments:
        return self.counter.services.card_payments

    @property
    def ledger(self) -> SqliteLedger:
        return self.counter.ledger

    def hear(self, until: Callable[[], bool]) -> None:
        """Take the worker's news, in order, as the window does."""
        while not until():
            news = self.news.get(timeout=PATIENCE_S)
            self.heard.append(news)
            self.cards.heard(news)

    def hear_the_end(self) -> PaymentAttempt:
        """Until the payment begun last is known to be over."""
        self.hear(lambda: self.cards.pending is None)
        ended = self.cards.last_ended
        assert ended is not None
        return ended.attempt

    def hear_of_trouble(self) -> PendingPayment:
        """Until nobody knows what became of it."""

        def is_told() -> bool:
            question = self.pending.question
            return self.pending.phase == "unknown" and question is not None and not question.is_asking

        self.hear(is_told)
        return self.pending

    @property
    def pending(self) -> PendingPayment:
        pending = self.cards.pending
        assert pending is not None
        return pending

    @property
    def tenders(self) -> list[tuple[str, int]]:
        return [(tender.kind.value, tender.amount_minor) for tender in self.counter.services.selling.tenders]

    def ring_up(self, quantity: int = 2) -> None:
        """Milk at £1.65 each, to be paid."""
        self.counter.services.selling.scan(MILK, quantity * 1000)

    def card_entries(self) -> list[str]:
        """Purpose and state of each, in the order of the journal."""
        return [f"{body.purpose} {body.state}" for body in card_bodies(self.ledger)]


def card_bodies(ledger: SqliteLedger) -> list[CardPaymentBody]:
    return [
        msgspec.json.decode(entry.body, type=CardPaymentBody)
        for entry in ledger.entries_after(0, 9999, 10**9)
        if entry.kind == Kind.CARD_PAYMENT
    ]


@contextmanager
def open_card_counter(
    folder: Path,
    terminal: CardTerminal,
    *,
    ask_again_s: Sequence[float] = (0.0, 0.01, 30.0),
    stop_within_s: float = 5.0,
    settings: TerminalSettings | None = None,
    open_terminal: OpenTerminal | None = None,
    on_payment: Callable[[object], None] | None = None,
    on_health: Callable[[DeviceHealth], None] | None = None,
    is_started: bool = True,
    prepare: Callable[[ShopCounter], None] = lambda _counter: None,
) -> Iterator[CardCounter]:
    """Signed on, with the day open; what earlier ones left in the folder is found."""
    news: queue.Queue[object] = queue.Queue()
    health: list[DeviceHealth] = []
    workers: list[TerminalWorker] = []

    def make_worker(ledger: SqliteLedger) -> TerminalWorker:
        worker = TerminalWorker(
            settings or TerminalSettings(kind="simulated"),
            lambda _name: None,
            open_terminal or (lambda _settings, _secret: terminal),
            ledger.open_payments,
            on_payment or news.put,
            on_health or health.append,
            ask_again_s=ask_again_s,
            stop_within_s=stop_within_s,
        )
        workers.append(worker)
        return worker

    with open_counter(folder, terminal=make_worker) as counter:
        prepare(counter)
        counter.sign_on()
        if counter.services.workplace.session is None:
            counter.services.cash_control.open_session(10_000)
        (worker,) = workers
        if is_started:
            worker.start()
        try:
            yield CardCounter(counter, worker, news, health=health)
        finally:
            worker.stop()


def moved_minor(terminal: SimulatedTerminal) -> int:
    """The terminal's own truth: from customers to the shop, less what went back."""
    return sum(entry.moved_minor for entry in terminal.transactions)
