"""A sale that is read back from its journal entry is the sale that was made, names and all."""

from dataclasses import replace

import msgspec

from tests.domain.builders import a_basket, a_line, a_sale
from till_app.domain.basket_line import BasketCustomer, PromotionSaving
from till_app.services.bodies import sale_body
from till_app.services.domain_values import sale_from
from till_app.wire.bodies import SaleBody

SALE = a_sale(a_basket(a_line("line-1", 120), a_line("line-2", 240)))
PROMOTED = replace(
    SALE,
    customer=BasketCustomer("c-1", "Ada Lovelace"),
    lines=(replace(SALE.lines[0], promotions=(PromotionSaving("p-1", "3 for 2", 20),)), SALE.lines[1]),
)


def read_back(encoded: bytes) -> object:
    return sale_from(msgspec.json.decode(encoded, type=SaleBody), SALE.business_date)


def test_the_customer_and_the_promotions_keep_their_names() -> None:
    assert read_back(msgspec.json.encode(sale_body(PROMOTED, []))) == PROMOTED


def test_a_body_of_a_release_that_wrote_no_names_has_none() -> None:
    body = msgspec.to_builtins(sale_body(PROMOTED, []))
    del body["customer_name"], body["promotion_names"]
    older = replace(
        PROMOTED,
        customer=BasketCustomer("c-1", ""),
        lines=(replace(SALE.lines[0], promotions=(PromotionSaving("p-1", "", 20),)), SALE.lines[1]),
    )
    assert read_back(msgspec.json.encode(body)) == older
