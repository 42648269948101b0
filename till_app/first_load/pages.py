"""Building a catalogue file from the feed's pages: the next page is fetched while one is written."""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Protocol

import msgspec

from till_app.catalogue_file.builder import BuildFailed, CatalogueBuilder
from till_app.first_load.disk import DiskTrouble
from till_app.services.errors import HubRefused, HubUnreachable
from till_app.sync.codes import SyncCode
from till_app.sync.pull import FeedPosition, position_text
from till_app.wire.changes import START_CURSOR, ChangesPage
from till_app.wire.exchange import ErrorCode
from till_app.wire.protocol import MAX_PAGE_ROWS

logger = logging.getLogger(__name__)

_START_AGAIN = frozenset({ErrorCode.CURSOR_UNKNOWN, ErrorCode.EPOCH_CHANGED})


class PagedHub(Protocol):
    """The part of HubApi that is needed here."""

    def changes(self, cursor: str, limit: int) -> ChangesPage: ...


class _Place(msgspec.Struct, frozen=True, array_like=True):
    """What a build keeps as its position."""

    epoch: str
    cursor: str
    records: int


class _OtherFeed(Exception):
    """The hub's data was replaced, or it does not know the place any more."""


def build_from_pages(
    hub: PagedHub, path: Path, expected_records: int, on_progress: Callable[[int, int], None]
) -> FeedPosition:
    """Finishes the file, going on with what is in it. Raises HubError, DiskTrouble.

    A feed that is replaced while it is read is read anew once; a hub that keeps replacing it is not ready.
    """
    try:
        for resume in (True, False):
            try:
                return _build(hub, path, expected_records, on_progress, resume=resume)
            except _OtherFeed:
                logger.info("the hub's data was replaced: reading all of it again")
    except BuildFailed as error:
        raise DiskTrouble(error.code, str(error)) from error
    raise HubUnreachable(SyncCode.NO_PROGRESS, "the hub's data was replaced again")


def _build(
    hub: PagedHub,
    path: Path,
    expected_records: int,
    on_progress: Callable[[int, int], None],
    *,
    resume: bool,
) -> FeedPosition:
    with CatalogueBuilder(path, resume=resume) as builder, ThreadPoolExecutor(1, "page") as fetching:
        place = _place(builder.position)
        coming = fetching.submit(_page, hub, place)
        more = True
        while more:
            page = coming.result()
            if place.epoch not in ("", page.epoch):
                raise _OtherFeed
            place = _Place(page.epoch, page.next_cursor, place.records + len(page.records))
            more = page.more
            if more:
                coming = fetching.submit(_page, hub, place)
            builder.add(page.records)
            builder.checkpoint(msgspec.json.encode(place).decode())
            on_progress(place.records, max(expected_records, place.records) if expected_records else 0)
        position = FeedPosition(place.epoch, place.cursor, from_start=False, removed=0)
        builder.finish(position_text(position))
    return position


def _place(position: str) -> _Place:
    return msgspec.json.decode(position, type=_Place) if position else _Place("", START_CURSOR, 0)


def _page(hub: PagedHub, place: _Place) -> ChangesPage:
    try:
        page = hub.changes(place.cursor, MAX_PAGE_ROWS)
    except HubRefused as error:
        if error.code in _START_AGAIN and place.cursor != START_CURSOR:
            raise _OtherFeed from error
        raise
    if page.more and page.next_cursor == place.cursor:
        raise HubUnreachable(SyncCode.NO_PROGRESS, "the hub's feed does not advance")
    return page
