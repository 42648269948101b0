"""What becomes of the cash drawer outside of sales, movements and `no_sale`, as entries of the journal."""

import logging
import threading
from collections.abc import Callable

import msgspec

from till_app.domain.errors import DomainError
from till_app.services.device_status import DrawerEvent, DrawerNews, OpeningReason
from till_app.services.ports import Clock, Fact, Ledger, LedgerUnavailable
from till_app.wire.bodies import BODY_VERSION, DrawerEventBody, Kind

log = logging.getLogger(__name__)

OPENED_FOR_FLOAT = "opened_for_float"
OPENED_FOR_COUNT = "opened_for_count"
OPENED_FOR_TEST = "opened_for_test"
MOST_KEPT = 1000
"""Events that wait for a disk with room."""

_encoder = msgspec.json.Encoder()
_ON_RECORD = frozenset(
    (DrawerNews.DROPPED_LATE, DrawerNews.FAILED, DrawerNews.OPENED_UNASKED, DrawerNews.LEFT_OPEN)
)


class DrawerJournal:
    """Any thread may call; on a full disk what happened is kept here and recorded with what follows."""

    def __init__(self, ledger: Ledger, clock: Clock, signed_on: Callable[[], str]) -> None:
        """`signed_on`: the id of who works here, or an empty text; called from any thread."""
        self._ledger = ledger
        self._clock = clock
        self._signed_on = signed_on
        self._lock = threading.Lock()
        self._waiting: list[Fact] = []

    def note(self, event: DrawerEvent) -> None:
        """Record it, unless it is on record by its sale, movement, `no_sale` or otherwise."""
        body = self._body(event)
        if body is None:
            return
        session = self._ledger.session()
        business_date = session.business_date if session else self._clock.today()
        fact = Fact(Kind.DRAWER_EVENT, BODY_VERSION, event.at, business_date, _encoder.encode(body))
        with self._lock:
            self._waiting = [*self._waiting, fact][-MOST_KEPT:]
            try:
                with self._ledger.write() as write:
                    for waiting in self._waiting:
                        write.record(waiting)
                    write.commit()
            except (LedgerUnavailable, DomainError) as error:
                log.warning("what became of the drawer is not on record yet: %s", error)
            else:
                self._waiting = []

    def _body(self, event: DrawerEvent) -> DrawerEventBody | None:
        opening = event.opening
        if event.news in _ON_RECORD:
            name = event.news.value
        elif event.news is DrawerNews.CLOSED and event.detail:
            # It had been left open: now it is known for how long.
            name = DrawerNews.LEFT_OPEN.value
        elif event.news is DrawerNews.KICKED and opening and opening.reason is OpeningReason.TEST:
            name = OPENED_FOR_TEST
        else:
            return None
        if opening is None:
            session = self._ledger.session()
            return DrawerEventBody(
                name, self._signed_on(), session.session_id if session else "", detail=event.detail
            )
        return DrawerEventBody(
            name,
            opening.operator_id or self._signed_on(),
            opening.session_id,
            opening.reason.value,
            " · ".join(part for part in (opening.reference, event.detail) if part),
        )
