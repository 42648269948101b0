from dataclasses import replace

import pytest

from tests.domain.builders import DAY, STANDARD, an_item
from till_app.domain.basket_line import priced_line
from till_app.domain.catalogue import Item, ListedPrice, PriceList, Validity
from till_app.domain.pricing import EffectivePrice, effective_price
from till_app.domain.tax import VatRate

MILK = an_item("Milk", 165)
SUMMER = PriceList("summer", "Summer", 10)
TRADE = PriceList("trade", "Trade", 20, customers_only=True)


def listed(price_list: PriceList, price_minor: int, item: Item = MILK) -> tuple[PriceList, ListedPrice]:
    price_id = f"{price_list.price_list_id} {item.item_id}"
    return price_list, ListedPrice(price_id, price_list.price_list_id, item.item_id, price_minor)


def test_without_a_list_an_item_costs_its_own_price() -> None:
    assert effective_price(MILK, [], DAY) == EffectivePrice(165, None)


def test_of_the_lists_that_hold_the_highest_priority_wins_even_when_it_is_dearer() -> None:
    christmas = PriceList("christmas", "Christmas", 50)
    prices = [listed(SUMMER, 150), listed(christmas, 180)]
    assert effective_price(MILK, prices, DAY) == EffectivePrice(180, "christmas")


def test_two_lists_of_the_same_priority_are_decided_by_their_ids() -> None:
    a, b = PriceList("a", "A", 10), PriceList("b", "B", 10)
    assert effective_price(MILK, [listed(b, 100), listed(a, 120)], DAY) == EffectivePrice(120, "a")


@pytest.mark.parametrize(
    ("day", "price_minor"),
    [("2026-11-23", 165), ("2026-11-24", 150), ("2026-11-30", 150), ("2026-12-01", 165)],
)
def test_a_list_holds_from_its_first_day_to_its_last(day: str, price_minor: int) -> None:
    week = replace(SUMMER, validity=Validity("2026-11-24", "2026-11-30"))
    assert effective_price(MILK, [listed(week, 150)], day).price_minor == price_minor


def test_a_list_for_customers_holds_only_for_those_who_have_it() -> None:
    prices = [listed(SUMMER, 150), listed(TRADE, 130)]
    assert effective_price(MILK, prices, DAY) == EffectivePrice(150, "summer")
    assert effective_price(MILK, prices, DAY, "other") == EffectivePrice(150, "summer")
    assert effective_price(MILK, prices, DAY, "trade") == EffectivePrice(130, "trade", is_for_customers=True)


def test_an_open_price_stays_open() -> None:
    sundries = an_item("Sundries", None)
    assert effective_price(sundries, [listed(SUMMER, 150, sundries)], DAY) == EffectivePrice(None)


def test_a_line_keeps_the_list_that_its_price_came_from() -> None:
    line = priced_line(
        "a", MILK, STANDARD, day=DAY, code="", quantity_milli=1000, price=EffectivePrice(150, "summer")
    )
    assert (line.unit_price_minor, line.list_price_minor, line.price_list_id) == (150, 150, "summer")


@pytest.mark.parametrize(
    ("day", "rate_bp"), [("2026-12-31", 2000), ("2027-01-01", 1750), ("2027-01-02", 1750)]
)
def test_the_vat_rate_of_a_line_is_that_of_the_day(day: str, rate_bp: int) -> None:
    rate = VatRate("A", "Standard", STANDARD.kind, 2000, (("2027-01-01", 1750),))
    line = priced_line("a", MILK, rate, day=day, code="", quantity_milli=1000)
    assert line.vat_rate_bp == rate_bp
