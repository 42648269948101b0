"""The catalogue is only a cache: damaged, emptied or of another schema, it is made anew without a word."""

import threading
from contextlib import closing
from pathlib import Path

import pytest

from tests.conftest import ExpectedLogs
from tests.store.builders import a_catalogue, item
from tests.store.test_ledger_survival import files_no_larger_than
from till_app.services.ports import CatalogueUnavailable
from till_app.store.catalogue import SqliteCatalogue
from till_app.store.database import DatabaseClosed
from till_app.store.sqlite_engine import DRIVER

EAN = "5000112637922"


def fill(catalogue: SqliteCatalogue, count: int = 500) -> None:
    catalogue.cursor()
    catalogue.apply(
        [item("i", "Milk", barcodes=(EAN,)), *(item(f"i{n}", f"X {n}") for n in range(count))], "7"
    )


def overwrite(path: Path, content: bytes = b"\xff" * 300_000) -> None:
    path.write_bytes(content)
    path.with_name(path.name + "-wal").unlink(missing_ok=True)


def in_a_new_thread(work: object) -> object:
    """With a connection that has nothing cached of the sound file."""
    results: list[object] = []
    thread = threading.Thread(target=lambda: results.append(work()))  # type: ignore[operator]
    thread.start()
    thread.join(30)
    return results[0]


@pytest.mark.parametrize("content", [b"", b"a shopping list " * 500, b"SQLite format 3\x00" + b"\xff" * 9000])
def test_a_damaged_file_never_keeps_the_till_from_opening(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "c.sqlite"
    with a_catalogue(path) as catalogue:
        fill(catalogue)
    path.write_bytes(content)
    with a_catalogue(path) as catalogue:
        assert catalogue.cursor() == ""
        assert catalogue.find(EAN) == []
        fill(catalogue)
        assert len(catalogue.find(EAN)) == 1


def test_a_file_of_another_schema_is_sold_from_and_read_anew(tmp_path: Path) -> None:
    path = tmp_path / "c.sqlite"
    with a_catalogue(path) as catalogue:
        fill(catalogue)
    with closing(DRIVER.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 999")
    with a_catalogue(path) as catalogue:
        assert catalogue.cursor() == ""
        assert len(catalogue.find(EAN)) == 1
        assert catalogue.item_count() == 501


def test_a_file_of_another_schema_that_says_nothing_is_made_anew(
    tmp_path: Path, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("nothing of the catalogue of another release can be used")
    path = tmp_path / "c.sqlite"
    with closing(DRIVER.connect(path)) as connection:
        connection.execute("CREATE TABLE item (item_id REAL, name BLOB)")
        connection.execute("INSERT INTO item VALUES (1.5, x'ff')")
        connection.commit()
    with a_catalogue(path) as catalogue:
        assert (catalogue.cursor(), catalogue.item_count()) == ("", 0)


@pytest.mark.parametrize("content", [b"\xff" * 300_000, b""])
def test_damage_in_use_is_healed_and_the_feed_starts_anew(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "c.sqlite"
    with a_catalogue(path) as catalogue:
        fill(catalogue)
        overwrite(path, content)
        assert in_a_new_thread(lambda: catalogue.find(EAN)) == []
        assert catalogue.find(EAN) == []
        assert catalogue.cursor() == ""
        fill(catalogue)
        assert [found.item_id for found in catalogue.search("mil", 5)] == ["i"]
        assert catalogue.cursor() == "7"


def test_a_page_of_the_lost_cursor_is_dropped(tmp_path: Path) -> None:
    """Applied to the empty file it would hide all pages before it."""
    path = tmp_path / "c.sqlite"
    with a_catalogue(path) as catalogue:
        fill(catalogue)
        assert catalogue.cursor() == "7"
        overwrite(path)
        in_a_new_thread(lambda: catalogue.find(EAN))
        catalogue.apply([item("late", "Late")], "8")
        assert catalogue.item("late") is None
        assert catalogue.cursor() == ""
        catalogue.apply([item("early", "Early")], "1")
        assert catalogue.cursor() == "1"


def test_many_threads_meet_the_damage_and_it_is_healed_once(tmp_path: Path) -> None:
    path = tmp_path / "c.sqlite"
    with a_catalogue(path) as catalogue:
        fill(catalogue)
        overwrite(path)
        outcomes: list[object] = []
        start = threading.Barrier(4)

        def look() -> None:
            start.wait(10)
            try:
                outcomes.append(catalogue.find(EAN))
            except BaseException as failure:
                outcomes.append(failure)

        threads = [threading.Thread(target=look) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        assert outcomes == [[], [], [], []]


def test_a_full_disk_keeps_the_page_out_and_the_cache_in(tmp_path: Path) -> None:
    path = tmp_path / "c.sqlite"
    with a_catalogue(path) as catalogue:
        fill(catalogue)
        size = max(path.stat().st_size, (tmp_path / "c.sqlite-wal").stat().st_size)
        with files_no_larger_than(size), pytest.raises(CatalogueUnavailable) as refusal:
            catalogue.apply([item(f"new{n}", f"New {n} " * 20) for n in range(3000)], "8")
        assert refusal.value.code in ("disk_full", "disk_failed")
        assert catalogue.cursor() == "7"
        assert len(catalogue.find(EAN)) == 1
        assert catalogue.item("new1") is None
        catalogue.apply([item("new1")], "8")
        assert catalogue.cursor() == "8"


def test_a_closed_catalogue_says_so(tmp_path: Path) -> None:
    catalogue = SqliteCatalogue(tmp_path / "c.sqlite")
    catalogue.close()
    catalogue.close()
    with pytest.raises(DatabaseClosed):
        catalogue.find(EAN)
