"""The till as a program: Qt, theme, window and workers around one `Till`, from its first paint to its end."""

import logging
import logging.handlers
import signal
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType

from PySide6.QtCore import QCoreApplication, QEventLoop, QLocale, QTimer
from PySide6.QtWidgets import QApplication

from till_app.bootstrap import Listeners, Till
from till_app.devices.settings import load_settings
from till_app.devices.settings_check import SettingsInvalid
from till_app.hub_control import HubControl
from till_app.services.device_settings import DeviceSettings
from till_app.services.label_layouts import in_store_layouts
from till_app.services.status import SyncStatus
from till_app.sync.cycle import SyncSettings
from till_app.till_files import TillFiles
from till_app.ui.bridge import Bridge
from till_app.ui.customer_screen.second_screen import SecondScreen, second_screen_beside
from till_app.ui.failures import FailureHook
from till_app.ui.last_day import LastDayCheck
from till_app.ui.main_window import MainWindow
from till_app.ui.screen_set import all_screens
from till_app.ui.screens.sign_on import PinHint
from till_app.ui.shell import NextStep, ScreenName, Tone
from till_app.ui.theme.theme import apply_theme
from till_app.ui.translation import install_translations

log = logging.getLogger(__name__)

_PROGRAM = "till"
"""As the window system knows it, and as its `.desktop` file is named."""
_SIGNAL_CHECK_MS = 200
"""Python sees a signal only between two of its own instructions; Qt's loop has none while idle."""
_LOG_BYTES, _LOG_FILES = 2_000_000, 5


class TillApplication:
    """One till on the screen. Build it on the GUI thread; `run` returns when the window is closed."""

    def __init__(
        self,
        files: TillFiles,
        devices: DeviceSettings | None = None,
        *,
        hints: Sequence[PinHint] = (),
        theme: str = "light",
        scale: float = 1.0,
        sync_settings: SyncSettings | None = None,
    ) -> None:
        """Without `devices`, those of the till's settings file. Raises the errors of `Till`."""
        devices, self._device_problem = (devices, "") if devices else _usable_devices(files)
        instance = QApplication.instance()
        self.qt = instance if isinstance(instance, QApplication) else QApplication([_PROGRAM])
        self.qt.setApplicationName("Till")
        self.qt.setDesktopFileName(_PROGRAM)
        install_translations(self.qt, QLocale())
        apply_theme(self.qt, theme, scale)
        self.bridge = Bridge()
        self.till = Till(
            files,
            devices,
            Listeners(
                on_sync=self.bridge.report_sync,
                on_catalogue=self.bridge.report_catalogue,
                on_printer=self.bridge.report_printer,
                on_scan=self.bridge.report_scan,
                on_device=self.bridge.report_device,
                on_weight=self.bridge.report_weight,
                on_drawer=self.bridge.report_drawer,
                on_payment=self.bridge.report_payment,
                on_settings=self.bridge.report_settings,
                on_read_back=self.bridge.report_read_back,
            ),
            translate=lambda text: QCoreApplication.translate("Receipt", text),
            sync_settings=sync_settings,
        )
        self.control = HubControl(self.till, files)
        self.last_sync_status = SyncStatus()
        self.bridge.sync_changed.connect(self._on_sync)
        self.bridge.read_back.connect(self._on_read_back)
        self.failures = FailureHook(self.bridge)
        self.failures.install()
        self.window = MainWindow(
            self.till.services,
            self.till.formatter,
            self.bridge,
            all_screens(self.till.set_up, hints),
            self.till.devices.printing,
            self.till.ledger,
            self.control,
        )
        self.window.wedge.configure(devices.wedge)
        self.second_screen: SecondScreen = second_screen_beside(
            self.window, self.till.devices.report, devices.second_screen
        )
        self.till.services.customer_view.add_sink(self.second_screen)
        self.bridge.catalogue_changed.connect(self.second_screen.catalogue_changed)
        self.bridge.settings_changed.connect(self._on_settings)
        self.last_day = LastDayCheck(self.window, self.bridge, self.window)

    def show(self) -> None:
        """The window is up and the workers run."""
        self.window.go(self._first_screen)
        self.second_screen.start()
        self.till.start()

    def run(self, room_beside_px: int = 0, when_up: Callable[[], None] = lambda: None) -> int:
        """Until the window is closed or a signal asks for the end; then everything is closed in order.

        `room_beside_px` of the screen's right side are left to another window; `when_up` is called when the
        till's window is painted.
        """
        numbers = (signal.SIGINT, signal.SIGTERM)
        previous = [signal.signal(number, self._on_signal) for number in numbers]
        heartbeat = QTimer()
        heartbeat.timeout.connect(lambda: None)
        heartbeat.start(_SIGNAL_CHECK_MS)
        try:
            self.window.go(self._first_screen)
            # A kiosk without a window manager maximises nothing: the window has the screen's size already.
            room = self.window.screen().availableGeometry()
            self.window.setGeometry(room.adjusted(0, 0, -room_beside_px, 0))
            if room_beside_px:
                self.window.show()
            else:
                self.window.showMaximized()
            self.qt.processEvents()  # painted before the workers begin
            when_up()
            self.second_screen.start()
            self.till.start()
            self._tell_device_problem()
            return self.qt.exec()
        finally:
            heartbeat.stop()
            for number, handler in zip(numbers, previous, strict=True):
                signal.signal(number, handler)
            self.close()

    def close(self) -> None:
        self.till.services.customer_view.remove_sink(self.second_screen)
        self.second_screen.close()
        self.window.close()
        self.till.stop()
        # What was told last, while all that it leads to can still be read.
        self.qt.processEvents(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)
        self.till.close()
        self.failures.remove()

    @property
    def _first_screen(self) -> ScreenName:
        """A till with nothing to sell is paired and loaded first."""
        return ScreenName.SIGN_ON if self.control.can_sell() else ScreenName.PAIRING

    def _tell_device_problem(self) -> None:
        if self._device_problem:
            words = QCoreApplication.translate(
                "Devices", "No devices: their settings file cannot be used\n{problem}"
            )
            step = NextStep(QCoreApplication.translate("Devices", "Set up"), self.window.open_installer)
            self.window.say(Tone.WARNING, words.format(problem=self._device_problem), [step])

    def _on_sync(self, status: SyncStatus) -> None:
        self.last_sync_status = status

    def _on_settings(self, settings: DeviceSettings) -> None:
        self.window.wedge.configure(settings.wedge)
        self.second_screen.use(settings.second_screen)
        self.till.services.settings.use_label_layouts(in_store_layouts(settings.label_layouts))

    def _on_read_back(self, entries: int) -> None:
        services = self.till.services
        services.workplace.session_changed()
        services.selling.read_again()
        services.card_payments.read_again()
        words = QCoreApplication.translate(
            "Recovery",
            "This till's records were older than the hub's\n"
            "It took back {count} of them; look at the basket again.",
        )
        self.window.say(Tone.WARNING, words.format(count=entries))

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self.qt.quit()


def _usable_devices(files: TillFiles) -> tuple[DeviceSettings, str]:
    """Those of the settings file, or none and what is wrong with the file: it keeps nobody from selling."""
    try:
        return load_settings(files.devices), ""
    except SettingsInvalid as error:
        log.info("started without devices: %s", error)
        return DeviceSettings(), str(error)


def log_to_file(path: Path) -> None:
    """Everything from INFO up, in a few files that do not grow for ever."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handler = logging.handlers.RotatingFileHandler(
        path, maxBytes=_LOG_BYTES, backupCount=_LOG_FILES, encoding="utf-8"
    )
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    logging.getLogger("urllib3").setLevel(logging.WARNING)
