"""Whether the settings of a till's devices make sense: each rule says which key is wrong and what to do."""

import re
from collections.abc import Iterator

from hardware.addresses import parse_address, parse_scanner_address
from hardware.errors import DeviceError
from till_app.domain.in_store import UK_LAYOUTS, EmbeddedValue, InStoreLayout, check_layouts
from till_app.services.device_places import scanner_id
from till_app.services.device_settings import (
    DeviceId,
    DeviceSettings,
    DisplaySettings,
    DrawerSettings,
    LabelLayout,
    PrinterSettings,
    ScaleSettings,
    ScannerSettings,
    TerminalSettings,
    WedgeSettings,
)
from till_app.services.line_addresses import port_name, split_line

COLUMNS = range(24, 81)
PINS = (2, 5)
PULSE_MS = range(10, 511)
_TENDERS = ("cash", "card")
_LANGUAGES = {
    "printer": ("escpos",),
    "fallback_printer": ("escpos",),
    "label_printer": ("zpl", "epl", "escpos"),
}
_CODE_PAGE = re.compile(r"[A-Za-z0-9_-]{1,24}")
_HEX_BYTES = re.compile(r"([0-9A-Fa-f]{2} ?){1,16}")
_PASSWORD = re.compile(r"[0-9]{6}")


class SettingsInvalid(ValueError):
    """These settings cannot be used; the message says where, why and what to do."""

    def __init__(self, words: str, key: str = "") -> None:
        super().__init__(words)
        self.key = key
        """Such as `printer.columns`; empty when it is about the whole file."""


def check(settings: DeviceSettings) -> None:
    """Raises SettingsInvalid for the first thing that is wrong."""
    for key, words in _problems(settings):
        raise SettingsInvalid(f"{key}: {words}", key)


def _problems(settings: DeviceSettings) -> Iterator[tuple[str, str]]:
    for key in ("printer", "fallback_printer", "label_printer"):
        yield from _of_printer(key, getattr(settings, key))
    yield from _of_drawer(settings.drawer)
    for number, scanner in enumerate(settings.scanners, 1):
        yield from _of_scanner(f"scanners.{number}", scanner)
    yield from _of_wedge(settings.wedge)
    yield from _of_scale(settings.scale)
    yield from _of_display(settings.display, settings.printer)
    yield from _of_terminal(settings.terminal)
    yield from _of_layouts(settings.label_layouts)
    yield from _of_shared_ports(settings)


def _of_printer(key: str, printer: PrinterSettings) -> Iterator[tuple[str, str]]:
    if printer.address and "://" not in printer.address:
        yield f"{key}.address", f"“{printer.address}” must begin with tcp://, serial://, file:// or the like"
    yield from _of_address(f"{key}.address", printer.address)
    if printer.language not in _LANGUAGES[key]:
        allowed = " or ".join(_LANGUAGES[key])
        yield f"{key}.language", f"must be {allowed} here"
    if printer.columns not in COLUMNS:
        yield (
            f"{key}.columns",
            f"must be a number from {COLUMNS[0]} to {COLUMNS[-1]}; 42 or 48 are usual, 32 on narrow paper",
        )
    if not _CODE_PAGE.fullmatch(printer.code_page):
        yield f"{key}.code_page", "must name a code page such as CP858"
    if not -4 <= printer.density <= 4:
        yield f"{key}.density", "must be from -4 (lighter) to 4 (darker)"
    if printer.drawer_pin not in PINS:
        yield f"{key}.drawer_pin", "must be 2 or 5; most drawers are on 2"
    if not 20 <= printer.label_width_mm <= 120:
        yield f"{key}.label_width_mm", "must be from 20 to 120"
    if not 12 <= printer.label_height_mm <= 200:
        yield f"{key}.label_height_mm", "must be from 12 to 200"
    if printer.dots_per_mm not in (8, 12, 24):
        yield f"{key}.dots_per_mm", "must be 8 (203 dpi), 12 (300 dpi) or 24 (600 dpi)"


def _of_drawer(drawer: DrawerSettings) -> Iterator[tuple[str, str]]:
    match drawer.connection:
        case "serial":
            yield from _of_address("drawer.address", drawer.address, ("serial",), is_needed=True)
        case "usb":
            yield from _of_address("drawer.address", drawer.address, ("file", "usb", "hid"), is_needed=True)
    if not _HEX_BYTES.fullmatch(drawer.trigger):
        yield "drawer.trigger", "must be 1 to 16 bytes in hexadecimal, such as 07 or 1B 70 00 19 FA"
    if drawer.pulse_ms not in PULSE_MS:
        yield "drawer.pulse_ms", f"must be from {PULSE_MS[0]} to {PULSE_MS[-1]}; 120 suits most drawers"
    for tender in drawer.opens_for:
        if tender not in _TENDERS:
            yield "drawer.opens_for", f"“{tender}” is no tender; there are {' and '.join(_TENDERS)}"
    if not 0 <= drawer.left_open_warning_s <= 3600:
        yield "drawer.left_open_warning_s", "must be from 0 (no warning) to 3600 seconds"


def _of_scanner(key: str, scanner: ScannerSettings) -> Iterator[tuple[str, str]]:
    schemes = {"serial": ("serial", "tcp"), "hid_pos": ("hid",), "evdev": ("evdev",)}[scanner.kind]
    yield from _of_address(f"{key}.address", scanner.address, schemes, is_needed=True)


def _of_wedge(wedge: WedgeSettings) -> Iterator[tuple[str, str]]:
    if not 5 <= wedge.gap_ms <= 200:
        yield "wedge.gap_ms", "must be from 5 to 200; 40 suits most scanners"
    if not 2 <= wedge.least_length <= 20:
        yield "wedge.least_length", "must be from 2 to 20"


def _of_scale(scale: ScaleSettings) -> Iterator[tuple[str, str]]:
    yield from _of_address("scale.address", scale.address, ("serial", "tcp"))


def _of_display(display: DisplaySettings, printer: PrinterSettings) -> Iterator[tuple[str, str]]:
    if display.through_printer and display.address:
        yield "display.address", "must be empty when the display is connected through the printer"
    if display.through_printer and not printer.address:
        yield "display.through_printer", "needs a receipt printer: set that up first"
    yield from _of_address("display.address", display.address)
    if not 8 <= display.columns <= 40:
        yield "display.columns", "must be from 8 to 40; 20 is usual"
    if not _CODE_PAGE.fullmatch(display.code_page):
        yield "display.code_page", "must name a code page such as CP858"
    if display.idle_text.count("\n") > 1:
        yield "display.idle_text", "must be two lines at most"


def _of_terminal(terminal: TerminalSettings) -> Iterator[tuple[str, str]]:
    match terminal.kind:
        case "zvt":
            yield from _of_address("terminal.address", terminal.address, ("tcp",), is_needed=True)
        case "cloud":
            if not terminal.address.startswith("https://"):
                yield "terminal.address", "must be the service's address and begin with https://"
            if not terminal.terminal_id:
                yield "terminal.terminal_id", "is missing: the number that the service has for this terminal"
            if not terminal.secret_name:
                yield "terminal.secret_name", "is missing: type the service's key, which is then kept safe"
    if not _PASSWORD.fullmatch(terminal.password):
        yield "terminal.password", "must have six digits; 000000 is usual"


def _of_layouts(layouts: tuple[LabelLayout, ...]) -> Iterator[tuple[str, str]]:
    whole = []
    for number, layout in enumerate(layouts, 1):
        try:
            whole.append(_layout(layout))
        except ValueError as error:
            yield f"label_layouts.{number}", str(error)
    try:
        check_layouts(whole)
    except ValueError as error:
        yield "label_layouts", str(error)


def layouts_of(settings: DeviceSettings) -> tuple[InStoreLayout, ...]:
    """By which this till reads the shop's own labels; of settings that were checked."""
    return tuple(map(_layout, settings.label_layouts)) or UK_LAYOUTS


def _layout(layout: LabelLayout) -> InStoreLayout:
    """Raises ValueError."""
    return InStoreLayout(
        layout.prefix,
        layout.item_digits,
        layout.value_digits,
        EmbeddedValue(layout.value),
        layout.decimals,
        layout.has_verifier,
    )


def _of_address(
    key: str, address: str, schemes: tuple[str, ...] = (), *, is_needed: bool = False
) -> Iterator[tuple[str, str]]:
    """`schemes`: those that suit; empty: any. A serial port may be its bare name."""
    if not address:
        if is_needed:
            yield key, "is missing: choose what “Find devices” shows, or type it"
        return
    scheme = address.partition("://")[0] if "://" in address else "serial"
    if schemes and scheme not in schemes:
        yield key, f"“{address}” must begin with {' or '.join(f'{name}://' for name in schemes)}"
        return
    if "://" not in address:
        address = f"serial://{'' if address.startswith('/') else '/'}{address}"
    try:
        (parse_scanner_address if scheme in ("hid", "evdev") else parse_address)(address)
    except DeviceError as error:
        yield key, str(error)


def _of_shared_ports(settings: DeviceSettings) -> Iterator[tuple[str, str]]:
    """Two devices cannot have one port; a drawer or display behind the printer says so instead."""
    taken: dict[str, str] = {}
    for key, address in used_addresses(settings):
        port = port_of(address)
        if port in taken:
            yield key, f"{port_name(address)} is used by {taken[port]} already: choose another"
        taken[port] = key


def used_addresses(settings: DeviceSettings) -> list[tuple[str, str]]:
    """`(key, address)` of each device that opens something of its own."""
    drawer, terminal = settings.drawer, settings.terminal
    found = [
        ("printer.address", settings.printer.address),
        ("fallback_printer.address", settings.fallback_printer.address),
        ("label_printer.address", settings.label_printer.address),
        ("drawer.address", drawer.address if drawer.connection in ("serial", "usb") else ""),
        *((f"scanners.{n}.address", each.address) for n, each in enumerate(settings.scanners, 1)),
        ("scale.address", settings.scale.address),
        ("display.address", settings.display.address),
        ("terminal.address", terminal.address if terminal.kind == "zvt" else ""),
    ]
    return [(key, address) for key, address in found if address]


def port_of(address: str) -> str:
    """The same for the same port, however its line is set and its name is written."""
    base, _ = split_line(address)
    scheme, separator, name = base.partition("://")
    if not separator:
        scheme, name = "serial", base
    if name.upper().startswith(("/COM", "COM")):
        name = name.lstrip("/").upper()
    if scheme == "tcp":
        name = name.lower() if ":" in name.rpartition("]")[2] else f"{name.lower()}:9100"
    return f"{scheme}://{name}"


def is_on_a_cable(port: str) -> bool:
    """Of a port as `port_of` names it: it comes and goes with a plug of this machine."""
    return port.startswith(("serial:", "file:", "usb:", "hid:", "evdev:"))


def device_of_key(key: str) -> str:
    """The place that a key is about: `printer.columns` is of `receipt_printer`; empty: of none."""
    group, *rest = key.split(".")
    if group == "scanners" and rest:
        return scanner_id(int(rest[0]))
    return {
        "printer": DeviceId.RECEIPT_PRINTER,
        "fallback_printer": DeviceId.FALLBACK_PRINTER,
        "label_printer": DeviceId.LABEL_PRINTER,
        "drawer": DeviceId.DRAWER,
        "wedge": DeviceId.SCANNER,
        "scale": DeviceId.SCALE,
        "display": DeviceId.DISPLAY,
        "terminal": DeviceId.TERMINAL,
    }.get(group, "")
