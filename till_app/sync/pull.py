"""Reading the hub's feed, a page and its cursor in one transaction, and the pictures after it.

A crash repeats a page and never skips one. An absence never means a deletion, except at the end of a feed
that was read from its very beginning; and no feed may take away much of the range unasked.
"""

import hashlib
import logging
from collections.abc import Sequence

import msgspec

from till_app.services.errors import HubRefused, HubUnreachable
from till_app.services.ports import CatalogueFeed, Gone
from till_app.services.status import CatalogueChanged
from till_app.sync.codes import SyncCode
from till_app.sync.records import change_of, to_domain
from till_app.wire.changes import START_CURSOR, ChangesPage
from till_app.wire.exchange import ErrorCode
from till_app.wire.protocol import HubApi

logger = logging.getLogger(__name__)

PAGE_ROWS = 500
FIRST_LOAD_PAGE_ROWS = 2_000
ALWAYS_REMOVABLE_ITEMS = 10
"""A small shop may take a few items away though they are much of its range."""
LARGEST_REMOVABLE_PART = 5
"""A fifth."""
_START_AGAIN = frozenset({ErrorCode.CURSOR_UNKNOWN, ErrorCode.EPOCH_CHANGED})


class MassRemoval(Exception):
    """The feed would take away more than a fifth of the items; the catalogue was left as it is."""

    code = SyncCode.MASS_REMOVAL


class FeedPosition(msgspec.Struct, frozen=True, array_like=True):
    """What the till saves as its cursor: where it is in which feed of the hub."""

    epoch: str
    hub_cursor: str
    from_start: bool
    """This reading began at the beginning: at its end, what it never mentioned is gone."""
    removed: int
    """Items that this reading has taken away so far."""


def position_text(position: FeedPosition) -> str:
    """As the catalogue keeps it."""
    return msgspec.json.encode(position).decode()


def is_mass_removal(removing: int, of_items: int) -> bool:
    """Whether a person must want it first."""
    return removing > ALWAYS_REMOVABLE_ITEMS and removing * LARGEST_REMOVABLE_PART > of_items


class Pull:
    def __init__(
        self,
        hub: HubApi,
        feed: CatalogueFeed,
        *,
        page_rows: int = PAGE_ROWS,
        first_load_page_rows: int = FIRST_LOAD_PAGE_ROWS,
    ) -> None:
        self._hub = hub
        self._feed = feed
        self._page_rows = page_rows
        self._first_load_page_rows = first_load_page_rows
        self._removal_accepted = False
        self._unavailable_pictures: set[str] = set()
        self.epoch = ""
        """Of the last page read."""
        self.skipped_records = 0
        """Records whose content this release does not take."""

    @property
    def is_at_start(self) -> bool:
        """Nothing of this feed was read yet."""
        return self._position().hub_cursor == START_CURSOR

    @property
    def hub_cursor(self) -> str:
        """Where in the hub's feed the catalogue stands."""
        return self._position().hub_cursor

    @property
    def is_removal_accepted(self) -> bool:
        return self._removal_accepted

    def accept_removal(self) -> None:
        """A person has seen the mass removal and wants it: the reading under way may remove what it likes."""
        self._removal_accepted = True

    def next_page(self) -> tuple[CatalogueChanged, bool]:
        """Fetch and apply one page: what changed, and whether there is more to read.

        Raises HubError, and MassRemoval with nothing applied.
        """
        position = self._position()
        limit = self._first_load_page_rows if position.from_start else self._page_rows
        try:
            page = self._hub.changes(position.hub_cursor, limit)
        except HubRefused as error:
            if error.code not in _START_AGAIN or position.hub_cursor == START_CURSOR:
                raise
            logger.info("the hub does not know this till's place in its feed: reading all of it again")
            self._feed.begin_again()
            return CatalogueChanged(), True
        self.epoch = page.epoch
        if position.epoch not in ("", page.epoch):
            logger.info("the hub's data was replaced: reading all of it again")
            self._feed.begin_again()
            return CatalogueChanged(), True
        if page.more and page.next_cursor == position.hub_cursor:
            raise HubUnreachable(SyncCode.NO_PROGRESS, "the hub's feed does not advance")
        return self._apply(position, page), page.more

    def _position(self) -> FeedPosition:
        saved = self._feed.cursor()
        if saved:
            try:
                return msgspec.json.decode(saved, type=FeedPosition)
            except msgspec.MsgspecError:
                logger.info("the saved cursor is not understood: reading all of the feed again")
                self._feed.begin_again()
        return FeedPosition(epoch="", hub_cursor=START_CURSOR, from_start=True, removed=0)

    def _apply(self, position: FeedPosition, page: ChangesPage) -> CatalogueChanged:
        values = to_domain(page.records)
        self.skipped_records += len(page.records) - len(values)
        removed = position.removed + self._check_removals(
            [value.record_id for value in values if isinstance(value, Gone) and value.kind == "item"],
            position.removed,
        )
        if position.hub_cursor == START_CURSOR:
            self._feed.begin_again()
        reached_end = not page.more
        next_position = FeedPosition(page.epoch, page.next_cursor, position.from_start, removed)
        if reached_end and not position.from_start:
            next_position = msgspec.structs.replace(next_position, removed=0)
        if values or next_position != position:
            self._feed.apply(values, position_text(next_position))
        if reached_end and position.from_start:
            self._end_again(next_position)
        if reached_end:
            self._removal_accepted = False
        return change_of(values)

    def _end_again(self, position: FeedPosition) -> None:
        """Safe to repeat: the position says `from_start` until all of it is done."""
        unmentioned = self._feed.unmentioned_items()
        self._guard(position.removed + unmentioned, self._feed.item_count() + position.removed)
        self._feed.end_again()
        done = FeedPosition(position.epoch, position.hub_cursor, from_start=False, removed=0)
        self._feed.apply((), position_text(done))

    def _check_removals(self, item_ids: Sequence[str], removed: int) -> int:
        """How many of the items are here to be removed."""
        if not item_ids:
            return 0
        known = self._feed.known_items(item_ids)
        if known:
            self._guard(removed + known, self._feed.item_count() + removed)
        return known

    def _guard(self, removing: int, of_items: int) -> None:
        if not self._removal_accepted and is_mass_removal(removing, of_items):
            raise MassRemoval(f"{removing} of {of_items} items would go")

    def fetch_pictures(self, most: int) -> tuple[frozenset[str], bool]:
        """Fetch a few missing pictures: those that arrived, and whether there are more to fetch.

        One that the hub lacks, or whose bytes are not what its name says, is left alone until the next start.
        """
        missing = [
            sha256
            for sha256 in self._feed.missing_pictures(most + 1 + len(self._unavailable_pictures))
            if sha256 not in self._unavailable_pictures
        ]
        arrived: set[str] = set()
        for sha256 in missing[:most]:
            try:
                content = self._hub.picture(sha256)
            except HubRefused as error:
                if error.code != ErrorCode.NOT_FOUND:
                    raise
                logger.info("the hub has no picture %s", sha256)
                self._unavailable_pictures.add(sha256)
                continue
            if hashlib.sha256(content).hexdigest() != sha256:
                logger.warning("the hub's picture %s is damaged", sha256)
                self._unavailable_pictures.add(sha256)
                continue
            self._feed.add_picture(sha256, content)
            arrived.add(sha256)
        return frozenset(arrived), len(missing) > most
