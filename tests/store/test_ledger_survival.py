"""What the ledger holds after kill -9, a full disk, and hands that reach for what is written."""

import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

from tests.conftest import ExpectedLogs
from tests.store.builders import a_ledger, assert_chain, journal_of, sell
from tests.store.dying_till import STATEMENTS
from till_app.services.ports import LedgerUnavailable
from till_app.store.ledger import SqliteLedger
from till_app.store.sqlite_engine import DRIVER


def test_a_sale_is_wholly_there_or_wholly_absent_wherever_the_till_is_killed(tmp_path: Path) -> None:
    original = tmp_path / "ledger.sqlite"
    with a_ledger(original) as ledger:
        sell(ledger, "sale-1")
        sell(ledger, "sale-2")
    copies = [tmp_path / f"{step}.sqlite" for step in range(1, STATEMENTS + 3)]
    for copy in copies:
        shutil.copy(original, copy)
    subprocess.run(
        [sys.executable, "-m", "tests.store.dying_till", *map(str, copies)], check=True, timeout=90
    )
    was_kept = []
    for copy in copies:
        with a_ledger(copy) as ledger:
            entries = journal_of(ledger)
            is_there = ledger.sale("the last sale") is not None
            was_kept.append(is_there)
            assert_chain(entries)
            assert len(entries) == 3 + is_there
            assert len(ledger.open_jobs()) == 2 + is_there
            assert ledger.grand_total_minor() == 165 * (2 + is_there)
            assert sell(ledger, "next sale").counter == 3 + is_there
            assert [sale.counter for sale in ledger.latest_sales(9)][::-1] == list(range(1, 4 + is_there))
    assert was_kept == [False] * (STATEMENTS + 1) + [True]


@contextmanager
def files_no_larger_than(size_bytes: int) -> Iterator[None]:
    """The operating system cuts off writes beyond that, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def a_ledger_of_at_most_pages(path: Path, pages: int) -> Iterator[tuple[SqliteLedger, list[Any]]]:
    """SQLite itself says that the disk is full then; with the connections, to lift the limit."""
    connections: list[Any] = []

    def limit(connection: Any, _entry: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {pages}").close()
        connections.append(connection)

    event.listen(Engine, "connect", limit)
    try:
        with a_ledger(path) as ledger:
            yield ledger, connections
    finally:
        event.remove(Engine, "connect", limit)


def sell_for_ever(ledger: SqliteLedger) -> None:
    for number in count(1):
        sell(ledger, f"sale-{number}")


def test_a_full_disk_keeps_nothing_of_a_sale_and_there_is_no_gap_after_it(tmp_path: Path) -> None:
    with a_ledger_of_at_most_pages(tmp_path / "ledger.sqlite", 80) as (ledger, connections):
        with pytest.raises(LedgerUnavailable) as refusal:
            sell_for_ever(ledger)
        sold = len(ledger.latest_sales(1000))
        assert refusal.value.code == "disk_full"
        assert sold > 10
        assert ledger.sale(f"sale-{sold + 1}") is None
        assert len(ledger.open_jobs()) == sold
        assert ledger.grand_total_minor() == 165 * sold
        for connection in connections:
            connection.execute("PRAGMA max_page_count = 100000").close()
        assert sell(ledger, "with space again").counter == sold + 1
        assert_chain(journal_of(ledger))


@pytest.mark.parametrize("room_bytes", [1_000, 6_000, 20_000])
def test_a_failing_disk_keeps_nothing_of_a_sale_and_the_next_one_works(
    tmp_path: Path, room_bytes: int
) -> None:
    with a_ledger(tmp_path / "ledger.sqlite") as ledger:
        sell(ledger, "sale-1")
        wal_bytes = (tmp_path / "ledger.sqlite-wal").stat().st_size
        with files_no_larger_than(wal_bytes + room_bytes), pytest.raises(LedgerUnavailable) as refusal:
            sell(ledger, "sale-2")
        assert refusal.value.code == "disk_failed"
        assert ledger.sale("sale-2") is None
        assert ledger.grand_total_minor() == 165
        assert sell(ledger, "sale-3").counter == 2
        assert_chain(journal_of(ledger))
    with a_ledger(tmp_path / "ledger.sqlite") as ledger:
        assert [sale.uuid for sale in ledger.latest_sales(9)] == ["sale-3", "sale-1"]


def test_a_checkpoint_that_fails_is_logged_and_loses_nothing(
    tmp_path: Path, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("could not be copied into it")
    with a_ledger(tmp_path / "ledger.sqlite") as ledger:
        for number in range(20):
            sell(ledger, f"sale-{number}")
        with files_no_larger_than(8_192):
            ledger.checkpoint()
        assert sell(ledger, "sale-after").counter == 21
        ledger.checkpoint()
    with a_ledger(tmp_path / "ledger.sqlite") as ledger:
        assert len(ledger.latest_sales(100)) == 21
        assert_chain(journal_of(ledger))


def tamper(path: Path, statement: str) -> str:
    """Another program writes into the file; what it is told."""
    with closing(DRIVER.connect(path)) as connection:
        connection.execute("PRAGMA recursive_triggers = ON")
        with pytest.raises(DRIVER.IntegrityError) as refusal:
            connection.execute(statement)
        return str(refusal.value)


@pytest.mark.parametrize("table", ["journal", "sale", "sale_line", "sale_tender", "drawer_movement"])
def test_what_is_written_never_changes_and_never_goes(tmp_path: Path, table: str) -> None:
    path = tmp_path / "ledger.sqlite"
    with a_ledger(path) as ledger:
        sell(ledger, "sale-1")
    with closing(DRIVER.connect(path)) as connection:
        column = connection.execute(f"SELECT * FROM {table}").description[0][0]
    assert "append-only" in tamper(path, f"UPDATE {table} SET {column} = {column}")
    assert "keeps what it has" in tamper(path, f"DELETE FROM {table}")
    assert "keeps what it has" in tamper(path, f"REPLACE INTO {table} SELECT * FROM {table}")


@pytest.mark.parametrize("number", ["receipt_counter", "z_number", "session_number"])
def test_numbers_of_the_till_never_go_back(tmp_path: Path, number: str) -> None:
    path = tmp_path / "ledger.sqlite"
    with a_ledger(path):
        pass
    assert "never go back" in tamper(path, f"UPDATE till_state SET {number} = -1")


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(LedgerUnavailable) as refusal:
        SqliteLedger(tmp_path)  # a folder
    assert refusal.value.code == "disk_failed"


def test_what_a_full_disk_left_unsettled_at_the_start_does_not_print_by_itself_later(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    with a_ledger(path) as ledger:
        sell(ledger, "sale-1")
        with files_no_larger_than(0), pytest.raises(LedgerUnavailable):
            ledger.settle_after_start("2100-01-01T00:00:00.000000Z")
        with files_no_larger_than(0), pytest.raises(LedgerUnavailable):
            ledger.next_job("receipt_printer")
        assert ledger.next_job("receipt_printer") is None
        assert [job.is_held for job in ledger.open_jobs()] == [True]
