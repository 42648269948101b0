"""A till is set up on its screens with real drivers: found, tested, saved, and the next sale prints."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from hardware.simulated.printer import SimulatedPrinter
from hardware.simulated.pty_pair import PtyPair
from tests.services.counter import MANAGER_PIN, MORAG, RECORDS
from tests.ui.till_fixture import HubDesk
from till_app.bootstrap import Listeners, Till
from till_app.devices.settings import load_settings
from till_app.domain.journal import JournalEntry
from till_app.services.device_settings import DeviceSettings
from till_app.services.ports import TillIdentity
from till_app.till_files import TillFiles
from till_app.ui.bridge import Bridge
from till_app.ui.main_window import MainWindow
from till_app.ui.panels.device_test import DeviceTestPanel
from till_app.ui.screen_set import all_screens
from till_app.ui.screens.installer.installer import InstallerScreen
from till_app.ui.shell import ScreenName
from till_app.wire.bodies import Kind

MILK = "5000128104517"


@dataclass
class Shop:
    till: Till
    window: MainWindow
    qtbot: QtBot

    @property
    def installer(self) -> InstallerScreen:
        screen = self.window.screen_named(ScreenName.INSTALLER)
        assert isinstance(screen, InstallerScreen)
        return screen

    def press(self, key: Qt.Key) -> None:
        QTest.keyClick(QApplication.focusWidget() or self.window, key)

    def journal(self, kind: str) -> list[JournalEntry]:
        return list(self.till.ledger.unsent_of_kind(kind))


@pytest.fixture
def shop(tmp_path: Path, qtbot: QtBot) -> Iterator[Shop]:
    """Morag, the manager, on an open day of a till that has no device yet."""
    before = set(threading.enumerate())
    files, bridge = TillFiles(tmp_path), Bridge()
    till = Till(
        files,
        DeviceSettings(),
        Listeners(
            on_printer=bridge.report_printer,
            on_scan=bridge.report_scan,
            on_device=bridge.report_device,
            on_drawer=bridge.report_drawer,
            on_settings=bridge.report_settings,
        ),
    )
    till.ledger.set_identity(TillIdentity("till-uuid", "2", "Till 2"))
    till.catalogue.apply(RECORDS, "epoch:1")
    till.services.sign_on.sign_on(MORAG.staff_id, MANAGER_PIN)
    till.services.cash_control.open_session(10_000)
    window = MainWindow(
        till.services,
        till.formatter,
        bridge,
        all_screens(till.set_up),
        till.devices.printing,
        till.ledger,
        HubDesk(till.ledger, tmp_path),
    )
    window.sounds.set_muted(True)
    qtbot.addWidget(window)
    window.resize(1366, 768)
    with qtbot.waitActive(window, timeout=20_000):
        window.show()
        window.activateWindow()
    window.go(ScreenName.SELL)
    till.start()
    yield Shop(till, window, qtbot)
    window.close()
    till.close()
    left = {thread.name for thread in threading.enumerate() if thread not in before}
    assert left - {"errand", "keyring"} == set()


def test_a_network_printer_is_found_tested_saved_and_prints_the_next_sale(shop: Shop, tmp_path: Path) -> None:
    with SimulatedPrinter() as printer:
        shop.window.open_installer()
        devices = shop.installer.devices
        devices.overview.cards["receipt_printer"].test.click()
        devices.find_page.network.setText(f"127.0.0.1:{printer.port}")
        devices.find_page.search_network()
        found = devices.find_page
        shop.qtbot.waitUntil(lambda: printer.address in [row.key for row in found.list.rows], timeout=20_000)
        found.list.choice_made.emit(printer.address)
        shop.press(Qt.Key.Key_F5)
        panel = shop.window.overlay.panel
        assert isinstance(panel, DeviceTestPanel)
        shop.qtbot.waitUntil(panel.yes.isVisible, timeout=20_000)
        assert len(printer.jobs) == 1
        shop.press(Qt.Key.Key_F2)
        shop.press(Qt.Key.Key_F2)
        shop.qtbot.waitUntil(lambda: devices.currentWidget() is devices.overview, timeout=20_000)
        shop.press(Qt.Key.Key_Escape)
        assert shop.window.current is ScreenName.SELL
        shop.till.services.selling.scan(MILK)
        shop.till.services.checkout.pay_cash(200)
        sale = shop.till.services.checkout.complete().sale
        receipt = printer.wait_for_jobs(2, 20.0)[1]
        assert sale.receipt_number.encode() in receipt
        assert printer.wait_for_drawer(1, 20.0) == [2]
    saved = load_settings(tmp_path / "devices.json")
    assert saved.printer.address == printer.address
    assert [(test.device, test.passed, test.operator_name) for test in saved.tests] == [
        ("receipt_printer", True, "Morag")
    ]
    (entry,) = shop.journal(Kind.SETTINGS_CHANGED)
    assert f'"printer.address":"{printer.address}"' in entry.body.decode()
    assert f'"operator_id":"{MORAG.staff_id}"' in entry.body.decode()


def test_a_scanner_that_is_set_up_sells_with_its_next_scan(shop: Shop) -> None:
    with PtyPair() as line:
        shop.window.open_installer()
        devices = shop.installer.devices
        devices.set_up_device("scanner:1")
        form = devices.set_up_page.form
        assert form is not None
        form.fields["address"].show_value(line.port)
        form.fields["address"].edited.emit()
        devices.set_up_page.save.click()
        shop.qtbot.waitUntil(lambda: devices.currentWidget() is devices.overview, timeout=20_000)
        words = devices.overview.cards["scanner:1"]

        def is_ready() -> bool:
            return words.words is not None and words.words.state == "Ready"

        shop.qtbot.waitUntil(is_ready, timeout=20_000)
        shop.press(Qt.Key.Key_Escape)
        line.send(MILK.encode() + b"\r")
        shop.qtbot.waitUntil(lambda: shop.till.services.selling.is_open, timeout=20_000)
