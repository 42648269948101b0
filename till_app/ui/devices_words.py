"""The till's devices in words: what each is called, how it is set, and what a search found; how each is doing
is in `device_state_words`."""

from collections.abc import Mapping

from till_app.services.device_places import SCANNER_PREFIX, is_set_up, settings_at
from till_app.services.device_ports import FoundDevice
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
    WedgeSettings,
)
from till_app.services.line_addresses import port_name, split_line
from till_app.ui.translation import tr

_CONTEXT = "Devices"


def _source(text: str) -> str:
    """Marks a text for the translators; it is translated when it is said."""
    return text


# ------------------------------------------------------------------- names

_NAMES: Mapping[str, str] = {
    DeviceId.RECEIPT_PRINTER: _source("Receipt printer"),
    DeviceId.FALLBACK_PRINTER: _source("Second receipt printer"),
    DeviceId.LABEL_PRINTER: _source("Label printer"),
    DeviceId.DRAWER: _source("Cash drawer"),
    DeviceId.SCANNER: _source("Keyboard scanners"),
    DeviceId.SCALE: _source("Scale"),
    DeviceId.DISPLAY: _source("Customer display"),
    DeviceId.SECOND_SCREEN: _source("Second screen"),
    DeviceId.TERMINAL: _source("Card terminal"),
}
_TEST_CAPTIONS: Mapping[str, str] = {
    DeviceId.RECEIPT_PRINTER: _source("Print a test"),
    DeviceId.FALLBACK_PRINTER: _source("Print a test"),
    DeviceId.LABEL_PRINTER: _source("Print a label"),
    DeviceId.DRAWER: _source("Open it"),
    DeviceId.SCANNER: _source("Scan something"),
    DeviceId.SCALE: _source("Weigh"),
    DeviceId.DISPLAY: _source("Show a text"),
    DeviceId.SECOND_SCREEN: _source("Show a picture"),
    DeviceId.TERMINAL: _source("Try it"),
}
_PROTOCOLS: Mapping[str, str] = {
    "escpos": "ESC/POS",
    "zpl": "ZPL",
    "epl": "EPL",
    "toledo_8217": "Toledo 8217",
    "nci": "NCI / ECR",
    "cas": "CAS",
    "avery_berkel": "Avery Berkel",
    "cd5220": "CD5220",
    "dm_d": "ESC/POS DM-D",
    "logic_controls": "Logic Controls",
    "zvt": "ZVT",
}
_CONNECTIONS: Mapping[str, str] = {
    "tcp": _source("network"),
    "serial": _source("serial line"),
    "file": _source("printer device"),
    "usb": _source("USB"),
    "cups": _source("print queue"),
    "windows": _source("Windows printer"),
    "hid": _source("USB scanner"),
    "evdev": _source("input device"),
    "https": _source("internet"),
}


def base_of(device: str) -> str:
    """`scanner:2` is a `scanner`."""
    return DeviceId.SCANNER if device.startswith(SCANNER_PREFIX) else device


def device_name(device: str) -> str:
    if device.startswith(SCANNER_PREFIX):
        number = device.removeprefix(SCANNER_PREFIX)
        name = tr(_CONTEXT, "Barcode scanner")
        return name if number == "1" else f"{name} {number}"
    return tr(_CONTEXT, _NAMES.get(device, device))


def test_caption(device: str) -> str:
    return tr(_CONTEXT, _TEST_CAPTIONS[base_of(device)])


def protocol_name(protocol: str) -> str:
    return _PROTOCOLS.get(protocol, protocol)


def connection_name(address: str) -> str:
    scheme = address.partition("://")[0] if "://" in address else "serial"
    return tr(_CONTEXT, _CONNECTIONS.get(scheme, scheme))


# ------------------------------------------------------------ how it is set


def how_it_is_set(settings: DeviceSettings, device: str) -> tuple[str, str]:
    """What it is and how it is connected, and where; the second is empty for what needs no address."""
    place = settings_at(settings, device)
    if not is_set_up(settings, device):
        return _not_set_up(device), ""
    match place:
        case PrinterSettings():
            return _printer_lines(place, device)
        case DrawerSettings(connection="printer", pulse_ms=pulse_ms):
            pin = tr(_CONTEXT, "pin {pin} · {ms} ms").format(pin=settings.printer.drawer_pin, ms=pulse_ms)
            return tr(_CONTEXT, "through the receipt printer"), pin
        case DrawerSettings(address=address):
            return connection_name(address), _where(address)
        case ScannerSettings(name=name, address=address):
            return joined(name, connection_name(address)), _where(address)
        case WedgeSettings(mode="prefix"):
            return tr(_CONTEXT, "they type as a keyboard · told by their prefix"), ""
        case WedgeSettings(gap_ms=gap_ms):
            words = tr(_CONTEXT, "they type as a keyboard · keys at most {ms} ms apart").format(ms=gap_ms)
            return words, ""
        case ScaleSettings(protocol=protocol, address=address):
            return joined(protocol_name(protocol), connection_name(address)), _where(address)
        case DisplaySettings(through_printer=True, protocol=protocol):
            return joined(protocol_name(protocol), tr(_CONTEXT, "through the receipt printer")), ""
        case DisplaySettings(protocol=protocol, address=address):
            return joined(protocol_name(protocol), connection_name(address)), _where(address)
        case SecondScreenSettings(screen_name=name):
            return name or tr(_CONTEXT, "the first screen beside this one"), ""
        case TerminalSettings(kind="simulated"):
            return tr(_CONTEXT, "simulated · for training only, it takes no money"), ""
        case TerminalSettings(kind=kind, address=address):
            return joined(protocol_name(kind), connection_name(address)), _where(address)


def _printer_lines(printer: PrinterSettings, device: str) -> tuple[str, str]:
    kind = protocol_name(printer.language)
    if printer.language == "escpos" and printer.escpos_profile not in ("", "default"):
        kind = printer.escpos_profile
    if device == DeviceId.LABEL_PRINTER:
        size = f"{printer.label_width_mm} × {printer.label_height_mm} mm"
    else:
        size = tr(_CONTEXT, "{count} columns").format(count=printer.columns)
    trusted = tr(_CONTEXT, "what is sent counts as printed") if printer.trust_silence else ""
    return joined(kind, connection_name(printer.address), trusted), joined(_where(printer.address), size)


def _not_set_up(device: str) -> str:
    not_set_up = tr(_CONTEXT, "not set up")
    more = {
        DeviceId.TERMINAL: tr(_CONTEXT, "cards are keyed on a separate terminal"),
        DeviceId.FALLBACK_PRINTER: tr(_CONTEXT, "it would print while the first one cannot"),
        DeviceId.DRAWER: tr(_CONTEXT, "it needs the receipt printer or a line of its own"),
        DeviceId.RECEIPT_PRINTER: tr(_CONTEXT, "receipts are shown on the screen"),
    }.get(device, "")
    if device == DeviceId.SCANNER:
        return tr(_CONTEXT, "off: what a scanner types is taken as typed by hand")
    return joined(not_set_up, more)


def _where(address: str) -> str:
    _, line = split_line(address)
    return joined(port_name(address), line.words)


def joined(*parts: str) -> str:
    """With dots between those that are not empty."""
    return " · ".join(part for part in parts if part)


# ------------------------------------------------------------------- found

_KINDS: Mapping[str, str] = {
    "serial_port": _source("Serial port"),
    "printer_file": _source("Printer device"),
    "usb_printer": _source("USB printer"),
    "network_printer": _source("Network printer"),
    "print_queue": _source("Print queue"),
    "input_device": _source("Input device"),
    "hid_device": _source("USB scanner"),
    "screen": _source("Screen"),
}


def found_words(found: FoundDevice) -> str:
    """What it is and where, and what uses it; nothing that its name says already."""
    kind = tr(_CONTEXT, _KINDS.get(found.kind, found.kind))
    use = tr(_CONTEXT, "in use: {name}").format(name=device_name(found.in_use_by)) if found.in_use_by else ""
    parts = dict.fromkeys((kind, port_name(found.address), found.detail, use))
    return joined(*(part for part in parts if part != found.name))
