"""How the machine under the till is: free disk, sizes of files, what its parts last said of themselves."""

import platform
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from till_app.services.device_status import DeviceHealth, DeviceState
from till_app.services.ports import HealthReading
from till_app.services.status import PrinterStatus, SyncStatus

_LOG = "-wal"
"""SQLite's log beside a database counts with it."""


class Machine:
    """Implements HealthProbe."""

    def __init__(
        self,
        app_version: str,
        ledger: Path,
        catalogue: Path,
        check_ledger: Callable[[], str],
        sync_status: Callable[[], SyncStatus],
        printer_status: Callable[[], PrinterStatus],
        device_health: Callable[[], Sequence[DeviceHealth]] = tuple,
    ) -> None:
        self._app_version = app_version
        self._ledger = ledger
        self._catalogue = catalogue
        self._check_ledger = check_ledger
        self._sync_status = sync_status
        self._printer_status = printer_status
        self._device_health = device_health

    def read(self) -> HealthReading:
        return HealthReading(
            app_version=self._app_version,
            system=platform.platform(),
            free_disk_bytes=shutil.disk_usage(self._ledger.parent).free,
            ledger_bytes=_size(self._ledger),
            catalogue_bytes=_size(self._catalogue),
            clock_skew_s=self._sync_status().clock_skew_s,
            ledger_check=self._check_ledger(),
            printer=self._printer_status().state.value,
            devices={
                health.device: health.state.value
                for health in self._device_health()
                if health.state is not DeviceState.NOT_SET_UP
            },
        )


def _size(database: Path) -> int:
    """0 for what is not there."""
    files = (database, database.with_name(database.name + _LOG))
    return sum(file.stat().st_size for file in files if file.exists())
