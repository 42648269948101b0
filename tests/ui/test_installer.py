"""The installer's screen: who reaches it, and what its pages show; its devices have a file of their own."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.services.counter import MANAGER_PIN, MORAG, open_counter
from tests.ui.installation import Installation, open_installation
from tests.ui.till_fixture import window_over
from till_app.services.device_settings import (
    DeviceSettings,
    PrinterSettings,
    ScaleSettings,
    TerminalSettings,
)
from till_app.ui.panels.approval import ApprovalPanel
from till_app.ui.panels.question import QuestionPanel
from till_app.ui.screens.installer.barcodes_page import BarcodesPage
from till_app.ui.screens.installer.fact_pages import HubPage, StaffPage
from till_app.ui.screens.installer.installer import (
    BACKUP,
    BARCODES,
    DEVICES,
    DIAGNOSTICS,
    HUB,
    RECEIPT,
    STAFF,
)
from till_app.ui.screens.installer.machine_pages import BackupPage, DiagnosticsPage
from till_app.ui.screens.installer.receipt_page import ReceiptPage
from till_app.ui.shell import ScreenName
from till_app.ui.theme.theme import ThemeMode, apply_theme
from till_app.ui.widgets.action_button import ActionButton

Key, Ctrl = Qt.Key, Qt.KeyboardModifier.ControlModifier
PRINTER = PrinterSettings("tcp://192.168.1.40:9100")


@pytest.fixture
def installation(tmp_path: Path, qtbot: QtBot) -> Iterator[Installation]:
    with open_installation(tmp_path, qtbot) as opened:
        yield opened


# ---------------------------------------------------------------------- opening


def test_a_cashier_needs_the_pin_of_somebody_who_may(installation: Installation) -> None:
    screen = installation.open()
    assert screen.rail.chosen == DEVICES
    installation.till.press(Key.Key_Escape)
    assert installation.till.is_on(ScreenName.SELL)
    assert installation.till.counter.services.commissioning.by is None


def test_before_anybody_signs_on_it_is_reached_with_a_pin(tmp_path: Path, qtbot: QtBot) -> None:
    with open_counter(tmp_path) as counter, window_over(counter, qtbot, (1366, 768)) as till:
        till.sign_on_screen.set_up.click()
        till.panel(ApprovalPanel).choose(MORAG)
        till.type_keys(MANAGER_PIN)
        till.press(Key.Key_Return)
        assert till.is_on(ScreenName.INSTALLER)
        till.press(Key.Key_Escape)
        assert till.is_on(ScreenName.SIGN_ON)


def test_a_till_that_has_no_staff_yet_is_set_up_by_whoever_is_there(tmp_path: Path, qtbot: QtBot) -> None:
    with open_counter(tmp_path) as counter:
        counter.catalogue.begin_again()
        counter.catalogue.end_again()
        with window_over(counter, qtbot, (1366, 768)) as till:
            till.hub.sells = False
            till.window.go(ScreenName.PAIRING)
            till.press(Key.Key_F12, Ctrl)
            assert till.is_on(ScreenName.INSTALLER)
            till.press(Key.Key_Escape)
            assert till.is_on(ScreenName.PAIRING)


def test_more_has_it_with_its_key(installation: Installation) -> None:
    installation.till.press(Key.Key_F9)
    panel = installation.till.window.overlay.panel
    assert panel is not None
    button = next(b for b in panel.findChildren(ActionButton) if b.caption == "Set up the till")
    assert "Ctrl+F12" in button.accessibleName()
    button.click()
    installation.till.panel(ApprovalPanel)


# -------------------------------------------------------------------- other pages


def test_staff_and_rights_are_read_only(installation: Installation) -> None:
    screen = installation.open()
    screen.choose(STAFF)
    page = screen.page(STAFF)
    assert isinstance(page, StaffPage)
    assert [(row.title, row.remark) for row in page.list.rows] == [
        ("Aisha", "Cashier"),
        ("Morag", "Manager"),
        ("Sam", "Supervisor"),
    ]


def test_the_receipt_is_shown_as_the_printer_has_its_columns(installation: Installation) -> None:
    installation.till.counter.sell("5000128104517", given_minor=200)
    installation.desk.current = DeviceSettings(printer=msgspec.structs.replace(PRINTER, columns=32))
    screen = installation.open()
    screen.choose(RECEIPT)
    page = screen.page(RECEIPT)
    assert isinstance(page, ReceiptPage)
    assert max(map(len, page.preview.text.splitlines())) == 32


def test_a_logo_that_is_no_png_is_refused(installation: Installation, tmp_path: Path) -> None:
    (tmp_path / "logo.gif").write_bytes(b"GIF89a")
    screen = installation.open()
    screen.choose(RECEIPT)
    page = screen.page(RECEIPT)
    assert isinstance(page, ReceiptPage)
    page.take_logo(tmp_path / "logo.gif")
    installation.wait(lambda: "logo.gif is no PNG" in installation.till.message)


def test_label_layouts_are_saved_with_the_devices(installation: Installation) -> None:
    screen = installation.open()
    screen.choose(BARCODES)
    page = screen.page(BARCODES)
    assert isinstance(page, BarcodesPage)
    page.table.remove.click()
    screen.rail.button(DEVICES).click()
    installation.till.panel(QuestionPanel)
    installation.till.press(Key.Key_F2)
    assert screen.rail.chosen == BARCODES
    page.table.save.click()
    installation.wait(lambda: len(installation.desk.current.label_layouts) == 2)


def test_the_report_has_versions_health_and_the_logs_end_and_no_password(
    installation: Installation, tmp_path: Path
) -> None:
    (tmp_path / "till.log").write_text("first line\nthe scale went away\n")
    terminal = TerminalSettings("zvt", "tcp://10.0.0.5:1", password="135790")
    installation.desk.current = DeviceSettings(printer=PRINTER, terminal=terminal)
    screen = installation.open()
    screen.choose(DIAGNOSTICS)
    page = screen.page(DIAGNOSTICS)
    assert isinstance(page, DiagnosticsPage)
    report = tmp_path / "report.json"
    page.save_report(report)
    installation.wait(report.exists)
    content = json.loads(report.read_text())
    assert content["machine"]["app_version"] == "0.1.0"
    assert content["log"] == ["the scale went away"]
    assert content["settings"]["printer.address"] == PRINTER.address
    assert "135790" not in report.read_text()


@pytest.mark.parametrize("page", [HUB, BACKUP])
def test_back_from_the_sync_centre_leads_to_the_page_that_opened_it(
    installation: Installation, page: str
) -> None:
    till = installation.till
    till.scan("5000128104517")
    screen = installation.open()
    screen.choose(page)
    way_on = screen.page(page)
    assert isinstance(way_on, HubPage | BackupPage)
    (way_on.open if isinstance(way_on, HubPage) else way_on.export).click()
    assert till.is_on(ScreenName.SYNC_CENTRE)
    till.press(Key.Key_Escape)
    assert till.is_on(ScreenName.INSTALLER)
    assert screen.rail.chosen == page
    till.press(Key.Key_Escape)
    assert till.is_on(ScreenName.SELL)
    assert len(till.counter.services.selling.lines) == 1


def test_going_round_between_the_screens_beside_a_sale_leaves_no_way_to_walk_back_twice(
    installation: Installation,
) -> None:
    till = installation.till
    installation.open()
    till.press(Key.Key_F12, Qt.KeyboardModifier.ShiftModifier)
    till.window.look_at(ScreenName.INSTALLER)
    till.window.look_at(ScreenName.INSTALLER)
    till.press(Key.Key_Escape)
    assert till.is_on(ScreenName.SELL)


# ------------------------------------------------------------------------- look


@pytest.mark.parametrize("size", [(1024, 768), (1366, 768), (1920, 1080)])
@pytest.mark.parametrize("scale", [1.0, 1.5])
def test_pages_fit_and_every_button_can_be_touched(
    installation: Installation, size: tuple[int, int], scale: float, qapp: QApplication
) -> None:
    theme = apply_theme(qapp, ThemeMode.DARK, scale)
    installation.till.window.resize(*size)
    installation.desk.current = DeviceSettings(printer=PRINTER, scale=ScaleSettings("cas", "/dev/ttyUSB0"))
    screen = installation.open()
    least = theme.tokens.height.touch
    shows: tuple[Callable[[], None], ...] = (
        screen.devices.show_cards,
        lambda: screen.devices.set_up_device("scale"),
        lambda: screen.devices.begin_finding(""),
    )
    for show in shows:
        show()
        qapp.processEvents()
        assert screen.width() <= size[0]
        small = [
            button.caption
            for button in screen.findChildren(ActionButton)
            if button.isVisible() and (button.height() < least or button.width() < least)
        ]
        assert small == []
        screen.devices.show_cards()
