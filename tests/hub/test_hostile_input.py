"""What nobody should send and somebody will: answered with a code, kept where it is a fact."""

import gzip
import json
from typing import Any

import msgspec
import pytest

from tests.hub.building import (
    AT,
    Client,
    TillClient,
    make_entry,
    make_line,
    make_movement,
    make_sale,
    return_of,
)
from till_app.domain.journal import GENESIS_HASH, sealed
from till_app.wire.bodies import Kind, OriginBody, SessionOpenedBody
from till_app.wire.exchange import Entry

HEADER = "item_code,name,department,vat_code,price,barcodes"


@pytest.fixture
def till(client: Client) -> TillClient:
    return client.pair()


def code_of(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


@pytest.mark.parametrize(
    "changes",
    [
        {"journal_head": {"seq": 2**63, "hash": GENESIS_HASH}},
        {"journal_head": {"seq": -1, "hash": GENESIS_HASH}},
        {"till_time": "0001-01-01T00:00:00+23:00"},
        {"app_version": 7},
    ],
)
def test_a_greeting_out_of_range_is_refused(till: TillClient, changes: dict[str, object]) -> None:
    greeting = {
        "oldest_protocol": 1,
        "newest_protocol": 1,
        "app_version": "0.1.0",
        "journal_head": {"seq": 0, "hash": GENESIS_HASH},
        "till_time": AT,
    }
    assert till.call("POST", "/v1/hello", json=greeting).status_code == 200
    assert code_of(till.call("POST", "/v1/hello", json=greeting | changes)) == (400, "bad_request")


@pytest.mark.parametrize("body", [b"[" * 100_000, b'{"epoch":"\\ud800","entries":[]}', b"", b"a=b"])
def test_a_body_that_is_no_sound_json_is_refused(till: TillClient, body: bytes) -> None:
    assert code_of(till.call("POST", "/v1/journal", data=body)) == (400, "bad_request")


def test_the_content_type_is_not_asked_for(till: TillClient) -> None:
    till.sell(make_line(1, 100))
    body = msgspec.json.encode({"epoch": till.hello().json()["epoch"], "entries": till.entries})
    answer = till.call("POST", "/v1/journal", data=body, headers={"Content-Type": "text/plain"})
    assert answer.json()["results"][0]["state"] == "applied"


def test_a_number_that_no_journal_reaches_is_a_gap(till: TillClient) -> None:
    for seq in (2, 2**63, 2**70):
        entry = make_entry(till.till_id, seq, "u", Kind.NO_SALE, b"{}", GENESIS_HASH)
        assert code_of(till.send([entry])) == (409, "gap")
    for seq in (0, -1, -(2**70)):
        entry = make_entry(till.till_id, seq, "u", Kind.NO_SALE, b"{}", GENESIS_HASH)
        assert code_of(till.send([entry])) == (400, "bad_request")


def test_a_header_with_a_line_feed_has_no_hash(till: TillClient) -> None:
    entry = make_entry(till.till_id, 1, "u", Kind.NO_SALE, b"{}", GENESIS_HASH)
    assert code_of(till.send([msgspec.structs.replace(entry, kind="a\nb")])) == (422, "bad_hash")


@pytest.mark.parametrize("currency", ["XYZ", "", "£"])
def test_a_currency_that_does_not_exist_is_quarantined_and_the_page_still_shows(
    client: Client, till: TillClient, currency: str
) -> None:
    till.sell(make_line(1, 100), currency=currency)
    assert till.sent() == ["quarantined malformed_body"]
    assert client.call("GET", "/").status_code == 200


def test_another_currency_than_the_shops_is_flagged(client: Client, till: TillClient) -> None:
    client.import_csv("shop", "key,value\nname,Corner Shop\ncurrency,GBP\n")
    till.sell(make_line(1, 100), currency="EUR")
    assert (till.sent(), till.totals()["differences"]) == (["applied"], 1)
    assert "currency EUR, the shop&#x27;s is GBP" in client.call("GET", "/").text


def _sell_on(till: TillClient, business_date: str) -> None:
    seq, till.counter = len(till.entries) + 1, till.counter + 1
    sale = make_sale(till.till_code, till.counter, [make_line(1, 100)])
    prev_hash = till.entries[-1].hash if till.entries else GENESIS_HASH
    body = msgspec.json.encode(sale)
    entry = sealed(till.till_id, seq, sale.uuid, Kind.SALE, 1, AT, business_date, body, prev_hash)
    till.entries.append(
        Entry(seq, sale.uuid, Kind.SALE, 1, AT, business_date, body.decode(), prev_hash, entry.hash)
    )


@pytest.mark.parametrize("business_date", ["20261124", "2026-W48-2", "2026-02-30", "", "24.11.2026"])
def test_a_business_date_has_one_form(till: TillClient, business_date: str) -> None:
    _sell_on(till, business_date)
    assert till.sent() == ["quarantined malformed_body"]


def test_a_day_that_has_not_come_is_flagged(client: Client, till: TillClient) -> None:
    _sell_on(till, "2999-01-01")
    till.sell(make_line(1, 100), completed_at="2999-01-01T00:00:00.000000Z", uuid="late")
    assert (till.sent(), till.totals()["differences"]) == (["applied", "applied"], 2)
    assert "business date 2999-01-01 has not come yet" in client.call("GET", "/").text


def test_moments_are_kept_in_one_form_whatever_zone_they_come_in(client: Client, till: TillClient) -> None:
    till.sell(make_line(1, 100), completed_at="2026-11-24T16:20:00+05:00")
    assert till.sent() == ["applied"]
    assert "2026-11-24 11:20:00" in client.call("GET", "/").text


def test_a_session_without_a_moment_is_quarantined(till: TillClient) -> None:
    opening = msgspec.structs.replace(make_movement("float-1", 0), at="this morning")
    till.write(Kind.SESSION_OPENED, SessionOpenedBody("session-1", 1, "staff-1", 0, opening))
    assert till.sent() == ["quarantined malformed_body"]


def test_a_return_of_a_return_is_refused(till: TillClient) -> None:
    sale = till.sell(make_line(1, 300, quantity_milli=3000))
    returned = till.sell(return_of(sale, -100))
    origin = OriginBody(returned.uuid, returned.receipt_number, 1)
    till.sell(make_line(1, -100, quantity_milli=-1000, origin=origin), uuid="again")
    till.sell(make_line(1, 100, origin=origin), uuid="sold back")
    assert till.sent() == [
        "applied",
        "applied",
        "quarantined over_returned",
        "quarantined malformed_body",
    ]


def test_the_same_fact_twice_in_one_batch_counts_once_and_the_rest_goes_in(till: TillClient) -> None:
    till.sell(make_line(1, 100))
    till.sell(make_line(1, 50), uuid="twice")
    till.sell(make_line(1, 50), uuid="twice")
    till.write(Kind.NO_SALE, {"operator_id": "1", "reason": ""}, uuid="entry")
    till.write(Kind.NO_SALE, {"operator_id": "1", "reason": ""}, uuid="entry")
    till.sell(make_line(1, 7))
    assert till.sent() == [
        "applied",
        "applied",
        "quarantined duplicate_uuid",
        "applied",
        "quarantined duplicate_uuid",
        "applied",
    ]
    assert (till.totals()["gross_minor"], till.totals()["cash_minor"]) == (157, 157)


def test_poison_anywhere_in_a_large_batch_takes_nothing_with_it(client: Client, till: TillClient) -> None:
    client.stock_shop(f"{HEADER},stock\nMILK,Milk,GR,Z,1.00,,1000\n")
    item_id = client.item("MILK")["item_id"]
    faults: dict[int, dict[str, object]] = {
        37: {"uuid": "sale-1-5"},
        64: {"operator_name": 64},
        99: {"total_minor": 2},
    }
    for number in range(1, 101):
        till.sell(make_line(1, 1, item_id=item_id), **faults.get(number, {}))
    states = till.sent()
    assert {number: states[number - 1] for number in (37, 64, 99)} == {
        37: "quarantined duplicate_uuid",
        64: "quarantined malformed_body",
        99: "quarantined sums_differ",
    }
    assert states.count("applied") == 97
    assert (till.totals()["gross_minor"], client.item("MILK")["stock_milli"]) == (97, 903_000)


def test_a_sale_of_nine_thousand_lines_goes_in(till: TillClient) -> None:
    till.sell(*(make_line(number, 1, item_id=f"item-{number}") for number in range(1, 9_001)))
    assert (till.sent(), till.totals()["lines"]) == (["applied"], 9_000)


def test_a_revoked_till_can_send_nothing_again(client: Client, till: TillClient) -> None:
    till.sell(make_line(1, 100))
    epoch = till.hello().json()["epoch"]
    assert till.send(epoch=epoch).status_code == 200
    client.admin("POST", f"/tills/{till.till_id}/revoke")
    assert code_of(till.send(epoch=epoch)) == (401, "revoked")
    assert code_of(till.call("GET", "/v1/changes")) == (401, "revoked")
    [view] = client.admin("GET", "/tills").json()
    assert (view["sales"], view["entries"]) == (1, 1)


@pytest.mark.parametrize(
    ("name", "barcode", "code"),
    [
        ("Tea", "50-00112-63792-2", "barcode_malformed"),
        ("Tea", "5000112 637922", "barcode_malformed"),
        ("Tea", "５０００１１２６３７９２２", "barcode_malformed"),
        ("\u202eaeT", "", "control_character"),
        ("a\u2028b", "", "control_character"),
        (" \t=1+1", "", "formula"),
    ],
)
def test_text_that_looks_like_something_else_is_refused(
    client: Client, name: str, barcode: str, code: str
) -> None:
    report = client.stock_shop(f"{HEADER}\nA,{name},GR,Z,1.00,{barcode}\nB,In-store,GR,Z,1.00,AB-12\n")
    assert (report["added"], [row["code"] for row in report["refused"]]) == (1, [code])


@pytest.mark.parametrize("price", ["1.5 0", "1,50", "£1.65", "1e3", "NaN", "inf", ".50", "1.", "1_000", "٣"])
def test_a_price_is_written_in_one_way(client: Client, price: str) -> None:
    report = client.stock_shop(f'{HEADER}\nA,Tea,GR,Z,"{price}",\n')
    assert [row["code"] for row in report["refused"]] == ["not_a_number"]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark_is_named_as_what_it_is(client: Client, encoding: str) -> None:
    answer = client.admin("POST", "/imports/items", data=f"{HEADER}\nA,Tea,GR,Z,1.00,\n".encode(encoding))
    assert code_of(answer) == (422, "file_refused")
    assert "not in UTF-8" in answer.json()["message"]


def test_lines_may_end_in_any_way(client: Client) -> None:
    rows = "".join(f"{code},Tea,GR,Z,1.00,{end}" for code, end in (("A", "\r"), ("B", "\r\n"), ("C", "\n")))
    assert client.stock_shop(f"{HEADER}\r{rows}")["added"] == 3


def test_a_line_of_fifty_megabytes_is_refused_alone(client: Client) -> None:
    content = f"{HEADER}\nA,Tea,GR,Z,1.00,\n{'x' * 50_000_000}\nB,Tea,GR,Z,1.00,\n"
    report = client.stock_shop(content)
    assert (report["added"], [(row["line"], row["code"]) for row in report["refused"]]) == (
        2,
        [(3, "too_long")],
    )


def test_a_gzip_bomb_is_stopped_on_the_way(client: Client) -> None:
    bomb = gzip.compress(bytes(100_000_000))
    answer = client.admin("POST", "/imports/items", data=bomb, headers={"Content-Encoding": "gzip"})
    assert code_of(answer) == (413, "too_large")


def test_a_thousand_columns_that_nobody_knows_are_ignored(client: Client) -> None:
    names = ",".join(f"c{number}" for number in range(1_000))
    report = client.stock_shop(f"{HEADER},{names}\nA,Tea,GR,Z,1.00,{',' * 1_000}\n")
    assert (report["added"], len(report["ignored_columns"])) == (1, 1_000)


def test_every_route_says_who_may_call_it_and_how_it_fails(client: Client) -> None:
    document = client.call("GET", "/schema/openapi.json").json()
    for unit in ("minor units", "thousandths", "basis points", "UTC"):
        assert unit in document["info"]["description"]
    assert document["components"]["securitySchemes"].keys() == {"tillToken", "adminToken"}
    for path, operations in document["paths"].items():
        for operation in operations.values():
            assert operation["description"], path
            token = {"/v1/a": "adminToken", "/v1/p": "tillToken"}.get(path[:5], "tillToken")
            if path in ("/v1/pair", "/v1/authority", "/health"):
                assert "security" not in operation
            else:
                assert operation.get("security") == [{token: []}], path
            for status, answer in operation["responses"].items():
                if int(status) >= 400:
                    assert "ErrorAnswer" in json.dumps(answer["content"]), (path, status)
    assert "text/csv" in document["paths"]["/v1/admin/imports/{kind}"]["post"]["requestBody"]["content"]
