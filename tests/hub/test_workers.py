"""Several worker processes on one PostgreSQL database: one feed, one port, nothing lost with a worker."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests
from sqlalchemy import text

from tests.conftest import ExpectedLogs
from tests.hub.building import TIMEOUT_S, Client, TillClient, make_line
from tests.hub.conftest import HubPlace
from till_app.hub.__main__ import main
from till_app.hub.database import Database
from till_app.hub.feed import FeedWriter
from till_app.hub.feed_pages import changes_page
from till_app.hub.server import RunningHub
from till_app.wire.changes import DepartmentRecord

ROOT = Path(__file__).parents[2]
WORKERS = 2


@pytest.fixture(scope="module")
def running(
    new_postgresql_database: Callable[[], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningHub]:
    """Each process takes a second or two to start."""
    data = tmp_path_factory.mktemp("workers")
    with RunningHub(new_postgresql_database(), data=data, workers=WORKERS) as running:
        yield running


def test_numbers_of_the_feed_have_no_gap_and_a_reader_of_pages_skips_nothing(
    postgresql_place: HubPlace,
) -> None:
    """Eight writers commit as they come; a reader that follows by cursor sees each record of each."""
    database = Database(postgresql_place.database)
    writers, commits, records = 8, 25, 3
    are_done = threading.Event()

    def write(writer: int) -> None:
        for commit in range(commits):
            with database.writing() as connection:
                feed = FeedWriter(connection)
                for record in range(records):
                    feed.put(DepartmentRecord(f"{writer}-{commit}-{record}", "Groceries", record))
                feed.flush()

    def follow() -> list[str]:
        seen: list[str] = []
        cursor = ""
        while True:
            is_last = are_done.is_set()
            with database.reading() as connection:
                page = json.loads(changes_page(connection, cursor, 50, "shop-1"))
            seen += [record[1] for record in page["records"]]
            cursor = page["next_cursor"]
            if is_last and not page["more"]:
                return seen

    with ThreadPoolExecutor(writers + 1) as threads:
        reader = threads.submit(follow)
        for done in [threads.submit(write, number) for number in range(writers)]:
            done.result()
        are_done.set()
        seen = [record_id for record_id in reader.result() if record_id.count("-") == 2]
    with database.reading() as connection:
        numbers = connection.execute(text("SELECT seq FROM feed ORDER BY seq")).scalars().all()
    database.close()
    assert len(seen) == len(set(seen)) == writers * commits * records
    assert list(numbers) == list(range(numbers[0], numbers[0] + len(numbers)))


def test_a_change_taken_by_one_worker_wakes_tills_at_every_worker(
    running: RunningHub, together: Callable[..., None]
) -> None:
    with Client(running) as client:
        client.stock_shop("item_code,name,department,vat_code,price\nA,Apple,GR,Z,0.40\n")
        tills = [client.pair() for _ in range(6)]
        cursor = tills[0].page()["next_cursor"]
        answers = []

        def wait(till: TillClient) -> None:
            with client.another() as own:
                query = {"cursor": cursor, "wait_s": 20}
                answers.append(own.call("GET", "/v1/live", till.token, params=query).json()["changed"])

        def edit() -> None:
            with client.another() as own:
                assert own.admin("PATCH", "/items/A", json={"price_minor": 50}).status_code == 200

        together(*(lambda till=till: wait(till) for till in tills), edit)
        assert answers == [True] * 6


def test_a_killed_worker_takes_nothing_with_it_that_was_acknowledged(
    running: RunningHub, together: Callable[..., None], expected_logs: ExpectedLogs
) -> None:
    """Three tills send while one worker after the other is killed; each sends again what was not answered."""
    expected_logs.expect("another takes its place")
    sales, tills_count = 30, 3
    assert running.supervisor is not None
    supervisor = running.supervisor
    with Client(running) as client:
        tills = [client.pair() for _ in range(tills_count)]
        halfway = threading.Barrier(tills_count + 1)

        def send(till: TillClient) -> None:
            for number in range(sales):
                if number == sales // 2:
                    halfway.wait(TIMEOUT_S)
                till.sell(make_line(1, 100))
                until_acknowledged(till)

        def kill() -> None:
            halfway.wait(TIMEOUT_S)
            for pid in supervisor.pids:
                os.kill(pid, signal.SIGKILL)

        with ThreadPoolExecutor(tills_count + 1) as threads:
            works = [
                threads.submit(send, TillClient(client.another(), t.till_id, t.till_code, t.token))
                for t in tills
            ]
            works.append(threads.submit(kill))
            for work in works:
                work.result()
        for till in tills:
            totals = till.totals()
            assert (totals["sales"], totals["gross_minor"], totals["entries"]) == (sales, sales * 100, sales)


def until_acknowledged(till: TillClient) -> None:
    """As a till does: the same again until there is an answer."""
    while True:
        try:
            answer = till.send(till.entries[-1:])
        except requests.ConnectionError:
            continue
        if answer.status_code == 200:
            assert answer.json()["acked_through"]["seq"] >= till.entries[-1].seq
            return
        assert answer.status_code == 503, answer.text


@pytest.mark.parametrize("end", ["SIGTERM", "input"])
def test_serve_says_once_where_it_is_and_ends_all_its_workers(postgresql_place: HubPlace, end: str) -> None:
    command = [sys.executable, "-m", "till_app.hub", "serve", "--port", "0", "--workers", str(WORKERS)]
    with subprocess.Popen(
        [*command, *postgresql_place.arguments, "--until-input-ends"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        url = json.loads(process.stdout.readline())["url"]
        assert requests.get(url + "/health", timeout=TIMEOUT_S).json() == {"status": "ok"}
        children = children_of(process.pid)
        assert len(children) >= WORKERS
        if end == "input":
            assert process.stdin is not None
            process.stdin.close()
        else:
            process.send_signal(getattr(signal, end))
        rest, errors = process.stdout.read(), process.stderr.read() if process.stderr else ""
        assert process.wait(TIMEOUT_S) == 0
    assert (rest, errors) == ("", "")
    assert not any(is_alive(child) for child in children)


def test_workers_end_when_their_supervisor_is_killed(postgresql_place: HubPlace) -> None:
    command = [sys.executable, "-m", "till_app.hub", "serve", "--port", "0", "--workers", str(WORKERS)]
    with subprocess.Popen(
        [*command, *postgresql_place.arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        children = children_of(process.pid)
        process.kill()
        process.wait(TIMEOUT_S)
    waiting = threading.Event()
    while any(is_alive(child) for child in children):
        waiting.wait(0.01)


def children_of(pid: int) -> list[int]:
    listed = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=True
    )
    return [int(child) for child in listed.stdout.split()]


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def test_workers_on_sqlite_are_refused_in_words(
    sqlite_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["serve", "--database", str(sqlite_path), "--port", "0", "--workers", "2"]) == 1
    assert "need PostgreSQL, for SQLite has one writer" in capsys.readouterr().err
    assert main(["serve", "--database", str(sqlite_path), "--port", "0", "--workers", "0"]) == 1
    assert "one worker process at least" in capsys.readouterr().err
