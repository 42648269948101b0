"""What a line costs: by price list, day, customer and pack; and what happens when the customer comes late."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.domain.test_barcode_symbologies import with_check_digit
from tests.services.chain_shop import CAFE, NEIGHBOUR, OATS, TRADE, apply, fill_chain
from tests.services.counter import MILK, SAM, SUPERVISOR_PIN, ShopCounter, open_counter
from till_app.domain.catalogue import ListedPrice, PriceList, Validity
from till_app.domain.errors import DomainError
from till_app.domain.tax import VatKind, VatRate
from till_app.services.scanning import Added

MILK_CODE = "5000128104517"


@pytest.fixture
def chain(counter: ShopCounter) -> ShopCounter:
    fill_chain(counter)
    return counter


def prices(counter: ShopCounter) -> list[tuple[str, int, str | None]]:
    """Item, unit price and price list of each line."""
    return [
        (line.item_code, line.unit_price_minor, line.price_list_id) for line in counter.services.selling.lines
    ]


def test_a_scan_takes_the_price_of_the_list_that_holds_today(chain: ShopCounter) -> None:
    week = PriceList("week", "This week", 5, Validity("2026-11-23", "2026-11-29"))
    apply(chain, week, ListedPrice("week-milk", "week", MILK.item_id, 149))
    chain.services.selling.scan(MILK_CODE)
    assert prices(chain) == [("milk", 149, "week")]
    assert chain.services.selling.price_of(MILK).price_minor == 149


def test_what_is_pulled_afterwards_changes_the_next_scan_and_not_the_line(chain: ShopCounter) -> None:
    chain.services.selling.scan(MILK_CODE)
    apply(chain, replace(MILK, price_minor=180))
    chain.services.selling.scan(MILK_CODE)
    assert prices(chain) == [("milk", 165, None), ("milk", 180, None)]


def test_a_customer_with_a_list_of_their_own_pays_its_prices(chain: ShopCounter) -> None:
    chain.services.customers.attach(CAFE)
    chain.services.selling.scan(MILK_CODE)
    assert prices(chain) == [("milk", 130, "trade")]


def test_a_customer_without_a_list_pays_what_everybody_pays(chain: ShopCounter) -> None:
    chain.services.customers.attach(NEIGHBOUR)
    chain.services.selling.scan(MILK_CODE)
    assert prices(chain) == [("milk", 165, None)]


def test_who_is_named_late_pays_no_more_than_who_is_named_first(chain: ShopCounter) -> None:
    chain.services.selling.scan(MILK_CODE)
    chain.services.selling.scan("oats")
    chain.services.customers.attach(CAFE)
    assert prices(chain) == [("milk", 130, "trade"), ("oats", 145, None)]


def test_a_line_keeps_its_price_when_the_customers_own_is_not_lower(chain: ShopCounter) -> None:
    apply(chain, ListedPrice("trade-milk", "trade", MILK.item_id, 190))
    chain.services.selling.scan(MILK_CODE)
    chain.services.customers.attach(CAFE)
    assert prices(chain) == [("milk", 165, None)]


def test_what_only_the_customer_could_have_ends_with_the_customer(chain: ShopCounter) -> None:
    chain.services.customers.attach(CAFE)
    chain.services.selling.scan(MILK_CODE)
    chain.services.customers.detach()
    assert prices(chain) == [("milk", 165, None)]


def test_a_price_by_hand_stays_whoever_buys(chain: ShopCounter) -> None:
    chain.sign_on(SAM, SUPERVISOR_PIN)
    chain.services.selling.scan(MILK_CODE)
    line = chain.services.selling.lines[0]
    chain.services.selling.set_unit_price(line.line_id, 150)
    chain.services.customers.attach(CAFE)
    chain.services.customers.detach()
    assert prices(chain) == [("milk", 150, None)]


def test_a_customer_named_before_the_first_item_is_on_the_sale(chain: ShopCounter) -> None:
    chain.services.customers.attach(CAFE)
    assert not chain.services.selling.is_open
    chain.sell(MILK_CODE)
    sale = chain.ledger.latest_sales(1)[0]
    assert sale.customer is not None
    assert (sale.customer.customer_id, sale.customer.name) == ("cafe", "Corner Café")
    assert sale.lines[0].price_list_id == "trade"
    assert chain.services.selling.customer is None  # the next customer is another one


def test_the_customer_of_an_open_basket_comes_back_after_a_power_cut(tmp_path: Path) -> None:
    with open_counter(tmp_path) as before:
        before.begin_day()
        fill_chain(before)
        before.services.customers.attach(CAFE)
        before.services.selling.scan(MILK_CODE)
    with open_counter(tmp_path) as after:
        after.sign_on()
        customer = after.services.selling.customer
        assert customer is not None
        assert customer.name == "Corner Café"
        after.services.selling.scan(MILK_CODE)
        assert prices(after) == [("milk", 130, "trade")]
        assert [line.quantity_milli for line in after.services.selling.lines] == [2000]


def test_an_inactive_customer_cannot_be_named(chain: ShopCounter) -> None:
    with pytest.raises(DomainError, match="customer_inactive"):
        chain.services.customers.attach(replace(CAFE, active=False))


@pytest.mark.parametrize(("keyed_milli", "quantity_milli"), [(None, 6000), (2000, 12_000)])
def test_the_barcode_of_a_pack_brings_all_that_is_in_it(
    chain: ShopCounter, keyed_milli: int | None, quantity_milli: int
) -> None:
    added = chain.services.selling.scan("15000108022173", keyed_milli)
    assert isinstance(added, Added)
    assert (added.line.item_code, added.line.quantity_milli) == ("oats", quantity_milli)
    assert added.line.unit_price_minor == OATS.price_minor


def test_a_single_one_joins_the_line_of_a_pack(chain: ShopCounter) -> None:
    chain.services.selling.scan("15000108022173")
    chain.services.selling.scan("5000108022176")
    assert [line.quantity_milli for line in chain.services.selling.lines] == [7000]


def test_the_vat_rate_is_that_of_the_business_date(chain: ShopCounter) -> None:
    apply(chain, VatRate("A", "Standard", VatKind.STANDARD, 2000, (("2026-11-24", 1000),)))
    chain.services.selling.scan("tea")
    assert chain.services.selling.lines[0].vat_rate_bp == 1000
    chain.clock.go_on(-60)
    apply(chain, VatRate("A", "Standard", VatKind.STANDARD, 2000, (("2026-11-25", 1000),)))
    chain.services.selling.scan("mints-old")
    assert chain.services.selling.lines[1].vat_rate_bp == 2000


def test_a_weighed_label_gives_its_weight_by_the_customers_price(chain: ShopCounter) -> None:
    """A label of £4.75: half a kilogram at £9.50, five eighths at the trade price of £7.60."""
    apply(chain, ListedPrice("trade-cheddar", TRADE.price_list_id, "id-cheddar", 760))
    chain.services.customers.attach(CAFE)
    chain.services.selling.scan(with_check_digit("200001100475"))
    assert [line.quantity_milli for line in chain.services.selling.lines] == [625]
