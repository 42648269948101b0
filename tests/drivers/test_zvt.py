"""The ZVT driver and a terminal that fails at every step: what is said of the money is what was done."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.addresses import TcpAddress
from hardware.simulated.zvt_terminal import LinkFault, SimulatedZvtTerminal, ZvtOutcome, ZvtScript
from hardware.terminals.terminal import Outcome, PaymentRequest, PaymentResult
from hardware.terminals.zvt import ZvtTerminal
from hardware.terminals.zvt_link import ZvtTimes
from tests.conftest import ExpectedLogs
from tests.drivers.card_numbers import card_numbers_in

HASTY = ZvtTimes(acknowledge_s=1.0, cardholder_s=0.6)
FIRST_OF_PAYMENT = 6
"""Messages before it: two of the registration, four of the question for the last transaction."""
MESSAGES = 13


@pytest.fixture
def peer() -> Iterator[SimulatedZvtTerminal]:
    """It has done a payment of 1.00 before."""
    with SimulatedZvtTerminal() as terminal:
        terminal.key_by_hand(100)
        yield terminal


def driver(
    peer: SimulatedZvtTerminal, times: ZvtTimes | None = None, memory: Path | None = None
) -> ZvtTerminal:
    return ZvtTerminal(TcpAddress(peer.host, peer.port), times=times, memory=memory)


def ignore(words: str) -> None:
    """Progress that nobody looks at."""


def asked(amount_minor: int = 1234, reference: str = "attempt-1") -> PaymentRequest:
    return PaymentRequest(reference, amount_minor, "GBP")


def purchase(terminal: ZvtTerminal, request: PaymentRequest | None = None) -> PaymentResult:
    return terminal.purchase(request or asked(), ignore)


def test_the_number_of_messages_of_a_payment_is_as_the_tests_below_count_it(
    peer: SimulatedZvtTerminal,
) -> None:
    assert purchase(driver(peer)).outcome is Outcome.APPROVED
    assert sum(not is_from_till for is_from_till, _ in peer.transcript) == MESSAGES


@pytest.mark.parametrize("goes_on_alone", [True, False])
@pytest.mark.parametrize("fault", [LinkFault.RESET, LinkFault.HALF, LinkFault.GARBAGE])
@pytest.mark.parametrize("step", range(MESSAGES))
def test_a_link_lost_at_any_step_never_makes_a_wrong_claim(
    peer: SimulatedZvtTerminal, step: int, fault: LinkFault, goes_on_alone: bool
) -> None:
    terminal = driver(peer)
    peer.script = ZvtScript(fault_at=step, fault=fault, goes_on_alone=goes_on_alone)
    result = purchase(terminal)
    assert result.outcome is (Outcome.NOT_SENT if step < FIRST_OF_PAYMENT else Outcome.UNKNOWN)
    peer.script = ZvtScript()
    answer = terminal.query(asked())
    moved = len(peer.transactions) == 2
    if step < FIRST_OF_PAYMENT:
        assert not moved
        return
    assert answer.outcome is (Outcome.APPROVED if moved else Outcome.NOT_FOUND)
    assert answer.amount_minor == (1234 if moved else 0)


@pytest.mark.parametrize("step", [0, 2, 6, 9, 12])
def test_a_terminal_that_falls_silent_is_left_and_asked_later(
    peer: SimulatedZvtTerminal, step: int, tmp_path: Path
) -> None:
    memory = tmp_path / "terminal.json"
    peer.script = ZvtScript(fault_at=step, fault=LinkFault.SILENCE)
    result = purchase(driver(peer, HASTY, memory))
    assert result.outcome is (Outcome.NOT_SENT if step < FIRST_OF_PAYMENT else Outcome.UNKNOWN)
    assert result.reason == "timeout"
    peer.script = ZvtScript()
    if result.outcome is Outcome.UNKNOWN:
        assert driver(peer, memory=memory).query(asked()).outcome is Outcome.APPROVED
    assert len(peer.transactions) == (1 if step < FIRST_OF_PAYMENT else 2)


def test_a_terminal_that_never_stops_talking_is_left_in_time(
    peer: SimulatedZvtTerminal, tmp_path: Path
) -> None:
    memory = tmp_path / "terminal.json"
    peer.script = ZvtScript(fault_at=8, fault=LinkFault.CHATTER)
    result = purchase(driver(peer, HASTY, memory))
    assert (result.outcome, result.reason) == (Outcome.UNKNOWN, "timeout")
    peer.script = ZvtScript()
    assert driver(peer, memory=memory).query(asked()).outcome is Outcome.APPROVED


def test_a_terminal_that_does_not_heed_the_wish_to_abort_is_asked_once(peer: SimulatedZvtTerminal) -> None:
    peer.script = ZvtScript(fault_at=8, fault=LinkFault.CHATTER)
    terminal = driver(peer, HASTY)
    result = terminal.purchase(asked(), lambda words: terminal.abort())
    assert result.outcome is Outcome.UNKNOWN
    assert [data.hex() for is_from_till, data in peer.transcript if is_from_till].count("06b000") == 1


@pytest.mark.parametrize("prints_in_blocks", [True, False])
@pytest.mark.parametrize("knows_tags", [True, False])
def test_messages_byte_by_byte_come_to_the_same(
    peer: SimulatedZvtTerminal, knows_tags: bool, prints_in_blocks: bool
) -> None:
    peer.script = ZvtScript(cut_bytes=1, knows_tags=knows_tags, prints_in_blocks=prints_in_blocks)
    result = purchase(driver(peer))
    assert (result.outcome, result.amount_minor) == (Outcome.APPROVED, 1234)
    assert result.terminal_reference == "0002"
    assert card_numbers_in(repr(result)) == []
    assert result.customer_copy[0] == "CUSTOMER COPY"
    assert result.merchant_copy[0] == "MERCHANT COPY"


def test_a_busy_terminal_begins_nothing(peer: SimulatedZvtTerminal) -> None:
    peer.script = ZvtScript(ZvtOutcome.BUSY)
    terminal = driver(peer)
    assert purchase(terminal) == PaymentResult(Outcome.NOT_SENT, reason="busy", words="Please wait")
    assert terminal.check() == "busy"
    assert len(peer.transactions) == 1


def test_a_terminal_that_is_still_busy_with_the_payment_cannot_tell_yet(peer: SimulatedZvtTerminal) -> None:
    terminal = driver(peer)
    peer.script = ZvtScript(fault_at=7)
    assert purchase(terminal).outcome is Outcome.UNKNOWN
    peer.script = ZvtScript(ZvtOutcome.BUSY)
    assert terminal.query(asked()) == PaymentResult(Outcome.UNKNOWN, reason="busy", words="Please wait")
    peer.script = ZvtScript()
    assert terminal.query(asked()).outcome is Outcome.APPROVED


def test_nothing_there_means_not_sent(peer: SimulatedZvtTerminal) -> None:
    peer.close()
    terminal = driver(peer)
    assert purchase(terminal).outcome is Outcome.NOT_SENT
    assert terminal.check() in ("refused", "unavailable")


def test_a_payment_keyed_by_hand_afterwards_proves_nothing(peer: SimulatedZvtTerminal) -> None:
    terminal = driver(peer)
    peer.script = ZvtScript(fault_at=9, goes_on_alone=False)
    assert purchase(terminal).outcome is Outcome.UNKNOWN
    peer.script = ZvtScript()
    peer.key_by_hand(1234)
    answer = terminal.query(asked())
    assert (answer.outcome, answer.reason) == (Outcome.UNKNOWN, "another_transaction")


def test_another_amount_in_the_last_place_proves_nothing(peer: SimulatedZvtTerminal) -> None:
    terminal = driver(peer)
    peer.script = ZvtScript(fault_at=7, goes_on_alone=False)
    assert purchase(terminal).outcome is Outcome.UNKNOWN
    peer.script = ZvtScript()
    peer.key_by_hand(999)
    assert terminal.query(asked()).outcome is Outcome.UNKNOWN


def test_a_terminal_that_has_done_nothing_yet_can_prove_nothing() -> None:
    with SimulatedZvtTerminal(ZvtScript(fault_at=6)) as peer:
        terminal = driver(peer)
        assert purchase(terminal).outcome is Outcome.UNKNOWN
        peer.script = ZvtScript()
        assert terminal.query(asked()).outcome is Outcome.UNKNOWN


def test_a_till_that_was_killed_asks_by_what_is_on_the_disk(
    peer: SimulatedZvtTerminal, tmp_path: Path
) -> None:
    memory = tmp_path / "terminal.json"
    peer.script = ZvtScript(fault_at=9)
    assert purchase(driver(peer, memory=memory)).outcome is Outcome.UNKNOWN
    peer.script = ZvtScript()
    assert driver(peer, memory=memory).query(asked()).outcome is Outcome.APPROVED
    assert driver(peer).query(asked()).reason == "nothing_known_before"


def test_a_memory_that_cannot_be_read_or_kept_holds_no_sale_up(
    peer: SimulatedZvtTerminal, tmp_path: Path, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("cannot be read")
    expected_logs.expect("could not be kept")
    broken = tmp_path / "broken.json"
    broken.write_text("[1, 2", encoding="utf-8")
    assert driver(peer, memory=broken).query(asked()).outcome is Outcome.UNKNOWN
    assert purchase(driver(peer, memory=tmp_path / "missing" / "terminal.json")).outcome is Outcome.APPROVED


def test_an_approval_that_the_terminal_takes_back_is_unknown_until_it_was_asked(
    peer: SimulatedZvtTerminal,
) -> None:
    peer.script = ZvtScript(ZvtOutcome.REVERT)
    terminal = driver(peer)
    assert purchase(terminal).outcome is Outcome.UNKNOWN
    assert terminal.query(asked()).outcome is Outcome.NOT_FOUND


def test_a_completion_without_a_result_is_unknown_until_it_was_asked(peer: SimulatedZvtTerminal) -> None:
    peer.script = ZvtScript(ZvtOutcome.MUTE)
    terminal = driver(peer)
    assert purchase(terminal).outcome is Outcome.UNKNOWN
    peer.script = ZvtScript()
    assert terminal.query(asked()).amount_minor == 1234


@settings(max_examples=60)
@given(
    attempts=st.lists(
        st.tuples(
            st.sampled_from(
                [each for each in ZvtOutcome if each not in (ZvtOutcome.WAIT, ZvtOutcome.SILENT)]
            ),
            st.none() | st.integers(0, MESSAGES),
            st.sampled_from([LinkFault.RESET, LinkFault.HALF, LinkFault.GARBAGE]),
            st.booleans(),
            st.sampled_from([None, None, 500, 501]),
        ),
        min_size=1,
        max_size=5,
    )
)
def test_no_mischief_and_no_payment_by_hand_makes_a_wrong_claim(
    attempts: list[tuple[ZvtOutcome, int | None, LinkFault, bool, int | None]],
) -> None:
    """Payments of the same amounts, keyed by hand before the question, are the worst that can happen."""
    with SimulatedZvtTerminal() as peer:
        terminal = driver(peer)
        for number, (outcome, fault_at, fault, goes_on_alone, by_hand_minor) in enumerate(attempts):
            request = asked(500, f"attempt-{number}")
            before = len(peer.transactions)
            peer.script = ZvtScript(outcome, fault_at, fault, goes_on_alone)
            result = purchase(terminal, request)
            peer.script = ZvtScript()
            assert terminal.check() == ""
            moved_minor = sum(entry.approved_minor for entry in peer.transactions[before:])
            if by_hand_minor is not None:
                peer.key_by_hand(by_hand_minor)
            if result.outcome is Outcome.UNKNOWN:
                result = terminal.query(request)
            if result.outcome is not Outcome.UNKNOWN:
                assert result.amount_minor in (moved_minor, by_hand_minor if not moved_minor else 0)


def test_a_currency_without_a_number_is_not_sent(peer: SimulatedZvtTerminal) -> None:
    result = driver(peer).purchase(PaymentRequest("attempt-1", 100, "XTS"), ignore)
    assert (result.outcome, result.reason) == (Outcome.NOT_SENT, "currency_unknown")
    assert peer.transcript == ()


@pytest.mark.parametrize("of", ["", "12345", "abcd", "12 4"])
def test_a_reversal_without_a_receipt_number_is_not_sent(peer: SimulatedZvtTerminal, of: str) -> None:
    assert driver(peer).reverse(asked(100), of, ignore).outcome is Outcome.NOT_SENT


def test_the_password_is_six_digits() -> None:
    with pytest.raises(ValueError, match="digits"):
        ZvtTerminal(TcpAddress("127.0.0.1", 20007), "secret1")
