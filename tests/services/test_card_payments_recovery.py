"""A till that lost its ledger takes its card payments back from the journal, and asks about the open ones."""

from dataclasses import replace
from pathlib import Path

from hardware.terminals.simulated import Behaviour, SimulatedTerminal
from tests.services.card_counter import CardCounter, open_card_counter
from till_app.services.ports import PaymentAttempt, PaymentState
from till_app.services.recovery import JournalRecovery
from till_app.store.ledger import SqliteLedger


def taken_back(till: CardCounter, folder: Path) -> SqliteLedger:
    """A new ledger with nothing but the journal of the other one; to be closed."""
    ledger = SqliteLedger(folder / "again.sqlite")
    identity = till.ledger.identity()
    assert identity is not None
    ledger.set_identity(identity)
    JournalRecovery(ledger).take_back(till.ledger.entries_after(0, 999, 10**9), acknowledged=True)
    return ledger


def as_journalled(attempt: PaymentAttempt | None) -> PaymentAttempt:
    """Without what no entry says: what the terminal printed, and the exact moment of the end."""
    assert attempt is not None
    return replace(attempt, customer_copy="", ended_at=None)


def test_payments_are_as_they_were(tmp_path: Path) -> None:
    terminal = SimulatedTerminal(Behaviour.DECLINE)
    with open_card_counter(tmp_path, terminal) as till:
        till.ring_up(2)
        declined = till.cards.begin_purchase(330)
        till.hear_the_end()
        terminal.behaviour = Behaviour.APPROVE
        part = till.cards.begin_purchase(100)
        till.hear_the_end()
        reversal = till.cards.begin_reversal(part.attempt_id)
        till.hear_the_end()
        paid = till.cards.begin_purchase(330)
        till.hear_the_end()
        till.counter.services.checkout.complete()
        again = taken_back(till, tmp_path)
        try:
            for attempt in (declined, part, reversal, paid):
                assert as_journalled(again.payment(attempt.attempt_id)) == as_journalled(
                    till.ledger.payment(attempt.attempt_id)
                )
            assert again.open_payments() == []
            assert again.payments_without_sale() == []
        finally:
            again.close()


def test_what_was_open_is_open_again_and_money_whose_sale_is_lost_is_told(tmp_path: Path) -> None:
    terminal = SimulatedTerminal()
    with open_card_counter(tmp_path, terminal) as till:
        till.ring_up(2)
        paid = till.cards.begin_purchase(100)
        till.hear_the_end()
        terminal.behaviour, terminal.can_query = Behaviour.LOST_AFTER_APPROVAL, False
        unknown = till.cards.begin_purchase(230)
        till.hear_of_trouble()
        again = taken_back(till, tmp_path)
        try:
            (found,) = again.open_payments()
            assert (found.attempt_id, found.state) == (unknown.attempt_id, PaymentState.UNKNOWN)
            assert [each.attempt_id for each in again.payments_without_sale()] == [paid.attempt_id]
        finally:
            again.close()
