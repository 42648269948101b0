"""Amounts, quantities, rates and moments in words, and typed words as numbers."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QLocale

from till_app.domain.currency import EUR, GBP, JPY
from till_app.ui.formatting import Formatter, parse_keyed_amount, parse_quantity

LONDON = ZoneInfo("Europe/London")


@pytest.mark.parametrize(
    ("amount_minor", "words"),
    [(330, "£3.30"), (-145, "−£1.45"), (0, "£0.00"), (5, "£0.05"), (-5, "−£0.05"), (81429015, "£814,290.15")],
)
def test_an_amount_has_its_symbol_its_pennies_and_a_real_minus(amount_minor: int, words: str) -> None:
    assert Formatter(GBP).amount(amount_minor) == words


def test_a_currency_without_minor_units_has_no_decimals() -> None:
    assert Formatter(JPY).amount(1250) == "¥1,250"


def test_the_locale_decides_the_decimal_point_and_the_grouping() -> None:
    assert Formatter(EUR, QLocale("de_DE")).amount(123456) == "€1.234,56"


def test_a_note_is_named_without_pennies_and_an_exact_amount_with_them() -> None:
    assert Formatter(GBP).amount_short(2000) == "£20"
    assert Formatter(GBP).amount_short(1206) == "£12.06"


@pytest.mark.parametrize(("milli", "words"), [(2000, "2"), (412, "0.412"), (-1000, "−1"), (1500, "1.500")])
def test_a_count_is_whole_and_a_weight_has_its_thousandths(milli: int, words: str) -> None:
    assert Formatter(GBP).quantity(milli) == words


@pytest.mark.parametrize(
    ("rate_bp", "words"), [(2000, "20\u00a0%"), (500, "5\u00a0%"), (0, "0\u00a0%"), (1750, "17.5\u00a0%")]
)
def test_a_rate_is_a_percentage_without_idle_decimals(rate_bp: int, words: str) -> None:
    assert Formatter(GBP).percent(rate_bp) == words


def test_a_moment_is_shown_in_local_time_on_both_sides_of_the_clock_change() -> None:
    formatter = Formatter(GBP, zone=LONDON)
    assert formatter.date_and_time(datetime(2026, 11, 24, 16, 20, tzinfo=UTC)) == "24 Nov 2026 16:20"
    assert formatter.date_and_time(datetime(2026, 6, 30, 23, 30, tzinfo=UTC)) == "1 Jul 2026 00:30"


def test_a_business_date_has_no_zone() -> None:
    assert Formatter(GBP).day(date(2026, 11, 24)) == "24 Nov 2026"


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        Formatter(GBP).time(datetime(2026, 11, 24, 16, 20))  # noqa: DTZ001  the point of the test


@pytest.mark.parametrize(
    ("text", "amount_minor"),
    [("1250", 1250), ("12.50", 1250), ("12,5", 1250), ("12.", 1200), (".5", 50), ("£3.30", 330), ("0", 0)],
)
def test_keyed_figures_count_pennies_and_a_point_is_taken_as_read(text: str, amount_minor: int) -> None:
    assert parse_keyed_amount(text, GBP) == amount_minor


@pytest.mark.parametrize("text", ["", ".", "1.2.3", "12.505", "-5", "abc", "5000128104517", "１２"])
def test_what_is_no_amount_is_none(text: str) -> None:
    assert parse_keyed_amount(text, GBP) is None


@pytest.mark.parametrize(("text", "milli"), [("3", 3000), ("0.412", 412), (".4", 400), ("1,5", 1500)])
def test_a_typed_quantity_is_in_thousandths(text: str, milli: int) -> None:
    assert parse_quantity(text) == milli


def test_a_quantity_with_more_than_thousandths_is_refused() -> None:
    assert parse_quantity("0.4125") is None


@given(st.integers(min_value=0, max_value=99_999_999))
def test_what_is_written_can_be_read_back(amount_minor: int) -> None:
    words = Formatter(GBP).amount(amount_minor).replace(",", "")
    assert parse_keyed_amount(words, GBP) == amount_minor


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (-5, "moments ago"),
        (1, "moments ago"),
        (2, "2 min ago"),
        (119, "119 min ago"),
        (120, "2 h ago"),
        (47 * 60, "47 h ago"),
        (48 * 60, "2 days ago"),
    ],
)
def test_an_age_is_told_in_the_unit_that_people_use(minutes: int, words: str) -> None:
    now = datetime(2026, 11, 24, 14, 32, tzinfo=UTC)
    assert Formatter(GBP).age(now - timedelta(minutes=minutes), now) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(90, "90 seconds"), (-180, "3 minutes"), (7200, "2 hours"), (172_800, "2 days")],
)
def test_a_span_has_no_sign(seconds: int, words: str) -> None:
    assert Formatter(GBP).span(seconds) == words
