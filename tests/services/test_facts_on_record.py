"""Facts that the hub wants to know of though no money moves: prices by hand, tenders given back, health."""

from typing import TypeVar

import msgspec

from tests.services.counter import MANAGER_PIN, MORAG, SAM, ShopCounter
from till_app.wire.bodies import Kind, PriceOverriddenBody, TenderRemovedBody, TillHealthBody

Body = TypeVar("Body", bound=msgspec.Struct)


def bodies(counter: ShopCounter, kind: str, body: type[Body]) -> list[Body]:
    return [msgspec.json.decode(entry.body, type=body) for entry in counter.ledger.unsent_of_kind(kind)]


def test_a_price_by_hand_is_on_record_with_both_people(counter: ShopCounter) -> None:
    selling = counter.services.selling
    selling.scan("milk")
    selling.set_unit_price(selling.lines[0].line_id, 150, SAM)
    (body,) = bodies(counter, Kind.PRICE_OVERRIDDEN, PriceOverriddenBody)
    assert (body.from_minor, body.to_minor, body.item_name) == (165, 150, "Semi-skimmed milk 2L")
    assert (body.operator_id, body.approved_by, body.line_number) == ("aisha", "sam", 1)


def test_a_tender_given_back_is_on_record(counter: ShopCounter) -> None:
    counter.services.selling.scan("milk")
    tender = counter.services.checkout.pay_cash(100)
    counter.services.checkout.remove_tender(tender.tender_id)
    (body,) = bodies(counter, Kind.TENDER_REMOVED, TenderRemovedBody)
    assert (body.kind, body.amount_minor, body.tender_id) == ("cash", 100, tender.tender_id)
    assert counter.services.selling.tenders == ()
    counter.services.checkout.remove_tender(tender.tender_id)  # twice is once
    assert len(bodies(counter, Kind.TENDER_REMOVED, TenderRemovedBody)) == 1


def test_the_tills_health_is_on_record_when_the_day_opens_and_when_it_closes(counter: ShopCounter) -> None:
    counter.sign_on(MORAG, MANAGER_PIN)
    assert len(bodies(counter, Kind.TILL_HEALTH, TillHealthBody)) == 1
    counter.services.reporting.close_day({})
    opened, closed = bodies(counter, Kind.TILL_HEALTH, TillHealthBody)
    assert (opened.free_disk_bytes, opened.ledger_check, opened.printer) == (50_000_000_000, "ok", "ready")
    assert closed.unsent_entries > opened.unsent_entries


def test_a_till_that_stays_open_says_how_it_is_once_a_day(counter: ShopCounter) -> None:
    health = counter.services.health
    counter.clock.go_on(86_399)
    assert not health.record_if_due()
    counter.clock.go_on(1)
    assert health.record_if_due()
    assert not health.record_if_due()
    assert len(bodies(counter, Kind.TILL_HEALTH, TillHealthBody)) == 2
