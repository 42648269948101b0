"""Waiting for the next change of the feed: who is woken, by whom, and who is not."""

import asyncio
import threading
from collections.abc import Callable, Coroutine

import pytest
from anyio import to_thread

from tests.hub.building import TIMEOUT_S, Client
from tests.hub.conftest import HubPlace
from tests.hub.postgres import PostgresServer
from till_app.hub.bell import Bell
from till_app.hub.database import Database
from till_app.hub.feed import FeedWriter, identity, start_new_epoch
from till_app.hub.server import RunningHub
from till_app.wire.changes import DepartmentRecord
from till_app.wire.exchange import LiveAnswer

LONG_S = 60.0
"""Longer than a test may take: who is answered was woken."""


def change(database: Database, name: str = "Groceries", scope: str = "") -> str:
    """Commit a record of the feed; the cursor behind it."""
    with database.writing() as connection:
        writer = FeedWriter(connection)
        writer.put(DepartmentRecord("dep-1", name, 1), scope)
        writer.flush()
        now = identity(connection)
    return f"{now.epoch}:{now.feed_seq}"


def newest(database: Database) -> str:
    with database.reading() as connection:
        now = identity(connection)
    return f"{now.epoch}:{now.feed_seq}"


def with_bell(database: Database, story: Callable[[Bell], Coroutine[None, None, None]]) -> None:
    async def run() -> None:
        bell = Bell(database)
        try:
            await asyncio.wait_for(story(bell), LONG_S)
        finally:
            await bell.close()

    asyncio.run(run())


async def waiting(bell: Bell, scope: str, cursor: str, count: int = 1) -> list[asyncio.Task[LiveAnswer]]:
    """Tasks that have begun to wait."""
    present = bell.waiting
    tasks = [asyncio.create_task(bell.wait(scope, cursor, LONG_S)) for _ in range(count)]
    while bell.waiting < present + count:
        await asyncio.sleep(0)
    return tasks


def test_a_commit_wakes_who_waits(database: Database) -> None:
    async def story(bell: Bell) -> None:
        [poll] = await waiting(bell, "", newest(database))
        cursor = await to_thread.run_sync(change, database)
        assert await poll == LiveAnswer(True, cursor)

    with_bell(database, story)


def test_a_commit_of_another_process_wakes_who_waits(place: HubPlace) -> None:
    here, elsewhere = Database(place.database), Database(place.database)

    async def story(bell: Bell) -> None:
        for name in ("Groceries", "Food"):
            [poll] = await waiting(bell, "", newest(here))
            cursor = await to_thread.run_sync(change, elsewhere, name)
            assert await poll == LiveAnswer(True, cursor)

    with_bell(here, story)
    here.close()
    elsewhere.close()


def test_what_came_before_is_answered_at_once(database: Database) -> None:
    async def story(bell: Bell) -> None:
        before = newest(database)
        cursor = await to_thread.run_sync(change, database)
        assert await bell.wait("", before, LONG_S) == LiveAnswer(True, cursor)
        assert await bell.wait("", "", LONG_S) == LiveAnswer(True, cursor)
        assert await bell.wait("", cursor, 0) == LiveAnswer(False, cursor)

    with_bell(database, story)


def test_another_shops_change_wakes_nobody_here(database: Database) -> None:
    async def story(bell: Bell) -> None:
        before = newest(database)
        [here] = await waiting(bell, "shop-1", before)
        [there] = await waiting(bell, "shop-2", before)
        of_there = await to_thread.run_sync(change, database, "Fish", "shop-2")
        assert await there == LiveAnswer(True, of_there)
        assert not here.done()
        of_here = await to_thread.run_sync(change, database, "Bread", "shop-1")
        assert await here == LiveAnswer(True, of_here)
        [both] = await waiting(bell, "shop-1", of_here)
        of_all = await to_thread.run_sync(change, database, "Shoes")
        assert await both == LiveAnswer(True, of_all)

    with_bell(database, story)


@pytest.mark.parametrize("cursor", ["another-epoch:7", "nonsense", "another-epoch:x", ":", "9" * 40])
def test_a_cursor_of_another_feed_is_answered_at_once(database: Database, cursor: str) -> None:
    async def story(bell: Bell) -> None:
        answer = await bell.wait("", cursor, LONG_S)
        assert (answer.changed, answer.cursor.split(":")[0]) == (True, newest(database).split(":")[0])

    with_bell(database, story)


def test_who_read_further_than_the_feed_goes_is_answered_at_once(database: Database) -> None:
    async def story(bell: Bell) -> None:
        epoch, _, seq = newest(database).partition(":")
        assert (await bell.wait("", f"{epoch}:{int(seq) + 1}", LONG_S)).changed is True

    with_bell(database, story)


def test_a_new_epoch_wakes_who_waits(database: Database) -> None:
    async def story(bell: Bell) -> None:
        [poll] = await waiting(bell, "", newest(database))
        with database.writing() as connection:
            epoch = start_new_epoch(connection, "2026-11-24T16:20:00.000000Z")
        answer = await poll
        assert (answer.changed, answer.cursor.split(":")[0]) == (True, epoch)

    with_bell(database, story)


def test_a_commit_that_leaves_the_feed_alone_wakes_nobody(database: Database) -> None:
    async def story(bell: Bell) -> None:
        [poll] = await waiting(bell, "", newest(database))
        with database.writing() as connection:
            connection.exec_driver_sql("UPDATE hub_state SET last_till_number = 7")
        cursor = await to_thread.run_sync(change, database)
        assert await poll == LiveAnswer(True, cursor)

    with_bell(database, story)


def test_who_waits_holds_no_thread_and_no_connection(database: Database) -> None:
    async def story(bell: Bell) -> None:
        before = newest(database)
        [first] = await waiting(bell, "", before)
        threads = threading.active_count()
        others = await waiting(bell, "", before, count=200)
        assert bell.waiting == 201
        assert threading.active_count() <= threads + 40  # of the pool that looked for them, all idle again
        assert database.connections_in_use == 0
        cursor = await to_thread.run_sync(change, database)
        assert set(await asyncio.gather(first, *others)) == {LiveAnswer(True, cursor)}
        assert bell.waiting == 0

    with_bell(database, story)


def test_a_closed_bell_answers_everybody(database: Database) -> None:
    async def story(bell: Bell) -> None:
        cursor = newest(database)
        polls = await waiting(bell, "", cursor, count=3)
        await bell.close()
        assert await asyncio.gather(*polls) == [LiveAnswer(False, cursor)] * 3
        assert await bell.wait("", cursor, LONG_S) == LiveAnswer(False, cursor)

    with_bell(database, story)


def test_changes_are_heard_after_the_listening_connection_broke(
    postgresql_place: HubPlace, postgresql_server: PostgresServer
) -> None:
    here, elsewhere = Database(postgresql_place.database), Database(postgresql_place.database)
    name = str(postgresql_place.database).partition("@/")[2].partition("?")[0]

    async def story(bell: Bell) -> None:
        [poll] = await waiting(bell, "", newest(here))
        cursor = await to_thread.run_sync(change, elsewhere, "0")
        assert await poll == LiveAnswer(True, cursor)
        for broken in range(1, 3):
            [poll] = await waiting(bell, "", cursor)
            postgresql_server.break_connections("till hub", name)
            cursor = await to_thread.run_sync(change, elsewhere, str(broken))
            assert await poll == LiveAnswer(True, cursor)

    with_bell(here, story)
    here.close()
    elsewhere.close()


def test_over_http_a_till_waits_for_its_shop(client: Client, together: Callable[..., None]) -> None:
    client.stock_shop("item_code,name,department,vat_code,price\nA,Apple,GR,Z,0.40\n")
    till = client.pair()
    cursor = till.page()["next_cursor"]
    quiet = till.call("GET", "/v1/live", params={"cursor": cursor, "wait_s": 0})
    assert (quiet.status_code, quiet.json()) == (200, {"changed": False, "cursor": cursor})
    answers = []

    def wait() -> None:
        answers.append(till.call("GET", "/v1/live", params={"cursor": cursor, "wait_s": 15}).json())

    together(wait, lambda: client.another().admin("PATCH", "/items/A", json={"price_minor": 50}))
    assert answers == [{"changed": True, "cursor": till.page(cursor)["next_cursor"]}]


def test_the_wait_needs_a_tills_token_and_a_number(client: Client) -> None:
    till = client.pair()
    assert client.call("GET", "/v1/live", params={"wait_s": 0}).status_code == 401
    assert till.call("GET", "/v1/live", params={"wait_s": "long"}).status_code == 400
    for beyond in ("-1", "1e9", "nan"):
        assert till.call("GET", "/v1/live", params={"wait_s": beyond}).json()["changed"] is True


def test_a_hub_that_stops_answers_who_waits(place: HubPlace) -> None:
    with RunningHub(place.database, data=place.data) as hub, Client(hub) as client:
        till = client.pair()
        cursor = till.page()["next_cursor"]
        bell = hub.bell
        answers = []

        def wait() -> None:
            answers.append(till.call("GET", "/v1/live", params={"cursor": cursor, "wait_s": 25}).json())

        poll = threading.Thread(target=wait)
        poll.start()
        while bell.waiting < 1:
            poll.join(0.01)
        hub.stop()
        poll.join(TIMEOUT_S)
    assert answers == [{"changed": False, "cursor": cursor}]


def test_only_commits_that_change_the_feed_ring(database: Database) -> None:
    rung: list[str] = []
    database.on_feed_changed(lambda: rung.append("feed"))
    try:
        with database.writing() as connection:
            connection.exec_driver_sql("UPDATE hub_state SET last_till_number = 7")
        assert rung == []
        change(database)
        assert rung == ["feed"]
    finally:
        database.on_feed_changed(None)
