"""Importing items: rows are judged and staged in batches, then become items in one transaction.

Staging keeps memory flat and the write lock free while a large file is read; the last step either
happens wholly or not at all. The stock column says what a new item begins with: the stock of an item
that is known already moves by sales and counts only, and an import leaves it alone.
"""

from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path

from sqlalchemy import delete, select

from till_app.domain.ids import new_uuid7
from till_app.hub import tables
from till_app.hub.cells import BadCell
from till_app.hub.database import Database
from till_app.hub.feed import identity
from till_app.hub.imports.csv_file import CsvRow, open_rows
from till_app.hub.imports.item_apply import apply_staged
from till_app.hub.imports.item_rows import ITEM_COLUMNS, ItemRow, parse_item
from till_app.hub.imports.item_staging import BATCH_ROWS, refuse_taken, stage
from till_app.hub.imports.report import ImportReport, Tally


def import_items(database: Database, path: Path, now: datetime, *, dry_run: bool) -> ImportReport:
    """Raises FileRefused when nothing went in."""
    tally = Tally("items", dry_run)
    import_id = new_uuid7(now)
    with open_rows(path, ITEM_COLUMNS, tally) as rows:
        with database.reading() as connection:
            seen_version = identity(connection).catalogue_version
            department = tables.department.c
            departments = dict(connection.execute(select(department.code, department.department_id)).all())
            vat_codes = set(connection.execute(select(tables.vat_rate.c.code)).scalars())
        good = _good_rows(rows, departments, vat_codes, tally)
        try:
            staged = 0
            while batch := list(islice(good, BATCH_ROWS)):
                with database.writing() as connection:
                    staged += stage(connection, import_id, batch, now, tally)
            with database.writing() as connection:
                staged -= refuse_taken(connection, import_id, tally)
            if not dry_run:
                with database.writing() as connection:
                    apply_staged(connection, import_id, staged, seen_version, now)
        finally:
            with database.writing() as connection:
                for table in (tables.import_item, tables.import_key):
                    connection.execute(delete(table).where(table.c.import_id == import_id))
    return tally.report()


def _good_rows(
    rows: Iterator[CsvRow], departments: dict[str, str], vat_codes: set[str], tally: Tally
) -> Iterator[ItemRow]:
    for row in rows:
        try:
            yield parse_item(row, departments, vat_codes)
        except BadCell as bad:
            tally.refuse(row.line, bad.code, bad.words)
