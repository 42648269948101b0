"""The checksum sweep at the hub: its sums are those of the records, its rows are of now, its work is kept."""

import msgspec
import pytest
from sqlalchemy import update

from tests.hub.building import Client
from tests.hub.feeding import OTHER_SHOP, SHOP, item, items, put, remove, staff
from till_app.hub import sweep_index, sweeping
from till_app.hub.child_jobs import ChildJobs
from till_app.hub.database import Database
from till_app.hub.feed import identity
from till_app.hub.feed_reading import PAGE_ROWS, live_pages
from till_app.hub.refusals import Refused
from till_app.hub.sweep_index import SweepIndex
from till_app.hub.sweeping import Sweeps
from till_app.hub.tables import feed, till
from till_app.wire.changes import LiveRecord, Record, record_key
from till_app.wire.exchange import BucketRow, SweepAnswer
from till_app.wire.sweeping import bucket_of, buckets_for, digest_of, summed, unpacked_sums


@pytest.fixture
def sweeps(database: Database) -> Sweeps:
    return Sweeps(database, ChildJobs())


def sums(answer: SweepAnswer, kind: str = "item") -> list[int]:
    return unpacked_sums(answer.kinds[kind].buckets)


def expected_sums(records: list[LiveRecord]) -> list[int]:
    of_buckets = buckets_for(len(records))
    return [
        summed(digest_of(each) for each in records if bucket_of(record_key(each)[1], of_buckets) == bucket)
        for bucket in range(of_buckets)
    ]


def test_the_sums_are_those_of_the_records_by_kind_and_bucket(database: Database, sweeps: Sweeps) -> None:
    records: list[LiveRecord] = list(items(1_000))
    put(database, records)
    put(database, [staff("Aisha")])
    remove(database, "item", "item-001000")
    answer = sweeps.sums(SHOP)
    assert (answer.kinds["item"].records, answer.kinds["staff"].records) == (999, 1)
    assert len(sums(answer)) == 4
    assert sums(answer) == expected_sums(records[:-1])
    assert answer.cursor == f"{answer.epoch}:1002"


def test_a_shop_has_what_is_every_shops_and_its_own(database: Database, sweeps: Sweeps) -> None:
    put(database, items(2))
    put(database, [staff("Aisha")], SHOP)
    put(database, [staff("Ben")], OTHER_SHOP)
    assert sums(sweeps.sums(SHOP), "staff") == expected_sums([staff("Aisha")])
    assert sums(sweeps.sums(OTHER_SHOP), "staff") == expected_sums([staff("Ben")])
    assert "staff" not in sweeps.sums("").kinds


def test_of_a_record_in_both_scopes_the_later_counts(database: Database, sweeps: Sweeps) -> None:
    put(database, [item(1), item(2)])
    put(database, [item(1, price_minor=250)], SHOP)
    put(database, [item(2)], SHOP)
    remove(database, "item", "item-000002", SHOP)
    assert sums(sweeps.sums(SHOP)) == expected_sums([item(1, price_minor=250)])
    assert [row.record_id for row in sweeps.bucket(SHOP, "item", 0, 1).rows] == ["item-000001"]


def test_a_record_that_an_older_release_wrote_counts_as_this_one_writes_it(
    database: Database, sweeps: Sweeps
) -> None:
    put(database, [item(1)])
    old_fields = msgspec.to_builtins(item(1))[:14]
    with database.writing() as connection:
        connection.execute(update(feed).values(payload=msgspec.json.encode(old_fields)))
    assert sums(sweeps.sums(SHOP)) == expected_sums([item(1)])


def test_sums_are_made_anew_only_when_the_shops_feed_has_moved(
    database: Database, sweeps: Sweeps, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[int] = []
    build = sweep_index.build_index

    def counted(database: Database, scope: str, seq: int) -> object:
        made.append(seq)
        return build(database, scope, seq)

    monkeypatch.setattr(sweeping, "build_index", counted)
    put(database, items(5))
    sweeps.sums(SHOP), sweeps.sums(SHOP)
    put(database, [staff("Ben")], OTHER_SHOP)
    assert sweeps.sums(SHOP).cursor.endswith(":6")
    assert made == [5]
    put(database, [item(1, price_minor=250)])
    assert sums(sweeps.sums(SHOP)) == expected_sums([item(1, price_minor=250), *items(4, first=2)])
    assert made == [5, 7]


def test_a_buckets_rows_are_as_they_are_now(database: Database, sweeps: Sweeps) -> None:
    put(database, items(3))
    sweeps.sums(SHOP)
    put(database, [item(1, price_minor=250), item(4)])
    remove(database, "item", "item-000002")
    rows = sweeps.bucket(SHOP, "item", 0, 1).rows
    assert sorted(rows, key=lambda row: row.seq) == [
        BucketRow("item-000003", f"{digest_of(item(3)):016x}", 3),
        BucketRow("item-000001", f"{digest_of(item(1, price_minor=250)):016x}", 4),
        BucketRow("item-000004", f"{digest_of(item(4)):016x}", 5),
    ]


def test_the_buckets_together_have_each_record_once(database: Database, sweeps: Sweeps) -> None:
    put(database, items(100))
    rows = [row for bucket in range(8) for row in sweeps.bucket(SHOP, "item", bucket, 8).rows]
    assert sorted(row.record_id for row in rows) == [f"item-{number:06}" for number in range(1, 101)]
    assert all(bucket_of(row.record_id, 8) == 3 for row in sweeps.bucket(SHOP, "item", 3, 8).rows)


@pytest.mark.parametrize(("bucket", "of_buckets"), [(0, 3), (4, 4), (0, 2_048), (-1, 4), (0, 0)])
def test_a_bucket_that_cannot_be_is_refused(sweeps: Sweeps, bucket: int, of_buckets: int) -> None:
    with pytest.raises(Refused) as caught:
        sweeps.bucket(SHOP, "item", bucket, of_buckets)
    assert caught.value.status == 400


def test_a_large_index_made_by_a_process_of_its_own_is_the_same(
    database: Database, sweeps: Sweeps, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(database, items(50))
    here = sweeps.sums(SHOP)
    monkeypatch.setattr(sweeping, "OWN_PROCESS_FROM_RECORDS", 50)
    monkeypatch.setattr(sweeping, "build_index", None)
    elsewhere = Sweeps(database, ChildJobs())
    assert elsewhere.sums(SHOP) == here
    assert len(elsewhere.bucket(SHOP, "item", 0, 1).rows) == 50


def test_what_changes_while_the_feed_is_read_comes_by_the_feed_afterwards(database: Database) -> None:
    put(database, items(PAGE_ROWS + 2))
    with database.reading() as connection:
        through = identity(connection).feed_seq
    pages = live_pages(database, SHOP, through)
    first = next(iter(pages))
    put(database, [item(1, price_minor=250), item(PAGE_ROWS + 1, price_minor=250), item(PAGE_ROWS + 3)])
    rest = [row.record_id for page in pages for row in page]
    assert len(first) == PAGE_ROWS
    assert rest == [f"item-{PAGE_ROWS + 2:06}"]


def test_no_more_than_a_few_requests_wait_for_an_index(
    database: Database, sweeps: Sweeps, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeping, "_PATIENCE_S", 0.0)
    refused: list[str] = []

    def asked_meanwhile(database: Database, scope: str, seq: int) -> SweepIndex:
        if int(scope or 0) < 6:
            try:
                sweeps.sums(str(int(scope or 0) + 1))
            except Refused as error:
                refused.append(error.answer.code)
        return sweep_index.build_index(database, scope, seq)

    monkeypatch.setattr(sweeping, "build_index", asked_meanwhile)
    sweeps.sums("0")
    assert refused == ["busy"]
    assert sweeps.sums("0").kinds == {}


# ------------------------------------------------------------------- over HTTP


def test_a_till_reads_sums_a_bucket_and_records(client: Client) -> None:
    front = client.pair()
    with client.hub.database.writing() as connection:
        connection.execute(update(till).values(shop_id=SHOP))
    put(client.hub.database, items(3), SHOP)
    put(client.hub.database, items(5, first=10), OTHER_SHOP)
    answer = msgspec.json.decode(front.call("GET", "/v1/sweep").content, type=SweepAnswer)
    assert sums(answer) == expected_sums(list(items(3)))
    bucket = front.call("GET", "/v1/sweep/item", params={"bucket": 0, "of_buckets": 1}).json()
    assert sorted(row[0] for row in bucket["rows"]) == ["item-000001", "item-000002", "item-000003"]
    wanted = {"kind": "item", "record_ids": ["item-000002", "item-000010", "unknown"]}
    found = front.call("POST", "/v1/records", json=wanted)
    assert msgspec.json.decode(found.content, type=list[Record]) == [item(2)]


def test_bad_questions_are_refused(client: Client) -> None:
    front = client.pair()
    too_many = {"kind": "item", "record_ids": [str(number) for number in range(1_001)]}
    assert front.call("POST", "/v1/records", json=too_many).status_code == 413
    assert front.call("GET", "/v1/sweep/item", params={"bucket": 0, "of_buckets": 3}).status_code == 400
    assert front.call("GET", "/v1/sweep/item").status_code == 400
    assert client.call("GET", "/v1/sweep").status_code == 401
    nothing = front.call("GET", "/v1/sweep/unheard", params={"bucket": 0, "of_buckets": 1})
    assert nothing.json()["rows"] == []
