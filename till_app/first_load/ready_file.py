"""A finished catalogue file before it is in use: where its feed goes on."""

import os
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import pysqlite3.dbapi2

from till_app.catalogue_file.readiness import NotReady, require_ready
from till_app.sync.pull import FeedPosition, position_text

_DRIVER: Any = pysqlite3.dbapi2
"""The library ships no types."""


def saved_position(path: Path) -> FeedPosition | None:
    """None when there is no such file, or it is not one to go on from."""
    try:
        return msgspec.json.decode(require_ready(path), type=FeedPosition)
    except (NotReady, FileNotFoundError, msgspec.MsgspecError):
        return None


def save_position(path: Path, position: FeedPosition) -> None:
    """Put the till's own form of a cursor in the place of the hub's, and the file on the disk for good.

    Raises NotReady.
    """
    try:
        with closing(_DRIVER.connect(path, isolation_level=None)) as connection:
            for pragma in ("trusted_schema = OFF", "journal_mode = OFF", "synchronous = OFF"):
                connection.execute(f"PRAGMA {pragma}")
            connection.execute("UPDATE feed_state SET cursor = ?", (position_text(position),))
    except _DRIVER.DatabaseError as error:
        raise NotReady(f"{path.name} cannot be written: {error}") from error
    with path.open("rb+") as file:
        os.fsync(file.fileno())
