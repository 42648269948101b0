"""Importing items: rows are judged and staged in batches, then accepted together and brought in.

Staging keeps memory flat and the write lock free while a large file is read; see `accepted` for what
comes after. The stock column says what a new item begins with: the stock of an item that is known
already moves by sales and counts only, and an import leaves it alone.
"""

from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from till_app.domain.ids import new_uuid7
from till_app.hub import tables
from till_app.hub.cells import BadCell
from till_app.hub.database import Database
from till_app.hub.feed import identity
from till_app.hub.imports.accepted import accept, finish_accepted
from till_app.hub.imports.csv_file import CsvRow, open_rows
from till_app.hub.imports.item_rows import ITEM_COLUMNS, ItemRow, parse_item
from till_app.hub.imports.item_staging import BATCH_ROWS, STAGING_TABLES, refuse_taken, stage
from till_app.hub.imports.parts import discard
from till_app.hub.imports.report import ImportReport, ImportUnfinished, Tally


def import_items(database: Database, path: Path, now: datetime, *, dry_run: bool) -> ImportReport:
    """Raises FileRefused when nothing went in, ImportUnfinished when the rest will go in later."""
    tally = Tally("items", dry_run)
    import_id = new_uuid7(now)
    with open_rows(path, ITEM_COLUMNS, tally) as rows:
        with database.reading() as connection:
            seen_version = identity(connection).catalogue_version
            department = tables.department.c
            departments = dict(connection.execute(select(department.code, department.department_id)).all())
            vat_codes = set(connection.execute(select(tables.vat_rate.c.code)).scalars())
        good = _good_rows(rows, departments, vat_codes, tally)
        is_accepted = False
        try:
            staged = 0
            while batch := list(islice(good, BATCH_ROWS)):
                with database.writing() as connection:
                    staged += stage(connection, import_id, batch, now, tally)
            staged -= refuse_taken(database, import_id, tally)
            if not dry_run:
                accept(database, "items", import_id, staged, seen_version, now)
                is_accepted = staged > 0
        finally:
            if not is_accepted:
                for table in STAGING_TABLES:
                    discard(database, table, table.c.import_id == import_id)
    if is_accepted:
        finish(database, now)
    return tally.report()


def finish(database: Database, now: datetime) -> None:
    """Bring in an accepted file. Raises ImportUnfinished."""
    try:
        finish_accepted(database, now)
    except SQLAlchemyError as error:
        raise ImportUnfinished(
            "The file was accepted, but the hub failed while its rows went in. The rest goes in when the"
            " hub is started again, or with the next import."
        ) from error


def _good_rows(
    rows: Iterator[CsvRow], departments: dict[str, str], vat_codes: set[str], tally: Tally
) -> Iterator[ItemRow]:
    for row in rows:
        try:
            yield parse_item(row, departments, vat_codes)
        except BadCell as bad:
            tally.refuse(row.line, bad.code, bad.words)
