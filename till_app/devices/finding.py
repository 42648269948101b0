"""What could be set up at this till: ports, printers and scanners of the machine, printers on its network."""

from collections.abc import Callable, Sequence
from pathlib import Path

from serial.tools import list_ports

from hardware.discovery.found import Found
from hardware.errors import AddressInvalid, DeviceUnavailable
from hardware.serial_identity import SerialIdentity
from hardware.serial_identity import port_of as serial_port_of
from till_app.devices.settings_check import SettingsInvalid, device_of_key, port_of, used_addresses
from till_app.services.device_ports import FoundDevice
from till_app.services.device_settings import DeviceSettings
from till_app.services.line_addresses import is_serial, port_name

FindAll = Callable[..., None]
"""As `hardware.discovery.search.find_all`."""


def find(
    search: FindAll,
    settings: DeviceSettings,
    on_found: Callable[[FoundDevice], None],
    network: str,
    is_wanted: Callable[[], bool],
) -> None:
    """Raises SettingsInvalid when `network` cannot be read."""
    used = in_use(settings)

    def tell(found: Found) -> None:
        user = used.get(port_of(found.address), "") if found.address else ""
        on_found(
            FoundDevice(found.kind, found.address, found.name, found.detail, found.suits, in_use_by=user)
        )

    try:
        search(tell, network, is_wanted=is_wanted)
    except AddressInvalid as error:
        raise SettingsInvalid(str(error)) from error


def in_use(settings: DeviceSettings) -> dict[str, str]:
    """By port, the place whose device is there."""
    return {port_of(address): device_of_key(key) for key, address in used_addresses(settings)}


def missing_ports(settings: DeviceSettings) -> Sequence[str]:
    """Ports and device files of these settings that this machine does not have; networks are not asked."""
    return [port_name(address) for _, address in used_addresses(settings) if not _is_here(address)]


def _is_here(address: str) -> bool:
    name = port_name(address)
    if address.startswith("file://"):
        return Path(name).exists()
    if not is_serial(address):
        return True
    identity = SerialIdentity.parse(name)
    if identity is None:
        return Path(name).exists() or name in {port.device for port in list_ports.comports()}
    try:
        serial_port_of(identity)
    except DeviceUnavailable:
        return False
    return True
