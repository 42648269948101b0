"""What each kind of entry does at the hub: customers, stock movements, health, chains, compensations."""

from typing import Any

import msgspec
import pytest

from tests.hub.building import AT, Client, TillClient, make_line, make_sale, return_of
from till_app.hub.tables import stock_movement
from till_app.wire.bodies import (
    ChainBegunBody,
    CompensationBody,
    CustomerAddedBody,
    Kind,
    PriceOverriddenBody,
    StockAdjustedBody,
    StockCountedBody,
    TenderBody,
    TenderRemovedBody,
    TillHealthBody,
)

SHOP = "key,value\nname,Corner Shop\ncurrency,GBP\n"
MILK = "item_code,name,department,vat_code,price,stock\nMILK,Milk,GR,Z,1.00,10\n"


@pytest.fixture
def till(client: Client) -> TillClient:
    return client.pair()


def records(till: TillClient, kind: str, cursor: str = "") -> list[list[Any]]:
    return [record[1:] for record in till.page(cursor)["records"] if record[0] == kind]


def a_customer(number: int, **changes: object) -> CustomerAddedBody:
    body = CustomerAddedBody(
        f"customer-{number}", "Ada Byron", "ada@example.org", "01 234", ["1 High St", "Leeds"], "", "staff-1"
    )
    return msgspec.structs.replace(body, **changes)


def health(**changes: object) -> TillHealthBody:
    body = TillHealthBody("0.3.0", "Linux", 10**10, 5_000_000, 90_000_000, 3, -2, "ok", "ready")
    return msgspec.structs.replace(body, **changes)


def test_a_customer_made_at_a_till_gets_a_code_and_goes_to_all_tills(
    till: TillClient, client: Client
) -> None:
    other = client.pair()
    cursor = other.page()["next_cursor"]
    till.write(Kind.CUSTOMER_ADDED, a_customer(1))
    till.write(Kind.CUSTOMER_ADDED, a_customer(2, name=" Bo "))
    assert till.sent() == ["applied", "applied"]
    assert [record[:6] for record in records(other, "customer", cursor)] == [
        ["customer-1", "C000001", "Ada Byron", "ada@example.org", "01 234", ["1 High St", "Leeds"]],
        ["customer-2", "C000002", "Bo", "ada@example.org", "01 234", ["1 High St", "Leeds"]],
    ]


def test_the_same_customer_twice_is_one_customer(till: TillClient) -> None:
    for _ in range(2):
        till.write(Kind.CUSTOMER_ADDED, a_customer(1))
    till.sent(till.entries[:2])
    till.write(Kind.CUSTOMER_ADDED, a_customer(1, name="Later"))
    assert till.sent(till.entries[2:]) == ["applied"]
    assert [record[:3] for record in records(till, "customer")] == [["customer-1", "C000001", "Ada Byron"]]


@pytest.mark.parametrize("changes", [{"name": "  "}, {"customer_id": ""}, {"note": "x" * 2_001}])
def test_a_customer_that_cannot_be_one_is_quarantined(till: TillClient, changes: dict[str, object]) -> None:
    till.write(Kind.CUSTOMER_ADDED, a_customer(1, **changes))
    assert till.sent() == ["quarantined malformed_body"]


def test_a_sale_keeps_its_customer_though_the_hub_does_not_know_them_yet(
    till: TillClient, client: Client
) -> None:
    till.sell(make_line(1, 100), customer_id="customer-9")
    assert (till.sent(), till.totals()["differences"]) == (["applied"], 0)


def test_a_sale_takes_from_the_default_location_of_the_tills_shop(till: TillClient, client: Client) -> None:
    client.import_csv("shop", "key,value\nname,Corner Shop\ncurrency,GBP\n")
    client.import_csv("shop", SHOP)
    client.stock_shop(MILK)
    item_id = client.item("MILK")["item_id"]
    [location_id] = [row[0] for row in records(till, "location") if row[3]]
    till.sell(make_line(1, 300, quantity_milli=3000, item_id=item_id))
    till.sent()
    assert [[row[0], row[1], row[3]] for row in records(till, "stock")] == [[item_id, 7000, location_id]]


def test_a_count_moves_the_stock_by_its_difference_and_only_once(till: TillClient, client: Client) -> None:
    client.import_csv("shop", "key,value\nname,Corner Shop\ncurrency,GBP\n")
    client.import_csv("shop", SHOP)
    client.stock_shop(MILK)
    item_id = client.item("MILK")["item_id"]
    [location_id] = [row[0] for row in records(till, "location")]
    till.sell(make_line(1, 100, item_id=item_id))
    count = StockCountedBody("count-1", item_id, location_id, 7000, 9000, -2000, "staff-1")
    till.write(Kind.STOCK_COUNTED, count)
    till.write(Kind.STOCK_COUNTED, count)
    adjusted = StockAdjustedBody("adjust-1", item_id, "", -500, "waste", "staff-1")
    till.write(Kind.STOCK_ADJUSTED, adjusted)
    assert till.sent() == ["applied", "applied", "quarantined duplicate_uuid", "applied"]
    assert [row[1] for row in records(till, "stock")] == [6500]
    with client.hub.database.reading() as connection:
        moved = connection.execute(stock_movement.select().order_by(stock_movement.c.kind)).all()
    assert [(row.kind, row.quantity_milli) for row in moved if row.kind in ("count", "sale", "waste")] == [
        ("count", -2000),
        ("sale", -1000),
        ("waste", -500),
    ]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"item_id": "nothing"}, "unknown_item"),
        ({"location_id": "nowhere"}, "unknown_location"),
        ({"moved_milli": -1}, "sums_differ"),
        ({"counted_milli": 10**13, "moved_milli": 10**13}, "malformed_body"),
    ],
)
def test_a_count_that_cannot_be_applied_moves_nothing(
    till: TillClient, client: Client, changes: dict[str, object], code: str
) -> None:
    client.import_csv("shop", "key,value\nname,Corner Shop\ncurrency,GBP\n")
    client.stock_shop(MILK)
    count = StockCountedBody("count-1", client.item("MILK")["item_id"], "", 10_000, 0, 10_000, "staff-1")
    cursor = till.page()["next_cursor"]
    till.write(Kind.STOCK_COUNTED, msgspec.structs.replace(count, **changes))
    assert till.sent() == [f"quarantined {code}"]
    assert records(till, "stock", cursor) == []


def test_overridden_prices_and_removed_tenders_are_kept(till: TillClient) -> None:
    till.write(
        Kind.PRICE_OVERRIDDEN, PriceOverriddenBody("basket", 1, "item-1", "Milk", 100, 80, "staff-1", "boss")
    )
    till.write(Kind.TENDER_REMOVED, TenderRemovedBody("basket", "tender", "cash", 500, "staff-1"))
    assert till.sent() == ["applied", "applied"]
    assert till.totals()["entries"] == 2


def test_the_last_health_of_a_till_shows(till: TillClient, client: Client) -> None:
    till.write(Kind.TILL_HEALTH, health(free_disk_bytes=7))
    till.write(Kind.TILL_HEALTH, health(free_disk_bytes=5, printer="paper out"))
    assert till.sent() == ["applied", "applied"]
    [view] = client.admin("GET", "/tills").json()
    assert (view["health"]["free_disk_bytes"], view["health"]["printer"], view["health_at"]) == (
        5,
        "paper out",
        AT,
    )


def test_a_chain_says_whose_it_goes_on_from_and_may_bring_its_receipts(
    till: TillClient, client: Client
) -> None:
    successor = client.pair()
    successor.write(Kind.CHAIN_BEGUN, ChainBegunBody(till.till_id, 7, "f" * 64, "forked", 1, 12_345))
    carried = make_sale(till.till_code, 8, [make_line(1, 100)])
    successor.write(Kind.SALE, carried, uuid=carried.uuid)
    successor.sell(make_line(1, 50))
    successor.sell(make_line(1, 50), receipt_number="9-000002")
    assert successor.sent() == ["applied"] * 4
    view = client.admin("GET", "/tills").json()[1]
    assert (view["continues_till_id"], view["missing_receipts"]) == (till.till_id, 0)
    assert successor.totals()["differences"] == 1


def test_a_chain_that_never_reached_the_hub_is_gone_on_from_too(till: TillClient, client: Client) -> None:
    never_heard, successor = client.pair(), client.pair()
    first = ChainBegunBody(till.till_id, 7, "f" * 64, "forked", 1, 12_345)
    second = ChainBegunBody(never_heard.till_id, 3, "e" * 64, "restored", 2, 12_345)
    successor.write(Kind.CHAIN_BEGUN, second)
    successor.write(Kind.CHAIN_BEGUN, first)
    carried = make_sale(till.till_code, 8, [make_line(1, 100)])
    successor.write(Kind.SALE, carried, uuid=carried.uuid)
    assert successor.sent() == ["applied"] * 3
    continues = [view["continues_till_id"] for view in client.admin("GET", "/tills").json()]
    assert continues == [None, till.till_id, never_heard.till_id]
    assert successor.totals()["differences"] == 0


@pytest.mark.parametrize("is_split", [False, True])
def test_a_compensation_settles_what_came_before_it_and_nothing_later(
    till: TillClient, client: Client, is_split: bool
) -> None:
    till.sell(make_line(1, 100), total_minor=99)
    till.write(Kind.COMPENSATION, CompensationBody(till.entries[0].uuid, "rung up again", "staff-7"))
    till.write(Kind.COMPENSATION, CompensationBody("later", "too early", "staff-7"))
    till.write("teleport", {}, uuid="later")
    for part in [[entry] for entry in till.entries] if is_split else [till.entries]:
        till.sent(part)
    assert till.sent() == ["duplicate sums_differ", "duplicate", "duplicate", "duplicate unknown_kind"]
    assert [entry["uuid"] for entry in client.admin("GET", "/quarantine").json()] == ["later"]
    assert till.hello().json()["quarantined"] == till.totals()["quarantined"] == 1
    settled = client.admin("GET", "/quarantine", params={"resolved": "true"}).json()[-1]
    assert [settled[name] for name in ("resolution", "resolved_by", "resolution_note")] == [
        "compensated",
        "staff-7",
        "rung up again",
    ]


def test_goods_that_came_back_before_their_sale_arrived_are_flagged_when_they_were_more(
    till: TillClient, client: Client
) -> None:
    other = client.pair()
    sale = till.sell(make_line(1, 100))
    for number in range(2):
        other.sell(return_of(sale, -100), uuid=f"return-{number}")
    assert other.sent() == ["applied", "applied"]
    assert till.sent() == ["applied"]
    assert till.totals()["differences"] == 1


def test_value_beyond_what_was_paid_comes_back_at_no_till(till: TillClient, client: Client) -> None:
    other = client.pair()
    sale = till.sell(make_line(1, 300, quantity_milli=3000))
    till.sent()
    till.sell(return_of(sale, -250, quantity_milli=-1000), uuid="dear")
    assert till.sent()[1:] == ["applied"]
    other.sell(return_of(sale, -100, quantity_milli=-1000), uuid="too dear by now")
    other.sell(return_of(sale, -50, quantity_milli=-1000), uuid="the rest")
    assert other.sent() == ["quarantined over_returned", "applied"]


def test_a_tender_kind_of_any_name_settles_a_sale(till: TillClient) -> None:
    tender = TenderBody("tender-1", "gift_card", 100, 100, 0)
    till.sell(make_line(1, 100), tenders=[tender], movements=[])
    assert (till.sent(), till.totals()["tenders_minor"]) == (["applied"], {"gift_card": 100})
