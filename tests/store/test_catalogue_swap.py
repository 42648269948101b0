"""A ready file takes the catalogue's place in one step: whole, or not at all, and while the till sells."""

import threading
from contextlib import closing
from pathlib import Path

import pytest

from tests.catalogue_file.records import item_record
from tests.store.builders import a_catalogue, item
from till_app.catalogue_file.builder import CatalogueBuilder
from till_app.catalogue_file.readiness import require_ready
from till_app.services.ports import CatalogueUnavailable
from till_app.store.catalogue import SqliteCatalogue
from till_app.store.sqlite_engine import DRIVER

EAN = "5000112637922"


def a_ready_file(path: Path, price_minor: int = 999, cursor: str = "snapshot") -> Path:
    with CatalogueBuilder(path) as builder:
        builder.add([item_record("i", "Snapshot milk", price_minor=price_minor, barcodes=(EAN,))])
        builder.finish(cursor)
    return path


def sold_from(catalogue: SqliteCatalogue) -> None:
    catalogue.cursor()
    catalogue.apply([item("i", "Milk", barcodes=(EAN,), price_minor=165), item("old")], "7")


def prices(catalogue: SqliteCatalogue) -> list[int | None]:
    return [found.price_minor for found in catalogue.find(EAN)]


def test_the_new_file_is_there_with_its_cursor_and_without_a_log_of_the_old(tmp_path: Path) -> None:
    path = tmp_path / "c.sqlite"
    with a_catalogue(path) as catalogue:
        sold_from(catalogue)
        ready = a_ready_file(tmp_path / "ready.sqlite")
        catalogue.swap_in(ready)
        assert (catalogue.cursor(), prices(catalogue), catalogue.item("old")) == ("snapshot", [999], None)
        assert not ready.exists()
        catalogue.apply([item("i2", "Oats")], "8")
        assert catalogue.search("oats", 5)[0].item_id == "i2"
    with a_catalogue(path) as catalogue:
        assert (catalogue.cursor(), prices(catalogue)) == ("8", [999])
    assert require_ready(path) == "8"


def test_pictures_and_what_is_kept_in_memory_follow(tmp_path: Path) -> None:
    with a_catalogue(tmp_path / "c.sqlite") as catalogue:
        sold_from(catalogue)
        assert catalogue.promotions() == ()
        sha256 = "a665a45920422f9d417e4867efdc4fb8a04a1f3fff1fa07e998e86f7f7a27ae3"
        catalogue.add_picture(sha256, b"123")
        catalogue.swap_in(a_ready_file(tmp_path / "ready.sqlite"))
        assert catalogue.picture(sha256) == b"123"


def test_a_page_of_the_old_cursor_is_dropped(tmp_path: Path) -> None:
    with a_catalogue(tmp_path / "c.sqlite") as catalogue:
        sold_from(catalogue)
        catalogue.cursor()
        catalogue.swap_in(a_ready_file(tmp_path / "ready.sqlite"))
        catalogue.apply([item("late")], "8")
        assert (catalogue.item("late"), catalogue.cursor()) == (None, "snapshot")


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:20_000])


def _of_another_schema(path: Path) -> None:
    with closing(DRIVER.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 1")


def _unfinished(path: Path) -> None:
    CatalogueBuilder(path).close()


def _no_database(path: Path) -> None:
    path.write_bytes(b"a shopping list " * 500)


@pytest.mark.parametrize("spoil", [_cut, _of_another_schema, _unfinished, _no_database])
def test_what_is_not_fit_is_refused_and_nothing_changes(tmp_path: Path, spoil: object) -> None:
    with a_catalogue(tmp_path / "c.sqlite") as catalogue:
        sold_from(catalogue)
        ready = a_ready_file(tmp_path / "ready.sqlite")
        assert callable(spoil)
        spoil(ready)
        with pytest.raises(ValueError, match=r"ready\.sqlite"):
            catalogue.swap_in(ready)
        assert (catalogue.cursor(), prices(catalogue)) == ("7", [165])
        catalogue.apply([item("i2")], "8")
        assert catalogue.cursor() == "8"


def test_a_disk_that_refuses_leaves_the_old_catalogue_in_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with a_catalogue(tmp_path / "c.sqlite") as catalogue:
        sold_from(catalogue)
        ready = a_ready_file(tmp_path / "ready.sqlite")

        def refuse(_self: Path, _target: Path) -> Path:
            raise PermissionError("in use")

        with monkeypatch.context() as patched:
            patched.setattr(Path, "replace", refuse)
            with pytest.raises(CatalogueUnavailable):
                catalogue.swap_in(ready)
        assert (catalogue.cursor(), prices(catalogue), ready.exists()) == ("7", [165], True)
        catalogue.swap_in(ready)
        assert prices(catalogue) == [999]


def test_at_every_file_operation_a_crash_leaves_one_whole_file_without_a_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The moment before and after the new file takes the name: the old one's log must be in it already."""
    path = tmp_path / "c.sqlite"
    seen: list[list[str]] = []
    with a_catalogue(path) as catalogue:
        sold_from(catalogue)
        ready = a_ready_file(tmp_path / "ready.sqlite")
        really_replace = Path.replace

        def watched(self: Path, target: Path) -> Path:
            seen.append(sorted(each.name for each in tmp_path.iterdir()))
            assert require_ready(path) == "7"
            replaced = really_replace(self, target)
            seen.append(sorted(each.name for each in tmp_path.iterdir()))
            assert require_ready(path) == "snapshot"
            return replaced

        with monkeypatch.context() as patched:
            patched.setattr(Path, "replace", watched)
            catalogue.swap_in(ready)
    assert seen == [["c.sqlite", "ready.sqlite"], ["c.sqlite"]]


def test_a_file_on_another_disk_is_copied_beside_the_catalogue_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "c.sqlite"
    with a_catalogue(path) as catalogue:
        sold_from(catalogue)
        ready = a_ready_file(tmp_path / "ready.sqlite")
        monkeypatch.setattr("till_app.store.catalogue_database._are_on_one_disk", lambda _one, _other: False)
        catalogue.swap_in(ready)
        assert prices(catalogue) == [999]
        assert not ready.exists()
        assert not (tmp_path / "c.sqlite.incoming").exists()


def test_look_ups_go_on_during_swaps(tmp_path: Path) -> None:
    """Each sees the old catalogue or a new one, whole; a thread's own connection follows by itself."""
    with a_catalogue(tmp_path / "c.sqlite") as catalogue:
        sold_from(catalogue)
        seen: list[list[int | None]] = []
        failures: list[BaseException] = []
        is_done = threading.Event()
        started = threading.Event()

        def look() -> None:
            try:
                while not is_done.is_set():
                    seen.append(prices(catalogue))
                    started.set()
            except BaseException as failure:
                failures.append(failure)
                started.set()

        readers = [threading.Thread(target=look) for _ in range(2)]
        for reader in readers:
            reader.start()
        assert started.wait(30)
        for number in range(5):
            catalogue.swap_in(a_ready_file(tmp_path / "ready.sqlite", price_minor=number))
        is_done.set()
        for reader in readers:
            reader.join(30)
        assert failures == []
        assert {tuple(each) for each in seen} <= {(165,), (0,), (1,), (2,), (3,), (4,)}
        assert prices(catalogue) == [4]


_VERSION_1 = """
    CREATE TABLE item (number INTEGER PRIMARY KEY, item_id TEXT NOT NULL UNIQUE, item_code TEXT NOT NULL,
        name TEXT NOT NULL, description TEXT NOT NULL, department_id TEXT NOT NULL, vat_code TEXT NOT NULL,
        price_minor INTEGER, unit TEXT NOT NULL, plu TEXT, barcodes TEXT NOT NULL,
        minimum_age INTEGER NOT NULL, picture TEXT, blocked INTEGER NOT NULL, generation INTEGER NOT NULL);
    INSERT INTO item VALUES (1, 'i', 'C1', 'Milk', '', 'd', 'Z', 165, 'each', NULL, '["5000112637922"]', 0,
        NULL, 0, 3);
    CREATE TABLE stock (item_id TEXT NOT NULL PRIMARY KEY, quantity_milli INTEGER NOT NULL,
        as_of TEXT NOT NULL, generation INTEGER NOT NULL);
    INSERT INTO stock VALUES ('i', 4000, '2026-11-24T09:00:00.000000Z', 3);
    CREATE TABLE vat_rate (code TEXT NOT NULL PRIMARY KEY, name TEXT NOT NULL, kind TEXT NOT NULL,
        rate_bp INTEGER NOT NULL, generation INTEGER NOT NULL);
    INSERT INTO vat_rate VALUES ('Z', 'Zero', 'zero', 0, 3);
    PRAGMA user_version = 1;
"""


def test_an_older_releases_catalogue_is_sold_from_until_the_feed_was_read_again(tmp_path: Path) -> None:
    path = tmp_path / "c.sqlite"
    with closing(DRIVER.connect(path)) as connection:
        connection.executescript(_VERSION_1)
    with a_catalogue(path) as catalogue:
        assert (catalogue.cursor(), prices(catalogue)) == ("", [165])
        assert [found.item_id for found in catalogue.search("mil", 5)] == ["i"]
        level, rate = catalogue.stock("i"), catalogue.vat_rate("Z")
        assert level is not None
        assert rate is not None
        assert (level.quantity_milli, rate.rate_bp, rate.changes) == (4_000, 0, ())
        catalogue.begin_again()
        catalogue.apply([item("new")], "1")
        catalogue.end_again()
        assert (catalogue.item_count(), catalogue.vat_rate("Z")) == (1, None)
