"""An accepted file becomes rows part by part, each part in a short transaction of its own."""

import time
from collections.abc import Callable

from sqlalchemy import ColumnElement, Connection, Table, delete, func, select

from till_app.hub.database import Database
from till_app.hub.feed import lock_catalogue

PART_LINES = 1_000
_PAUSE_S = 0.002
"""Between two parts, so that whoever waits for the write lock gets it."""
_pause = time.sleep


def each_part(
    database: Database,
    table: Table,
    rows: ColumnElement[bool],
    act: Callable[[Connection, ColumnElement[bool]], object],
) -> None:
    """Of the staged rows, in the order of lines."""
    start = 0
    while True:
        with database.reading() as connection:
            first = connection.execute(
                select(func.min(table.c.line)).where(rows, table.c.line >= start)
            ).scalar()
        if first is None:
            return
        start = first + PART_LINES
        part = rows & table.c.line.between(first, start - 1)

        def bring_in(connection: Connection, part: ColumnElement[bool] = part) -> None:
            lock_catalogue(connection)
            act(connection, part)

        database.write(bring_in)
        _pause(_PAUSE_S)


def discard(database: Database, table: Table, rows: ColumnElement[bool]) -> None:
    """Delete staged rows."""
    each_part(database, table, rows, lambda connection, part: connection.execute(delete(table).where(part)))
