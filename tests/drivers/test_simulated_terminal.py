"""The training terminal: what it remembers, and that nothing outside the process is touched."""

from pathlib import Path

import pytest

from hardware.errors import AddressInvalid
from hardware.terminals.adyen import AdyenTerminal
from hardware.terminals.opening import open_terminal
from hardware.terminals.simulated import Behaviour, SimulatedTerminal
from hardware.terminals.terminal import Outcome, PaymentRequest, PaymentResult
from hardware.terminals.zvt import ZvtTerminal
from tests.conftest import ExpectedLogs


def ignore(words: str) -> None:
    """Progress that nobody looks at."""


def asked(amount_minor: int = 1234, reference: str = "attempt-1") -> PaymentRequest:
    return PaymentRequest(reference, amount_minor, "GBP")


def test_a_till_that_was_killed_asks_the_terminals_file(tmp_path: Path) -> None:
    memory = tmp_path / "terminal.json"
    first = SimulatedTerminal(Behaviour.LOST_AFTER_APPROVAL, memory=memory)
    assert first.purchase(asked(), ignore).outcome is Outcome.UNKNOWN
    second = SimulatedTerminal(memory=memory)
    assert second.query(asked()).amount_minor == 1234
    assert second.query(asked(reference="never")).outcome is Outcome.NOT_FOUND
    assert second.purchase(asked(100, "attempt-2"), ignore).terminal_reference == "0002"


def test_a_time_out_is_unknown_until_the_terminal_says_that_it_gave_up() -> None:
    terminal = SimulatedTerminal(Behaviour.TIME_OUT)
    result = terminal.purchase(asked(), ignore)
    assert result == PaymentResult(Outcome.UNKNOWN, reason="timeout")
    assert terminal.query(asked()).outcome is Outcome.ABORTED


def test_a_card_that_never_comes_ends_by_the_terminals_patience() -> None:
    terminal = SimulatedTerminal(Behaviour.WAIT, patience_s=0.0)
    result = terminal.purchase(asked(), ignore)
    assert (result.outcome, result.reason) == (Outcome.ABORTED, "time_out")


def test_a_terminal_that_cannot_be_asked_says_so_and_knows_nothing() -> None:
    terminal = SimulatedTerminal(Behaviour.LOST_AFTER_APPROVAL)
    terminal.can_query = False
    terminal.purchase(asked(), ignore)
    result = terminal.query(asked())
    assert (result.outcome, result.reason) == (Outcome.UNKNOWN, "query_impossible")


def test_an_unreachable_terminal_is_sent_nothing_and_tells_nothing() -> None:
    terminal = SimulatedTerminal(Behaviour.UNREACHABLE)
    assert terminal.purchase(asked(), ignore).outcome is Outcome.NOT_SENT
    assert terminal.query(asked()).outcome is Outcome.UNKNOWN
    assert terminal.check() == "unavailable"
    assert not terminal.end_of_day(ignore).is_done
    assert terminal.transactions == ()


def test_the_end_of_the_day_prints_what_moved_since_the_last_one() -> None:
    terminal = SimulatedTerminal()
    bought = terminal.purchase(asked(1000, "a"), ignore)
    terminal.purchase(asked(250, "b"), ignore)
    terminal.refund(asked(50, "c"), ignore)
    terminal.reverse(asked(1000, "d"), bought.terminal_reference, ignore)
    assert terminal.end_of_day(ignore).printout[2:] == (
        "Purchase 2  12.50 GBP",
        "Refund 1  0.50 GBP",
        "Reversal 1  10.00 GBP",
        "TOTAL 2.00 GBP",
    )
    assert terminal.end_of_day(ignore).printout[2:] == ()


def test_a_payment_of_an_earlier_day_is_not_reversed() -> None:
    terminal = SimulatedTerminal()
    bought = terminal.purchase(asked(), ignore)
    terminal.end_of_day(ignore)
    undone = terminal.reverse(asked(reference="later"), bought.terminal_reference, ignore)
    assert (undone.outcome, undone.reason) == (Outcome.DECLINED, "transaction_not_found")


def test_its_receipts_say_that_they_are_training() -> None:
    result = SimulatedTerminal().purchase(asked(), ignore)
    assert result.customer_copy == (
        "*** TRAINING ***",
        "CUSTOMER COPY",
        "PURCHASE",
        "Receipt 0001",
        "Visa ************1111",
        "Auth 100001",
        "TOTAL 12.34 GBP",
    )


def test_each_kind_in_the_settings_is_opened_without_connecting(tmp_path: Path) -> None:
    assert isinstance(open_terminal("simulated", memory=tmp_path / "a.json"), SimulatedTerminal)
    for address in ("192.0.2.1", "192.0.2.1:20007", "tcp://192.0.2.1", "tcp://192.0.2.1:20007"):
        assert isinstance(open_terminal("zvt", address=address, password="123456"), ZvtTerminal)
    cloud = open_terminal("cloud", address="https://terminal.example", terminal_id="V400m-1", secret="key")
    assert isinstance(cloud, AdyenTerminal)


def test_each_kind_has_a_memory_of_its_own(tmp_path: Path) -> None:
    memory = tmp_path / "terminal.json"
    open_terminal("simulated", memory=memory).purchase(asked(), ignore)
    open_terminal("zvt", address="192.0.2.1", memory=memory)
    assert [path.name for path in tmp_path.iterdir()] == ["terminal-simulated.json"]


def test_a_book_that_cannot_be_read_begins_anew(tmp_path: Path, expected_logs: ExpectedLogs) -> None:
    expected_logs.expect("cannot be read")
    memory = tmp_path / "terminal.json"
    memory.write_text('{"entries": [{}]}', encoding="utf-8")
    terminal = SimulatedTerminal(memory=memory)
    assert terminal.purchase(asked(), ignore).terminal_reference == "0001"


@pytest.mark.parametrize(
    ("kind", "address", "password", "terminal_id"),
    [
        ("zvt", "", "000000", ""),
        ("zvt", "192.0.2.1", "12345x", ""),
        ("zvt", "serial:///dev/ttyS0", "000000", ""),
        ("cloud", "http://terminal.example", "", "V400m-1"),
        ("cloud", "https://terminal.example", "", ""),
        ("keyed", "", "", ""),
    ],
)
def test_settings_that_cannot_be_used_are_refused_plainly(
    kind: str, address: str, password: str, terminal_id: str
) -> None:
    with pytest.raises(AddressInvalid):
        open_terminal(kind, address=address, password=password, terminal_id=terminal_id, secret="key")
