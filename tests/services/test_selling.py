from dataclasses import replace
from pathlib import Path

import pytest

from tests.services.counter import CHEDDAR, MILK, MORAG, SAM, ShopCounter, open_counter
from till_app.domain.errors import DomainError
from till_app.domain.gtin import check_digit
from till_app.services.scanning import (
    Added,
    Ambiguous,
    Blocked,
    Misread,
    NeedsAgeCheck,
    NeedsPrice,
    NeedsWeight,
    Pending,
    ReceiptScanned,
    Unknown,
)


def test_a_scan_adds_one_at_todays_price(counter: ShopCounter) -> None:
    result = counter.services.selling.scan("5000128104517")
    assert isinstance(result, Added)
    assert (result.line.name, result.line.quantity_milli, result.line.gross_minor) == (MILK.name, 1000, 165)


def test_a_quantity_keyed_before_the_scan_holds_for_it(counter: ShopCounter) -> None:
    result = counter.services.selling.scan("5000128104517", 3000)
    assert isinstance(result, Added)
    assert result.line.gross_minor == 495


def test_weighed_goods_ask_for_a_weight_and_cost_by_it(counter: ShopCounter) -> None:
    result = counter.services.selling.scan("4100")
    assert isinstance(result, NeedsWeight)
    added = counter.services.selling.add(replace(result.pending, quantity_milli=412))
    assert isinstance(added, Added)
    assert added.line.gross_minor == 391


def test_a_price_embedded_label_costs_what_it_says(counter: ShopCounter) -> None:
    body = "200001100391"
    result = counter.services.selling.scan(body + check_digit(body))
    assert isinstance(result, Added)
    assert (result.line.name, result.line.gross_minor) == (CHEDDAR.name, 391)
    assert result.line.quantity_milli == 412  # what the price pays for at £9.50 a kilogram


def test_an_open_price_is_asked_for(counter: ShopCounter) -> None:
    result = counter.services.selling.scan("sundries")
    assert isinstance(result, NeedsPrice)
    added = counter.services.selling.add(replace(result.pending, unit_price_minor=250))
    assert isinstance(added, Added)
    assert added.line.gross_minor == 250


def test_a_customers_age_is_asked_once_and_recorded(counter: ShopCounter) -> None:
    selling = counter.services.selling
    first = selling.scan("5010186016515")
    assert isinstance(first, NeedsAgeCheck)
    assert not selling.is_open
    assert isinstance(selling.add(first.pending, age_confirmed=True), Added)
    assert isinstance(selling.scan("5010186016515"), Added)
    assert _kinds(counter).count("age_check") == 1


def test_a_refused_age_check_sells_nothing_and_is_recorded(counter: ShopCounter) -> None:
    result = counter.services.selling.scan("5010186016515")
    assert isinstance(result, NeedsAgeCheck)
    counter.services.selling.refuse_age(result.pending)
    assert not counter.services.selling.is_open
    assert b'"passed":false' in counter.ledger.entries_after(0, 99, 10**6)[-1].body


def test_a_code_of_two_items_lets_the_operator_choose(counter: ShopCounter) -> None:
    result = counter.services.selling.scan("50184323")
    assert isinstance(result, Ambiguous)
    assert [candidate.item.name for candidate in result.candidates] == ["Mints", "Mints, old pack"]


def test_unknown_misread_blocked_and_receipt_are_told_apart(counter: ShopCounter) -> None:
    scan = counter.services.selling.scan
    assert scan("5000159461122") == Unknown("5000159461122")
    assert scan("5000128104518") == Misread("5000128104518", "7")
    assert isinstance(scan("5000127162242"), Blocked)
    assert scan("RN2-000001") == ReceiptScanned("2-000001")
    assert not counter.services.selling.is_open


def test_the_open_basket_comes_back_after_a_restart(tmp_path: Path) -> None:
    with open_counter(tmp_path) as counter:
        counter.begin_day()
        counter.services.selling.scan("5000128104517", 2000)
        counter.services.selling.scan("mints")
        counter.services.selling.void_line(counter.services.selling.lines[1].line_id)
        counter.services.checkout.pay_card(100)
        uuid = counter.services.selling.basket.uuid  # type: ignore[union-attr]
    with open_counter(tmp_path) as counter:
        selling = counter.services.selling
        assert selling.basket is not None
        assert selling.basket.uuid == uuid
        assert [(line.name, line.quantity_milli) for line in selling.lines] == [(MILK.name, 2000)]
        assert counter.services.checkout.balance_minor == 230


def test_a_price_changed_at_the_hub_never_touches_an_open_basket(counter: ShopCounter) -> None:
    counter.services.selling.scan("5000128104517")
    counter.catalogue.apply([replace(MILK, price_minor=199, name="Milk, new")], "epoch:2")
    assert counter.services.selling.lines[0].gross_minor == 165
    counter.services.selling.scan("5000128104517")
    assert [line.gross_minor for line in counter.services.selling.lines] == [165, 199]


def test_voiding_the_last_line_closes_the_basket_as_voided(counter: ShopCounter) -> None:
    counter.services.selling.scan("5000128104517")
    counter.services.selling.void_line(counter.services.selling.lines[0].line_id)
    assert not counter.services.selling.is_open
    assert _kinds(counter)[-1] == "basket_voided"
    assert counter.ledger.saved_basket() is None


def test_a_basket_with_money_in_it_cannot_be_voided(counter: ShopCounter) -> None:
    counter.services.selling.scan("5000128104517")
    counter.services.checkout.pay_cash(100)
    with pytest.raises(DomainError, match="tenders_taken"):
        counter.services.selling.void_basket()


def test_a_cashier_needs_a_supervisor_for_a_discount(counter: ShopCounter) -> None:
    selling = counter.services.selling
    selling.scan("5000128104517")
    line_id = selling.lines[0].line_id
    with pytest.raises(DomainError, match="approval_needed"):
        selling.discount_line_percent(line_id, 1000)
    assert selling.discount_line_percent(line_id, 1000, SAM).discount_minor == 17
    counter.services.checkout.pay_cash(1000)
    assert counter.services.checkout.complete().sale.approved_by == SAM.staff_id


def test_nothing_is_sold_before_sign_on_and_opening_the_day(tmp_path: Path) -> None:
    with open_counter(tmp_path) as counter:
        with pytest.raises(DomainError, match="not_signed_on"):
            counter.services.selling.scan("5000128104517")
        counter.sign_on()
        with pytest.raises(DomainError, match="no_session"):
            counter.services.selling.scan("5000128104517")


def test_a_return_without_a_receipt_is_for_supervisors(counter: ShopCounter) -> None:
    selling = counter.services.selling
    with pytest.raises(DomainError, match="approval_needed"):
        selling.add_return_without_receipt(Pending(MILK, "milk"))
    assert selling.add_return_without_receipt(Pending(MILK, "milk"), MORAG).gross_minor == -165


def _kinds(counter: ShopCounter) -> list[str]:
    return [entry.kind for entry in counter.ledger.entries_after(0, 999, 10**9)]
