"""What one device's worker says of its health: kept for whoever asks, told when it has changed."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime

from till_app.domain.times import to_text
from till_app.services.device_status import DeviceHealth, DeviceState


def utc_now() -> datetime:
    return datetime.now(UTC)


class HealthRecord:
    """Written by the worker's thread, read by any. `on_health` is called by whoever changes something."""

    def __init__(
        self,
        device: str,
        on_health: Callable[[DeviceHealth], None],
        state: DeviceState = DeviceState.CONNECTING,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._on_health = on_health
        self._now = now
        self._lock = threading.Lock()
        self._health = DeviceHealth(device, state, since=to_text(now()))

    @property
    def health(self) -> DeviceHealth:
        with self._lock:
            return self._health

    def heard(self, state: DeviceState = DeviceState.READY, facts: Mapping[str, str] | None = None) -> None:
        """It answered. Being heard once more is kept and not told."""
        self.note(state, is_heard=True, facts=facts)

    def failed(self, error: str, state: DeviceState = DeviceState.UNREACHABLE) -> None:
        """`error` is a code, such as `timeout`."""
        self.note(state, is_heard=False, error=error)

    def note(
        self,
        state: DeviceState,
        *,
        is_heard: bool,
        error: str = "",
        queue: int | None = None,
        facts: Mapping[str, str] | None = None,
    ) -> None:
        """All that is known at once, such as of a device that answers and cannot work. Queue and facts stay
        as they were unless they are given."""
        at = to_text(self._now())
        with self._lock:
            before = self._health
            after = self._health = replace(
                before,
                state=state,
                since=before.since if state is before.state else at,
                last_heard_at=at if is_heard else before.last_heard_at,
                error=error or before.error,
                error_at=at if error else before.error_at,
                queue=before.queue if queue is None else queue,
                facts=before.facts if facts is None else dict(facts),
            )
        if _without_moments(after) != _without_moments(before):
            self._on_health(after)


def _without_moments(health: DeviceHealth) -> DeviceHealth:
    return replace(health, last_heard_at="", error_at="")
