"""How the card terminal is, by what it last answered, and when to look again."""

from collections.abc import Callable

from till_app.devices.health_record import HealthRecord
from till_app.services.device_settings import DeviceId
from till_app.services.device_status import DeviceHealth, DeviceState

CHECK_EVERY_S = 60.0
"""While it is idle and well."""
RETRY_S = (2.0, 5.0, 10.0, 30.0)
"""Between checks while it is not."""
_NEEDS_SOMEBODY = frozenset(("busy", "not_ready", "not_registered", "settlement_needed"))


class TerminalHealth:
    """Used by the terminal's thread; `latest` may be read by any."""

    def __init__(self, on_health: Callable[[DeviceHealth], None], *, is_set_up: bool) -> None:
        self._failures = 0
        state = DeviceState.CONNECTING if is_set_up else DeviceState.NOT_SET_UP
        self._record = HealthRecord(DeviceId.TERMINAL, on_health, state)

    @property
    def latest(self) -> DeviceHealth:
        return self._record.health

    def heard(self, reason: str) -> float:
        """`reason` is empty when all is well. Returns after how many seconds to look again."""
        if not reason:
            self._failures = 0
            self._record.heard()
            return CHECK_EVERY_S
        self._failures += 1
        if reason in _NEEDS_SOMEBODY:
            self._record.note(DeviceState.NEEDS_SOMEBODY, is_heard=True, error=reason)
        else:
            self._record.failed(reason)
        return RETRY_S[min(self._failures, len(RETRY_S)) - 1]
