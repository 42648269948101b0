"""What a hub does once a day while it serves: it forgets old deletions and snapshots that nobody can use.

Each worker process does it; that another did it before leaves nothing to do.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from sqlalchemy.exc import SQLAlchemyError

from till_app.hub.feed_pages import purge_some
from till_app.hub.hub import Hub
from till_app.hub.snapshot_build import SNAPSHOTS, forget_useless

logger = logging.getLogger(__name__)

EVERY_S = 86_400.0


async def keep_house(hub: Hub, rest: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
    """Until cancelled. A failure is logged, and the next day is another."""
    while True:
        await rest(EVERY_S)
        try:
            await _tidy(hub)
        except (SQLAlchemyError, OSError) as error:
            logger.error("the daily housekeeping is put off: %s", error)


async def _tidy(hub: Hub) -> None:
    """In steps that each take a moment, so that neither a sale nor the end of the hub waits for it."""
    while await asyncio.to_thread(purge_some, hub.database, hub.clock()):
        pass
    await asyncio.to_thread(forget_useless, hub.database, hub.files.path(SNAPSHOTS))
