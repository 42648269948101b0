"""Importing one file of any kind, or a folder of them in the order in which they refer to one another."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from till_app.hub.catalogue.pictures import store_picture
from till_app.hub.database import Database
from till_app.hub.imports.accepted import finish_accepted
from till_app.hub.imports.items import import_items
from till_app.hub.imports.prices import import_prices
from till_app.hub.imports.report import FileRefused, ImportReport, Tally
from till_app.hub.imports.small_files import SMALL_FILES, import_small_file
from till_app.hub.refusals import Refused

FILES = {
    "shop": "shop.csv",
    "shops": "shops.csv",
    "locations": "locations.csv",
    "vat-codes": "vat_codes.csv",
    "departments": "departments.csv",
    "items": "items.csv",
    "stock": "stock.csv",
    "price-lists": "price_lists.csv",
    "prices": "prices.csv",
    "promotions": "promotions.csv",
    "customers": "customers.csv",
    "receipt-texts": "receipt_texts.csv",
    "settings": "settings.csv",
    "quick-keys": "quick_keys.csv",
    "staff": "staff.csv",
}
"""File names by kind, in order."""
PICTURE_SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".svg")


def import_file(
    database: Database, kind: str, path: Path, now: datetime, *, dry_run: bool = False
) -> ImportReport:
    """Raises FileRefused when nothing went in, ImportUnfinished when the rest of it goes in later,
    and KeyError for an unknown kind."""
    finish_accepted(database, now)
    if kind == "items":
        return import_items(database, path, now, dry_run=dry_run)
    if kind == "prices":
        return import_prices(database, path, now, dry_run=dry_run)
    if kind in SMALL_FILES:
        return import_small_file(database, kind, path, now, dry_run=dry_run)
    raise KeyError(kind)


def import_folder(database: Database, folder: Path, now: datetime) -> Iterator[ImportReport]:
    """A report for each file that is there. Raises FileRefused, naming the file; those before it are in."""
    present = {kind: folder / name for kind, name in FILES.items() if (folder / name).is_file()}
    if not present:
        raise FileRefused(f"{folder} holds none of {', '.join(FILES.values())}.")
    for kind, path in present.items():
        if kind == "items":
            yield from _import_pictures(database, folder / "pictures")
        try:
            yield import_file(database, kind, path, now)
        except FileRefused as refused:
            raise FileRefused(f"{path}: {refused}") from refused


def _import_pictures(database: Database, folder: Path) -> Iterator[ImportReport]:
    files = sorted(path for path in folder.glob("*") if path.suffix.lower() in PICTURE_SUFFIXES)
    if not files:
        return
    tally = Tally("pictures", dry_run=False)
    for number, path in enumerate(files, start=1):
        tally.read += 1
        try:
            with database.writing() as connection:
                tally.count(store_picture(connection, path.name, path.read_bytes()).outcome)
        except Refused as reason:
            tally.refuse(number, "picture_refused", f"{path.name}: {reason}")
    yield tally.report()
