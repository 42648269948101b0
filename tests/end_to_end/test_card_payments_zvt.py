"""Card payments from the basket to a ZVT terminal over a real socket, judged by the terminal's own book."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hardware.addresses import TcpAddress
from hardware.simulated.zvt_terminal import CARD, LinkFault, SimulatedZvtTerminal, ZvtOutcome, ZvtScript
from hardware.terminals.zvt import ZvtTerminal
from hardware.terminals.zvt_link import ZvtTimes
from tests.services.card_counter import CardCounter, card_bodies, open_card_counter
from till_app.services.device_status import PaymentAnswer
from till_app.services.ports import JobState, PaymentState

QUICK = ZvtTimes(connect_s=2.0, acknowledge_s=0.3, short_s=0.3, cardholder_s=0.4)
ALL_MESSAGES = range(14)
"""Of a payment's connection, and some more."""


def driver(peer: SimulatedZvtTerminal, memory: Path) -> ZvtTerminal:
    return ZvtTerminal(TcpAddress(peer.host, peer.port), memory=memory, times=QUICK)


@contextmanager
def a_terminal(script: ZvtScript | None = None) -> Iterator[SimulatedZvtTerminal]:
    """One that has been used before: a payment is proven by what came after the one before it."""
    with SimulatedZvtTerminal(script) as peer:
        peer.key_by_hand(500)
        yield peer


def moved_minor(peer: SimulatedZvtTerminal) -> int:
    """Since then."""
    return sum(entry.moved_minor for entry in peer.transactions[1:])


def card_minor(till: CardCounter) -> int:
    """In the open basket and in sales."""
    in_sales = [tender for sale in till.ledger.latest_sales(9) for tender in sale.tenders]
    tenders = (*till.counter.services.selling.tenders, *in_sales)
    return sum(tender.amount_minor for tender in tenders if tender.kind.value == "card")


@pytest.mark.parametrize(
    ("outcome", "state", "taken_minor"),
    [
        (ZvtOutcome.APPROVE, PaymentState.APPROVED, 330),
        (ZvtOutcome.PARTIAL, PaymentState.APPROVED, 165),
        (ZvtOutcome.DECLINE, PaymentState.DECLINED, 0),
        (ZvtOutcome.ABORT, PaymentState.ABORTED, 0),
        (ZvtOutcome.BUSY, PaymentState.NOT_SENT, 0),
    ],
)
def test_what_the_terminal_says_is_what_the_basket_has(
    tmp_path: Path, outcome: ZvtOutcome, state: PaymentState, taken_minor: int
) -> None:
    with (
        a_terminal(ZvtScript(outcome)) as peer,
        open_card_counter(tmp_path, driver(peer, tmp_path / "zvt.json")) as till,
    ):
        till.ring_up(2)
        till.cards.begin_purchase(330)
        assert till.hear_the_end().state is state
        assert card_minor(till) == moved_minor(peer) == taken_minor


@pytest.mark.parametrize("goes_on_alone", [True, False], ids=["goes on alone", "gives up"])
@pytest.mark.parametrize("message", ALL_MESSAGES)
def test_a_link_that_breaks_at_any_message_neither_loses_money_nor_takes_it_twice(
    tmp_path: Path, message: int, goes_on_alone: bool
) -> None:
    broken = ZvtScript(fault_at=message, fault=LinkFault.RESET, goes_on_alone=goes_on_alone)
    with (
        a_terminal(broken) as peer,
        open_card_counter(
            tmp_path, driver(peer, tmp_path / "zvt.json"), ask_again_s=(0.05, 0.01, 30.0)
        ) as till,
    ):
        till.ring_up(2)
        till.cards.begin_purchase(330)
        till.hear(lambda: isinstance(till.heard[-1] if till.heard else None, PaymentAnswer))
        peer.script = ZvtScript()
        till.hear(lambda: till.cards.pending is None)
        assert card_minor(till) == moved_minor(peer)
        finish(till)
        assert card_minor(till) == moved_minor(peer), "finishing the sale charged nothing again"


def finish(till: CardCounter) -> None:
    checkout = till.counter.services.checkout
    if checkout.balance_minor:
        till.cards.begin_purchase(checkout.balance_minor)
        assert till.hear_the_end().state is PaymentState.APPROVED
    assert checkout.complete().sale.total_minor == 330


def test_a_payment_is_taken_back_at_the_terminal_by_its_number(tmp_path: Path) -> None:
    with (
        a_terminal() as peer,
        open_card_counter(tmp_path, driver(peer, tmp_path / "zvt.json")) as till,
    ):
        till.ring_up(2)
        paid = till.cards.begin_purchase(330)
        till.hear_the_end()
        till.cards.begin_reversal(paid.attempt_id)
        assert till.hear_the_end().state is PaymentState.APPROVED
        assert card_minor(till) == moved_minor(peer) == 0


def test_a_till_that_was_stopped_during_a_payment_asks_the_terminal_when_it_starts(tmp_path: Path) -> None:
    with a_terminal(ZvtScript(ZvtOutcome.WAIT)) as peer:
        with open_card_counter(tmp_path, driver(peer, tmp_path / "zvt.json")) as till:
            till.ring_up(2)
            till.cards.begin_purchase(330)
            peer.wait_for_customer()
        peer.script = ZvtScript()
        with open_card_counter(tmp_path, driver(peer, tmp_path / "zvt.json")) as till:
            assert [attempt.state for attempt in till.ledger.open_payments()] == [PaymentState.STARTED]
            till.hear(lambda: till.cards.pending is None)
            assert card_minor(till) == moved_minor(peer) == 0
            finish(till)
            assert moved_minor(peer) == 330


def test_no_card_number_is_kept_or_printed_or_logged_though_the_terminal_sends_it(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The terminal sends a full number in its fields and on its slips, as careless ones do."""
    caplog.set_level("DEBUG")
    with a_terminal() as peer:
        with open_card_counter(tmp_path, driver(peer, tmp_path / "zvt.json")) as till:
            till.ring_up(2)
            till.cards.begin_purchase(330)
            till.hear_the_end()
            sale = till.counter.services.checkout.complete().sale
            receipt = till.counter.services.receipts.receipt(sale)
            assert CARD[-4:].encode() in receipt
            slips = [job.document for job in till.ledger.open_jobs() if job.state is JobState.QUEUED]
            assert len(slips) == 2
            assert card_bodies(till.ledger)[-1].scheme
            till.ledger.checkpoint()
        sent = b"".join(message for _is_tills, message in peer.transcript)
    assert CARD.encode() in sent or bytes.fromhex(CARD) in sent, "the terminal did send it"
    kept = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert any(path.name == "ledger.sqlite" for path in kept)
    for text in (CARD, " ".join(CARD[at : at + 4] for at in range(0, 16, 4))):
        assert all(text.encode() not in path.read_bytes() for path in kept)
        assert text not in caplog.text
        assert text.encode() not in receipt
