"""What the hub cannot apply waits for a person, who settles it once and under their name."""

from typing import Any

import msgspec
import pytest
import requests

from tests.hub.building import Client, TillClient, make_line, make_sale, return_of
from till_app.hub.custody.quarantine import EXPLAINED
from till_app.hub.custody.resolution import retry_quarantined
from till_app.wire.bodies import Kind, StockAdjustedBody
from till_app.wire.exchange import QuarantineCode

MILK = "item_code,name,department,vat_code,price,stock\nMILK,Milk,GR,Z,1.00,10\n"


@pytest.fixture
def till(client: Client) -> TillClient:
    return client.pair()


def settle(till: TillClient, seq: int, action: str, note: str = "as agreed with Ada") -> requests.Response:
    return till.client.admin(
        "POST", f"/quarantine/{till.till_id}/{seq}", json={"action": action, "note": note}
    )


def said(answer: requests.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_each_code_has_words_and_advice() -> None:
    codes = {value for name, value in vars(QuarantineCode).items() if name.isupper()}
    assert codes == EXPLAINED.keys()
    for meaning in EXPLAINED.values():
        assert meaning.words.endswith(".")
        assert meaning.advice.endswith(".")


def test_what_waits_is_told_to_its_till_and_to_the_back_office(till: TillClient, client: Client) -> None:
    other = client.pair()
    till.sell(make_line(1, 100), total_minor=99)
    till.sent()
    [waiting] = till.call("GET", "/v1/waiting").json()
    assert (waiting["seq"], waiting["code"], waiting["kind"]) == (1, "sums_differ", "sale")
    assert "do not add up" in waiting["words"]
    assert "paper receipt" in waiting["advice"]
    assert other.call("GET", "/v1/waiting").json() == []
    [listed] = client.admin("GET", "/quarantine").json()
    assert (listed["words"], listed["can_accept"], listed["resolution"]) == (waiting["words"], True, None)
    [view, _] = client.admin("GET", "/tills").json()
    assert view["oldest_waiting_at"] == listed["received_at"]


def test_a_list_shows_the_beginning_of_a_body_and_one_entry_the_whole(till: TillClient) -> None:
    till.write("teleport", {"note": "é" * 3_000})
    till.sent()
    [listed] = till.client.admin("GET", "/quarantine").json()
    shown = till.client.admin("GET", f"/quarantine/{till.till_id}/1").json()
    assert till.entries[0].body.startswith(listed["body"])
    assert 1_990 < len(listed["body"].encode()) <= 2_000
    assert (shown["body"], shown["body_bytes"]) == (till.entries[0].body, 6_011)


def test_applying_again_works_once_what_was_missing_is_there(till: TillClient, client: Client) -> None:
    client.stock_shop(MILK)
    adjusted = StockAdjustedBody("adjust-1", "item-of-tomorrow", "", 5000, "received", "staff-1")
    till.write(Kind.STOCK_ADJUSTED, adjusted)
    till.sent()
    refused = settle(till, 1, "apply")
    assert said(refused) == (409, "conflict")
    assert "an item that the hub does not have" in refused.json()["message"]
    with client.hub.database.writing() as connection:
        connection.exec_driver_sql("UPDATE item SET item_code = 'OLD' WHERE item_code = 'MILK'")
        connection.exec_driver_sql(
            "INSERT INTO item SELECT 'item-of-tomorrow', 'NEW', name, description, department_id, vat_code,"
            " price_minor, unit, plu, minimum_age, picture_file, blocked FROM item"
        )
    cursor = till.page()["next_cursor"]
    settled = settle(till, 1, "apply", note="").json()
    assert (settled["resolution"], settled["resolved_by"], settled["code"]) == (
        "applied",
        "owner",
        "unknown_item",
    )
    [stock] = till.page(cursor)["records"]
    assert stock[:3] == ["stock", "item-of-tomorrow", 5000]
    assert till.sent() == ["duplicate unknown_item"]


def test_accepting_stores_the_tills_figures_and_flags_them(till: TillClient, client: Client) -> None:
    till.sell(make_line(1, 100), total_minor=99)
    till.sent()
    assert till.totals()["transactions"] == 0
    settled = settle(till, 1, "accept").json()
    assert (settled["resolution"], settled["resolution_note"]) == ("accepted", "as agreed with Ada")
    totals = till.totals()
    assert (totals["transactions"], totals["gross_minor"], totals["differences"]) == (1, 99, 1)
    assert (totals["quarantined"], till.hello().json()["quarantined"]) == (0, 0)
    assert "the lines sum to 100, the total is 99" in client.call("GET", "/").text


def test_a_return_too_many_may_be_accepted(till: TillClient) -> None:
    sale = till.sell(make_line(1, 100))
    till.sell(return_of(sale, -100))
    till.sell(return_of(sale, -100))
    assert till.sent() == ["applied", "applied", "quarantined over_returned"]
    assert settle(till, 3, "accept").status_code == 200
    assert (till.totals()["gross_minor"], till.totals()["differences"]) == (-100, 1)


def test_what_is_set_aside_is_kept_and_never_counts(till: TillClient, client: Client) -> None:
    till.sell(make_line(1, 100), total_minor=99)
    till.sent()
    assert settle(till, 1, "set_aside").json()["resolution"] == "set_aside"
    assert (till.totals()["transactions"], till.totals()["entries"], till.totals()["quarantined"]) == (
        0,
        1,
        0,
    )
    assert client.admin("GET", "/quarantine").json() == []
    assert len(client.admin("GET", "/quarantine", params={"resolved": "true"}).json()) == 1
    assert till.sent() == ["duplicate sums_differ"]


def test_an_entry_is_settled_once(till: TillClient) -> None:
    till.sell(make_line(1, 100), total_minor=99)
    till.sent()
    assert settle(till, 1, "accept").status_code == 200
    for action in ("accept", "apply", "set_aside"):
        refused = settle(till, 1, action)
        assert said(refused) == (409, "conflict")
        assert "settled already: accepted" in refused.json()["message"]
    assert till.totals()["transactions"] == 1


@pytest.mark.parametrize(
    ("action", "note", "status"),
    [
        ("accept", "", 400),
        ("set_aside", "  ", 400),
        ("burn", "x", 400),
        ("set_aside", "x" * 1_001, 400),
        ("set_aside", "a\0b", 400),
    ],
)
def test_a_person_says_why(till: TillClient, action: str, note: str, status: int) -> None:
    till.sell(make_line(1, 100), total_minor=99)
    till.sent()
    assert settle(till, 1, action, note).status_code == status
    assert till.totals()["quarantined"] == 1


def test_what_makes_no_sense_cannot_be_accepted(till: TillClient) -> None:
    till.write(Kind.SALE, b"no json")
    till.sent()
    assert said(settle(till, 1, "accept")) == (409, "conflict")
    assert said(settle(till, 1, "apply")) == (409, "conflict")


def test_the_same_fact_from_two_tills_is_applied_once_whatever_a_person_says(
    till: TillClient, client: Client
) -> None:
    sale = make_sale(till.till_code, 1, [make_line(1, 100)])
    till.write(Kind.SALE, sale, uuid="fact-1")
    till.sent()
    other = client.pair()
    other.write(Kind.SALE, sale, uuid="fact-1")
    other.sent()
    assert said(settle(other, 1, "apply")) == (409, "conflict")
    assert said(settle(other, 1, "accept")) == (409, "conflict")
    assert settle(other, 1, "set_aside").status_code == 200


@pytest.mark.parametrize("path", ["/quarantine/nobody/1", "/quarantine/{till}/2", "/quarantine/{till}/1"])
def test_what_is_not_in_quarantine_cannot_be_settled(till: TillClient, path: str) -> None:
    till.sell(make_line(1, 100))
    till.sent()
    path = path.format(till=till.till_id)
    body = {"action": "set_aside", "note": "x"}
    assert said(till.client.admin("POST", path, json=body)) == (404, "not_found")
    assert said(till.client.admin("GET", path)) == (404, "not_found")


def test_an_upgraded_hub_applies_by_itself_and_leaves_what_a_person_settled(
    till: TillClient, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for counter in (1, 2):
        till.write(Kind.SALE, make_sale(till.till_code, counter, [make_line(1, 100)]), version=2)
    assert till.sent() == ["quarantined newer_version"] * 2
    assert retry_quarantined(client.hub.database, client.hub.clock()) == 0
    settle(till, 2, "set_aside")
    monkeypatch.setattr("till_app.hub.custody.effects.BODY_VERSION", 2)
    assert retry_quarantined(client.hub.database, client.hub.clock()) == 1
    assert retry_quarantined(client.hub.database, client.hub.clock()) == 0
    assert till.totals()["transactions"] == 1
    shown: dict[str, Any] = client.admin("GET", f"/quarantine/{till.till_id}/1").json()
    assert (shown["resolution"], shown["resolved_by"], shown["code"]) == ("applied", "hub", "newer_version")
    assert till.sent() == ["duplicate newer_version"] * 2


def test_a_body_beyond_the_limit_is_kept_and_blocks_nothing(till: TillClient) -> None:
    till.write(Kind.NO_SALE, {"operator_id": "1", "reason": "x" * 4_999_900})
    till.write(Kind.NO_SALE, {"operator_id": "1", "reason": "x" * 5_000_000})
    assert till.sent(till.entries[:1]) == ["applied"]
    assert till.sent(till.entries[1:]) == ["quarantined body_too_large"]
    till.sell(make_line(1, 100))
    assert till.sent(till.entries[2:]) == ["applied"]
    assert settle(till, 2, "accept").json()["resolution"] == "accepted"


@pytest.mark.parametrize("text", ["a\0b", "\\\0", "\0"])
def test_a_text_with_a_nul_is_quarantined_on_every_database(till: TillClient, text: str) -> None:
    till.sell(make_line(1, 100), operator_name=text)
    till.write(Kind.NO_SALE, {"operator_id": "1", "reason": text})
    till.sell(make_line(1, 100), operator_name="\\u0000 as six letters")
    assert till.sent() == ["quarantined malformed_body"] * 2 + ["applied"]


@pytest.mark.parametrize(
    "changes", [{"uuid": "u" * 201}, {"session_id": "s" * 201}, {"customer_id": "c" * 201}]
)
def test_an_identity_has_a_length(till: TillClient, changes: dict[str, str]) -> None:
    till.sell(make_line(1, 100), **changes)
    assert till.sent() == ["quarantined malformed_body"]


@pytest.mark.parametrize("field", ["uuid", "kind", "at", "business_date", "prev_hash"])
@pytest.mark.parametrize("value", ["a\0b", "x" * 201])
def test_a_header_that_no_database_keeps_is_refused_before_it_is_looked_at(
    till: TillClient, field: str, value: str
) -> None:
    till.write(Kind.NO_SALE, {"operator_id": "1", "reason": ""})
    entry = msgspec.structs.replace(till.entries[0], **{field: value})
    assert said(till.send([entry])) == (422, "bad_hash")
    assert till.totals()["entries"] == 0


@pytest.mark.parametrize("path", ["/quarantine/x/9223372036854775808", "/quarantine/x/-1"])
def test_a_number_that_no_journal_reaches_is_not_there(client: Client, path: str) -> None:
    assert said(client.admin("GET", path)) == (404, "not_found")
    assert said(client.admin("POST", path, json={"action": "apply"})) == (404, "not_found")


def test_a_name_that_no_database_keeps_is_not_there(client: Client) -> None:
    for path in ("/quarantine/a%00b/1", "/tills/a%00b/sessions"):
        assert said(client.admin("GET", path)) == (404, "not_found")
    assert said(client.pair().call("GET", "/v1/sessions/a%00b")) == (404, "not_found")
