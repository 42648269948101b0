import msgspec
import pytest

from till_app.wire.bodies import (
    CashMovementBody,
    LineBody,
    MovementBody,
    SaleBody,
    SessionOpenedBody,
    TenderBody,
    ZReportBody,
)
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
from till_app.wire.exchange import Entry, ErrorAnswer, HelloRequest, JournalAnswer, JournalRequest

MILK = ItemRecord("i1", "milk", "Milk", "", "d1", "Z", None, "each", None, ["5000128104517"], 0, None, False)
MOVEMENT = MovementBody("m1", "s1", "paid_out", -500, "2026-11-24T14:32:00.000000Z", "op")
RECORDS: list[Record] = [
    MILK,
    StockRecord("i1", 48_000, "2026-11-24T08:00:00.000000Z"),
    DepartmentRecord("d1", "Dairy", 1),
    VatRateRecord("Z", "Zero", "zero", 0),
    QuickKeyRecord("q1", "Quick keys", 1, 1, "i1", "Milk"),
    StaffRecord("op", "aisha", "Aisha", "cashier", "$argon2id$…", True),
    ShopRecord("shop", "Grocers", ["1 High Street"], "", "GB 123", "GBP", "", ""),
    Tombstone("item", "i1"),
]


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: type(record).__name__)
def test_a_record_travels_as_an_array_that_begins_with_its_kind(record: Record) -> None:
    encoded = msgspec.json.encode(record)
    assert encoded.startswith(b'["' + str(type(record).__struct_config__.tag).encode() + b'",')
    assert msgspec.json.decode(encoded, type=Record) == record


def test_the_bytes_of_a_page_are_as_agreed() -> None:
    page = ChangesPage("e1", [MILK, Tombstone("item", "i2")], "e1:7", more=False)
    encoded = msgspec.json.encode(page)
    assert encoded == (
        b'{"epoch":"e1","records":['
        b'["item","i1","milk","Milk","","d1","Z",null,"each",null,["5000128104517"],0,null,false,[],{}],'
        b'["gone","item","i2"]],"next_cursor":"e1:7","more":false}'
    )
    assert msgspec.json.decode(encoded, type=ChangesPage) == page


def test_a_record_of_an_older_hub_lacks_only_what_has_a_default() -> None:
    encoded = b'["item","i1","milk","Milk","","d1","Z",null,"each",null,["5000128104517"],0,null,false]'
    assert msgspec.json.decode(encoded, type=Record) == MILK


def test_what_a_newer_hub_adds_to_a_record_or_a_page_is_ignored() -> None:
    page = msgspec.json.decode(
        b'{"epoch":"e1","records":[["department","d1","Dairy",1,"new"]],"next_cursor":"c","more":true,"n":1}',
        type=ChangesPage,
    )
    assert page == ChangesPage("e1", [DepartmentRecord("d1", "Dairy", 1)], "c", more=True)


@pytest.mark.parametrize(
    "encoded",
    [
        b'["department","d1","Dairy"]',
        b'["department","d1","Dairy","1"]',
        b'["promotion","p1"]',
        b"[]",
        b'{"department_id":"d1"}',
    ],
)
def test_a_record_that_lacks_something_or_is_of_another_kind_is_refused(encoded: bytes) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(encoded, type=Record)


def test_every_field_without_a_default_is_required_and_unknown_ones_are_ignored() -> None:
    whole = msgspec.json.decode(msgspec.json.encode(MOVEMENT))
    for name in ("movement_id", "session_id", "kind", "amount_minor", "at", "operator_id"):
        lacking = {key: value for key, value in whole.items() if key != name}
        with pytest.raises(msgspec.ValidationError, match=name):
            msgspec.convert(lacking, MovementBody)
    del whole["reason"], whole["sale_uuid"]
    assert msgspec.convert(whole | {"colour": "red"}, MovementBody) == MOVEMENT


@pytest.mark.parametrize("amount", ["-500", -5.5, True, None])
def test_an_amount_is_an_integer_and_nothing_else(amount: object) -> None:
    whole = msgspec.json.decode(msgspec.json.encode(MOVEMENT))
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(msgspec.json.encode(whole | {"amount_minor": amount}), type=MovementBody)


def test_who_approved_a_cash_movement_travels_with_it_and_older_readers_do_without() -> None:
    body = CashMovementBody(**msgspec.structs.asdict(MOVEMENT), approved_by="sam")
    encoded = msgspec.json.encode(body)
    assert msgspec.json.decode(encoded, type=CashMovementBody) == body
    assert msgspec.json.decode(encoded, type=MovementBody) == MOVEMENT


def test_a_sale_comes_back_from_its_bytes() -> None:
    line = LineBody(
        1, "i1", "milk", "5000128104517", "Milk", "each", "d1", 1000, 165, 165, 0, 165, 165, 0, "Z", 0
    )
    sale = SaleBody(
        uuid="u1",
        receipt_number="2-000001",
        till_code="2",
        counter=1,
        session_id="s1",
        opened_at="2026-11-24T14:31:00.000000Z",
        completed_at="2026-11-24T14:32:00.000000Z",
        operator_id="op",
        operator_name="Aisha",
        currency="GBP",
        total_minor=165,
        lines=[line],
        tenders=[TenderBody("t1", "cash", 165, 200, 35)],
        movements=[MOVEMENT],
    )
    encoded = msgspec.json.encode(sale)
    assert msgspec.json.decode(encoded, type=SaleBody) == sale
    without_total = encoded.replace(b'"total_minor":165,', b"")
    with pytest.raises(msgspec.ValidationError, match="total_minor"):
        msgspec.json.decode(without_total, type=SaleBody)


def test_a_body_in_an_entry_keeps_its_bytes() -> None:
    body = msgspec.json.encode(SessionOpenedBody("s1", 1, "op", 10_000, MOVEMENT)).decode()
    entry = Entry(
        1, "u1", "session_opened", 1, "2026-11-24T14:32:00.000000Z", "2026-11-24", body, "0" * 64, "1" * 64
    )
    request = JournalRequest("e1", [entry])
    assert msgspec.json.decode(msgspec.json.encode(request), type=JournalRequest).entries[0].body == body


@pytest.mark.parametrize("message", [HelloRequest, JournalAnswer, ErrorAnswer, ZReportBody])
def test_an_empty_object_is_no_message(message: type[msgspec.Struct]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(b"{}", type=message)
