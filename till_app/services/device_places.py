"""The places of a till's devices in its settings: reading and replacing one, what changed, what is tested."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, cast

import msgspec

from till_app.services.device_settings import (
    DeviceId,
    DeviceSettings,
    DisplaySettings,
    DrawerSettings,
    PrinterSettings,
    ScaleSettings,
    ScannerSettings,
    SecondScreenSettings,
    TerminalSettings,
    TestRecord,
    WedgeSettings,
)

PlaceSettings = (
    PrinterSettings
    | DrawerSettings
    | ScannerSettings
    | WedgeSettings
    | ScaleSettings
    | DisplaySettings
    | SecondScreenSettings
    | TerminalSettings
)

SCANNER_PREFIX = f"{DeviceId.SCANNER}:"
WEDGE = DeviceId.SCANNER
"""The place of all scanners that type as a keyboard does; those with a connection are `scanner:1` …"""
SECRETS = frozenset(("terminal.password",))
"""Names of settings that no journal entry and no profile shows."""

_FIELDS: Mapping[str, str] = {
    DeviceId.RECEIPT_PRINTER: "printer",
    DeviceId.FALLBACK_PRINTER: "fallback_printer",
    DeviceId.LABEL_PRINTER: "label_printer",
    DeviceId.DRAWER: "drawer",
    DeviceId.SCANNER: "wedge",
    DeviceId.SCALE: "scale",
    DeviceId.DISPLAY: "display",
    DeviceId.SECOND_SCREEN: "second_screen",
    DeviceId.TERMINAL: "terminal",
}
_RULES = frozenset(
    ("opens_for", "opens_when_change_due", "left_open_warning_s", "idle_text", "name", "prints_logo")
)
"""The shop's wishes: changing them leaves a device as tested as it was."""


def places_of(settings: DeviceSettings) -> tuple[str, ...]:
    """Every place, in the order in which an installer goes through them."""
    scanners = [scanner_id(number) for number in range(1, max(1, len(settings.scanners)) + 1)]
    return (
        *scanners,
        WEDGE,
        DeviceId.RECEIPT_PRINTER,
        DeviceId.DRAWER,
        DeviceId.DISPLAY,
        DeviceId.SECOND_SCREEN,
        DeviceId.SCALE,
        DeviceId.TERMINAL,
        DeviceId.FALLBACK_PRINTER,
        DeviceId.LABEL_PRINTER,
    )


def scanner_id(number: int) -> str:
    """`number` from 1."""
    return f"{SCANNER_PREFIX}{number}"


def settings_at(settings: DeviceSettings, device: str) -> PlaceSettings:
    """Raises LookupError for a place that there is not."""
    index = _scanner_index(device)
    if index is not None:
        return settings.scanners[index] if index < len(settings.scanners) else ScannerSettings()
    return cast(PlaceSettings, getattr(settings, _FIELDS[device]))


def with_settings_at(settings: DeviceSettings, device: str, place: PlaceSettings) -> DeviceSettings:
    """A scanner without an address is taken out; one behind the last is added."""
    index = _scanner_index(device)
    if index is None:
        return msgspec.structs.replace(settings, **{_FIELDS[device]: place})
    scanner = cast(ScannerSettings, place)
    scanners = (*settings.scanners[:index], scanner, *settings.scanners[index + 1 :])
    return msgspec.structs.replace(settings, scanners=tuple(each for each in scanners if each.address))


def is_set_up(settings: DeviceSettings, device: str) -> bool:
    match settings_at(settings, device):
        case PrinterSettings(address=address) | ScannerSettings(address=address):
            return bool(address)
        case ScaleSettings(address=address):
            return bool(address)
        case DrawerSettings(connection="printer"):
            return bool(settings.printer.address)
        case DrawerSettings(connection=connection, address=address):
            return connection != "none" and bool(address)
        case DisplaySettings(through_printer=through_printer, address=address):
            return bool(address) or (through_printer and bool(settings.printer.address))
        case WedgeSettings(is_used=is_used) | SecondScreenSettings(is_used=is_used):
            return is_used
        case TerminalSettings(kind=kind):
            return kind != "keyed"


def with_found(settings: DeviceSettings, device: str, address: str) -> DeviceSettings:
    """A device that was just found takes that place; how it is set otherwise stays."""
    place = settings_at(settings, device)
    scheme = address.partition("://")[0]
    changes: dict[str, object] = {"address": address}
    match place:
        case ScannerSettings():
            changes["kind"] = {"hid": "hid_pos", "evdev": "evdev"}.get(scheme, "serial")
        case DrawerSettings():
            changes["connection"] = "usb" if scheme in ("file", "usb", "hid") else "serial"
        case DisplaySettings():
            changes["through_printer"] = False
        case TerminalSettings(kind="keyed" | "simulated"):
            changes["kind"] = "zvt"
        case SecondScreenSettings():
            changes = {"is_used": True, "screen_name": address.partition("://")[2]}
        case WedgeSettings():
            changes = {"is_used": True}
    return with_settings_at(settings, device, msgspec.structs.replace(place, **changes))


def without_device(settings: DeviceSettings, device: str) -> DeviceSettings:
    """That place as in a till that is new, and nothing in it."""
    match settings_at(settings, device):
        case DrawerSettings():
            return with_settings_at(settings, device, DrawerSettings(connection="none"))
        case WedgeSettings():
            return with_settings_at(settings, device, WedgeSettings(is_used=False))
        case _:
            return with_settings_at(settings, device, settings_at(DeviceSettings(), device))


def may_take(suits: Sequence[str], device: str) -> bool:
    """Whether what a search found suits that place; a receipt printer may stand in for one."""
    if device == DeviceId.FALLBACK_PRINTER and DeviceId.RECEIPT_PRINTER in suits:
        return True
    return (DeviceId.SCANNER if device.startswith(SCANNER_PREFIX) else device) in suits


def free_place(settings: DeviceSettings, suits: Sequence[str]) -> str | None:
    """Of the places that a found device may take, the first that nothing has; of scanners always one."""
    for suited in suits:
        if suited == DeviceId.SCANNER:
            return scanner_id(len(settings.scanners) + 1)
        stand_in: tuple[str, ...] = (DeviceId.FALLBACK_PRINTER,) if suited == DeviceId.RECEIPT_PRINTER else ()
        for device in (suited, *stand_in):
            if not is_set_up(settings, device):
                return device
    return None


# -------------------------------------------------------------------- tests


def digest_at(settings: DeviceSettings, device: str) -> str:
    """Of all that a test of that device depends on."""
    place = settings_at(settings, device)
    depends: dict[str, object] = {"device": device.split(":")[0]}
    depends |= {name: value for name, value in _plain(place).items() if name not in _RULES}
    if _hangs_on_printer(place):
        depends["printer"] = [settings.printer.address, settings.printer.drawer_pin]
    return hashlib.sha256(msgspec.json.encode(depends, order="sorted")).hexdigest()


def valid_test(settings: DeviceSettings, device: str) -> TestRecord | None:
    """The last test of that device, if it was made with the settings that it has now."""
    digest = digest_at(settings, device)
    return next((record for record in reversed(settings.tests) if record.settings_digest == digest), None)


def with_test(settings: DeviceSettings, record: TestRecord) -> DeviceSettings:
    """It takes the place of earlier ones of the same device, and of all that count no more."""
    counting = {digest_at(settings, device) for device in places_of(settings)}
    kept = [
        test
        for test in settings.tests
        if test.settings_digest in counting and test.settings_digest != record.settings_digest
    ]
    return msgspec.structs.replace(settings, tests=(*kept, record))


def _hangs_on_printer(place: PlaceSettings) -> bool:
    match place:
        case DrawerSettings(connection="printer") | DisplaySettings(through_printer=True):
            return True
        case _:
            return False


# ------------------------------------------------------------------ changes


def changes_between(before: DeviceSettings, after: DeviceSettings) -> dict[str, str]:
    """By name, such as `printer.columns`, what it is now; of a secret only that it changed."""
    old, new = _flat(before), _flat(after)
    changed = sorted(name for name in old.keys() | new.keys() if old.get(name) != new.get(name))
    return {name: "changed" if name in SECRETS else new.get(name, "") for name in changed}


def without_secrets(settings: DeviceSettings) -> DeviceSettings:
    """Those of the terminal are as in a till that is new."""
    terminal = msgspec.structs.replace(settings.terminal, password=TerminalSettings().password)
    return msgspec.structs.replace(settings, terminal=terminal)


def _flat(settings: DeviceSettings) -> dict[str, str]:
    """Dotted names and readable values; tests only by device and outcome."""
    flat: dict[str, str] = {}
    for field, value in _plain(settings).items():
        if field == "tests":
            for test in value:
                outcome = "passed" if test["passed"] else "failed"
                flat[f"tests.{test['device']}"] = f"{outcome} {test['at']}"
        else:
            _flatten(field, value, flat)
    return flat


def _flatten(name: str, value: object, into: dict[str, str]) -> None:
    match value:
        case dict():
            for key, inner in value.items():
                _flatten(f"{name}.{key}", inner, into)
        case [dict(), *_]:
            for number, inner in enumerate(value, 1):
                _flatten(f"{name}.{number}", inner, into)
        case list() | tuple():
            into[name] = ", ".join(map(str, value))
        case bool():
            into[name] = "yes" if value else "no"
        case _:
            into[name] = "" if value is None else str(value)


def _plain(value: msgspec.Struct) -> dict[str, Any]:
    return cast(dict[str, Any], msgspec.to_builtins(value))


def _scanner_index(device: str) -> int | None:
    if not device.startswith(SCANNER_PREFIX):
        return None
    return int(device.removeprefix(SCANNER_PREFIX)) - 1
