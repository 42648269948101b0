"""One idle request that the hub answers as soon as something changed, on a thread and a connection of its
own.

It only says *that* something changed; the sync thread reads what. While it fails, the plain poll goes on.
"""

import logging
import threading
import time
from collections.abc import Callable
from typing import Protocol

from till_app.services.errors import HubError, HubRefused
from till_app.sync.backoff import Backoff
from till_app.wire.exchange import LiveAnswer
from till_app.wire.protocol import MAX_LIVE_WAIT_S

logger = logging.getLogger(__name__)

LONGEST_RETRY_S = 60.0
TOO_SOON_S = 1.0
"""A hub that says this quickly that nothing changed does not wait as it should."""
BREATH_S = 0.05
"""Between two changes, so that an import at the hub is not followed row by row."""


class LiveHub(Protocol):
    """A hub's client for the watch alone."""

    def live(self, cursor: str, wait_s: float) -> LiveAnswer: ...

    def close(self) -> None: ...


class LiveWatch:
    """From one `start` to one `stop`. All methods may be called from any thread."""

    def __init__(
        self,
        hub: LiveHub,
        on_change: Callable[[], None],
        *,
        backoff: Backoff | None = None,
        wait_s: float = MAX_LIVE_WAIT_S,
    ) -> None:
        """`on_change` is called on the watch's thread when there is something to read, and when `is_live`
        changes."""
        self._hub = hub
        self._on_change = on_change
        self._backoff = backoff or Backoff(most_s=LONGEST_RETRY_S)
        self._wait_s = wait_s
        self._changed = threading.Condition()
        self._is_stopping = False
        self._is_followed = False
        self._cursor: str | None = None
        self._is_live = False
        self._thread = threading.Thread(target=self._loop, name="live", daemon=True)

    @property
    def is_live(self) -> bool:
        """The hub answers, and a request waits there or is about to."""
        return self._is_live

    def start(self) -> None:
        self._thread.start()

    def follow(self, cursor: str | None) -> None:
        """The sync thread has read as far as this; None while there is no hub to watch.

        Once followed, the watch goes by what the hub answers.
        """
        with self._changed:
            self._is_followed = cursor is not None
            if cursor is None:
                self._cursor = None
                self._is_live = False
            elif self._cursor is None:
                self._cursor = cursor
                self._changed.notify_all()

    def begin_stop(self) -> None:
        """The request under way fails now."""
        with self._changed:
            self._is_stopping = True
            self._is_live = False
            self._changed.notify_all()
        self._hub.close()

    def join(self, timeout_s: float) -> bool:
        """After `begin_stop`: whether the thread has ended."""
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _loop(self) -> None:
        try:
            while (cursor := self._next_cursor()) is not None:
                self._ask(cursor)
        except Exception:
            if not self._is_stopping:
                logger.exception("an unforeseen failure while watching the hub; the plain poll goes on")
        self._set_live(False)

    def _next_cursor(self) -> str | None:
        with self._changed:
            self._changed.wait_for(lambda: self._is_stopping or self._cursor is not None)
            return None if self._is_stopping else self._cursor

    def _ask(self, cursor: str) -> None:
        # The first answer comes at once, and shows whether the hub does this at all.
        wait_s = self._wait_s if self._is_live else 0.0
        began = time.monotonic()
        try:
            answer = self._hub.live(cursor, wait_s)
        except HubError as error:
            self._failed(cursor, error)
            return
        is_idle_loop = answer.cursor == cursor and (
            answer.changed or time.monotonic() - began < min(wait_s, TOO_SOON_S)
        )
        self._move_on(cursor, answer)
        if answer.changed:
            self._on_change()
        if is_idle_loop:
            self._rest(self._backoff.next_wait_s())
            return
        self._backoff.reset()
        if answer.changed:
            self._rest(BREATH_S)

    def _move_on(self, cursor: str, answer: LiveAnswer) -> None:
        with self._changed:
            if not self._is_followed or self._cursor != cursor:
                return
            self._cursor = answer.cursor
        self._set_live(True)

    def _failed(self, cursor: str, error: HubError) -> None:
        if self._is_stopping:
            return
        if self._is_live or isinstance(error, HubRefused):
            logger.info("the hub cannot be watched for now: %s (%s)", error.code, error)
        with self._changed:
            if isinstance(error, HubRefused) and self._cursor == cursor:
                self._cursor = None  # the sync thread says where to go on, once it knows
        self._set_live(False)
        self._rest(max(error.retry_after_s or 0.0, self._backoff.next_wait_s()))

    def _set_live(self, is_live: bool) -> None:
        with self._changed:
            changed = is_live is not self._is_live and not self._is_stopping
            self._is_live = is_live and not self._is_stopping
        if changed:
            self._on_change()

    def _rest(self, seconds: float) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._is_stopping, seconds)
