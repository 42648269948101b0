"""The installer's devices: found, tested and saved; what is not saved is asked about, and nothing is lost."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from tests.ui.installation import Installation, open_installation
from till_app.services.device_ports import FoundDevice, TestReport
from till_app.services.device_settings import (
    DeviceSettings,
    DisplaySettings,
    DrawerSettings,
    PrinterSettings,
    ScaleSettings,
    ScannerSettings,
    TerminalSettings,
    WedgeSettings,
)
from till_app.services.device_status import DeviceHealth, DeviceState
from till_app.services.printed_text import printed_text
from till_app.ui.panels.device_test import DeviceTestPanel
from till_app.ui.panels.question import QuestionPanel
from till_app.ui.screens.installer.address_field import AddressField
from till_app.ui.screens.installer.device_form import CLOUD_KEY_NAME
from till_app.ui.screens.installer.installer import (
    SHOP,
)
from till_app.ui.widgets.action_button import Variant

Key, Ctrl = Qt.Key, Qt.KeyboardModifier.ControlModifier
PRINTER = PrinterSettings("tcp://192.168.1.40:9100")
AT = "2026-11-24T14:02:00.000000Z"
PRINTED = TestReport("receipt_printer", True, "ok", {"paper": "ok"}, "did_it_print")


@pytest.fixture
def installation(tmp_path: Path, qtbot: QtBot) -> Iterator[Installation]:
    with open_installation(tmp_path, qtbot) as opened:
        yield opened


# ------------------------------------------------------------------------ cards


def test_a_card_says_how_a_device_is_and_what_to_do(installation: Installation) -> None:
    desk = installation.desk
    desk.current = DeviceSettings(
        printer=PRINTER, display=DisplaySettings(address="serial:///COM3?baud=9600")
    )
    facts = {"paper": "ok", "cover": "shut", "receipts_since_roll": "61"}
    desk.healths = {
        "receipt_printer": DeviceHealth("receipt_printer", DeviceState.READY, AT, AT, queue=2, facts=facts),
        "display": DeviceHealth("display", DeviceState.UNREACHABLE, AT, AT, "timeout", AT),
    }
    installation.open()
    printer = installation.card("receipt_printer")
    assert (printer.kind, printer.address) == ("ESC/POS · network", "192.168.1.40:9100 · 42 columns")
    assert (printer.state, printer.mark) == ("Ready", "disc")
    assert printer.status == "paper ok · cover shut · 61 receipts since roll · 2 waiting"
    assert (printer.tested, printer.tested_tone) == ("Not tested", "warn")
    display = installation.card("display")
    assert (display.kind, display.address) == ("CD5220 · serial line", "COM3 · 9600 8N1")
    assert (display.state, display.mark) == ("Not reached", "square")
    assert display.status == "since 14:02: no answer – check its cable and whether it is switched on"
    assert installation.card("terminal").kind == "not set up · cards are keyed on a separate terminal"
    assert installation.card("scale").test_caption == "Find one"


def test_news_of_a_device_is_shown_where_its_card_stands(installation: Installation) -> None:
    installation.desk.current = DeviceSettings(printer=PRINTER)
    installation.open()
    card = installation.screen.devices.overview.cards["receipt_printer"]
    place = card.geometry()
    out = DeviceHealth("receipt_printer", DeviceState.NEEDS_SOMEBODY, AT, AT, "paper_out", AT)
    installation.desk.healths = {"receipt_printer": out}
    installation.till.bridge.report_device(out)
    assert card.words is not None
    assert card.words.status == "out of paper – put a new roll in"
    assert installation.screen.devices.overview.cards["receipt_printer"] is card
    assert card.geometry().topLeft() == place.topLeft()


# ------------------------------------------------------------- finding, testing


def test_found_chosen_tested_and_saved(installation: Installation) -> None:
    installation.desk.finds = [
        FoundDevice("printer_file", "file:///dev/usb/lp0", "TM-T20III", "", ("receipt_printer",))
    ]
    installation.desk.reports = [TestReport("receipt_printer", True, "ok", {"paper": "ok"}, "did_it_print")]
    devices = installation.open().devices
    devices.overview.cards["receipt_printer"].test.click()
    installation.wait(lambda: len(devices.find_page.list.rows) == 1)
    installation.till.press(Key.Key_Down)
    installation.till.press(Key.Key_Return)
    page = devices.set_up_page
    assert devices.currentWidget() is page
    assert (page.save.caption, page.test.variant) == ("Save untested", Variant.PRIMARY)
    installation.till.press(Key.Key_F5)
    panel = installation.till.panel(DeviceTestPanel)
    installation.wait(panel.yes.isVisible)
    assert "Did it print?" in panel.words
    installation.till.press(Key.Key_F2)
    assert page.save.caption == "Save"
    installation.till.press(Key.Key_F2)
    installation.wait(lambda: devices.currentWidget() is devices.overview)
    assert installation.desk.current.printer == PrinterSettings("file:///dev/usb/lp0")
    assert installation.card("receipt_printer").tested == "Tested 24 Nov 2026 by Morag"
    assert [record.passed for record in installation.desk.current.tests] == [True]


def test_what_is_saved_without_a_test_is_marked_untested(installation: Installation) -> None:
    devices = installation.open().devices
    devices.set_up_device("receipt_printer")
    installation.edit("address", "tcp://10.0.0.9")
    devices.set_up_page.save.click()
    installation.wait(lambda: devices.currentWidget() is devices.overview)
    assert installation.desk.current.printer.address == "tcp://10.0.0.9"
    assert installation.card("receipt_printer").tested == "Not tested"


def test_a_test_of_settings_in_use_is_kept_at_once(installation: Installation) -> None:
    installation.desk.current = DeviceSettings(printer=PRINTER)
    installation.desk.reports = [PRINTED]
    devices = installation.open().devices
    devices.overview.cards["receipt_printer"].test.click()
    panel = installation.till.panel(DeviceTestPanel)
    installation.wait(panel.no.isVisible)
    installation.till.press(Key.Key_F8)
    installation.wait(lambda: installation.desk.current.tests != ())
    assert [record.passed for record in installation.desk.current.tests] == [False]


def test_the_drawers_test_learns_which_level_means_open(installation: Installation) -> None:
    installation.desk.current = DeviceSettings(printer=PRINTER)
    installation.desk.reports = [
        TestReport("drawer", True, "ok", {"pin_before": "high", "pin_after": "low"}, "is_it_open")
    ]
    devices = installation.open().devices
    devices.overview.cards["drawer"].test.click()
    panel = installation.till.panel(DeviceTestPanel)
    installation.wait(panel.yes.isVisible)
    installation.till.press(Key.Key_F2)
    installation.wait(lambda: installation.desk.current.drawer.open_when_pin_high is False)
    assert installation.card("drawer").tested.startswith("Tested")


def test_a_failed_test_says_what_to_do_and_can_be_made_again(installation: Installation) -> None:
    installation.desk.current = DeviceSettings(printer=PRINTER)
    installation.desk.reports = [TestReport("receipt_printer", False, "cover_open", {}), PRINTED]
    devices = installation.open().devices
    devices.overview.cards["receipt_printer"].test.click()
    panel = installation.till.panel(DeviceTestPanel)
    installation.wait(panel.again.isVisible)
    assert panel.words == "Its cover is open – shut it"
    installation.till.press(Key.Key_F5)
    installation.wait(panel.yes.isVisible)
    assert len(installation.desk.tested) == 2


def test_a_keyboard_scanner_is_tested_by_scanning(installation: Installation) -> None:
    devices = installation.open().devices
    devices.overview.cards["scanner"].test.click()
    panel = installation.till.panel(DeviceTestPanel)
    installation.till.scan_by_wedge("5000128104517")
    assert ("As it came", "5000128104517") in [(fact.name, fact.words) for fact in panel.facts.facts]
    installation.till.press(Key.Key_F2)
    installation.wait(lambda: installation.card("scanner").tested.startswith("Tested"))
    assert not installation.till.counter.services.selling.is_open


def test_leaving_a_test_ends_it(installation: Installation) -> None:
    installation.desk.current = DeviceSettings(printer=PRINTER)
    installation.desk.reports = [PRINTED]
    installation.open().devices.overview.cards["receipt_printer"].test.click()
    panel = installation.till.panel(DeviceTestPanel)
    installation.wait(panel.yes.isVisible)
    before = installation.desk.given_up
    installation.till.press(Key.Key_Escape)
    assert installation.desk.given_up == before + 1
    assert installation.desk.current.tests == ()


# ----------------------------------------------------------------------- saving


def test_settings_that_make_no_sense_are_told_and_stay_to_be_put_right(installation: Installation) -> None:
    devices = installation.open().devices
    devices.set_up_device("receipt_printer")
    installation.edit("address", "tcp://10.0.0.9")
    installation.edit("columns", "7")
    devices.set_up_page.save.click()
    installation.wait(lambda: "Columns: " in installation.till.message)
    assert "printer.columns" not in installation.till.message
    assert devices.currentWidget() is devices.set_up_page
    form = devices.set_up_page.form
    assert form is not None
    assert installation.till.focus.accessibleName() == "Columns"
    assert installation.desk.current == DeviceSettings()


@pytest.mark.parametrize(("key", "columns"), [(Key.Key_F2, 48), (Key.Key_F8, 42)])
def test_unsaved_changes_are_asked_about(installation: Installation, key: Qt.Key, columns: int) -> None:
    installation.desk.current = DeviceSettings(printer=PRINTER)
    devices = installation.open().devices
    devices.set_up_device("receipt_printer")
    installation.edit("columns", "48")
    installation.till.press(Key.Key_Escape)
    installation.till.panel(QuestionPanel)
    installation.till.press(Key.Key_Escape)
    assert devices.currentWidget() is devices.set_up_page
    installation.screen.rail.button(SHOP).click()
    installation.till.panel(QuestionPanel)
    installation.till.press(key)
    installation.wait(lambda: installation.screen.rail.chosen == SHOP)
    assert installation.desk.current.printer.columns == columns


def test_a_device_is_removed_after_a_question(installation: Installation) -> None:
    installation.desk.current = DeviceSettings(printer=PRINTER)
    devices = installation.open().devices
    devices.set_up_device("receipt_printer")
    installation.till.press(Key.Key_F8)
    installation.till.panel(QuestionPanel)
    installation.till.press(Key.Key_F8)
    installation.wait(lambda: installation.desk.current.printer == PrinterSettings())


def test_a_services_key_goes_to_the_keyring_and_is_never_shown(installation: Installation) -> None:
    installation.desk.current = DeviceSettings(terminal=TerminalSettings("zvt", "tcp://10.0.0.5:20007"))
    devices = installation.open().devices
    devices.set_up_device(
        "terminal",
        DeviceSettings(terminal=TerminalSettings("cloud", "https://pay.example", terminal_id="P4")),
    )
    installation.edit("secret_name", "sk-live-123")
    devices.set_up_page.save.click()
    installation.wait(lambda: installation.desk.current.terminal.kind == "cloud")
    assert installation.secrets.kept == {CLOUD_KEY_NAME: "sk-live-123"}
    assert installation.desk.current.terminal.secret_name == CLOUD_KEY_NAME
    devices.set_up_device("terminal")
    form = devices.set_up_page.form
    assert form is not None
    assert "sk-live-123" not in [editor.text() for editor in form.findChildren(QLineEdit)]
    assert not devices.set_up_page.is_dirty


def test_a_second_scanner_has_a_place_of_its_own(installation: Installation) -> None:
    installation.desk.current = DeviceSettings(scanners=(ScannerSettings("serial", "/dev/ttyACM0"),))
    devices = installation.open().devices
    installation.till.press(Key.Key_F9)
    installation.edit("address", "/dev/ttyACM1")
    devices.set_up_page.save.click()
    installation.wait(lambda: len(installation.desk.current.scanners) == 2)
    assert installation.card("scanner:2").address == "/dev/ttyACM1"


def test_a_serial_lines_settings_are_part_of_the_address(installation: Installation) -> None:
    scale = ScaleSettings("nci", "serial:///dev/ttyUSB0?baud=4800&parity=E")
    installation.desk.current = DeviceSettings(scale=scale)
    devices = installation.open().devices
    devices.set_up_device("scale")
    assert not devices.set_up_page.is_dirty
    form = devices.set_up_page.form
    assert form is not None
    assert form.fields["address"].value() == scale.address
    installation.edit("address", "/dev/ttyUSB5")
    assert form.fields["address"].value() == "serial:///dev/ttyUSB5?baud=4800&parity=E"


def test_a_network_printer_is_typed_as_people_call_it_and_nothing_jumps_meanwhile(
    installation: Installation,
) -> None:
    devices = installation.open().devices
    devices.set_up_device("receipt_printer")
    form = devices.set_up_page.form
    assert form is not None
    address = form.fields["address"]
    assert isinstance(address, AddressField)
    for typed in ("1", "192.168.1.40", "192.168.1.40:9100"):
        installation.edit("address", typed)
        assert not address.line.isVisible()
    assert address.value() == "tcp://192.168.1.40:9100"
    installation.edit("address", "/dev/ttyUSB0")
    assert address.line.isVisible()


# ------------------------------------------------------------- profile and sheet


def test_a_profile_is_previewed_before_it_is_taken_over(installation: Installation, tmp_path: Path) -> None:
    installation.desk.current = DeviceSettings(printer=PRINTER)
    devices = installation.open().devices
    devices.profile.export_to(tmp_path / "profile.json")
    installation.wait(lambda: "No password" in installation.till.message)
    installation.desk.current = DeviceSettings(wedge=WedgeSettings(gap_ms=30))
    installation.desk.missing = ["/dev/ttyUSB7"]
    devices.profile.import_from(tmp_path / "profile.json")
    installation.wait(lambda: installation.till.window.overlay.is_open)
    text = installation.till.panel(QuestionPanel).text
    assert "Receipt printer: ESC/POS · network · 192.168.1.40:9100 · 42 columns" in text
    assert "Keyboard scanners: they type as a keyboard · keys at most 40 ms apart" in text
    assert "printer.address" not in text  # names of the file are not the installer's
    assert "Not at this till: /dev/ttyUSB7" in text
    assert installation.desk.current.printer == PrinterSettings()
    installation.till.press(Key.Key_F2)
    installation.wait(lambda: installation.desk.current.printer == PRINTER)


@pytest.mark.parametrize("device", ["scanner", "scanner:1"])
def test_a_scanners_set_up_sheet_is_printed_from_its_page(installation: Installation, device: str) -> None:
    devices = installation.open().devices
    devices.set_up_device("receipt_printer")
    assert not devices.set_up_page.sheet.isVisible()
    devices.set_up_device(device)
    installation.till.press(Key.Key_F9)
    job = next(job for job in installation.till.counter.ledger.open_jobs() if job.kind == "sheet")
    text = printed_text(job.document)
    assert "Scanner set-up" in text
    assert "]E0 5000128104517" in text


def test_the_sheet_says_what_was_tested_and_what_was_not(installation: Installation) -> None:
    installation.desk.current = DeviceSettings(printer=PRINTER, drawer=DrawerSettings("none"))
    installation.desk.reports = [PRINTED]
    devices = installation.open().devices
    devices.overview.cards["receipt_printer"].test.click()
    panel = installation.till.panel(DeviceTestPanel)
    installation.wait(panel.yes.isVisible)
    installation.till.press(Key.Key_F2)
    installation.wait(lambda: installation.desk.current.tests != ())
    installation.wait(devices.overview.isVisible)
    installation.till.press(Key.Key_F6)
    job = next(job for job in installation.till.counter.ledger.open_jobs() if job.kind == "sheet")
    text = printed_text(job.document)
    assert "High Street Grocers" in text
    assert "tested 24 Nov 2026 14:32 by Morag" in text
    assert "NOT TESTED" in text  # the keyboard scanners
    assert "192.168.1.40:9100 · 42 columns" in text
