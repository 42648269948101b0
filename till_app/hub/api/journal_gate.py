"""How many journals this process takes at once; the rest is asked to come again, nothing of it is kept."""

from collections.abc import Callable
from typing import TypeVar

from anyio import CapacityLimiter, to_thread

from till_app.hub.refusals import Refused
from till_app.wire.exchange import ErrorCode

_T = TypeVar("_T")
MOST_AT_ONCE = 16


class JournalGate:
    """Belongs to one event loop. Journals have threads of their own: all may wait for the one writer of an
    SQLite database without taking the threads of other calls."""

    def __init__(self, most: int = MOST_AT_ONCE) -> None:
        self._most = most
        self._under_way = 0
        self._threads = CapacityLimiter(most)

    async def run(self, work: Callable[[], _T]) -> _T:
        """Raises Refused 503 at once when there are too many."""
        if self._under_way >= self._most:
            raise Refused(
                503, ErrorCode.BUSY, "Many tills send at this moment; nothing was kept, send the same again."
            )
        self._under_way += 1
        try:
            return await to_thread.run_sync(work, limiter=self._threads)
        finally:
            self._under_way -= 1
