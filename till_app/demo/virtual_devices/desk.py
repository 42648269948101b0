"""The virtual devices beside a demo till: joined to its settings, opened with it, closed, opened again."""

import logging
from pathlib import Path

from PySide6.QtCore import QObject, QRect
from PySide6.QtWidgets import QWidget

from till_app.app import TillApplication
from till_app.demo.virtual_devices.codes import demo_codes
from till_app.demo.virtual_devices.joining import first_joined, left_out, moved
from till_app.demo.virtual_devices.peers import VirtualDevices, ports_of, remember, remembered
from till_app.demo.virtual_devices.window import VirtualDevicesWindow
from till_app.devices.settings import load_settings, save_settings
from till_app.devices.settings_check import SettingsInvalid
from till_app.services.device_settings import DeviceSettings
from till_app.till_files import TillFiles
from till_app.ui.widgets.top_bar import StatusState, StatusTone

log = logging.getLogger(__name__)

_PILL = "virtual_devices"


def memory_of(files: TillFiles) -> Path:
    """Where the ports are kept: the till's settings point at them."""
    return files.folder / "virtual-devices.json"


def plugged_in(files: TillFiles) -> VirtualDevices:
    """The devices, with the till's settings file pointing at them. Raises OSError.

    A settings file that cannot be used stays as it is: the till says what is wrong with it.
    """
    memory = memory_of(files)
    before = remembered(memory)
    devices = VirtualDevices(ports_of(before))
    try:
        settings = load_settings(files.devices)
        now = devices.addresses
        joined = moved(settings, before, now) if before else first_joined(settings, now)
        remember(memory, now)
        if joined != settings:
            save_settings(files.devices, joined)
    except SettingsInvalid as error:
        log.info("the virtual devices are not joined to the till: %s", error)
    except BaseException:
        devices.close()
        raise
    return devices


def settings_without(files: TillFiles) -> DeviceSettings | None:
    """Those of the file, without virtual devices of an earlier start; None: there were none in them."""
    try:
        settings = load_settings(files.devices)
    except SettingsInvalid:
        return None
    bare = left_out(settings, remembered(memory_of(files)))
    return bare if bare != settings else None


class VirtualDesk(QObject):
    """GUI thread only. Closing the window pulls all cables; the till goes on, and its pill opens it again."""

    def __init__(self, application: TillApplication, devices: VirtualDevices, memory: Path) -> None:
        super().__init__(application.window)
        self._application = application
        self._memory = memory
        self._addresses = devices.addresses
        self.devices: VirtualDevices | None = devices
        self.window: VirtualDevicesWindow | None = self._made(devices)
        application.window.closing.connect(self.close)
        self._show_pill()

    @property
    def room_wanted_px(self) -> int:
        """Of the till's screen, at its right."""
        if self.window is None:
            return 0
        return self.window.room_wanted_px(self._application.window.screen())

    def show_first(self) -> None:
        """Once the till's window is up."""
        till = self._application.window
        if self.window is not None:
            self.window.place_beside(till, self._customers_screen())
            till.activateWindow()

    def bring_forward(self) -> None:
        """Opened anew if it was closed."""
        if self.window is None:
            self._open_again()
        if self.window is not None:
            self.window.bring_forward()

    def close(self) -> None:
        """All cables are pulled; returns when no thread of a device is left."""
        if self.window is not None:
            self.window.close()

    # -------------------------------------------------------------------- within

    def _made(self, devices: VirtualDevices) -> VirtualDevicesWindow:
        window = VirtualDevicesWindow(devices, demo_codes())
        window.closed.connect(self._on_closed)
        # The keyboard goes back to the till, where the cashier types on.
        window.used.connect(self._application.window.activateWindow)
        return window

    def _on_closed(self) -> None:
        window, devices = self.window, self.devices
        self.window = self.devices = None
        if devices is not None:
            devices.close()
        if window is not None:
            window.deleteLater()
        self._show_pill()

    def _open_again(self) -> None:
        self.devices = VirtualDevices(ports_of(self._addresses))
        self.window = self._made(self.devices)
        before, self._addresses = self._addresses, self.devices.addresses
        self._show_pill()
        if self._addresses == before:
            return
        remember(self._memory, self._addresses)
        centre = self._application.till.devices
        joined = moved(centre.settings(), before, self._addresses)
        self._application.window.errands.send(
            self, lambda: centre.use(joined), lambda _none: None, self._on_not_joined
        )

    def _on_not_joined(self, error: Exception) -> None:
        log.warning("the virtual devices are on other ports now, and the till was not told: %s", error)

    def _show_pill(self) -> None:
        state = (
            StatusState(_PILL, self.tr("Virtual devices"), StatusTone.GOOD, "package")
            if self.window is not None
            else StatusState(_PILL, self.tr("Virtual devices unplugged"), StatusTone.WARN, "package")
        )
        self._application.window.show_pill(state, self.bring_forward)

    def _customers_screen(self) -> QRect | None:
        customers: QWidget = self._application.second_screen.window
        return customers.geometry() if customers.isVisible() else None
