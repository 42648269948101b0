"""Waking whoever waits for the feed: no thread and no connection is held by a waiting one.

A commit of this process rings at once (`Database.on_feed_changed`). Those of others are heard by one watching
thread: on PostgreSQL it listens, on SQLite it looks at the file's counter of changes.
"""

import asyncio
import contextlib
import logging
import threading
from collections import defaultdict
from dataclasses import dataclass, field

from anyio import to_thread
from sqlalchemy.exc import SQLAlchemyError

from till_app.hub.database import Database
from till_app.hub.feed import identity
from till_app.hub.feed_reading import newest_seq
from till_app.hub.hearing import Hearing, hearing_for
from till_app.wire.exchange import LiveAnswer

_log = logging.getLogger(__name__)
_MAX_SEQ_DIGITS = 18
_PAUSE_S = 0.02
"""Between two looks at the feed, however often the bell rings."""


@dataclass(frozen=True, slots=True)
class Position:
    """Where the feed stands for the tills of one scope."""

    epoch: str
    seq: int
    of_all: int
    """Where it stands for all scopes together; a till may have read as far."""


@dataclass(eq=False, slots=True)
class _Waiting:
    after: Position
    answered: asyncio.Future[Position]


@dataclass(eq=False, slots=True)
class _Loop:
    """What belongs to the event loop on which the bell is waited for."""

    loop: asyncio.AbstractEventLoop
    rung: asyncio.Event
    porter: asyncio.Task[None]
    hearing: Hearing
    waiting: defaultdict[str, set[_Waiting]] = field(default_factory=lambda: defaultdict(set))
    """By scope."""


class Bell:
    """Of one event loop, on which all is called except `ring`. Does nothing before somebody waits."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._running: _Loop | None = None
        self._is_closed = False
        self._lock = threading.Lock()

    @property
    def waiting(self) -> int:
        """How many wait at this moment."""
        return sum(map(len, self._running.waiting.values())) if self._running is not None else 0

    def ring(self) -> None:
        """The feed may have changed. From any thread."""
        with self._lock:
            running = self._running
            if running is not None and not running.loop.is_closed():
                running.loop.call_soon_threadsafe(running.rung.set)

    async def wait(self, scope: str, cursor: str, wait_s: float) -> LiveAnswer:
        """Until something after the cursor is there for the tills of the scope, at most `wait_s`; at once for
        a cursor that is not this feed's, and when the bell is closed."""
        running = self._started()
        after = _position(cursor)
        waiting = _Waiting(after, asyncio.get_running_loop().create_future())
        of_scope = running.waiting[scope] if running else set()
        of_scope.add(waiting)  # before the first look, so that no commit falls between
        try:
            now = await to_thread.run_sync(self._look, scope)
            if not _is_news(now, after) and running is not None and not self._is_closed:
                with contextlib.suppress(TimeoutError):
                    now = await asyncio.wait_for(waiting.answered, wait_s)
        finally:
            of_scope.discard(waiting)
        if _is_news(now, after):
            return LiveAnswer(True, f"{now.epoch}:{now.seq}")
        return LiveAnswer(False, cursor or f"{now.epoch}:{now.seq}")

    async def close(self) -> None:
        """Everybody who waits is answered now. The bell stays closed."""
        self._is_closed = True
        with self._lock:
            running, self._running = self._running, None
        if running is None:
            return
        self._database.on_feed_changed(None)
        for of_scope in running.waiting.values():
            for waiting in of_scope:
                _answer(waiting, waiting.after)
        running.porter.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running.porter
        await to_thread.run_sync(running.hearing.close)

    def _started(self) -> _Loop | None:
        if self._running is None and not self._is_closed:
            loop = asyncio.get_running_loop()
            rung = asyncio.Event()
            self._running = _Loop(
                loop, rung, loop.create_task(self._serve(rung)), hearing_for(self._database, self.ring)
            )
            self._database.on_feed_changed(self.ring)
        return self._running

    async def _serve(self, rung: asyncio.Event) -> None:
        """After each ring one look for every scope that is waited for, whoever rang how often meanwhile."""
        while True:
            await rung.wait()
            rung.clear()
            running = self._running
            for scope in [each for each, of_scope in running.waiting.items() if of_scope] if running else ():
                try:
                    now = await to_thread.run_sync(self._look, scope)
                except SQLAlchemyError:
                    _log.info("the feed could not be looked at", exc_info=True)
                    continue  # they ask again when their time is over
                assert running is not None
                for waiting in list(running.waiting[scope]):
                    if _is_news(now, waiting.after):
                        _answer(waiting, now)
            await asyncio.sleep(_PAUSE_S)

    def _look(self, scope: str) -> Position:
        with self._database.reading() as connection:
            hub = identity(connection)
            return Position(hub.epoch, newest_seq(connection, scope), hub.feed_seq)


def _answer(waiting: _Waiting, position: Position) -> None:
    if not waiting.answered.done():
        waiting.answered.set_result(position)


def _is_news(now: Position, after: Position) -> bool:
    """Also where the till has read further than this feed goes: it is to notice that it lost something."""
    return now.epoch != after.epoch or now.seq > after.seq or after.seq > now.of_all


def _position(cursor: str) -> Position:
    """Of one that is no place at which a till has read all there was: a place in no feed."""
    epoch, _, digits = cursor.rpartition(":")
    is_number = digits.isascii() and digits.isdigit() and len(digits) <= _MAX_SEQ_DIGITS
    seq = int(digits) if is_number else 0
    return Position(epoch if is_number else "", seq, seq)
