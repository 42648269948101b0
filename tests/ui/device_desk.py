"""Stands where the devices' centre does: settings that are kept, health as a test says it, and who called."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from hardware.document import ReceiptDocument
from hardware.scanners.setup_sheet import setup_sheet
from tests.services.counter import ShopCounter
from till_app.devices.settings import read_settings, settings_as_json
from till_app.devices.settings_check import check
from till_app.services.device_places import places_of, without_secrets
from till_app.services.device_ports import FoundDevice, TestReport
from till_app.services.device_settings import DeviceSettings
from till_app.services.device_status import DeviceHealth
from till_app.services.set_up import SetUp, Whereabouts


@dataclass
class DeviceDesk:
    """Implements DeviceControl. Calls that ask a device fail on the thread that made this desk, the GUI's."""

    current: DeviceSettings = field(default_factory=DeviceSettings)
    healths: dict[str, DeviceHealth] = field(default_factory=dict)
    finds: list[FoundDevice] = field(default_factory=list)
    reports: list[TestReport] = field(default_factory=list)
    """To `test`, in turn."""
    tested: list[tuple[str, DeviceSettings]] = field(default_factory=list)
    networks: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    given_up: int = 0
    gui_thread: int = field(default_factory=threading.get_ident)

    def settings(self) -> DeviceSettings:
        return self.current

    def health(self) -> Sequence[DeviceHealth]:
        return [self.healths.get(place, DeviceHealth(place)) for place in places_of(self.current)]

    def use(self, settings: DeviceSettings) -> None:
        self._off_the_gui_thread()
        check(settings)
        self.current = settings

    def find(self, on_found: Callable[[FoundDevice], None], network: str = "") -> None:
        self._off_the_gui_thread()
        self.networks.append(network)
        for found in self.finds:
            on_found(found)

    def test(self, device: str, settings: DeviceSettings) -> TestReport:
        self._off_the_gui_thread()
        check(settings)
        self.tested.append((device, settings))
        return self.reports.pop(0)

    def give_up(self) -> None:
        self.given_up += 1

    def export_profile(self, path: Path) -> None:
        self._off_the_gui_thread()
        path.write_bytes(settings_as_json(without_secrets(self.current)))

    def scanner_sheet(self) -> ReceiptDocument:
        return setup_sheet()

    def missing_ports(self, settings: DeviceSettings) -> Sequence[str]:
        self._off_the_gui_thread()
        return self.missing

    def import_profile(self, path: Path) -> DeviceSettings:
        self._off_the_gui_thread()
        return read_settings(path.read_bytes(), path.name)

    def _off_the_gui_thread(self) -> None:
        if threading.get_ident() == self.gui_thread:
            raise AssertionError("a device was asked on the GUI thread")


@dataclass
class SecretDesk:
    kept: dict[str, str] = field(default_factory=dict)

    def keep(self, name: str, secret: str) -> None:
        self.kept[name] = secret

    def has(self, name: str) -> bool:
        return name in self.kept


def a_set_up(
    counter: ShopCounter, devices: DeviceDesk | None = None, secrets: SecretDesk | None = None
) -> SetUp:
    folder = counter.folder
    backup = folder / "ledger.backup.sqlite"
    return SetUp(
        devices or DeviceDesk(),
        counter.devices,
        Whereabouts(folder, folder / "till.log", backup, folder / "logo.png"),
        counter.ledger.check,
        lambda: counter.ledger.back_up(backup),
        secrets or SecretDesk(),
    )
