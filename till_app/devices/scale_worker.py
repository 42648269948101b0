"""The scale's one worker: asks it while somebody looks, and knows which weight was sold already."""

import contextlib
import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from hardware.errors import DeviceError, DeviceTimeout, PermanentDeviceError
from hardware.scales.opening import SCALE_PROTOCOLS, open_scale
from hardware.scales.scale import Scale, ScaleAnswerInvalid, ScaleUnitRefused, WeightReading
from hardware.scales.scale import WeightState as Read
from till_app.devices.health_record import HealthRecord, utc_now
from till_app.services.device_settings import DeviceId, ScaleSettings
from till_app.services.device_status import DeviceHealth, DeviceState, LiveWeight, WeightState

log = logging.getLogger(__name__)

POLL_S = 0.2
SILENT_S = 1.0
"""A weight that nobody confirmed for so long counts no more."""
LOOK_S = 30.0
"""So often a scale is asked whether it is there while nobody weighs."""
FIRST_RETRY_S = 0.25
LONGEST_RETRY_S = 5.0
TIME_OUTS_BEFORE_REOPENING = 3
"""An adaptor that hangs comes back when its port is opened anew."""

_STATES = {
    Read.STABLE: WeightState.STABLE,
    Read.MOVING: WeightState.MOVING,
    Read.ZERO: WeightState.ZERO,
    Read.UNDER: WeightState.UNDER_ZERO,
    Read.OVER: WeightState.OVERLOADED,
}


class WeightCount:
    """Numbers what lies on the scale: a new number once it left its rest, returned to zero, or differs.

    Silence is no movement, and neither is another worker: nobody saw anything change.
    """

    def __init__(self) -> None:
        self.sold_number = 0
        self._number = 0
        self._has_moved = True
        self._last_grams = 0

    @property
    def number(self) -> int:
        """0 before the first."""
        return self._number

    def take(self, reading: WeightReading) -> int:
        """The number of what lies there now."""
        if reading.state is not Read.STABLE:
            self._has_moved = True
        elif self._has_moved or reading.grams != self._last_grams:
            self._number += 1
            self._has_moved = False
            self._last_grams = reading.grams
        return self._number


class ScaleWorker:
    """Implements Scale. `on_weight` and `on_health` are called from its thread, and `on_weight` from whoever
    says that a weight was sold."""

    is_set_up = True

    def __init__(
        self,
        open_device: Callable[[], Scale],
        on_weight: Callable[[LiveWeight], None],
        on_health: Callable[[DeviceHealth], None],
        *,
        can_zero: bool,
        can_tare: bool,
        count: WeightCount | None = None,
        poll_s: float = POLL_S,
        silent_s: float = SILENT_S,
        look_s: float = LOOK_S,
        first_retry_s: float = FIRST_RETRY_S,
        monotonic: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        """`count`: of the worker before, whose goods may still lie there."""
        self.can_zero = can_zero
        self.can_tare = can_tare
        self._open_device = open_device
        self._on_weight = on_weight
        self._poll_s = poll_s
        self._silent_s = silent_s
        self._look_s = look_s
        self._next_look_s = 0.0
        self._first_retry_s = first_retry_s
        self._monotonic = monotonic
        self._record = HealthRecord(DeviceId.SCALE, on_health, now=now)
        self._count = count or WeightCount()
        self._changed = threading.Condition()
        self._is_watched = False
        self._is_stopping = False
        self._orders: deque[Callable[[Scale], None]] = deque()
        self._live = LiveWeight(WeightState.SILENT, number=self._count.number)
        self._scale: Scale | None = None
        self._heard_at = 0.0
        """Of the monotonic clock."""
        self._time_outs = 0
        self._thread = threading.Thread(target=self._run, name="scale", daemon=True)

    # ------------------------------------------------------------- any thread

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Returns when the thread has ended: after one answer's deadline at most."""
        with self._changed:
            self._is_stopping = True
            self._changed.notify_all()
        if self._thread.ident is not None:
            self._thread.join()
        self._tell(WeightState.SILENT)

    def health(self) -> DeviceHealth:
        return self._record.health

    def watch(self, is_watched: bool) -> None:
        with self._changed:
            if is_watched == self._is_watched:
                return
            self._is_watched = is_watched
            self._heard_at = self._monotonic()
            self._changed.notify_all()
        if not is_watched:
            self._tell(WeightState.SILENT)

    def latest(self) -> LiveWeight:
        with self._changed:
            return self._live

    def used(self, number: int) -> None:
        with self._changed:
            self._count.sold_number = max(self._count.sold_number, number)
            live = self._keep(self._live)
        if live is not None:
            self._on_weight(live)

    def zero(self) -> None:
        if self.can_zero:
            self._order(lambda scale: scale.zero())

    def tare(self) -> None:
        if self.can_tare:
            self._order(lambda scale: scale.tare())

    def _order(self, order: Callable[[Scale], None]) -> None:
        with self._changed:
            self._orders.append(order)
            self._changed.notify_all()

    def _tell(self, state: WeightState, reading: WeightReading | None = None, number: int = 0) -> None:
        """Without a reading, of the same goods as before."""
        with self._changed:
            if reading is None:
                live = self._keep(LiveWeight(state, number=self._live.number))
            elif self._is_watched:
                live = self._keep(LiveWeight(state, reading.grams, reading.is_net, number))
            else:  # it was asked before nobody looked any more
                return
        if live is not None:
            self._on_weight(live)

    def _keep(self, live: LiveWeight) -> LiveWeight | None:
        """As it is to be told, under the lock; None: it says nothing new."""
        is_sold = live.state is WeightState.STABLE and live.number == self._count.sold_number
        live = replace(live, is_sold=is_sold)
        if live == self._live:
            return None
        self._live = live
        return live

    # -------------------------------------------------------------- the thread

    def _run(self) -> None:
        retry_s = self._first_retry_s
        while self._wait_for_work():
            try:
                self._work()
                pause_s, retry_s = self._poll_s, self._first_retry_s
            except DeviceError as error:
                self._drop(error)
                pause_s, retry_s = retry_s, min(LONGEST_RETRY_S, 2 * retry_s)
            except Exception:
                log.exception("the scale's worker failed; it goes on")
                pause_s = LONGEST_RETRY_S
                with contextlib.suppress(Exception):
                    self._tell(WeightState.SILENT)
            self._pause(pause_s)
        self._close()

    def _wait_for_work(self) -> bool:
        """Somebody looks, something is ordered, or it is time to see whether the scale is there."""
        with self._changed:
            self._changed.wait_for(
                lambda: self._is_watched or self._orders or self._is_stopping, self._next_look_s
            )
            self._next_look_s = self._look_s
            return not self._is_stopping

    def _pause(self, seconds: float) -> None:
        """An order does not wait, unless the scale is gone."""
        with self._changed:
            self._changed.wait_for(
                lambda: self._is_stopping or (self._scale is not None and bool(self._orders)), seconds
            )

    def _work(self) -> None:
        """One order if there is any, then one reading."""
        if self._scale is None:
            self._scale = self._open_device()
            self._time_outs = 0
        try:
            with self._changed:
                order = self._orders.popleft() if self._orders else None
            if order is not None:
                order(self._scale)
            reading = self._scale.read()
        except DeviceTimeout as error:
            self._time_outs += 1
            self._fall_silent_in_time(error.code, DeviceState.UNREACHABLE)
            if self._time_outs >= TIME_OUTS_BEFORE_REOPENING:
                raise
        except ScaleAnswerInvalid as error:
            self._fall_silent_in_time(error.code, DeviceState.NEEDS_SOMEBODY)
        except ScaleUnitRefused as error:
            self._fall_silent(error.code, DeviceState.NEEDS_SOMEBODY)
        else:
            self._take(reading)

    def _take(self, reading: WeightReading) -> None:
        self._time_outs = 0
        self._heard_at = self._monotonic()
        self._record.heard()
        self._tell(_STATES[reading.state], reading, self._count.take(reading))

    def _fall_silent_in_time(self, code: str, state: DeviceState) -> None:
        """One answer may get lost."""
        if self._monotonic() - self._heard_at >= self._silent_s:
            self._fall_silent(code, state)

    def _fall_silent(self, code: str, state: DeviceState) -> None:
        self._tell(WeightState.SILENT)
        self._record.failed(code, state)

    def _drop(self, error: DeviceError) -> None:
        """Orders for a scale that is gone are forgotten: nobody wants them carried out a minute later."""
        log.info("the scale cannot be used (%s): %s", error.code, error)
        with self._changed:
            self._orders.clear()
        self._close()
        is_for_somebody = isinstance(error, PermanentDeviceError)
        self._fall_silent(
            error.code, DeviceState.NEEDS_SOMEBODY if is_for_somebody else DeviceState.UNREACHABLE
        )

    def _close(self) -> None:
        if self._scale is not None:
            self._scale.close()
            self._scale = None


def scale_worker_for(
    settings: ScaleSettings,
    on_weight: Callable[[LiveWeight], None],
    on_health: Callable[[DeviceHealth], None],
    count: WeightCount | None = None,
) -> ScaleWorker | None:
    """None: no scale is set up."""
    if not settings.address:
        return None
    driver = SCALE_PROTOCOLS[settings.protocol].driver
    return ScaleWorker(
        lambda: open_scale(settings.protocol, settings.address),
        on_weight,
        on_health,
        can_zero=driver.can_zero,
        can_tare=driver.can_tare,
        count=count,
    )
