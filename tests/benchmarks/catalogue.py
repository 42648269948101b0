"""The catalogue at a hundred thousand items: look-up by barcode, and search as one types."""

import itertools
import random
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks.bare_sqlite import bare_sqlite
from tests.benchmarks.measure import Effort, Result, compare, timed_ms
from till_app.domain.catalogue import Item
from till_app.domain.gtin import check_digit
from till_app.store.catalogue import SqliteCatalogue
from till_app.store.sqlite_engine import Synchronous

if TYPE_CHECKING:
    from sqlite3 import Connection

MANY, FEW, HANDFUL = 100_000, 5_000, 60
PAGE = 1_000
_WORDS = ("milk", "bread", "tea", "oat", "rich", "dark", "mild", "fresh", "green", "gold", "farm", "sweet")


def some_items(count: int) -> list[Item]:
    """Items with names of three words and an own number, and right barcodes; always the same ones."""
    chance = random.Random(7)
    items = []
    for number in range(count):
        body = f"50{number:010d}"
        name = " ".join(chance.choice(_WORDS) for _ in range(3)).title() + f" {number}"
        items.append(
            Item(
                item_id=f"item-{number}",
                item_code=f"C{number}",
                name=name,
                description="",
                department_id="d",
                vat_code="Z",
                price_minor=chance.randrange(50, 2000),
                barcodes=(body + check_digit(body),),
            )
        )
    return items


def _filled(folder: Path, items: list[Item]) -> SqliteCatalogue:
    catalogue = SqliteCatalogue(folder / "catalogue.sqlite")
    for start in range(0, len(items), PAGE):
        catalogue.apply(items[start : start + PAGE], f"e:{start + PAGE}")
    return catalogue


def look_up(effort: Effort) -> Result:
    items = some_items(effort.pick(MANY, FEW, HANDFUL))
    with tempfile.TemporaryDirectory() as folder:
        catalogue = _filled(Path(folder), items)
        bare = _bare_items(Path(folder) / "bare.sqlite", items)
        chance = random.Random(3)

        def code() -> str:
            return chance.choice(items).barcodes[0].zfill(14)

        def ours() -> float:
            asked = code()
            return timed_ms(lambda: catalogue.find(asked)) * 1000

        def limit() -> float:
            asked = code()
            return timed_ms(lambda: bare.execute(_BARE_LOOK_UP, (asked,)).fetchall()) * 1000

        try:
            return compare(
                ours,
                limit,
                rounds=effort.rounds,
                per_round=effort.pick(3_000, 500, 2),
                goal=20.0,
                unit="µs",
                note=f"barcode to item among {len(items):,}; limit: one bare SQLite look-up of 12 columns",
            )
        finally:
            bare.close()
            catalogue.close()


def search(effort: Effort) -> Result:
    items = some_items(effort.pick(MANY, FEW, HANDFUL))
    queries = itertools.cycle(["mi", "bre", "gold f", "dark ric", "te", "fresh", "swe", "oat mi"])
    with tempfile.TemporaryDirectory() as folder:
        catalogue = _filled(Path(folder), items)
        bare = _bare_items(Path(folder) / "bare.sqlite", items)
        _add_bare_words(bare, items)

        def ours() -> float:
            typed = next(queries)
            return timed_ms(lambda: catalogue.search(typed, 50))

        def limit() -> float:
            expression = " ".join(f'"{word}"*' for word in next(queries).split())
            return timed_ms(lambda: bare.execute(_BARE_SEARCH, (expression,)).fetchall())

        try:
            return compare(
                ours,
                limit,
                rounds=effort.rounds,
                per_round=effort.pick(200, 40, 2),
                goal=10.0,
                unit="ms",
                note=f"first 50 of {len(items):,}; limit: bare full text in rank order and its whole rows",
            )
        finally:
            bare.close()
            catalogue.close()


_BARE_LOOK_UP = "SELECT item.* FROM key JOIN item ON item.id = key.item WHERE key.code = ?"
_BARE_SEARCH = """
    SELECT item.* FROM (SELECT rowid FROM words WHERE words MATCH ? ORDER BY rowid LIMIT 50) AS hit
    JOIN item ON item.id = hit.rowid
"""


def _bare_items(path: Path, items: list[Item]) -> "Connection":
    connection = bare_sqlite(path, Synchronous.NORMAL)
    columns = ", ".join(f"c{number}" for number in range(11))
    connection.execute(f"CREATE TABLE item (id INTEGER PRIMARY KEY, {columns})")
    connection.execute("CREATE TABLE key (code TEXT, item INTEGER, PRIMARY KEY (code, item)) WITHOUT ROWID")
    connection.execute("BEGIN")
    connection.executemany(
        f"INSERT INTO item VALUES (?, {', '.join('?' * 11)})",
        ((number, item.name, *[number] * 10) for number, item in enumerate(items)),
    )
    connection.executemany(
        "INSERT INTO key VALUES (?, ?)", ((item.barcodes[0].zfill(14), n) for n, item in enumerate(items))
    )
    connection.execute("COMMIT")
    return connection


def _add_bare_words(connection: "Connection", items: list[Item]) -> None:
    connection.execute(
        "CREATE VIRTUAL TABLE words USING fts5(name, content='', prefix='1 2 3', detail=column)"
    )
    connection.execute("BEGIN")
    connection.executemany(
        "INSERT INTO words (rowid, name) VALUES (?, ?)", ((n, item.name) for n, item in enumerate(items))
    )
    connection.execute("INSERT INTO words (words) VALUES ('optimize')")
    connection.execute("COMMIT")
