"""No card number and no password of a terminal is written down; what cannot be understood is not recorded."""

from pathlib import Path

import pytest

from hardware.__main__ import main
from hardware.bench.recording import load
from hardware.simulated.zvt_terminal import CARD, SimulatedZvtTerminal, ZvtScript
from hardware.transcripts.masking import CardNumberInTranscript, without_secrets
from hardware.transcripts.transcript import Event, EventKind
from tests.drivers.bench_console import ListeningConsole
from tests.drivers.card_numbers import card_numbers_in

CARD_BCD = bytes.fromhex(CARD)


def answered(*portions: bytes) -> list[bytes]:
    """What is kept of a terminal's bytes, which came in these portions."""
    recorded = [Event(0, EventKind.OPEN), *(Event(1, EventKind.FROM_DEVICE, each) for each in portions)]
    return [event.data for event in without_secrets(recorded)[1:]]


@pytest.mark.parametrize("prints_in_blocks", [True, False])
def test_a_recorded_payment_holds_neither_card_nor_password(tmp_path: Path, prints_in_blocks: bool) -> None:
    file = tmp_path / "terminal.txt"
    with SimulatedZvtTerminal(ZvtScript(prints_in_blocks=prints_in_blocks)) as peer:
        peer.key_by_hand(100)
        record = ["record", "terminal:zvt", peer.address, str(file), "--setting", "password=123456", "--yes"]
        assert main([*record, "--do", "purchase 12.34 GBP"], ListeningConsole()) == 0
        said = b"".join(data for is_from_till, data in peer.transcript if not is_from_till)
        asked = b"".join(data for is_from_till, data in peer.transcript if is_from_till)
    assert CARD_BCD in said
    assert CARD.encode() in said
    assert b"\x12\x34\x56" in asked
    transcript = load(file)
    for kind in (EventKind.FROM_DEVICE, EventKind.TO_DEVICE):
        kept = b"".join(event.data for event in transcript.events if event.kind is kind)
        assert CARD_BCD not in kept
        assert b"\x12\x34\x56" not in kept
        assert not card_numbers_in(kept.decode("latin-1"))
    assert "123456" not in file.read_text(encoding="utf-8")
    assert main(["replay", str(file), "--through", "terminal:zvt"], ListeningConsole()) == 0


def test_a_card_number_is_blanked_however_its_bytes_were_cut() -> None:
    message = b"\x04\x0f\x0d\x27\x00\x22\xf0\xf8" + CARD_BCD
    blanked = b"\x04\x0f\x0d\x27\x00\x22\xf0\xf8" + bytes(8)
    assert len(message) == 3 + 13
    for cut in range(1, len(message)):
        assert b"".join(answered(message[:cut], message[cut:])) == blanked


def test_a_half_message_is_blanked_for_it_may_be_half_a_card() -> None:
    assert answered(b"\x80\x00\x00\x04\x0f\x20\x27\x00\x22\xf0\xf8" + CARD_BCD[:5]) == [
        b"\x80\x00\x00\x04\x0f\x20" + bytes(10)
    ]


def test_long_numbers_on_receipts_are_starred_but_for_four_digits_and_keep_their_place() -> None:
    line = b"CARD 4111 1111 1111 1111 12/27"
    assert answered(b"\x06\xd1" + bytes([len(line) + 1]) + b"\x00" + line) == [
        b"\x06\xd1\x1f\x00CARD **** **** **** **11 12/27"
    ]


def test_a_field_that_the_driver_does_not_read_is_blanked() -> None:
    """A terminal may send a card's number anywhere: here as a tagged field that is not known."""
    tagged = b"\x5a\x08" + CARD_BCD + b"\x1f\x07\x01\x02"
    data = b"\x27\x00\x06" + bytes([len(tagged)]) + tagged
    kept = b"\x27\x00\x06" + bytes([len(tagged)]) + b"\x5a\x08" + bytes(8) + b"\x1f\x07\x01\x02"
    head = b"\x04\x0f" + bytes([len(data)])
    assert answered(head + data) == [head + kept]


def test_an_unknown_message_is_blanked() -> None:
    assert answered(b"\x06\xe1\x08" + CARD_BCD) == [b"\x06\xe1\x08" + bytes(8)]


@pytest.mark.parametrize("data", [b"\x27\x00\x04\x00", b"\x22\xff\xff", b"\x06\x84\x00"])
def test_a_session_that_cannot_be_understood_is_not_recorded(data: bytes) -> None:
    with pytest.raises(CardNumberInTranscript):
        answered(b"\x04\x0f" + bytes([len(data)]) + data)


def test_a_session_that_still_holds_a_card_number_is_not_recorded() -> None:
    """The driver sends none; whatever else would must not be kept."""
    recorded = [Event(0, EventKind.TO_DEVICE, b"\x06\x01\x10" + CARD.encode())]
    with pytest.raises(CardNumberInTranscript, match="what may be a card number is left"):
        without_secrets(recorded)


def test_a_payment_is_recorded_only_when_a_person_says_that_real_money_may_move(tmp_path: Path) -> None:
    console = ListeningConsole("no")
    with SimulatedZvtTerminal() as peer:
        record = ["record", "terminal:zvt", peer.address, str(tmp_path / "terminal.txt")]
        assert main([*record, "--do", "purchase 1.00 GBP"], console) == 1
        assert not peer.transactions
    assert console.told[0].startswith("WARNING: this purchase 1.00 GBP is real.")
    assert console.complaints == ["Nothing was sent."]
