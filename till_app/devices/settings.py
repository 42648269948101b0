"""Which devices this till has and how they are reached: one JSON file that an installer may read and edit."""

from pathlib import Path

import msgspec

from hardware.addresses import parse_address, parse_port
from hardware.errors import DeviceError


class PrinterSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    address: str = ""
    """`tcp://192.168.1.40:9100`, `serial:///dev/ttyUSB0?baud=9600` or `file:///dev/usb/lp0`; empty: none."""
    columns: int = 42
    drawer_pin: int = 2
    cutter: bool = True
    trust_silence: bool = False
    """The printer cannot answer: what was sent counts as printed."""


class ScannerSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    address: str = ""
    """Of a serial scanner; a keyboard wedge needs none."""


class DeviceSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    printer: PrinterSettings = PrinterSettings()
    scanner: ScannerSettings = ScannerSettings()


class SettingsInvalid(Exception):
    """The settings file cannot be used; the message says where and why, and the till runs without devices."""


def load_settings(path: Path) -> DeviceSettings:
    """Missing file: no devices. Raises SettingsInvalid."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return DeviceSettings()
    try:
        settings = msgspec.json.decode(content, type=DeviceSettings)
    except msgspec.MsgspecError as error:
        raise SettingsInvalid(f"{path.name}: {error}") from error
    if settings.printer.columns not in (32, 42, 48):
        raise SettingsInvalid(f"{path.name}: printer.columns must be 32, 42 or 48")
    if settings.printer.drawer_pin not in (2, 5):
        raise SettingsInvalid(f"{path.name}: printer.drawer_pin must be 2 or 5")
    try:
        if settings.printer.address:
            parse_address(settings.printer.address)
        if settings.scanner.address:
            parse_port(settings.scanner.address)
    except DeviceError as error:
        raise SettingsInvalid(f"{path.name}: {error}") from error
    return settings
