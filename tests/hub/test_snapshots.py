"""Snapshots: when one is made, what is in it, who may read it, and what is left of one that fails."""

import hashlib
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, update

from tests.conftest import ExpectedLogs
from tests.hub.building import Client, TillClient
from tests.hub.feeding import OTHER_SHOP, SHOP, asked, item, items, put, remove, staff, unpacked
from till_app.catalogue_file.version import SCHEMA_VERSION
from till_app.hub.child_jobs import ChildJobs, IndexJob, JobFailed
from till_app.hub.claim import Claim, Claimed
from till_app.hub.database import Database
from till_app.hub.feed import identity, start_new_epoch
from till_app.hub.refusals import Refused
from till_app.hub.snapshot_build import build_snapshot, remove_work_of_the_dead, snapshot_file, work_name
from till_app.hub.snapshots import Snapshots
from till_app.hub.tables import hub_state, snapshot, till
from till_app.wire.exchange import SnapshotAnswer

NOW = "2026-11-24T12:00:00.000000Z"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "snapshots"


@pytest.fixture
def snapshots(database: Database, folder: Path) -> Iterator[Snapshots]:
    """Of feeds with more than ten records."""
    jobs = ChildJobs()
    snapshots = Snapshots(database, jobs, folder, from_records=10)
    yield snapshots
    jobs.close()
    wait_for_builds()


def wait_for_builds() -> None:
    for thread in threading.enumerate():
        if thread.name == "snapshot":
            thread.join()


def refusal(snapshots: Snapshots, scope: str = SHOP, schema_version: int = SCHEMA_VERSION) -> tuple[int, str]:
    with pytest.raises(Refused) as caught:
        snapshots.newest(scope, schema_version)
    return caught.value.status, caught.value.answer.code


def demanded(snapshots: Snapshots) -> SnapshotAnswer:
    """Asked for, waited for, asked for again: made by a process of its own."""
    assert refusal(snapshots) == (503, "not_ready")
    wait_for_builds()
    return snapshots.newest(SHOP, SCHEMA_VERSION)


def built(snapshots: Snapshots, database: Database, folder: Path) -> SnapshotAnswer:
    build_snapshot(database, SHOP, folder)
    return snapshots.newest(SHOP, SCHEMA_VERSION)


# ---------------------------------------------------------------- what is in it


def test_a_snapshot_is_the_feed_as_a_catalogue_file_with_its_hashes_and_cursor(
    database: Database, snapshots: Snapshots, folder: Path, tmp_path: Path
) -> None:
    put(database, items(12))
    remove(database, "item", "item-000012")
    answer = built(snapshots, database, folder)
    content = unpacked(folder, answer.sha256, tmp_path / "catalogue.sqlite")
    packed = snapshot_file(folder, answer.sha256).read_bytes()
    with database.reading() as connection:
        hub = identity(connection)
    assert answer == SnapshotAnswer(
        sha256=hashlib.sha256(packed).hexdigest(),
        compressed_bytes=len(packed),
        catalogue_sha256=hashlib.sha256(content).hexdigest(),
        catalogue_bytes=len(content),
        schema_version=SCHEMA_VERSION,
        epoch=hub.epoch,
        cursor=f"{hub.epoch}:13",
        records=11,
    )
    found = asked(tmp_path / "catalogue.sqlite", "SELECT item_id FROM item ORDER BY item_id")
    assert found == [(f"item-{number:06}",) for number in range(1, 12)]
    assert asked(tmp_path / "catalogue.sqlite", "SELECT cursor FROM feed_state") == [(answer.cursor,)]


def test_a_shop_gets_what_is_every_shops_and_its_own_and_nothing_of_another(
    database: Database, snapshots: Snapshots, folder: Path, tmp_path: Path
) -> None:
    put(database, items(12))
    put(database, [staff("Aisha")], SHOP)
    put(database, [staff("Ben")], OTHER_SHOP)
    answer = built(snapshots, database, folder)
    unpacked(folder, answer.sha256, tmp_path / "catalogue.sqlite")
    assert asked(tmp_path / "catalogue.sqlite", "SELECT name FROM staff") == [("Aisha",)]
    assert asked(tmp_path / "catalogue.sqlite", "SELECT count(*) FROM item") == [(12,)]


def test_a_record_that_moved_to_the_shop_is_there_once_in_its_later_form(
    database: Database, snapshots: Snapshots, folder: Path, tmp_path: Path
) -> None:
    put(database, items(12))
    put(database, [item(3, price_minor=250)], SHOP)
    unpacked(folder, built(snapshots, database, folder).sha256, tmp_path / "catalogue.sqlite")
    prices = asked(
        tmp_path / "catalogue.sqlite", "SELECT price_minor FROM item WHERE item_id = 'item-000003'"
    )
    assert prices == [(250,)]


def test_the_file_is_for_the_hubs_user_only_because_pin_hashes_are_in_it(
    database: Database, snapshots: Snapshots, folder: Path
) -> None:
    put(database, items(12))
    path = snapshot_file(folder, built(snapshots, database, folder).sha256)
    assert (path.stat().st_mode & 0o777, folder.stat().st_mode & 0o777) == (0o600, 0o700)


# -------------------------------------------------------------- when it is made


def test_a_short_feed_has_none(database: Database, snapshots: Snapshots) -> None:
    put(database, items(10))
    assert refusal(snapshots) == (404, "not_found")


def test_another_schema_has_none(database: Database, snapshots: Snapshots) -> None:
    put(database, items(12))
    assert refusal(snapshots, schema_version=SCHEMA_VERSION + 1) == (404, "not_found")


def test_it_is_made_anew_in_the_background_when_a_tenth_has_changed(
    database: Database, snapshots: Snapshots
) -> None:
    put(database, items(30))
    first = demanded(snapshots)
    put(database, items(3, price_minor=200))
    assert snapshots.newest(SHOP, SCHEMA_VERSION) == first
    wait_for_builds()
    assert snapshots.newest(SHOP, SCHEMA_VERSION) == first, "three of thirty are no more than a tenth"
    put(database, items(1, price_minor=300))
    put(database, items(4, price_minor=400))
    assert snapshots.newest(SHOP, SCHEMA_VERSION) == first, "the old one serves meanwhile"
    wait_for_builds()
    assert snapshots.newest(SHOP, SCHEMA_VERSION).cursor.endswith(":38")


def test_a_new_epoch_needs_a_new_one(database: Database, snapshots: Snapshots, folder: Path) -> None:
    put(database, items(12))
    first = built(snapshots, database, folder)
    with database.writing() as connection:
        epoch = start_new_epoch(connection, NOW)
    again = built(snapshots, database, folder)
    assert (again.epoch, again.cursor) == (epoch, f"{epoch}:12")
    assert again.epoch != first.epoch


def test_the_one_before_the_newest_is_kept_for_downloads_under_way(database: Database, folder: Path) -> None:
    made = []
    for price_minor in (100, 200, 300):
        put(database, items(12, price_minor=price_minor))
        build_snapshot(database, SHOP, folder)
        with database.reading() as connection:
            newest = select(snapshot.c.sha256).order_by(snapshot.c.seq.desc())
            made.append(connection.execute(newest).scalars().first())
    assert {path.name for path in folder.glob("*.zst")} == {f"{sha256}.zst" for sha256 in made[1:]}


def test_one_whose_file_is_lost_is_made_again(database: Database, snapshots: Snapshots, folder: Path) -> None:
    put(database, items(12))
    first = built(snapshots, database, folder)
    shutil.rmtree(folder)
    assert built(snapshots, database, folder).catalogue_sha256 == first.catalogue_sha256


def test_one_from_before_the_deletions_that_the_hub_has_forgotten_is_not_given(
    database: Database, snapshots: Snapshots, folder: Path
) -> None:
    put(database, items(12))
    built(snapshots, database, folder)
    with database.writing() as connection:
        connection.execute(update(hub_state).values(feed_horizon=13, feed_seq=14))
    assert refusal(snapshots) == (503, "not_ready")


# ------------------------------------------------------------ builds that fail


def test_only_one_process_builds_at_a_time(database: Database, folder: Path) -> None:
    put(database, items(12))
    folder.mkdir()
    with Claim(folder / f"{work_name(SHOP)}.claim"):
        build_snapshot(database, SHOP, folder)
        assert list(folder.glob("*.zst")) == []
    build_snapshot(database, SHOP, folder)
    assert len(list(folder.glob("*.zst"))) == 1


def test_a_claim_is_free_again_when_its_holder_is_gone(tmp_path: Path) -> None:
    path = tmp_path / "claim"
    with Claim(path), pytest.raises(Claimed):
        Claim(path)
    with Claim(path):
        pass


def test_what_a_killed_build_left_is_removed_unless_one_is_under_way(folder: Path) -> None:
    work = folder / f"{work_name(SHOP)}.building"
    work.mkdir(parents=True)
    with Claim(folder / f"{work_name(SHOP)}.claim"):
        remove_work_of_the_dead(SHOP, folder)
        assert work.exists()
    remove_work_of_the_dead(SHOP, folder)
    assert not work.exists()


def test_a_build_that_fails_leaves_nothing_and_tills_read_pages_for_a_while(
    database: Database,
    snapshots: Snapshots,
    folder: Path,
    capfd: pytest.CaptureFixture[str],
    expected_logs: ExpectedLogs,
) -> None:
    expected_logs.expect("no snapshot was made")
    put(database, items(12))
    folder.mkdir()
    (folder / f"{work_name(SHOP)}.building").write_text("in the way: this is no folder")
    assert refusal(snapshots) == (503, "not_ready")
    wait_for_builds()
    assert refusal(snapshots) == (404, "not_found")
    assert list(folder.glob("*.zst")) == []
    assert "FileExistsError" in capfd.readouterr().err


def test_a_job_ends_when_its_hub_closes(database: Database) -> None:
    jobs = ChildJobs()
    jobs.close()
    with pytest.raises(JobFailed, match="closing"):
        jobs.run(IndexJob(database.url, SHOP, 0))


# ------------------------------------------------------------------ downloading


@pytest.fixture
def till_of_shop(client: Client) -> TillClient:
    paired = client.pair()
    with client.hub.database.writing() as connection:
        connection.execute(update(till).values(shop_id=SHOP))
    return paired


@pytest.fixture
def ready(client: Client, till_of_shop: TillClient) -> Iterator[tuple[str, bytes]]:
    """A snapshot's address and its bytes."""
    database, folder = client.hub.database, client.hub.files.path("snapshots")
    put(database, items(200))
    build_snapshot(database, SHOP, folder)
    (path,) = folder.glob("*.zst")
    yield f"/v1/snapshot/{path.stem}", path.read_bytes()
    shutil.rmtree(folder)


def test_a_till_downloads_the_file_as_it_is(till_of_shop: TillClient, ready: tuple[str, bytes]) -> None:
    address, content = ready
    said = till_of_shop.call("GET", "/v1/snapshot", params={"schema_version": SCHEMA_VERSION}).json()
    answer = till_of_shop.call("GET", address, headers={"Accept-Encoding": "gzip"})
    assert (answer.status_code, answer.content) == (200, content)
    assert address.endswith(said["sha256"])
    assert "Content-Encoding" not in answer.headers
    assert answer.headers["Content-Length"] == str(len(content))
    assert "immutable" in answer.headers["Cache-Control"]


@pytest.mark.parametrize(
    ("asked_for", "first", "beyond"),
    [("bytes=100-", 100, None), ("bytes=100-149", 100, 150), ("bytes=-10", -10, None), ("bytes=0-0", 0, 1)],
)
def test_a_part_is_answered_with_its_place(
    till_of_shop: TillClient, ready: tuple[str, bytes], asked_for: str, first: int, beyond: int | None
) -> None:
    address, content = ready
    answer = till_of_shop.call("GET", address, headers={"Range": asked_for})
    part = content[first:beyond]
    begin = first % len(content)
    assert (answer.status_code, answer.content) == (206, part)
    assert answer.headers["Content-Range"] == f"bytes {begin}-{begin + len(part) - 1}/{len(content)}"


@pytest.mark.parametrize("nonsense", ["bytes=9-5", "bytes=a-b", "lines=1-2", "bytes=-", "bytes=1-2,5-6"])
def test_a_range_that_is_not_understood_is_not_there(
    till_of_shop: TillClient, ready: tuple[str, bytes], nonsense: str
) -> None:
    address, content = ready
    answer = till_of_shop.call("GET", address, headers={"Range": nonsense})
    assert (answer.status_code, answer.content) == (200, content)


def test_a_range_beyond_the_end_is_refused_with_the_size(
    till_of_shop: TillClient, ready: tuple[str, bytes]
) -> None:
    address, content = ready
    answer = till_of_shop.call("GET", address, headers={"Range": f"bytes={len(content)}-"})
    assert (answer.status_code, answer.headers["Content-Range"]) == (416, f"bytes */{len(content)}")


def test_a_range_of_another_file_brings_the_whole(till_of_shop: TillClient, ready: tuple[str, bytes]) -> None:
    address, content = ready
    tag = till_of_shop.call("GET", address).headers["ETag"]
    same = till_of_shop.call("GET", address, headers={"Range": "bytes=5-", "If-Range": tag})
    other = till_of_shop.call("GET", address, headers={"Range": "bytes=5-", "If-Range": '"other"'})
    assert (same.status_code, other.status_code, other.content) == (206, 200, content)


def test_a_till_of_another_shop_finds_nothing(
    client: Client, till_of_shop: TillClient, ready: tuple[str, bytes]
) -> None:
    with client.hub.database.writing() as connection:
        connection.execute(update(till).values(shop_id=OTHER_SHOP))
    assert till_of_shop.call("GET", ready[0]).status_code == 404
    assert client.call("GET", ready[0]).status_code == 401
