"""What a hub does by itself while it serves for months: old deletions and useless snapshots go."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select

from tests.conftest import ExpectedLogs
from tests.hub.building import Client
from tests.hub.feeding import item, put, remove
from till_app.catalogue_file.version import SCHEMA_VERSION
from till_app.hub import server
from till_app.hub.feed import identity
from till_app.hub.feed_pages import TOMBSTONE_LIFE
from till_app.hub.housekeeping import EVERY_S, keep_house
from till_app.hub.hub import Hub
from till_app.hub.server import RunningHub
from till_app.hub.snapshot_build import SNAPSHOTS, snapshot_file
from till_app.hub.tables import feed, snapshot

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


class ManualDays:
    """Lets a number of days pass at once, and ends then."""

    def __init__(self, count: int) -> None:
        self.now = NOW
        self._left = count

    def clock(self) -> datetime:
        return self.now

    async def rest(self, seconds: float) -> None:
        if not self._left:
            raise asyncio.CancelledError
        self._left -= 1
        self.now += timedelta(seconds=seconds)


def keep_house_for(hub: Hub, days: int) -> None:
    passing = ManualDays(days)
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(keep_house(replace(hub, clock=passing.clock), passing.rest))


def tombstones(hub: Hub) -> int:
    with hub.database.reading() as connection:
        return connection.execute(select(func.count()).select_from(feed).where(feed.c.gone)).scalar_one()


def test_it_is_done_once_a_day() -> None:
    assert timedelta(seconds=EVERY_S) == timedelta(days=1)


def test_a_deletion_is_forgotten_by_a_hub_that_is_never_restarted(fresh_hub: Hub) -> None:
    put(fresh_hub.database, [item(1)])
    remove(fresh_hub.database, "item", "item-000001")
    keep_house_for(fresh_hub, TOMBSTONE_LIFE.days)
    assert tombstones(fresh_hub) == 1
    keep_house_for(fresh_hub, TOMBSTONE_LIFE.days + 2)
    assert tombstones(fresh_hub) == 0


def add_snapshot(hub: Hub, sha256: str, epoch: str, schema_version: int = SCHEMA_VERSION) -> Path:
    with hub.database.writing() as connection:
        connection.execute(
            insert(snapshot).values(
                sha256=sha256,
                scope="",
                schema_version=schema_version,
                epoch=epoch,
                seq=1,
                compressed_bytes=4,
                catalogue_sha256=sha256,
                catalogue_bytes=4,
                records=1,
                built_at="2026-11-24T12:00:00.000000Z",
            )
        )
    return a_file(hub, sha256)


def a_file(hub: Hub, sha256: str) -> Path:
    path = snapshot_file(hub.files.path(SNAPSHOTS), sha256)
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"file")
    return path


def test_snapshots_that_no_till_can_use_go_and_the_others_stay(fresh_hub: Hub) -> None:
    with fresh_hub.database.reading() as connection:
        epoch = identity(connection).epoch
    kept = add_snapshot(fresh_hub, "a" * 64, epoch)
    useless = [
        add_snapshot(fresh_hub, "b" * 64, "an-epoch-before"),
        add_snapshot(fresh_hub, "c" * 64, epoch, SCHEMA_VERSION - 1),
        a_file(fresh_hub, "d" * 64),
    ]
    keep_house_for(fresh_hub, 1)
    assert (kept.exists(), [path.exists() for path in useless]) == (True, [False, False, False])
    with fresh_hub.database.reading() as connection:
        assert connection.execute(select(snapshot.c.sha256)).scalars().all() == ["a" * 64]


def test_a_day_on_which_it_fails_is_followed_by_another(
    fresh_hub: Hub, expected_logs: ExpectedLogs, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[Path] = []

    def full_disk(_database: object, folder: Path) -> None:
        tried.append(folder)
        raise OSError("no space left on device")

    expected_logs.expect("the daily housekeeping is put off")
    monkeypatch.setattr("till_app.hub.housekeeping.forget_useless", full_disk)
    keep_house_for(fresh_hub, 2)
    assert len(tried) == 2


def test_a_served_hub_keeps_house_until_it_stops(sqlite_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, ended = threading.Event(), threading.Event()

    async def keeping(hub: Hub) -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    monkeypatch.setattr(server, "keep_house", keeping)
    with RunningHub(sqlite_path):
        assert begun.wait(20)
        assert not ended.is_set()
    assert ended.is_set()


def test_tills_read_while_twenty_greetings_wait_for_the_one_writer(sqlite_path: Path) -> None:
    with RunningHub(sqlite_path) as running, Client(running) as client, ExitStack() as open_clients:
        till, *others = [client.pair() for _ in range(21)]
        greeters = [replace(other, client=open_clients.enter_context(client.another())) for other in others]
        with ThreadPoolExecutor(20) as threads, client.hub.database.writing():
            greetings = [threads.submit(greeter.hello) for greeter in greeters]
            for _ in range(100):
                assert till.call("GET", "/v1/totals").status_code == 200
            assert not any(each.done() for each in greetings)
        assert {each.result().status_code for each in greetings} == {200}
