"""`python -m tests.benchmarks.bare_rows ITEMS FILE`: milliseconds of writing a catalogue's rows, no more.

The limit of a load by pages: the rows are ready before, and the priority is that of the till's own process.
"""

import sys
from contextlib import closing
from pathlib import Path

from tests.benchmarks.bare_sqlite import bare_sqlite
from tests.benchmarks.catalogue import some_items
from tests.benchmarks.measure import timed_ms
from till_app.catalogue_file.records import ITEM
from till_app.catalogue_file.schema import creation_statements
from till_app.catalogue_file.text import folded_words, item_keys
from till_app.catalogue_file.values import record_of
from till_app.first_load.priority import step_back, step_back_further
from till_app.store.sqlite_engine import Synchronous

_PAGE = 5_000
_ITEM_COLUMNS = ("number", *ITEM.fields, "generation")
_ADD_ITEM = f"INSERT INTO item ({', '.join(_ITEM_COLUMNS)}) VALUES ({', '.join('?' for _ in _ITEM_COLUMNS)})"
_ADD_KEY = "INSERT INTO item_key (key, number) VALUES (?, ?)"
_ADD_WORDS = "INSERT INTO item_words (rowid, words) VALUES (?, ?)"

Page = list[tuple[str, list[tuple[object, ...]]]]
"""What one transaction writes: statements with their rows."""


def pages_of(items: int) -> list[Page]:
    every = list(enumerate(some_items(items), 1))
    return [
        [
            (_ADD_ITEM, [(number, *ITEM.row(record_of(item)), 1) for number, item in page]),
            (
                _ADD_KEY,
                [
                    (key, number)
                    for number, item in page
                    for key in sorted(item_keys(item.item_code, item.plu, item.barcodes))
                ],
            ),
            (_ADD_WORDS, [(number, " ".join(folded_words(item.name))) for number, item in page]),
        ]
        for page in (every[start : start + _PAGE] for start in range(0, items, _PAGE))
    ]


def write_all(path: Path, pages: list[Page]) -> None:
    with closing(bare_sqlite(path, Synchronous.NORMAL)) as connection:
        for statement in creation_statements():
            connection.execute(statement)
        for page in pages:
            connection.execute("BEGIN IMMEDIATE")
            for statement, rows in page:
                connection.executemany(statement, rows)
            connection.execute("COMMIT")


if __name__ == "__main__":
    step_back()
    step_back_further()
    pages = pages_of(int(sys.argv[1]))
    sys.stdout.write(str(timed_ms(lambda: write_all(Path(sys.argv[2]), pages))))
