"""What the installer's screens ask of the till around them: its devices, machine, files and secrets."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from till_app.domain.times import to_text
from till_app.services.device_places import changes_between, without_secrets
from till_app.services.device_ports import DeviceControl
from till_app.services.device_settings import DeviceSettings
from till_app.services.ports import HealthProbe

LARGEST_LOGO_BYTES = 500_000
_PNG = b"\x89PNG\r\n\x1a\n"
_LOG_BYTES = 200_000
"""Of the end of the log, in a report."""


class SecretStore(Protocol):
    """Any thread; each call may take seconds."""

    def keep(self, name: str, secret: str) -> None:
        """Raises OSError."""
        ...

    def has(self, name: str) -> bool: ...


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where a till keeps what an installer looks for."""

    folder: Path
    log: Path
    backup: Path
    logo: Path
    """Of the shop, for receipts; a PNG, if it is there."""


@dataclass(frozen=True, slots=True)
class MachineFacts:
    app_version: str
    system: str
    free_disk_bytes: int
    ledger_bytes: int
    catalogue_bytes: int
    ledger_check: str
    """`ok`, or what SQLite's quick check found."""
    folder: str
    log: str
    backup: str
    backup_at: str | None
    """When the copy of the ledger was made; None: there is none yet."""


class SetUp:
    """Its methods read and write files: not on the GUI thread."""

    def __init__(
        self,
        devices: DeviceControl,
        probe: HealthProbe,
        places: Whereabouts,
        check_ledger: Callable[[], str],
        back_up: Callable[[], None],
        secrets: SecretStore,
    ) -> None:
        self.devices = devices
        self.secrets = secrets
        self._probe = probe
        self._places = places
        self._check_ledger = check_ledger
        self._back_up = back_up

    def machine(self) -> MachineFacts:
        reading, places = self._probe.read(), self._places
        return MachineFacts(
            reading.app_version,
            reading.system,
            reading.free_disk_bytes,
            reading.ledger_bytes,
            reading.catalogue_bytes,
            reading.ledger_check,
            str(places.folder),
            str(places.log),
            str(places.backup),
            _made_at(places.backup),
        )

    def check_ledger(self) -> str:
        """`ok`, or what is wrong with it; some seconds for a large one. Raises LedgerUnavailable."""
        return self._check_ledger()

    def back_up(self) -> None:
        """Raises LedgerUnavailable, OSError."""
        self._back_up()

    def logo(self) -> bytes | None:
        try:
            return self._places.logo.read_bytes()
        except FileNotFoundError:
            return None

    def take_logo(self, path: Path) -> None:
        """A copy of that picture is the shop's logo from now on. Raises ValueError with words, OSError."""
        content = path.read_bytes()
        if not content.startswith(_PNG):
            raise ValueError(f"{path.name} is no PNG")
        if len(content) > LARGEST_LOGO_BYTES:
            raise ValueError(f"{path.name} is too large: a logo has {LARGEST_LOGO_BYTES // 1000} kB at most")
        aside = self._places.logo.with_suffix(".new")
        aside.write_bytes(content)
        aside.replace(self._places.logo)

    def save_report(self, path: Path) -> None:
        """All that helps somebody who is not here: versions, devices, their settings without secrets, the
        end of the log. Raises OSError."""
        settings = without_secrets(self.devices.settings())
        report = {
            "machine": asdict(self.machine()),
            "settings": changes_between(DeviceSettings(), settings),
            "devices": [asdict(health) for health in self.devices.health()],
            "log": _last_lines(self._places.log),
        }
        aside = path.with_name(path.name + ".part")
        aside.write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        aside.replace(path)


def _made_at(backup: Path) -> str | None:
    try:
        return to_text(datetime.fromtimestamp(backup.stat().st_mtime, UTC))
    except FileNotFoundError:
        return None


def _last_lines(log: Path) -> Sequence[str]:
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - _LOG_BYTES))
            return file.read().decode(errors="replace").splitlines()[1:]
    except FileNotFoundError:
        return []
