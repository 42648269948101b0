"""A card terminal from the bench: it warns of real money, and says what is known and what is not."""

import threading
from pathlib import Path

import pytest

from hardware.__main__ import main
from hardware.bench.console import ExitCode
from hardware.bench.paying import TerminalOptions, use_terminal
from hardware.simulated.cloud_terminal import KEY, TERMINAL_ID, SimulatedCloudTerminal
from hardware.simulated.zvt_terminal import SimulatedZvtTerminal, ZvtOutcome, ZvtScript
from tests.drivers.bench_console import ListeningConsole
from tests.drivers.card_numbers import card_numbers_in


def run(console: ListeningConsole, *arguments: str) -> int:
    return main(["terminal", *arguments], console)


def test_without_a_kind_the_terminal_is_simulated_and_says_so(tmp_path: Path) -> None:
    console = ListeningConsole()
    assert run(console, "purchase", "12.34", "--memory", str(tmp_path / "memory.json")) == 0
    assert console.told[0] == "Simulated terminal: this purchase of 12.34 GBP moves no money."
    assert "Approved: 12.34 GBP. The terminal says: Approved." in console.told
    assert not console.questions
    assert not card_numbers_in("\n".join(console.told))


def test_real_money_moves_only_after_yes() -> None:
    with SimulatedZvtTerminal() as peer:
        zvt = ("--kind", "zvt", "--address", peer.address)
        for console in (ListeningConsole(), ListeningConsole("no"), ListeningConsole("y")):
            assert run(console, "purchase", "1.00", *zvt) == ExitCode.FAILED
            assert console.told[0].startswith("WARNING: this purchase of 1.00 GBP is real.")
            assert console.questions == ["Type yes to go on: "]
            assert console.complaints == ["Nothing was sent."]
        assert not peer.transactions


def test_a_purchase_tells_all_but_the_card(tmp_path: Path) -> None:
    console = ListeningConsole("yes")
    with SimulatedZvtTerminal() as peer:
        zvt = ("--kind", "zvt", "--address", peer.address, "--memory", str(tmp_path / "memory.json"))
        assert run(console, "purchase", "1.00", *zvt) == 0
        assert run(console, "refund", "0.40", *zvt, "--yes") == 0
        assert run(console, "reverse", "1.00", *zvt, "--yes", "--of", "0001") == 0
        assert run(console, "end-of-day", *zvt) == 0
        assert run(console, "check", *zvt) == 0
        assert [entry.moved_minor for entry in peer.transactions] == [100, -40, -100]
    text = "\n".join(console.told)
    assert "Insert card" in text
    assert "scheme: Visa" in text
    assert "customer's copy:\n    | CUSTOMER COPY" in text
    assert console.told[-1] == "Reached, and ready."
    assert not card_numbers_in(text)


def test_a_lost_link_says_that_nobody_knows_and_how_to_ask(tmp_path: Path) -> None:
    console = ListeningConsole()
    with SimulatedZvtTerminal(ZvtScript(fault_at=9)) as peer:
        peer.key_by_hand(100)
        zvt = ("--kind", "zvt", "--address", peer.address, "--memory", str(tmp_path / "memory.json"))
        assert run(console, "purchase", "12.34", *zvt, "--yes") == ExitCode.NOT_KNOWN
        assert console.complaints[0].startswith("NOBODY KNOWS whether money moved.")
        how = console.complaints[1].partition("terminal ")[2].split()
        assert how[:2] == ["query", "12.34"]
        peer.script = ZvtScript()
        assert run(console, *how, "--address", peer.address, "--memory", str(tmp_path / "memory.json")) == 0
    assert "Approved: 12.34 GBP. The terminal says: Card ************1111." in console.told


def test_ctrl_c_asks_the_terminal_to_give_up_and_waits_for_its_word() -> None:
    """Pressed while the terminal waits for a card; what came of it is the terminal's to say."""
    console = ListeningConsole()
    with SimulatedZvtTerminal(ZvtScript(ZvtOutcome.WAIT)) as peer:

        def wait(payment: threading.Thread, seconds: float) -> None:
            if not console.told[-1].startswith("The terminal is asked"):
                peer.wait_for_customer()
                raise KeyboardInterrupt
            payment.join(seconds)

        options = TerminalOptions("zvt", "purchase", "1.00", address=peer.address, is_confirmed=True)
        assert use_terminal(console, options, wait=wait) == ExitCode.FAILED
        assert [entry.reason for entry in peer.transactions] == ["aborted"]
    assert console.complaints[0].startswith("Given up, no money moved.")


def test_a_second_ctrl_c_leaves_the_terminal_and_says_that_nobody_knows() -> None:
    console = ListeningConsole()
    payments: list[threading.Thread] = []

    def wait(payment: threading.Thread, _seconds: float) -> None:
        payments[:] = [payment]
        raise KeyboardInterrupt

    with SimulatedZvtTerminal(ZvtScript(ZvtOutcome.WAIT)) as peer:
        options = TerminalOptions("zvt", "purchase", "1.00", address=peer.address, is_confirmed=True)
        assert use_terminal(console, options, wait=wait) == ExitCode.NOT_KNOWN
        payments[0].join()
    assert console.complaints[0].startswith("NOBODY KNOWS whether money moved. It was left before it ended.")


def test_a_cloud_terminals_key_is_asked_for_or_read_from_a_file(tmp_path: Path) -> None:
    key_file = tmp_path / "key"
    key_file.write_text(f"{KEY}\n", encoding="utf-8")
    with SimulatedCloudTerminal() as peer:
        cloud = ("--kind", "cloud", "--address", peer.address, "--terminal-id", TERMINAL_ID)
        asked = ListeningConsole(KEY)
        assert run(asked, "check", *cloud) == 0
        assert asked.questions == ["The service's key: "]
        assert run(ListeningConsole(), "check", *cloud, "--key-file", str(key_file)) == 0
        wrong = ListeningConsole("another key")
        assert run(wrong, "check", *cloud) == 1
    assert wrong.complaints == ["Not ready. The service refuses the key. Check it. (http_401)"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["purchase"], "“” is no amount; write it as 12.34"),
        (["purchase", "0"], "“0” is no amount"),
        (["purchase", "1.234"], "is no amount"),
        (["purchase", "1.00", "--currency", "XXX"], "“XXX” is no currency"),
        (["query", "1.00"], "a query needs --reference"),
        (["reverse", "1.00"], "a reversal needs --of"),
        (["purchase", "1.00", "--reference", "x" * 37], "a reference has 1 to 36 characters"),
        (["check", "--memory", "/absent/folder/memory.json"], "there is no folder /absent/folder"),
        (["check", "--kind", "cloud", "--key-file", "absent"], "the key cannot be read"),
    ],
)
def test_what_cannot_be_meant_is_refused_before_anything_is_sent(arguments: list[str], words: str) -> None:
    console = ListeningConsole()
    assert run(console, *arguments) == ExitCode.USAGE
    assert words in console.complaints[0]


def test_a_terminal_that_cannot_be_used_as_set_is_a_plain_sentence() -> None:
    console = ListeningConsole()
    assert run(console, "check", "--kind", "zvt", "--address", "127.0.0.1:1", "--password", "12") == 1
    assert console.complaints[0].startswith("The password of a ZVT terminal is six digits.")
