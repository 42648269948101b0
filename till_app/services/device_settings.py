"""Which devices this till has and how each is set: plain values that screens edit and a file keeps.

Addresses are as `hardware.addresses` reads them. Reading and checking the file is elsewhere.
"""

from typing import Literal

import msgspec


class DeviceId:
    """Names of the places that a device can take at a till. Of scanners there are several: `scanner:1` …"""

    RECEIPT_PRINTER = "receipt_printer"
    FALLBACK_PRINTER = "fallback_printer"
    """Takes the receipts while the receipt printer cannot print."""
    LABEL_PRINTER = "label_printer"
    DRAWER = "drawer"
    SCANNER = "scanner"
    SCALE = "scale"
    DISPLAY = "display"
    SECOND_SCREEN = "second_screen"
    TERMINAL = "terminal"


class _Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A typing error in the file is told, not passed over."""


class PrinterSettings(_Settings, frozen=True):
    address: str = ""
    """`tcp://192.168.1.40:9100`, `serial:///dev/ttyUSB0?baud=9600`, `file:///dev/usb/lp0`, `usb://04b8:0e15`,
    `cups://queue`, `windows://name`; empty: none."""
    language: Literal["escpos", "zpl", "epl"] = "escpos"
    escpos_profile: str = "default"
    columns: int = 42
    code_page: str = "CP858"
    cutter: bool = True
    density: int = 0
    """-4 (lighter) to 4 (darker); 0: as the printer has it."""
    prints_logo: bool = False
    drawer_pin: int = 2
    trust_silence: bool = False
    """The printer cannot answer: what was sent counts as printed."""
    label_width_mm: int = 50
    label_height_mm: int = 30
    dots_per_mm: int = 8
    """Of label printers: 8 (203 dpi), 12 (300 dpi) or 24."""


class DrawerSettings(_Settings, frozen=True):
    connection: Literal["printer", "serial", "usb", "none"] = "printer"
    """`printer`: behind the receipt printer, on its `drawer_pin`."""
    address: str = ""
    """Of a drawer with a connection of its own."""
    trigger: str = "07"
    """Bytes in hexadecimal that open a serial or USB drawer."""
    pulse_ms: int = 120
    opens_for: tuple[str, ...] = ("cash",)
    """Tender kinds whose sale opens it."""
    opens_when_change_due: bool = True
    open_when_pin_high: bool | None = None
    """Learnt by the test; None: it cannot be known whether the drawer is open."""
    left_open_warning_s: int = 60
    """0: no warning."""


class ScannerSettings(_Settings, frozen=True):
    kind: Literal["serial", "hid_pos", "evdev"] = "serial"
    """A keyboard wedge needs no entry: `WedgeSettings` is for all of them."""
    address: str = ""
    """`serial://…` or `tcp://…`; `hid://vid:pid`; `evdev:///dev/input/by-id/…`. Empty: none."""
    name: str = ""


class WedgeSettings(_Settings, frozen=True):
    """For scanners that type as a keyboard does."""

    is_used: bool = True
    mode: Literal["timing", "prefix"] = "timing"
    gap_ms: int = 40
    least_length: int = 4


class ScaleSettings(_Settings, frozen=True):
    protocol: Literal["toledo_8217", "nci", "cas", "avery_berkel"] = "toledo_8217"
    address: str = ""
    """The line's settings in the address win over those that the protocol usually has."""


class DisplaySettings(_Settings, frozen=True):
    protocol: Literal["cd5220", "dm_d", "logic_controls"] = "cd5220"
    address: str = ""
    through_printer: bool = False
    """Connected to the receipt printer, which passes on what is meant for it."""
    columns: int = 20
    code_page: str = "CP858"
    idle_text: str = ""
    """Two lines while nobody buys; empty: the shop's name."""


class SecondScreenSettings(_Settings, frozen=True):
    is_used: bool = False
    screen_name: str = ""
    """As the window system calls it; empty: the first one that the till's window is not on."""
    idle_text: str = ""
    shows_pictures: bool = True


class TerminalSettings(_Settings, frozen=True):
    kind: Literal["keyed", "zvt", "cloud", "simulated"] = "keyed"
    """`keyed`: a separate terminal, on which the operator keys the amount."""
    address: str = ""
    """`tcp://192.168.1.50:20007` for ZVT, `https://…` for a cloud service."""
    password: str = "000000"
    """Of the terminal, six digits; for ZVT."""
    terminal_id: str = ""
    """Of a cloud service."""
    secret_name: str = ""
    """Under which the cloud service's key is kept, never in this file."""


class LabelLayout(_Settings, frozen=True):
    """How the shop's own labels carry a price, weight or count; see `domain.in_store.InStoreLayout`."""

    prefix: str
    item_digits: int
    value_digits: int
    value: Literal["price", "weight", "count"]
    decimals: int
    has_verifier: bool = False


class TestRecord(_Settings, frozen=True):
    """The last test of a device; it counts as long as the settings are those that were tested."""

    __test__ = False

    device: str
    at: str
    passed: bool
    settings_digest: str
    operator_name: str = ""
    words: str = ""
    """What was seen, such as the barcode that was scanned."""


class DeviceSettings(_Settings, frozen=True):
    printer: PrinterSettings = PrinterSettings()
    fallback_printer: PrinterSettings = PrinterSettings()
    label_printer: PrinterSettings = PrinterSettings(language="zpl")
    drawer: DrawerSettings = DrawerSettings()
    scanners: tuple[ScannerSettings, ...] = ()
    wedge: WedgeSettings = WedgeSettings()
    scale: ScaleSettings = ScaleSettings()
    display: DisplaySettings = DisplaySettings()
    second_screen: SecondScreenSettings = SecondScreenSettings()
    terminal: TerminalSettings = TerminalSettings()
    label_layouts: tuple[LabelLayout, ...] = ()
    """Empty: those that are usual in the shop's country."""
    tests: tuple[TestRecord, ...] = ()
