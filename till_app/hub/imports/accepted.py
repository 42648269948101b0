"""Files that go in as a whole: accepted in one small transaction, then brought in part by part.

Accepting is the moment at which a file is in. From there on it only goes forward: a part becomes rows and
its staged rows go away in one transaction, so that a till's sales wait for the write lock no longer than
one part takes. After a crash whoever opens the hub next goes on with the rows that are left. Until the last
one is in, nothing else may edit the catalogue.
"""

from datetime import datetime

from sqlalchemy import delete, func, insert, select

from till_app.domain.times import to_text
from till_app.hub import tables
from till_app.hub.database import Database
from till_app.hub.feed import accepted_import_id, bump_catalogue_version, identity, lock_catalogue
from till_app.hub.imports.item_apply import bring_in_items
from till_app.hub.imports.item_staging import STAGING_TABLES
from till_app.hub.imports.parts import discard
from till_app.hub.imports.price_apply import bring_in_prices
from till_app.hub.imports.report import FileRefused

STAGED_IN = {"items": tables.import_item, "prices": tables.import_price}
"""By kind of file, where its rows wait."""
_BRING_IN = {"items": bring_in_items, "prices": bring_in_prices}
_STAGING_TABLES = (*STAGING_TABLES, tables.import_price)


def accept(
    database: Database, kind: str, import_id: str, staged: int, seen_version: int, now: datetime
) -> None:
    """Raises FileRefused when the catalogue is not the one that the rows were judged against."""
    source = STAGED_IN[kind]
    with database.writing() as connection:
        lock_catalogue(connection)
        count = connection.execute(
            select(func.count()).select_from(source).where(source.c.import_id == import_id)
        ).scalar_one()
        is_same_catalogue = identity(connection).catalogue_version == seen_version
        if not is_same_catalogue or count != staged or accepted_import_id(connection) is not None:
            raise FileRefused(
                "Somebody changed the catalogue while the file was read."
                " Nothing was imported; import it again."
            )
        if staged:
            bump_catalogue_version(connection)
            connection.execute(
                insert(tables.accepted_import).values(
                    import_id=import_id, accepted_at=to_text(now), kind=kind
                )
            )


def finish_accepted(database: Database, now: datetime) -> None:
    """Bring in what is left of an accepted import; two that do so at the same time share the work."""
    accepted = tables.accepted_import.c
    with database.reading() as connection:
        row = connection.execute(select(accepted.import_id, accepted.kind)).first()
    if row is None:
        return
    _BRING_IN[row.kind](database, row.import_id, now)
    with database.writing() as connection:
        connection.execute(delete(tables.accepted_import).where(accepted.import_id == row.import_id))
        bump_catalogue_version(connection)
    # Ids follow time: what an earlier import left behind belongs to a crash, or will be refused.
    for table in _STAGING_TABLES:
        discard(database, table, table.c.import_id <= row.import_id)
