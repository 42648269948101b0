"""Greeting a till: agree on a protocol, say how far its journal is here, note how it is."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, Row, bindparam, func, select, update

from till_app import __version__
from till_app.domain.times import from_text, to_text
from till_app.hub.database import Database
from till_app.hub.feed import identity
from till_app.hub.feed_reading import EVERY_SHOP
from till_app.hub.refusals import Refused
from till_app.hub.tables import feed, till
from till_app.hub.tills import Till
from till_app.wire.exchange import Capability, ErrorCode, HelloAnswer, HelloRequest, JournalHead
from till_app.wire.protocol import OLDEST_PROTOCOL_VERSION, PROTOCOL_VERSION

CAPABILITIES = [Capability.SNAPSHOT, Capability.LIVE, Capability.SWEEP, Capability.ZSTD]
_MAX_SEQ = 2**63 - 1
_MAX_APP_VERSION_LENGTH = 100
_SEEN_ANEW_AFTER = timedelta(seconds=60)
"""A till that greets more often is not written down each time."""
_SKEW_STEP_S = 5
_greeted = select(till).where(till.c.till_id == bindparam("of_till"))
_feed_records = (
    select(func.count()).select_from(feed).where(feed.c.scope.in_([EVERY_SHOP, bindparam("of_shop")]))
)


class FeedSizes:
    """About how many records the feed of each shop has: counted anew when it has grown by a twentieth.

    Counting a million takes a tenth of a second, and every till asks. Safe to use from any thread.
    """

    def __init__(self) -> None:
        self._counted: dict[str, tuple[int, int]] = {}
        """By shop: the number of records, and where the feed stood."""

    def of_shop(self, connection: Connection, shop_id: str, feed_seq: int) -> int:
        count, counted_at = self._counted.get(shop_id, (0, 0))
        if abs(feed_seq - counted_at) > count // 20:
            count = int(connection.execute(_feed_records, {"of_shop": shop_id}).scalar_one())
            self._counted[shop_id] = (count, feed_seq)
        return count


def greet(
    database: Database, sizes: FeedSizes, caller: Till, request: HelloRequest, now: datetime
) -> HelloAnswer:
    """Raises Refused 426 when the two have no protocol in common, and 400."""
    if request.newest_protocol < OLDEST_PROTOCOL_VERSION or request.oldest_protocol > PROTOCOL_VERSION:
        raise Refused(
            426,
            ErrorCode.PROTOCOL_TOO_OLD,
            f"The till speaks protocol {request.oldest_protocol} to {request.newest_protocol}, the hub"
            f" {OLDEST_PROTOCOL_VERSION} to {PROTOCOL_VERSION}. Update the older of the two.",
        )
    if not 0 <= request.journal_head.seq <= _MAX_SEQ:
        raise Refused(400, ErrorCode.BAD_REQUEST, "journal_head.seq is out of range.")
    if "\0" in request.app_version:
        raise Refused(400, ErrorCode.BAD_REQUEST, "app_version is no text.")
    skew_s = _skew_s(request.till_time, now)
    with database.reading() as connection:
        answer, row = _answer(connection, sizes, caller, request, now)
    if _is_news(row, request, skew_s, now):
        with database.writing() as connection:
            connection.execute(
                update(till)
                .where(till.c.till_id == caller.till_id)
                .values(
                    last_seen_at=to_text(now),
                    app_version=request.app_version[:_MAX_APP_VERSION_LENGTH],
                    clock_skew_s=skew_s,
                    reported_seq=request.journal_head.seq,
                )
            )
    return answer


def _answer(
    connection: Connection, sizes: FeedSizes, caller: Till, request: HelloRequest, now: datetime
) -> tuple[HelloAnswer, Row[tuple[object, ...]]]:
    hub = identity(connection)
    row = connection.execute(_greeted, {"of_till": caller.till_id}).one()
    answer = HelloAnswer(
        protocol=min(request.newest_protocol, PROTOCOL_VERSION),
        hub_id=hub.hub_id,
        epoch=hub.epoch,
        server_time=to_text(now),
        acked_through=JournalHead(row.acked_seq, row.acked_hash),
        quarantined=row.quarantined,
        capabilities=CAPABILITIES,
        feed_records=sizes.of_shop(connection, caller.shop_id, hub.feed_seq),
        shop_id=caller.shop_id,
        hub_version=__version__,
        forked=row.forked_at is not None,
    )
    return answer, row


def _is_news(row: Row[tuple[object, ...]], request: HelloRequest, skew_s: int, now: datetime) -> bool:
    return (
        row.last_seen_at is None
        or from_text(row.last_seen_at) + _SEEN_ANEW_AFTER <= now
        or row.app_version != request.app_version[:_MAX_APP_VERSION_LENGTH]
        or row.reported_seq != request.journal_head.seq
        or abs(row.clock_skew_s - skew_s) >= _SKEW_STEP_S
    )


def _skew_s(till_time: str, now: datetime) -> int:
    try:
        return round((from_text(till_time) - now).total_seconds())
    except (ValueError, OverflowError):
        raise Refused(400, ErrorCode.BAD_REQUEST, "till_time is no RFC 3339 moment.") from None
