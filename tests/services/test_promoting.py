"""Promotions at the till: worked out at each change, in the sale, on the receipt, and given back as paid."""

from pathlib import Path

import msgspec
import pytest

from tests.services.chain_shop import JAM, OATS, TEA, THREE_FOR_TWO, apply, fill_chain
from tests.services.counter import SAM, SUPERVISOR_PIN, ShopCounter, open_counter
from till_app.services.ports import Gone
from till_app.services.printed_text import printed_text
from till_app.wire.bodies import Kind, SaleBody


@pytest.fixture
def chain(counter: ShopCounter) -> ShopCounter:
    fill_chain(counter, THREE_FOR_TWO)
    return counter


def saved(counter: ShopCounter) -> dict[str, int]:
    """By item, what promotions take off."""
    return {line.item_code: line.promotion_minor for line in counter.services.selling.lines}


def test_the_third_thing_brings_the_saving_and_is_returned_with_its_share(chain: ShopCounter) -> None:
    selling = chain.services.selling
    selling.scan("oats")
    selling.scan("tea")
    assert saved(chain) == {"oats": 0, "tea": 0}
    selling.scan("jam")
    assert saved(chain) == {"oats": 33, "tea": 65, "jam": 47}
    assert chain.services.checkout.total_minor == 290 + 210


def test_a_void_line_takes_the_saving_with_it(chain: ShopCounter) -> None:
    selling = chain.services.selling
    for code in ("oats", "tea", "jam"):
        selling.scan(code)
    selling.void_line(selling.lines[2].line_id)
    assert saved(chain) == {"oats": 0, "tea": 0}


def test_a_discount_by_hand_takes_the_line_out_of_the_promotion(chain: ShopCounter) -> None:
    chain.sign_on(SAM, SUPERVISOR_PIN)
    selling = chain.services.selling
    for code in ("oats", "tea", "jam"):
        selling.scan(code)
    line = selling.discount_line(selling.lines[0].line_id, 10)
    assert (line.discount_minor, line.promotions) == (10, ())
    assert saved(chain) == {"oats": 0, "tea": 0, "jam": 0}


def test_an_open_basket_comes_back_with_its_savings(tmp_path: Path) -> None:
    with open_counter(tmp_path) as before:
        before.begin_day()
        fill_chain(before, THREE_FOR_TWO)
        for code in ("oats", "tea", "jam"):
            before.services.selling.scan(code)
    with open_counter(tmp_path) as after:
        assert saved(after) == {"oats": 33, "tea": 65, "jam": 47}
        assert [line.promotions[0].name for line in after.services.selling.lines] == ["3 for 2"] * 3


def test_a_promotion_that_ends_at_the_hub_holds_for_the_basket_that_is_open(chain: ShopCounter) -> None:
    selling = chain.services.selling
    selling.scan("oats")
    apply(chain, Gone("promotion", THREE_FOR_TWO.promotion_id))
    selling.scan("tea")
    selling.scan("jam")
    assert saved(chain) == {"oats": 33, "tea": 65, "jam": 47}
    chain.sell()
    for code in ("oats", "tea", "jam"):
        selling.scan(code)
    assert saved(chain) == {"oats": 0, "tea": 0, "jam": 0}


def test_the_sale_says_by_promotion_what_each_line_saved(chain: ShopCounter) -> None:
    chain.sell("oats", "tea", "jam")
    entry = chain.ledger.unsent_of_kind(Kind.SALE)[0]
    body = msgspec.json.decode(entry.body, type=SaleBody)
    assert [line.promotions for line in body.lines] == [
        {"three-for-two": 33},
        {"three-for-two": 65},
        {"three-for-two": 47},
    ]
    assert [line.discount_minor for line in body.lines] == [33, 65, 47]
    assert body.total_minor == 500
    sale = chain.ledger.latest_sales(1)[0]
    assert sale.savings_minor == 145
    assert sale.lines[1].tax_minor == round((290 - 65) / 6)


def test_the_receipt_names_the_promotion_and_its_saving_under_each_line(chain: ShopCounter) -> None:
    chain.sell("oats", "tea", "jam")
    sale = chain.ledger.latest_sales(1)[0]
    text = printed_text(chain.services.receipts.receipt(sale))
    assert [line.split()[-1] for line in text.splitlines() if line.startswith("  3 for 2")] == [
        "−0.33",
        "−0.65",
        "−0.47",
    ]
    assert "You saved £1.45" in text


def test_a_return_gives_back_what_was_paid(chain: ShopCounter) -> None:
    number = chain.sell("oats", "tea", "jam")
    found = chain.services.returns.find(number)
    assert found is not None
    chain.services.returns.add(found.sale.uuid, {1: 1000, 2: 1000, 3: 1000})
    lines = chain.services.selling.lines
    assert [line.gross_minor for line in lines] == [33 - 145, 65 - 290, 47 - 210]
    assert all(line.promotions == () for line in lines)


def test_goods_that_come_back_count_in_no_multibuy_of_the_goods_that_go(chain: ShopCounter) -> None:
    number = chain.sell("oats")
    found = chain.services.returns.find(number)
    assert found is not None
    chain.services.returns.add(found.sale.uuid, {1: 1000})
    chain.services.selling.scan("tea")
    chain.services.selling.scan("jam")
    assert [line.promotion_minor for line in chain.services.selling.lines] == [0, 0, 0]


def test_more_of_the_same_raises_the_line_that_has_a_saving(chain: ShopCounter) -> None:
    for _ in range(4):
        chain.services.selling.scan("oats")
    assert [(line.quantity_milli, line.gross_minor) for line in chain.services.selling.lines] == [
        (4000, 4 * 145 - 145)
    ]
    assert {OATS.item_id, TEA.item_id, JAM.item_id} == THREE_FOR_TWO.item_ids
