"""A till asks what the hub has of it: entries, its own journal byte for byte, sessions and their gaps."""

from typing import Any

import msgspec
import pytest

from tests.hub.building import BUSINESS_DATE, Client, TillClient, make_line, make_movement
from till_app import __version__
from till_app.hub.custody import read_back
from till_app.wire.bodies import Kind, ReportBody, SessionOpenedBody, ZReportBody
from till_app.wire.exchange import Entry, JournalPage


@pytest.fixture
def till(client: Client) -> TillClient:
    return client.pair()


def pages(till: TillClient, after: int, limit: int) -> list[JournalPage]:
    """Until there is no more."""
    found: list[JournalPage] = []
    while not found or found[-1].more:
        answer = till.call("GET", "/v1/journal", params={"after_seq": after, "limit": limit})
        assert answer.status_code == 200, answer.text
        found.append(msgspec.json.decode(answer.content, type=JournalPage))
        after = found[-1].entries[-1].seq if found[-1].entries else after
    return found


def test_a_till_reads_its_own_journal_back_as_it_sent_it(till: TillClient, client: Client) -> None:
    client.pair().sell(make_line(1, 1))
    till.write(Kind.NO_SALE, b'{ "operator_id":"1",  "reason":"caf\xc3\xa9 \\u00e9 \\/" }')
    till.write("teleport", b"not json \x01")
    till.sell(make_line(1, 100))
    till.sent()
    read = pages(till, 0, 2)
    assert [len(page.entries) for page in read] == [2, 1]
    assert [entry for page in read for entry in page.entries] == till.entries
    assert pages(till, 3, 2) == [JournalPage([], False)]
    assert pages(till, 2**63 - 1, 2) == [JournalPage([], False)]


def test_a_page_of_the_journal_is_bounded_by_its_bytes(
    till: TillClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    for size in (10, 900, 900, 5_000, 10):
        till.write(Kind.NO_SALE, {"operator_id": "1", "reason": "x" * size})
    till.sent()
    monkeypatch.setattr(read_back, "MAX_JOURNAL_PAGE_BYTES", 2_000)
    assert [len(page.entries) for page in pages(till, 0, 100)] == [3, 1, 1]


def test_which_entries_the_hub_has_in_whosever_journal(till: TillClient, client: Client) -> None:
    other = client.pair()
    till.write(Kind.NO_SALE, {"operator_id": "1", "reason": ""}, uuid="mine")
    till.write("teleport", {}, uuid="waiting")
    other.write(Kind.NO_SALE, {"operator_id": "1", "reason": ""}, uuid="theirs")
    till.sent()
    other.sent()
    asked = ["theirs", "nobody's", "mine", "waiting", "a\0b", "mine"]
    answer = till.call("POST", "/v1/known", json={"uuids": asked})
    assert answer.json() == {"known": ["theirs", "mine", "waiting"]}
    too_many = till.call("POST", "/v1/known", json={"uuids": ["x"] * 501})
    assert (too_many.status_code, too_many.json()["code"]) == (413, "too_large")


def test_a_greeting_says_what_the_hub_can_do(till: TillClient, client: Client) -> None:
    client.stock_shop("item_code,name,department,vat_code,price,stock\nMILK,Milk,GR,Z,1.00,10\n")
    answer: dict[str, Any] = till.hello().json()
    assert answer["capabilities"] == ["snapshot", "live", "sweep", "zstd"]
    assert (answer["hub_version"], answer["forked"]) == (__version__, False)
    assert answer["feed_records"] == len(till.page()["records"])
    assert answer["shop_id"] == client.admin("GET", "/tills").json()[0]["shop_id"] != ""


def test_a_till_that_greets_again_and_again_is_written_down_once(till: TillClient, client: Client) -> None:
    def seen_at() -> str:
        moment: str = client.admin("GET", "/tills").json()[0]["last_seen_at"]
        return moment

    till.hello()
    before = seen_at()
    for _ in range(3):
        assert till.hello().status_code == 200
    assert seen_at() == before
    till.hello(seq=5)
    assert client.admin("GET", "/tills").json()[0]["unsent"] == 5


def open_session(till: TillClient, session_id: str, number: int, float_minor: int) -> None:
    opening = msgspec.structs.replace(
        make_movement(f"float-{session_id}", float_minor), kind="float", session_id=session_id
    )
    till.write(Kind.SESSION_OPENED, SessionOpenedBody(session_id, number, "staff-1", float_minor, opening))


def close_session(
    till: TillClient, session_id: str, number: int, transactions: int, total_minor: int, cash_minor: int
) -> Entry:
    first = f"{till.till_code}-{1:06d}" if transactions else None
    last = f"{till.till_code}-{till.counter:06d}" if transactions else None
    report = ReportBody(
        session_id, number, transactions, transactions, total_minor, 0, 0, 0, total_minor, 0, 0, 0,
        [], [], {}, cash_minor, first, last, "staff-1",
    )  # fmt: skip
    head = till.entries[-1]
    z_report = ZReportBody(
        number, report, f"{BUSINESS_DATE}T18:00:00.000000Z", "staff-1", {}, cash_minor, 0, total_minor,
        1, head.seq, head.hash, 0,
    )  # fmt: skip
    return till.write(Kind.Z_REPORT, z_report)


def check(till: TillClient, session_id: str) -> dict[str, Any]:
    answer = till.call("GET", f"/v1/sessions/{session_id}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_the_hub_says_what_it_has_of_a_session(till: TillClient) -> None:
    open_session(till, "session-1", 1, 5000)
    till.sell(make_line(1, 240))
    till.sell(make_line(1, 100))
    till.sent()
    assert check(till, "session-1") == {
        "session_id": "session-1",
        "transactions": 2,
        "total_minor": 340,
        "cash_minor": 5340,
        "entries": 3,
        "last_seq": 3,
        "last_hash": till.entries[2].hash,
        "quarantined": 0,
        "missing_receipts": [],
    }


def test_a_session_ends_at_its_z_and_numbers_that_are_missing_are_named(till: TillClient) -> None:
    till.write(Kind.NO_SALE, {"operator_id": "1", "reason": "before the session"})
    open_session(till, "session-1", 1, 5000)
    till.sell(make_line(1, 240))
    till.counter = 3
    till.sell(make_line(1, 100))
    till.sell(make_line(1, 70), total_minor=71)
    z_entry = close_session(till, "session-1", 1, 5, 411, 5411)
    till.write(Kind.NO_SALE, {"operator_id": "1", "reason": "after it"})
    till.sent()
    found = check(till, "session-1")
    code = till.till_code
    assert found["missing_receipts"] == [f"{code}-000002", f"{code}-000003"], "the fifth waits for a person"
    assert (found["entries"], found["last_seq"], found["last_hash"]) == (5, 6, z_entry.hash)
    assert (found["transactions"], found["quarantined"]) == (2, 1)


def test_a_session_is_shown_to_its_own_till_only(till: TillClient, client: Client) -> None:
    open_session(till, "session-1", 1, 5000)
    till.sent()
    other = client.pair()
    for asker, session_id in ((other, "session-1"), (till, "session-2")):
        answer = asker.call("GET", f"/v1/sessions/{session_id}")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_the_back_office_sees_each_z_beside_the_hubs_own_sums(till: TillClient, client: Client) -> None:
    open_session(till, "session-1", 1, 5000)
    till.sell(make_line(1, 240))
    close_session(till, "session-1", 1, 1, 240, 5240)
    open_session(till, "session-2", 2, 1000)
    till.sell(make_line(1, 100), session_id="session-2", movements=[])
    till.counter = 5
    close_session(till, "session-2", 2, 4, 400, 1400)
    open_session(till, "session-3", 3, 0)
    till.sent()
    last, middle, first = client.admin("GET", f"/tills/{till.till_id}/sessions").json()
    assert (first["differences"], first["missing_receipts"]) == ([], [])
    assert (first["z_report"]["transactions"], first["hub"]["cash_minor"]) == (1, 5240)
    assert middle["differences"] == [
        "transactions: 4 at the till, 1 at the hub",
        "total: 400 at the till, 100 at the hub",
        "cash: 1400 at the till, 1000 at the hub",
    ]
    assert middle["missing_receipts"] == [f"{till.till_code}-{number:06d}" for number in (3, 4, 5)]
    assert (last["session_id"], last["z_report"]) == ("session-3", None)
    assert client.admin("GET", "/tills/nobody/sessions").status_code == 404


def test_numbers_beyond_all_reason_are_not_all_named(till: TillClient) -> None:
    till.sell(make_line(1, 100))
    till.counter = 10**11
    till.sell(make_line(1, 100))
    till.sent()
    assert len(check(till, "session-1")["missing_receipts"]) == 200
