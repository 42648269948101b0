import pytest
from hypothesis import given
from hypothesis import strategies as st

from till_app.domain.barcode import (
    BadCheckDigit,
    InStoreItem,
    OtherCode,
    ReceiptCode,
    TradeItem,
    parse_barcode,
)
from till_app.domain.gtin import as_gtin14, check_digit

digits12 = st.text("0123456789", min_size=12, max_size=12).filter(
    lambda text: text[:2] not in ("20", "02", "21")
)


@given(digits12)
def test_a_right_check_digit_makes_a_trade_item(body: str) -> None:
    code = body + check_digit(body)
    assert parse_barcode(code) == TradeItem(code, "0" + code)


@given(digits12, st.integers(0, 12), st.integers(1, 9))
def test_any_one_wrong_digit_is_noticed(body: str, position: int, change: int) -> None:
    code = body + check_digit(body)
    wrong = str((int(code[position]) + change) % 10)
    misread = code[:position] + wrong + code[position + 1 :]
    assert isinstance(parse_barcode(misread), BadCheckDigit)


@given(st.text(max_size=40))
def test_no_text_whatever_raises(text: str) -> None:
    parse_barcode(text)


@pytest.mark.parametrize(
    ("scanned", "gtin14"),
    [
        ("5000128104517", "05000128104517"),
        ("]E05000128104517", "05000128104517"),
        ("50184323", "00000050184323"),
        ("036000291452", "00036000291452"),
        ("04252614", "00042100005264"),  # UPC-E
        ("0105000128104517", "05000128104517"),
        ("]C1010500012810451710LOT7", "05000128104517"),
        ("500012810451712", "05000128104517"),  # with a two-digit add-on
        ("\x025000128104517\r", "05000128104517"),
    ],
)
def test_symbologies_lead_to_one_gtin14(scanned: str, gtin14: str) -> None:
    parsed = parse_barcode(scanned)
    assert isinstance(parsed, TradeItem)
    assert parsed.gtin14 == gtin14


def test_a_misread_names_the_digit_that_would_be_right() -> None:
    assert parse_barcode("5000128104518") == BadCheckDigit("5000128104518", "7")


def test_a_price_embedded_label_gives_item_and_price() -> None:
    code = "200001100391"
    code += check_digit(code)
    assert parse_barcode(code) == InStoreItem(code, "2000011", 391, None)


def test_a_weight_embedded_label_gives_item_and_grams() -> None:
    code = "210001100412"
    code += check_digit(code)
    assert parse_barcode(code) == InStoreItem(code, "2100011", None, 412)


def test_a_receipt_is_known_by_its_prefix() -> None:
    assert parse_barcode("RN2-004182") == ReceiptCode("RN2-004182", "2-004182")
    assert parse_barcode("GR2-004182") == ReceiptCode("GR2-004182", "2-004182", is_gift=True)


def test_a_plu_is_looked_up_as_it_stands() -> None:
    assert parse_barcode(" 4011 ") == OtherCode("4011")


def test_a_gtin14_is_made_only_from_a_right_code() -> None:
    assert as_gtin14("5000128104517") == "05000128104517"
    assert as_gtin14("5000128104518") is None
    assert as_gtin14("٥٠١٨٤٣٢٣") is None
