"""The till's scanners with a connection of their own, each with its health; not those that type keys."""

import logging
from collections.abc import Callable
from datetime import datetime

from hardware.errors import AddressInvalid, DeviceError, PermanentDeviceError
from hardware.scanners.frame import ScanFrame
from hardware.scanners.opening import scanner_at
from hardware.scanners.scanner import Scanner
from till_app.devices.health_record import HealthRecord, utc_now
from till_app.domain.times import to_text
from till_app.services.device_places import scanner_id
from till_app.services.device_settings import DeviceSettings
from till_app.services.device_status import DeviceHealth, DeviceState, ScanHeard

log = logging.getLogger(__name__)


class ScannerWorker:
    """One scanner on a thread of its own, which opens it again whenever it went away."""

    def __init__(
        self,
        device: str,
        address: str,
        on_scan: Callable[[ScanHeard], None],
        on_health: Callable[[DeviceHealth], None],
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        """Both callbacks come from the scanner's thread."""
        self._device = device
        self._on_scan = on_scan
        self._now = now
        self._record = HealthRecord(device, on_health, now=now)
        self._scanner: Scanner | None = None
        self._last_heard: ScanHeard | None = None
        try:
            self._scanner = scanner_at(
                address, self._on_frame, self._on_connected, self._on_error, name=device
            )
        except AddressInvalid as error:
            log.warning("%s cannot be used: %s", device, error)
            self._record.failed(error.code, DeviceState.NEEDS_SOMEBODY)

    def start(self) -> None:
        if self._scanner is not None:
            self._scanner.start()

    def stop(self) -> None:
        if self._scanner is not None:
            self._scanner.stop()

    def health(self) -> DeviceHealth:
        return self._record.health

    @property
    def last_heard(self) -> ScanHeard | None:
        """The last scan since the start."""
        return self._last_heard

    def _on_frame(self, frame: ScanFrame) -> None:
        heard = ScanHeard(frame.text, self._device, frame.aim, frame.gap_ms, to_text(self._now()))
        self._last_heard = heard
        try:
            self._on_scan(heard)
        finally:
            self._record.heard(facts=heard.facts)

    def _on_connected(self, is_connected: bool) -> None:
        if is_connected:
            self._record.note(DeviceState.READY, is_heard=False)

    def _on_error(self, error: DeviceError) -> None:
        needs_somebody = isinstance(error, PermanentDeviceError)
        self._record.failed(
            error.code, DeviceState.NEEDS_SOMEBODY if needs_somebody else DeviceState.UNREACHABLE
        )


def scanners_for(
    settings: DeviceSettings,
    on_scan: Callable[[ScanHeard], None],
    on_health: Callable[[DeviceHealth], None],
) -> list[ScannerWorker]:
    """One for each scanner that is set up: `scanner:1` … in the order of the settings."""
    return [
        ScannerWorker(scanner_id(number), scanner.address, on_scan, on_health)
        for number, scanner in enumerate(settings.scanners, 1)
        if scanner.address
    ]
