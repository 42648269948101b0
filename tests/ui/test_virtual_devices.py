"""The demo's virtual devices beside a whole till: real drivers, real sockets, clicks on their switches."""

import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget
from pytestqt.qtbot import QtBot

from hardware.simulated.printer_engine import PrinterMode
from hardware.simulated.scales import ScaleFault
from hardware.simulated.zvt_terminal import ZvtOutcome
from tests.services.counter import AISHA, CASHIER_PIN, CHEDDAR, MILK, open_counter
from tests.ui.till_fixture import fill_shop
from till_app.app import TillApplication
from till_app.demo.operator import Operator
from till_app.demo.virtual_devices.desk import VirtualDesk, memory_of, plugged_in, settings_without
from till_app.demo.virtual_devices.window import VirtualDevicesWindow
from till_app.devices.settings import load_settings, save_settings
from till_app.domain.basket_line import BasketLine
from till_app.services.device_settings import DeviceSettings, PrinterSettings
from till_app.services.device_status import DrawerEvent, DrawerNews
from till_app.services.ports import JobState
from till_app.till_files import TillFiles
from till_app.ui.formatting import NO_BREAK_SPACE
from till_app.ui.panels.weight import WeightPanel
from till_app.ui.shell import ScreenName

# No window of the offscreen platform can be raised; those of a desktop can.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support raise", extend=True)

Key = Qt.Key
MILK_CODE = MILK.barcodes[0]
WAIT_MS = 15_000


@dataclass
class Stand:
    """A till that is selling, and its virtual devices."""

    application: TillApplication
    desk: VirtualDesk
    hands: Operator
    qtbot: QtBot
    drawer: list[DrawerNews] = field(default_factory=list)

    @property
    def window(self) -> VirtualDevicesWindow:
        assert self.desk.window is not None
        return self.desk.window

    def click(self, button: object) -> None:
        assert isinstance(button, QAbstractButton)
        button.click()

    def until(self, happened: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(happened, timeout=WAIT_MS)

    def scan_milk(self) -> None:
        before = self.hands.selling_lines
        self.window.scanner.scan(MILK_CODE)
        self.until(lambda: self.hands.selling_lines > before)

    def pay_cash(self) -> None:
        self.hands.pay_exact_cash()

    @property
    def lines(self) -> Sequence[BasketLine]:
        return self.application.till.services.selling.lines

    @property
    def notice(self) -> str:
        message = self.application.window.printer_notice.banner.message
        return "" if message is None else f"{message.title} {message.detail}"

    @property
    def waiting(self) -> list[str]:
        return [job.state.value for job in self.application.till.ledger.open_jobs()]


@contextmanager
def a_stand(folder: Path, qtbot: QtBot) -> Iterator[Stand]:
    with open_counter(folder) as counter:
        fill_shop(counter)
    files = TillFiles(folder)
    with plugged_in(files) as devices:
        application = TillApplication(files)
        application.window.sounds.set_muted(True)
        application.window.resize(1280, 768)
        desk = VirtualDesk(application, devices, memory_of(files))
        application.window.show()
        application.window.activateWindow()
        application.show()
        try:
            hands = Operator(application, devices.scanner.scan, folder)
            stand = Stand(application, desk, hands, qtbot)
            application.bridge.drawer_changed.connect(
                lambda event: stand.drawer.append(event.news) if isinstance(event, DrawerEvent) else None
            )
            hands.sign_on(AISHA.staff_code, CASHIER_PIN)
            application.till.services.cash_control.open_session(10_000)
            application.window.go(ScreenName.SELL)
            yield stand
        finally:
            application.close()
            application.window.deleteLater()
            application.bridge.deleteLater()


@pytest.fixture
def stand(tmp_path: Path, qtbot: QtBot) -> Iterator[Stand]:
    with a_stand(tmp_path, qtbot) as stand:
        yield stand


# --------------------------------------------------------------------- one sale


def test_a_sale_is_scanned_weighed_shown_paid_and_printed_on_virtual_devices(stand: Stand) -> None:
    window = stand.window
    window.drawer.shuts_itself.setChecked(False)
    stand.click(window.scanner.codes["5000000000012"])
    stand.until(lambda: stand.application.window.messages.message is not None)
    stand.scan_milk()
    window.scale.grams.setValue(412)
    stand.window.scanner.scan(CHEDDAR.barcodes[0])
    stand.hands.wait_for_panel()
    panel = stand.application.window.overlay.panel
    assert isinstance(panel, WeightPanel)
    stand.until(lambda: panel.accept_button.caption == f"Take 0.412{NO_BREAK_SPACE}kg")
    stand.hands.press(Key.Key_Return)
    stand.until(lambda: stand.hands.selling_lines == 2)
    stand.until(lambda: "Total" in window.display.glass.text())
    stand.pay_cash()
    stand.until(lambda: window.printer.roll.receipts == 1)
    stand.until(lambda: window.drawer.picture.is_open)
    stand.until(lambda: DrawerNews.OPENED in stand.drawer)
    stand.click(window.drawer.shut)
    stand.until(lambda: DrawerNews.CLOSED in stand.drawer)


def test_changing_the_weight_changes_the_weight_panel_and_no_bad_weight_is_taken(stand: Stand) -> None:
    scale = stand.window.scale
    stand.window.scanner.scan(CHEDDAR.barcodes[0])
    stand.hands.wait_for_panel()
    panel = stand.application.window.overlay.panel
    assert isinstance(panel, WeightPanel)
    button = panel.accept_button
    scale.grams.setValue(1_250)
    stand.until(lambda: button.caption == f"Take 1.250{NO_BREAK_SPACE}kg")
    scale.unstable.setChecked(True)
    stand.until(lambda: button.caption == "Take")
    assert not button.isEnabled()
    scale.unstable.setChecked(False)
    scale.slider.setValue(2_000)
    stand.until(lambda: button.caption == f"Take 2.000{NO_BREAK_SPACE}kg")
    scale.grams.setValue(-20)
    stand.until(lambda: button.caption == "Take")
    scale.grams.setValue(300)
    stand.click(scale.faults.buttons[ScaleFault.SILENT])
    stand.until(lambda: button.caption == "Take")
    stand.click(scale.faults.buttons[ScaleFault.NONE])
    stand.until(lambda: button.caption == f"Take 0.300{NO_BREAK_SPACE}kg")


# ---------------------------------------------------------------------- switches


def test_a_printer_out_of_paper_is_told_and_prints_when_the_switch_is_back(stand: Stand) -> None:
    window = stand.window
    for card in (window.printer, window.fallback):
        stand.click(card.modes.buttons[PrinterMode.PAPER_OUT])
    stand.scan_milk()
    stand.pay_cash()
    stand.until(lambda: "paper" in stand.notice.lower())
    stand.until(lambda: stand.waiting == [JobState.WAITING])
    stand.click(window.printer.modes.buttons[PrinterMode.OK])
    stand.until(lambda: stand.waiting == [])
    stand.until(lambda: window.printer.roll.receipts == 1)
    assert window.fallback.roll.receipts == 0, "printed once"


def test_the_second_printer_takes_over_and_is_shown(stand: Stand) -> None:
    window = stand.window
    stand.click(window.printer.modes.buttons[PrinterMode.COVER_OPEN])
    stand.scan_milk()
    stand.pay_cash()
    stand.until(lambda: window.fallback.roll.receipts == 1)
    assert window.printers.currentWidget() is window.fallback
    assert window.printer.roll.receipts == 0


def test_a_printer_that_dies_leaves_a_torn_receipt_and_a_question(stand: Stand) -> None:
    window = stand.window
    window.fallback.plugged_in.setChecked(False)
    window.printer.bytes.setValue(400)
    window.printer.dies.setChecked(True)
    stand.scan_milk()
    stand.pay_cash()
    stand.until(lambda: stand.waiting == [JobState.UNCONFIRMED])
    stand.until(lambda: "print" in stand.notice.lower())
    stand.until(lambda: window.printer.roll.receipts == 1)


def test_a_link_that_breaks_after_the_approval_is_unknown_and_then_known(stand: Stand) -> None:
    window = stand.window
    stand.click(window.terminal.outcomes.buttons[ZvtOutcome.LOST])
    stand.scan_milk()
    stand.hands.pay()
    stand.hands.press(Key.Key_F2)
    stand.hands.press(Key.Key_Return)
    stand.until(lambda: stand.application.window.current is ScreenName.CARD_PAYMENT)
    stand.until(lambda: window.terminal.outcomes.chosen is ZvtOutcome.APPROVE)
    stand.until(lambda: stand.application.window.current is ScreenName.SALE_DONE)
    assert window.terminal.last.text().endswith("1.65")
    devices = stand.desk.devices
    assert devices is not None
    assert [entry.approved_minor for entry in devices.terminal.transactions][1:] == [165], "taken once"


def test_a_scan_sent_twice_is_two_and_a_damaged_barcode_is_refused(stand: Stand) -> None:
    scanner = stand.window.scanner
    scanner.twice.setChecked(True)
    scanner.scan(MILK_CODE)
    stand.until(lambda: [line.quantity_milli for line in stand.lines] == [2_000])
    scanner.twice.setChecked(False)
    stand.click(scanner.codes["5000108022825"])
    stand.until(lambda: stand.application.window.messages.message is not None)
    assert stand.hands.selling_lines == 1
    scanner.plugged_in.setChecked(False)
    scanner.scan(MILK_CODE)
    assert "Nobody" in scanner.heard.text()


# --------------------------------------------------------------- closing, opening


def test_closing_the_window_unplugs_everything_and_the_till_sells_on(stand: Stand) -> None:
    till = stand.application.window
    addresses = stand.desk.devices.addresses if stand.desk.devices else {}
    stand.window.close()
    assert stand.desk.devices is None
    for address in addresses.values():
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", int(address.rpartition(":")[2])), 1.0)
    till.scan(MILK_CODE)
    stand.pay_cash()
    stand.until(lambda: stand.waiting == [JobState.WAITING])
    assert till.top_bar.pill("virtual_devices").state.words == "Virtual devices unplugged"
    till.top_bar.pill("virtual_devices").click()
    assert stand.desk.devices is not None
    assert stand.desk.devices.addresses == addresses, "the till's settings still point at them"
    stand.until(lambda: stand.waiting == [])
    stand.until(lambda: stand.window.printer.roll.receipts == 1)


def test_the_keyboard_goes_back_to_the_till_after_a_click(stand: Stand) -> None:
    stand.desk.show_first()
    stand.window.bring_forward()
    stand.until(lambda: QApplication.activeWindow() is stand.window)
    stand.click(stand.window.scanner.codes["2000101"])
    stand.until(lambda: QApplication.activeWindow() is stand.application.window)


def test_the_window_stands_beside_the_till_only_where_there_is_room(stand: Stand) -> None:
    """The test's screen is 800 pixels wide."""
    assert stand.desk.room_wanted_px == 0
    stand.desk.show_first()
    assert not stand.window.isVisible()
    stand.application.window.top_bar.pill("virtual_devices").click()
    assert stand.window.isVisible()
    stand.click(stand.window.put_away)
    assert not stand.window.isVisible()
    assert stand.desk.devices is not None, "put away, everything is still plugged in"


class ShownWindows(QObject):
    """Every window that the program shows."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []
        application().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            self.names.append(type(watched).__name__)
        return False


def application() -> QApplication:
    instance = QApplication.instance()
    assert isinstance(instance, QApplication)
    return instance


def test_with_every_device_set_up_no_screen_opens_a_window_that_takes_the_keyboard(stand: Stand) -> None:
    """A part that is shown before it has a parent would: the next keys, and the next scan, go nowhere."""
    shown = ShownWindows()
    for name in (ScreenName.END_OF_DAY, ScreenName.RETURNS, ScreenName.INSTALLER, ScreenName.SELL):
        stand.application.window.go(name)
        QApplication.processEvents()
    stand.desk.show_first()
    application().removeEventFilter(shown)
    assert set(shown.names) <= {"VirtualDevicesWindow"}


# ------------------------------------------------------------------- the settings


def test_the_settings_point_at_the_devices_from_the_first_start_on(tmp_path: Path) -> None:
    files = TillFiles(tmp_path)
    with plugged_in(files) as devices:
        first = devices.addresses
        settings = load_settings(files.devices)
        assert settings.printer.address == first["printer"]
        assert settings.fallback_printer.address == first["fallback_printer"]
        assert settings.drawer.open_when_pin_high is True
        assert [scanner.address for scanner in settings.scanners] == [first["scanner"]]
        assert (settings.scale.protocol, settings.scale.address) == ("toledo_8217", first["scale"])
        assert (settings.display.protocol, settings.display.address) == ("cd5220", first["display"])
        assert (settings.terminal.kind, settings.terminal.address) == ("zvt", first["terminal"])
    with plugged_in(files) as devices:
        assert devices.addresses == first
        assert load_settings(files.devices) == settings


def test_a_port_that_is_taken_is_left_and_the_settings_follow(tmp_path: Path) -> None:
    files = TillFiles(tmp_path)
    with plugged_in(files) as devices:
        first = devices.addresses
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", int(first["scale"].rpartition(":")[2])))
        taken.listen()
        with plugged_in(files) as devices:
            assert devices.addresses["scale"] != first["scale"]
            settings = load_settings(files.devices)
            assert settings.scale.address == devices.addresses["scale"]
            assert settings.printer.address == first["printer"]


def test_what_an_installer_set_up_is_left_alone(tmp_path: Path) -> None:
    files = TillFiles(tmp_path)
    own = DeviceSettings(printer=PrinterSettings("tcp://192.168.1.40:9100", columns=48))
    save_settings(files.devices, own)
    with plugged_in(files) as devices:
        settings = load_settings(files.devices)
        assert settings.printer == own.printer
        assert settings.drawer == own.drawer
        assert settings.scale.address == devices.addresses["scale"]
    save_settings(files.devices, msgspec.structs.replace(settings, scale=DeviceSettings().scale))
    with plugged_in(files):
        assert load_settings(files.devices).scale.address == "", "taken away is taken away"


def test_without_the_devices_nothing_points_at_them_and_the_file_stays(tmp_path: Path) -> None:
    files = TillFiles(tmp_path)
    assert settings_without(files) is None
    save_settings(files.devices, DeviceSettings(printer=PrinterSettings("tcp://192.168.1.40:9100")))
    with plugged_in(files):
        joined = load_settings(files.devices)
    bare = settings_without(files)
    assert bare is not None
    assert bare.printer.address == "tcp://192.168.1.40:9100"
    assert (bare.fallback_printer.address, bare.scale.address, bare.display.address) == ("", "", "")
    assert (bare.scanners, bare.terminal.kind) == ((), "keyed")
    assert load_settings(files.devices) == joined


def test_a_settings_file_that_cannot_be_read_stays_as_it_is(tmp_path: Path) -> None:
    files = TillFiles(tmp_path)
    files.devices.write_text("{nonsense")
    with plugged_in(files):
        assert files.devices.read_text() == "{nonsense"
    assert settings_without(files) is None
