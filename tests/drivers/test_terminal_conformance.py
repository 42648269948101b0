"""The laws of every card terminal: what its driver says of the money is what the other end's book says."""

import logging
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hardware.terminals.terminal import CardTerminal, Outcome, PaymentRequest, PaymentResult, masked
from tests.drivers.card_numbers import card_numbers_in
from tests.drivers.terminal_peers import RIGS, Play, Rig

NO_MONEY = (Outcome.DECLINED, Outcome.ABORTED, Outcome.NOT_SENT, Outcome.NOT_FOUND)


@pytest.fixture(params=sorted(RIGS))
def rig(request: pytest.FixtureRequest) -> Iterator[Rig]:
    with RIGS[request.param]() as made:
        yield made


def ignore(words: str) -> None:
    """Progress that nobody looks at."""


def asked(amount_minor: int = 1234, reference: str = "0199a1b2-attempt-1") -> PaymentRequest:
    return PaymentRequest(reference, amount_minor, "GBP")


def test_an_approval_is_for_the_amount_that_moved(rig: Rig) -> None:
    shown: list[str] = []
    result = rig.terminal.purchase(asked(), shown.append)
    assert (result.outcome, result.amount_minor) == (Outcome.APPROVED, 1234)
    assert rig.moved_minor == 1234
    assert result.terminal_reference
    assert result.authorisation
    assert result.scheme.lower() == "visa"
    assert result.customer_copy
    assert result.merchant_copy
    assert shown


@pytest.mark.parametrize("play", [Play.DECLINE, Play.ABORT, Play.BUSY])
def test_a_refusal_moves_no_money_and_says_why(rig: Rig, play: Play) -> None:
    rig.play(play)
    result = rig.terminal.purchase(asked(), ignore)
    expected = {
        Play.DECLINE: Outcome.DECLINED,
        Play.ABORT: Outcome.ABORTED,
        Play.BUSY: Outcome.NOT_SENT,
    }
    assert result.outcome is expected[play]
    assert result.amount_minor == rig.moved_minor == 0
    assert result.reason


def test_part_of_the_amount_is_said_to_be_part_of_it(rig: Rig) -> None:
    rig.play(Play.PARTIAL)
    result = rig.terminal.purchase(asked(1001), ignore)
    assert (result.outcome, result.amount_minor) == (Outcome.PARTIALLY_APPROVED, 501)
    assert rig.moved_minor == 501


def test_a_payment_that_waits_for_its_card_ends_when_the_till_wants_it(rig: Rig) -> None:
    rig.play(Play.WAIT)
    begun = threading.Event()
    with ThreadPoolExecutor(1) as other:
        payment = other.submit(rig.terminal.purchase, asked(), lambda _: begun.set())
        assert begun.wait(10)
        rig.wait_for_customer()
        rig.terminal.abort()
        result = payment.result(10)
    assert result.outcome is Outcome.ABORTED
    assert rig.moved_minor == 0


def test_an_abort_without_a_payment_stops_no_later_one(rig: Rig) -> None:
    rig.terminal.abort()
    assert rig.terminal.purchase(asked(), ignore).outcome is Outcome.APPROVED


def test_a_refund_moves_money_the_other_way(rig: Rig) -> None:
    bought = rig.terminal.purchase(asked(1000), ignore)
    result = rig.terminal.refund(asked(400, "refund-1"), ignore, bought.terminal_reference)
    assert (result.outcome, result.amount_minor) == (Outcome.APPROVED, 400)
    without = rig.terminal.refund(asked(100, "refund-2"), ignore)
    assert (without.outcome, without.amount_minor) == (Outcome.APPROVED, 100)
    assert rig.moved_minor == 500


def test_a_reversal_undoes_the_whole_once(rig: Rig) -> None:
    bought = rig.terminal.purchase(asked(), ignore)
    undone = rig.terminal.reverse(asked(reference="reversal-1"), bought.terminal_reference, ignore)
    assert (undone.outcome, undone.amount_minor) == (Outcome.APPROVED, 1234)
    assert rig.moved_minor == 0
    again = rig.terminal.reverse(asked(reference="reversal-2"), bought.terminal_reference, ignore)
    assert again.outcome is Outcome.DECLINED
    assert rig.moved_minor == 0


@pytest.mark.parametrize("of", ["", "no such thing", "9999"])
def test_a_reversal_of_nothing_moves_nothing(rig: Rig, of: str) -> None:
    result = rig.terminal.reverse(asked(), of, ignore)
    assert result.outcome in (Outcome.DECLINED, Outcome.NOT_SENT)
    assert rig.moved_minor == 0


@pytest.mark.parametrize("kind", ["purchase", "refund", "reverse"])
def test_an_answer_lost_after_approval_is_unknown_and_a_query_finds_it(rig: Rig, kind: str) -> None:
    bought = rig.terminal.purchase(asked(), ignore) if kind == "reverse" else PaymentResult(Outcome.APPROVED)
    rig.play(Play.LOST_AFTER_APPROVAL)
    request = asked(reference="attempt-2")
    result = _run(rig.terminal, kind, request, bought.terminal_reference)
    assert (result.outcome, result.amount_minor) == (Outcome.UNKNOWN, 0)
    rig.play(Play.APPROVE)
    found = rig.terminal.query(request)
    assert (found.outcome, found.amount_minor) == (Outcome.APPROVED, 1234)
    assert rig.moved_minor == {"purchase": 1234, "refund": -1234, "reverse": 0}[kind]


def _run(terminal: CardTerminal, kind: str, request: PaymentRequest, of: str) -> PaymentResult:
    match kind:
        case "purchase":
            return terminal.purchase(request, ignore)
        case "refund":
            return terminal.refund(request, ignore)
        case _:
            return terminal.reverse(request, of, ignore)


def test_a_link_lost_before_approval_is_unknown_and_a_query_finds_nothing(rig: Rig) -> None:
    rig.play(Play.LOST_BEFORE_APPROVAL)
    assert rig.terminal.purchase(asked(), ignore).outcome is Outcome.UNKNOWN
    rig.play(Play.APPROVE)
    assert rig.terminal.query(asked()).outcome is Outcome.NOT_FOUND
    assert rig.moved_minor == 0


def test_asking_moves_no_money(rig: Rig) -> None:
    rig.play(Play.LOST_AFTER_APPROVAL)
    rig.terminal.purchase(asked(), ignore)
    rig.play(Play.APPROVE)
    answers = [rig.terminal.query(asked()) for _ in range(3)]
    assert {answer.outcome for answer in answers} == {Outcome.APPROVED}
    assert rig.moved_minor == 1234


def test_a_ready_terminal_is_ready_and_a_busy_one_says_so(rig: Rig) -> None:
    assert rig.terminal.check() == ""
    rig.play(Play.BUSY)
    assert rig.terminal.check() == "busy"


def test_the_day_ends_and_payments_go_on(rig: Rig) -> None:
    rig.terminal.purchase(asked(1000, "first"), ignore)
    ended = rig.terminal.end_of_day(ignore)
    assert ended.is_done
    assert rig.terminal.purchase(asked(500, "second"), ignore).outcome is Outcome.APPROVED
    assert rig.moved_minor == 1500


@pytest.mark.parametrize("play", list(Play))
def test_no_card_number_comes_out_of_a_driver(
    rig: Rig, play: Play, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    rig.play(play)
    told: list[object] = []
    if play is not Play.WAIT:
        told += [rig.terminal.purchase(asked(), told.append), rig.terminal]
        rig.play(Play.APPROVE)
        told += [rig.terminal.query(asked()), rig.terminal.end_of_day(told.append)]
        told += [rig.terminal.purchase(asked(reference="another"), told.append)]
    captured = capfd.readouterr()
    text = "\n".join([*map(repr, told), caplog.text, captured.out, captured.err])
    assert card_numbers_in(text) == []


def test_the_peers_do_send_card_numbers() -> None:
    """Else the law above would prove nothing."""
    assert card_numbers_in("CARD 4111111111111111") == ["4111111111111111"]
    assert card_numbers_in("CARD 4111 1111 1111 1111 ok") == ["4111111111111111"]
    assert card_numbers_in("CARD 4111111111111111 12/29") == ["4111111111111111"]
    assert card_numbers_in("CARD 4111 1111 1111 1112, 411111") == []


@pytest.mark.parametrize(
    ("line", "printed"),
    [
        ("CARD 4111111111111111", "CARD ************1111"),
        ("CARD 4111 1111 1111 1111 12/29", "CARD ************1111 12/29"),
        ("CARD 4111111111111111 12/29", "CARD ************1111 12/29"),
        ("2026-11-24 4111-1111-1111-1111", "2026-11-24 ************1111"),
        ("TERMINAL 4111111111111112", "TERMINAL 4111111111111112"),
        ("CARD ############1111", "CARD ############1111"),
        ("\x1b@TOTAL £ 12.34", "@TOTAL £ 12.34"),
    ],
)
def test_a_card_number_is_starred_out_and_the_rest_of_the_line_stays(line: str, printed: str) -> None:
    assert masked(line) == printed


@given(
    before=st.text(st.characters(exclude_categories=("Nd", "Cs")), max_size=8),
    groups=st.lists(st.integers(0, 10**16 - 1).map(str), min_size=1, max_size=6),
    gap=st.sampled_from([" ", "-"]),
)
def test_what_is_masked_holds_no_card_number(before: str, groups: list[str], gap: str) -> None:
    assert card_numbers_in(masked(f"{before} {gap.join(groups)}")) == []


@pytest.mark.parametrize("name", sorted(RIGS))
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(plays=st.lists(st.sampled_from([play for play in Play if play is not Play.WAIT]), max_size=6))
def test_whatever_happens_the_till_and_the_terminal_agree_in_the_end(name: str, plays: list[Play]) -> None:
    """The rule of the till: no next attempt before the last is answered."""
    believed_minor = 0
    with RIGS[name]() as rig:
        for number, play in enumerate(plays):
            request = asked(1000 + number, f"attempt-{number}")
            rig.play(play)
            result = rig.terminal.purchase(request, ignore)
            if result.outcome is Outcome.UNKNOWN:
                rig.play(Play.APPROVE)
                result = rig.terminal.query(request)
            assert result.outcome is not Outcome.UNKNOWN
            assert (result.amount_minor == 0) == (result.outcome in NO_MONEY)
            believed_minor += result.amount_minor
            assert believed_minor == rig.moved_minor
