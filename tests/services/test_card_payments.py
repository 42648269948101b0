"""Cards at the till's own terminal: what is on record before and after, and what each outcome leads to."""

import threading
from pathlib import Path

import pytest

from hardware.terminals.simulated import Behaviour, SimulatedTerminal
from hardware.terminals.terminal import (
    CardTerminal,
    EndOfDayResult,
    Outcome,
    PaymentRequest,
    PaymentResult,
    Progress,
)
from tests.conftest import ExpectedLogs
from tests.services.card_counter import card_bodies, moved_minor, open_card_counter
from tests.services.counter import MORAG
from tests.services.full_disk import full_disk
from till_app.devices.terminal_worker import TerminalWorker
from till_app.domain.errors import DomainError
from till_app.services.device_settings import TerminalSettings
from till_app.services.device_status import DeviceState, PaymentAnswer, PaymentProgress, PaymentQuestion
from till_app.services.ports import JobKind, LedgerUnavailable, PaymentState


def refused(code: str) -> pytest.RaisesExc[DomainError]:
    return pytest.raises(DomainError, match=f"^{code}")


def test_an_approved_card_becomes_a_tender_and_both_are_on_record(tmp_path: Path) -> None:
    terminal = SimulatedTerminal()
    with open_card_counter(tmp_path, terminal) as till:
        till.ring_up(2)
        till.cards.begin_purchase(330)
        attempt = till.hear_the_end()
        assert attempt.state is PaymentState.APPROVED
        assert till.tenders == [("card", 330)]
        assert till.card_entries() == ["purchase started", "purchase approved"]
        (tender,) = till.counter.services.selling.tenders
        assert (tender.tender_id, tender.reference) == (attempt.attempt_id, "100001")
        sale = till.counter.services.checkout.complete().sale
        assert sale.tenders == (tender,)
        assert moved_minor(terminal) == 330
        assert till.cards.without_sale == ()
        assert PaymentProgress(attempt.attempt_id, "Insert card") in till.heard


def test_the_row_is_on_disk_before_the_terminal_hears_of_it(tmp_path: Path) -> None:
    seen: list[str] = []

    class Looking(SimulatedTerminal):
        def purchase(self, request: PaymentRequest, progress: Progress) -> PaymentResult:
            seen.extend(attempt.reference for attempt in till.ledger.open_payments())
            seen.append(request.reference)
            return super().purchase(request, progress)

    with open_card_counter(tmp_path, Looking()) as till:
        till.ring_up()
        reference = till.cards.begin_purchase(330).reference
        till.hear_the_end()
        assert seen == [reference, reference]
        assert reference.startswith("2-")
        assert len(reference) <= 36


@pytest.mark.parametrize(
    ("behaviour", "state"),
    [
        (Behaviour.DECLINE, PaymentState.DECLINED),
        (Behaviour.ABORT, PaymentState.ABORTED),
        (Behaviour.BUSY, PaymentState.NOT_SENT),
        (Behaviour.UNREACHABLE, PaymentState.NOT_SENT),
    ],
)
def test_a_card_that_was_not_taken_leaves_the_sale_as_it_was(
    tmp_path: Path, behaviour: Behaviour, state: PaymentState
) -> None:
    terminal = SimulatedTerminal(behaviour)
    with open_card_counter(tmp_path, terminal) as till:
        till.ring_up()
        till.cards.begin_purchase(330)
        assert till.hear_the_end().state is state
        assert till.tenders == []
        assert till.card_entries() == ["purchase started", f"purchase {state}"]
        till.counter.services.checkout.pay_cash(330)
        till.counter.services.checkout.complete()
        assert moved_minor(terminal) == 0


def test_a_partly_approved_card_leaves_the_rest_to_pay(tmp_path: Path) -> None:
    with open_card_counter(tmp_path, SimulatedTerminal(Behaviour.PARTIAL)) as till:
        till.ring_up()
        till.cards.begin_purchase(330)
        assert till.hear_the_end().approved_minor == 165
        assert till.tenders == [("card", 165)]
        assert till.counter.services.checkout.balance_minor == 165


@pytest.mark.parametrize(
    ("behaviour", "state", "tenders"),
    [
        (Behaviour.LOST_AFTER_APPROVAL, PaymentState.APPROVED, [("card", 330)]),
        (Behaviour.LOST_BEFORE, PaymentState.NOT_SENT, []),
        (Behaviour.TIME_OUT, PaymentState.ABORTED, []),
    ],
)
def test_after_a_lost_link_the_terminal_is_asked_by_itself(
    tmp_path: Path, behaviour: Behaviour, state: PaymentState, tenders: list[tuple[str, int]]
) -> None:
    terminal = SimulatedTerminal(behaviour)
    with open_card_counter(tmp_path, terminal) as till:
        till.ring_up()
        till.cards.begin_purchase(330)
        assert till.hear_the_end().state is state
        assert till.tenders == tenders
        assert till.card_entries() == ["purchase started", "purchase unknown", f"purchase {state}"]
        assert moved_minor(terminal) == sum(amount for _kind, amount in tenders)


def test_a_payment_that_nobody_knows_the_end_of_holds_its_basket_and_no_other_card(tmp_path: Path) -> None:
    terminal = SimulatedTerminal(Behaviour.LOST_AFTER_APPROVAL)
    terminal.can_query = False
    with open_card_counter(tmp_path, terminal) as till:
        till.ring_up()
        selling, checkout = till.counter.services.selling, till.counter.services.checkout
        till.cards.begin_purchase(330)
        question = till.hear_of_trouble().question
        assert question == PaymentQuestion(till.pending.attempt.attempt_id, 1, is_asking=False)
        with refused("payment_open"):
            till.cards.begin_purchase(330)
        with refused("payment_open"):
            checkout.pay_cash(330)
        with refused("payment_open"):
            checkout.complete()
        with refused("payment_open"):
            selling.void_basket(MORAG)
        with refused("payment_open"):
            selling.scan("5000128104517")
        with refused("payment_open"):
            selling.void_line(selling.lines[0].line_id)


@pytest.mark.parametrize(("moved", "tenders"), [(True, [("card", 330)]), (False, [])])
def test_a_person_who_looked_settles_it_and_is_on_record(
    tmp_path: Path, moved: bool, tenders: list[tuple[str, int]]
) -> None:
    terminal = SimulatedTerminal(Behaviour.LOST_AFTER_APPROVAL if moved else Behaviour.LOST_BEFORE)
    terminal.can_query = False
    with open_card_counter(tmp_path, terminal) as till:
        till.ring_up()
        attempt_id = till.cards.begin_purchase(330).attempt_id
        till.hear_of_trouble()
        till.cards.settle_by_hand(attempt_id, moved=moved)
        assert till.cards.pending is None
        assert till.tenders == tenders
        last = card_bodies(till.ledger)[-1]
        assert (last.state, last.operator_id, last.reason) == ("settled_by_hand", "aisha", "by_hand")
        assert moved_minor(terminal) == last.approved_minor
        with refused("payment_gone"):
            till.cards.settle_by_hand(attempt_id, moved=moved)
        if not moved:
            till.counter.services.checkout.pay_cash(330)
        till.counter.services.checkout.complete()


def test_money_that_a_late_answer_tells_of_finds_its_basket_or_demands_to_be_given_back(
    tmp_path: Path, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("late: the terminal says approved")
    terminal = SimulatedTerminal(Behaviour.LOST_AFTER_APPROVAL)
    terminal.can_query = False
    with open_card_counter(tmp_path, terminal) as till:
        till.ring_up()
        first = till.cards.begin_purchase(330)
        till.hear_of_trouble()
        till.cards.settle_by_hand(first.attempt_id, moved=False)
        till.counter.services.checkout.pay_cash(330)
        till.counter.services.checkout.complete()
        terminal.can_query = True
        till.worker.ask(first)
        till.hear(lambda: bool(till.cards.without_sale))
        (found,) = till.cards.without_sale
        assert (found.approved_minor, found.state, found.reason) == (330, PaymentState.APPROVED, "late")
        ended = till.cards.last_ended
        assert ended is not None
        assert ended.is_surprise
        terminal.behaviour = Behaviour.APPROVE
        till.cards.begin_reversal(found.attempt_id)
        till.hear_the_end()
        assert till.cards.without_sale == ()
        assert moved_minor(terminal) == 0
    with open_card_counter(tmp_path, terminal) as till:
        assert till.cards.without_sale == ()
        assert till.card_entries() == [
            "purchase started",
            "purchase unknown",
            "purchase settled_by_hand",
            "purchase approved",
            "reversal started",
            "reversal approved",
            "purchase reversed",
        ]


def test_a_late_approval_joins_the_basket_while_it_has_room(
    tmp_path: Path, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("late: the terminal says approved")
    terminal = SimulatedTerminal(Behaviour.LOST_AFTER_APPROVAL)
    terminal.can_query = False
    with open_card_counter(tmp_path, terminal) as till:
        till.ring_up()
        first = till.cards.begin_purchase(330)
        till.hear_of_trouble()
        till.cards.settle_by_hand(first.attempt_id, moved=False)
        terminal.can_query = True
        till.worker.ask(first)
        till.hear(lambda: bool(till.tenders))
        assert till.tenders == [("card", 330)]
        assert till.cards.without_sale == ()
        till.counter.services.checkout.complete()
        assert till.cards.without_sale == ()


def test_a_terminal_that_denies_what_a_person_saw_is_told_of(
    tmp_path: Path, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("late: the terminal says not_sent")
    terminal = SimulatedTerminal(Behaviour.LOST_BEFORE)
    terminal.can_query = False
    with open_card_counter(tmp_path, terminal) as till:
        till.ring_up()
        first = till.cards.begin_purchase(330)
        till.hear_of_trouble()
        till.cards.settle_by_hand(first.attempt_id, moved=True)
        sale = till.counter.services.checkout.complete().sale
        terminal.can_query = True
        till.worker.ask(first)
        till.hear(lambda: till.cards.last_ended is not None and till.cards.last_ended.is_surprise)
        assert till.card_entries()[-1] == "purchase not_sent"
        assert till.ledger.sale(sale.uuid) == sale


def test_what_the_terminal_took_leaves_the_sale_only_when_it_gave_it_back(tmp_path: Path) -> None:
    terminal = SimulatedTerminal()
    with open_card_counter(tmp_path, terminal) as till:
        till.ring_up()
        paid = till.cards.begin_purchase(100)
        till.hear_the_end()
        with refused("reverse_first"):
            till.counter.services.checkout.remove_tender(paid.attempt_id)
        terminal.behaviour = Behaviour.BUSY
        till.cards.begin_reversal(paid.attempt_id)
        assert till.hear_the_end().state is PaymentState.NOT_SENT
        assert till.tenders == [("card", 100)]
        terminal.behaviour = Behaviour.LOST_AFTER_APPROVAL
        till.cards.begin_reversal(paid.attempt_id)
        till.hear_the_end()
        assert till.tenders == []
        assert moved_minor(terminal) == 0
        till.counter.services.selling.void_basket()
        assert [entry.kind for entry in till.ledger.entries_after(0, 99, 10**9)][-2:] == [
            "tender_removed",
            "basket_voided",
        ]


def test_what_the_terminal_cannot_give_back_a_person_gives_back_there(tmp_path: Path) -> None:
    terminal = SimulatedTerminal()
    with open_card_counter(tmp_path, terminal) as till:
        till.ring_up()
        paid = till.cards.begin_purchase(330)
        till.hear_the_end()
        terminal.end_of_day(lambda _words: None)
        till.cards.begin_reversal(paid.attempt_id)
        assert till.hear_the_end().state is PaymentState.DECLINED
        till.cards.given_back_by_hand(paid.attempt_id)
        assert till.tenders == []
        assert till.cards.at_terminal(paid.attempt_id) is None
        with refused("payment_gone"):
            till.cards.given_back_by_hand(paid.attempt_id)


def test_an_empty_basket_is_voided_when_the_last_of_its_money_went_back(tmp_path: Path) -> None:
    with open_card_counter(tmp_path, SimulatedTerminal()) as till:
        till.ring_up(1)
        paid = till.cards.begin_purchase(165)
        till.hear_the_end()
        selling = till.counter.services.selling
        selling.void_line(selling.lines[0].line_id)
        till.cards.begin_reversal(paid.attempt_id)
        till.hear_the_end()
        assert not selling.is_open


def test_goods_that_come_back_are_refunded_to_the_card(tmp_path: Path) -> None:
    terminal = SimulatedTerminal()
    with open_card_counter(tmp_path, terminal) as till:
        till.ring_up(2)
        till.cards.begin_purchase(330)
        till.hear_the_end()
        sale = till.counter.services.checkout.complete().sale
        returns = till.counter.services.returns
        returns.add(sale.uuid, {1: 1000})
        with refused("refund_over_balance"):
            till.cards.begin_refund(200)
        till.cards.begin_refund(165)
        till.hear_the_end()
        assert till.tenders == [("card", -165)]
        assert till.counter.services.checkout.complete().sale.total_minor == -165
        assert moved_minor(terminal) == 165


def test_giving_up_at_the_till_ends_it_at_the_terminal(tmp_path: Path) -> None:
    terminal = SimulatedTerminal(Behaviour.WAIT)
    with open_card_counter(tmp_path, terminal) as till:
        till.ring_up()
        till.cards.begin_purchase(330)
        till.hear(lambda: till.pending.words == "Insert card")
        till.cards.cancel()
        assert till.pending.is_cancelling
        assert till.hear_the_end().state is PaymentState.ABORTED


def test_giving_up_before_the_terminal_heard_of_it_takes_effect_too(tmp_path: Path) -> None:
    """However early it comes: the worker repeats it until the terminal ends."""
    terminal = SimulatedTerminal(Behaviour.WAIT)
    with open_card_counter(tmp_path, terminal) as till:
        till.ring_up()
        till.cards.begin_purchase(330)
        till.cards.cancel()
        assert till.hear_the_end().state is PaymentState.ABORTED
        assert moved_minor(terminal) == 0


def test_rules_are_said_before_anything_is_begun(tmp_path: Path) -> None:
    with open_card_counter(tmp_path, SimulatedTerminal()) as till:
        with refused("nothing_to_pay"):
            till.cards.begin_purchase(100)
        till.ring_up()
        with refused("card_over_balance"):
            till.cards.begin_purchase(331)
        with refused("amount_not_positive"):
            till.cards.begin_purchase(0)
        assert till.card_entries() == []


def test_what_the_terminal_wants_printed_is_on_the_receipt_and_on_a_slip(tmp_path: Path) -> None:
    with open_card_counter(tmp_path, SimulatedTerminal()) as till:
        till.ring_up()
        till.cards.begin_purchase(330)
        till.hear_the_end()
        jobs = till.ledger.open_jobs()
        assert [job.kind for job in jobs] == [JobKind.CARD_SLIP]
        assert b"MERCHANT COPY" in jobs[0].document
        sale = till.counter.services.checkout.complete().sale
        receipt = till.counter.services.receipts.receipt(sale)
        assert b"CUSTOMER COPY" in receipt
        assert b"************1111" in receipt
        assert receipt == till.ledger.open_jobs()[-1].document


def test_the_terminals_end_of_day_is_printed(tmp_path: Path) -> None:
    with open_card_counter(tmp_path, SimulatedTerminal()) as till:
        with refused("approval_needed"):
            till.cards.settle_terminal()
        till.cards.settle_terminal(MORAG)
        till.hear(lambda: till.cards.last_settled is not None)
        (job,) = till.ledger.open_jobs()
        assert b"END OF DAY" in job.document


def test_its_health_is_told_when_it_changes(tmp_path: Path) -> None:
    terminal = SimulatedTerminal(Behaviour.UNREACHABLE)
    with open_card_counter(tmp_path, terminal) as till:
        till.ring_up()
        till.cards.begin_purchase(330)
        till.hear_the_end()
        terminal.behaviour = Behaviour.APPROVE
        till.cards.begin_purchase(330)
        till.hear_the_end()
        assert [health.state for health in till.health] == [DeviceState.UNREACHABLE, DeviceState.READY]
        assert till.worker.health().error == "unavailable"


class Stubborn(SimulatedTerminal):
    """Hears no abort; ends only when its line is cut."""

    def __init__(self) -> None:
        super().__init__()
        self.begun, self.cut = threading.Event(), threading.Event()

    def purchase(self, request: PaymentRequest, progress: Progress) -> PaymentResult:
        self.begun.set()
        self.cut.wait()
        return PaymentResult(Outcome.UNKNOWN, reason="closed")

    def abort(self) -> None:
        """Not heard."""

    def close(self) -> None:
        self.cut.set()


def test_a_terminal_that_hears_nothing_does_not_keep_the_till_from_stopping(tmp_path: Path) -> None:
    terminal = Stubborn()
    with open_card_counter(tmp_path, terminal, stop_within_s=0.2) as till:
        till.ring_up()
        till.cards.begin_purchase(330)
        terminal.begun.wait()
        till.worker.stop()
        assert terminal.cut.is_set()
        assert not any(thread.name == "card-terminal" for thread in threading.enumerate())


class Broken(SimulatedTerminal):
    def purchase(self, request: PaymentRequest, progress: Progress) -> PaymentResult:
        raise RuntimeError("a bug of the driver")

    def end_of_day(self, progress: Progress) -> EndOfDayResult:
        raise RuntimeError("a bug of the driver")


def test_a_driver_that_fails_leaves_a_payment_unknown_and_never_declined(
    tmp_path: Path, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("what became of the payment is not known")
    terminal = Broken()
    terminal.can_query = False
    with open_card_counter(tmp_path, terminal) as till:
        till.ring_up()
        till.cards.begin_purchase(330)
        assert till.hear_of_trouble().attempt.state is PaymentState.UNKNOWN


def test_an_answer_that_a_full_disk_did_not_take_is_saved_when_there_is_room(
    tmp_path: Path, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("could not be saved")
    terminal = SimulatedTerminal()
    terminal.can_query = False
    with open_card_counter(tmp_path, terminal) as till:
        till.ring_up()
        attempt = till.cards.begin_purchase(330)
        with full_disk(till.ledger), pytest.raises(LedgerUnavailable):
            till.hear_the_end()
        assert till.pending.phase == "unknown"
        assert till.tenders == []
        with refused("payment_gone"):
            till.cards.settle_by_hand(attempt.attempt_id, moved=False)
        assert till.cards.pending is None
        assert till.tenders == [("card", 330)]


def test_a_payment_that_could_not_be_put_on_record_is_not_begun(tmp_path: Path) -> None:
    terminal = SimulatedTerminal()
    with open_card_counter(tmp_path, terminal) as till:
        till.ring_up()
        with full_disk(till.ledger), pytest.raises(LedgerUnavailable):
            till.cards.begin_purchase(330)
        assert till.cards.pending is None
        till.cards.begin_purchase(330)
        till.hear_the_end()
        assert len(terminal.transactions) == 1


def test_what_was_answered_is_never_paid_again_by_an_order_that_comes_late(tmp_path: Path) -> None:
    """As when settings change between the commit of a payment and its way to the terminal."""
    terminal = SimulatedTerminal()
    with open_card_counter(tmp_path, terminal, is_started=False) as till:
        till.ring_up()
        till.worker.pay = lambda *_late: None  # type: ignore[method-assign]
        attempt = till.cards.begin_purchase(330)
        del till.worker.pay
        till.worker.start()
        assert till.hear_the_end().state is PaymentState.NOT_SENT
        till.worker.pay(attempt)
        till.cards.begin_purchase(100)
        till.hear_the_end()
        assert [entry.asked_minor for entry in terminal.transactions] == [100]


def test_questions_end_with_the_next_payment(tmp_path: Path) -> None:
    """A terminal's last transaction would be taken for the one before it."""
    answers: list[str] = []

    class Counting(SimulatedTerminal):
        def query(self, request: PaymentRequest, terminal_reference: str = "") -> PaymentResult:
            answers.append(request.reference)
            return PaymentResult(Outcome.UNKNOWN, reason="timeout")

    terminal = Counting(Behaviour.LOST_BEFORE)
    with open_card_counter(tmp_path, terminal, ask_again_s=(0.0, 0.0, 0.0, 0.0, 30.0)) as till:
        till.ring_up()
        first = till.cards.begin_purchase(330)
        till.hear(lambda: len(answers) > 3)
        till.cards.settle_by_hand(first.attempt_id, moved=False)
        terminal.behaviour = Behaviour.APPROVE
        till.cards.begin_purchase(330)
        till.hear_the_end()
        asked = len(answers)
        till.cards.begin_reversal(till.counter.services.selling.tenders[0].tender_id)
        till.hear_the_end()
        assert len(answers) == asked


class Generous(SimulatedTerminal):
    """Approves a pound more than it is asked for, as where a tip is keyed."""

    def purchase(self, request: PaymentRequest, progress: Progress) -> PaymentResult:
        more = PaymentRequest(request.reference, request.amount_minor + 100, request.currency)
        return super().purchase(more, progress)


def test_more_than_was_asked_for_is_no_tender_and_must_be_given_back(tmp_path: Path) -> None:
    terminal = Generous()
    with open_card_counter(tmp_path, terminal) as till:
        till.ring_up()
        till.cards.begin_purchase(330)
        till.hear_the_end()
        assert till.tenders == []
        (lost,) = till.cards.without_sale
        assert lost.approved_minor == moved_minor(terminal) == 430
        till.cards.begin_reversal(lost.attempt_id)
        till.hear_the_end()
        assert till.cards.without_sale == ()
        assert moved_minor(terminal) == 0


def test_no_day_is_closed_over_a_payment_that_nobody_knows_the_end_of(tmp_path: Path) -> None:
    terminal = Generous()
    with open_card_counter(tmp_path, terminal) as till:
        till.ring_up()
        till.cards.begin_purchase(330)
        till.hear_the_end()
        till.counter.services.selling.void_basket(MORAG)
        terminal.behaviour = Behaviour.LOST_BEFORE
        terminal.can_query = False
        till.cards.begin_reversal(till.cards.without_sale[0].attempt_id)
        unknown = till.hear_of_trouble().attempt
        with refused("payment_open"):
            till.counter.services.reporting.close_day({}, MORAG)
        till.cards.settle_by_hand(unknown.attempt_id, moved=True, approver=MORAG)
        till.counter.services.reporting.close_day({}, MORAG)


def test_money_that_a_person_gave_back_at_the_terminal_is_no_longer_told_of(tmp_path: Path) -> None:
    with open_card_counter(tmp_path, Generous()) as till:
        till.ring_up()
        lost = till.cards.begin_purchase(330)
        till.hear_the_end()
        till.cards.given_back_by_hand(lost.attempt_id)
        assert till.cards.without_sale == ()
        last = card_bodies(till.ledger)[-1]
        assert (last.state, last.reason, last.operator_id) == ("reversed", "by_hand", "aisha")


@pytest.mark.parametrize(("moved", "tenders"), [(True, []), (False, [("card", 100)])])
def test_what_became_of_a_reversal_a_person_may_say_too(
    tmp_path: Path, moved: bool, tenders: list[tuple[str, int]]
) -> None:
    terminal = SimulatedTerminal()
    with open_card_counter(tmp_path, terminal) as till:
        till.ring_up()
        paid = till.cards.begin_purchase(100)
        till.hear_the_end()
        terminal.behaviour = Behaviour.LOST_AFTER_APPROVAL if moved else Behaviour.LOST_BEFORE
        terminal.can_query = False
        reversal = till.cards.begin_reversal(paid.attempt_id)
        till.hear_of_trouble()
        till.cards.settle_by_hand(reversal.attempt_id, moved=moved)
        assert till.tenders == tenders
        assert moved_minor(terminal) == sum(amount for _kind, amount in tenders)


class Failing(SimulatedTerminal):
    """A driver with a bug in what it does beside payments."""

    def query(self, request: PaymentRequest, terminal_reference: str = "") -> PaymentResult:
        raise RuntimeError("a bug of the driver")

    def end_of_day(self, progress: Progress) -> EndOfDayResult:
        raise RuntimeError("a bug of the driver")


def test_a_driver_that_fails_when_it_is_asked_is_asked_again(
    tmp_path: Path, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("the card terminal's driver failed")
    with open_card_counter(tmp_path, Failing(Behaviour.LOST_BEFORE), ask_again_s=(0.0,)) as till:
        till.ring_up()
        till.cards.begin_purchase(330)

        def is_asked_twice() -> bool:
            question = till.pending.question
            return question is not None and question.asked > 1

        till.hear(is_asked_twice)
        assert till.pending.attempt.state is PaymentState.UNKNOWN


def test_an_end_of_day_that_a_driver_breaks_is_told_as_failed(
    tmp_path: Path, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("the card terminal's driver failed")
    with open_card_counter(tmp_path, Failing()) as till:
        till.cards.settle_terminal(MORAG)
        till.hear(lambda: till.cards.last_settled is not None)
        settled = till.cards.last_settled
        assert settled is not None
        assert (settled.is_done, settled.reason) == (False, "driver_failed")


def refuse(_settings: TerminalSettings, _secret: str) -> CardTerminal:
    raise RuntimeError("the keyring is locked")


def test_a_terminal_that_cannot_be_opened_for_a_reason_nobody_foresaw_took_no_money(
    tmp_path: Path, expected_logs: ExpectedLogs
) -> None:
    """As when the keyring that keeps its secret is locked."""
    expected_logs.expect("the card terminal's driver failed")
    with open_card_counter(tmp_path, SimulatedTerminal(), open_terminal=refuse) as till:
        till.ring_up()
        till.cards.begin_purchase(330)
        ended = till.hear_the_end()
        assert (ended.state, ended.reason) == (PaymentState.NOT_SENT, "driver_failed")


def test_a_payment_that_reaches_a_till_without_a_terminal_has_an_end(tmp_path: Path) -> None:
    """As when the settings change between its commit and its way to the terminal."""
    with open_card_counter(tmp_path, SimulatedTerminal(), is_started=False) as till:
        till.ring_up()
        attempt = till.cards.begin_purchase(330)
        keyed = TerminalSettings(kind="keyed")
        others: list[object] = []
        worker = TerminalWorker(keyed, lambda _name: None, refuse, lambda: (), others.append, lambda _h: None)
        worker.start()
        worker.pay(attempt)
        worker.stop()
        assert others == [PaymentAnswer(attempt.attempt_id, PaymentState.NOT_SENT, reason="no_terminal")]
