"""Every opening of the cash drawer is asked for by a rule, and is on record with its reason."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ExpectedLogs
from tests.services.counter import AISHA, MANAGER_PIN, MORAG, SAM, ShopCounter, open_counter
from till_app.domain.errors import DomainError
from till_app.domain.session import MovementKind
from till_app.domain.tender import TenderKind
from till_app.services.device_settings import DrawerSettings
from till_app.services.device_status import DrawerEvent, DrawerNews, DrawerOpening, OpeningReason
from till_app.services.drawer_journal import DrawerJournal
from till_app.services.ports import LedgerUnavailable
from till_app.store.ledger import SqliteLedger

MILK = "5000128104517"
AT = "2026-11-24T14:33:00.000000Z"


def bodies(counter: ShopCounter, kind: str) -> list[dict[str, Any]]:
    entries = counter.ledger.entries_after(0, 999, 10**9)
    return [json.loads(entry.body) for entry in entries if entry.kind == kind]


def drawer_events(counter: ShopCounter) -> list[tuple[str, str, str, str]]:
    return [
        (body["event"], body["operator_id"], body["reason"], body["detail"])
        for body in bodies(counter, "drawer_event")
    ]


def test_a_cash_sale_opens_it_and_says_why_in_the_sales_own_entry(counter: ShopCounter) -> None:
    number = counter.sell(MILK, given_minor=200)
    assert bodies(counter, "sale")[0]["drawer_opened_for"] == "cash"
    session = counter.services.workplace.require_session()
    assert counter.devices.openings == [
        DrawerOpening(OpeningReason.SALE, AISHA.staff_id, session.session_id, number)
    ]


def test_a_card_sale_leaves_it_shut_and_says_so(counter: ShopCounter) -> None:
    counter.services.selling.scan(MILK)
    counter.services.checkout.pay_card(165)
    counter.services.checkout.complete()
    assert bodies(counter, "sale")[0]["drawer_opened_for"] == ""
    assert counter.devices.openings == []


def test_a_shop_that_has_it_open_for_change_only_keeps_it_shut_for_the_exact_sum(
    counter: ShopCounter,
) -> None:
    counter.devices.drawer = DrawerSettings(opens_for=())
    counter.sell(MILK)
    counter.sell(MILK, given_minor=200)
    assert [body["drawer_opened_for"] for body in bodies(counter, "sale")] == ["", "change_due"]
    assert len(counter.devices.openings) == 1


def test_money_that_goes_back_in_cash_opens_it(counter: ShopCounter) -> None:
    number = counter.sell(MILK)
    found = counter.services.returns.find(number)
    assert found is not None
    counter.services.returns.add(found.sale.uuid, {1: 1000})
    counter.services.checkout.refund(TenderKind.CASH, 165)
    counter.services.checkout.complete()
    assert bodies(counter, "sale")[1]["drawer_opened_for"] == "cash"


def test_a_reprint_never_opens_it(counter: ShopCounter) -> None:
    number = counter.sell(MILK)
    sale = counter.ledger.sale_by_receipt(number)
    assert sale is not None
    counter.services.reprints.reprint(sale)
    assert len(counter.devices.openings) == 1


def test_movements_and_no_sale_open_it_for_their_own_reasons(counter: ShopCounter) -> None:
    counter.services.cash_control.move(MovementKind.PICK_UP, 100, "to the safe", SAM)
    counter.services.cash_control.no_sale("change for the bus")
    assert [(opening.reason, opening.reference) for opening in counter.devices.openings] == [
        (OpeningReason.MOVEMENT, "pick_up"),
        (OpeningReason.NO_SALE, ""),
    ]
    assert drawer_events(counter) == [("opened_for_float", "aisha", "", "")]  # the day's opening


def test_it_opens_for_the_float_with_an_entry_in_the_transaction_that_opens_the_day(tmp_path: Path) -> None:
    with open_counter(tmp_path) as counter:
        counter.sign_on()
        counter.services.cash_control.open_session(10_000)
        kinds = [entry.kind for entry in counter.ledger.entries_after(0, 99, 10**6)]
        assert kinds[-3:] == ["session_opened", "drawer_event", "till_health"]
        assert counter.devices.openings[0].reason is OpeningReason.FLOAT


def test_a_till_without_a_drawer_records_no_opening(tmp_path: Path) -> None:
    with open_counter(tmp_path) as counter:
        counter.devices.drawer = DrawerSettings("none")
        counter.begin_day()
        assert drawer_events(counter) == []


def test_it_opens_to_be_counted_for_whoever_may_close_the_day(counter: ShopCounter) -> None:
    with pytest.raises(DomainError, match="approval_needed"):
        counter.services.cash_control.open_to_count()
    assert counter.devices.openings == []
    counter.services.cash_control.open_to_count(MORAG)
    counter.sign_on(MORAG, MANAGER_PIN)
    counter.services.cash_control.open_to_count()
    assert drawer_events(counter)[1:] == [
        ("opened_for_count", "aisha", "", "approved by morag"),
        ("opened_for_count", "morag", "", ""),
    ]
    assert [opening.reason for opening in counter.devices.openings] == [OpeningReason.COUNT] * 2


# ------------------------------------------------------------------------------------- the journal


OPENING = DrawerOpening(OpeningReason.SALE, "aisha", "session-1", "2-000042")


@pytest.mark.parametrize(
    ("event", "recorded"),
    [
        (
            DrawerEvent(DrawerNews.DROPPED_LATE, AT, OPENING, "refused"),
            ("dropped_late", "aisha", "sale", "2-000042 · refused"),
        ),
        (
            DrawerEvent(DrawerNews.FAILED, AT, OPENING, "no_reply"),
            ("failed", "aisha", "sale", "2-000042 · no_reply"),
        ),
        (DrawerEvent(DrawerNews.OPENED_UNASKED, AT), ("opened_unasked", "aisha", "", "")),
        (DrawerEvent(DrawerNews.LEFT_OPEN, AT, None, "75"), ("left_open", "aisha", "", "75")),
        (
            DrawerEvent(DrawerNews.CLOSED, AT, OPENING, "312"),
            ("left_open", "aisha", "sale", "2-000042 · 312"),
        ),
        (
            DrawerEvent(DrawerNews.KICKED, AT, DrawerOpening(OpeningReason.TEST, "ines")),
            ("opened_for_test", "ines", "test", ""),
        ),
        (
            DrawerEvent(DrawerNews.KICKED, AT, DrawerOpening(OpeningReason.TEST)),
            ("opened_for_test", "aisha", "test", ""),
        ),
    ],
)
def test_what_nothing_else_says_is_recorded(
    counter: ShopCounter, event: DrawerEvent, recorded: tuple[str, str, str, str]
) -> None:
    counter.services.drawer_journal.note(event)
    assert drawer_events(counter)[1:] == [recorded]


@pytest.mark.parametrize("news", [DrawerNews.KICKED, DrawerNews.OPENED, DrawerNews.CLOSED])
def test_what_its_sale_says_already_is_not_recorded_again(counter: ShopCounter, news: DrawerNews) -> None:
    counter.services.drawer_journal.note(DrawerEvent(news, AT, OPENING))
    assert len(drawer_events(counter)) == 1


class DiskWithoutRoom:
    """A ledger that takes nothing as long as it is full."""

    def __init__(self, ledger: SqliteLedger) -> None:
        self._ledger = ledger
        self.is_full = True

    def __getattr__(self, name: str) -> Any:
        if name == "write" and self.is_full:
            raise LedgerUnavailable("disk_full")
        return getattr(self._ledger, name)


def test_what_a_full_disk_could_not_take_is_recorded_with_what_follows(
    counter: ShopCounter, expected_logs: ExpectedLogs
) -> None:
    disk = DiskWithoutRoom(counter.ledger)
    journal = DrawerJournal(disk, counter.clock, lambda: "")
    late = DrawerEvent(DrawerNews.DROPPED_LATE, AT, OPENING)
    journal.note(late)
    disk.is_full = False
    journal.note(replace(late, news=DrawerNews.FAILED))
    assert [event for event, *_rest in drawer_events(counter)[1:]] == ["dropped_late", "failed"]
    expected_logs.expect("what became of the drawer is not on record yet")
