"""ZVT frames, numbered and tagged fields, without a connection."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.terminals.zvt_apdu import (
    Apdu,
    ApduReader,
    Bmp,
    Control,
    ZvtMalformed,
    bcd,
    from_bcd,
    read_fields,
    read_tagged,
    tagged,
)
from hardware.terminals.zvt_messages import Printouts, read_state, read_status

STATUS = bytes.fromhex(
    "2700040000000012344908260c1234560d11240e2912"  # result, amount 12.34, GBP, time, date, expiry
    "22f0f84111111111111111"  # a card number of 16 digits
    "8702313b37353030373100000b00097519602952523535"  # receipt 0231, authorisation, trace 975
    "8a068bf1f14d61737465724361726400"  # Mastercard
    "3cf0f0f841757468203132333c"[:-2]  # eight characters of text
)


def test_a_status_tells_amount_receipt_trace_and_scheme_and_no_card_number() -> None:
    status = read_status(STATUS)
    assert status is not None
    assert (status.result_code, status.amount_minor, status.currency_number) == (0, 1234, "826")
    assert (status.receipt_number, status.trace) == (231, 975)
    assert (status.authorisation, status.scheme, status.words) == ("750071", "MasterCard", "Auth 123")
    assert "4111" not in repr(status)


def test_secret_fields_are_skipped_where_they_are_read() -> None:
    fields = read_fields(STATUS)
    assert not {0x0E, 0x22} & set(fields)
    assert not any(b"\x41\x11\x11" in value for value in fields.values())


def test_reading_ends_at_a_field_that_nobody_knows() -> None:
    assert read_fields(b"\x27\x05\xcc\x01\x02") == {0x27: b"\x05"}


@pytest.mark.parametrize("cut", [1, 4, 8, 20, 40])
def test_a_field_that_is_cut_off_is_malformed_or_missing_and_never_shortened(cut: int) -> None:
    whole = read_fields(STATUS)
    try:
        part = read_fields(STATUS[:-cut])
    except ZvtMalformed:
        return
    assert all(whole[number] == value for number, value in part.items())


@pytest.mark.parametrize(
    ("length", "head"),
    [(0, "060f00"), (254, "060ffe"), (255, "060fffff00"), (256, "060fff0001"), (65535, "060fffffff")],
)
def test_lengths_from_255_on_are_written_in_three_bytes(length: int, head: str) -> None:
    encoded = Apdu(Control.COMPLETION, b"\x00" * length).encoded()
    assert encoded[: len(head) // 2].hex() == head
    assert len(encoded) == len(head) // 2 + length


@given(
    st.lists(
        st.builds(Apdu, st.sampled_from([*Control, 0x849C]), st.binary(max_size=600)), min_size=1, max_size=4
    ),
    st.integers(1, 300),
)
def test_messages_are_found_however_the_stream_is_cut(apdus: list[Apdu], size: int) -> None:
    stream = b"".join(apdu.encoded() for apdu in apdus)
    reader = ApduReader()
    found = [
        apdu for start in range(0, len(stream), size) for apdu in reader.feed(stream[start : start + size])
    ]
    assert found == apdus


@pytest.mark.parametrize("garbage", [b"HTTP/1.1 400", b"\xff\x00\x00", b"\x00\x00\x00"])
def test_a_stream_that_is_no_zvt_is_refused_at_its_first_byte(garbage: bytes) -> None:
    with pytest.raises(ZvtMalformed):
        ApduReader().feed(garbage[:1])


@given(st.integers(0, 10**12 - 1))
def test_amounts_survive_packing(amount_minor: int) -> None:
    assert from_bcd(bcd(amount_minor, 6)) == amount_minor


def test_a_missing_receipt_number_is_no_number() -> None:
    assert from_bcd(b"\xff\xff") is None


@pytest.mark.parametrize("number", ["1234567", "12a4", "-1", "١٢"])
def test_what_does_not_fit_into_the_digits_is_refused(number: str) -> None:
    with pytest.raises(ValueError, match="digits"):
        bcd(number, 3)


def test_tagged_fields_nest_and_may_have_long_lengths() -> None:
    lines = b"".join(tagged(0x07, f"line {n}".encode()) for n in range(40))
    block = b"\x25\x82" + len(lines).to_bytes(2, "big") + lines
    data = tagged(0x1F07, b"\x02") + block
    (kind, texts) = read_tagged(data)
    assert kind == (0x1F07, b"\x02")
    assert [value for _, value in read_tagged(texts[1])][39] == b"line 39"


@pytest.mark.parametrize("data", ["25", "2581", "2583000001", "250501", "1f"])
def test_tagged_fields_that_are_cut_off_are_malformed(data: str) -> None:
    with pytest.raises(ZvtMalformed):
        list(read_tagged(bytes.fromhex(data)))


def test_a_receipt_in_lines_ends_with_its_last_line_and_the_first_of_two_is_the_merchants() -> None:
    printouts = Printouts()
    for attribute, text in (
        (0, b"MERCHANT"),
        (0x81, b"end"),
        (0, b"CUSTOMER"),
        (0xC1, b""),
        (0x81, b"\x9c 5"),
    ):
        printouts.add_line(bytes([attribute]) + text)
    assert printouts.merchant_copy == ("MERCHANT", "end")
    assert printouts.customer_copy == ("CUSTOMER", "", "£ 5")


def test_receipts_are_told_apart_by_their_type_in_any_order() -> None:
    printouts = Printouts()
    for kind, text in ((2, b"for you"), (1, b"for us")):
        block = tagged(0x1F07, bytes([kind])) + tagged(0x25, tagged(0x07, text))
        printouts.add_block(bytes([Bmp.TLV, len(block)]) + block)
    assert (printouts.customer_copy, printouts.merchant_copy) == (("for you",), ("for us",))


def test_a_terminals_own_words_come_before_the_table() -> None:
    texts = tagged(0x24, tagged(0x07, b"Karte") + tagged(0x07, b"einstecken"))
    assert read_state(b"\x0a\x01" + bytes([Bmp.TLV, len(texts)]) + texts) == "Karte einstecken"
    assert read_state(b"\x0a\x01") == "Insert card"
    assert read_state(b"\x4c") == "Card not readable. Remove card"
    assert read_state(b"\xf8") == ""
