"""Values for tests, with only what a story needs to name."""

from till_app.domain.basket import Basket
from till_app.domain.basket_line import BasketLine, priced_line
from till_app.domain.catalogue import Item, Unit
from till_app.domain.sale import Sale, complete
from till_app.domain.tax import VatKind, VatRate
from till_app.domain.tender import TenderKind, TenderLine

ZERO = VatRate("Z", "Zero", VatKind.ZERO, 0)
STANDARD = VatRate("A", "Standard", VatKind.STANDARD, 2000)
OPENED_AT = "2026-11-24T09:00:00.000000Z"
DAY = "2026-11-24"


def an_item(
    name: str = "Semi-skimmed milk 2L",
    price_minor: int | None = 165,
    *,
    unit: Unit = Unit.EACH,
    vat_code: str = "Z",
    minimum_age: int = 0,
) -> Item:
    return Item(
        item_id=f"id of {name}",
        item_code=f"code of {name}",
        name=name,
        description="",
        department_id="dairy",
        vat_code=vat_code,
        price_minor=price_minor,
        unit=unit,
        minimum_age=minimum_age,
    )


def a_line(
    line_id: str,
    price_minor: int,
    *,
    quantity_milli: int = 1000,
    name: str | None = None,
    rate: VatRate = STANDARD,
    unit: Unit = Unit.EACH,
) -> BasketLine:
    item = an_item(name or f"item {line_id}", price_minor, unit=unit)
    return priced_line(line_id, item, rate, day=DAY, code="", quantity_milli=quantity_milli)


def a_basket(*lines: BasketLine) -> Basket:
    basket = Basket("basket-1", OPENED_AT)
    for line in lines:
        basket.add(line)
    return basket


def cash(amount_minor: int, given_minor: int | None = None) -> TenderLine:
    given = amount_minor if given_minor is None else given_minor
    return TenderLine("tender", TenderKind.CASH, amount_minor, given, given - amount_minor)


def a_sale(basket: Basket, *tenders: TenderLine, counter: int = 1) -> Sale:
    return complete(
        basket,
        tenders or ((cash(basket.totals().total_minor),) if basket.totals().total_minor else ()),
        till_code="2",
        counter=counter,
        session_id="session-1",
        business_date="2026-11-24",
        completed_at="2026-11-24T14:32:00.000000Z",
        operator_id="op",
        operator_name="Aisha",
        currency="GBP",
        approved_by=None,
    )
