"""A chain: each shop with its tills, texts, stock, staff, quick keys and settings."""

from typing import Any

import pytest

from tests.hub.building import Client, TillClient, make_line
from till_app.domain.in_store import EmbeddedValue, InStoreLayout, layouts_as_text

SHOPS = (
    "shop_code,name,currency,address,phone\n"
    "LEEDS,Leeds,GBP,1 High St|Leeds,+44 1632 960123\n"
    "YORK,York,GBP,2 Low St|York,\n"
)
ITEMS = "item_code,name,department,vat_code,price,stock\nA,Apple,GR,Z,0.40,10\nB,Bread,GR,Z,1.20,\n"


@pytest.fixture
def chain(client: Client) -> Client:
    client.import_csv("shops", SHOPS)
    client.stock_shop(ITEMS)
    return client


def paired(client: Client, shop: str) -> TillClient:
    code = client.admin("POST", "/pairing-codes", params={"shop": shop}).json()["code"]
    answer = client.call("POST", "/v1/pair", json={"code": code, "till_name": shop}).json()
    shop_id = client.admin("GET", f"/shops/{shop}").json()["shop_id"]
    assert answer["shop_id"] == shop_id
    return TillClient(client, answer["till_id"], answer["till_code"], answer["token"])


def records(till: TillClient, kind: str, cursor: str = "") -> list[list[Any]]:
    return [record[1:] for record in till.page(cursor)["records"] if record[0] == kind]


def test_the_shop_that_nobody_named_becomes_the_first_that_is_named(client: Client) -> None:
    assert [shop["name"] for shop in client.admin("GET", "/shops").json()] == [""]
    early = client.pair()
    assert records(early, "shop") == []
    assert client.import_csv("shops", SHOPS)["added"] == 2
    assert [shop["shop_code"] for shop in client.admin("GET", "/shops").json()] == ["LEEDS", "YORK"]
    [shop] = records(early, "shop")
    assert shop[1:4] == ["Leeds", ["1 High St", "Leeds"], "+44 1632 960123"]
    assert [location[1] for location in records(early, "location")] == ["Leeds"]
    assert client.import_csv("shops", SHOPS)["unchanged"] == 2


def test_a_till_gets_its_own_shop_and_stock_and_the_items_of_all(chain: Client) -> None:
    leeds, york = paired(chain, "LEEDS"), paired(chain, "YORK")
    chain.import_csv("stock", "item_code,location_code,stock\nA,YORK,7\n")
    for till, name, milli in ((leeds, "Leeds", 10_000), (york, "York", 7_000)):
        assert [shop[1] for shop in records(till, "shop")] == [name]
        [(location_id, _, _, is_default)] = records(till, "location")
        assert is_default
        assert [(stock[1], stock[3]) for stock in records(till, "stock")] == [(milli, location_id)]
        assert [item[1] for item in records(till, "item")] == ["A", "B"]


def test_a_sale_takes_from_its_own_shop_and_the_other_hears_nothing_of_it(chain: Client) -> None:
    chain.import_csv("stock", "item_code,location_code,stock\nA,YORK,7\n")
    leeds, york = paired(chain, "LEEDS"), paired(chain, "YORK")
    cursor = york.page()["next_cursor"]
    leeds.sell(make_line(1, 80, quantity_milli=2000, item_id=chain.item("A")["item_id"], vat_rate_bp=0))
    leeds.sent()
    assert [stock[1] for stock in records(leeds, "stock")] == [8_000]
    assert york.page(cursor)["records"] == []
    assert chain.admin("GET", "/stock/YORK/A").json()["quantity_milli"] == 7_000


def test_a_count_is_a_movement_and_the_same_count_again_none(chain: Client) -> None:
    assert chain.admin("PUT", "/stock/YORK/A", json={"counted_milli": 5000}).json() == {"outcome": "added"}
    assert chain.admin("PUT", "/stock/YORK/A", json={"counted_milli": 3000}).json() == {"outcome": "changed"}
    assert chain.admin("PUT", "/stock/YORK/A", json={"counted_milli": 3000}).json() == {
        "outcome": "unchanged"
    }
    assert chain.item("A")["stock_milli"] == 13_000
    assert chain.admin("PUT", "/stock/MOON/A", json={"counted_milli": 1}).status_code == 400
    assert chain.admin("PUT", "/stock/YORK/A", json={"counted_milli": 10**13}).status_code == 400


def test_staff_keys_and_texts_of_one_shop_reach_its_tills_only(chain: Client) -> None:
    chain.import_csv(
        "staff", "staff_code,name,role,pin,shop_code\n1,Ann,cashier,1470,YORK\n2,Bo,manager,258036,\n"
    )
    chain.import_csv("quick-keys", "page,position,item_code,shop_code\nMain,1,A,\nMain,2,B,YORK\n")
    chain.import_csv("receipt-texts", "place,position,text,shop_code\nfooter,1,Hello,\nfooter,1,Ey up,YORK\n")
    leeds, york = paired(chain, "LEEDS"), paired(chain, "YORK")
    assert [row[2] for row in records(leeds, "staff")] == ["Bo"]
    assert [row[2] for row in records(york, "staff")] == ["Ann", "Bo"]
    assert [row[3] for row in records(york, "quick_key")] == [1, 2]
    assert [row[3] for row in records(leeds, "quick_key")] == [1]
    assert [row[3] for row in records(york, "receipt_text")] == ["Hello", "Ey up"]
    refused = chain.import_csv("quick-keys", "page,position,item_code,shop_code\nMain,1,B,YORK\n")["refused"]
    assert [row["code"] for row in refused] == ["taken"]


def test_staff_who_move_are_gone_where_they_were(chain: Client) -> None:
    leeds, york = paired(chain, "LEEDS"), paired(chain, "YORK")
    ann = {"name": "Ann", "role": "cashier", "pin": "1470", "shop": "LEEDS"}
    assert chain.admin("PUT", "/staff/1", json=ann).json()["outcome"] == "added"
    assert (
        chain.admin("PUT", "/staff/1", json={**ann, "pin": "", "shop": "YORK"}).json()["outcome"] == "changed"
    )
    assert (records(leeds, "staff"), [row[2] for row in records(york, "staff")]) == ([], ["Ann"])
    assert chain.admin("DELETE", "/staff/1").status_code == 204
    assert chain.admin("DELETE", "/staff/1").status_code == 404
    assert records(york, "staff") == []


def test_a_shops_own_setting_stays_when_the_one_of_every_shop_changes(chain: Client) -> None:
    leeds, york = paired(chain, "LEEDS"), paired(chain, "YORK")

    def put(value: str, **params: str) -> int:
        path = "/settings/lock_after_s"
        return chain.admin("PUT", path, json={"value": value}, params=params).status_code

    assert (put("60"), put("90", shop="YORK"), put("120")) == (200, 200, 200)
    assert records(leeds, "setting") == [["lock_after_s", "120"]]
    assert records(york, "setting") == [["lock_after_s", "90"]]
    assert chain.admin("DELETE", "/settings/lock_after_s", params={"shop": "YORK"}).status_code == 204
    assert records(york, "setting") == [["lock_after_s", "120"]]
    chain.admin("PUT", "/shops/HULL", json={"name": "Hull", "currency": "GBP"})
    assert records(paired(chain, "HULL"), "setting") == [["lock_after_s", "120"]]
    assert (put("soon"), put("60", shop="MOON")) == (400, 400)
    assert chain.admin("DELETE", "/settings/lock_after_s").status_code == 204
    assert records(york, "setting") == []


def test_a_table_of_label_layouts_reaches_the_tills_and_one_that_makes_no_sense_is_refused(
    chain: Client,
) -> None:
    leeds = paired(chain, "LEEDS")
    layouts = tuple(
        InStoreLayout(str(prefix), 5, 4, EmbeddedValue.PRICE, 2, has_verifier=True)
        for prefix in range(20, 30)
    )
    table = layouts_as_text(layouts)
    assert len(table) > 200

    def put(value: str) -> int:
        return chain.admin("PUT", "/settings/label_layouts", json={"value": value}).status_code

    assert (put(table), put("[]"), put(table)) == (200, 200, 200)
    assert (put("20:5:5"), put(table.replace('"20"', '"50"')), put(table.replace('"20"', '"21"'))) == (
        400,
        400,
        400,
    )
    assert records(leeds, "setting") == [["label_layouts", table]]


def test_each_shop_has_one_default_location(chain: Client) -> None:
    leeds = paired(chain, "LEEDS")
    locations = "location_code,name,shop_code,default\nBACK,Stock room,LEEDS,no\nFRONT,Front,LEEDS,yes\n"
    assert chain.import_csv("locations", locations)["added"] == 2
    assert sorted((row[1], row[3]) for row in records(leeds, "location")) == [
        ("Front", True),
        ("Leeds", False),
        ("Stock room", False),
    ]
    front = {"name": "Front", "shop": "LEEDS", "default": False}
    assert chain.admin("PUT", "/locations/FRONT", json=front).status_code == 400
    assert chain.admin("PUT", "/locations/LEEDS", json={"name": "x", "shop": "YORK"}).status_code == 400


def test_a_machine_that_is_paired_anew_goes_on_in_its_shop(chain: Client) -> None:
    york = paired(chain, "YORK")
    code = chain.admin("POST", "/pairing-codes", params={"continues": york.till_id}).json()["code"]
    answer = chain.call("POST", "/v1/pair", json={"code": code, "till_name": "Again"}).json()
    assert answer["shop_id"] == chain.admin("GET", "/shops/YORK").json()["shop_id"]
    assert chain.admin("POST", "/pairing-codes", params={"continues": "nobody"}).status_code == 400
    assert chain.admin("POST", "/pairing-codes", params={"shop": "MOON"}).status_code == 400
