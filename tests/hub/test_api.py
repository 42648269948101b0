"""Limits, error answers, the page, the OpenAPI document."""

import gzip
import socket
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
import requests
from sqlalchemy.exc import OperationalError

from tests.conftest import ExpectedLogs
from tests.hub.building import TIMEOUT_S, Client, make_line
from till_app.hub.pages.html import amount
from till_app.hub.server import RunningHub, listen
from till_app.wire.bodies import Kind
from till_app.wire.exchange import ErrorAnswer


def error_of(answer: requests.Response) -> tuple[int, str]:
    return answer.status_code, msgspec.json.decode(answer.content, type=ErrorAnswer).code


def test_every_failure_is_an_error_answer(client: Client) -> None:
    till = client.pair()
    assert error_of(client.call("GET", "/nothing")) == (404, "not_found")
    assert error_of(client.call("PUT", "/v1/pair")) == (405, "bad_request")
    assert error_of(client.call("GET", "/v1/totals")) == (401, "unauthorised")
    assert error_of(till.call("POST", "/v1/hello", data=b"{")) == (400, "bad_request")
    assert error_of(till.call("POST", "/v1/hello", json={"oldest_protocol": 1})) == (400, "bad_request")
    assert error_of(till.call("POST", "/v1/journal", data=b"\xff\xfe")) == (400, "bad_request")
    assert error_of(till.call("POST", "/v1/journal", json=[])) == (400, "bad_request")
    assert error_of(client.admin("PATCH", "/items/A", json={"colour": 1})) == (400, "bad_request")


def test_requests_have_a_size(client: Client) -> None:
    till = client.pair()
    assert error_of(client.call("POST", "/v1/pair", data=b"x" * 64_001)) == (413, "too_large")
    assert error_of(till.call("POST", "/v1/journal", data=b"x" * 20_000_001)) == (413, "too_large")


def test_a_gzip_body_is_inflated_and_measured(client: Client) -> None:
    till = client.pair()
    till.sell(make_line(1, 100))
    epoch = till.hello().json()["epoch"]
    body = msgspec.json.encode({"epoch": epoch, "entries": till.entries})

    def post(data: bytes) -> requests.Response:
        headers = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
        return till.call("POST", "/v1/journal", data=data, headers=headers)

    assert error_of(post(b"not gzip")) == (400, "bad_request")
    assert error_of(post(gzip.compress(body)[:-9])) == (400, "bad_request")
    assert error_of(post(gzip.compress(bytes(21_000_000)))) == (413, "too_large")
    assert post(gzip.compress(body)).json()["results"][0]["state"] == "applied"


def test_an_entry_of_five_megabytes_does_not_block_the_journal(client: Client) -> None:
    till = client.pair()
    till.write(Kind.NO_SALE, {"operator_id": "1", "reason": "x" * 5_000_000})
    till.sell(make_line(1, 100))
    assert till.sent() == ["quarantined body_too_large", "applied"]


def test_a_busy_database_asks_for_the_same_again(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    till = client.pair()

    def busy(*_: object) -> None:
        raise OperationalError("BEGIN IMMEDIATE", {}, Exception("database is locked"))

    monkeypatch.setattr("till_app.hub.api.till_routes.greet", busy)
    answer = till.hello()
    assert (error_of(answer), answer.headers["Retry-After"]) == ((503, "busy"), "5")


def test_a_fault_is_logged_and_tells_nothing_of_the_inside(
    client: Client, monkeypatch: pytest.MonkeyPatch, expected_logs: ExpectedLogs
) -> None:
    till = client.pair()

    def fail(*_: object) -> None:
        raise RuntimeError("secret inside")

    monkeypatch.setattr("till_app.hub.api.till_routes.greet", fail)
    expected_logs.expect("POST /v1/hello failed")
    answer = till.hello()
    assert error_of(answer) == (500, "hub_fault")
    assert "secret" not in answer.text


def test_the_openapi_document_names_the_messages(client: Client) -> None:
    document = client.call("GET", "/schema/openapi.json").json()
    assert document["info"]["title"] == "Till hub"
    schemas = document["components"]["schemas"]
    assert {"JournalRequest", "JournalAnswer", "ChangesPage", "PairAnswer", "TillTotals"} <= schemas.keys()
    assert "/v1/journal" in document["paths"]


def test_an_answer_does_not_wait_for_the_callers_acknowledgement() -> None:
    with closing(listen("127.0.0.1", 0)) as listener:
        assert listener.proto == socket.IPPROTO_TCP


def test_health_needs_no_token(client: Client) -> None:
    assert client.call("GET", "/health").json() == {"status": "ok"}


def test_the_page_shows_tills_and_sales_and_escapes_what_it_shows(client: Client) -> None:
    assert "No till is paired yet." in client.call("GET", "/").text
    till = client.pair("<b>Front & back</b>")
    till.sell(make_line(1, 123_456), operator_name="<script>")
    till.sell(make_line(1, 120, tax_minor=21))
    till.write("teleport", {})
    till.sent()
    answer = client.call("GET", "/")
    assert answer.headers["Content-Type"].startswith("text/html")
    assert "&lt;b&gt;Front &amp; back&lt;/b&gt;" in answer.text
    assert "<script>" not in answer.text
    assert "£1,234.56" in answer.text
    assert "1-000001" in answer.text
    assert "line 1: tax 21, computed 20" in answer.text
    assert '<span class="bad">1</span>' in answer.text


def test_the_page_lists_fifty_tills_and_says_that_its_times_are_utc(client: Client) -> None:
    for number in range(50):
        client.pair(f"Till number {number}")
    page = client.call("GET", "/").text
    assert "50 tills" in page
    assert page.count("Till number ") == 50
    assert "Last seen (UTC)" in page


def test_the_page_is_open_on_loopback_names_only(client: Client) -> None:
    assert client.call("GET", "/", headers={"Host": "evil.example"}).status_code == 401
    assert client.call("GET", "/", headers={"Host": "localhost:80"}).status_code == 200


def test_beyond_loopback_the_page_needs_the_admin_token(sqlite_path: Path) -> None:
    with RunningHub(sqlite_path, host="0.0.0.0") as hub:
        url = f"http://127.0.0.1:{hub.port}/"
        assert requests.get(url, timeout=TIMEOUT_S).status_code == 401
        assert requests.get(url, auth=("me", "wrong"), timeout=TIMEOUT_S).status_code == 401
        assert requests.get(url, auth=("me", hub.admin_token), timeout=TIMEOUT_S).status_code == 200


def test_missing_receipts_show(client: Client) -> None:
    till = client.pair()
    till.sell(make_line(1, 100))
    till.counter = 3
    till.sell(make_line(1, 100))
    till.sent()
    [view] = client.admin("GET", "/tills").json()
    assert (view["sales"], view["missing_receipts"], view["entries"], view["unsent"]) == (2, 2, 2, 0)


def test_a_receipt_whose_sale_waits_for_a_person_is_not_missing(client: Client) -> None:
    till = client.pair()
    till.sell(make_line(1, 100))
    till.sell(make_line(1, 70), total_minor=71)
    till.counter = 3
    till.sell(make_line(1, 100))
    assert till.sent() == ["applied", "quarantined sums_differ", "applied"]
    [view] = client.admin("GET", "/tills").json()
    assert (view["sales"], view["missing_receipts"], view["quarantined"]) == (2, 1, 1)
    accepted = {"action": "accept", "note": "so it was"}
    assert client.admin("POST", f"/quarantine/{till.till_id}/2", json=accepted).status_code == 200
    [view] = client.admin("GET", "/tills").json()
    assert (view["sales"], view["missing_receipts"], view["quarantined"]) == (3, 1, 0)


@pytest.mark.parametrize(
    ("amount_minor", "currency", "text"),
    [(0, "GBP", "£0.00"), (-80, "GBP", "−£0.80"), (123_456, "GBP", "£1,234.56"), (1234, "JPY", "¥1,234")],
)
def test_amounts_read_as_money(amount_minor: int, currency: str, text: str) -> None:
    assert amount(amount_minor, currency) == text


@pytest.mark.parametrize(
    "patch",
    [
        {"name": ""},
        {"name": "=cmd"},
        {"name": "a\nb"},
        {"price_minor": -1},
        {"price_minor": 10**9},
        {"minimum_age": 100},
        {"vat_code": "Q"},
        {"department": "ZZ"},
    ],
)
def test_an_edit_that_makes_no_sense_is_refused(client: Client, patch: dict[str, object]) -> None:
    client.stock_shop("item_code,name,department,vat_code,price\nA,Apple,GR,Z,0.40\n")
    before = client.item("A")
    assert error_of(client.admin("PATCH", "/items/A", json=patch)) == (400, "bad_request")
    assert client.item("A") == before
    assert error_of(client.admin("PATCH", "/items/NONE", json={})) == (404, "not_found")
