"""The hub's records as a till understands them."""

import logging

import msgspec
import pytest

from tests.sync.memory import item_record
from till_app.domain.catalogue import Department, Item, Role, Shop, StaffMember, Unit
from till_app.domain.currency import GBP
from till_app.domain.tax import VatKind, VatRate
from till_app.services.ports import Gone
from till_app.services.status import CatalogueChanged
from till_app.sync.records import change_of, decode_page, to_domain
from till_app.wire.changes import (
    ChangesPage,
    DepartmentRecord,
    ItemRecord,
    QuickKeyRecord,
    Record,
    ShopRecord,
    StaffRecord,
    StockRecord,
    Tombstone,
    VatRateRecord,
)

APPLES = ItemRecord(
    "i1", "A1", "Apples", "Crisp", "fruit", "Z", 220, "kg", "41", ["5000000000012"], 0, "ab", False
)


def test_an_item_arrives_whole() -> None:
    assert to_domain([APPLES]) == [
        Item(
            item_id="i1",
            item_code="A1",
            name="Apples",
            description="Crisp",
            department_id="fruit",
            vat_code="Z",
            price_minor=220,
            unit=Unit.KILOGRAM,
            plu="41",
            barcodes=("5000000000012",),
            minimum_age=0,
            picture="ab",
            blocked=False,
            pictures=("ab",),
        )
    ]


def test_every_kind_of_record_has_a_value() -> None:
    records: list[Record] = [
        StockRecord("i1", 4_000, "2026-11-24T16:20:00.000000Z"),
        DepartmentRecord("fruit", "Fruit", 3),
        VatRateRecord("A", "Standard", "standard", 2000),
        QuickKeyRecord("q1", "Fruit", 1, 2, "i1", "Apples"),
        StaffRecord("s1", "7", "Mia", "manager", "$argon2id$", True),
        ShopRecord("shop", "Corner", ["1 High St"], "01", "GB1", "GBP", "", "Thank you"),
        Tombstone("item", "i9"),
    ]
    stock, department, rate, quick_key, member, shop, gone = to_domain(records)
    assert department == Department("fruit", "Fruit", 3)
    assert rate == VatRate("A", "Standard", VatKind.STANDARD, 2000)
    assert member == StaffMember("s1", "7", "Mia", Role.MANAGER, "$argon2id$", True)
    assert gone == Gone("item", "i9")
    assert shop == Shop("shop", "Corner", ("1 High St",), "01", "GB1", GBP, "", "Thank you")
    assert change_of([stock, department, rate, quick_key, member, shop, gone]) == CatalogueChanged(
        item_ids=frozenset({"i1", "i9"}),
        kinds=frozenset({"stock", "department", "vat_rate", "quick_key", "staff", "shop", "item"}),
    )


def test_a_record_that_breaks_a_rule_is_skipped_and_named_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    records: list[Record] = [
        item_record("good"),
        msgspec.structs.replace(APPLES, item_id="odd", unit="bushel"),
        VatRateRecord("X", "Too much", "standard", 20_000),
        StaffRecord("s2", "8", "Ann", "owner", "", True),
        item_record("also good"),
    ]
    with caplog.at_level(logging.INFO, "till_app.sync"):
        values = to_domain(records)
    assert [value.item_id for value in values if isinstance(value, Item)] == ["good", "also good"]
    assert len(values) == 2
    assert [text.partition(" (")[0] for text in caplog.messages] == [
        "skipped a record of the hub: item odd",
        "skipped a record of the hub: vat_rate X",
        "skipped a record of the hub: staff s2",
    ]


def test_a_page_of_a_newer_hub_loses_only_the_records_that_are_unknown(
    caplog: pytest.LogCaptureFixture,
) -> None:
    item = msgspec.json.encode(item_record("i1")).decode()
    content = (
        '{"epoch":"e","records":[["promotion","p1",3],' + item + ',["item",7]],"next_cursor":"c","more":true}'
    )
    with caplog.at_level(logging.INFO, "till_app.sync"):
        page, skipped = decode_page(content.encode())
    assert (page, skipped) == (ChangesPage("e", [item_record("i1")], "c", True), 2)
    assert '"promotion" "p1"' in caplog.messages[0]
    assert len(caplog.messages) == 2


@pytest.mark.parametrize("content", [b"<html>", b"{}", b'{"epoch":"e","records":[]}', b"[]", b""])
def test_what_is_no_page_is_not_taken_for_one(content: bytes) -> None:
    with pytest.raises(msgspec.MsgspecError):
        decode_page(content)
