"""Price lists, prices, promotions, VAT by date, customers, packs and pictures: files and single edits."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from tests.hub.building import Client
from tests.hub.test_imports import Shop, refusals
from till_app.hub import tables
from till_app.hub.catalogue import price_lists
from till_app.hub.database import Database
from till_app.hub.feed import take_numbers
from till_app.hub.imports import parts, price_apply
from till_app.hub.imports.accepted import finish_accepted
from till_app.hub.imports.report import ImportUnfinished

NOW = datetime(2026, 11, 24, 16, 20, tzinfo=UTC)
ITEMS = "item_code,name,department,vat_code,price\n" + "".join(
    f"{code},Item {code},GR,Z,1.00\n" for code in "ABCD"
)
LISTS = "price_list_code,name,priority,valid_from,valid_until,customers_only\nSALE,Sale,5,2026-12-01,,no\n"
PRICES = "price_list_code,item_code,price\nSALE,A,0.90\nSALE,B,0.80\nSALE,C,0.70\n"


@pytest.fixture
def shop(database: Database, tmp_path: Path) -> Shop:
    shop = Shop(database, tmp_path)
    shop.load("items", ITEMS)
    shop.load("price-lists", LISTS)
    return shop


@pytest.fixture
def priced(client: Client) -> Client:
    client.stock_shop(ITEMS)
    client.import_csv("price-lists", LISTS)
    client.import_csv("prices", PRICES)
    return client


def of_kind(shop: Shop, kind: str) -> list[list[Any]]:
    return [cells[1:] for cells in shop.feed_records() if cells[0] == kind]


def test_prices_go_in_and_again_without_a_change(shop: Shop) -> None:
    assert shop.load("prices", PRICES).added == 3
    seq = shop.feed_seq()
    again = shop.load("prices", PRICES.replace("0.80", "0.85"))
    assert (again.changed, again.unchanged, shop.feed_seq()) == (1, 2, seq + 1)
    assert [cells[3] for cells in of_kind(shop, "price")] == [90, 70, 85]
    assert shop.column(tables.import_price.c.line) == []


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("MOON,A,1.00", "unknown_price_list"),
        ("SALE,MOON,1.00", "unknown_item"),
        ("SALE,A,", "not_a_number"),
        ("SALE,A,-1", "negative"),
        ("SALE,B,0.50", "duplicate"),
    ],
)
def test_an_odd_price_is_named_by_line_and_the_others_go_in(shop: Shop, row: str, code: str) -> None:
    report = shop.load("prices", f"price_list_code,item_code,price\nSALE,B,0.80\n{row}\nSALE,C,0.70\n")
    assert (refusals(report), report.added) == ([(3, code)], 2)


def test_a_dry_run_of_prices_changes_nothing(shop: Shop) -> None:
    seq = shop.feed_seq()
    assert shop.load("prices", PRICES, dry_run=True).added == 3
    assert (shop.column(tables.price.c.price_id), shop.feed_seq()) == ([], seq)
    assert shop.column(tables.import_price.c.line) == []


def test_a_price_that_is_deleted_leaves_a_tombstone(shop: Shop) -> None:
    shop.load("prices", PRICES)
    report = shop.load("prices", "price_list_code,item_code,price,delete\nSALE,A,,yes\nSALE,D,,yes\n")
    assert (report.removed, report.unchanged) == (1, 1)
    assert [cells[0] for cells in of_kind(shop, "gone")] == ["price"]
    assert sorted(cells[3] for cells in of_kind(shop, "price")) == [70, 80]


@pytest.mark.parametrize("parts_before_the_crash", [0, 1, 2])
def test_accepted_prices_go_in_whole_after_a_crash_between_two_parts(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, parts_before_the_crash: int
) -> None:
    shop.load("prices", PRICES)
    monkeypatch.setattr(parts, "PART_LINES", 1)
    taken = 0

    def take_until_the_crash(connection: Any, count: int) -> int:
        nonlocal taken
        if taken == parts_before_the_crash:
            raise OperationalError("COMMIT", {}, Exception("disk I/O error"))
        taken += 1
        return take_numbers(connection, count)

    monkeypatch.setattr(price_apply, "take_numbers", take_until_the_crash)
    changed = "price_list_code,item_code,price,delete\nSALE,A,0.50,\nSALE,B,,yes\nSALE,D,0.10,\n"
    with pytest.raises(ImportUnfinished, match="was accepted"):
        shop.load("prices", changed)
    monkeypatch.undo()
    finish_accepted(shop.database, NOW)
    assert shop.column(tables.price.c.price_minor) == [10, 50, 70]
    assert sorted(cells[3] for cells in of_kind(shop, "price")) == [10, 50, 70]
    assert shop.column(tables.accepted_import.c.import_id) == []


def test_two_that_finish_accepted_prices_share_the_work(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "PART_LINES", 1)
    monkeypatch.setattr("till_app.hub.imports.items.finish_accepted", lambda *_: None)
    shop.load("prices", PRICES)
    with ThreadPoolExecutor(2) as threads:
        list(threads.map(lambda _: finish_accepted(shop.database, NOW), range(2)))
    assert shop.column(tables.price.c.price_minor) == [70, 80, 90]
    assert len(of_kind(shop, "price")) == 3


def test_a_price_list_goes_with_its_prices_in_short_transactions(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(price_lists, "_PART_ROWS", 2)
    shop.load("prices", PRICES)
    shop.load("customers", "customer_code,name,price_list_code\nC1,Ada,SALE\n")
    report = shop.load("price-lists", "price_list_code,name,delete\nSALE,,yes\n")
    assert report.removed == 1
    assert sorted(cells[0] for cells in of_kind(shop, "gone")) == ["price", "price", "price", "price_list"]
    assert [cells[6] for cells in of_kind(shop, "customer")] == [None]
    assert shop.column(tables.price_list.c.price_list_id) == []


def test_single_prices_by_the_api(priced: Client) -> None:
    till = priced.pair()
    path = "/price-lists/SALE/prices/A"
    assert priced.admin("GET", path).json()["price_minor"] == 90
    cursor = till.page()["next_cursor"]
    assert priced.admin("PUT", path, json={"price_minor": 85}).json() == {"outcome": "changed"}
    assert priced.admin("PUT", path, json={"price_minor": 85}).json() == {"outcome": "unchanged"}
    assert [record[4] for record in till.page(cursor)["records"]] == [85]
    assert priced.admin("DELETE", path).status_code == 204
    assert priced.admin("GET", path).status_code == 404
    assert priced.admin("PUT", path, json={"price_minor": -1}).status_code == 400
    assert priced.admin("PUT", "/price-lists/SALE/prices/NONE", json={"price_minor": 1}).status_code == 400
    assert priced.admin("PUT", "/price-lists/NONE/prices/A", json={"price_minor": 1}).status_code == 404


def test_a_removed_item_takes_its_prices_and_promotions_along(priced: Client) -> None:
    both = {"name": "3 for 2", "kind": "cheapest_free", "quantity": 3, "items": ["A", "B"]}
    priced.admin("PUT", "/promotions/BOTH", json=both)
    priced.admin("PUT", "/promotions/ONE", json={**both, "items": ["A"]})
    till = priced.pair()
    cursor = till.page()["next_cursor"]
    assert priced.admin("DELETE", "/items/A").status_code == 204
    seen = till.page(cursor)["records"]
    assert sorted(record[1] for record in seen if record[0] == "gone") == ["item", "price", "promotion"]
    assert [len(record[8]) for record in seen if record[0] == "promotion"] == [1]
    assert priced.admin("GET", "/promotions/BOTH").json()["items"] == ["B"]
    assert priced.admin("GET", "/promotions/ONE").status_code == 404


PROMOTIONS = "promotion_code,name,kind,quantity,value,valid_from,valid_until,items,departments\n"


def test_promotions_of_each_kind(shop: Shop) -> None:
    rows = (
        "P1,10 % off,percent_off,,10,,,,GR\n"
        "P2,20p off,amount_off,,0.20,2026-12-01,2026-12-24,A;B,\n"
        "P3,2 for £1.50,multibuy_price,2,1.50,,,A;B,\n"
        "P4,3 for 2,cheapest_free,3,,,,C,GR\n"
    )
    assert shop.load("promotions", PROMOTIONS + rows).added == 4
    assert shop.load("promotions", PROMOTIONS + rows).unchanged == 4
    found = [
        (cells[2], cells[5], cells[6], len(cells[7]), len(cells[8])) for cells in of_kind(shop, "promotion")
    ]
    assert found == [
        ("percent_off", 1, 1000, 0, 1),
        ("amount_off", 1, 20, 2, 0),
        ("multibuy_price", 2, 150, 2, 0),
        ("cheapest_free", 3, 0, 1, 1),
    ]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("P,x,half_off,,,,,A,", "unknown_kind"),
        ("P,x,percent_off,,101,,,A,", "promotion_impossible"),
        ("P,x,cheapest_free,1,,,,A,", "promotion_impossible"),
        ("P,x,multibuy_price,2,,,,A,", "missing"),
        ("P,x,percent_off,,10,,,,", "nothing_promoted"),
        ("P,x,percent_off,,10,,,MOON,", "unknown_item"),
        ("P,x,percent_off,,10,,,,MOON", "unknown_department"),
        ("P,x,percent_off,,10,2026-12-02,2026-12-01,A,", "ends_before_it_begins"),
        ("P,x,percent_off,,10,tomorrow,,A,", "not_a_day"),
    ],
)
def test_an_odd_promotion_is_named(shop: Shop, row: str, code: str) -> None:
    assert refusals(shop.load("promotions", f"{PROMOTIONS}{row}\n")) == [(2, code)]


def test_a_vat_code_has_a_rate_for_each_time(shop: Shop) -> None:
    header = "code,name,rate_percent,kind,valid_from\n"
    rows = "A,Standard,20,standard,\nA,Standard,21,standard,2027-01-01\nA,Standard,22,standard,2028-01-01\n"
    assert refusals(shop.load("vat-codes", header + rows)) == []
    assert of_kind(shop, "vat_rate")[-1] == [
        "A",
        "Standard",
        "standard",
        2000,
        [["2027-01-01", 2100], ["2028-01-01", 2200]],
    ]
    assert shop.load("vat-codes", header + rows).unchanged == 3
    report = shop.load("vat-codes", header + "Q,New,5,reduced,2027-01-01\nZ,Zero,5,zero,2027-01-01\n")
    assert refusals(report) == [(2, "unknown_vat_code"), (3, "rate_impossible")]


def test_customers_have_a_balance_and_the_moment_when_it_was_true(shop: Shop) -> None:
    header = "customer_code,name,phone,address,price_list_code,balance,credit_limit,active\n"
    row = "C1,Ada Byron,+44 1632 960001,1 High St|Leeds,SALE,-12.50,100.00,\n"
    assert shop.load("customers", header + row).added == 1
    [cells] = of_kind(shop, "customer")
    assert cells[4:6] == ["+44 1632 960001", ["1 High St", "Leeds"]]
    assert cells[7:10] == [-1250, 10_000, "2026-11-24T16:20:00.000000Z"]
    assert shop.load("customers", header + row.replace("-12.50", "")).unchanged == 1
    report = shop.load("customers", "customer_code,name,balance\nC2,Bo,1.005\nC3,,1.00\nC4,Cy,\nC4,Cy,\n")
    assert refusals(report) == [(2, "too_many_decimals"), (3, "missing"), (5, "duplicate")]


def test_a_barcode_may_stand_for_a_pack_and_an_item_may_have_several_pictures(client: Client) -> None:
    header = "item_code,name,department,vat_code,price,barcodes,picture\n"
    rows = "A,Cola,GR,A,0.95,5000112637922|5012345678900*6,a.png|b.png\n"
    client.stock_shop(header + rows)
    content = {name: b"\x89PNG\r\n\x1a\n" + name.encode() for name in ("a.png", "b.png")}
    stored = [client.admin("PUT", f"/pictures/{name}", data=data).json() for name, data in content.items()]
    assert [answer["items_changed"] for answer in stored] == [1, 1]
    hashes = [answer["sha256"] for answer in stored]
    [record] = [record for record in client.pair().page()["records"] if record[0] == "item"]
    assert (record[12], record[14], record[15]) == (hashes[0], hashes, {"5012345678900": 6000})
    assert client.import_csv("items", header + rows)["unchanged"] == 1
    view = client.item("A")
    assert (view["barcodes"], view["pictures"]) == (["5000112637922", "5012345678900*6"], ["a.png", "b.png"])
    edited = {"barcodes": ["5012345678900*12"], "pictures": ["b.png"]}
    assert client.admin("PATCH", "/items/A", json=edited).json()["picture"] == hashes[1]
    for barcodes in (["5012345678901"], ["5012345678900*0"], ["5012345678900*x"]):
        assert client.admin("PATCH", "/items/A", json={"barcodes": barcodes}).status_code == 400


def test_an_item_is_made_and_replaced_whole(client: Client) -> None:
    client.stock_shop(ITEMS)
    tea = {
        "name": "Tea",
        "department": "GR",
        "vat_code": "Z",
        "price_minor": 165,
        "barcodes": ["5000112637922"],
    }
    assert client.admin("PUT", "/items/TEA", json=tea).json() == {"outcome": "added"}
    assert client.admin("PUT", "/items/TEA", json=tea).json() == {"outcome": "unchanged"}
    assert client.admin("PUT", "/items/TEA", json={**tea, "plu": "7"}).json() == {"outcome": "changed"}
    taken = client.admin("PUT", "/items/OTHER", json={**tea, "plu": "7", "barcodes": []})
    assert (taken.status_code, taken.json()["message"]) == (400, "plu 7 belongs to item TEA")
    assert client.admin("PUT", "/items/OTHER", json=tea).status_code == 400


def test_a_department_with_items_stays(client: Client) -> None:
    client.stock_shop(ITEMS)
    refused = client.admin("DELETE", "/departments/GR")
    assert (refused.status_code, refused.json()["message"]) == (400, "department GR still has items")
    client.admin("PUT", "/departments/NEW", json={"name": "New", "position": 9})
    assert client.admin("DELETE", "/departments/NEW").status_code == 204


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/shops/{}", {"name": "S", "currency": "GBP"}),
        ("/departments/{}", {"name": "D", "position": 1}),
        ("/vat-rates/{}", {"name": "V", "kind": "zero", "rate_bp": 0}),
        ("/customers/{}", {"name": "C"}),
        ("/staff/{}", {"name": "S", "role": "cashier", "pin": "1470"}),
        ("/settings/{}", {"value": "1"}),
        ("/receipt-texts/footer/{}", {"text": "T"}),
        ("/quick-keys/Main/{}", {"item_code": "A"}),
        ("/price-lists/{}", {"name": "P"}),
        ("/promotions/{}", {"name": "P", "kind": "percent_off", "value": 500, "items": ["A"]}),
        ("/price-lists/SALE/prices/{}", {"price_minor": 1}),
    ],
)
@pytest.mark.parametrize("code", ["%00", "x" * 200, "%0A", "99999999999999999999"])
def test_codes_that_no_record_can_have_are_refused_with_words(
    priced: Client, path: str, body: dict[str, object], code: str
) -> None:
    for method, options in (("GET", {}), ("PUT", {"json": body}), ("DELETE", {})):
        answer = priced.admin(method, path.format(code), **options)
        if answer.status_code not in (200, 204):
            assert (answer.status_code in (400, 404, 405), answer.json()["message"] != "") == (True, True)
        assert answer.status_code < 500
