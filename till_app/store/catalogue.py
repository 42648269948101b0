"""The cache of what the hub owns, as one object: look-ups, the feed that fills it, what keeps it right."""

import logging
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from sqlalchemy import Connection

from till_app.catalogue_file.digests import digests_of, next_digests
from till_app.services.ports import CatalogueRecord, Gone
from till_app.store import catalogue_feed as feed
from till_app.store import catalogue_pictures as named
from till_app.store.catalogue_database import CatalogueDatabase
from till_app.store.catalogue_look_ups import CatalogueLookUps
from till_app.store.pictures import PictureFolder

log = logging.getLogger(__name__)


class SqliteCatalogue(CatalogueLookUps):
    """Implements Catalogue and CatalogueFeed. Any thread may call, while one of them applies the feed.

    Nothing here is worth saving: a file that is damaged is put aside and an empty one takes its place, at the
    opening as in the middle of a search. The feed then fills it from the start.
    """

    def __init__(self, path: Path) -> None:
        """Pictures live beside the file in `pictures/`. Raises CatalogueUnavailable, SqliteTooOld."""
        folder = path.parent / "pictures"
        super().__init__(CatalogueDatabase(path), PictureFolder(folder))
        self._renewals_at_cursor = 0
        """Of the file, when the feed last asked where it is."""
        if not folder.exists():
            self._database.write(named.look_through_again)

    def close(self) -> None:
        """Every connection of every thread; stop those that use it first."""
        self._database.close()

    # --------------------------------------------------------------- the feed

    def cursor(self) -> str:
        def read(connection: Connection) -> str:
            self._renewals_at_cursor = self._database.renewals
            return feed.cursor(connection)

        return self._database.read(read)

    def apply(self, records: Sequence[CatalogueRecord], next_cursor: str) -> None:
        self._apply(records, next_cursor)

    def mend(self, records: Sequence[CatalogueRecord], gone: Sequence[Gone]) -> None:
        self._apply((*records, *gone), None)

    def begin_again(self) -> None:
        def begin(connection: Connection) -> None:
            self._renewals_at_cursor = self._database.renewals
            feed.begin_generation(connection)

        self._write(begin)

    def end_again(self) -> None:
        self._write(feed.remove_forgotten)

    def swap_in(self, path: Path, *, is_checked: bool = False) -> None:
        self._database.swap_in(path, is_checked=is_checked)
        log.info("a whole catalogue of the hub took the place of the one before it")

    def item_count(self) -> int:
        return self._database.read(feed.count_items)

    def has_items(self) -> bool:
        return self._database.read(feed.has_items)

    def known_items(self, item_ids: Sequence[str]) -> int:
        return self._database.read(lambda connection: feed.count_known(connection, item_ids))

    def unmentioned_items(self) -> int:
        return self._database.read(feed.count_forgotten)

    # -------------------------------------------------------------- the sweep

    def next_digests(self, kind: str, after: int) -> tuple[list[tuple[str, int]], int | None]:
        """Ids and digests of some records after a place, 0 for the beginning, and the next place; None at the
        end."""
        return self._database.read(lambda connection: next_digests(connection, kind, after))

    def digests_of(self, kind: str, record_ids: Sequence[str]) -> dict[str, int]:
        """Of those that are here."""
        return self._database.read(lambda connection: digests_of(connection, kind, record_ids))

    # --------------------------------------------------------------- pictures

    def missing_pictures(self, limit: int) -> Sequence[str]:
        if self._pictures.is_resting:
            return []
        self._pictures.limit_bytes = self._database.read(named.limit_bytes)
        names: dict[str, None] = {}
        self._add_missing(names, self._pictures.asked())
        if len(names) < limit:
            self._add_missing(names, self._database.read(named.of_quick_keys))
        if len(names) < limit and self._pictures.has_room():
            self._add_missing(names, self._wanted(limit))
        return list(names)[:limit]

    def add_picture(self, sha256: str, content: bytes) -> None:
        """Raises PictureDiffers."""
        self._pictures.add(sha256, content, lambda: self._database.read(named.of_quick_keys))
        if not self._pictures.is_resting:
            self._database.write(lambda connection: named.no_longer_wanted(connection, sha256))

    # ----------------------------------------------------------------- inside

    def _apply(self, records: Sequence[CatalogueRecord], next_cursor: str | None) -> None:
        def apply_page(connection: Connection) -> None:
            if self._renewals_at_cursor == self._database.renewals:
                feed.apply_page(connection, records, next_cursor, self._pictures.has)
            else:
                log.info("a page was dropped: another catalogue took the place since the feed asked")

        self._write(apply_page)

    def _write(self, work: Callable[[Connection], object]) -> None:
        try:
            self._database.write(work)
        finally:
            self._changes += 1

    def _add_missing(self, names: dict[str, None], candidates: Iterable[str]) -> None:
        names |= dict.fromkeys(
            each
            for each in candidates
            if not self._pictures.has(each) and each not in self._pictures.too_large
        )

    def _wanted(self, limit: int) -> list[str]:
        wanted = self._database.read(lambda connection: named.wanted(connection, limit))
        if len(wanted) < limit:
            self._database.write(lambda connection: named.look_further(connection, limit, self._pictures.has))
            wanted = self._database.read(lambda connection: named.wanted(connection, limit))
        return wanted
