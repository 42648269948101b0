"""The feed: one order, whole records, tombstones; replayed from any cursor it ends in the same state."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.hub.building import Client, TillClient, make_line
from till_app.hub.database import Database
from till_app.hub.feed import FeedWriter, identity, start_new_epoch
from till_app.hub.feed_pages import changes_page
from till_app.wire.changes import (
    ChangesPage,
    DepartmentRecord,
    ItemRecord,
    StockRecord,
    Tombstone,
    record_key,
)

ITEMS = (
    "item_code,name,department,vat_code,price,stock\n"
    "A,Apple,GR,Z,0.40,10\n"
    "B,Bread,GR,Z,1.20,\n"
    "C,Cola,GR,A,1.50,3\n"
)


def _record_id(record: Any) -> tuple[str, str]:
    if isinstance(record, Tombstone):
        return record.kind, record.record_id
    return record_key(record)


def _replay(state: dict[tuple[str, str], Any], page: ChangesPage) -> None:
    for record in page.records:
        if isinstance(record, Tombstone):
            state.pop(_record_id(record), None)
        else:
            state[_record_id(record)] = record


def test_pages_follow_one_another_and_decode_as_the_wire_says(client: Client) -> None:
    client.stock_shop(ITEMS)
    till = client.pair()
    cursor, sizes, records = "", [], []
    while True:
        raw = till.call("GET", "/v1/changes", params={"cursor": cursor, "limit": 3}).content
        page = msgspec.json.decode(raw, type=ChangesPage)
        sizes.append(len(page.records))
        records += page.records
        cursor = page.next_cursor
        if not page.more:
            break
    assert sizes == [3, 3, 2]
    kinds = [_record_id(record)[0] for record in records]
    assert kinds == ["department", "vat_rate", "vat_rate", "item", "item", "item", "stock", "stock"]
    assert till.page(cursor)["records"] == []
    assert till.page(cursor)["next_cursor"] == cursor


def test_a_changed_price_comes_once_and_last(client: Client) -> None:
    client.stock_shop(ITEMS)
    till = client.pair()
    cursor = till.page()["next_cursor"]
    assert client.admin("PATCH", "/items/A", json={"price_minor": 45}).status_code == 200
    assert client.admin("PATCH", "/items/A", json={"price_minor": 50, "name": "Apples"}).status_code == 200
    [record] = till.page(cursor)["records"]
    assert (record[2], record[3], record[7]) == ("A", "Apples", 50)
    assert [r[2] for r in till.page()["records"] if r[0] == "item"] == ["B", "C", "A"]


def test_an_edit_that_changes_nothing_sends_nothing(client: Client) -> None:
    client.stock_shop(ITEMS)
    till = client.pair()
    cursor = till.page()["next_cursor"]
    assert client.admin("PATCH", "/items/A", json={"price_minor": 40}).status_code == 200
    assert till.page(cursor)["records"] == []


def test_a_removed_item_leaves_tombstones_for_whoever_comes_late(client: Client) -> None:
    client.stock_shop(ITEMS)
    client.import_csv("quick-keys", "page,position,item_code,label\nMain,1,A,Apple\n")
    item_id = client.item("A")["item_id"]
    till = client.pair()
    assert client.admin("DELETE", "/items/A").status_code == 204
    records = till.page()["records"]
    gone = [record[1:] for record in records if record[0] == "gone"]
    assert sorted(kind for kind, _ in gone) == ["item", "quick_key", "stock"]
    assert ["item", item_id] in gone
    assert client.admin("GET", "/items/A").status_code == 404


def test_cursors_of_another_life_are_410(client: Client) -> None:
    client.stock_shop(ITEMS)
    till = client.pair()
    page = till.page()
    ahead = f"{page['epoch']}:999999"
    for cursor, code in (
        ("nonsense", "cursor_unknown"),
        (ahead, "cursor_unknown"),
        (f"{page['epoch']}:-1", "cursor_unknown"),
        ("other:1", "epoch_changed"),
    ):
        answer = till.call("GET", "/v1/changes", params={"cursor": cursor})
        assert (answer.status_code, answer.json()["code"]) == (410, code)
    new_epoch = client.admin("POST", "/new-epoch").json()["epoch"]
    answer = till.call("GET", "/v1/changes", params={"cursor": page["next_cursor"]})
    assert (answer.status_code, answer.json()["code"]) == (410, "epoch_changed")
    assert till.page()["epoch"] == new_epoch
    assert till.hello().json()["epoch"] == new_epoch


def test_a_limit_below_one_is_refused_and_a_large_one_is_capped(client: Client) -> None:
    till = client.pair()
    assert till.call("GET", "/v1/changes", params={"limit": 0}).status_code == 400
    assert till.call("GET", "/v1/changes", params={"limit": 10**9}).status_code == 200


def test_pages_are_compressed_when_asked(client: Client) -> None:
    client.stock_shop(ITEMS + "".join(f"N{number},Nut,GR,Z,1.00,\n" for number in range(20)))
    till = client.pair()
    plain = till.call("GET", "/v1/changes", headers={"Accept-Encoding": "identity"})
    packed = till.call("GET", "/v1/changes", headers={"Accept-Encoding": "gzip"})
    assert (plain.headers.get("Content-Encoding"), packed.headers["Content-Encoding"]) == (None, "gzip")
    assert plain.content == packed.content


_ids = st.sampled_from(["a@shelf", "b@shelf", "c@shelf"])
_change = st.one_of(
    st.tuples(st.just("department"), _ids, st.integers(0, 3)),
    st.tuples(st.just("stock"), _ids, st.integers(0, 3)),
    st.tuples(st.just("gone department"), _ids, st.just(0)),
    st.tuples(st.just("gone stock"), _ids, st.just(0)),
)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    transactions=st.lists(st.lists(_change, min_size=1, max_size=4), max_size=8),
    cut=st.integers(0, 8),
    limit=st.integers(1, 4),
)
def test_a_replay_from_any_cursor_ends_in_the_same_state(
    database: Database, transactions: list[list[tuple[str, str, int]]], cut: int, limit: int
) -> None:
    with database.writing() as connection:
        start_new_epoch(connection, "2026-11-24T16:20:00.000000Z")
    early: dict[tuple[str, str], Any] = {}
    early_cursor = ""
    truth: dict[tuple[str, str], Any] = {}
    with database.reading() as connection:
        seq_before = identity(connection).feed_seq
    written = 0
    for index, changes in enumerate(transactions):
        if index == cut:
            early_cursor = _pull(database, early, "", limit)
        with database.writing() as connection:
            writer = FeedWriter(connection)
            for kind, record_id, value in changes:
                _apply(writer, truth, kind, record_id, value)
            writer.flush()
        written += len({(kind.removeprefix("gone "), record_id) for kind, record_id, _ in changes})
    _pull(database, early, early_cursor, limit)
    late: dict[tuple[str, str], Any] = {}
    _pull(database, late, "", limit)
    with database.reading() as connection:
        assert identity(connection).feed_seq == seq_before + written
    with database.writing() as connection:
        writer = FeedWriter(connection)
        for kind, record_id in truth:
            writer.remove(kind, record_id)
        writer.flush()
    assert early == late == truth


def _apply(
    writer: FeedWriter, truth: dict[tuple[str, str], Any], kind: str, record_id: str, value: int
) -> None:
    if kind.startswith("gone "):
        writer.remove(kind.removeprefix("gone "), record_id)
        truth.pop((kind.removeprefix("gone "), record_id), None)
        return
    record = (
        DepartmentRecord(record_id, "Name", value)
        if kind == "department"
        else StockRecord(record_id.partition("@")[0], value, "2026-11-24T16:20:00.000000Z", "shelf")
    )
    writer.put(record)
    truth[kind, record_id] = record


def _pull(database: Database, state: dict[tuple[str, str], Any], cursor: str, limit: int) -> str:
    while True:
        with database.reading() as connection:
            page = msgspec.json.decode(changes_page(connection, cursor, limit, "shop-1"), type=ChangesPage)
        _replay(state, page)
        cursor = page.next_cursor
        if not page.more:
            return cursor


def test_whoever_reads_while_others_write_misses_nothing(client: Client) -> None:
    """Two tills send sales and the back office edits and removes while a third till follows the feed."""
    client.stock_shop(
        "item_code,name,department,vat_code,price,stock\n"
        + "".join(f"I{number},Item,GR,Z,1.00,100\n" for number in range(20))
    )
    item_ids = [client.item(f"I{number}")["item_id"] for number in range(20)]
    sellers, follower = [client.pair(), client.pair()], client.pair()
    epoch = follower.page()["epoch"]

    def sell(seller: TillClient) -> None:
        with client.another() as own:
            till = TillClient(own, seller.till_id, seller.till_code, seller.token)
            for number in range(40):
                till.sell(make_line(1, 100, item_id=item_ids[number % 20]))
                assert till.send(till.entries[-1:], epoch).status_code == 200

    def edit() -> None:
        with client.another() as own:
            for number in range(10):
                assert (
                    own.admin("PATCH", f"/items/I{number}", json={"price_minor": number}).status_code == 200
                )
                assert own.admin("DELETE", f"/items/I{number + 10}").status_code == 204

    followed: dict[tuple[str, str], Any] = {}
    with ThreadPoolExecutor(3) as threads:
        working = [threads.submit(sell, seller) for seller in sellers] + [threads.submit(edit)]
        cursor = ""
        while not all(work.done() for work in working):
            cursor = _follow(follower, followed, cursor)
        for work in working:
            work.result()
    _follow(follower, followed, cursor)
    afresh: dict[tuple[str, str], Any] = {}
    _follow(follower, afresh, "")
    assert followed == afresh
    [shelf] = {record.location_id for key, record in afresh.items() if key[0] == "stock"}
    sold = {key: record.quantity_milli for key, record in afresh.items() if key[0] == "stock"}
    assert sold == {("stock", f"{item_ids[number]}@{shelf}"): 96_000 for number in range(10)}


def _follow(till: TillClient, state: dict[tuple[str, str], Any], cursor: str) -> str:
    while True:
        answer = till.call("GET", "/v1/changes", params={"cursor": cursor, "limit": 7})
        page = msgspec.json.decode(answer.content, type=ChangesPage)
        _replay(state, page)
        cursor = page.next_cursor
        if not page.more:
            return cursor


def test_a_picture_travels_by_its_hash_and_reaches_the_items_that_name_it(client: Client) -> None:
    client.stock_shop("item_code,name,department,vat_code,price,picture\nA,Apple,GR,Z,0.40,apple.png\n")
    till = client.pair()
    cursor = till.page()["next_cursor"]
    assert client.item("A")["picture"] is None
    content = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
    stored = client.admin("PUT", "/pictures/apple.png", data=content).json()
    assert stored["items_changed"] == 1
    [record] = till.page(cursor)["records"]
    sha256 = msgspec.convert(record, ItemRecord).picture
    assert sha256 == stored["sha256"]
    answer = till.call("GET", f"/v1/pictures/{sha256}")
    assert (answer.content, answer.headers["Content-Type"]) == (content, "image/png")
    assert "immutable" in answer.headers["Cache-Control"]
    assert till.call("GET", "/v1/pictures/none").json()["code"] == "not_found"
    assert client.admin("PUT", "/pictures/apple.png", data=content).json()["items_changed"] == 0
    assert client.admin("PUT", "/pictures/x.png", data=b"text").status_code == 400
    assert client.admin("PUT", "/pictures/x.png", data=content + bytes(2_000_000)).status_code == 413


def test_records_travel_as_arrays(client: Client) -> None:
    client.stock_shop(ITEMS)
    page = json.loads(client.pair().call("GET", "/v1/changes").content)
    assert page["records"][1] == ["vat_rate", "A", "Standard", "standard", 2000, []]
