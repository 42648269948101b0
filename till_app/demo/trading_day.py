"""A trading day in the real widgets, off screen: sales of many kinds, a dead hub, failing devices, X and Z.

Writes screenshots, receipts as bytes and as text, and `totals.json`, which says whether till and hub agree.
"""

import json
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QSize, Qt

from hardware.simulated.escpos_text import to_text
from till_app.app import TillApplication
from till_app.demo.day_sales import DaySales
from till_app.demo.device_sales import DeviceSales
from till_app.demo.hub_process import HubFailed
from till_app.demo.operator import DayStuck, Key, Operator
from till_app.demo.shop import DemoShop, open_demo_shop, pin_hints
from till_app.demo.totals import Totals, compare_sides
from till_app.demo.virtual_devices.codes import demo_codes
from till_app.demo.virtual_devices.joining import first_joined
from till_app.demo.virtual_devices.peers import VirtualDevices
from till_app.demo.virtual_devices.window import VirtualDevicesWindow
from till_app.domain.reports import fold
from till_app.services.device_settings import DeviceSettings
from till_app.services.status import LinkState
from till_app.sync.cycle import SyncSettings
from till_app.ui.screens.end_of_day import EndOfDayScreen
from till_app.ui.shell import ScreenName

WINDOW = QSize(1366, 768)
VIRTUAL_WINDOW = QSize(640, 1080)
CASHIER, MANAGER = "12", "31"
EXIT_DIFFERENT, EXIT_STUCK = 1, 2


def play_trading_day(folder: Path, theme: str) -> int:
    """0 when till and hub agree to the penny, 1 when they do not, 2 when the day could not be played."""
    for part in ("screenshots", "receipts"):
        shutil.rmtree(folder / part, ignore_errors=True)
        (folder / part).mkdir(parents=True)
    (folder / "totals.json").unlink(missing_ok=True)
    with tempfile.TemporaryDirectory(prefix="till-demo-day-") as data:
        print("Starting the hub and loading the demo shop …", flush=True)
        shop = open_demo_shop(Path(data), port=0)
        try:
            with VirtualDevices() as devices:
                application = _application(shop, devices, theme)
                try:
                    totals = _Day(application, shop, devices, folder).play()
                finally:
                    application.close()
        except (DayStuck, HubFailed) as error:
            print(f"The trading day could not be played to its end: {error}", file=sys.stderr)
            return EXIT_STUCK
        finally:
            shop.hub.stop()
    (folder / "totals.json").write_text(json.dumps(totals.as_json(), indent=2) + "\n", encoding="utf-8")
    print(f"Screenshots, receipts and totals.json are in {folder}")
    print("\n".join(f"  {line}" for line in totals.summary))
    return 0 if totals.is_equal else EXIT_DIFFERENT


def _application(shop: DemoShop, devices: VirtualDevices, theme: str) -> TillApplication:
    settings = first_joined(DeviceSettings(), devices.addresses)
    application = TillApplication(
        shop.files, settings, hints=pin_hints(), theme=theme, sync_settings=SyncSettings(soonest_retry_s=0.5)
    )
    application.window.sounds.set_muted(True)
    application.window.resize(WINDOW)
    application.window.show()
    application.window.activateWindow()
    return application


@dataclass
class _Day:
    application: TillApplication
    shop: DemoShop
    devices: VirtualDevices
    folder: Path

    def play(self) -> Totals:
        self.pins = {hint.staff_code: hint.pin for hint in pin_hints()}
        scanner = self.devices.scanner
        self.hands = Operator(self.application, scanner.scan, self.folder / "screenshots")
        self.application.show()
        window = VirtualDevicesWindow(self.devices, demo_codes())
        window.resize(VIRTUAL_WINDOW)
        # Laid out as if it stood beside the till, and without taking its keyboard.
        window.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
        window.show()
        try:
            self._begin()
            for number, step in enumerate(self._steps(window), start=1):
                print(f"  {number:2} {step.__name__.replace('_', ' ')}", flush=True)
                step()
            return self._end(window)
        finally:
            window.close()
            window.deleteLater()

    def _steps(self, window: VirtualDevicesWindow) -> Iterator[Callable[[], None]]:
        sales = DaySales(self.application, self.shop, self.devices, self.hands, self.pins)
        yield from sales.steps
        yield from DeviceSales(sales, window).steps

    # -------------------------------------------------------------------- morning

    def _begin(self) -> None:
        hands = self.hands
        hands.wait("the hub", lambda: self.application.last_sync_status.state is LinkState.ONLINE)
        hands.picture("sign-on")
        hands.sign_on(CASHIER, self.pins[CASHIER])
        hands.wait("opening the day", lambda: hands.window.current is ScreenName.OPEN_DAY)
        hands.picture("open-day")
        hands.type("15000")
        hands.press(Key.Key_Return)
        hands.wait("the sell screen", lambda: hands.window.current is ScreenName.SELL)
        hands.picture("sell-empty")

    # -------------------------------------------------------------------- evening

    def _end(self, window: VirtualDevicesWindow) -> Totals:
        hands, till = self.hands, self.application.till
        session = till.services.workplace.require_session()
        hands.press_button("More")
        hands.wait_for_panel()
        hands.picture("more")
        hands.window.close_panel()
        hands.window.lock()
        hands.picture("locked")
        hands.sign_on(MANAGER, self.pins[MANAGER])
        hands.window.go(ScreenName.END_OF_DAY)
        hands.press(Key.Key_F3)
        self._count_drawer(till.services.reporting.read().expected_cash_minor)
        hands.picture("count")
        hands.press(Key.Key_F4)
        hands.picture("counted")
        hands.press(Key.Key_F9)
        hands.wait("the day closed", lambda: till.services.workplace.session is None)
        hands.picture("closed")
        hands.wait("all facts at the hub", lambda: till.ledger.unsent().entries == 0, timeout_s=60)
        hands.wait("all receipts printed", lambda: not till.ledger.open_jobs(), timeout_s=60)
        self._show_devices(window)
        self._write_receipts()
        report = fold(till.ledger.session_facts(session))
        return compare_sides(
            report,
            till.ledger.journal_head().seq,
            till.hub_totals(),
            printed=len(self._printed),
        )

    def _show_devices(self, window: VirtualDevicesWindow) -> None:
        """The installer's devices and the virtual ones, each as it stands at the end of the day."""
        hands = self.hands
        hands.window.open_installer()
        if hands.window.overlay.is_open:
            hands.approve(self._name(MANAGER), self.pins[MANAGER])
        hands.wait("the installer's screen", lambda: hands.window.current is ScreenName.INSTALLER)
        hands.picture("installer-devices")
        hands.wait("the paper to be drawn", lambda: window.printer.roll.receipts > 0)
        window.show_printer(window.printer)
        hands.picture("virtual-devices", window)

    def _name(self, staff_code: str) -> str:
        staff = self.application.till.services.sign_on.staff()
        return next(member.name for member in staff if member.staff_code == staff_code)

    @property
    def _printed(self) -> list[bytes]:
        return [*self.devices.printer.peer.jobs, *self.devices.fallback.peer.jobs]

    def _count_drawer(self, expected_minor: int) -> None:
        """As many of each note and coin as make up the expected sum, largest first."""
        screen = self.hands.window.screen_named(ScreenName.END_OF_DAY)
        assert isinstance(screen, EndOfDayScreen)
        left_minor = expected_minor
        for denomination in self.application.till.formatter.currency.denominations_minor:
            pieces, left_minor = divmod(left_minor, denomination)
            if pieces:
                screen.count.field(denomination).setText(str(pieces))

    def _write_receipts(self) -> None:
        for number, job in enumerate(self._printed, start=1):
            stem = self.folder / "receipts" / f"{number:02d}"
            stem.with_suffix(".bin").write_bytes(job)
            stem.with_suffix(".txt").write_text(to_text(job), encoding="utf-8")
