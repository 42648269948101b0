"""Greeting the hub: that it is ours, which protocol both speak, what it can do, and whose clock is off."""

import logging
from collections.abc import Callable
from datetime import datetime

import msgspec

from till_app.domain.times import from_text, to_text
from till_app.services.errors import HubRefused, HubUnreachable
from till_app.services.ports import Clock, Outbox
from till_app.sync.codes import SyncCode
from till_app.wire.exchange import ErrorCode, HelloAnswer, HelloRequest, JournalHead
from till_app.wire.protocol import OLDEST_PROTOCOL_VERSION, PROTOCOL_VERSION, HubApi

logger = logging.getLogger(__name__)

CAPABLE_FROM_PROTOCOL = 2
"""Older hubs have no capabilities, whatever they may name."""
NOTABLE_SKEW_S = 120


class Greeter:
    def __init__(
        self,
        hub: HubApi,
        outbox: Outbox,
        clock: Clock,
        monotonic: Callable[[], float],
        *,
        app_version: str,
        hub_id: str | None,
        every_s: float,
    ) -> None:
        self._hub = hub
        self._outbox = outbox
        self._clock = clock
        self._monotonic = monotonic
        self._app_version = app_version
        self._hub_id = hub_id
        self._every_s = every_s
        self._agreed: HelloAnswer | None = None
        self._due_at = 0.0
        self.skew_s = 0
        """The till's clock less the hub's."""

    @property
    def agreed(self) -> HelloAnswer | None:
        """The greeting that holds; None when it is time for another."""
        return self._agreed if self._monotonic() < self._due_at else None

    def forget(self) -> None:
        """The hub went away, or is no longer what it was."""
        self._agreed = None
        self._due_at = 0.0

    def greet(self) -> HelloAnswer:
        """Ask the hub. Raises HubError, also when it is no hub for this till."""
        self.forget()
        head = self._outbox.journal_head()
        before = self._clock.now()
        answer = self._hub.hello(
            HelloRequest(
                oldest_protocol=OLDEST_PROTOCOL_VERSION,
                newest_protocol=PROTOCOL_VERSION,
                app_version=self._app_version,
                journal_head=JournalHead(head.seq, head.hash),
                till_time=to_text(before),
            )
        )
        if self._hub_id is not None and answer.hub_id != self._hub_id:
            raise HubRefused(SyncCode.OTHER_HUB, f"expected hub {self._hub_id}, found {answer.hub_id}")
        if not OLDEST_PROTOCOL_VERSION <= answer.protocol <= PROTOCOL_VERSION:
            raise HubRefused(ErrorCode.PROTOCOL_TOO_OLD, f"the hub speaks protocol {answer.protocol}")
        if answer.protocol < CAPABLE_FROM_PROTOCOL:
            answer = msgspec.structs.replace(answer, capabilities=[])
        self._note_skew(_skew_s(before, self._clock.now(), answer.server_time))
        return answer

    def agree(self, answer: HelloAnswer) -> None:
        """Both journals were found to be one: the greeting holds until the next is due."""
        self._agreed = answer
        self._due_at = self._monotonic() + self._every_s

    def _note_skew(self, skew_s: int) -> None:
        if abs(skew_s) >= NOTABLE_SKEW_S > abs(self.skew_s):
            logger.info("this till's clock is %d s ahead of the hub's", skew_s)
        self.skew_s = skew_s


def _skew_s(before: datetime, after: datetime, server_time: str) -> int:
    """The till's clock less the hub's; the hub read its clock half-way through the request."""
    try:
        hub_now = from_text(server_time)
    except ValueError as error:
        raise HubUnreachable(SyncCode.NOT_A_HUB, f"a greeting at {server_time!r}") from error
    return round((before + (after - before) / 2 - hub_now).total_seconds())
