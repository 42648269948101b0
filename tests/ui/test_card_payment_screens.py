"""Paying at the till's own card terminal: what is shown, what the keys do, and that nothing is guessed."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from hardware.terminals.simulated import Behaviour, SimulatedTerminal
from tests.conftest import ExpectedLogs
from tests.services.card_counter import moved_minor
from tests.services.counter import MANAGER_PIN, MORAG
from tests.ui.card_till import MILK, CardTill, open_card_till
from till_app.domain.tender import TenderKind
from till_app.services.ports import PaymentState
from till_app.ui.panels.question import QuestionPanel
from till_app.ui.panels.receipt import ReceiptPanel
from till_app.ui.shell import ScreenName
from till_app.ui.terminal_words import TERMINAL_PILL

Key = Qt.Key


def unanswering() -> SimulatedTerminal:
    """Takes the money and tells nobody."""
    terminal = SimulatedTerminal(Behaviour.LOST_AFTER_APPROVAL)
    terminal.can_query = False
    return terminal


def settle_unknown(card: CardTill, key: Qt.Key) -> None:
    card.wait_for_page(card.screen.unknown)
    card.till.press(key)
    card.till.panel(QuestionPanel)
    card.till.press(key)
    assert card.till.is_on(ScreenName.CARD_PAYMENT), "the same key twice settles nothing"
    card.till.press(Key.Key_F10)


def test_an_approved_card_completes_the_sale_by_itself(tmp_path: Path, qtbot: QtBot) -> None:
    with open_card_till(tmp_path, qtbot, SimulatedTerminal()) as card:
        card.pay_by_card()
        card.wait_for(ScreenName.SALE_DONE)
        (sale,) = card.cards.ledger.latest_sales(1)
        assert [(tender.kind, tender.amount_minor) for tender in sale.tenders] == [(TenderKind.CARD, 330)]


def test_the_terminals_words_are_shown_and_escape_gives_up(tmp_path: Path, qtbot: QtBot) -> None:
    with open_card_till(tmp_path, qtbot, SimulatedTerminal(Behaviour.WAIT)) as card:
        card.pay_by_card()
        card.wait_for_page(card.screen.waiting)
        qtbot.waitUntil(lambda: card.screen.waiting.said.text() == "Insert card")
        assert card.screen.waiting.amount.text == "£3.30"
        card.till.press(Key.Key_Escape)
        card.wait_for(ScreenName.TENDER)
        assert "no money was taken" in card.till.message
        assert card.cards.tenders == []


def test_a_scan_while_the_terminal_has_the_card_is_refused_in_words(tmp_path: Path, qtbot: QtBot) -> None:
    with open_card_till(tmp_path, qtbot, SimulatedTerminal(Behaviour.WAIT)) as card:
        card.pay_by_card(MILK)
        card.wait_for_page(card.screen.waiting)
        card.till.scan(MILK)
        assert "Not added" in card.till.message
        assert len(card.cards.counter.services.selling.lines) == 1


@pytest.mark.parametrize(
    ("behaviour", "title"),
    [
        (Behaviour.DECLINE, "Declined"),
        (Behaviour.ABORT, "Cancelled"),
        (Behaviour.UNREACHABLE, "The terminal did not begin"),
    ],
)
def test_what_did_not_go_through_says_why_and_offers_the_card_again(
    tmp_path: Path, qtbot: QtBot, behaviour: Behaviour, title: str
) -> None:
    with open_card_till(tmp_path, qtbot, SimulatedTerminal(behaviour)) as card:
        card.pay_by_card()
        card.wait_for_page(card.screen.ended)
        assert card.screen.ended.title.text() == title
        assert card.screen.ended.detail.text() == "No money was taken."
        card.till.scan(MILK)
        assert card.till.message.startswith("Not added: no money was taken yet")
        card.terminal.behaviour = Behaviour.APPROVE
        card.till.press(Key.Key_Return)
        card.wait_for(ScreenName.SALE_DONE)


def test_a_declined_card_leads_back_to_other_ways_to_pay(tmp_path: Path, qtbot: QtBot) -> None:
    with open_card_till(tmp_path, qtbot, SimulatedTerminal(Behaviour.DECLINE)) as card:
        card.pay_by_card()
        card.wait_for_page(card.screen.ended)
        card.till.press(Key.Key_Escape)
        assert card.till.is_on(ScreenName.TENDER)
        card.till.press(Key.Key_Return)
        assert card.till.is_on(ScreenName.SALE_DONE)


def test_a_part_of_the_amount_leaves_the_rest_on_the_payment_screen(tmp_path: Path, qtbot: QtBot) -> None:
    with open_card_till(tmp_path, qtbot, SimulatedTerminal(Behaviour.PARTIAL)) as card:
        card.pay_by_card()
        card.wait_for(ScreenName.TENDER)
        assert "£1.65 was approved" in card.till.message


@pytest.mark.parametrize(("key", "state"), [(Key.Key_F8, "taken"), (Key.Key_F9, "not taken")])
def test_what_nobody_knows_a_person_says_after_a_second_look(
    tmp_path: Path, qtbot: QtBot, key: Qt.Key, state: str
) -> None:
    with open_card_till(tmp_path, qtbot, unanswering()) as card:
        card.pay_by_card()
        card.wait_for_page(card.screen.unknown)
        assert card.screen.unknown.title.text() == "We do not know whether £3.30 was taken"
        qtbot.waitUntil(card.screen.unknown.ask.isHidden)
        card.till.press(Key.Key_Return)
        card.till.press(Key.Key_Escape)
        assert card.till.is_on(ScreenName.CARD_PAYMENT), "no key leaves it but an answer"
        settle_unknown(card, key)
        if state == "taken":
            assert card.till.is_on(ScreenName.SALE_DONE)
        else:
            assert card.till.is_on(ScreenName.TENDER)
            assert card.cards.tenders == []


def test_looking_again_keeps_the_question(tmp_path: Path, qtbot: QtBot) -> None:
    with open_card_till(tmp_path, qtbot, unanswering()) as card:
        card.pay_by_card()
        card.wait_for_page(card.screen.unknown)
        card.till.press(Key.Key_F8)
        card.till.press(Key.Key_Escape)
        assert card.till.is_on(ScreenName.CARD_PAYMENT)
        assert card.cards.pending.attempt.state is PaymentState.UNKNOWN


def test_the_answer_of_the_terminal_ends_the_question_by_itself(tmp_path: Path, qtbot: QtBot) -> None:
    with open_card_till(tmp_path, qtbot, unanswering()) as card:
        card.pay_by_card()
        card.wait_for_page(card.screen.unknown)
        qtbot.waitUntil(card.screen.unknown.ask.isHidden)
        card.till.press(Key.Key_F9)
        card.till.panel(QuestionPanel)
        card.terminal.can_query = True
        card.cards.cards.ask_now()
        card.wait_for(ScreenName.SALE_DONE)
        assert not card.till.window.overlay.is_open


def test_an_open_question_comes_back_after_a_restart_before_anything_else(
    tmp_path: Path, qtbot: QtBot
) -> None:
    terminal = unanswering()
    with open_card_till(tmp_path, qtbot, terminal) as card:
        card.pay_by_card()
        card.wait_for_page(card.screen.unknown)
    with open_card_till(tmp_path, qtbot, terminal) as card:
        card.wait_for_page(card.screen.unknown)
        settle_unknown(card, Key.Key_F8)
        assert card.till.is_on(ScreenName.SALE_DONE)


def test_a_locked_till_asks_again_when_it_is_unlocked(tmp_path: Path, qtbot: QtBot) -> None:
    with open_card_till(tmp_path, qtbot, unanswering()) as card:
        card.pay_by_card()
        card.wait_for_page(card.screen.unknown)
        card.till.window.lock()
        assert card.till.is_on(ScreenName.SIGN_ON)
        card.till.sign_on()
        assert card.till.is_on(ScreenName.CARD_PAYMENT)
        assert card.screen.page is card.screen.unknown


def test_what_was_approved_while_the_till_was_locked_is_completed_when_it_is_unlocked(
    tmp_path: Path, qtbot: QtBot
) -> None:
    terminal = SimulatedTerminal(thinking_s=0.3)
    with open_card_till(tmp_path, qtbot, terminal) as card:
        card.pay_by_card()
        card.till.window.lock()
        qtbot.waitUntil(lambda: card.is_known)
        assert card.till.is_on(ScreenName.SIGN_ON)
        card.till.sign_on()
        assert card.till.is_on(ScreenName.SALE_DONE)


def test_a_terminal_that_does_not_hear_cancel_leaves_it_to_a_person(tmp_path: Path, qtbot: QtBot) -> None:
    class Deaf(SimulatedTerminal):
        def abort(self) -> None:
            """Not heard."""

    terminal = Deaf(Behaviour.WAIT, patience_s=60)
    with open_card_till(tmp_path, qtbot, terminal) as card:
        card.screen.set_no_answer_after(50)
        card.pay_by_card()
        qtbot.waitUntil(lambda: card.screen.waiting.said.text() == "Insert card")
        card.till.press(Key.Key_Escape)
        assert card.screen.waiting.cancel.caption == "Cancelling…"
        card.wait_for_page(card.screen.unknown)
        settle_unknown(card, Key.Key_F9)
        assert card.till.is_on(ScreenName.TENDER)


def test_the_last_card_payment_is_taken_back_by_the_terminal(tmp_path: Path, qtbot: QtBot) -> None:
    with open_card_till(tmp_path, qtbot, SimulatedTerminal(Behaviour.PARTIAL)) as card:
        card.pay_by_card()
        card.wait_for(ScreenName.TENDER)
        card.terminal.behaviour = Behaviour.DECLINE
        card.till.press(Key.Key_F9)
        card.till.panel(QuestionPanel)
        card.till.press(Key.Key_Return)
        card.wait_for_page(card.screen.ended)
        assert card.screen.ended.detail.text() == "The payment stands: nothing went back to the card."
        card.terminal.behaviour = Behaviour.APPROVE
        card.till.press(Key.Key_Return)
        card.wait_for(ScreenName.TENDER)
        assert card.cards.tenders == []
        assert moved_minor(card.terminal) == 0


def test_money_without_a_sale_stays_in_the_top_bar_until_it_is_given_back(
    tmp_path: Path, qtbot: QtBot, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("late: the terminal says approved")
    with open_card_till(tmp_path, qtbot, unanswering()) as card:
        card.pay_by_card()
        settle_unknown(card, Key.Key_F9)
        first = card.cards.cards.last_ended
        assert first is not None
        card.till.press(Key.Key_Return)
        assert card.till.is_on(ScreenName.SALE_DONE)
        card.terminal.can_query = True
        card.cards.worker.ask(first.attempt)
        qtbot.waitUntil(lambda: bool(card.cards.cards.without_sale))
        assert "says now that £3.30 was taken" in card.till.message
        pill = card.till.window.top_bar.pill(TERMINAL_PILL)
        assert pill.state.words == "Card: £3.30 in no sale"
        card.terminal.behaviour = Behaviour.APPROVE
        pill.click()
        assert "£3.30 was taken by card" in card.till.panel(QuestionPanel).accessibleName()
        card.till.press(Key.Key_F5)
        card.wait_for(ScreenName.SELL)
        assert moved_minor(card.terminal) == 0
        assert TERMINAL_PILL not in [state.key for state in card.till.window.top_bar.states]


def test_the_top_bar_names_the_terminal_only_while_it_needs_somebody(tmp_path: Path, qtbot: QtBot) -> None:
    with open_card_till(tmp_path, qtbot, SimulatedTerminal(Behaviour.UNREACHABLE)) as card:
        bar = card.till.window.top_bar
        qtbot.waitUntil(lambda: TERMINAL_PILL in [state.key for state in bar.states])
        bar.pill(TERMINAL_PILL).click()
        assert "cannot reach the terminal" in card.till.message
    with open_card_till(tmp_path, qtbot, SimulatedTerminal()) as card:
        card.pay_by_card()
        card.wait_for(ScreenName.SALE_DONE)
        assert TERMINAL_PILL not in [state.key for state in card.till.window.top_bar.states]


def test_a_keyed_card_of_which_nobody_is_sure_is_looked_at_twice(tmp_path: Path, qtbot: QtBot) -> None:
    with open_card_till(tmp_path, qtbot, SimulatedTerminal(), kind="keyed") as card:
        card.pay_by_card()
        assert card.till.panel(QuestionPanel).text == "£3.30"
        card.till.press(Key.Key_F8)
        card.till.press(Key.Key_Escape)
        assert card.till.panel(QuestionPanel).accessibleName() == "Was £3.30 taken?"
        card.till.press(Key.Key_F8)
        assert card.till.is_on(ScreenName.SALE_DONE)


def test_the_terminal_settles_with_its_bank_at_the_end_of_the_day(tmp_path: Path, qtbot: QtBot) -> None:
    with open_card_till(tmp_path, qtbot, SimulatedTerminal()) as card:
        card.till.counter.sign_on(MORAG, MANAGER_PIN)
        card.till.window.go(ScreenName.END_OF_DAY)
        card.till.press(Key.Key_F6)
        qtbot.waitUntil(lambda: isinstance(card.till.window.overlay.panel, ReceiptPanel))
        (job,) = card.cards.ledger.open_jobs()
        assert b"END OF DAY" in job.document
