"""A first load beside the rounds of the cycle: each round looks how far it is, and swaps it in at its end.

The load itself is in a process of its own; see `first_load`.
"""

import logging
from collections.abc import Callable
from pathlib import Path

from till_app.services.ports import CatalogueFeed
from till_app.services.status import LoadProgress
from till_app.sync.backoff import Backoff
from till_app.sync.codes import SyncCode
from till_app.sync.first_load import FIRST_LOAD_FROM_RECORDS, FirstLoading, Loaded, LoadFailed
from till_app.sync.pull import MassRemoval

logger = logging.getLogger(__name__)

TRIES_BEFORE_PAGES = 3
"""Of a process that ends without a word, such as where none may be started."""
LOOK_AGAIN_S = 0.25


class Loading:
    def __init__(
        self,
        loader: FirstLoading,
        feed: CatalogueFeed,
        monotonic: Callable[[], float],
        *,
        backoff: Backoff | None = None,
    ) -> None:
        self._loader = loader
        self._feed = feed
        self._monotonic = monotonic
        self._backoff = backoff or Backoff()
        self._next_try_at = 0.0
        self._failures = 0
        self._pages_instead = False
        self.trouble = ""
        """Why it does not advance just now."""

    def is_wanted(self, feed_records: int, *, is_at_start: bool) -> bool:
        """Whether the feed, of about so many records, is to be loaded so instead of by pages."""
        return is_at_start and feed_records >= FIRST_LOAD_FROM_RECORDS and not self._pages_instead

    def advance(self, feed_records: int, *, removal_accepted: bool) -> LoadProgress | None:
        """How far it is; None when there is no load any more: swapped in, or left to pages.

        Raises MassRemoval, with the load kept for a person's word, and CatalogueUnavailable.
        """
        if not self._loader.is_under_way:
            if self._monotonic() < self._next_try_at:
                return LoadProgress(0, 0)
            self._loader.start(removal_accepted=removal_accepted, expected_records=feed_records)
        match self._loader.poll():
            case LoadProgress() as progress:
                return progress
            case Loaded(path):
                return self._swapped_in(path)
            case LoadFailed(SyncCode.MASS_REMOVAL, message):
                raise MassRemoval(message)
            case LoadFailed() as failed:
                return self._failed(failed)

    def stop(self) -> None:
        """What was fetched is kept for the next start."""
        self._loader.stop()

    def _swapped_in(self, path: Path) -> LoadProgress | None:
        try:
            self._feed.swap_in(path, is_checked=True)
        except ValueError as error:
            self._loader.clear()
            return self._failed(LoadFailed(SyncCode.LOAD_FAILED, f"the loaded catalogue is no good: {error}"))
        self._loader.clear()
        self._succeeded()
        return None

    def _succeeded(self) -> None:
        self.trouble = ""
        self._failures = 0
        self._backoff.reset()

    def _failed(self, failed: LoadFailed) -> LoadProgress | None:
        self._failures += 1
        hopeless = failed.code == SyncCode.LOAD_FAILED and self._failures >= TRIES_BEFORE_PAGES
        logger.info("the first load was broken off: %s (%s)", failed.code, failed.message)
        if failed.is_refusal or hopeless:
            logger.info("reading the hub's feed by pages instead")
            self._pages_instead = True
            self._succeeded()
            return None
        self.trouble = failed.code
        self._next_try_at = self._monotonic() + max(failed.retry_after_s or 0.0, self._backoff.next_wait_s())
        return LoadProgress(0, 0)
