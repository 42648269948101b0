"""`kill -9` in and after every transaction and at every moment of the terminal: judged by its own book.

`python -m tests.end_to_end` kills at every statement.
"""

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from hardware.terminals.simulated import SimulatedTerminal
from tests.end_to_end.dying_payments import PLANS, TERMINAL_BOOK
from tests.services.card_counter import CardCounter, card_bodies, moved_minor, open_card_counter
from till_app.domain.ids import receipt_number
from till_app.domain.tender import TenderKind

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no kill -9")

NO_MONEY = frozenset(("declined", "aborted", "not_sent"))


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for each plan and step, as the killed till left it."""
    return kill_all(tmp_path_factory.mktemp("killed"))


@pytest.mark.timeout(240)
@pytest.mark.parametrize("plan", PLANS)
def test_killed_anywhere_the_till_has_what_the_terminal_took_and_takes_it_once(
    killed: Path, plan: str
) -> None:
    judge_all(killed, plan)


def kill_all(base: Path, *, every: bool = False) -> Path:
    """At one step of each kind, or at every step; returns the folder with what the dead left."""
    (base / "prepared").mkdir()
    (base / "copies").mkdir()
    with open_card_counter(base / "prepared", SimulatedTerminal()) as till:
        till.ring_up(2)
    arguments = [str(base / "prepared"), str(base / "copies"), *(["--every"] if every else [])]
    subprocess.run(
        [sys.executable, "-m", "tests.end_to_end.dying_payments", *arguments], check=True, timeout=500
    )
    return base / "copies"


def judge_all(killed: Path, plan: str) -> Counter[str]:
    """How many restarts had to ask the terminal, and how many knew."""
    outcomes: Counter[str] = Counter()
    for folder in sorted(killed.glob(f"{plan}-*")):
        terminal = SimulatedTerminal(memory=folder / TERMINAL_BOOK)
        with open_card_counter(folder, terminal) as till:
            open_before = till.ledger.open_payments()
            till.hear(lambda till=till: till.cards.pending is None)  # type: ignore[misc]
            outcomes["asked" if open_before else "known"] += 1
            judge(till, terminal)
    assert outcomes["asked"] > 3, outcomes
    assert outcomes["known"] > 3, outcomes
    return outcomes


def judge(till: CardCounter, terminal: SimulatedTerminal) -> None:
    in_basket = till.counter.services.selling.tenders
    in_sales = [tender for sale in till.ledger.latest_sales(9) for tender in sale.tenders]
    by_card = sum(t.amount_minor for t in (*in_basket, *in_sales) if t.kind is TenderKind.CARD)
    assert moved_minor(terminal) == by_card
    assert till.cards.without_sale == ()
    last_states = {body.reference: body.state for body in card_bodies(till.ledger)}
    for entry in terminal.transactions:
        assert entry.reference in last_states, "the terminal knows of a payment that is not on record"
        assert not (entry.approved_minor and last_states[entry.reference] in NO_MONEY)
    finish(till)
    assert moved_minor(terminal) == by_card, "finishing the sale charged nothing again"


def finish(till: CardCounter) -> None:
    """What is left is paid in cash: no number is lost or used twice."""
    checkout = till.counter.services.checkout
    if till.counter.services.selling.is_open:
        if checkout.balance_minor:
            checkout.pay_cash(checkout.balance_minor)
        checkout.complete()
    (sale,) = till.ledger.latest_sales(9)
    assert sale.receipt_number == receipt_number("2", 1)
    assert sale.total_minor == 330
