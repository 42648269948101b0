"""Whatever happens at the terminal and in whatever order: the till has what the terminal's book has."""

from pathlib import Path
from random import Random

import pytest

from hardware.terminals.simulated import Behaviour, SimulatedTerminal
from tests.services.card_counter import CardCounter, moved_minor, open_card_counter
from till_app.domain.tender import TenderKind
from till_app.services.ports import PaymentState

ACTIONS_A_RUN = 12
RUNS = 3
"""Between two of them the till is closed, in the middle of whatever it did."""
QUICK = [behaviour for behaviour in Behaviour if behaviour is not Behaviour.WAIT]


@pytest.mark.parametrize("seed", range(4))
def test_the_till_has_what_the_terminal_took(tmp_path: Path, seed: int) -> None:
    random = Random(seed)
    terminal = SimulatedTerminal()
    for _run in range(RUNS):
        with open_card_counter(tmp_path, terminal) as till:
            terminal.behaviour = Behaviour.APPROVE
            settle(till, terminal, random)
            for _action in range(ACTIONS_A_RUN):
                act(till, terminal, random)
                settle(till, terminal, random)
                assert card_minor(till) == moved_minor(terminal)
            begin_something(till, terminal, random)
    with open_card_counter(tmp_path, terminal) as till:
        terminal.behaviour = Behaviour.APPROVE
        settle(till, terminal, random)
        assert card_minor(till) == moved_minor(terminal)
        assert len(till.ledger.latest_sales(99)) > 1


def card_minor(till: CardCounter) -> int:
    in_sales = [tender for sale in till.ledger.latest_sales(99) for tender in sale.tenders]
    tenders = (*till.counter.services.selling.tenders, *in_sales)
    by_card = sum(tender.amount_minor for tender in tenders if tender.kind is TenderKind.CARD)
    return by_card + sum(payment.approved_minor for payment in till.cards.without_sale)


def act(till: CardCounter, terminal: SimulatedTerminal, random: Random) -> None:
    """Pay something by card, take the last card payment back, or finish in cash."""
    begin_something(till, terminal, random)
    if random.random() < 0.4:
        settle(till, terminal, random)
        checkout = till.counter.services.checkout
        if checkout.balance_minor > 0:
            checkout.pay_cash(checkout.balance_minor)
        checkout.complete()


def begin_something(till: CardCounter, terminal: SimulatedTerminal, random: Random) -> None:
    terminal.behaviour = random.choice(QUICK)
    terminal.can_query = random.random() < 0.7
    selling, checkout = till.counter.services.selling, till.counter.services.checkout
    if not selling.is_open or checkout.balance_minor == 0:
        till.ring_up(random.randint(1, 3))
    by_card = [tender for tender in selling.tenders if till.cards.at_terminal(tender.tender_id) is not None]
    if by_card and terminal.behaviour is not Behaviour.PARTIAL and random.random() < 0.3:
        till.cards.begin_reversal(by_card[-1].tender_id)
    else:
        till.cards.begin_purchase(random.randint(1, checkout.balance_minor))
    if random.random() < 0.2:
        till.cards.cancel()


def settle(till: CardCounter, terminal: SimulatedTerminal, random: Random) -> None:
    """By the terminal's own answer, or by a person who looked at it."""

    def is_told() -> bool:
        pending = till.cards.pending
        question = pending.question if pending is not None else None
        return pending is None or (
            pending.phase == "unknown" and question is not None and not question.is_asking
        )

    till.hear(is_told)
    pending = till.cards.pending
    if pending is None:
        return
    entry = next(
        (each for each in terminal.transactions if each.reference == pending.attempt.reference), None
    )
    if random.random() < 0.5:
        moved = entry is not None and entry.approved_minor == pending.attempt.amount_minor
        is_partly = entry is not None and 0 < entry.approved_minor < pending.attempt.amount_minor
        if not is_partly:
            till.cards.settle_by_hand(pending.attempt.attempt_id, moved=moved)
            return
    terminal.behaviour, terminal.can_query = Behaviour.APPROVE, True
    till.cards.ask_now()
    till.hear(lambda: till.cards.pending is None)
    ended = till.cards.last_ended
    assert ended is not None
    assert (ended.attempt.state is PaymentState.APPROVED) == (entry is not None and entry.approved_minor > 0)
