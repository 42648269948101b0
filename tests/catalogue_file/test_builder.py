"""A whole catalogue written at once: as good as one read page by page, and none the worse for a kill."""

import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.catalogue_file.records import item_record
from tests.store.builders import a_catalogue
from till_app.catalogue_file.builder import CatalogueBuilder
from till_app.catalogue_file.readiness import NotReady, items_lost, require_ready
from till_app.catalogue_file.schema import SCHEMA_VERSION
from till_app.store.sqlite_engine import DRIVER
from till_app.sync.records import to_domain
from till_app.wire.changes import CustomerRecord, Record, Tombstone

EAN = "5000112637922"
FEED: list[Record] = [
    item_record("i1", "Semi-skimmed milk", barcodes=(EAN, "MILK-2")),
    item_record("i2", "Old name"),
    item_record("i3", "Short life", barcodes=("036000291452",)),
    Tombstone("item", "i3"),
    item_record("i2", "Almond milk", barcodes=("036000291452",)),
    Tombstone("item", "i4"),
    item_record("i4", "Back again"),
    Tombstone("kind of a newer hub", "x"),
]


def built(path: Path, records: list[Record], cursor: str = "cursor-1") -> int:
    with CatalogueBuilder(path) as builder:
        builder.add(records)
        return builder.finish(cursor)


def test_a_built_file_answers_as_one_that_was_read_page_by_page(tmp_path: Path) -> None:
    assert built(tmp_path / "built.sqlite", FEED) == 3
    with (
        a_catalogue(tmp_path / "built.sqlite") as of_builder,
        a_catalogue(tmp_path / "applied.sqlite") as of_feed,
    ):
        of_feed.apply(to_domain(FEED), "cursor-1")
        assert of_builder.cursor() == of_feed.cursor() == "cursor-1"
        for code in (EAN, "MILK-2", "036000291452", "code-i1", "code-i3"):
            assert of_builder.find(code) == of_feed.find(code)
        for typed in ("mil", "semi", "old", "short", "back", "code-i", "5000"):
            assert of_builder.search(typed, 10) == of_feed.search(typed, 10)
        assert [item.name for item in of_builder.search("mil", 10)] == ["Semi-skimmed milk", "Almond milk"]


def test_a_built_file_takes_changes_like_any_other(tmp_path: Path) -> None:
    built(tmp_path / "c.sqlite", FEED)
    with a_catalogue(tmp_path / "c.sqlite") as catalogue:
        catalogue.cursor()
        catalogue.apply(to_domain([item_record("i1", "Oat drink"), Tombstone("item", "i2")]), "2")
        assert catalogue.find(EAN) == []
        assert catalogue.search("milk", 10) == []
        assert [item.item_id for item in catalogue.search("oat", 10)] == ["i1"]


def test_a_built_file_stands_alone(tmp_path: Path) -> None:
    built(tmp_path / "c.sqlite", FEED)
    assert [path.name for path in tmp_path.iterdir()] == ["c.sqlite"]
    assert require_ready(tmp_path / "c.sqlite") == "cursor-1"


def test_inactive_customers_are_kept_and_not_found_by_search(tmp_path: Path) -> None:
    def customer(customer_id: str, *, active: bool) -> CustomerRecord:
        return CustomerRecord(customer_id, customer_id, "Ann Lee", "", "", [], None, 0, 0, "", "", active)

    built(tmp_path / "c.sqlite", [customer("c1", active=True), customer("c2", active=False)])
    with a_catalogue(tmp_path / "c.sqlite") as catalogue:
        assert [found.customer_id for found in catalogue.search_customers("ann", 5)] == ["c1"]
        left = catalogue.customer("c2")
        assert left is not None
        assert not left.active


_KILLED = """
import os, signal, sys
from pathlib import Path
from tests.catalogue_file.records import item_record
from till_app.catalogue_file.builder import CatalogueBuilder
builder = CatalogueBuilder(Path(sys.argv[1]))
for page in range(5):
    builder.add([item_record(f"i{page}-{n}", "Milk " * 20) for n in range(10_000)])
    builder.checkpoint(str(page))
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is of POSIX systems")
def test_a_killed_build_goes_on_from_its_last_checkpoint(tmp_path: Path) -> None:
    path = tmp_path / "c.sqlite"
    ended = subprocess.run([sys.executable, "-c", _KILLED, str(path)], check=False, timeout=100)
    assert ended.returncode == -signal.SIGKILL
    with pytest.raises(NotReady):
        require_ready(path)
    with CatalogueBuilder(path, resume=True) as builder:
        assert builder.position == "3"
        builder.add([item_record(f"i4-{n}", "Milk") for n in range(10_000)])
        assert builder.finish("done") == 50_000
    assert require_ready(path) == "done"


@pytest.mark.parametrize("content", [b"", b"a shopping list " * 500])
def test_what_is_no_unfinished_build_is_begun_anew(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "c.sqlite"
    path.write_bytes(content)
    with CatalogueBuilder(path, resume=True) as builder:
        assert builder.position == ""
        builder.add(FEED)
        assert builder.finish("1") == 3


def test_an_unfinished_build_of_another_release_is_begun_anew(tmp_path: Path) -> None:
    path = tmp_path / "c.sqlite"
    CatalogueBuilder(path).close()
    with closing(DRIVER.connect(path, isolation_level=None)) as connection:
        connection.execute("UPDATE build_state SET schema_version = 1, position = 'far'")
    with CatalogueBuilder(path, resume=True) as builder:
        assert builder.position == ""


def change(path: Path, statement: str) -> None:
    with closing(DRIVER.connect(path, isolation_level=None)) as connection:
        connection.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        f"PRAGMA user_version = {SCHEMA_VERSION + 1}",
        "CREATE TRIGGER evil AFTER INSERT ON item BEGIN DELETE FROM price; END",
        "DROP INDEX uq_item",
    ],
)
def test_a_file_that_differs_from_this_releases_schema_is_not_ready(tmp_path: Path, statement: str) -> None:
    path = tmp_path / "c.sqlite"
    built(path, FEED)
    change(path, statement)
    with pytest.raises(NotReady):
        require_ready(path)


def test_a_damaged_or_cut_file_is_not_ready(tmp_path: Path) -> None:
    path = tmp_path / "c.sqlite"
    built(path, [item_record(f"i{n}") for n in range(2_000)])
    whole = path.read_bytes()
    for content in (whole[: len(whole) // 2], whole[:40_000] + b"\xff" * 60_000 + whole[100_000:], b""):
        path.write_bytes(content)
        with pytest.raises(NotReady):
            require_ready(path)


def test_items_that_a_new_file_lacks_are_counted(tmp_path: Path) -> None:
    old, new = tmp_path / "old.sqlite", tmp_path / "new.sqlite"
    built(new, [item_record("i1"), item_record("i9")])
    with a_catalogue(old) as catalogue:
        catalogue.apply(to_domain([item_record(f"i{n}") for n in range(5)]), "1")
        assert items_lost(old, new) == (4, 5)
    assert items_lost(old, new) == (4, 5)
