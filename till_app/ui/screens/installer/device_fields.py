"""Which fields the set-up of each device has, and which of them matter as it is set now."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QGuiApplication

from till_app.services.device_places import WEDGE, PlaceSettings
from till_app.services.device_settings import (
    DeviceId,
    DisplaySettings,
    DrawerSettings,
    PrinterSettings,
    TerminalSettings,
)
from till_app.ui.customer_screen.placing import screen_words
from till_app.ui.devices_words import base_of, protocol_name
from till_app.ui.screens.installer.address_field import AddressField
from till_app.ui.widgets.form_fields import (
    ChoiceField,
    FlagField,
    FormField,
    LinesField,
    NumberField,
    SecretField,
    SeveralField,
    TextField,
)

CODE_PAGES = ("CP858", "CP437", "CP850", "CP852", "CP1252", "CP866", "CP1251", "ISO_8859-15")
API_KEY = "secret_name"
"""The field of a cloud terminal's key: what is typed there goes to the keyring, not into the settings."""


def _tr(text: str) -> str:
    return QCoreApplication.translate("DeviceFields", text)


def fields_of(device: str) -> list[FormField]:
    """New ones, empty."""
    return _wedge() if device == WEDGE else _FIELDS[base_of(device)]()


def matters(device: str, place: PlaceSettings, key: str) -> bool:
    """Whether that field says anything while the place is set so."""
    match place:
        case PrinterSettings(language=language):
            is_label = language in ("zpl", "epl")
            of_labels = key in ("label_width_mm", "label_height_mm", "dots_per_mm")
            of_paper = key in ("columns", "code_page", "escpos_profile", "cutter", "prints_logo")
            return not (is_label and of_paper) and not (
                of_labels and not is_label and device != DeviceId.LABEL_PRINTER
            )
        case DrawerSettings(connection=connection):
            needs_line = connection in ("serial", "usb")
            if key in ("address", "trigger"):
                return needs_line
            return key != "pulse_ms" or connection == "printer"
        case DisplaySettings(through_printer=through_printer):
            return not (key == "address" and through_printer)
        case TerminalSettings(kind=kind):
            return {
                "address": kind in ("zvt", "cloud"),
                "password": kind == "zvt",
                "terminal_id": kind == "cloud",
                API_KEY: kind == "cloud",
            }.get(key, True)
        case _:
            return True


# ------------------------------------------------------------------ fields


def _address(placeholder: str, hint: str = "") -> AddressField:
    return AddressField("address", _tr("Where it is"), hint, placeholder=placeholder)


def _printer() -> list[FormField]:
    return [
        _address("tcp://192.168.1.40:9100"),
        NumberField("columns", _tr("Columns"), _tr("42 or 48 on wide paper, 32 on narrow")),
        ChoiceField("code_page", _tr("Code page"), [(page, page) for page in CODE_PAGES]),
        TextField(
            "escpos_profile", _tr("Model's profile"), _tr("“default” suits most"), placeholder="default"
        ),
        ChoiceField("density", _tr("How dark"), _densities()),
        ChoiceField("drawer_pin", _tr("Cash drawer on pin"), [(2, "2"), (5, "5")]),
        FlagField("cutter", _tr("It cuts the paper")),
        FlagField("prints_logo", _tr("Print the shop's logo")),
        _trusted(_tr("A receipt that did not print is then not noticed by the till.")),
    ]


def _trusted(hint: str) -> FormField:
    return FlagField("trust_silence", _tr("It cannot answer: what was sent counts as printed"), hint)


def _densities() -> list[tuple[object, str]]:
    words = {-4: _tr("lightest"), 0: _tr("as the printer has it"), 4: _tr("darkest")}
    return [(level, words.get(level, f"{level:+d}")) for level in range(-4, 5)]


def _label_printer() -> list[FormField]:
    languages = [(name, protocol_name(name)) for name in ("zpl", "epl", "escpos")]
    return [
        ChoiceField("language", _tr("Its language"), list(languages)),
        _address("tcp://192.168.1.41:9100"),
        NumberField("label_width_mm", _tr("Label's width in mm")),
        NumberField("label_height_mm", _tr("Label's height in mm")),
        ChoiceField("dots_per_mm", _tr("Resolution"), [(8, "203 dpi"), (12, "300 dpi"), (24, "600 dpi")]),
        ChoiceField("density", _tr("How dark"), _densities()),
        NumberField("columns", _tr("Columns")),
        _trusted(_tr("A label that did not print is then not noticed by the till.")),
    ]


def _drawer() -> list[FormField]:
    return [
        ChoiceField(
            "connection",
            _tr("How it is connected"),
            [
                ("printer", _tr("to the receipt printer")),
                ("serial", _tr("to a serial line")),
                ("usb", _tr("by USB")),
                ("none", _tr("there is no drawer")),
            ],
        ),
        _address("/dev/ttyUSB0"),
        TextField("trigger", _tr("Bytes that open it"), _tr("in hexadecimal, as its manual says")),
        NumberField("pulse_ms", _tr("Pulse in ms"), _tr("120 suits most drawers")),
        SeveralField("opens_for", _tr("Open it for"), [("cash", _tr("Cash")), ("card", _tr("Card"))]),
        FlagField("opens_when_change_due", _tr("Open it whenever change is due")),
        NumberField(
            "left_open_warning_s", _tr("Warn when it stays open for (seconds)"), _tr("0: no warning")
        ),
    ]


def _scanner() -> list[FormField]:
    return [
        ChoiceField(
            "kind",
            _tr("How it is connected"),
            [
                ("serial", _tr("serial line or USB-COM (best)")),
                ("hid_pos", _tr("USB, as a scanner (HID-POS)")),
                ("evdev", _tr("USB, as a keyboard kept for the till (Linux)")),
            ],
        ),
        _address("/dev/ttyACM0"),
        TextField("name", _tr("What you call it"), placeholder=_tr("such as its model")),
    ]


def _wedge() -> list[FormField]:
    return [
        FlagField("is_used", _tr("Take scans that are typed as by a keyboard")),
        ChoiceField(
            "mode",
            _tr("How a scan is told from typing"),
            [
                ("timing", _tr("by its speed")),
                ("prefix", _tr("by a prefix that the scanner sends (exact)")),
            ],
            _tr("For the prefix, print the scanner's set-up sheet and scan its codes."),
        ),
        NumberField("gap_ms", _tr("Longest pause between keys in ms"), _tr("40 suits most scanners")),
        NumberField("least_length", _tr("Shortest code")),
    ]


def _scale() -> list[FormField]:
    names = ("toledo_8217", "nci", "cas", "avery_berkel")
    return [
        ChoiceField("protocol", _tr("Protocol"), [(name, protocol_name(name)) for name in names]),
        _address("/dev/ttyUSB0", _tr("Pricing from a live scale needs the approval of weighing law.")),
    ]


def _display() -> list[FormField]:
    names = ("cd5220", "dm_d", "logic_controls")
    return [
        ChoiceField("protocol", _tr("Protocol"), [(name, protocol_name(name)) for name in names]),
        FlagField("through_printer", _tr("It is connected to the receipt printer")),
        _address("/dev/ttyUSB1"),
        NumberField("columns", _tr("Characters on a line")),
        ChoiceField("code_page", _tr("Code page"), [(page, page) for page in CODE_PAGES]),
        TextField("idle_text", _tr("While nobody buys"), placeholder=_tr("empty: the shop's name")),
    ]


def _second_screen() -> list[FormField]:
    return [
        FlagField("is_used", _tr("Show the basket to the customer")),
        ChoiceField("screen_name", _tr("Which screen"), _screens()),
        LinesField(
            "idle_text",
            _tr("While nobody buys"),
            _tr("Each line is a message; they take turns. Empty: the text at the head of the receipts."),
        ),
        FlagField("shows_pictures", _tr("Show pictures of the goods")),
    ]


def _screens() -> list[tuple[object, str]]:
    """Those that are there now."""
    first = ("", _tr("the first one beside this window's"))
    return [first, *((screen.name(), screen_words(screen)) for screen in QGuiApplication.screens())]


def _terminal() -> list[FormField]:
    return [
        ChoiceField(
            "kind",
            _tr("Which terminal"),
            [
                ("keyed", _tr("a separate one: the amount is keyed by hand")),
                ("zvt", _tr("ZVT, on the network")),
                ("cloud", _tr("by the service of its maker (internet)")),
                ("simulated", _tr("simulated, for training only")),
            ],
        ),
        _address("tcp://192.168.1.50:20007"),
        SecretField(
            "password", _tr("Terminal's password"), _tr("kept; type to replace it"), _tr("six digits")
        ),
        TextField("terminal_id", _tr("Terminal's number at the service")),
        SecretField(API_KEY, _tr("Key of the service"), _tr("kept safe; type to replace it")),
    ]


_FIELDS: Mapping[str, Callable[[], list[FormField]]] = {
    DeviceId.RECEIPT_PRINTER: _printer,
    DeviceId.FALLBACK_PRINTER: _printer,
    DeviceId.LABEL_PRINTER: _label_printer,
    DeviceId.DRAWER: _drawer,
    DeviceId.SCANNER: _scanner,
    DeviceId.SCALE: _scale,
    DeviceId.DISPLAY: _display,
    DeviceId.SECOND_SCREEN: _second_screen,
    DeviceId.TERMINAL: _terminal,
}
