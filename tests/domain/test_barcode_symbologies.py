import pytest
from hypothesis import given
from hypothesis import strategies as st

from till_app.domain.barcode import (
    BadCheckDigit,
    Barcode,
    InStoreItem,
    OtherCode,
    ReceiptCode,
    TradeItem,
    parse_barcode,
)
from till_app.domain.gs1 import Gs1Amount, Gs1Date, Gs1Details
from till_app.domain.gtin import check_digit, expand_upc_e, is_isbn, is_issn
from till_app.domain.in_store import EmbeddedValue, InStoreLayout
from till_app.domain.symbology import split_identifier, symbology_name

GS = "\x1d"
WHISKY, HAM = "05000128104517", "95011015300038"


def with_check_digit(body: str) -> str:
    return body + check_digit(body)


@pytest.mark.parametrize(
    ("upc_e", "upc_a"),
    [
        ("01234505", "012000003455"),
        ("01234514", "012100003454"),
        ("01234523", "012200003453"),
        ("01234531", "012300000451"),
        ("01234543", "012340000053"),
        ("01234558", "012345000058"),
        ("01234596", "012345000096"),
        ("11234502", "112000003452"),
    ],
)
def test_upc_e_of_both_number_systems_expands(upc_e: str, upc_a: str) -> None:
    assert expand_upc_e(upc_e) == upc_a


@pytest.mark.parametrize("text", ["21234505", "01234506", "0123450", "012345050", "0123450²", ""])
def test_what_is_no_upc_e_does_not_expand(text: str) -> None:
    assert expand_upc_e(text) is None


@pytest.mark.parametrize(
    ("scanned", "parsed"),
    [
        ("]E05000128104517", TradeItem("5000128104517", "05000128104517")),
        ("\x02]E05000128104517\r", TradeItem("5000128104517", "05000128104517")),
        ("]E450184323", TradeItem("50184323", "00000050184323")),
        ("]E3500012810451712", TradeItem("5000128104517", "05000128104517", add_on="12")),
        ("]E3500012810451752495", TradeItem("5000128104517", "05000128104517", add_on="52495")),
        ("500012810451752495", TradeItem("5000128104517", "05000128104517", add_on="52495")),
        ("]I115000128104514", TradeItem("15000128104514", "15000128104514")),
        ("]C0RN2-004182", ReceiptCode("RN2-004182", "2-004182")),
        ("]d20105000128104517", TradeItem("05000128104517", "05000128104517")),
        ("]Q3" + GS + "0105000128104517", TradeItem("05000128104517", "05000128104517")),
        (
            "]C11726123101050001281045171012AB",
            TradeItem(WHISKY, WHISKY, Gs1Details(batch="12AB", expires=Gs1Date("261231"))),
        ),
        ("]C110LOT7" + GS + "0105000128104517", TradeItem(WHISKY, WHISKY, Gs1Details(batch="LOT7"))),
        (
            "010500012810451710LOT7" + GS + "17261231",
            TradeItem(WHISKY, WHISKY, Gs1Details(batch="LOT7", expires=Gs1Date("261231"))),
        ),
        ("]C101950110153000333103000412", BadCheckDigit("95011015300033", "8")),
        ("01950110153000383103000412", TradeItem(HAM, HAM, Gs1Details(weight_grams=412))),
        ("]d201950110153000383922000391", TradeItem(HAM, HAM, Gs1Details(price=Gs1Amount(391, 2)))),
    ],
)
def test_each_symbology_is_read_as_what_it_is(scanned: str, parsed: Barcode) -> None:
    assert parse_barcode(scanned) == parsed


@pytest.mark.parametrize(
    "scanned",
    [
        "]C111" + "261230",  # GS1-128 with a production date: as long as a GTIN-8, and its digit fits
        "]C0" + "50184323",  # Code 128: the shop's own number, whatever its length
        "]A0" + "5000128104518",  # Code 39
        "]Q1" + "https://example.org/menu",
        "10LOT7" + GS + "17261231",
    ],
)
def test_a_symbology_that_holds_no_gtin_is_never_taken_for_one(scanned: str) -> None:
    assert isinstance(parse_barcode(scanned), OtherCode)


@pytest.mark.parametrize("scanned", ["]E112", "]E252495"])
def test_an_add_on_by_itself_is_no_plu(scanned: str) -> None:
    assert parse_barcode(scanned) == OtherCode(scanned)


@pytest.mark.parametrize("text", ["²" * 15, "²" * 8, "5000128104517\x00", "\u202e5000128104517", "\ud800"])
def test_odd_characters_neither_raise_nor_stay(text: str) -> None:
    parsed = parse_barcode(text)
    assert parsed.text.isprintable()
    parsed.text.encode()


@given(st.text(st.sampled_from("0123456789²٣]ECQd\x1d\x02RN-"), max_size=40))
def test_nothing_that_looks_like_a_code_raises(text: str) -> None:
    parse_barcode(text)


def test_leading_zeros_do_not_make_another_item() -> None:
    upc_a = "036000291452"
    assert {
        parse_barcode(text).gtin14  # type: ignore[union-attr]
        for text in (upc_a, "0" + upc_a, "00" + upc_a)
    } == {"00036000291452"}


def test_an_ean_8_that_begins_with_2_is_no_label_with_a_price() -> None:
    code = with_check_digit("2000113")
    assert parse_barcode(code) == TradeItem(code, code.zfill(14))


def test_a_upc_a_of_number_system_2_is_the_label_of_prefix_02() -> None:
    code = with_check_digit("020001100391")
    as_upc_a = parse_barcode(code[1:])
    assert as_upc_a == parse_barcode(code)
    assert isinstance(as_upc_a, InStoreItem)
    assert (as_upc_a.item_key, as_upc_a.price_minor) == ("0200011", 391)


@pytest.mark.parametrize(
    ("layout", "price_minor", "quantity_milli"),
    [
        (InStoreLayout("28", 4, 6, EmbeddedValue.PRICE, 2), 12_345, None),
        (InStoreLayout("28", 4, 6, EmbeddedValue.PRICE, 1), 123_450, None),
        (InStoreLayout("28", 4, 6, EmbeddedValue.WEIGHT, 3), None, 12_345),
        (InStoreLayout("28", 4, 6, EmbeddedValue.WEIGHT, 4), None, 1_234),
        (InStoreLayout("28", 4, 6, EmbeddedValue.COUNT, 0), None, 12_345_000),
    ],
)
def test_a_shop_lays_out_its_own_labels(
    layout: InStoreLayout, price_minor: int | None, quantity_milli: int | None
) -> None:
    code = with_check_digit("280042012345")
    assert parse_barcode(code, (layout,)) == InStoreItem(code, "280042", price_minor, quantity_milli)


def test_a_layout_that_does_not_fill_the_label_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="12 digits"):
        InStoreLayout("28", 4, 5, EmbeddedValue.PRICE, 2)


@pytest.mark.parametrize(
    ("scanned", "parsed"),
    [
        ("0-306-40615-2", TradeItem("0-306-40615-2", "09780306406157")),
        ("080442957X", TradeItem("080442957X", "09780804429573")),
        ("080442957x", TradeItem("080442957x", "09780804429573")),
        ("0306406153", OtherCode("0306406153")),
        ("9780306406157", TradeItem("9780306406157", "09780306406157")),
        ("978030640615752499", TradeItem("9780306406157", "09780306406157", add_on="52499")),
        ("977026299603805", TradeItem("9770262996038", "09770262996038", add_on="05")),
        ("]E3003600029145212345", TradeItem("0036000291452", "00036000291452", add_on="12345")),
        ("03600029145212345", TradeItem("036000291452", "00036000291452", add_on="12345")),
    ],
)
def test_books_and_papers_keep_their_add_on(scanned: str, parsed: Barcode) -> None:
    assert parse_barcode(scanned) == parsed


def test_numbers_of_books_and_papers_are_known() -> None:
    assert [is_isbn(gtin) for gtin in ("09780306406157", "09791032305690", "09790060115615")] == [
        True,
        True,
        False,
    ]
    assert [is_issn(gtin) for gtin in ("09770262996038", "09780306406157")] == [True, False]


@pytest.mark.parametrize(
    ("scanned", "name"),
    [
        ("]E05000128104517", "EAN-13"),
        ("]E450184323", "EAN-8"),
        ("]C10105000128104517", "GS1-128"),
        ("]C0AB", "Code 128"),
        ("]d2", "GS1 DataMatrix"),
        ("]Q3", "GS1 QR Code"),
        ("]e0", "GS1 DataBar"),
        ("5000128104517", ""),
        ("]?", ""),
    ],
)
def test_an_aim_identifier_names_the_symbology(scanned: str, name: str) -> None:
    assert symbology_name(split_identifier(scanned)[0]) == name
