"""How often a caller failed to prove who it is: counted by the minute, for all worker processes together."""

from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select, update

from till_app.hub.refusals import Refused
from till_app.hub.tables import attempt
from till_app.wire.exchange import ErrorCode

MOST_FAILURES = 20
"""Of one address within a minute or two; a right token is never refused for them."""
WINDOW_S = 60
_KEPT_WINDOWS = 60


def is_blocked(connection: Connection, caller: str, now: datetime) -> bool:
    """By this minute's failures and those of the one before."""
    count = connection.execute(
        select(func.sum(attempt.c.count)).where(
            attempt.c.caller == caller, attempt.c.window >= _window(now) - 1
        )
    ).scalar()
    return count is not None and int(count) >= MOST_FAILURES


def count_failure(connection: Connection, caller: str, now: datetime) -> None:
    window = _window(now)
    connection.execute(delete(attempt).where(attempt.c.window < window - _KEPT_WINDOWS))
    counted = connection.execute(
        update(attempt)
        .where(attempt.c.caller == caller, attempt.c.window == window)
        .values(count=attempt.c.count + 1)
    )
    if not counted.rowcount:
        connection.execute(insert(attempt).values(caller=caller, window=window, count=1))


def too_many() -> Refused:
    return Refused(
        429,
        ErrorCode.TOO_MANY_REQUESTS,
        "Too many wrong tokens or codes from this address; wait a minute and try again.",
    )


def _window(now: datetime) -> int:
    return int(now.timestamp()) // WINDOW_S
