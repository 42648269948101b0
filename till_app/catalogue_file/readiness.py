"""Telling, before it is used, whether a file is a whole catalogue of this release's schema."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pysqlite3.dbapi2

from till_app.catalogue_file.version import SCHEMA_VERSION

_DRIVER: Any = pysqlite3.dbapi2
_Connection = Any
"""Of the driver, which has no types."""


class NotReady(ValueError):
    """The file is damaged, of another schema, or was not finished. In the words: which."""


def require_ready(path: Path, *, is_checked: bool = False) -> str:
    """The feed's cursor that the file stands at. Raises NotReady, OSError.

    Reads all of the file, unless it `is_checked`: whoever wrote it has just compared its hash.
    """
    with _read_only(path) as connection:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version != SCHEMA_VERSION:
            raise NotReady(f"{path.name} is of schema {version}, not {SCHEMA_VERSION}")
        if _parts(connection) != _parts_of_this_release():
            raise NotReady(f"{path.name} has other tables than schema {version}")
        if not is_checked:
            (check,) = connection.execute("PRAGMA quick_check(1)").fetchone()
            if check != "ok":
                raise NotReady(f"{path.name} is damaged: {check}")
        (cursor,) = connection.execute("SELECT cursor FROM feed_state").fetchone()
    return str(cursor)


def items_lost(old: Path, new: Path) -> tuple[int, int]:
    """How many items of the old file the new one lacks, and how many the old one has.

    Both are ready files, or the old one is in use by a till. Raises NotReady, OSError.
    """
    with _read_only(new) as connection:
        connection.execute("ATTACH DATABASE ? AS old", (f"{old.absolute().as_uri()}?mode=ro",))
        (lost,) = connection.execute(
            "SELECT count(*) FROM old.item WHERE item_id NOT IN (SELECT item_id FROM main.item)"
        ).fetchone()
        (had,) = connection.execute("SELECT count(*) FROM old.item").fetchone()
    return int(lost), int(had)


@contextmanager
def _read_only(path: Path) -> Iterator[_Connection]:
    if not path.is_file():
        raise FileNotFoundError(path)
    try:
        with closing(_DRIVER.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            connection.execute("PRAGMA trusted_schema = OFF")
            yield connection
    except _DRIVER.DatabaseError as error:
        raise NotReady(f"{path.name} cannot be read: {error}") from error


def _parts(connection: _Connection) -> list[Any]:
    from till_app.catalogue_file.schema import PARTS  # takes longer than all the rest to be imported

    parts: list[Any] = connection.execute(PARTS).fetchall()
    return parts


def _parts_of_this_release() -> list[Any]:
    from till_app.catalogue_file.schema import creation_statements

    with closing(_DRIVER.connect(":memory:")) as connection:
        for statement in creation_statements():
            connection.execute(statement)
        return _parts(connection)
