import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.builders import a_basket, a_line, a_sale
from till_app.domain.errors import DomainError
from till_app.domain.returns import AlreadyReturned, return_line, returnable_lines


@given(
    price_minor=st.integers(1, 9_999),
    quantity=st.integers(1, 12),
    discount_minor=st.integers(0, 500),
    data=st.data(),
)
def test_returns_in_any_parts_give_back_just_what_was_paid(
    price_minor: int, quantity: int, discount_minor: int, data: st.DataObject
) -> None:
    basket = a_basket(a_line("a", price_minor, quantity_milli=quantity * 1000))
    basket.discount_basket(min(discount_minor, price_minor * quantity))
    sale = a_sale(basket)
    returned = AlreadyReturned()
    left = quantity
    while left:
        part = data.draw(st.integers(1, left))
        (source,) = returnable_lines(sale, {1: returned})
        line = return_line("r", sale, source, part * 1000)
        returned = AlreadyReturned(
            returned.quantity_milli - line.quantity_milli,
            returned.gross_minor - line.gross_minor,
            returned.tax_minor - line.tax.tax_minor,
        )
        left -= part
    assert returned.gross_minor == sale.total_minor
    assert returned.tax_minor == sale.tax_minor


def test_more_than_was_sold_never_comes_back() -> None:
    sale = a_sale(a_basket(a_line("a", 500, quantity_milli=2000)))
    (source,) = returnable_lines(sale, {1: AlreadyReturned(1000, 500, 83)})
    with pytest.raises(DomainError, match="return_too_much"):
        return_line("r", sale, source, 2000)


def test_a_return_cannot_itself_be_returned() -> None:
    sale = a_sale(a_basket(a_line("a", 500)))
    (source,) = returnable_lines(sale, {})
    refund = a_sale(a_basket(return_line("r", sale, source, 1000)), counter=2)
    assert refund.is_return
    assert refund.total_minor == -500
    assert returnable_lines(refund, {}) == ()
