from pathlib import Path

import pytest

from tests.services.counter import CHEDDAR, SAM, WINE, ShopCounter, open_counter
from till_app.domain.errors import DomainError
from till_app.domain.gtin import check_digit
from till_app.domain.sale import Sale
from till_app.domain.tender import TenderKind
from till_app.services.scanning import Pending


def pay(counter: ShopCounter) -> Sale:
    checkout = counter.services.checkout
    balance_minor = checkout.balance_minor
    if balance_minor > 0:
        checkout.pay_cash(balance_minor)
    elif balance_minor < 0:
        checkout.refund(TenderKind.CASH, -balance_minor)
    return checkout.complete().sale


def give_back(counter: ShopCounter, sale: Sale, quantities_milli: dict[int, int]) -> Sale:
    counter.services.returns.add(sale.uuid, quantities_milli)
    return pay(counter)


def test_a_weight_comes_back_in_parts_for_just_what_it_cost(counter: ShopCounter) -> None:
    counter.services.selling.add(Pending(CHEDDAR, "4100", 412))
    sale = pay(counter)
    parts = [give_back(counter, sale, {1: milli}).total_minor for milli in (137, 137, 138)]
    assert sum(parts) == -391
    with pytest.raises(DomainError, match="return_too_much"):
        give_back(counter, sale, {1: 1})
    found = counter.services.returns.find(sale.receipt_number)
    assert found is not None
    assert found.is_exhausted


def test_a_label_with_a_price_comes_back_for_that_price(counter: ShopCounter) -> None:
    label = "200001100399"
    counter.services.selling.scan(label + check_digit(label))
    sale = pay(counter)
    assert give_back(counter, sale, {1: sale.lines[0].quantity_milli}).total_minor == -399


def test_discount_and_vat_come_back_penny_by_penny_over_restarts(tmp_path: Path) -> None:
    with open_counter(tmp_path) as counter:
        counter.begin_day()
        counter.services.selling.add(Pending(WINE, "wine", 3000), age_confirmed=True)
        counter.services.selling.discount_basket(100, SAM)
        sale = pay(counter)
    refunds = []
    for _ in range(3):
        with open_counter(tmp_path) as counter:
            counter.sign_on()
            refunds.append(give_back(counter, sale, {1: 1000}))
    assert [refund.total_minor for refund in refunds] == [-842, -841, -842]
    assert sum(refund.tax_minor for refund in refunds) == -sale.tax_minor == -421


def test_of_an_exchange_only_what_was_sold_comes_back(counter: ShopCounter) -> None:
    first = counter.ledger.sale_by_receipt(counter.sell("5000128104517"))
    assert first is not None
    counter.services.returns.add(first.uuid, {1: 1000})
    counter.services.selling.scan("mints", 4000)
    exchange = pay(counter)
    found = counter.services.returns.find(exchange.receipt_number)
    assert found is not None
    assert [(line.line.name, line.left_milli) for line in found.lines] == [("Mints", 4000)]
    with pytest.raises(DomainError, match="line_gone"):
        counter.services.returns.add(exchange.uuid, {1: 1000})
    assert give_back(counter, exchange, {2: 4000}).total_minor == -240


def test_pieces_do_not_come_back_in_halves_and_nothing_of_the_return_is_kept(counter: ShopCounter) -> None:
    sale = counter.ledger.sale_by_receipt(counter.sell("5000128104517", "mints"))
    assert sale is not None
    with pytest.raises(DomainError, match="quantity_not_whole"):
        counter.services.returns.add(sale.uuid, {1: 1000, 2: 500})
    assert not counter.services.selling.is_open


def test_a_return_line_takes_no_other_quantity_price_or_discount(counter: ShopCounter) -> None:
    sale = counter.ledger.sale_by_receipt(counter.sell("5000128104517"))
    assert sale is not None
    counter.services.returns.add(sale.uuid, {1: 1000})
    selling = counter.services.selling
    line_id = selling.lines[0].line_id
    with pytest.raises(DomainError, match="quantity_fixed"):
        selling.set_quantity(line_id, 2000)
    with pytest.raises(DomainError, match="price_fixed"):
        selling.set_unit_price(line_id, 999, SAM)
    with pytest.raises(DomainError, match="discount_on_return"):
        selling.discount_line(line_id, 10, SAM)
    selling.discount_basket(0, SAM)
    assert selling.lines[0].gross_minor == -165


def test_a_return_that_was_voided_can_be_made_again(counter: ShopCounter) -> None:
    sale = counter.ledger.sale_by_receipt(counter.sell("5000128104517"))
    assert sale is not None
    counter.services.returns.add(sale.uuid, {1: 1000})
    counter.services.selling.void_line(counter.services.selling.lines[0].line_id)
    assert give_back(counter, sale, {1: 1000}).total_minor == -165


def test_weighed_goods_do_not_come_back_without_a_weight(counter: ShopCounter) -> None:
    selling = counter.services.selling
    with pytest.raises(DomainError, match="weight_missing"):
        selling.add_return_without_receipt(Pending(CHEDDAR, "4100"), SAM)
    assert not selling.is_open
    assert selling.add_return_without_receipt(Pending(CHEDDAR, "4100", 412), SAM).gross_minor == -391


def test_goods_that_cost_nothing_come_back_for_nothing(counter: ShopCounter) -> None:
    counter.services.selling.scan("5000128104517")
    counter.services.selling.discount_basket_percent(10_000, SAM)
    sale = pay(counter)
    assert sale.tenders == ()
    refund = give_back(counter, sale, {1: 1000})
    assert (refund.total_minor, refund.tenders) == (0, ())
    with pytest.raises(DomainError, match="return_too_much"):
        give_back(counter, sale, {1: 1000})
