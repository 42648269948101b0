from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.domain.builders import a_basket, a_line, a_sale
from till_app.domain.errors import DomainError
from till_app.domain.returns import AlreadyReturned, return_line, returnable_lines


def test_more_of_a_thing_with_a_basket_discount_makes_a_line_of_its_own() -> None:
    basket = a_basket(a_line("a", 1000, name="Milk"))
    basket.discount_basket_percent(1000)
    basket.add(a_line("b", 1000, name="Milk"))
    assert [(line.quantity_milli, line.gross_minor) for line in basket.lines] == [(1000, 900), (1000, 1000)]


def test_the_quantity_of_a_line_that_costs_nothing_can_be_lowered() -> None:
    basket = a_basket(a_line("a", 99, quantity_milli=2000))
    basket.discount_line_percent("a", 5000)
    basket.discount_basket_percent(10_000)
    line = basket.set_quantity("a", 1000)
    assert (line.line_discount_minor, line.basket_discount_minor, line.gross_minor) == (50, 49, 0)


def test_a_lower_price_keeps_the_basket_discount_in_proportion() -> None:
    basket = a_basket(a_line("a", 1000), a_line("b", 1000))
    basket.discount_basket_percent(5000)
    assert basket.set_unit_price("a", 400).gross_minor == 200
    assert basket.set_unit_price("a", 0).gross_minor == 0
    assert basket.set_unit_price("a", 400).gross_minor == 400  # nothing is left of a share of nothing


def test_a_voided_line_takes_its_share_of_the_discount_with_it() -> None:
    basket = a_basket(a_line("a", 1000), a_line("b", 500))
    basket.discount_basket(300)
    basket.void_line("a")
    totals = basket.totals()
    assert (totals.savings_minor, totals.total_minor) == (100, 400)


def test_the_limits_of_a_price_are_those_of_a_label_too() -> None:
    with pytest.raises(DomainError, match="price_negative"):
        a_basket(replace(a_line("a", 100), fixed_price_minor=-100))


@given(
    st.lists(st.tuples(st.integers(0, 5_000), st.integers(1, 9)), min_size=1, max_size=6),
    st.lists(
        st.tuples(
            st.sampled_from(["quantity", "price", "line", "basket", "void", "more"]),
            st.integers(0, 5),
            st.integers(0, 10_000),
        ),
        max_size=12,
    ),
)
def test_whatever_is_done_to_a_basket_no_line_costs_less_than_nothing(
    goods: list[tuple[int, int]], changes: list[tuple[str, int, int]]
) -> None:
    basket = a_basket(
        *[a_line(str(i), price, quantity_milli=count * 1000) for i, (price, count) in enumerate(goods)]
    )
    for number, (change, index, value) in enumerate(changes):
        line_id = str(index)
        before = basket.all_lines
        try:
            match change:
                case "quantity":
                    basket.set_quantity(line_id, value % 20 * 1000)
                case "price":
                    basket.set_unit_price(line_id, value)
                case "line":
                    basket.discount_line_percent(line_id, value)
                case "basket":
                    basket.discount_basket_percent(value)
                case "void":
                    basket.void_line(line_id)
                case _:
                    basket.add(a_line(f"new {number}", value, name=f"item {index}"))
        except DomainError:
            assert basket.all_lines == before
        totals = basket.totals()
        assert all(0 <= line.gross_minor <= line.before_discount_minor for line in basket.lines)
        assert totals.total_minor == totals.before_discount_minor - totals.savings_minor
        assert totals.total_minor == sum(tax.gross_minor for tax in totals.tax_lines)


@example(gross_minor=2, quantity=5, parts=[(1, False), (1, True), (1, False), (1, True)])
@given(
    gross_minor=st.integers(0, 60),
    quantity=st.integers(1, 20),
    parts=st.lists(st.tuples(st.integers(1, 5), st.booleans()), min_size=1, max_size=30),
)
def test_parts_of_which_some_are_taken_out_again_never_give_back_more_than_was_paid(
    gross_minor: int, quantity: int, parts: list[tuple[int, bool]]
) -> None:
    basket = a_basket(a_line("a", 100, quantity_milli=quantity * 1000))
    basket.discount_line("a", max(0, 100 * quantity - gross_minor))
    sale = a_sale(basket)
    in_basket: list[tuple[AlreadyReturned, bool]] = []

    def returned_so_far(*, kept_only: bool) -> AlreadyReturned:
        counted = [part for part, kept in in_basket if kept or not kept_only]
        return AlreadyReturned(
            sum(part.quantity_milli for part in counted),
            sum(part.gross_minor for part in counted),
            sum(part.tax_minor for part in counted),
        )

    def give_back(pieces: int, so_far: AlreadyReturned) -> AlreadyReturned:
        (source,) = returnable_lines(sale, {1: so_far})
        line = return_line("r", sale, source, pieces * 1000)
        assert line.gross_minor <= 0
        assert line.gross_minor <= line.tax.tax_minor <= 0
        return AlreadyReturned(pieces * 1000, -line.gross_minor, -line.tax.tax_minor)

    for wanted, kept in parts:
        so_far = returned_so_far(kept_only=False)
        pieces = min(wanted, quantity - so_far.quantity_milli // 1000)
        if pieces:
            in_basket.append((give_back(pieces, so_far), kept))
    in_basket = [(part, kept) for part, kept in in_basket if kept]
    while (so_far := returned_so_far(kept_only=True)).quantity_milli < quantity * 1000:
        in_basket.append((give_back(1, so_far), True))
    assert so_far.gross_minor == sale.total_minor
    assert so_far.tax_minor == sale.tax_minor
