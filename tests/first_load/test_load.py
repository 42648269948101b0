"""A first load ends with the hub's catalogue in a checked file, wherever it was broken off before."""

import hashlib
import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import pytest
import zstandard

from tests.conftest import ExpectedLogs
from tests.first_load.stub_hub import Killed, StubHub, gone, item, items
from till_app.catalogue_file.builder import CatalogueBuilder
from till_app.catalogue_file.readiness import require_ready
from till_app.first_load import snapshot as snapshot_module
from till_app.first_load.load import Load
from till_app.services.errors import HubRefused, HubUnreachable
from till_app.store.sqlite_engine import DRIVER
from till_app.sync.pull import FeedPosition, MassRemoval
from till_app.wire.changes import ChangesPage, ItemRecord, Tombstone
from till_app.wire.exchange import ErrorCode

NOT_WHAT_WAS_SAID = "a snapshot is not what the hub said"


class Till:
    """The folder of a till's load, and its catalogue in use."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "catalogue.sqlite.load"
        self.folder.mkdir()
        self.catalogue = folder / "catalogue.sqlite"
        self.waited_s: list[float] = []
        self.progress: list[tuple[int, int]] = []

    def load(self, hub: StubHub, *, removal_accepted: bool = False) -> Path:
        load = Load(
            hub,
            self.folder,
            self.catalogue,
            expected_records=0,
            on_progress=lambda done, total: self.progress.append((done, total)),
            sleep=self.waited_s.append,
        )
        return load.run(removal_accepted=removal_accepted)

    def has_in_use(self, count: int) -> None:
        with CatalogueBuilder(self.catalogue) as builder:
            builder.add(items(count))
            builder.finish("")

    def left(self) -> set[str]:
        return {path.name for path in self.folder.iterdir()}


@pytest.fixture
def till(tmp_path: Path) -> Till:
    return Till(tmp_path)


@pytest.fixture
def hub(tmp_path: Path) -> StubHub:
    """With a snapshot of a hundred items."""
    hub = StubHub(items(100))
    hub.make_snapshot(tmp_path)
    return hub


def rows(path: Path, sql: str) -> list[tuple[Any, ...]]:
    with closing(DRIVER.connect(path)) as connection:
        found: list[tuple[Any, ...]] = connection.execute(sql).fetchall()
        return found


def assert_is_the_hubs(path: Path, hub: StubHub) -> None:
    position = msgspec.json.decode(require_ready(path), type=FeedPosition)
    assert position == FeedPosition(hub.epoch, hub.cursor_at(len(hub.records)), from_start=False, removed=0)
    expected: dict[str, int | None] = {}
    for record in hub.records:
        if isinstance(record, ItemRecord):
            expected[record.item_id] = record.price_minor
        elif isinstance(record, Tombstone):
            del expected[record.record_id]
    assert dict(rows(path, "SELECT item_id, price_minor FROM item")) == expected


# -------------------------------------------------------------------- snapshots


def test_the_snapshot_becomes_a_ready_file_with_the_tills_cursor(till: Till, hub: StubHub) -> None:
    path = till.load(hub)
    assert_is_the_hubs(path, hub)
    assert till.left() == {"catalogue.ready"}
    assert till.progress[-1] == (len(hub.packed), len(hub.packed))
    assert hub.cursors == []


@pytest.mark.parametrize("percent", [10, 50, 99])
def test_a_killed_download_goes_on_where_it_was(till: Till, hub: StubHub, percent: int) -> None:
    hub.cuts = [len(hub.packed) * percent // 100]

    def die() -> None:
        raise Killed

    hub.on_cut = die  # type: ignore[method-assign]
    with pytest.raises(Killed):
        till.load(hub)
    fetched = (till.folder / "snapshot.zst.part").stat().st_size
    assert fetched >= len(hub.packed) * percent // 100
    assert_is_the_hubs(till.load(hub), hub)
    assert hub.starts == [0, fetched]


def test_a_cut_connection_is_taken_up_again_as_long_as_it_brings_something(till: Till, hub: StubHub) -> None:
    hub.cuts = [1_480, 3_480]
    assert_is_the_hubs(till.load(hub), hub)
    assert hub.starts == [0, 1_500, 3_500]


def test_a_connection_that_brings_nothing_is_not_asked_for_ever(till: Till, hub: StubHub) -> None:
    hub.cuts = [2_000, 2_000]
    with pytest.raises(HubUnreachable, match="cut_answer"):
        till.load(hub)
    assert hub.starts == [0, 2_000]


def test_a_load_killed_while_it_unpacks_unpacks_again_without_a_download(
    till: Till, hub: StubHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(_download: object) -> None:
        (till.folder / "catalogue.unpacked").write_bytes(b"half of it")
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(snapshot_module.SnapshotDownload, "_unpack", die)
        with pytest.raises(Killed):
            till.load(hub)
    assert_is_the_hubs(till.load(hub), hub)
    assert hub.starts == [0]


def test_a_finished_load_that_was_not_swapped_in_is_given_again(till: Till, hub: StubHub) -> None:
    till.load(hub)
    assert_is_the_hubs(till.load(hub), hub)
    assert hub.starts == [0]


def test_a_finished_load_of_a_feed_that_was_replaced_since_is_loaded_anew(
    till: Till, hub: StubHub, tmp_path: Path
) -> None:
    till.load(hub)
    replaced = StubHub(items(120), epoch="epoch-2")
    replaced.make_snapshot(tmp_path)
    assert_is_the_hubs(till.load(replaced), replaced)


def test_leftovers_of_another_snapshot_are_not_mixed_in(till: Till, hub: StubHub, tmp_path: Path) -> None:
    hub.cuts = [2_000, 2_000]
    with pytest.raises(HubUnreachable):
        till.load(hub)
    newer = StubHub(items(130))
    newer.make_snapshot(tmp_path)
    assert_is_the_hubs(till.load(newer), newer)
    assert newer.starts == [0]


def test_a_damaged_snapshot_is_fetched_anew_once_then_pages_are_read(
    till: Till, hub: StubHub, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect(NOT_WHAT_WAS_SAID)
    hub.packed = hub.packed[:-1] + b"?"
    assert_is_the_hubs(till.load(hub), hub)
    assert hub.starts == [0, 0]
    assert hub.cursors == [""]


@pytest.mark.parametrize(
    "lie",
    [
        {"catalogue_bytes": 1_000},
        {"catalogue_bytes": 10**13},
        {"catalogue_sha256": "0" * 64},
        {"compressed_bytes": 1_000},
    ],
)
def test_a_snapshot_that_is_not_what_was_said_is_never_used(
    till: Till, hub: StubHub, lie: dict[str, Any], expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect(NOT_WHAT_WAS_SAID)
    assert hub.answer is not None
    hub.answer = msgspec.structs.replace(hub.answer, **lie)
    assert_is_the_hubs(till.load(hub), hub)
    assert hub.cursors == [""]


def test_a_snapshot_with_other_tables_than_ours_is_not_used(
    till: Till, hub: StubHub, tmp_path: Path, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect(NOT_WHAT_WAS_SAID)
    path = tmp_path / "other.sqlite"
    with closing(DRIVER.connect(path)) as connection:
        connection.execute("CREATE TABLE something (else_entirely TEXT)")
        connection.commit()
    content = path.read_bytes()
    hub.packed = zstandard.ZstdCompressor().compress(content)
    assert hub.answer is not None
    hub.answer = msgspec.structs.replace(
        hub.answer,
        sha256=hashlib.sha256(hub.packed).hexdigest(),
        compressed_bytes=len(hub.packed),
        catalogue_sha256=hashlib.sha256(content).hexdigest(),
        catalogue_bytes=len(content),
    )
    assert_is_the_hubs(till.load(hub), hub)
    assert hub.cursors == [""]


def test_a_snapshot_that_is_being_made_is_waited_for(till: Till, hub: StubHub) -> None:
    hub.not_ready_times = 3
    assert_is_the_hubs(till.load(hub), hub)
    assert till.waited_s == [5.0, 5.0, 5.0]


def test_one_that_is_never_ready_is_not_waited_for_longer_than_pages_take(till: Till, hub: StubHub) -> None:
    hub.not_ready_times = 1_000
    assert_is_the_hubs(till.load(hub), hub)
    assert sum(till.waited_s) == 180.0
    assert hub.cursors == [""]


def test_a_full_disk_is_said_before_anything_is_fetched(
    till: Till, hub: StubHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(till.folder)._replace(free=40_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    with pytest.raises(OSError, match="50 MB of free space"):
        till.load(hub)
    assert hub.starts == []


# ------------------------------------------------------------------------ pages


def test_without_a_snapshot_the_pages_become_the_file(till: Till) -> None:
    hub = StubHub([*items(25), item(3, price_minor=250), gone(7), item(30)])
    hub.page_rows = 10
    assert_is_the_hubs(till.load(hub), hub)
    assert hub.cursors == ["", "epoch-1:10", "epoch-1:20"]
    assert till.left() == {"catalogue.ready"}


def _while_fetching(hub: StubHub, at_cursor: str, happens: Callable[[], None]) -> None:
    """Something happens when that page is asked for."""
    answer = hub.changes

    def changes(cursor: str, limit: int) -> ChangesPage:
        if cursor == at_cursor:
            happens()
        return answer(cursor, limit)

    hub.changes = changes  # type: ignore[method-assign]


def test_a_killed_paged_load_goes_on_where_it_was(till: Till) -> None:
    hub = StubHub(items(22_000))

    def die() -> None:
        raise Killed

    _while_fetching(hub, "epoch-1:20000", die)
    with pytest.raises(Killed):
        till.load(hub)
    again = StubHub(items(22_000))
    assert_is_the_hubs(till.load(again), again)
    assert again.cursors == ["epoch-1:20000"]


def test_a_paged_load_killed_while_it_makes_its_indexes_goes_on_from_there(
    till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub = StubHub(items(20_000))

    def die(_builder: CatalogueBuilder, _cursor: str) -> int:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(CatalogueBuilder, "finish", die)
        with pytest.raises(Killed):
            till.load(hub)
    hub.cursors.clear()
    assert_is_the_hubs(till.load(hub), hub)
    assert hub.cursors == ["epoch-1:20000"]


def test_a_feed_that_is_replaced_while_it_is_read_is_read_anew(till: Till) -> None:
    hub = StubHub(items(25))
    hub.page_rows = 10

    def restore() -> None:
        hub.epoch, hub.records = "epoch-2", items(12, first=100)

    _while_fetching(hub, "epoch-1:10", restore)
    assert_is_the_hubs(till.load(hub), hub)


def test_a_hub_that_says_no_is_believed(till: Till) -> None:
    hub = StubHub(items(25))

    def refuse() -> None:
        raise HubRefused(ErrorCode.REVOKED)

    _while_fetching(hub, "", refuse)
    with pytest.raises(HubRefused, match="revoked"):
        till.load(hub)


def test_a_feed_that_does_not_advance_is_given_up(till: Till) -> None:
    hub = StubHub(items(25))
    hub.page_rows = 0
    with pytest.raises(HubUnreachable, match="does not advance"):
        till.load(hub)


# --------------------------------------------------------------- mass removals


def test_a_load_without_more_than_a_fifth_of_what_is_sold_waits_for_a_person(
    till: Till, hub: StubHub
) -> None:
    till.has_in_use(126)
    with pytest.raises(MassRemoval, match="26 of 126 items would go"):
        till.load(hub)
    with pytest.raises(MassRemoval):
        till.load(hub)
    assert_is_the_hubs(till.load(hub, removal_accepted=True), hub)
    assert hub.starts == [0], "what was loaded is kept until it is wanted"


def test_a_load_without_a_fifth_of_what_is_sold_is_fine(till: Till, hub: StubHub) -> None:
    till.has_in_use(125)
    assert_is_the_hubs(till.load(hub), hub)


def test_a_catalogue_in_use_that_cannot_be_read_has_nothing_to_lose(till: Till, hub: StubHub) -> None:
    till.catalogue.write_bytes(b"damaged" * 1_000)
    assert_is_the_hubs(till.load(hub), hub)
