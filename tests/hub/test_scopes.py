"""Which tills get which records: every shop's and their own shop's; how long deletions are remembered."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from till_app.hub.database import Database
from till_app.hub.feed import FeedWriter, identity
from till_app.hub.feed_pages import TOMBSTONE_LIFE, changes_page, page_of_a_shop, purge_tombstones
from till_app.hub.refusals import Refused
from till_app.wire.changes import DepartmentRecord, QuickKeyRecord, StockRecord

NOW = datetime(2026, 11, 24, 16, 20, tzinfo=UTC)
AT = "2026-11-24T16:20:00.000000Z"


def write(database: Database, *changes: tuple[Any, str]) -> None:
    with database.writing() as connection:
        writer = FeedWriter(connection)
        for record, scope in changes:
            writer.put_if_changed(record, scope)
        writer.flush()


def remove(database: Database, kind: str, record_id: str) -> None:
    with database.writing() as connection:
        writer = FeedWriter(connection)
        writer.remove_everywhere(kind, record_id)
        writer.flush()


def page(database: Database, shop_id: str, cursor: str = "", limit: int = 5_000) -> dict[str, Any]:
    with database.reading() as connection:
        answer: dict[str, Any] = json.loads(changes_page(connection, cursor, limit, shop_id))
    return answer


def records(database: Database, shop_id: str, cursor: str = "", limit: int = 5_000) -> list[list[Any]]:
    found: list[list[Any]] = []
    while True:
        answer = page(database, shop_id, cursor, limit)
        found += answer["records"]
        cursor = answer["next_cursor"]
        if not answer["more"]:
            return found


def key(page_name: str) -> QuickKeyRecord:
    return QuickKeyRecord("key-1", page_name, 1, 1, "item-1", "Milk")


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
def test_a_till_gets_what_is_every_shops_and_its_own_in_the_order_of_commit(
    database: Database, limit: int
) -> None:
    write(database, (DepartmentRecord("a", "A", 1), ""), (StockRecord("i", 1000, AT, "front"), "leeds"))
    write(database, (StockRecord("i", 2000, AT, "back"), "york"), (DepartmentRecord("b", "B", 1), ""))
    write(database, (StockRecord("j", 3000, AT, "front"), "leeds"))
    assert [cells[1] for cells in records(database, "leeds", limit=limit)] == ["a", "i", "b", "j"]
    assert [cells[1] for cells in records(database, "york", limit=limit)] == ["a", "i", "b"]
    assert [cells[2] for cells in records(database, "york") if cells[0] == "stock"] == [2000]


def test_a_till_that_has_all_stands_where_the_feed_stands_whoever_wrote_last(database: Database) -> None:
    write(database, (DepartmentRecord("a", "A", 1), ""))
    for number in range(5):
        write(database, (StockRecord("i", number, AT, "front"), "leeds"))
    with database.reading() as connection:
        hub = identity(connection)
    assert page(database, "york")["next_cursor"] == f"{hub.epoch}:{hub.feed_seq}"


@pytest.mark.parametrize(("before", "after"), [("", "leeds"), ("leeds", ""), ("leeds", "york")])
def test_a_record_that_moves_is_where_it_moved_to_and_gone_elsewhere(
    database: Database, before: str, after: str
) -> None:
    write(database, (key("Main"), before))
    cursors = {shop: page(database, shop)["next_cursor"] for shop in ("leeds", "york")}
    write(database, (key("Other"), after))
    for shop, cursor in cursors.items():
        had, has = before in ("", shop), after in ("", shop)
        seen = [cells[0] for cells in records(database, shop, cursor)]
        assert seen == ["gone"] * had + ["quick_key"] * has
        present = "quick_key" if has else "gone" if had else None
        assert [cells[0] for cells in records(database, shop)][-1:] == ([present] if present else [])


def purge(database: Database, now: datetime = NOW, at_most: int = 1_000) -> int:
    with database.writing() as connection:
        return purge_tombstones(connection, now, at_most)


def test_tombstones_are_kept_for_180_days_and_whoever_slept_longer_begins_anew(database: Database) -> None:
    write(database, (DepartmentRecord("a", "A", 1), ""), (DepartmentRecord("b", "B", 1), ""))
    asleep = page(database, "leeds")["next_cursor"]
    remove(database, "department", "a")
    awake = page(database, "leeds")["next_cursor"]
    assert purge(database) == 0
    assert purge(database, NOW + TOMBSTONE_LIFE) == 0
    assert [cells[0] for cells in records(database, "leeds", asleep)] == ["gone"]
    assert purge(database, NOW + TOMBSTONE_LIFE + timedelta(days=1)) == 1
    with pytest.raises(Refused) as refused:
        page(database, "leeds", asleep)
    assert (refused.value.status, refused.value.answer.code) == (410, "cursor_unknown")
    assert records(database, "leeds", awake) == []
    assert [cells[1] for cells in records(database, "leeds")] == ["b"]


def test_a_first_load_goes_on_though_its_pages_are_older_than_the_horizon(database: Database) -> None:
    for name in "abcdef":
        write(database, (DepartmentRecord(name, name, 1), ""))
    remove(database, "department", "f")
    purge(database)
    late = NOW + TOMBSTONE_LIFE + timedelta(days=1)
    assert purge(database, late) == 1
    assert [cells[1] for cells in records(database, "leeds", limit=2)] == list("abcde")


def test_a_first_load_that_was_overtaken_by_the_horizon_begins_anew(database: Database) -> None:
    for name in "abc":
        write(database, (DepartmentRecord(name, name, 1), ""))
    begun = page(database, "leeds", limit=2)["next_cursor"]
    remove(database, "department", "a")
    purge(database)
    assert purge(database, NOW + TOMBSTONE_LIFE + timedelta(days=1)) == 1
    with pytest.raises(Refused):
        page(database, "leeds", begun)


def test_deletions_are_forgotten_some_at_a_time(database: Database) -> None:
    for name in "abc":
        write(database, (DepartmentRecord(name, name, 1), ""))
        remove(database, "department", name)
    purge(database)
    late = NOW + TOMBSTONE_LIFE + timedelta(days=1)
    assert [purge(database, late, at_most=2) for _ in range(3)] == [2, 1, 0]


def test_a_page_of_a_shop_reads_two_stretches_of_an_index(sqlite_path: Path) -> None:
    """However many rows the other shops have: nothing of theirs is read, and nothing large is sorted."""
    database = Database(sqlite_path)
    values = {"after": 5, "rows": 9, "of_shop": "leeds"}
    with database.reading() as connection:
        compiled = page_of_a_shop.compile(connection)
        asked = tuple((compiled.params | values)[name] for name in compiled.positiontup or ())
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}", asked).all()
    database.close()
    reads = [row.detail for row in plan if "feed" in row.detail]
    assert reads == ["SEARCH feed USING INDEX ix_feed_scope_seq (scope=? AND seq>?)"] * 2
