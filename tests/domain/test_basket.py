import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.builders import DAY, STANDARD, a_basket, a_line, an_item
from till_app.domain.basket_line import priced_line
from till_app.domain.catalogue import Unit
from till_app.domain.errors import DomainError

prices = st.lists(st.integers(1, 50_000), min_size=1, max_size=20)


def test_the_same_thing_scanned_again_raises_the_quantity() -> None:
    basket = a_basket(a_line("a", 165, name="Milk"), a_line("b", 320), a_line("c", 165, name="Milk"))
    assert [(line.line_id, line.quantity_milli) for line in basket.lines] == [("a", 2000), ("b", 1000)]


def test_a_price_that_changed_in_between_makes_a_line_of_its_own() -> None:
    basket = a_basket(a_line("a", 165, name="Milk"), a_line("b", 170, name="Milk"))
    assert basket.totals().total_minor == 335
    assert len(basket.lines) == 2


def test_weighed_goods_are_never_merged() -> None:
    basket = a_basket(
        a_line("a", 950, quantity_milli=412, name="Cheddar", unit=Unit.KILOGRAM),
        a_line("b", 950, quantity_milli=200, name="Cheddar", unit=Unit.KILOGRAM),
    )
    assert [line.gross_minor for line in basket.lines] == [391, 190]


def test_a_voided_line_counts_no_more_but_stays_on_record() -> None:
    basket = a_basket(a_line("a", 165), a_line("b", 320))
    basket.void_line("a")
    assert basket.totals().total_minor == 320
    assert [line.voided for line in basket.all_lines] == [True, False]
    with pytest.raises(DomainError, match="line_gone"):
        basket.void_line("a")


def test_vat_of_the_basket_is_the_sum_of_the_lines_pennies() -> None:
    basket = a_basket(*[a_line(str(number), 3, name=f"sweet {number}") for number in range(10)])
    assert basket.totals().tax_minor == 10  # a penny a line, though 20/120 of 30 is 5
    assert basket.totals().tax_lines[0].tax_minor == 10


@given(prices, st.integers(0, 10_000))
def test_a_basket_discount_is_spread_to_the_penny(lines: list[int], rate_bp: int) -> None:
    basket = a_basket(*[a_line(str(i), price, name=f"item {i}") for i, price in enumerate(lines)])
    before = basket.totals().total_minor
    basket.discount_basket_percent(rate_bp)
    totals = basket.totals()
    assert totals.total_minor == before - totals.savings_minor
    assert totals.total_minor == sum(tax.gross_minor for tax in totals.tax_lines)
    assert all(line.gross_minor >= 0 for line in basket.lines)


def test_a_second_basket_discount_replaces_the_first() -> None:
    basket = a_basket(a_line("a", 1000), a_line("b", 500))
    basket.discount_basket(300)
    basket.discount_basket(150)
    assert [line.basket_discount_minor for line in basket.lines] == [100, 50]


def test_a_discount_larger_than_the_goods_is_refused() -> None:
    basket = a_basket(a_line("a", 1000))
    with pytest.raises(DomainError, match="discount_too_large"):
        basket.discount_line("a", 1001)
    assert basket.totals().total_minor == 1000


def test_a_line_discount_follows_the_quantity() -> None:
    basket = a_basket(a_line("a", 1000))
    basket.discount_line_percent("a", 1000)
    assert basket.set_quantity("a", 3000).discount_minor == 300


@pytest.mark.parametrize(
    ("quantity_milli", "code"),
    [(0, "quantity_zero"), (1500, "quantity_not_whole"), (100_000_000, "quantity_too_large")],
)
def test_an_impossible_quantity_is_refused_and_changes_nothing(quantity_milli: int, code: str) -> None:
    basket = a_basket(a_line("a", 165))
    with pytest.raises(DomainError, match=code):
        basket.set_quantity("a", quantity_milli)
    assert basket.line("a").quantity_milli == 1000


def test_an_open_price_must_be_typed() -> None:
    with pytest.raises(DomainError, match="price_missing"):
        priced_line("a", an_item("Sundries", None), STANDARD, day=DAY, code="", quantity_milli=1000)


def test_a_copy_is_changed_without_its_original() -> None:
    basket = a_basket(a_line("a", 165))
    draft = basket.copy()
    draft.void_line("a")
    assert len(basket.lines) == 1
