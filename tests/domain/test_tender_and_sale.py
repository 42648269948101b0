import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.builders import a_basket, a_line, a_sale, cash
from till_app.domain.currency import GBP
from till_app.domain.errors import DomainError
from till_app.domain.reports import SessionFacts, cash_movements_of, fold
from till_app.domain.session import MovementKind, TillSession
from till_app.domain.tender import (
    TenderKind,
    balance_minor,
    give_back,
    suggested_cash_minor,
    take_card,
    take_cash,
)

SESSION = TillSession("session-1", 1, "2026-11-24", "2026-11-24T08:00:00.000000Z", "op", 15_000)


def test_cash_over_the_balance_gives_change() -> None:
    tender = take_cash("t", 1206, 2000)
    assert (tender.amount_minor, tender.change_minor) == (1206, 794)


def test_cash_under_the_balance_leaves_the_rest() -> None:
    assert balance_minor(1206, [take_cash("t", 1206, 1000)]) == 206


def test_a_card_is_never_charged_more_than_the_balance() -> None:
    with pytest.raises(DomainError, match="card_over_balance"):
        take_card("t", 1206, 1207)


def test_a_refund_is_never_more_than_is_owed() -> None:
    with pytest.raises(DomainError, match="refund_over_balance"):
        give_back("t", TenderKind.CASH, -500, 501)
    assert give_back("t", TenderKind.CASH, -500, 500).amount_minor == -500


@pytest.mark.parametrize("amount_minor", [0, -1])
def test_nothing_and_less_is_no_tender(amount_minor: int) -> None:
    with pytest.raises(DomainError, match="amount_not_positive"):
        take_cash("t", 500, amount_minor)


@given(st.integers(1, 100_000))
def test_suggestions_begin_with_the_exact_amount_and_all_suffice(due_minor: int) -> None:
    suggestions = suggested_cash_minor(due_minor, GBP)
    assert suggestions[0] == due_minor
    assert list(suggestions) == sorted(set(suggestions))


def test_suggestions_are_the_sums_of_notes_that_people_hand_over() -> None:
    assert suggested_cash_minor(1206, GBP) == (1206, 1500, 2000, 5000)


def test_an_unsettled_basket_is_no_sale() -> None:
    with pytest.raises(DomainError, match="balance_open"):
        a_sale(a_basket(a_line("a", 500)), cash(400))


def test_a_free_basket_is_a_sale_without_tenders() -> None:
    basket = a_basket(a_line("a", 500))
    basket.discount_basket(500)
    assert a_sale(basket).tenders == ()


@given(st.lists(st.tuples(st.integers(1, 20_000), st.integers(0, 5_000)), min_size=1, max_size=20))
def test_expected_cash_is_float_plus_what_each_sale_left_in_the_drawer(
    trade: list[tuple[int, int]],
) -> None:
    sales = [
        a_sale(a_basket(a_line("a", price)), cash(price, price + over), counter=number + 1)
        for number, (price, over) in enumerate(trade)
    ]
    movements = [
        movement for sale in sales for movement in cash_movements_of(sale, (str(n) for n in range(200)))
    ]
    report = fold(SessionFacts(SESSION, tuple(sales), tuple(movements), 0, 0))
    assert report.expected_cash_minor == sum(price for price, _ in trade)  # change is no takings
    assert report.total_minor == sum(sale.total_minor for sale in sales)
    assert report.tax_minor == sum(sale.tax_minor for sale in sales)
    assert report.movements_minor.get(MovementKind.CHANGE, 0) == -sum(over for _, over in trade)
