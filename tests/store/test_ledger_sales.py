"""Sales, returns, sessions and the open basket come back from the ledger as they went in."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.domain.builders import a_basket, a_line, a_sale, cash
from tests.store.builders import (
    NOON,
    SESSION,
    a_ledger,
    a_movement,
    open_session,
    sell,
)
from till_app.domain.basket import Basket
from till_app.domain.basket_line import BasketLine, ReturnOrigin
from till_app.domain.catalogue import Unit
from till_app.domain.reports import fold
from till_app.domain.returns import AlreadyReturned, return_line, returnable_lines
from till_app.domain.sale import Sale, complete
from till_app.domain.session import MovementKind, TillSession
from till_app.domain.tender import TenderKind, TenderLine
from till_app.services.ports import PinState
from till_app.store.ledger import SqliteLedger


@pytest.fixture(scope="module")
def long_ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqliteLedger]:
    """For laws: many examples in one file."""
    with a_ledger(tmp_path_factory.mktemp("laws") / "ledger.sqlite") as opened:
        yield opened


def keep(ledger: SqliteLedger, sale: Sale) -> Sale:
    with ledger.write() as write:
        sale = replace(sale, counter=write.next_receipt_counter())
        write.add_sale(sale)
        write.commit()
    return sale


serial = count(1)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
amounts = st.integers(0, 99_999)
origins = st.none() | st.builds(ReturnOrigin, texts, texts, st.integers(1, 99))
basket_lines = st.builds(
    BasketLine,
    line_id=texts,
    line_number=st.just(0),
    item_id=texts,
    item_code=texts,
    code=texts,
    name=texts,
    unit=st.sampled_from(Unit),
    department_id=texts,
    quantity_milli=st.integers(-9, 9).filter(bool).map(lambda count: count * 1000),
    unit_price_minor=amounts,
    list_price_minor=st.none() | amounts,
    vat_code=st.sampled_from(["A", "B", "Z"]),
    vat_rate_bp=st.sampled_from([0, 500, 2000]),
    minimum_age=st.sampled_from([0, 18]),
    fixed_price_minor=st.none() | amounts,
    origin=origins,
    fixed_tax_minor=st.none() | amounts,
    voided=st.booleans(),
)


@st.composite
def baskets(draw: st.DrawFn) -> Basket:
    drawn = draw(st.lists(basket_lines, min_size=1, max_size=6))
    lines = [replace(line, line_id=str(n), line_number=n) for n, line in enumerate(drawn, 1)]
    return Basket(draw(st.uuids()).hex, draw(texts), lines, draw(st.sampled_from([0, 16, 18])))


@given(basket=baskets(), reference=texts)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_an_open_basket_comes_back_as_it_was(
    long_ledger: SqliteLedger, basket: Basket, reference: str
) -> None:
    tenders = (cash(500, 1000), TenderLine("card", TenderKind.CARD, 70, 70, 0, reference))
    with long_ledger.write() as write:
        write.clear_basket()  # of the example before
        write.save_basket(basket)
        for line in basket.all_lines:
            write.save_basket_line(basket.uuid, line)
        write.save_tenders(basket.uuid, tenders)
        write.commit()
    saved = long_ledger.saved_basket()
    assert saved is not None
    assert saved.tenders == tenders
    assert saved.basket.all_lines == basket.all_lines
    assert (saved.basket.uuid, saved.basket.opened_at) == (basket.uuid, basket.opened_at)
    assert saved.basket.age_checked == basket.age_checked


@given(basket=baskets(), approved_by=st.none() | texts)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_sale_comes_back_as_it_was(
    long_ledger: SqliteLedger, basket: Basket, approved_by: str | None
) -> None:
    if basket.is_empty:
        basket.add(replace(a_line("of its own", 100), line_id="of its own"))
    total_minor = basket.totals().total_minor
    sale = complete(
        basket,
        (cash(total_minor),),
        till_code="2",
        counter=0,
        session_id=SESSION,
        business_date="2026-11-24",
        completed_at=NOON,
        operator_id="op",
        operator_name="Aisha",
        currency="GBP",
        approved_by=approved_by,
    )
    kept = keep(long_ledger, replace(sale, uuid=f"sale {next(serial)}"))
    assert long_ledger.sale(kept.uuid) == kept
    assert long_ledger.sale_by_receipt(kept.receipt_number) == kept
    assert long_ledger.latest_sales(1) == (kept,)


@pytest.mark.parametrize(
    "number", ["", "-", "2-", "2-000002", "3-000001", "2-1", "2-٣", "2-" + "9" * 40, "2-0x1", "RN2-000001"]
)
def test_a_receipt_number_that_is_not_one_of_ours_finds_nothing(ledger: SqliteLedger, number: str) -> None:
    sell(ledger, "sale-1")
    assert ledger.sale_by_receipt(number) is None


def test_the_latest_sales_come_newest_first(ledger: SqliteLedger) -> None:
    sales = [sell(ledger, f"sale-{number}") for number in range(5)]
    assert ledger.latest_sales(3) == (sales[4], sales[3], sales[2])
    assert len(ledger.latest_sales(50)) == 5


def test_what_came_back_of_a_sale_is_summed_by_line(ledger: SqliteLedger) -> None:
    sold = keep(
        ledger,
        replace(a_sale(a_basket(a_line("1", 999, quantity_milli=3000), a_line("2", 500))), uuid="sold"),
    )
    assert ledger.returned("sold") == {}
    for number in (1, 2):
        source = returnable_lines(sold, ledger.returned("sold"))[0]
        basket = a_basket(return_line(str(number), sold, source, 1000))
        keep(ledger, replace(a_sale(basket), uuid=f"return-{number}"))
    assert ledger.returned("sold") == {1: AlreadyReturned(2000, 1998, 333)}


def test_a_voided_return_line_brought_nothing_back(ledger: SqliteLedger) -> None:
    sold = keep(ledger, replace(a_sale(a_basket(a_line("1", 999))), uuid="sold"))
    basket = a_basket(return_line("r", sold, returnable_lines(sold, {})[0], 1000), a_line("2", 100))
    basket.void_line("r")
    keep(ledger, replace(a_sale(basket), uuid="other"))
    assert ledger.returned("sold") == {}


def test_the_facts_of_a_session_are_its_own(ledger: SqliteLedger) -> None:
    first = sell(ledger, "sale-1", 165)
    session = ledger.session()
    assert session == TillSession(SESSION, 1, "2026-11-24", NOON, "op", 10_000)
    with ledger.write() as write:
        write.add_movement(a_movement("out", -500, MovementKind.PAID_OUT))
        write.count_no_sale(SESSION)
        write.count_no_sale(SESSION)
        write.count_voided_basket(SESSION)
        write.commit()
    with ledger.write() as write:
        write.close_session(SESSION, NOON, write.next_z_number())
        write.commit()
    second = open_session(ledger, "session-2")
    facts = ledger.session_facts(session)
    assert facts.sales == (first,)
    assert (facts.voided_baskets, facts.no_sales) == (1, 2)
    assert [movement.amount_minor for movement in facts.movements] == [10_000, 165, -500]
    assert fold(facts).expected_cash_minor == 9_665
    assert ledger.session_facts(second).sales == ()


def test_closed_sessions_come_latest_first_and_the_open_one_not(ledger: SqliteLedger) -> None:
    closed = [ledger.session()]
    for number in (2, 3):
        with ledger.write() as write:
            write.close_session(ledger.session().session_id, NOON, write.next_z_number())  # type: ignore[union-attr]
            write.commit()
        closed.append(open_session(ledger, f"session-{number}"))
    assert ledger.closed_sessions(5) == (closed[1], closed[0])
    assert ledger.closed_sessions(1) == (closed[1],)


def test_a_session_of_another_ledger_has_no_facts(ledger: SqliteLedger) -> None:
    unknown = TillSession("elsewhere", 9, "2026-11-24", NOON, "op", 0)
    with pytest.raises(LookupError):
        ledger.session_facts(unknown)
    with pytest.raises(LookupError):
        ledger.session_first_seq(unknown)


def test_a_new_basket_takes_the_place_of_the_one_before(ledger: SqliteLedger) -> None:
    old, new = Basket("old", NOON), Basket("new", NOON)
    with ledger.write() as write:
        write.save_basket(old)
        write.save_basket_line("old", old.add(a_line("1", 100)))
        write.save_tenders("old", [cash(100)])
        write.commit()
    with ledger.write() as write:
        write.save_basket(new)
        write.commit()
    saved = ledger.saved_basket()
    assert saved is not None
    assert (saved.basket.uuid, saved.basket.all_lines, saved.tenders) == ("new", (), ())


def test_a_line_is_replaced_as_it_changes(ledger: SqliteLedger) -> None:
    basket = Basket("b", NOON)
    line = basket.add(a_line("1", 100))
    with ledger.write() as write:
        write.save_basket(basket)
        write.save_basket_line("b", line)
        write.save_basket_line("b", basket.set_quantity(line.line_id, 3000))
        write.save_tenders("b", [cash(100), cash(50)])
        write.save_tenders("b", [cash(50)])
        write.commit()
    saved = ledger.saved_basket()
    assert saved is not None
    assert [line.quantity_milli for line in saved.basket.lines] == [3000]
    assert saved.tenders == (cash(50),)


def test_no_basket_is_open_after_it_was_cleared(ledger: SqliteLedger) -> None:
    basket = a_basket(a_line("1", 100))
    with ledger.write() as write:
        write.save_basket(basket)
        write.save_basket_line(basket.uuid, basket.lines[0])
        write.commit()
    with ledger.write() as write:
        write.clear_basket()
        write.commit()
    assert ledger.saved_basket() is None


def test_wrong_pins_are_remembered_over_a_restart(tmp_path: Path) -> None:
    with a_ledger(tmp_path / "ledger.sqlite") as ledger:
        assert ledger.pin_state("aisha") == PinState()
        with ledger.write() as write:
            write.save_pin_state("aisha", PinState(2))
            write.save_pin_state("aisha", PinState(3, NOON))
            write.commit()
    with a_ledger(tmp_path / "ledger.sqlite") as ledger:
        assert ledger.pin_state("aisha") == PinState(3, NOON)
        assert ledger.pin_state("bob") == PinState()
