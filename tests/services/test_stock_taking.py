"""Stock seen and counted at the till: expected is what the hub said and what this till did since."""

from dataclasses import replace

import msgspec
import pytest

from tests.services.chain_shop import BREAKFAST, fill_chain
from tests.services.counter import AISHA, CASHIER_PIN, MILK, SAM, SUPERVISOR_PIN, ShopCounter
from till_app.domain.catalogue import Unit
from till_app.domain.errors import DomainError
from till_app.services.stock_taking import StockCause
from till_app.wire.bodies import Kind, StockAdjustedBody, StockCountedBody


@pytest.fixture
def chain(counter: ShopCounter) -> ShopCounter:
    fill_chain(counter)
    counter.sign_on(SAM, SUPERVISOR_PIN)
    return counter


def expected(counter: ShopCounter) -> dict[str, int]:
    """By place, of milk."""
    return {
        place.location.location_id: place.expected_milli
        for place in counter.services.stock_taking.stock_of(MILK)
    }


def test_stock_stands_at_every_place_with_the_time_it_was_true(chain: ShopCounter) -> None:
    places = chain.services.stock_taking.stock_of(MILK)
    assert [(p.location.name, p.hub_milli, p.as_of) for p in places] == [
        ("Shop floor", 48_000, BREAKFAST),
        ("Cellar", 12_000, BREAKFAST),
    ]


def test_what_was_sold_and_not_sent_is_taken_off_the_place_that_sales_take_from(chain: ShopCounter) -> None:
    chain.sell("milk", "milk")
    chain.sell("milk", "mints-old")
    assert expected(chain) == {"floor": 45_000, "cellar": 12_000}
    chain.ledger.acknowledge(chain.ledger.journal_head().seq)
    assert expected(chain) == {"floor": 48_000, "cellar": 12_000}


def test_what_came_back_and_what_was_voided_count_as_they_should(chain: ShopCounter) -> None:
    number = chain.sell("milk", "milk")
    found = chain.services.returns.find(number)
    assert found is not None
    chain.services.returns.add(found.sale.uuid, {1: 1000})
    chain.services.selling.scan("milk")
    chain.services.selling.void_line(chain.services.selling.lines[1].line_id)
    due = -chain.services.checkout.balance_minor
    chain.services.checkout.refund(chain.services.checkout.refund_kind, due)
    chain.services.checkout.complete()
    assert expected(chain)["floor"] == 47_000


def test_a_count_is_a_movement_from_what_was_expected(chain: ShopCounter) -> None:
    chain.sell("milk")
    body = chain.services.stock_taking.count(MILK, "floor", 45_000)
    entry = chain.ledger.unsent_of_kind(Kind.STOCK_COUNTED)[0]
    assert msgspec.json.decode(entry.body, type=StockCountedBody) == body
    assert (body.counted_milli, body.expected_milli, body.moved_milli) == (45_000, 47_000, -2_000)
    assert body.operator_id == "sam"
    assert expected(chain)["floor"] == 45_000


def test_counting_again_before_the_first_count_is_sent_moves_nothing_twice(chain: ShopCounter) -> None:
    stock_taking = chain.services.stock_taking
    stock_taking.count(MILK, "floor", 40_000)
    chain.sell("milk")
    assert stock_taking.count(MILK, "floor", 39_000).moved_milli == 0


@pytest.mark.parametrize(
    ("cause", "moved_milli"),
    [
        (StockCause.WASTE, -3000),
        (StockCause.DAMAGED, -3000),
        (StockCause.OWN_USE, -3000),
        (StockCause.FOUND, 3000),
        (StockCause.RECEIVED, 3000),
    ],
)
def test_an_adjustment_goes_the_way_of_its_cause(
    chain: ShopCounter, cause: StockCause, moved_milli: int
) -> None:
    chain.services.stock_taking.adjust(MILK, "cellar", 3000, cause)
    entry = chain.ledger.unsent_of_kind(Kind.STOCK_ADJUSTED)[0]
    body = msgspec.json.decode(entry.body, type=StockAdjustedBody)
    assert (body.location_id, body.moved_milli, body.cause) == ("cellar", moved_milli, cause.value)
    assert expected(chain)["cellar"] == 12_000 + moved_milli


def test_stock_that_the_hub_never_spoke_of_is_expected_to_be_none(chain: ShopCounter) -> None:
    oats = replace(MILK, item_id="id-oats", item_code="oats")
    assert [(p.hub_milli, p.expected_milli) for p in chain.services.stock_taking.stock_of(oats)] == [
        (None, 0),
        (None, 0),
    ]


@pytest.mark.parametrize(
    ("quantity_milli", "place", "code"),
    [
        (-1000, "floor", "count_negative"),
        (500, "floor", "quantity_not_whole"),
        (100_000_000, "floor", "quantity_too_large"),
        (1000, "moon", "location_unknown"),
    ],
)
def test_a_count_that_cannot_be_is_refused(
    chain: ShopCounter, quantity_milli: int, place: str, code: str
) -> None:
    with pytest.raises(DomainError, match=code):
        chain.services.stock_taking.count(MILK, place, quantity_milli)
    assert chain.ledger.unsent_of_kind(Kind.STOCK_COUNTED) == []


def test_loose_goods_are_counted_by_weight(chain: ShopCounter) -> None:
    loose = replace(MILK, unit=Unit.KILOGRAM)
    assert chain.services.stock_taking.count(loose, "cellar", 11_250).moved_milli == -750


def test_a_supervisor_approves_once_for_all_that_a_cashier_counts(chain: ShopCounter) -> None:
    chain.sign_on(AISHA, CASHIER_PIN)
    stock_taking = chain.services.stock_taking
    with pytest.raises(DomainError, match="approval_needed"):
        stock_taking.count(MILK, "floor", 1000)
    stock_taking.begin(SAM)
    assert stock_taking.count(MILK, "floor", 1000).approved_by == "sam"
    assert stock_taking.adjust(MILK, "floor", 1000, StockCause.FOUND).approved_by == "sam"


def test_the_approval_of_one_cashier_is_not_the_next_ones(chain: ShopCounter) -> None:
    chain.sign_on(AISHA, CASHIER_PIN)
    chain.services.stock_taking.begin(SAM)
    chain.services.sign_on.sign_off()
    other = replace(AISHA, staff_id="bo", staff_code="bo", name="Bo")
    chain.services.workplace.operator = other
    with pytest.raises(DomainError, match="approval_needed"):
        chain.services.stock_taking.count(MILK, "floor", 1000)
