"""Opening a ledger: refuse what is damaged or newer than this program, copy what is older and migrate it."""

import logging
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from till_app.store.database import Database
from till_app.store.sqlite_engine import Fault, fault_of, is_sound

log = logging.getLogger(__name__)

REVISIONS = ("0001", "0002", "0003", "0004")
"""All that this program knows, oldest first. Alembic, slow to import, is only asked when one is missing."""
RECOVER_ADVICE = (
    "start the till with --recover: it keeps the file and takes from it, and from the hub, all there is"
)
MIGRATIONS = Path(__file__).parent / "migrations"


class LedgerTooNew(Exception):
    """A newer program has written this ledger."""


class LedgerDamaged(Exception):
    """The file fails SQLite's check. It is left as it is."""


class LedgerInUse(Exception):
    """Another till program has this ledger open."""


def prepare(database: Database) -> None:
    """Check the file and bring it to this program's schema.

    Raises LedgerTooNew, LedgerDamaged, and sqlalchemy.exc.DBAPIError when the disk fails.
    """
    try:
        with database.reading() as connection:
            sound = is_sound(connection)
            revision = _revision_of(connection)
    except DBAPIError as error:
        if fault_of(error) is not Fault.DAMAGED:
            raise
        raise LedgerDamaged(_damaged(database)) from error
    if not sound:
        raise LedgerDamaged(_damaged(database))
    if revision == REVISIONS[-1]:
        return
    if revision is not None and revision not in REVISIONS:
        raise LedgerTooNew(
            f"{database.path.name} was written by a newer version of this program (schema {revision}, "
            f"known up to {REVISIONS[-1]}). Install that version again; the file was not touched."
        )
    if revision is not None:
        _copy(database, database.path.with_name(f"{database.path.name}.before-{REVISIONS[-1]}"))
    _migrate(database)


def _damaged(database: Database) -> str:
    return f"{database.path.name} is damaged. It was not changed; {RECOVER_ADVICE}."


def _revision_of(connection: Connection) -> str | None:
    """None for a new file."""
    table = connection.exec_driver_sql("SELECT 1 FROM sqlite_schema WHERE name = 'alembic_version'")
    if table.scalar() is None:
        return None
    return str(connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar())


def _copy(database: Database, target: Path) -> None:
    """A whole copy aside, taken anew when an earlier attempt left one."""
    target.unlink(missing_ok=True)
    database.copy_to(target)
    log.info("copied %s to %s before migrating it", database.path.name, target.name)


def _migrate(database: Database) -> None:
    from alembic import command
    from alembic.config import Config

    with database.writing() as connection:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.commit()
