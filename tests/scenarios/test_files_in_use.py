"""Two connections on the SQLite that is shipped, and a reader that does not let go of the log."""

import threading
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.scenarios.lane import Lane
from tests.store.builders import a_fact, a_ledger, assert_chain, journal_of
from till_app.store.sqlite_engine import DRIVER, OLDEST_SQLITE

WRITES = 400
MOST_LOG_BYTES = 64_000_000
USUAL_LOG_BYTES = 6_000_000


def _connect(path: Path) -> Any:
    connection = DRIVER.connect(path, isolation_level=None, timeout=30)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    return connection


def _write_and_checkpoint(path: Path, who: int, errors: list[BaseException]) -> None:
    try:
        with closing(_connect(path)) as connection:
            for number in range(WRITES):
                connection.execute("BEGIN IMMEDIATE")
                connection.execute("INSERT INTO t VALUES (?, ?, ?)", (who, number, "x" * 2_000))
                connection.execute("COMMIT")
                if number % 7 == who:
                    mode = ("PASSIVE", "RESTART", "TRUNCATE")[number % 3]
                    connection.execute(f"PRAGMA wal_checkpoint({mode})").fetchall()
    except BaseException as error:
        errors.append(error)


def test_two_connections_that_write_and_checkpoint_at_once_damage_nothing(tmp_path: Path) -> None:
    """As SQLite before 3.51.3 could: https://sqlite.org/wal.html#walresetbug"""
    assert DRIVER.sqlite_version_info >= OLDEST_SQLITE
    path = tmp_path / "both.sqlite"
    with closing(_connect(path)) as connection:
        connection.execute("CREATE TABLE t (who INTEGER, number INTEGER, content TEXT)")
    errors: list[BaseException] = []
    threads = [threading.Thread(target=_write_and_checkpoint, args=(path, who, errors)) for who in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    with closing(_connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        counted = connection.execute("SELECT who, count(DISTINCT number) FROM t GROUP BY who").fetchall()
        assert counted == [(0, WRITES), (1, WRITES)]


def test_the_log_is_small_again_after_a_reader_that_held_it_for_long(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    log = tmp_path / "ledger.sqlite-wal"
    with a_ledger(path) as ledger:
        with closing(DRIVER.connect(path, isolation_level=None)) as reader:
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM journal").fetchone()
            for _ in range(30):
                with ledger.write() as write:
                    write.record(a_fact(body=b"x" * 400_000))
                    write.commit()
            held = log.stat().st_size
            reader.execute("COMMIT")
        assert USUAL_LOG_BYTES < held < MOST_LOG_BYTES
        for _ in range(3):
            with ledger.write() as write:
                write.record(a_fact(body=b"y"))
                write.commit()
        assert log.stat().st_size < USUAL_LOG_BYTES
        entries = journal_of(ledger)
        assert_chain(entries)
        assert sum(len(entry.body) > 1_000 for entry in entries) == 30


def test_an_exchange_leaves_no_log_behind_it_that_grows(sqlite_lane: Lane) -> None:
    lane = sqlite_lane
    log = lane.folder / "catalogue.sqlite-wal"
    for price_minor in range(1, 60):
        lane.site.set_price("MILK", price_minor)
        lane.round()
    lane.settle()
    assert log.stat().st_size < USUAL_LOG_BYTES
