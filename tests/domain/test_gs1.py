"""GS1 elements and Digital Links: every value as the code has it, and nothing that raises."""

import pytest
from biip.gs1_element_strings import GS1ElementString  # an independent reader of the same standard
from hypothesis import given
from hypothesis import strategies as st

from till_app.domain.barcode import OtherCode, TradeItem, parse_barcode
from till_app.domain.digital_link import read_digital_link
from till_app.domain.gs1 import Gs1Amount, Gs1Date, Gs1Details, elements_of, read_elements
from till_app.domain.gtin import check_digit

GS = "\x1d"
GTIN = "05000128104517"
digits = st.text("0123456789", min_size=6, max_size=6)
batches = st.text("ABC0123456789-/", min_size=1, max_size=20)


@pytest.mark.parametrize(
    ("elements", "details"),
    [
        ("10LOT7", Gs1Details(batch="LOT7")),
        ("21S-1", Gs1Details(serial="S-1")),
        ("2007", Gs1Details(variant="07")),
        ("11260101", Gs1Details(produced=Gs1Date("260101"))),
        ("15261231", Gs1Details(best_before=Gs1Date("261231"))),
        ("17261100", Gs1Details(expires=Gs1Date("261100"))),
        ("3103000412", Gs1Details(weight_grams=412)),
        ("3102000041", Gs1Details(weight_grams=410)),
        ("3105004125", Gs1Details(weight_grams=41)),
        ("3104004125", Gs1Details(weight_grams=413)),
        ("3922391", Gs1Details(price=Gs1Amount(391, 2))),
        ("3932826391", Gs1Details(price=Gs1Amount(391, 2, "GBP"))),
        ("3932978391", Gs1Details(price=Gs1Amount(391, 2, "EUR"))),
        ("3932578391", Gs1Details(price=Gs1Amount(391, 2, "578"))),
        ("39021250", Gs1Details(amount=Gs1Amount(1250, 2))),
        ("39129781250", Gs1Details(amount=Gs1Amount(1250, 2, "EUR"))),
        ("3012", Gs1Details(count=12)),
        ("10LOT7" + GS + "17261120", Gs1Details(batch="LOT7", expires=Gs1Date("261120"))),
        ("3103000412" + GS + "10A", Gs1Details(weight_grams=412, batch="A")),
        ("10A" + GS + "10B", Gs1Details(batch="A")),
        ("310300041", Gs1Details()),
        ("1726123", Gs1Details()),
        ("10" + "X" * 21, Gs1Details()),
        ("3932", Gs1Details()),
    ],
)
def test_each_element_is_read_beside_the_gtin(elements: str, details: Gs1Details) -> None:
    assert read_elements("01" + GTIN + elements) == (GTIN, details)
    assert parse_barcode("]d201" + GTIN + elements) == TradeItem(GTIN, GTIN, details)


def test_a_case_counts_what_it_holds() -> None:
    assert parse_barcode("]C102" + GTIN + "3724") == TradeItem(GTIN, GTIN, Gs1Details(count=24))


@pytest.mark.parametrize(
    ("yymmdd", "this_year", "day"),
    [
        ("261120", 2026, "2026-11-20"),
        ("260200", 2026, "2026-02-28"),
        ("280200", 2026, "2028-02-29"),
        ("761231", 2026, "2076-12-31"),
        ("771231", 2026, "1977-12-31"),
        ("010131", 2099, "2101-01-31"),
        ("491231", 2099, "2149-12-31"),
        ("501231", 2099, "2050-12-31"),
        ("261301", 2026, None),
        ("260230", 2026, None),
        ("260031", 2026, None),
    ],
)
def test_a_day_has_the_century_next_to_this_year_and_00_is_the_months_last(
    yymmdd: str, this_year: int, day: str | None
) -> None:
    assert Gs1Date(yymmdd).iso(this_year) == day


@pytest.mark.parametrize(
    ("amount", "digits", "minor"),
    [
        (Gs1Amount(391, 2), 2, 391),
        (Gs1Amount(391, 1), 2, 3910),
        (Gs1Amount(3915, 3), 2, 392),
        (Gs1Amount(3914, 3), 2, 391),
        (Gs1Amount(391, 0), 0, 391),
    ],
)
def test_an_amount_becomes_minor_units(amount: Gs1Amount, digits: int, minor: int) -> None:
    assert amount.minor(digits) == minor


@pytest.mark.parametrize(
    ("address", "details"),
    [
        ("https://id.gs1.org/01/05000128104517", Gs1Details()),
        ("https://shop.example/a/b/01/5000128104517/10/LOT7?17=261120", None),
        ("http://example.org/gtin/5000128104517/lot/LOT7?exp=261120", None),
        ("https://example.org/01/05000128104517/22/2A/10/A%2FB/21/9?3103=000412&linkType=all", None),
        ("HTTPS://EXAMPLE.ORG/01/05000128104517?3922=391;15=261231", None),
    ],
)
def test_a_digital_link_of_any_domain_is_read(address: str, details: Gs1Details | None) -> None:
    expected = {
        "LOT7": Gs1Details(batch="LOT7", expires=Gs1Date("261120")),
        "A%2FB": Gs1Details(batch="A/B", serial="9", variant="2A", weight_grams=412),
        "3922": Gs1Details(price=Gs1Amount(391, 2), best_before=Gs1Date("261231")),
    }
    wanted = details or next(value for key, value in expected.items() if key in address)
    assert read_digital_link(address) == (GTIN, wanted)
    assert parse_barcode("]Q1" + address) == TradeItem(GTIN, GTIN, wanted)


def test_a_short_gtin_in_a_digital_link_is_padded() -> None:
    assert read_digital_link("https://example.org/01/50184323") == ("00000050184323", Gs1Details())


@pytest.mark.parametrize(
    "address",
    [
        "https://example.org/01/05000128104518",
        "https://example.org/menu?01=05000128104517",
        "https:///01/05000128104517",
        "https://[/01/05000128104517",
        "ftp://example.org/01/05000128104517",
        "https://example.org/01",
    ],
)
def test_any_other_address_is_none(address: str) -> None:
    assert read_digital_link(address) is None
    assert parse_barcode(address) == OtherCode(address)


@given(st.text(max_size=60))
def test_no_address_whatever_raises(rest: str) -> None:
    read_digital_link("https://example.org/01/" + rest)
    parse_barcode("https://" + rest)


@given(st.text(st.sampled_from("0123456789ABC" + GS), max_size=60))
def test_no_elements_whatever_raise(text: str) -> None:
    assert all(identifier.isdigit() and value for identifier, value in elements_of(text))
    read_elements(text)
    parse_barcode("]C1" + text)


@given(batches, st.integers(0, 999_999), st.integers(1, 12), st.integers(1, 28), st.booleans())
def test_an_independent_reader_finds_the_same_elements(
    batch: str, weight: int, month: int, day: int, is_batch_first: bool
) -> None:
    gtin = "9501101530003"
    gtin += check_digit(gtin)
    fixed = f"17{26:02}{month:02}{day:02}3103{weight:06}"
    text = f"01{gtin}10{batch}{GS}{fixed}" if is_batch_first else f"01{gtin}{fixed}10{batch}"
    rest, theirs = text, {}
    while rest:
        element = GS1ElementString.extract(rest)
        theirs[element.ai.ai] = element.value
        rest = rest[len(element) :].lstrip(GS)
    assert dict(elements_of(text)) == theirs
    read = read_elements(text)
    assert read is not None
    assert (read[1].batch, read[1].weight_grams) == (batch, weight)
