"""The shop's own labels: laid out by a table, their value checked by a digit of its own."""

import contextlib

import pytest
from biip.checksums import gs1_price_weight_check_digit  # an independent calculation
from hypothesis import given
from hypothesis import strategies as st

from till_app.domain.barcode import BadVerifier, InStoreItem, parse_barcode
from till_app.domain.gtin import check_digit
from till_app.domain.in_store import (
    UK_LAYOUTS,
    EmbeddedValue,
    InStoreLayout,
    layouts_as_text,
    layouts_from_text,
    price_verifier,
)

PRICE, WEIGHT, COUNT = EmbeddedValue.PRICE, EmbeddedValue.WEIGHT, EmbeddedValue.COUNT
FOUR = InStoreLayout("20", 5, 4, PRICE, 2, has_verifier=True)
FIVE = InStoreLayout("27", 4, 5, PRICE, 2, has_verifier=True)


def test_the_verifiers_of_the_standards_own_examples() -> None:
    assert (price_verifier("2875"), price_verifier("14685")) == ("9", "6")


@given(st.one_of(st.integers(0, 9999).map("{:04}".format), st.integers(0, 99_999).map("{:05}".format)))
def test_the_verifier_is_as_an_independent_program_has_it(text: str) -> None:
    assert price_verifier(text) == str(gs1_price_weight_check_digit(text))


@given(st.sampled_from([FOUR, FIVE]), st.integers(0, 9999), st.integers(0, 9999))
def test_a_label_is_read_as_it_was_made(layout: InStoreLayout, item: int, value: int) -> None:
    key = f"{item:0{layout.item_digits}}"
    label = layout.label(key, value)
    assert parse_barcode(label, (layout,)) == InStoreItem(label, layout.prefix + key, value, None)


@given(st.sampled_from([FOUR, FIVE]), st.integers(0, 9999), st.integers(0, 4), st.integers(1, 9))
def test_one_wrong_digit_of_the_value_is_noticed_though_the_check_digit_fits(
    layout: InStoreLayout, value: int, place: int, change: int
) -> None:
    label = layout.label("1" * layout.item_digits, value)
    at = 12 - layout.value_digits + min(place, layout.value_digits - 1)
    wrong = label[:at] + str((int(label[at]) + change) % 10) + label[at + 1 : 12]
    wrong += check_digit(wrong)
    assert parse_barcode(wrong, (layout,)) == BadVerifier(wrong)


def test_the_longest_prefix_that_fits_decides() -> None:
    general = InStoreLayout("29", 5, 5, PRICE, 2)
    special = InStoreLayout("299", 4, 5, COUNT, 0)
    body = "299001200003"
    label = body + check_digit(body)
    for layouts in ((general, special), (special, general)):
        assert parse_barcode(label, layouts) == InStoreItem(label, "2990012", None, 3000)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        (("28", 4, 5, PRICE, 2), "12 digits"),
        (("28", 5, 5, PRICE, 2, True), "12 digits"),
        (("50", 5, 5, PRICE, 2), "makers' numbers"),
        (("2", 6, 5, PRICE, 2), "2 to 6 digits"),
        (("2²", 5, 5, PRICE, 2), "2 to 6 digits"),
        (("28", 0, 10, PRICE, 2), "a digit each"),
        (("28", 5, 5, PRICE, 6), "so many decimals"),
        (("28", 3, 6, PRICE, 2, True), "4 or 5 digits"),
        (("28", 5, 5, COUNT, 2), "no decimals"),
    ],
)
def test_a_layout_that_makes_no_sense_says_why(fields: tuple[object, ...], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        InStoreLayout(*fields)  # type: ignore[arg-type]


def test_a_table_comes_back_from_its_text() -> None:
    table = (*UK_LAYOUTS, FIVE)
    assert layouts_from_text(layouts_as_text(table)) == table
    assert layouts_from_text(" ") == ()


@pytest.mark.parametrize(
    "text",
    [
        "[",
        "7",
        "{}x",
        '["20"]',
        '[{"prefix":"20"}]',
        layouts_as_text((UK_LAYOUTS[0], UK_LAYOUTS[0])),
        layouts_as_text(UK_LAYOUTS).replace("price", "pride"),
        layouts_as_text(UK_LAYOUTS).replace('"decimals":2', '"decimals":"2"'),
        layouts_as_text(UK_LAYOUTS).replace('"prefix":"20"', '"prefix":20'),
    ],
)
def test_what_is_no_table_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - whichever words
        layouts_from_text(text)


@given(st.text(max_size=40))
def test_only_value_errors_leave_the_reading_of_a_table(text: str) -> None:
    with contextlib.suppress(ValueError):
        layouts_from_text(text)


@pytest.mark.parametrize(
    ("label_decimals", "currency_digits", "price_minor"),
    [(2, 2, 500), (0, 0, 500), (0, 2, 50_000), (2, 0, 5)],
)
def test_a_labels_price_is_in_the_minor_unit_of_the_shops_currency(
    label_decimals: int, currency_digits: int, price_minor: int
) -> None:
    layout = InStoreLayout("20", 5, 5, PRICE, label_decimals)
    code = parse_barcode(layout.label("12345", 500), (layout,), currency_digits)
    assert isinstance(code, InStoreItem)
    assert code.price_minor == price_minor
