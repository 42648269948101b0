"""Importing files whose rows are edits, each by itself: all kinds but items and prices.

The good rows go in some at a time, so that sales never wait long for the database; a file that is cut off
by a crash is imported again. A row that is known by its code is changed and keeps its id; one that is
missing removes nothing, one that says `delete` does.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import islice
from pathlib import Path

from sqlalchemy import Connection

from till_app.hub.catalogue.editing import Editing
from till_app.hub.cells import BadCell
from till_app.hub.database import Database
from till_app.hub.feed import FeedWriter, accepted_import_id, bump_catalogue_version, lock_catalogue
from till_app.hub.imports import goods_rows, shop_rows
from till_app.hub.imports.csv_file import Columns, CsvRow, open_rows
from till_app.hub.imports.report import FileRefused, ImportReport, Tally
from till_app.hub.imports.run import Run

_ROWS_AT_ONCE = 200


class _DryRun(Exception):
    """Rolls the transaction back."""


@dataclass(frozen=True, slots=True)
class SmallFile:
    """What one kind of file has for columns, and what its rows do."""

    columns: Columns
    take_row: Callable[[Run, CsvRow], None]
    begin: Callable[[Run, Sequence[CsvRow]], None] | None = None
    """What comes before the rows that share a transaction."""
    finish: Callable[[Run], None] | None = None
    rows_at_once: int = _ROWS_AT_ONCE


def import_small_file(
    database: Database, kind: str, path: Path, now: datetime, *, dry_run: bool
) -> ImportReport:
    """Raises FileRefused when nothing went in."""
    small_file = SMALL_FILES[kind]
    tally = Tally(kind, dry_run)
    run = Run(now, tally)
    with open_rows(path, small_file.columns, tally) as rows:
        while batch := list(islice(rows, small_file.rows_at_once)):
            _edit(database, run, partial(_take_all, small_file, batch), batch[0].line)
    if small_file.finish is not None:
        _edit(database, run, small_file.finish)
    if not dry_run:
        for act in run.afterwards:
            act(database)
    return tally.report()


def _take_all(small_file: SmallFile, batch: Sequence[CsvRow], run: Run) -> None:
    if small_file.begin is not None:
        small_file.begin(run, batch)
    for row in batch:
        try:
            small_file.take_row(run, row)
        except BadCell as bad:
            run.tally.refuse(row.line, bad.code, bad.words)


def _edit(database: Database, run: Run, act: Callable[[Run], None], first_line: int | None = None) -> None:
    """One transaction of the run, which may have to begin anew; a dry run keeps nothing of it."""
    go_back = run.way_back(first_line)

    def edit(connection: Connection) -> None:
        go_back()
        lock_catalogue(connection)
        if accepted_import_id(connection) is not None:
            raise FileRefused("An import of items or prices is going in; import this file again.")
        run.edit = Editing(connection, FeedWriter(connection), run.now)
        act(run)
        if run.edit.feed.has_changes:
            bump_catalogue_version(connection)
        run.edit.feed.flush()
        if run.tally.dry_run:
            raise _DryRun

    with suppress(_DryRun):
        database.write(edit)


SMALL_FILES = {
    "shop": SmallFile(Columns(("key", "value")), shop_rows.take_shop_text, finish=shop_rows.finish_shop),
    "shops": SmallFile(
        Columns(
            ("shop_code", "name", "currency"),
            ("address", "phone", "vat_number", "receipt_header", "receipt_footer"),
        ),
        shop_rows.take_shop,
    ),
    "locations": SmallFile(
        Columns(("location_code", "name", "shop_code"), ("default",)), shop_rows.take_location
    ),
    "vat-codes": SmallFile(
        Columns(("code", "name", "rate_percent", "kind"), ("valid_from",)), goods_rows.take_vat_code
    ),
    "departments": SmallFile(Columns(("code", "name", "position"), ("delete",)), goods_rows.take_department),
    "price-lists": SmallFile(
        Columns(
            ("price_list_code", "name"),
            ("shop_code", "priority", "valid_from", "valid_until", "customers_only", "delete"),
        ),
        goods_rows.take_price_list,
    ),
    "promotions": SmallFile(
        Columns(
            ("promotion_code", "name", "kind"),
            (
                "quantity",
                "value",
                "valid_from",
                "valid_until",
                "shop_code",
                "items",
                "departments",
                "delete",
            ),
        ),
        goods_rows.take_promotion,
        rows_at_once=20,
    ),
    "customers": SmallFile(
        Columns(
            ("customer_code", "name"),
            (
                "email",
                "phone",
                "address",
                "price_list_code",
                "balance",
                "credit_limit",
                "note",
                "active",
                "delete",
            ),
        ),
        goods_rows.take_customer,
    ),
    "stock": SmallFile(
        Columns(("item_code", "stock"), ("location_code",)), goods_rows.take_stock, goods_rows.begin_stock
    ),
    "receipt-texts": SmallFile(
        Columns(("place", "position", "text"), ("valid_from", "valid_until", "shop_code", "delete")),
        shop_rows.take_receipt_text,
    ),
    "settings": SmallFile(Columns(("name", "value"), ("shop_code", "delete")), shop_rows.take_setting),
    "quick-keys": SmallFile(
        Columns(("page", "position", "item_code"), ("label", "shop_code", "delete")), shop_rows.take_quick_key
    ),
    "staff": SmallFile(
        Columns(("staff_code", "name", "role"), ("pin", "shop_code", "delete")),
        shop_rows.take_staff,
        rows_at_once=10,
    ),
}
