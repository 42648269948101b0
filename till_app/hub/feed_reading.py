"""Reading all that the tills of one scope hold, page by page in short transactions; and who reads what.

A long read would keep SQLite from shortening its log while tills send their sales. What changes between two
pages has a number beyond the one that the reading ends at: the feed brings it afterwards.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, func, select

from till_app.hub.database import Database
from till_app.hub.tables import feed

EVERY_SHOP = ""
"""The scope of what all tills get; any other is a shop's id."""
PAGE_ROWS = 5_000

_twin = feed.alias("twin")
_PAGE_OF_A_SHOP = (
    select(feed.c.seq, feed.c.kind, feed.c.record_id, feed.c.gone, feed.c.payload, _twin.c.seq.label("twin"))
    .outerjoin(
        _twin,
        (_twin.c.record_id == feed.c.record_id)
        & (_twin.c.kind == feed.c.kind)
        & (_twin.c.scope == EVERY_SHOP),
    )
    .where(
        feed.c.scope == bindparam("of_scope"),
        feed.c.seq > bindparam("after"),
        feed.c.seq <= bindparam("through"),
    )
    .order_by(feed.c.seq)
    .limit(PAGE_ROWS)
)
_PAGE_OF_EVERY_SHOP = (
    select(feed.c.seq, feed.c.kind, feed.c.record_id, feed.c.payload)
    .where(
        feed.c.scope == EVERY_SHOP,
        feed.c.gone.is_(False),
        feed.c.seq > bindparam("after"),
        feed.c.seq <= bindparam("through"),
    )
    .order_by(feed.c.seq)
    .limit(PAGE_ROWS)
)
_NEWEST = select(func.max(feed.c.seq)).where(feed.c.scope == bindparam("of_scope"))


class FeedRow(NamedTuple):
    seq: int
    kind: str
    record_id: str
    payload: bytes


def scopes_of(scope: str) -> tuple[str, ...]:
    """What a till of that shop reads: what is every shop's, and its own."""
    return (EVERY_SHOP, scope) if scope != EVERY_SHOP else (EVERY_SHOP,)


def newest_seq(connection: Connection, scope: str) -> int:
    """Of the scope's latest change, 0 for none."""
    return max(connection.execute(_NEWEST, {"of_scope": each}).scalar() or 0 for each in scopes_of(scope))


def count_rows(connection: Connection, scope: str, *, after: int = 0, at_most: int) -> int:
    """Tombstones count too; never goes on counting beyond `at_most`."""
    some = (
        select(feed.c.seq).where(feed.c.scope.in_(scopes_of(scope)), feed.c.seq > after).limit(at_most)
    ).subquery()
    return connection.execute(select(func.count()).select_from(some)).scalar_one()


def live_pages(database: Database, scope: str, through: int) -> Iterator[Sequence[FeedRow]]:
    """Every record that a till of the scope has after it read the feed through that number, each once.

    Of a record that is in both scopes the later one counts, as for a till that reads them in order.
    """
    overruled: set[int] = set()
    if scope != EVERY_SHOP:
        yield from _pages_of_a_shop(database, scope, through, overruled)
    after = 0
    while True:
        with database.reading() as connection:
            found = connection.execute(_PAGE_OF_EVERY_SHOP, {"after": after, "through": through}).all()
        if not found:
            return
        after = found[-1].seq
        yield [FeedRow._make(row) for row in found if row.seq not in overruled]


def _pages_of_a_shop(
    database: Database, scope: str, through: int, overruled: set[int]
) -> Iterator[Sequence[FeedRow]]:
    """Notes which rows of every shop the shop's own overrule."""
    after = 0
    while True:
        with database.reading() as connection:
            asked = {"of_scope": scope, "after": after, "through": through}
            found = connection.execute(_PAGE_OF_A_SHOP, asked).all()
        if not found:
            return
        after = found[-1].seq
        overruled.update(row.twin for row in found if row.twin is not None and row.twin < row.seq)
        yield [
            FeedRow(row.seq, row.kind, row.record_id, row.payload)
            for row in found
            if not row.gone and (row.twin is None or row.twin < row.seq or row.twin > through)
        ]
