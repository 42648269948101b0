"""The first load of a till's catalogue from a real hub, beside the same rows written by bare SQLite."""

import itertools
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from tests.benchmarks.bare_sqlite import bare_sqlite
from tests.benchmarks.catalogue import some_items
from tests.benchmarks.measure import LEAST_ROUNDS, Effort, Result, compare_rates, timed_ms
from till_app.catalogue_file.records import ITEM
from till_app.catalogue_file.text import folded_words, item_keys
from till_app.catalogue_file.values import record_of
from till_app.domain.catalogue import Item
from till_app.hub.hub import utc_now
from till_app.hub.imports.folder import import_folder
from till_app.hub.server import RunningHub
from till_app.hub.tills import new_pairing_code
from till_app.store.catalogue import SqliteCatalogue
from till_app.store.sqlite_engine import Synchronous
from till_app.sync.hub_client import HttpHubApi
from till_app.sync.pull import FIRST_LOAD_PAGE_ROWS, Pull
from till_app.wire.exchange import PairRequest

MANY, FEW, HANDFUL = 20_000, 5_000, 60
_Page = list[tuple[str, Sequence[tuple[object, ...]]]]
"""What one transaction writes: statements with their rows."""

_ITEM_COLUMNS = ("number", *ITEM.fields, "generation")
_ADD_ITEM = f"INSERT INTO item ({', '.join(_ITEM_COLUMNS)}) VALUES ({', '.join('?' for _ in _ITEM_COLUMNS)})"
_ADD_KEY = "INSERT INTO item_key (key, number) VALUES (?, ?)"
_ADD_WORDS = "INSERT INTO item_words (rowid, words) VALUES (?, ?)"


def pull_rate(effort: Effort) -> Result:
    count = effort.pick(MANY, FEW, HANDFUL)
    items = some_items(count)
    with tempfile.TemporaryDirectory() as name, _full_hub(Path(name), items) as hub:
        folder = Path(name)
        attempts = itertools.count(1)
        schema = _schema_of_a_catalogue(folder / "empty")
        pages = _bare_pages(items)

        def ours() -> float:
            target = folder / f"till-{next(attempts)}"
            target.mkdir()
            catalogue = SqliteCatalogue(target / "catalogue.sqlite")
            try:
                cost_ms = timed_ms(lambda: _pull_all(hub, catalogue))
                assert catalogue.item_count() == count
            finally:
                catalogue.close()
                shutil.rmtree(target)
            return count / cost_ms * 1000

        def limit() -> float:
            path = folder / f"bare-{next(attempts)}.sqlite"
            cost_ms = timed_ms(lambda: _write_all(path, schema, pages))
            path.unlink()
            return count / cost_ms * 1000

        return compare_rates(
            ours,
            limit,
            rounds=LEAST_ROUNDS,
            goal=5.0,
            unit="rows/s",
            note=f"first load of {count:,} items over HTTP; limit: the same rows in bare SQLite, same indexes"
            f" and full text, {FIRST_LOAD_PAGE_ROWS:,} a transaction",
        )


@contextmanager
def _full_hub(folder: Path, items: list[Item]) -> Iterator[HttpHubApi]:
    """A hub that has the items by its own import, and a paired till's connection to it."""
    source = folder / "import"
    source.mkdir()
    lines = ["item_code,name,department,vat_code,price,barcodes"]
    lines += [
        f"{item.item_code},{item.name},D,Z,{(item.price_minor or 0) / 100:.2f},{item.barcodes[0]}"
        for item in items
    ]
    for name, content in (
        ("vat_codes.csv", "code,name,rate_percent,kind\nZ,Zero,0,zero\n"),
        ("departments.csv", "code,name,position\nD,Goods,1\n"),
        ("items.csv", "\n".join(lines) + "\n"),
    ):
        (source / name).write_text(content, encoding="utf-8")
    with RunningHub(folder / "hub.sqlite") as running:
        assert running.hub is not None
        for report in import_folder(running.hub.database, source, utc_now()):
            assert not report.refused, report
        with running.hub.database.writing() as connection:
            code, _ = new_pairing_code(connection, utc_now())
        with closing(HttpHubApi(running.url, "")) as unpaired:
            token = unpaired.pair(PairRequest(code, "Till 1")).token
        with closing(HttpHubApi(running.url, token)) as hub:
            yield hub


def _pull_all(hub: HttpHubApi, catalogue: SqliteCatalogue) -> None:
    pull = Pull(hub, catalogue)
    more = True
    while more:
        _, more = pull.next_page()


def _schema_of_a_catalogue(folder: Path) -> list[str]:
    """What creates the till's own tables and indexes, so that both sides keep the same."""
    folder.mkdir()
    SqliteCatalogue(folder / "catalogue.sqlite").close()
    with closing(bare_sqlite(folder / "catalogue.sqlite", Synchronous.NORMAL)) as connection:
        statements = connection.execute(
            "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE '%_words_%'"
        )
        return [sql for (sql,) in statements]


def _bare_pages(items: list[Item]) -> list[_Page]:
    pages = []
    for start in range(0, len(items), FIRST_LOAD_PAGE_ROWS):
        numbered = list(enumerate(items[start : start + FIRST_LOAD_PAGE_ROWS], start + 1))
        page: _Page = [
            (_ADD_ITEM, [(number, *ITEM.row(record_of(item)), 1) for number, item in numbered]),
            (
                _ADD_KEY,
                [
                    (key, number)
                    for number, item in numbered
                    for key in sorted(item_keys(item.item_code, item.plu, item.barcodes))
                ],
            ),
            (_ADD_WORDS, [(number, " ".join(folded_words(item.name))) for number, item in numbered]),
        ]
        pages.append(page)
    return pages


def _write_all(path: Path, schema: list[str], pages: list[_Page]) -> None:
    with closing(bare_sqlite(path, Synchronous.NORMAL)) as connection:
        for statement in schema:
            connection.execute(statement)
        for page in pages:
            connection.execute("BEGIN IMMEDIATE")
            for statement, rows in page:
                connection.executemany(statement, rows)
            connection.execute("COMMIT")
