"""The till's scale as the settings have it, or none: the same object when the settings change."""

from collections.abc import Callable

from till_app.devices.scale_worker import ScaleWorker, WeightCount, scale_worker_for
from till_app.services.device_settings import DeviceId, ScaleSettings
from till_app.services.device_status import DeviceHealth, LiveWeight, WeightState


class TillScale:
    """Implements Scale. `start`, `stop` and `use` are for one thread, and wait for the old worker's end."""

    def __init__(
        self,
        settings: ScaleSettings,
        on_weight: Callable[[LiveWeight], None],
        on_health: Callable[[DeviceHealth], None],
    ) -> None:
        self._on_weight = on_weight
        self._on_health = on_health
        self._is_started = False
        self._is_watched = False
        self._count = WeightCount()
        self._worker: ScaleWorker | None = scale_worker_for(settings, on_weight, on_health, self._count)

    def start(self) -> None:
        self._is_started = True
        if self._worker is not None:
            self._worker.start()

    def stop(self) -> None:
        self._is_started = False
        if self._worker is not None:
            self._worker.stop()

    def use(self, settings: ScaleSettings) -> None:
        if self._worker is not None:
            self._worker.stop()
        self._worker = worker = scale_worker_for(settings, self._on_weight, self._on_health, self._count)
        if worker is not None:
            worker.watch(self._is_watched)
            if self._is_started:
                worker.start()
        self._on_weight(self.latest())

    def health(self) -> DeviceHealth:
        worker = self._worker
        return worker.health() if worker is not None else DeviceHealth(DeviceId.SCALE)

    @property
    def is_set_up(self) -> bool:
        return self._worker is not None

    @property
    def can_zero(self) -> bool:
        worker = self._worker
        return worker is not None and worker.can_zero

    @property
    def can_tare(self) -> bool:
        worker = self._worker
        return worker is not None and worker.can_tare

    def watch(self, is_watched: bool) -> None:
        self._is_watched = is_watched
        worker = self._worker
        if worker is not None:
            worker.watch(is_watched)

    def latest(self) -> LiveWeight:
        worker = self._worker
        return worker.latest() if worker is not None else LiveWeight(WeightState.SILENT)

    def used(self, number: int) -> None:
        worker = self._worker
        if worker is not None:
            worker.used(number)

    def zero(self) -> None:
        worker = self._worker
        if worker is not None:
            worker.zero()

    def tare(self) -> None:
        worker = self._worker
        if worker is not None:
            worker.tare()
