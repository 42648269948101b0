"""Reading the change feed in pages of already encoded records, and how long its tombstones are kept."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection, Subquery, bindparam, delete, func, insert, select, union_all, update

from till_app.hub.database import Database
from till_app.hub.feed import HubIdentity, identity
from till_app.hub.feed_reading import EVERY_SHOP
from till_app.hub.refusals import Refused
from till_app.hub.tables import feed, feed_day, hub_state
from till_app.wire.exchange import ErrorCode
from till_app.wire.protocol import MAX_PAGE_ROWS

TOMBSTONE_LIFE = timedelta(days=180)
_MAX_SEQ_DIGITS = 18
_PURGED_AT_ONCE = 1_000

_encode = msgspec.json.Encoder(order="deterministic").encode


def _range(scope: object) -> Subquery:
    """A stretch of one scope by its index, never longer than a page."""
    return (
        select(feed.c.seq, feed.c.payload)
        .where(feed.c.scope == scope, feed.c.seq > bindparam("after"))
        .order_by(feed.c.seq)
        .limit(bindparam("rows"))
        .subquery()
    )


# One statement: on PostgreSQL each has a view of its own, and what is committed between two of them
# would be skipped.
page_of_a_shop = (
    union_all(_range(EVERY_SHOP).select(), _range(bindparam("of_shop")).select())
    .order_by("seq")
    .limit(bindparam("rows"))
)


class Cursor(NamedTuple):
    """How far a till has read the feed, and how far the feed was when it began at the start: it needs no
    tombstone of what was gone by then."""

    seq: int
    begun: int

    @property
    def known(self) -> int:
        return max(self.seq, self.begun)


def changes_page(connection: Connection, cursor: str, limit: int, shop_id: str) -> bytes:
    """The JSON of a ChangesPage, joined from stored bytes: what is every shop's and what is the shop's own.

    Raises Refused 410 for a foreign cursor.
    """
    hub = identity(connection)
    place = read_cursor(cursor, hub)
    rows = min(max(limit, 1), MAX_PAGE_ROWS)
    asked = {"after": place.seq, "rows": rows + 1, "of_shop": shop_id}
    found = connection.execute(page_of_a_shop, asked).all()
    more = len(found) > rows
    found = found[:rows]
    last = found[-1].seq if found else place.seq
    # The identity was read before: whatever it counts has been in sight of the page.
    next_cursor = _written(hub, place, last) if more else _written(hub, place, max(last, hub.feed_seq))
    return b"".join(_page_parts(hub.epoch, [row.payload for row in found], next_cursor, more))


def _page_parts(epoch: str, payloads: list[bytes], next_cursor: str, more: bool) -> Iterator[bytes]:
    yield b'{"epoch":' + _encode(epoch) + b',"records":['
    yield b",".join(payloads)
    yield b'],"next_cursor":' + _encode(next_cursor)
    yield b',"more":' + (b"true}" if more else b"false}")


def _written(hub: HubIdentity, place: Cursor, seq: int) -> str:
    return f"{hub.epoch}:{seq}" if seq >= place.begun else f"{hub.epoch}:{seq}:{place.begun}"


def read_cursor(cursor: str, hub: HubIdentity) -> Cursor:
    """`epoch:seq`, or `epoch:seq:begun` in the midst of a first load. Raises Refused 410."""
    if not cursor:
        return Cursor(0, hub.feed_seq)
    epoch, *numbers = cursor.split(":")
    is_sound = epoch and len(numbers) in (1, 2) and all(_is_seq(number) for number in numbers)
    if not is_sound:
        raise Refused(
            410, ErrorCode.CURSOR_UNKNOWN, "This is no cursor of this hub; start from the beginning."
        )
    if epoch != hub.epoch:
        raise Refused(
            410, ErrorCode.EPOCH_CHANGED, "The hub's data was replaced since; start from the beginning."
        )
    place = Cursor(int(numbers[0]), int(numbers[-1]))
    if place.known > hub.feed_seq:
        raise Refused(
            410, ErrorCode.CURSOR_UNKNOWN, "The cursor is ahead of this hub; start from the beginning."
        )
    if place.known < hub.feed_horizon:
        raise Refused(
            410,
            ErrorCode.CURSOR_UNKNOWN,
            "The cursor is older than the hub's record of what was deleted; start from the beginning.",
        )
    return place


def _is_seq(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= _MAX_SEQ_DIGITS


def purge_tombstones(connection: Connection, now: datetime, at_most: int = 1_000) -> int:
    """Forget deletions older than TOMBSTONE_LIFE; returns how many, `at_most` when there are more.

    A tombstone's age is told by how far the feed was on the days of the calls.
    """
    days, today = feed_day.c, now.date().isoformat()
    oldest_kept = (now - TOMBSTONE_LIFE).date().isoformat()
    # Locked, as by whoever numbers changes: several processes may do this at the same time.
    seq = connection.execute(select(hub_state.c.feed_seq).with_for_update()).scalar_one()
    if connection.execute(update(feed_day).where(days.day == today).values(seq=seq)).rowcount == 0:
        connection.execute(insert(feed_day).values(day=today, seq=seq))
    horizon = connection.execute(select(func.max(days.seq)).where(days.day < oldest_kept)).scalar()
    if horizon is None:
        return 0
    state = hub_state.c
    connection.execute(update(hub_state).where(state.feed_horizon < horizon).values(feed_horizon=horizon))
    old = select(feed.c.seq).where(feed.c.gone, feed.c.seq <= horizon).order_by(feed.c.seq).limit(at_most)
    purged = connection.execute(delete(feed).where(feed.c.seq.in_(old))).rowcount
    if purged < at_most:
        connection.execute(delete(feed_day).where(days.day < oldest_kept, days.seq < horizon))
    return purged


def purge_some(database: Database, now: datetime) -> bool:
    """Forget some of what is old enough; whether there is more."""
    with database.writing() as connection:
        return purge_tombstones(connection, now, _PURGED_AT_ONCE) == _PURGED_AT_ONCE


def purge_all(database: Database, now: datetime) -> None:
    """Some at a time so that sales do not wait."""
    while purge_some(database, now):
        pass
