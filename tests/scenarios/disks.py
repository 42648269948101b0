"""A disk that is full for a while, for one SQLite file: SQLite itself says so, in a transaction's midst."""

from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import Connection, Engine, event

_MOST_PAGES = 4_294_967_294


class FullDisk:
    """The file cannot grow. A context manager; afterwards it can again."""

    def __init__(self, path: Path) -> None:
        self._path = str(path)
        self._most_pages = 1
        """SQLite takes the present size for less."""

    def __enter__(self) -> Self:
        event.listen(Engine, "begin", self._limit)
        return self

    def free(self) -> None:
        self._most_pages = _MOST_PAGES

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        event.remove(Engine, "begin", self._limit)

    def _limit(self, connection: Connection) -> None:
        if connection.engine.url.database == self._path:
            cursor = connection.connection.cursor()
            cursor.execute(f"PRAGMA max_page_count = {self._most_pages}")
            cursor.close()
